from odoo import api, fields, models
from odoo.exceptions import UserError

from ..const import APPROVAL_PATHS, DECISION_KINDS, PRIORITIES, QUALITY_LEVELS


class OrderHubOverrule(models.TransientModel):
    """Lets a person decide otherwise, with a reason."""

    _name = "order.hub.overrule"
    _description = "Decide Otherwise"
    _rec_name = "order_id"
    _check_company_auto = True

    order_id = fields.Many2one("sale.order", required=True, readonly=True)
    company_id = fields.Many2one(related="order_id.company_id")
    kind = fields.Selection(DECISION_KINDS, "Decision", required=True, readonly=True)
    current_text = fields.Char("Now", compute="_compute_current_text")
    reason = fields.Char()
    order_type_id = fields.Many2one("order.hub.order.type", check_company=True)
    flow_id = fields.Many2one("order.hub.flow", check_company=True)
    priority = fields.Selection(PRIORITIES)
    owner_id = fields.Many2one(
        "res.users",
        "Who Has It",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    team_id = fields.Many2one("crm.team", "Sales Team", check_company=True)
    tag_ids = fields.Many2many("crm.tag", string="Tags")
    approval_path = fields.Selection(APPROVAL_PATHS)
    approver_id = fields.Many2one(
        "res.users",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    policy_id = fields.Many2one(
        "order.hub.sourcing.policy", "Sourcing Policy", check_company=True
    )
    warehouse_id = fields.Many2one("stock.warehouse", check_company=True)
    quality_level = fields.Selection(QUALITY_LEVELS)
    check_ids = fields.Many2many("order.hub.quality.check", string="Quality Checks")
    shipping_constraint_ids = fields.Many2many(
        "order.hub.shipping.constraint", string="Shipping Constraints"
    )
    carrier_id = fields.Many2one("delivery.carrier", check_company=True)

    @api.depends("order_id", "kind")
    def _compute_current_text(self):
        for wizard in self:
            order = wizard.order_id
            known = self.env["order.hub.decision"]._in_force(order, [wizard.kind])
            order.check_access("read")
            decision = known.get((order.id, wizard.kind))
            wizard.current_text = decision.chosen_text if decision else False

    def action_overrule(self):
        """Take the decision: it holds from now on, whatever the rules say."""
        self.ensure_one()
        value = self._value()
        if value in (None, False):
            raise UserError(self.env._("Choose what it should be instead."))
        self.order_id._hub_overrule(self.kind, value, self.reason)
        return {"type": "ir.actions.act_window_close"}

    def _value(self):
        """Return the chosen value as a decision of this kind keeps it."""
        warehouse, carrier = self.warehouse_id.id, self.carrier_id.id
        values = {
            "order_type": self.order_type_id.id,
            "flow": self.flow_id.id,
            "priority": self.priority,
            "owner": self.owner_id.id,
            "team": self.team_id.id,
            "tags": self.tag_ids.ids,
            "approval": self._approval(),
            "policy": self.policy_id.id,
            "sourcing": warehouse and {"warehouse_id": warehouse},
            "quality": self.quality_level,
            "checks": self.check_ids.ids,
            "shipping": self.shipping_constraint_ids.ids,
            "carrier": carrier and {"carrier_id": carrier},
        }
        return values.get(self.kind)

    def _approval(self):
        if self.approval_path == "short" and not self.approver_id:
            raise UserError(self.env._("Name the one who approves."))
        return self.approval_path and {
            "path": self.approval_path,
            "approver": self.approver_id.id or None,
        }
