from odoo import api, fields, models

from ..const import CHANGE_KINDS
from ..engine import change as engine
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

    def _hub_change_kinds(self, source="portal"):
        """Return what can be changed now: ``[(kind, is allowed, sentence)]`` (sudo).

        The sentence says until when, or why not.
        """
        self.ensure_one()
        request = self.env["order.hub.change.request"].sudo()
        probe = request.new({"order_id": self.id, "source": source, "kind": "address"})
        goods = probe._goods_facts()
        stages = probe._stages_entered().ids
        return [
            (kind, *self._hub_change_allowed(kind, source, goods, stages))
            for kind, _label in CHANGE_KINDS
        ]

    def _hub_change_allowed(self, kind, source, goods, stages):
        """Return ``(is allowed, sentence)`` for one kind of change."""
        rule = self.env["order.hub.change.rule"]._rule_for(self.company_id.id, kind)
        left = goods["minutes_left"]
        if self.state != "sale":
            return False, self.env._("The order is not in progress.")
        if goods["is_gone"]:
            return False, self.env._("Everything has left the warehouse.")
        if source == "portal" and not rule.from_portal:
            return False, self.env._("Please ask your contact.")
        if left is not None and left <= 0:
            return False, self.env._("The carrier has taken it today already.")
        if not engine.stage_allows(rule, self.hub_milestone or "", stages):
            return False, self.env._("The order has got too far for this.")
        if left is not None:
            return True, self.env._("Possible for another %s minutes.", left)
        return True, self.env._("Possible now.")

    def _hub_cancelled(self):
        """Nothing comes of the open changes of a cancelled order."""
        result = super()._hub_cancelled()
        self.env["order.hub.change.request"]._orders_cancelled(self)
        return result
