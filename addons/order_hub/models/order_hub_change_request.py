from odoo import api, fields, models
from odoo.exceptions import UserError

from ..const import (
    CHANGE_KINDS,
    CHANGE_SOURCES,
    CHANGE_STATES,
    OPEN_CHANGES,
)

#: What somebody who asks for a change says, and only while it is a draft.
ASKED_FIELDS = frozenset(
    {
        "order_id",
        "kind",
        "note",
        "line_ids",
        "shipping_id",
        "date_wanted",
    }
)


class OrderHubChangeRequest(models.Model):
    """A customer's change to an accepted order: asked, checked, accepted, done.

    Here the columns and who may write them. ``_check`` has what is looked at,
    ``_effects`` old against new, ``_accept`` who agrees, ``_apply`` how order and
    documents follow, ``_words`` what people read.
    """

    _name = "order.hub.change.request"
    _description = "Customer Change"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "requested_at desc, id desc"
    _check_company_auto = True

    name = fields.Char("Number", readonly=True, copy=False, default="/", index=True)
    order_id = fields.Many2one(
        "sale.order",
        required=True,
        ondelete="cascade",
        index=True,
        check_company=True,
        domain="[('state', '=', 'sale')]",
    )
    partner_id = fields.Many2one(
        "res.partner", "Customer", related="order_id.partner_id", store=True
    )
    commercial_partner_id = fields.Many2one(
        related="order_id.partner_id.commercial_partner_id"
    )
    company_id = fields.Many2one(related="order_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="order_id.currency_id")
    user_id = fields.Many2one("res.users", "Salesperson", related="order_id.user_id")
    kind = fields.Selection(CHANGE_KINDS, required=True, tracking=True)
    source = fields.Selection(
        CHANGE_SOURCES, default="sales", required=True, readonly=True
    )
    state = fields.Selection(
        CHANGE_STATES,
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    note = fields.Text(
        "Customer's Words", help="What the customer said, in the customer's words."
    )
    requested_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, default=lambda self: self.env.user
    )
    requested_at = fields.Datetime(
        readonly=True, copy=False, default=fields.Datetime.now
    )
    closed_at = fields.Datetime(readonly=True, copy=False)
    closed_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    minutes = fields.Float(
        "Minutes to Close",
        readonly=True,
        copy=False,
        aggregator="avg",
        help="From the request to the day it was carried out, refused or withdrawn.",
    )
    by_itself = fields.Boolean(
        "Closed by Itself",
        readonly=True,
        copy=False,
        help="Every check was green: nobody had to do anything.",
    )

    # wanted
    line_ids = fields.One2many("order.hub.change.line", "request_id", "Products")
    shipping_old_id = fields.Many2one(
        "res.partner", "Old Address", readonly=True, copy=False
    )
    shipping_id = fields.Many2one("res.partner", "New Address", check_company=True)
    date_wanted = fields.Datetime("New Date", help="When the customer wants the goods.")

    # found
    check_ids = fields.One2many(
        "order.hub.change.check", "request_id", "Checks", readonly=True, copy=False
    )
    acceptance_ids = fields.One2many(
        "order.hub.change.acceptance",
        "request_id",
        "Acceptances",
        readonly=True,
        copy=False,
    )
    checked_at = fields.Datetime(readonly=True, copy=False)
    effects = fields.Json(readonly=True, copy=False)
    refusal = fields.Json(readonly=True, copy=False)
    amount_old = fields.Monetary("Old Total", readonly=True, copy=False)
    amount_new = fields.Monetary("New Total", readonly=True, copy=False)
    amount_difference = fields.Monetary("Difference", readonly=True, copy=False)
    freight_old = fields.Monetary("Old Freight", readonly=True, copy=False)
    freight_new = fields.Monetary("New Freight", readonly=True, copy=False)
    date_old = fields.Datetime("Old Promise", readonly=True, copy=False)
    date_new = fields.Datetime("New Promise", readonly=True, copy=False)
    invoice_old = fields.Monetary("Old Amount to Invoice", readonly=True, copy=False)
    invoice_new = fields.Monetary(
        "New Amount to Invoice",
        readonly=True,
        copy=False,
        help="Below zero: this much is to be credited.",
    )

    _open_idx = models.Index("(order_id) WHERE state IN ('draft', 'open', 'waiting')")

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if not self.env.su:
                self._check_only_asked(vals)
                vals.update(source="sales", requested_by_id=self.env.uid)
        requests = super(OrderHubChangeRequest, self._without_forged_defaults()).create(
            vals_list
        )
        return requests.with_env(self.env)

    def _without_forged_defaults(self):
        """Take no ``default_…`` from a caller for what only the hub writes."""
        allowed = {f"default_{name}" for name in ASKED_FIELDS}
        kept = {
            key: value
            for key, value in self.env.context.items()
            if not key.startswith("default_") or key in allowed or self.env.su
        }
        return self.with_context(kept)  # pylint: disable=context-overridden

    def write(self, vals):
        if not self.env.su:
            self._check_only_asked(vals)
            if ASKED_FIELDS.intersection(vals):
                self._check_is_draft()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        """Requests are kept: the time they took and why they were refused."""
        kept = self.filtered(lambda request: request.state != "draft")
        if kept:
            raise UserError(
                self.env._(
                    "%s has been asked for and is kept. Withdraw it instead.",
                    kept[0].name,
                )
            )

    def _check_only_asked(self, vals):
        """Raise where somebody writes what only the hub finds out."""
        hidden = {
            name
            for name in vals
            if name in OrderHubChangeRequest.__dict__ and name not in ASKED_FIELDS
        }
        if hidden:
            raise UserError(
                self.env._(
                    "“%s” is found out by the hub and cannot be written. Check the "
                    "request again instead.",
                    self._fields[sorted(hidden)[0]].get_description(
                        self.env, ["string"]
                    )["string"],
                )
            )

    def _check_is_draft(self):
        asked = self.filtered(lambda request: request.state != "draft")
        if asked:
            raise UserError(
                self.env._(
                    "%s has been asked for already. Withdraw it and ask anew.",
                    asked[0].name,
                )
            )

    def _is_open(self):
        self.ensure_one()
        return self.state in OPEN_CHANGES
