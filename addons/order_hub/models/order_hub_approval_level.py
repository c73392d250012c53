from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools.i18n import format_list


class OrderHubApprovalLevel(models.Model):
    """One level of an approval policy: from which amount on, and by whom."""

    _name = "order.hub.approval.level"
    _description = "Approval Level"
    _inherit = ["order.hub.plan"]
    _order = "policy_id, sequence, id"

    name = fields.Char(required=True, translate=True)
    policy_id = fields.Many2one(
        "order.hub.approval.policy", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="policy_id.company_id", store=True)
    currency_id = fields.Many2one(related="policy_id.currency_id")
    sequence = fields.Integer(default=10)
    amount_from = fields.Monetary(
        "From Amount",
        help="Orders of this amount or more (company currency, with taxes) need this "
        "level. 0: every order.",
    )
    is_team_leader = fields.Boolean(
        "Team Leader", help="The leader of the order's sales team."
    )
    user_ids = fields.Many2many(
        "res.users",
        "order_hub_approval_level_user_rel",
        string="Approvers",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    group_id = fields.Many2one(
        "res.groups", "Approver Group", help="Everybody in this group may decide."
    )
    hours_to_remind = fields.Float(
        "Reminder After (h)",
        default=4,
        help="Who has not decided by then is reminded, and again after as many "
        "hours; after the second time the next level is told. 0: never.",
    )

    @api.constrains("user_ids", "group_id", "is_team_leader")
    def _check_somebody_decides(self):
        for level in self:
            if not (level.user_ids or level.group_id or level.is_team_leader):
                raise ValidationError(
                    self.env._(
                        "Nobody can decide at level “%s”. Choose approvers, a group, "
                        "or the team leader.",
                        level.name,
                    )
                )

    @api.constrains("amount_from", "hours_to_remind")
    def _check_figures(self):
        for level in self:
            if level.amount_from < 0 or level.hours_to_remind < 0:
                raise ValidationError(
                    self.env._(
                        "Amounts and hours of level “%s” cannot be below zero.",
                        level.name,
                    )
                )

    def write(self, vals):
        result = super().write(vals)
        if {"user_ids", "group_id", "is_team_leader"} & set(vals):
            steps = self.env["order.hub.approval.step"].sudo()
            waiting = [("level_id", "in", self.ids), ("state", "=", "current")]
            steps.search(waiting)._refresh_approvers()
        return result

    def _approvers(self, order):
        """Return the users who decide at this level about an order (sudo)."""
        self.ensure_one()
        level = self.sudo()
        users = level.user_ids | level.group_id.all_user_ids
        if level.is_team_leader:
            users |= order.team_id.user_id
        return users._hub_who_can_approve(order.company_id)

    def _approver_words(self):
        """Return who decides here, in words, without an order at hand."""
        self.ensure_one()
        level = self.sudo()
        names = level.user_ids.mapped("name")
        names += [level.group_id.full_name] if level.group_id else []
        names += [self.env._("the team leader")] if level.is_team_leader else []
        return format_list(self.env, names)
