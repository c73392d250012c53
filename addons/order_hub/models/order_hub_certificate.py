from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

#: What is decided by checking, and by nobody's pen.
GUARDED = frozenset({"state", "checked_by_id", "checked_at"})
#: What was checked: a checked certificate does not change under the checker.
CHECKED = frozenset(
    {
        "partner_id",
        "kind_id",
        "product_id",
        "lot_name",
        "purchase_line_id",
        "number",
        "valid_from",
        "valid_until",
        "company_id",
    }
)


class OrderHubCertificate(models.Model):
    """A paper of a supplier: what it proves, for which goods, how long it holds."""

    _name = "order.hub.certificate"
    _description = "Supplier Certificate"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _rec_name = "number"
    _check_company_auto = True

    partner_id = fields.Many2one(
        "res.partner", "Supplier", required=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        ondelete="restrict",
        index=True,
        default=lambda self: self.env.company,
    )
    kind_id = fields.Many2one(
        "order.hub.certificate.kind", required=True, ondelete="restrict", tracking=True
    )
    number = fields.Char(required=True, index="trigram", tracking=True)
    product_id = fields.Many2one(
        "product.product",
        ondelete="restrict",
        index="btree_not_null",
        check_company=True,
        help="Empty: for everything of this supplier.",
    )
    purchase_line_id = fields.Many2one(
        "purchase.order.line",
        "Order Line",
        ondelete="set null",
        index="btree_not_null",
        check_company=True,
    )
    order_id = fields.Many2one(related="purchase_line_id.order_id")
    lot_name = fields.Char("Lot", help="Empty: for all lots.")
    valid_from = fields.Date()
    valid_until = fields.Date(tracking=True, help="Last day; empty: without end.")
    attachment_ids = fields.Many2many(
        "ir.attachment", "order_hub_certificate_attachment_rel", string="Papers"
    )
    state = fields.Selection(
        [("to_check", "To Check"), ("approved", "Approved"), ("rejected", "Rejected")],
        default="to_check",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    reject_reason = fields.Char(
        copy=False, tracking=True, help="Why it does not hold: the supplier reads it."
    )
    checked_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    checked_at = fields.Datetime("Checked On", readonly=True, copy=False)
    is_expired = fields.Boolean(
        "Run Out", compute="_compute_is_expired", search="_search_is_expired"
    )

    _valid_idx = models.Index("(company_id, valid_until) WHERE state = 'approved'")

    @api.depends("valid_until")
    def _compute_is_expired(self):
        today = fields.Date.context_today(self)
        for certificate in self:
            until = certificate.valid_until
            certificate.is_expired = bool(until) and until < today

    def _search_is_expired(self, operator, value):
        if operator != "in":
            return NotImplemented
        run_out = Domain("valid_until", "<", fields.Date.context_today(self))
        return run_out if True in value else ~run_out

    @api.constrains("valid_from", "valid_until")
    def _check_days(self):
        for certificate in self:
            first, last = certificate.valid_from, certificate.valid_until
            if first and last and last < first:
                raise ValidationError(
                    self.env._(
                        "Certificate %(number)s ends on %(last)s, before it begins on "
                        "%(first)s. Correct one of the days.",
                        number=certificate.number,
                        first=first,
                        last=last,
                    )
                )

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            self._check_guarded({name for vals in vals_list for name in vals})
        certificates = super().create(vals_list)
        certificates._adopt_papers()
        return certificates

    def write(self, vals):
        if not self.env.su:
            self._check_guarded(vals)
            if CHECKED & set(vals):
                self._check_open()
        result = super().write(vals)
        if "attachment_ids" in vals:
            self._adopt_papers()
        return result

    def _adopt_papers(self):
        """Let whoever may read a certificate read the papers just attached to it.

        Only one's own: nobody gets at a file by attaching it.
        """
        for certificate in self:
            loose = certificate.sudo().attachment_ids.filtered(
                lambda paper: not paper.res_id and paper.create_uid == self.env.user
            )
            if loose:
                loose.write({"res_model": self._name, "res_id": certificate.id})

    def _papers(self):
        """Return the papers of these certificates (sudo).

        Odoo lets nobody attach what he may not read.
        """
        return self.sudo().attachment_ids

    @api.ondelete(at_uninstall=False)
    def _unlink_except_checked(self):
        self._check_open()

    def _check_guarded(self, names):
        if GUARDED & set(names):
            raise AccessError(
                self.env._(
                    "Whether a certificate holds is decided with Approve or Reject."
                )
            )

    def _check_open(self):
        for certificate in self:
            if certificate.state != "to_check":
                raise UserError(
                    self.env._(
                        "Certificate %s has been checked and stays as it is. Set it "
                        "back to be checked first, or let the supplier send a new "
                        "one.",
                        certificate.number,
                    )
                )

    # === CHECKING === #

    def action_approve(self):
        """Say that these certificates hold.

        :raise UserError: for those without a paper
        """
        self.check_access("write")
        for certificate in self:
            if not certificate._papers():
                raise UserError(
                    self.env._(
                        "Certificate %s has no paper. Attach it first.",
                        certificate.number,
                    )
                )
        return self._check_off("approved")

    def action_reject(self, reason=None):
        """Say that these certificates do not hold.

        :param str reason: what the supplier reads on the page; else what is written
            on the certificate
        :raise UserError: without a reason
        """
        self.check_access("write")
        for certificate in self:
            why = (reason or certificate.reject_reason or "").strip()[:500]
            if not why:
                raise UserError(
                    self.env._(
                        "Say why %s does not hold: the supplier reads it and sends "
                        "another paper.",
                        certificate.number,
                    )
                )
            certificate._check_off("rejected", why)
        return True

    def action_reset(self):
        """Let these certificates be checked again."""
        return self._check_off("to_check")

    def _check_off(self, state, reason=False):
        self.check_access("write")
        self.sudo().write(
            {
                "state": state,
                "reject_reason": reason,
                "checked_by_id": state != "to_check" and self.env.uid,
                "checked_at": state != "to_check" and fields.Datetime.now(),
            }
        )
        self.sudo().activity_ids.unlink()
        return True

    # === WHAT IS MISSING === #

    @api.model
    def _holding(self, partner, company, today):
        """Return the certificates of a supplier that hold on a day.

        :param partner: ``res.partner``; its commercial partner counts
        :param company: ``res.company``
        """
        begun = Domain("valid_from", "=", False) | Domain("valid_from", "<=", today)
        lasts = Domain("valid_until", "=", False) | Domain("valid_until", ">=", today)
        theirs = Domain("partner_id", "=", partner.commercial_partner_id.id)
        theirs &= Domain("company_id", "=", company.id)
        held = Domain("state", "=", "approved")
        return self.sudo().search(theirs & held & begun & lasts)
