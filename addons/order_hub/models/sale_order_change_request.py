from odoo import api, fields, models

from .sale_order import INSIDE


class SaleOrder(models.Model):
    """Customer changes, seen from the order."""

    _inherit = "sale.order"

    hub_change_request_ids = fields.One2many(
        "order.hub.change.request",
        "order_id",
        "Customer Changes",
        readonly=True,
        copy=False,
        groups=INSIDE,
    )
    hub_change_request_count = fields.Integer(
        "Number of Customer Changes",
        compute="_compute_hub_change_request_count",
        groups=INSIDE,
    )

    @api.depends("hub_change_request_ids")
    def _compute_hub_change_request_count(self):
        rows = self.env["order.hub.change.request"]._read_group(
            [("order_id", "in", self.ids)], ["order_id"], ["__count"]
        )
        counts = {order.id: count for order, count in rows}
        for order in self:
            order.hub_change_request_count = counts.get(order.id, 0)

    def action_hub_change_requests(self):
        """Open the order's customer changes."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "order_hub.order_hub_change_request_action"
        )
        return {
            **action,
            "domain": [("order_id", "=", self.id)],
            "context": {"default_order_id": self.id},
        }

    def action_hub_customer_change(self):
        """Open a new customer change of this order."""
        self.ensure_one()
        return {
            "name": self.env._("Customer Change"),
            "type": "ir.actions.act_window",
            "res_model": "order.hub.change.request",
            "views": [(False, "form")],
            "context": {"default_order_id": self.id},
        }

    def _hub_cancelled(self):
        """Nothing comes of the open changes of a cancelled order."""
        result = super()._hub_cancelled()
        self.env["order.hub.change.request"]._orders_cancelled(self)
        return result
