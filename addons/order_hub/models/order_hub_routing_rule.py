import re
import uuid

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools.i18n import format_list

from ..const import APPROVAL_PATHS, GRADES, PRIORITIES, QUALITY_LEVELS
from ..engine import rule_check
from ..engine.routing import Condition, Rule

_WORDS = re.compile(r"[,;\n，；、]+")


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
    amount_from = fields.Monetary("Amount From", help="Company currency, with taxes.")
    amount_below = fields.Monetary(
        "Amount Below", help="Company currency, with taxes. 0: no limit."
    )
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

    # in words
    condition_text = fields.Char("When", compute="_compute_texts")
    decision_text = fields.Char("Then", compute="_compute_texts")
    problem = fields.Char(compute="_compute_problem")
    decided_count = fields.Integer("Decided", compute="_compute_counts")
    overruled_count = fields.Integer("Overruled", compute="_compute_counts")
    overruled_share = fields.Float("Overruled (%)", compute="_compute_counts")

    # === COMPUTE === #

    @api.depends(lambda self: self._content_fields())
    @api.depends_context("lang")
    def _compute_texts(self):
        for rule in self:
            labels = rule._labels()
            sentences = [labels.condition(c) for c in rule._conditions()]
            if rule._has_domain():
                sentences.append(self.env._("its own condition holds"))
            rule.condition_text = format_list(
                self.env, sentences or [self.env._("any order")]
            )
            rule.decision_text = format_list(
                self.env,
                [labels.decision(k, v) for k, v in rule._decisions().items()],
            )

    @api.depends(lambda self: [*self._content_fields(), "sequence", "active"])
    def _compute_problem(self):
        for ruleset, rules in self.grouped("ruleset_id").items():
            known = ruleset.rule_ids | rules
            ordered = known.sorted(
                lambda r: (r.sequence, r._origin.id or r.id.origin or 0)
            )
            found = rule_check.check(
                [rule._as_engine_rule() for rule in ordered if rule.active]
            )
            by_rule = {finding.rule_id: finding for finding in reversed(found)}
            for rule in rules:
                finding = by_rule.get(rule.id)
                rule.problem = finding and rule._finding_text(finding, ordered)

    def _finding_text(self, finding, rules):
        other = rules.filtered(lambda rule: rule.id == finding.other_id)[:1].name
        if finding.code == rule_check.EMPTY_RANGE:
            return self.env._("No order can meet its conditions: look at the limits.")
        if finding.code == rule_check.UNREACHABLE:
            return self.env._(
                "Never applies: “%s” comes first and takes all its orders. "
                "Drag this rule above it.",
                other,
            )
        kinds = dict(
            self.env["order.hub.decision"]
            ._fields["kind"]
            ._description_selection(self.env)
        )
        return self.env._(
            "Overlaps with “%(other)s”: for orders that fit both, that one decides "
            "(%(kinds)s). Narrow one of them if that is not meant.",
            other=other,
            kinds=format_list(self.env, [kinds[kind] for kind in finding.kinds]),
        )

    def _compute_counts(self):
        counts = self.env["order.hub.decision"]._counts_by_rule(self.mapped("key"))
        for rule in self:
            decided, overruled = counts.get(rule.key, (0, 0))
            rule.decided_count = decided
            rule.overruled_count = overruled
            rule.overruled_share = 100 * overruled / decided if decided else 0.0

    # === CONSTRAINTS === #

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

    @api.constrains(lambda self: self._content_fields())
    def _check_rule(self):
        for rule in self:
            rule._checked_domain()
            problem = rule._contradiction()
            if problem:
                raise ValidationError(
                    self.env._(
                        "Rule “%(rule)s”: %(problem)s", rule=rule.name, problem=problem
                    )
                )

    def _contradiction(self):
        """Return what cannot be meant, or ``None``."""
        if not self._decisions():
            return self.env._("it decides nothing. Fill in what it should do.")
        if self.amount_from and 0 < self.amount_below <= self.amount_from:
            return self.env._(
                "the amount must be below a limit that is under its start."
            )
        if self.hours_from and 0 < self.hours_up_to <= self.hours_from:
            return self.env._("the hours left end before they begin.")
        if self.approval_path == "short" and not self.approver_id:
            return self.env._("name the one who approves.")
        if self.approver_id and self.approval_path != "short":
            return self.env._(
                "an approver is named, but the approval is not left to one."
            )
        types = self.order_type_ids
        if self.rush == "yes" and types and not any(types.mapped("is_rush")):
            return self.env._("it asks for rush, but none of its order types is rush.")
        return None

    def _checked_domain(self):
        self.ensure_one()
        return self._order_domain(self.condition, self.name)

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
        return copying.create(vals_list)

    # === FOR THE ENGINE === #

    def _as_engine_rule(self):
        self.ensure_one()
        return Rule(
            id=self.id,
            conditions=self._conditions(),
            decisions=self._decisions(),
            has_domain=self._has_domain(),
            stops=self.stops,
        )

    def _has_domain(self):
        return (self.condition or "[]").strip() not in ("[]", "")

    def _conditions(self):
        """Return the ready-made conditions, the ones that reject most first."""
        self.ensure_one()
        grades = frozenset(grade for grade, _label in GRADES if self[f"grade_{grade}"])
        asked = (
            ("order_type", "one_of", frozenset(self.order_type_ids.ids)),
            ("channel", "one_of", frozenset(self.channel_ids.ids)),
            ("grade", "one_of", grades),
            ("is_rush", "is", self.rush and self.rush == "yes"),
            ("amount", "at_least", self.amount_from or None),
            ("amount", "below", self.amount_below or None),
            ("hours_left", "at_least", self.hours_from or None),
            ("hours_left", "at_most", self.hours_up_to or None),
            ("categories", "any_of", frozenset(self.category_ids.ids)),
            ("country", "one_of", frozenset(self.country_ids.ids)),
            ("state", "one_of", frozenset(self.state_ids.ids)),
            ("city", "contains", _words(self.city_words)),
            ("remark", "contains", _words(self.remark_words)),
        )
        return tuple(
            Condition(fact, test, value)
            for fact, test, value in asked
            if value or (test == "is" and self.rush)
        )

    def _decisions(self):
        """Return ``{kind: value}`` of what the rule decides."""
        self.ensure_one()
        decisions = {
            "order_type": self.set_order_type_id.id,
            "flow": self.set_flow_id.id,
            "priority": self.set_priority,
            "owner": self._owner_decision(),
            "team": self.set_team_id.id,
            "tags": self.tag_ids.ids,
            "approval": self._approval_decision(),
            "policy": self.sourcing_policy_id.id,
            "quality": self.quality_level,
            "checks": self.check_ids.ids,
            "shipping": self.shipping_constraint_ids.ids,
            "hold": [self.hold_reason] if self.hold_reason else [],
            "follow_up": self._follow_up_decision(),
        }
        return {kind: value for kind, value in decisions.items() if value}

    def _owner_decision(self):
        return self.owner_ids and {
            "how": self.owner_mode or "fixed",
            "pool": self.owner_ids.ids,
        }

    def _approval_decision(self):
        return self.approval_path and {
            "path": self.approval_path,
            "approver": self.approver_id.id or None,
        }

    def _follow_up_decision(self):
        return self.follow_up_user_id and {
            "user_id": self.follow_up_user_id.id,
            "hours": self.follow_up_hours,
            "meeting": self.follow_up_meeting,
        }

    # === WORDS === #

    def _why_not(self, order, facts, words):
        """Return why the rule does not fit an order, or ``None`` when it does.

        :param facts: ``engine.routing.Facts`` of the order
        :param words: ``order.hub.routing.words`` for the company
        """
        self.ensure_one()
        failing = self._as_engine_rule().failing(facts)
        if failing:
            return words.failed(failing, facts)
        return self._why_not_domain(order) if self._has_domain() else None

    def _why_not_domain(self, order):
        """Return the first part of the rule's own condition that does not hold."""
        domain = self._checked_domain()
        parts = (
            domain.children if getattr(domain, "OPERATOR", None) == "&" else [domain]
        )
        for part in parts:
            if not order.filtered_domain(part):
                return self.env._(
                    "Its own condition fails at %(part)s; the order has %(seen)s.",
                    part=self._part_text(part),
                    seen=self._part_seen(part, order),
                )
        return None

    def _part_text(self, part):
        """Return one part of a domain with the labels a reader knows."""
        conditions = list(part.iter_conditions())
        return format_list(
            self.env,
            [
                f"{self._path_label(c.field_expr)} {self._operator_text(c.operator)} "
                f"{_plain(c.value)}"
                for c in conditions[:3]
            ],
        )

    def _operator_text(self, operator):
        return {
            "=": self.env._("is"),
            "!=": self.env._("is not"),
            "in": self.env._("is one of"),
            "not in": self.env._("is none of"),
            "ilike": self.env._("contains"),
            "not ilike": self.env._("does not contain"),
            "=like": self.env._("looks like"),
        }.get(operator, operator)

    def _part_seen(self, part, order):
        paths = {c.field_expr for c in part.iter_conditions()}
        return format_list(
            self.env, [self._seen_text(order, path) for path in sorted(paths)[:3]]
        )

    def _path_label(self, path):
        model, labels = self.env["sale.order"], []
        for name in path.split("."):
            field = model._fields.get(name)
            if field is None:
                break
            labels.append(field.get_description(self.env, ["string"])["string"])
            model = self.env[field.comodel_name] if field.relational else model
        return " › ".join(labels) or path

    def _seen_text(self, order, path):
        """Return what the order has there, with the reader's own rights."""
        value = order.sudo(False)
        try:
            for name in path.split("."):
                if not isinstance(value, models.BaseModel) or name not in value._fields:
                    break
                value = value.mapped(name)
        except AccessError:
            return self.env._("(not shown to you)")
        if isinstance(value, models.BaseModel):
            return format_list(self.env, value.mapped("display_name")) or "–"
        return format_list(self.env, [_plain(item) for item in value]) or "–"

    def _labels(self):
        return self.env["order.hub.routing.words"]._for_company(self.company_id)


def _words(text):
    return tuple(word.strip() for word in _WORDS.split(text or "") if word.strip())


def _plain(value):
    """Return a value of a domain for a reader: lists without brackets, cut short."""
    if isinstance(value, (str, bytes)) or not hasattr(value, "__iter__"):
        return str(value)[:60]
    return ", ".join(sorted(str(item) for item in value))[:60]
