import uuid

from odoo import api, fields, models

from ..const import APPROVAL_PATHS, PRIORITIES, QUALITY_LEVELS


class OrderHubRoutingRule(models.Model):
    """Condition → decisions. All conditions must fit; empty ones ask nothing."""

    _name = "order.hub.routing.rule"
    _description = "Routing Rule"
    _inherit = ["order.hub.condition", "order.hub.plan"]
    _order = "ruleset_id, sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    ruleset_id = fields.Many2one(
        "order.hub.routing.ruleset",
        "Version",
        required=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(related="ruleset_id.company_id", store=True)
    state = fields.Selection(related="ruleset_id.state")
    currency_id = fields.Many2one(related="company_id.currency_id")
    key = fields.Char(
        readonly=True, copy=False, index=True, help="The same rule in every version."
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    stops = fields.Boolean(
        "Last Rule", help="Orders that it fits are not asked any further rule."
    )
    description = fields.Text(
        translate=True, help="Why there is this rule, for those who ask later."
    )

    # conditions
    condition = fields.Char("More Conditions", default="[]")
    order_type_ids = fields.Many2many(
        "order.hub.order.type",
        "order_hub_routing_rule_order_type_rel",
        string="Order Types",
        check_company=True,
    )
    channel_ids = fields.Many2many(
        "order.hub.channel", string="Channels", check_company=True
    )
    grade_a = fields.Boolean("A")
    grade_b = fields.Boolean("B")
    grade_c = fields.Boolean("C")
    grade_d = fields.Boolean("D")
    amount_from = fields.Monetary(help="Company currency, with taxes.")
    amount_below = fields.Monetary(help="Company currency, with taxes. 0: no limit.")
    rush = fields.Selection([("yes", "Only rush"), ("no", "No rush")], "Rush Orders")
    hours_from = fields.Float("Hours Left From", help="Until the promised date.")
    hours_up_to = fields.Float(
        "Hours Left Up To", help="Until the promised date. 0: no limit."
    )
    category_ids = fields.Many2many(
        "product.category",
        string="Product Categories",
        help="Any product of the order is in one of them or below.",
    )
    country_ids = fields.Many2many("res.country", string="Countries")
    state_ids = fields.Many2many("res.country.state", string="Provinces")
    city_words = fields.Char("Cities", help="Any of these, separated by commas.")
    remark_words = fields.Char(
        "Remark Contains",
        help="Any of these, separated by commas; looked for in the order's note and "
        "the customer's own number.",
    )

    # decisions
    set_order_type_id = fields.Many2one(
        "order.hub.order.type", "Order Type", check_company=True
    )
    set_flow_id = fields.Many2one("order.hub.flow", "Flow", check_company=True)
    set_priority = fields.Selection(PRIORITIES, "Priority")
    owner_mode = fields.Selection(
        [
            ("fixed", "The first of these"),
            ("turns", "In turns"),
            ("load", "Whoever has least to do"),
        ],
        "Owner Is",
        default="fixed",
    )
    owner_ids = fields.Many2many(
        "res.users",
        "order_hub_routing_rule_owner_rel",
        string="Owners",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    set_team_id = fields.Many2one("crm.team", "Sales Team", check_company=True)
    tag_ids = fields.Many2many("crm.tag", string="Tags")
    approval_path = fields.Selection(APPROVAL_PATHS, "Approval")
    approver_id = fields.Many2one(
        "res.users", domain="[('share', '=', False), ('company_ids', 'in', company_id)]"
    )
    quality_level = fields.Selection(QUALITY_LEVELS)
    check_ids = fields.Many2many("order.hub.quality.check", string="Quality Checks")
    sourcing_policy_id = fields.Many2one(
        "order.hub.sourcing.policy", check_company=True
    )
    shipping_constraint_ids = fields.Many2many(
        "order.hub.shipping.constraint", string="Shipping Constraints"
    )
    hold_reason = fields.Char(
        translate=True, help="The order stops until somebody has looked at it."
    )
    follow_up_user_id = fields.Many2one(
        "res.users",
        "Followed Up By",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="A person of the order's own from the first minute on.",
    )
    follow_up_hours = fields.Float("To-do Within (h)", default=4)
    follow_up_meeting = fields.Boolean(
        "Video Meeting", help="Invites the customer to a call about the order."
    )

    # what became of it
    decided_count = fields.Integer("Decided", compute="_compute_counts")
    overruled_count = fields.Integer("Decided Otherwise", compute="_compute_counts")
    overruled_share = fields.Float("Decided Otherwise (%)", compute="_compute_counts")

    # === COMPUTE === #

    def _compute_counts(self):
        counts = self.env["order.hub.decision"]._counts_by_rule(self.mapped("key"))
        for rule in self:
            decided, overruled = counts.get(rule.key, (0, 0))
            rule.decided_count = decided
            rule.overruled_count = overruled
            rule.overruled_share = 100 * overruled / decided if decided else 0.0

    # === WHAT IT ASKS AND DECIDES === #

    @api.model
    def _condition_fields(self):
        return (
            "condition",
            "order_type_ids",
            "channel_ids",
            "grade_a",
            "grade_b",
            "grade_c",
            "grade_d",
            "amount_from",
            "amount_below",
            "rush",
            "hours_from",
            "hours_up_to",
            "category_ids",
            "country_ids",
            "state_ids",
            "city_words",
            "remark_words",
        )

    @api.model
    def _decision_fields(self):
        return (
            "set_order_type_id",
            "set_flow_id",
            "set_priority",
            "owner_mode",
            "owner_ids",
            "set_team_id",
            "tag_ids",
            "approval_path",
            "approver_id",
            "quality_level",
            "check_ids",
            "sourcing_policy_id",
            "shipping_constraint_ids",
            "hold_reason",
            "follow_up_user_id",
            "follow_up_hours",
            "follow_up_meeting",
        )

    @api.model
    def _content_fields(self):
        return [*self._condition_fields(), *self._decision_fields()]

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals["key"] = self._fresh_key(vals.get("key"))
        rules = super().create(vals_list)
        rules.ruleset_id._check_draft()
        return rules

    def _fresh_key(self, asked):
        """A key can be handed on only by the copy for another version."""
        handed_on = self.env.context.get("order_hub_rule_keys")
        return (
            asked
            if isinstance(handed_on, frozenset) and asked in handed_on
            else (uuid.uuid4().hex)
        )

    def write(self, vals):
        self.ruleset_id._check_draft()
        vals.pop("key", None)
        result = super().write(vals)
        self.ruleset_id._check_draft()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_published(self):
        self.ruleset_id._check_draft()

    def _copy_to(self, ruleset):
        """Copy the rules into another version; they stay the same rules."""
        keys = frozenset(self.mapped("key"))
        copying = self.with_context(order_hub_rule_keys=keys)
        vals_list = copying.copy_data({"ruleset_id": ruleset.id})
        for rule, vals in zip(self, vals_list, strict=True):
            vals["key"] = rule.key
        copies = copying.create(vals_list)
        for rule, copy in zip(self, copies, strict=True):
            rule.copy_translations(copy)
        return copies
