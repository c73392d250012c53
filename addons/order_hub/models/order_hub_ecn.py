from odoo import api, fields, models
from odoo.exceptions import UserError

STATES = [
    ("draft", "Draft"),
    ("review", "In Review"),
    ("approved", "Approved"),
    ("applying", "Being Applied"),
    ("done", "Done"),
    ("rejected", "Rejected"),
    ("cancelled", "Cancelled"),
]
REASONS = [
    ("improvement", "Improvement"),
    ("cost", "Cost"),
    ("defect", "Defect in the Field"),
    ("supply", "Part Not Available"),
    ("customer", "Asked for by the Customer"),
    ("regulation", "Law or Standard"),
    ("reversal", "Takes Back Another Change"),
    ("other", "Other"),
]
URGENCIES = [
    ("routine", "Routine"),
    ("urgent", "Urgent"),
    ("emergency", "Emergency"),
]
#: States in which a change may still touch orders.
OPEN_STATES = ("draft", "review", "approved", "applying")


class OrderHubEcn(models.Model):
    """An engineering change notice: the only way to change a frozen BOM.

    Grouped by what the methods are about: here the columns; ``_review`` the way to
    the impact report; ``_approve`` who agrees; ``_rebase`` a base that has moved;
    ``_apply`` and ``_effects`` what becomes of orders; ``_emergency`` changes that
    are applied first.
    """

    _name = "order.hub.ecn"
    _description = "Engineering Change"
    _inherit = ["order.hub.ecn.guarded", "mail.thread", "mail.activity.mixin"]
    _order = "is_unapproved desc, id desc"
    _check_company_auto = True
    _mail_post_access = "read"
    _open_fields = frozenset(
        {"company_id", "title", "reason", "description", "urgency", "bom_ids"}
    )

    name = fields.Char("Number", readonly=True, copy=False, default="/")
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    title = fields.Char(required=True, tracking=True)
    reason = fields.Selection(
        REASONS, required=True, default="improvement", tracking=True
    )
    description = fields.Html(help="What is changed and why; drawings go below.")
    urgency = fields.Selection(
        URGENCIES, required=True, default="routine", tracking=True
    )
    state = fields.Selection(
        STATES,
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
        group_expand=True,
    )
    requested_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, default=lambda self: self.env.user
    )
    bom_ids = fields.One2many(
        "order.hub.ecn.bom", "ecn_id", "Affected BOMs", copy=False
    )
    order_ids = fields.One2many(
        "order.hub.ecn.order", "ecn_id", "Orders", readonly=True, copy=False
    )
    item_ids = fields.One2many(
        "order.hub.ecn.item", "ecn_id", "Components", readonly=True, copy=False
    )
    approval_ids = fields.One2many(
        "order.hub.ecn.approval", "ecn_id", "Decisions", readonly=True, copy=False
    )
    approver_ids = fields.Many2many(
        "res.users",
        "order_hub_ecn_approver_rel",
        string="Who Is Asked",
        readonly=True,
        copy=False,
        help="Who fills a role that has not agreed yet.",
    )
    missing_role_ids = fields.Many2many(
        "order.hub.ecn.role",
        "order_hub_ecn_missing_rel",
        string="Missing Approvals",
        readonly=True,
        copy=False,
    )
    round = fields.Integer(
        readonly=True,
        copy=False,
        aggregator=None,
        help="How often the change has been given to review.",
    )
    impact = fields.Json(readonly=True, copy=False)
    impact_at = fields.Datetime("Impact Made On", readonly=True, copy=False)
    impact_key = fields.Char(
        readonly=True, copy=False, help="Of the drafts and orders it was made for."
    )
    cost_difference = fields.Monetary(
        readonly=True,
        copy=False,
        tracking=True,
        help="Over all orders that switch, at today's costs.",
    )
    applied_at = fields.Datetime("Applied On", readonly=True, copy=False)
    applied_fingerprint = fields.Char(
        readonly=True, copy=False, help="Of the drafts and choices that were applied."
    )
    told_at = fields.Datetime(
        readonly=True, copy=False, help="When buyers and salespeople got their to-dos."
    )
    applied_first_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    approval_due = fields.Datetime(readonly=True, copy=False)
    is_unapproved = fields.Boolean(
        "Applied without Approval",
        readonly=True,
        copy=False,
        tracking=True,
        help="An emergency that was applied first and that nobody agreed to yet.",
    )
    reverses_id = fields.Many2one(
        "order.hub.ecn",
        "Takes Back",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
    )
    reversed_by_ids = fields.One2many(
        "order.hub.ecn", "reverses_id", "Taken Back By", readonly=True, copy=False
    )

    _name_uniq = models.UniqueIndex(
        "(company_id, name) WHERE name <> '/'", "Another change has this number."
    )
    _unapproved_idx = models.Index("(approval_due) WHERE is_unapproved IS TRUE")

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        ecns = super().create(vals_list)
        for ecn in ecns._inside():
            sequences = self.env["ir.sequence"].sudo().with_company(ecn.company_id)
            ecn.name = sequences.next_by_code("order.hub.ecn")
        return ecns

    def write(self, vals):
        if not self._is_inside() and self._open_fields.intersection(vals):
            self._check_is_draft()
        if "company_id" in vals and self.bom_ids:
            raise UserError(
                self.env._(
                    "%s names BOMs of its company. Make a change of its own there.",
                    self[:1].name,
                )
            )
        return super().write(vals)

    def unlink(self):
        drafts = self.bom_ids.draft_bom_id
        result = super().unlink()
        drafts._hub_drop_drafts()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_reviewed(self):
        for ecn in self:
            if ecn.state != "draft" or ecn.round:
                raise UserError(
                    self.env._(
                        "%s has been given to review and is kept. Cancel it instead.",
                        ecn.name,
                    )
                )

    def _check_is_draft(self):
        """Raise unless the changes are still worked on."""
        labels = dict(self._fields["state"]._description_selection(self.env))
        for ecn in self:
            if ecn.state != "draft":
                raise UserError(
                    self.env._(
                        "%(ecn)s is %(state)s: what was asked for stays as it is. "
                        "Take it back to draft first, or make another change.",
                        ecn=ecn.name,
                        state=labels[ecn.state],
                    )
                )

    @api.depends("name", "title")
    def _compute_display_name(self):
        for ecn in self:
            ecn.display_name = f"{ecn.name} {ecn.title}" if ecn.title else ecn.name
