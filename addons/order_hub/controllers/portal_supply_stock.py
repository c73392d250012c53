import time
from datetime import date, timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.http import request, route

from .portal_supply import OrderHubSupply
from .throttle import Throttle

#: Proposals sent by one login.
PROPOSALS = Throttle(limit=30, seconds=600)


class OrderHubSupplyStock(OrderHubSupply):
    """The pages about stock kept by agreement, and about the supplier's score."""

    # === TABS === #

    def _supply_pages(self, partner, company):
        pages = {**super()._supply_pages(partner, company), "score": None}
        now = fields.Datetime.now()
        Vmi = self._supply_model("order.hub.vmi")
        agreements = Vmi._agreed_with(partner, company, now)
        if agreements:
            positions = agreements._positions().values()
            pages["stock"] = sum(position.is_short for position in positions)
        return pages

    # === STOCK === #

    @route("/my/supply/stock", type="http", auth="user", website=True)
    def supply_stock(self, proposed=None, **_query):
        """Show the stock that the visitor keeps for the company."""
        partner = self._supply_partner()
        if not partner or not self._supply_agreements(partner):
            return self._supply_refuse()
        return self._supply_stock_page(partner, is_proposed=proposed == "1")

    @route(
        "/my/supply/stock/<int:agreement_id>/propose",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def supply_propose(self, agreement_id, **form):
        """Take a proposal for one item among those that the page offers."""
        partner = self._supply_partner()
        agreement = partner and self._supply_agreements(partner).filtered(
            lambda each: each.id == agreement_id
        )
        if not agreement or not request.env.user._is_portal():
            return self._supply_refuse()
        visitor, now = request.env.user.id, time.monotonic()
        if PROPOSALS.is_exceeded(visitor, now):
            error = request.env._("Too many proposals. Please wait ten minutes.")
            return self._supply_stock_page(partner, 429, error=error)
        PROPOSALS.count(visitor, now)
        try:
            with request.env.cr.savepoint():
                self._supply_take_proposal(agreement, form)
        except UserError as error:
            return self._supply_stock_page(
                partner, 422, error=str(error), form={**form, "id": agreement_id}
            )
        return request.redirect("/my/supply/stock?proposed=1")

    def _supply_agreements(self, partner):
        return self._supply_model("order.hub.vmi")._agreed_with(
            partner, self._supply_company(), fields.Datetime.now()
        )

    def _supply_take_proposal(self, agreement, form):
        """:raise UserError: what was typed cannot be read or taken"""
        agreement._propose(
            _number(form.get("quantity")),
            _day(form.get("date")),
            str(form.get("mark") or "")[:64],
            fields.Datetime.now(),
            request.env.user.sudo().partner_id,
        )

    def _supply_stock_page(
        self, partner, status=200, error=None, form=None, is_proposed=False
    ):
        company, now = self._supply_company(), fields.Datetime.now()
        Vmi = self._supply_model("order.hub.vmi")
        today = Vmi._today(company, now)
        response = self._supply_render(
            "order_hub.portal_supply_stock",
            "stock",
            items=Vmi._for_supplier(partner, company, now),
            earliest=today.isoformat(),
            proposed_day=(today + timedelta(days=7)).isoformat(),
            error=error,
            form=form or {},
            is_proposed=is_proposed,
        )
        response.status_code = status
        return response

    # === SCORE === #

    @route("/my/supply/score", type="http", auth="user", website=True, readonly=True)
    def supply_score(self, **_query):
        """Show the visitor's own score, and what was counted."""
        partner = self._supply_partner()
        if not partner:
            return self._supply_refuse()
        return self._supply_render(
            "order_hub.portal_supply_score",
            "score",
            **self._supply_model("order.hub.supplier.score")._for_supplier(
                partner, self._supply_company(), fields.Datetime.now()
            ),
        )


def _number(typed):
    """Return the number that was typed.

    :raise UserError: it is none
    """
    try:
        return float(str(typed or "").strip()[:32].replace(",", "."))
    except ValueError as error:
        raise UserError(
            request.env._("Say how much you want to deliver: a quantity above 0.")
        ) from error


def _day(typed):
    """Return the day that was chosen.

    :raise UserError: it is none
    """
    try:
        return date.fromisoformat(str(typed or "")[:10])
    except ValueError as error:
        raise UserError(
            request.env._("Choose the day on which the goods will arrive.")
        ) from error
