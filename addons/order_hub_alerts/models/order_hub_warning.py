from odoo import api, fields, models

from ..const import SEVERITIES, WARNING_STATES
from ..engine.hysteresis import SEEN


class OrderHubWarning(models.Model):
    """Something is beyond its threshold: one open warning a rule and record.

    Rows are opened, counted and closed by ``order.hub.warning.cycle``, which writes
    them for whole batches; people take, snooze, assign and close them here.
    """

    _name = "order.hub.warning"
    _description = "Warning"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "severity_rank, id desc"
    _mail_post_access = "read"
    _check_company_auto = True

    rule_id = fields.Many2one(
        "order.hub.warning.rule",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    res_model = fields.Char("Model", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        "Record", model_field="res_model", required=True, readonly=True
    )
    order_id = fields.Many2one(
        "sale.order", readonly=True, ondelete="set null", index="btree_not_null"
    )
    company_id = fields.Many2one("res.company", readonly=True, index="btree_not_null")
    severity = fields.Selection(
        SEVERITIES, default="warning", required=True, readonly=True, tracking=True
    )
    severity_rank = fields.Integer(readonly=True, default=1)
    state = fields.Selection(
        WARNING_STATES, default="open", required=True, readonly=True, tracking=True
    )
    is_seen = fields.Boolean(
        "In Sight",
        compute="_compute_is_seen",
        search="_search_is_seen",
        help="Open, acknowledged or snoozed.",
    )
    user_id = fields.Many2one(
        "res.users",
        "Assigned To",
        readonly=True,
        tracking=True,
        index="btree_not_null",
    )

    value = fields.Float(readonly=True, digits=(16, 4), aggregator=None)
    threshold = fields.Float(readonly=True, digits=(16, 4), aggregator=None)
    figures = fields.Json("Made Of", readonly=True)
    group_key = fields.Char("Told Together As", readonly=True)

    first_seen = fields.Datetime(readonly=True)
    last_seen = fields.Datetime(readonly=True)
    seen_count = fields.Integer("Times Seen", readonly=True, aggregator="max")
    opened_at = fields.Datetime("Opened On", readonly=True)
    snoozed_until = fields.Datetime(readonly=True, tracking=True)
    back_at = fields.Datetime("Back Since", readonly=True)
    told_at = fields.Datetime("Told On", readonly=True)
    escalated_to = fields.Integer("Escalated To (min)", readonly=True, default=0)
    escalation_step = fields.Integer(readonly=True, default=0, aggregator="max")
    next_escalation_at = fields.Datetime("Next Notice", readonly=True)
    resolved_at = fields.Datetime("Resolved On", readonly=True)
    resolved_how = fields.Selection(
        [("itself", "By itself"), ("hand", "By hand")], readonly=True
    )
    inhibited_by_id = fields.Many2one(
        "order.hub.warning",
        "Silenced By",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    advice = fields.Text(related="rule_id.advice")
    reason = fields.Text(related="rule_id.reason")

    _open_uniq = models.UniqueIndex(
        "(rule_id, res_model, res_id, COALESCE(company_id, 0)) "
        "WHERE state != 'resolved'",
        "This record has an open warning of this rule already.",
    )
    _due_idx = models.Index("(next_escalation_at) WHERE state = 'open'")
    _subject_idx = models.Index("(res_model, res_id)")
    _group_idx = models.Index(
        "(rule_id, group_key, told_at) WHERE group_key IS NOT NULL"
    )

    @api.depends("state")
    def _compute_is_seen(self):
        for warning in self:
            warning.is_seen = warning.state in SEEN

    def _search_is_seen(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("state", "in" if True in value else "not in", sorted(SEEN))]
