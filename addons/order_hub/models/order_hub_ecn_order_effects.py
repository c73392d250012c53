from odoo import models
from odoo.tools import format_date

from ..const import INTERNAL


class OrderHubEcnOrder(models.Model):
    """What order, MOs and customer are told."""

    _inherit = "order.hub.ecn.order"

    def _customer_words(self):
        """Return what the customer of this order has to be told or asked, or ""."""
        self.ensure_one()
        if self.state == "todo" and self.choice == "decide":
            return self.env._(
                "%s: ask the customer whether to switch to the new revision",
                self.ecn_id.name,
            )
        is_later = self.state == "done" and self.choice == "switch"
        if is_later and self.days_difference > 0:
            return self.env._(
                "%(ecn)s: tell the customer that the order comes %(days)s days later"
                " (%(date)s)",
                ecn=self.ecn_id.name,
                days=self.days_difference,
                date=format_date(self.env, self.new_promise)
                if self.new_promise
                else "–",
            )
        return ""

    def _tell_orders(self, ecn, followed):
        """Note on orders and MOs what has changed; move promises that nobody agreed
        on by name.

        :param followed: ``{row: MOs}``
        """
        bodies = {row.order_id.id: row._order_words(ecn) for row in self}
        self.order_id._message_log_batch(bodies=bodies)
        productions = self.env["mrp.production"].sudo().union(*followed.values())
        text = self.env._("Follows %s: made from the new revision.", ecn.display_name)
        productions._message_log_batch(bodies=dict.fromkeys(productions.ids, text))
        for row in self:
            row._move_promise(ecn)

    def _order_words(self, ecn):
        self.ensure_one()
        return self.env._(
            "%(ecn)s was applied: %(what)s", ecn=ecn.display_name, what=self.message
        )

    def _move_promise(self, ecn):
        """Promise the later day; a delivery date agreed on stays until a person
        agrees on another."""
        self.ensure_one()
        order = self.order_id
        if self.days_difference <= 0 or not self.new_promise or order.commitment_date:
            return
        order.with_context(
            order_hub_routing=INTERNAL, order_hub_reason=ecn.display_name
        ).write({"hub_promised_date": self.new_promise})
