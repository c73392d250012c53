from odoo import api, fields, models

from ..const import GROUPINGS, PACKS, SEVERITIES, WARNING_KINDS
from ..engine.subjects import KINDS, SUBJECTS


class OrderHubWarningRule(models.Model):
    """What is watched, how grave it is, who is told and what is to be done.

    A rule finds records that are beyond its threshold; each of them has at most one
    open warning. Measuring is done by ``order.hub.warning.measure``, everything that
    happens with a warning by ``order.hub.warning.cycle``.
    """

    _name = "order.hub.warning.rule"
    _description = "Warning Rule"
    _inherit = ["mail.thread"]
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True, tracking=True)
    code = fields.Char(
        copy=False, help="A short word that other systems know the rule by."
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        "res.company",
        index="btree_not_null",
        default=lambda self: self.env.company,
        help="Empty: the records of every company are watched.",
    )
    pack = fields.Selection(PACKS, "Industry Pack", default="common", required=True)
    severity = fields.Selection(
        SEVERITIES, default="warning", required=True, tracking=True
    )
    reason = fields.Text("Why It Matters", translate=True)
    advice = fields.Text("What to Do", translate=True)

    # === WHAT IS WATCHED === #

    kind = fields.Selection(
        WARNING_KINDS,
        "What Is Measured",
        default="stage_fixed",
        required=True,
        tracking=True,
    )
    res_model = fields.Selection(
        "_selection_res_model",
        "Records",
        compute="_compute_res_model",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
    )
    domain = fields.Char(
        "Only Where", default="[]", help="Only these records are watched."
    )
    threshold = fields.Float(
        compute="_compute_threshold",
        store=True,
        readonly=False,
        precompute=True,
        digits=(16, 4),
        tracking=True,
        help="A warning opens beyond this value; at the value itself it does not.",
    )
    direction = fields.Selection(
        [("above", "Above"), ("below", "Below")],
        default="above",
        required=True,
        help="Whether a value is bad when it is great or when it is small.",
    )
    has_clear_threshold = fields.Boolean(
        "Closes at Another Value",
        help="A value that trembles around its threshold then opens one warning "
        "instead of many.",
    )
    clear_threshold = fields.Float(
        "Closes At",
        digits=(16, 4),
        help="A warning closes by itself when the value is back here.",
    )
    minutes = fields.Integer(
        "For Longer Than (min)",
        help="The condition has to hold for so many minutes before a warning opens.",
    )
    period_days = fields.Integer(
        "Days Looked At", default=30, help="How far back means and failures count."
    )
    min_samples = fields.Integer(
        default=5, help="With fewer cases than these a mean says nothing."
    )
    is_working_time = fields.Boolean(
        "Counts Working Time",
        help="Hours in a stage and minutes to an escalation count in the working "
        "time of the company.",
    )

    # === WHO IS TOLD === #

    group_by = fields.Selection(
        GROUPINGS,
        "One Notice For",
        default="none",
        required=True,
        help="Warnings with the same one are told together.",
    )
    pause_minutes = fields.Integer(
        default=30,
        help="For so many minutes after a notice, further warnings of its group "
        "wait and are then told together, unless one is graver.",
    )
    inhibits_ids = fields.Many2many(
        "order.hub.warning.rule",
        "order_hub_warning_rule_inhibits_rel",
        "rule_id",
        "inhibited_id",
        string="Silences",
        check_company=True,
        help="Warnings of these rules about the same order, record or group are "
        "not told while one of this rule is open.",
    )
    inhibited_by_ids = fields.Many2many(
        "order.hub.warning.rule",
        "order_hub_warning_rule_inhibits_rel",
        "inhibited_id",
        "rule_id",
        string="Silenced By",
        readonly=True,
    )
    mute_ids = fields.One2many(
        "order.hub.warning.mute", "rule_id", "Mute Times", copy=True
    )
    recipient_ids = fields.One2many(
        "order.hub.warning.recipient", "rule_id", "Recipients", copy=True
    )
    escalation_ids = fields.One2many(
        "order.hub.warning.escalation", "rule_id", copy=True
    )

    # === HOW IT GOES === #

    warning_ids = fields.One2many("order.hub.warning", "rule_id", readonly=True)
    open_count = fields.Integer("Open Warnings", compute="_compute_open_count")
    last_run_at = fields.Datetime("Measured Last", readonly=True, copy=False)
    last_run_ms = fields.Integer(
        "Measured In (ms)", readonly=True, copy=False, aggregator="avg"
    )
    last_error = fields.Text(
        "Could Not Be Measured",
        readonly=True,
        copy=False,
        help="Why the last measuring failed; its warnings stay as they are.",
    )

    _code_uniq = models.UniqueIndex(
        "(code, COALESCE(company_id, 0)) WHERE code IS NOT NULL",
        "Another warning rule has this code.",
    )

    @api.model
    def _selection_res_model(self):
        """Return the models of the white list that are installed."""
        models_ = self.env["ir.model"].sudo().search([("model", "in", [*SUBJECTS])])
        names = {model.model: model.name for model in models_}
        return [(name, names[name]) for name in SUBJECTS if name in names]

    @api.depends("kind")
    def _compute_res_model(self):
        """The only model of a kind; where there are several, what was chosen stays."""
        for rule in self:
            models_ = KINDS[rule.kind].models if rule.kind else ()
            if rule.res_model not in models_:
                rule.res_model = (
                    next(iter(models_)) if len(models_) == 1 else "sale.order"
                )

    @api.depends("kind")
    def _compute_threshold(self):
        for rule in self:
            rule.threshold = (KINDS[rule.kind].threshold or 0.0) if rule.kind else 0.0

    def _compute_open_count(self):
        counts = dict(
            self.env["order.hub.warning"]._read_group(
                [("rule_id", "in", self.ids), ("is_seen", "=", True)],
                ["rule_id"],
                ["__count"],
            )
        )
        for rule in self:
            rule.open_count = counts.get(rule._origin, 0)
