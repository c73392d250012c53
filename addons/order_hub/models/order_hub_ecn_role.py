from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools.i18n import format_list

#: An emergency that waits longer than a year for its approval is none.
MOST_HOURS = 8760


class OrderHubEcnRole(models.Model):
    """A role that has to agree to engineering changes, and who fills it."""

    _name = "order.hub.ecn.role"
    _description = "ECN Approver"
    _order = "sequence, id"

    name = fields.Char("Role", required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_ids = fields.Many2many(
        "res.users",
        "order_hub_ecn_role_user_rel",
        string="Approvers",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    group_id = fields.Many2one(
        "res.groups", "Approver Group", help="Everybody in this group may decide."
    )
    cost_from = fields.Monetary(
        "From Cost Difference",
        help="Asked only when the change costs or saves this much or more over all "
        "orders that switch (company currency). 0: asked for every change.",
    )
    may_apply_first = fields.Boolean(
        "May Apply Emergencies First",
        help="May apply an emergency before anybody agreed; approval is due later.",
    )
    hours = fields.Float(
        "Approval Due (h)",
        default=24,
        help="Within so many hours an emergency that was applied first has to be "
        "approved by this role.",
    )
    may_approve_own = fields.Boolean(
        "Own Requests",
        help="Who asked for a change may approve it here when nobody else could.",
    )

    @api.constrains("user_ids", "group_id")
    def _check_somebody_decides(self):
        for role in self:
            if not (role.user_ids or role.group_id):
                raise ValidationError(
                    self.env._(
                        "Nobody can decide as “%s”. Choose approvers or a group.",
                        role.name,
                    )
                )

    @api.constrains("cost_from", "hours")
    def _check_figures(self):
        for role in self:
            # not turned round: NaN is neither above nor below
            if not (role.cost_from >= 0 and 0 < role.hours <= MOST_HOURS):
                raise ValidationError(
                    self.env._(
                        "Role “%s”: the cost difference cannot be below zero, and "
                        "the hours are above it, at most those of a year.",
                        role.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        roles = super().create(vals_list)
        roles._ask_anew()
        return roles

    def write(self, vals):
        result = super().write(vals)
        self._ask_anew()
        return result

    def _ask_anew(self):
        """Who fills a role has changed: ask the right people about open changes."""
        ecns = self.env["order.hub.ecn"]._inside()
        waiting = Domain("state", "=", "review") | Domain("is_unapproved", "=", True)
        waiting &= Domain("company_id", "in", self.company_id.ids)
        for ecn in ecns.search(waiting & Domain("state", "!=", "rejected")):
            ecn._ask_approvers()

    def _approvers(self):
        """Return the users who decide in this role (sudo)."""
        self.ensure_one()
        role = self.sudo()
        users = role.user_ids | role.group_id.all_user_ids
        return users._hub_who_can_approve(role.company_id)

    def _approver_words(self):
        """Return who decides here, in words."""
        self.ensure_one()
        role = self.sudo()
        names = role.user_ids.mapped("name")
        names += [role.group_id.full_name] if role.group_id else []
        return format_list(self.env, names)

    @api.model
    def _of_user(self, user):
        """Return the roles that a user fills, in any company (sudo)."""
        found = Domain("user_ids", "in", user.ids)
        found |= Domain("group_id", "in", user.all_group_ids.ids)
        found &= Domain("company_id", "in", user.company_ids.ids)
        return self.sudo().search(found)
