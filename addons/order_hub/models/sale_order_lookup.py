from odoo import fields, models

from .sale_order import INSIDE


class SaleOrder(models.Model):
    """Customers who ask where their order is, instead of looking themselves."""

    _inherit = "sale.order"

    hub_lookup_ids = fields.One2many(
        "order.hub.lookup",
        "order_id",
        "Look-ups",
        readonly=True,
        copy=False,
        groups=INSIDE,
    )

    def action_hub_customer_asked(self):
        """Count that the customer asked about these orders by phone or mail.

        Once an hour for each person and order: a long call is one question.
        """
        self._hub_check_inside()
        self.check_access("read")
        Lookup, now = self.env["order.hub.lookup"], fields.Datetime.now()
        new = [
            Lookup._count(order, "staff", f"user {self.env.uid}", now) for order in self
        ]
        message = (
            self.env._("Counted: the customer asked. The page answers it, too.")
            if any(new)
            else self.env._("This question was counted within the hour already.")
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"type": "success", "message": message},
        }

    def action_hub_lookups(self):
        """Open who looked where this order is."""
        self._hub_check_inside()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "order_hub.order_hub_lookup_action"
        )
        return {**action, "domain": [("order_id", "in", self.ids)], "context": {}}
