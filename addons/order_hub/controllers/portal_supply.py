import time

from odoo import SUPERUSER_ID
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal

from .throttle import Throttle

#: Pages of one visitor that were refused; the limit is one per worker.
SUPPLY_REFUSALS = Throttle(limit=60, seconds=600)


class OrderHubSupply(CustomerPortal):
    """The frame of the supplier pages: who the visitor is, tabs, refusals.

    A page of the suppliers is a subclass in a file of its own, with a template that
    calls ``order_hub.portal_supply_layout``. Whatever is asked for gets the same
    answer whether it does not exist or belongs to another supplier.
    """

    # === WHO === #

    def _supply_partner(self):
        """Return the supplier the visitor stands for, as superuser.

        :return: commercial partner; empty for whoever is no supplier of the company,
            is not logged in, or has been refused too often
        """
        user = request.env.user
        nobody = request.env["res.partner"].sudo().browse()
        if user._is_public() or self._supply_is_refused_too_often():
            return nobody
        partner = user.sudo().commercial_partner_id
        return partner if partner._hub_is_supplier(self._supply_company()) else nobody

    def _supply_company(self):
        """Return the company that the pages are about, as superuser."""
        return request.env.company.sudo()

    def _supply_model(self, name):
        """Return a model as superuser in the company, zone and language of the reader.

        For use after the access check only, and for plain values only.
        """
        company = self._supply_company()
        user = request.env.user
        zone = not user._is_public() and user.tz
        return (
            request.env[name]
            .with_user(SUPERUSER_ID)
            .with_context(
                allowed_company_ids=company.ids,
                tz=zone or company.partner_id.tz or "UTC",
            )
        )

    # === PAGES === #

    def _supply_pages(self, partner, company):
        """Return ``{page: count}`` of the tabs this supplier has.

        Pages in other files add theirs: ``{**super()._supply_pages(…), "orders": 3}``.
        The count is what waits for the supplier there; ``None`` shows no figure.
        """
        return {"usage": None}

    def _supply_tabs(self, partner, company):
        """Return the tabs in the order shown: page, label, address and count."""
        env = request.env
        pages = self._supply_pages(partner, company) if partner else {}
        tabs = (
            ("usage", env._("Expected Usage"), "/my/supply"),
            ("orders", env._("Orders"), "/my/supply/orders"),
            ("shipments", env._("Shipments"), "/my/supply/shipments"),
            ("certificates", env._("Certificates"), "/my/supply/certificates"),
            ("stock", env._("Stock"), "/my/supply/stock"),
            ("score", env._("Score"), "/my/supply/score"),
        )
        return [
            {"page": page, "label": label, "url": url, "count": pages[page]}
            for page, label, url in tabs
            if page in pages
        ]

    def _supply_values(self, page_name, **values):
        """Return what every supplier page needs, with the values of this one.

        :param page_name: tab that is shown: usage, orders, shipments, certificates,
            stock or score
        :param values: plain values of the page, by the names its template uses;
            ``supply_partner`` where it is known already, or is not the visitor's own;
            ``supply_tabs`` an empty list where the tabs are none of the visitor's
        """
        partner = values.pop("supply_partner", None) or self._supply_partner()
        company = self._supply_company()
        is_login = not request.env.user._is_public()
        tabs = values.pop("supply_tabs", None)
        if tabs is None:
            tabs = self._supply_tabs(partner, company) if is_login else []
        return {
            **self._prepare_portal_layout_values(),
            "page_name": "hub_supply",
            "supply_page": page_name,
            "supply_tabs": tabs,
            "supply_title": partner.name or "",
            "supply_for": request.env._(
                "Supplier of %(company)s", company=company.name
            ),
            "no_breadcrumbs": not is_login,
            **values,
        }

    def _supply_render(self, template, page_name, **values):
        """Render a page that must not be kept by anybody on the way."""
        response = request.render(template, self._supply_values(page_name, **values))
        response.headers["Cache-Control"] = "private, no-store"
        return response

    # === REFUSALS === #

    def _supply_refuse(self):
        """Answer whoever may not see a page: one answer for all reasons."""
        SUPPLY_REFUSALS.count(self._supply_visitor(), time.monotonic())
        throttled = self._supply_is_refused_too_often()
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "hub_supply_unknown",
            "supply_is_throttled": throttled,
            "no_breadcrumbs": True,
        }
        return request.render(
            "order_hub.portal_supply_unknown", values, status=429 if throttled else 404
        )

    def _supply_is_refused_too_often(self):
        return SUPPLY_REFUSALS.is_exceeded(self._supply_visitor(), time.monotonic())

    def _supply_visitor(self):
        """Return the key refusals are counted by: the login, else the address."""
        user = request.env.user
        return request.httprequest.remote_addr if user._is_public() else user.id

    # === HOME === #

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if not counters:
            values["hub_is_supplier"] = bool(self._supply_partner())
        return values
