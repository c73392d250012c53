from dataclasses import dataclass
from typing import Any

from odoo import fields, models

from ..engine import approval as engine

#: What is approved of an order, apart from its lines.
HEAD_FIELDS = (
    "company_id",
    "currency_id",
    "partner_id",
    "partner_invoice_id",
    "partner_shipping_id",
    "payment_term_id",
    "pricelist_id",
)


@dataclass
class Standing:
    """Where one order stands: what it needs, and which requests speak for it."""

    need: engine.Need
    content: dict[str, Any]
    fingerprint: str
    figures: dict[str, Any]
    rounds: int
    waiting: models.Model
    granted: models.Model
    rejected: models.Model
    previous: models.Model

    @property
    def is_due(self):
        """Somebody has to approve, and nobody has."""
        return bool(self.need) and not self.granted

    @property
    def is_asked(self):
        """What waits is what is needed."""
        return (
            bool(self.waiting)
            and self.waiting.fingerprint == self.fingerprint
            and set(self.need.keys) == set(self.waiting.step_ids.mapped("key"))
        )


class SaleOrder(models.Model):
    """Approvals: the content that is approved, and where orders stand with it."""

    _inherit = "sale.order"

    # === CONTENT === #

    def _hub_contents(self):
        """Return ``{order id: canonical content}`` of what is approved."""
        return {
            order.id: engine.content(order._hub_head(), order._hub_content_lines())
            for order in self.sudo()
        }

    def _hub_fingerprints(self):
        """Return ``{order id: fingerprint of its content}``."""
        contents = self._hub_contents()
        return {id_: engine.fingerprint(found) for id_, found in contents.items()}

    def _hub_head(self):
        self.ensure_one()
        promised = fields.Datetime.to_string(self.commitment_date)
        return {
            **{name: self[name].id for name in HEAD_FIELDS},
            "commitment_date": promised,
        }

    def _hub_content_lines(self):
        self.ensure_one()
        return [
            engine.Line(
                line.product_id.id,
                line.product_uom_qty,
                line.product_uom_id.id,
                line.price_unit,
                line.discount,
                tuple(line.tax_ids.ids),
            )
            for line in self.order_line
            if not line.display_type and not line._hub_is_real_downpayment()
        ]

    # === WHERE IT STANDS === #

    def _hub_standings(self):
        """Return ``{order: Standing}``; one query for the requests of all (sudo)."""
        orders = self.sudo()
        requests = (
            self.env["order.hub.approval"]
            .sudo()
            .search([("order_id", "in", orders.ids)], order="id desc")
        )
        by_order = requests.grouped("order_id")
        contents = orders._hub_contents()
        return {
            order: order._hub_standing(
                by_order.get(order, requests.browse()), contents[order.id]
            )
            for order in orders
        }

    def _hub_standing(self, requests, content):
        self.ensure_one()
        need, key = self._hub_need(), engine.fingerprint(content)
        live = requests.filtered(lambda r: r.state not in ("withdrawn", "superseded"))
        rejected = live[:1].filtered(
            lambda r: r.state == "rejected" and r.fingerprint == key
        )
        return Standing(
            need=need,
            content=content,
            fingerprint=key,
            figures={
                **self._hub_approval_figures(),
                "value": self._hub_approval_value(need),
            },
            rounds=max(requests.mapped("round"), default=0),
            waiting=requests.filtered(lambda r: r.state == "waiting")[:1],
            granted=requests.filtered(lambda r: r._covers(key, need))[:1],
            rejected=rejected,
            previous=requests.filtered("is_granted")[:1],
        )

    def _hub_mark_approvals(self, standings=None, asked=False):
        """Write where orders stand into their own columns: one query.

        :param asked: the orders have just been asked for
        :return: the orders that nothing keeps back now, and something did before
        """
        orders = self.sudo()
        standings = standings or orders._hub_standings()
        values, freed = {}, orders.browse()
        for order in orders:
            found = standings[order]
            state = order._hub_approval_state_of(found, asked)
            if state in ("approved", "free") and order.hub_approval_state != state:
                freed |= order
            request = found.granted or found.waiting or found.rejected
            values[order.id] = {
                "hub_approval_state": state,
                "hub_approval_id": request.id or order.hub_approval_id.id,
            }
        self.env["order.hub.writer"]._update(orders, values)
        orders._hub_approvals_marked()
        return freed

    def _hub_approval_state_of(self, standing, asked):
        self.ensure_one()
        if self.state == "cancel":
            return None
        if not standing.need:
            return "free" if asked or self.hub_approval_state else None
        if standing.granted:
            return "approved"
        if standing.waiting:
            return "waiting"
        return "rejected" if standing.rejected else None

    def _hub_approvals_marked(self):
        """Act after where orders stand with their approval was written (sudo).

        Requests are written past the ORM: this is the place to follow their states.
        """

    def _hub_own_facts(self):
        found = super()._hub_own_facts()
        stopped = self.hub_approval_state in ("waiting", "rejected")
        given = self.hub_approval_state in ("approved", "free")
        if given or (self.state == "sale" and not stopped):
            found.add("approved")
        return found
