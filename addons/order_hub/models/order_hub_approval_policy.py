from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tools import ormcache

from ..engine.approval import Level, Policy


class OrderHubApprovalPolicy(models.Model):
    """Which levels approve orders of some types, from which amounts on.

    A company without a policy has no approvals. Of several policies the first one
    that takes an order's type counts.
    """

    _name = "order.hub.approval.policy"
    _description = "Approval Policy"
    _inherit = ["order.hub.plan"]
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    order_type_ids = fields.Many2many(
        "order.hub.order.type",
        "order_hub_approval_policy_order_type_rel",
        string="Order Types",
        check_company=True,
        help="Empty: every type.",
    )
    level_ids = fields.One2many(
        "order.hub.approval.level",
        "policy_id",
        "Levels",
        copy=True,
        default=lambda self: self._default_levels(),
    )
    one_may_decide_several = fields.Boolean(
        "One Person May Decide Several Levels",
        help="Otherwise each level wants another person, deputies included. The "
        "salesperson of an order never decides about it.",
    )

    @api.model
    def _default_levels(self):
        """Return the three levels that a new policy starts with."""
        names = (
            self.env._("Team lead"),
            self.env._("Department"),
            self.env._("Management"),
        )
        return [
            Command.create(
                {"name": name, "sequence": number, "is_team_leader": number == 1}
            )
            for number, name in enumerate(names, 1)
        ]

    # === CHECKS === #

    @api.constrains("level_ids", "active")
    def _check_levels(self):
        for policy in self.filtered("active"):
            if not policy.level_ids:
                raise ValidationError(
                    self.env._(
                        "Approval policy “%s” has no level. Add one, or archive it.",
                        policy.name,
                    )
                )

    @api.constrains("order_type_ids", "sequence", "active", "company_id")
    def _check_reachable(self):
        """Find a policy that never counts because others come first."""
        for company in self.company_id:
            policies = self.sudo().search([("company_id", "=", company.id)])
            for number, policy in enumerate(policies):
                policy._check_not_hidden_by(policies[:number])

    def _check_not_hidden_by(self, earlier):
        self.ensure_one()
        hiding = earlier.filtered(lambda policy: not policy.order_type_ids)[:1]
        if not hiding and self.order_type_ids <= earlier.order_type_ids:
            hiding = earlier[:1] if self.order_type_ids else hiding
        if hiding:
            raise ValidationError(
                self.env._(
                    "Approval policy “%(policy)s” would never count: “%(earlier)s” "
                    "comes first and takes its order types. Drag it up, or name the "
                    "order types of each.",
                    policy=self.name,
                    earlier=hiding.name,
                )
            )

    # === READ === #

    @api.model
    @ormcache()
    def _plans(self):
        """Return ``{company id: (engine policy, …)}`` of the live policies.

        Kept in memory until a policy or level changes: asking whether a company
        has approvals at all costs no query.
        """
        plans = {}
        # pylint: disable-next=no-search-all
        for policy in self.sudo().search([]):
            plan = Policy(
                policy.id,
                frozenset(policy.order_type_ids.ids),
                tuple(
                    Level(level.id, level.amount_from)
                    for level in policy.level_ids.sorted()
                ),
                policy.one_may_decide_several,
            )
            plans.setdefault(policy.company_id.id, []).append(plan)
        return {company: tuple(found) for company, found in plans.items()}
