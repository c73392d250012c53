from odoo import api, fields, models
from odoo.exceptions import AccessError, LockError, UserError

STATES = [
    ("draft", "Draft"),
    ("announced", "Announced"),
    ("received", "Received"),
    ("cancelled", "Cancelled"),
]
#: What only the hub writes.
GUARDED = frozenset(
    {"name", "state", "announced_at", "received_at", "difference", "is_different"}
)
#: What does not change any more once the warehouse counts on it.
SETTLED = frozenset({"order_id", "line_ids", "carrier", "tracking", "expected_date"})


class OrderHubShipmentNotice(models.Model):
    """What a supplier says is on its way (ASN): goods, lots, packages, papers.

    Announcing fills the receipts of the purchase order; receiving them ends the
    notice by itself and says what differed.
    """

    _name = "order.hub.shipment.notice"
    _description = "Shipment Notice"
    _inherit = ["mail.thread"]
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(
        "Notice", required=True, readonly=True, copy=False, default="/", index="trigram"
    )
    order_id = fields.Many2one(
        "purchase.order",
        required=True,
        ondelete="restrict",
        index=True,
        check_company=True,
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Supplier",
        compute="_compute_partner_id",
        store=True,
        index=True,
    )
    company_id = fields.Many2one(related="order_id.company_id", store=True, index=True)
    state = fields.Selection(
        STATES, default="draft", required=True, readonly=True, copy=False, tracking=True
    )
    carrier = fields.Char(help="Whoever brings the goods, as the supplier calls them.")
    tracking = fields.Char("Tracking Number")
    expected_date = fields.Datetime("Expected Arrival", required=True)
    note = fields.Text()
    line_ids = fields.One2many("order.hub.shipment.notice.line", "notice_id", "Goods")
    picking_ids = fields.One2many(
        "stock.picking", "hub_notice_id", "Receipts", readonly=True
    )
    user_id = fields.Many2one("res.users", "Announced By", readonly=True, copy=False)
    announced_at = fields.Datetime("Announced On", readonly=True, copy=False)
    received_at = fields.Datetime("Received On", readonly=True, copy=False)
    is_different = fields.Boolean(
        "Differs",
        readonly=True,
        copy=False,
        help="What was received is not what was announced.",
    )
    difference = fields.Text(readonly=True, copy=False)

    _name_uniq = models.UniqueIndex(
        "(name, company_id) WHERE name != '/'", "This number is taken."
    )
    _expected_idx = models.Index(
        "(company_id, expected_date) WHERE state = 'announced'"
    )

    @api.depends("order_id.partner_id.commercial_partner_id")
    def _compute_partner_id(self):
        for notice in self:
            notice.partner_id = notice.order_id.partner_id.commercial_partner_id

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            self._check_guarded({name for vals in vals_list for name in vals})
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            self._check_guarded(vals)
            if SETTLED & set(vals):
                self._check_draft()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_announced(self):
        self._check_draft()

    def _check_guarded(self, names):
        if GUARDED & set(names):
            raise AccessError(
                self.env._(
                    "Number, state and what was received follow from announcing and "
                    "receiving a shipment; nobody writes them."
                )
            )

    def _check_draft(self):
        for notice in self:
            if notice.state != "draft":
                raise UserError(
                    self.env._(
                        "Shipment notice %s has been announced: the warehouse counts "
                        "on it. Cancel it and announce another one.",
                        notice.name,
                    )
                )

    # === ACTIONS === #

    def action_announce(self):
        """Announce these shipments, for suppliers that write by mail or telephone.

        :raise UserError: what is wrong with which line
        """
        self.check_access("write")
        self._check_draft()
        for notice in self:
            notice.sudo()._announce(fields.Datetime.now(), self.env.user)
        return True

    def action_cancel(self):
        """Take announced shipments back: their receipts stand as before.

        :raise UserError: for what has been received
        """
        self.check_access("write")
        self.sudo()._cancel(fields.Datetime.now())
        return True

    def action_open_receipts(self):
        """Open the receipts of this shipment."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Receipts of %s", self.name),
            "res_model": "stock.picking",
            "view_mode": "list,form",
            "domain": [("hub_notice_id", "=", self.id)],
        }

    # === STATES === #

    def _announce(self, now, user):
        """Check the notice, fill the receipts, and tell whoever waits (as superuser).

        :param now: naive UTC
        :raise UserError: what is wrong with which line
        """
        self.ensure_one()
        self._lock_order()
        self._check_announcement()
        self.write(
            {
                "name": self._next_number(),
                "state": "announced",
                "announced_at": now,
                "user_id": user.id,
            }
        )
        self._fill_receipts()
        self._tell_arrival(now)
        self._post_announced()

    def _lock_order(self):
        """Let one shipment of an order be announced at a time.

        :raise UserError: when another is announced in this moment
        """
        try:
            self.order_id.lock_for_update(allow_referencing=True)
        except LockError as error:
            raise UserError(
                self.env._(
                    "Somebody else works on order %s in this moment. Nothing was "
                    "stored; send it again.",
                    self.order_id.name,
                )
            ) from error

    def _next_number(self):
        Sequence = self.env["ir.sequence"].with_company(self.company_id)
        return Sequence.next_by_code("order.hub.shipment.notice")

    def _check_announcement(self):
        """Refuse what cannot be announced.

        :raise UserError: what is wrong with which line, and what to do
        """
        if self.order_id.state != "purchase":
            raise UserError(
                self.env._(
                    "Order %s is not confirmed. Only what is ordered can be announced.",
                    self.order_id.name,
                )
            )
        if not self.line_ids:
            raise UserError(
                self.env._("No goods were announced. Enter at least one quantity.")
            )
        self.line_ids._check_quantities()

    def _post_announced(self):
        """Say it in the chatter of the purchase order: supplier and buyer read it."""
        goods = ", ".join(line._goods_words() for line in self.line_ids)
        self.order_id.message_post(
            body=self.env._(
                "Shipment %(name)s announced for %(day)s: %(goods)s.",
                name=self.name,
                day=self.line_ids[0].purchase_line_id._hub_day_words(
                    self.expected_date
                ),
                goods=goods,
            ),
            subtype_xmlid="mail.mt_note",
        )

    def _cancel(self, now):
        done = self.filtered(lambda notice: notice.state == "received")
        if done:
            raise UserError(
                self.env._(
                    "Shipment %s has been received and cannot be cancelled.",
                    done[0].name,
                )
            )
        announced = self.filtered(lambda notice: notice.state == "announced")
        self.write({"state": "cancelled"})
        for notice in announced:
            notice._empty_receipts()
            notice._take_arrival_back(now)
