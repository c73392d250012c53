from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from ..engine.history import Complaint

#: Changes after which the customer's open orders are looked at again.
COUNTING_FIELDS = frozenset(
    {"partner_id", "order_id", "company_id", "cause_id", "date", "active"}
)


class OrderHubComplaint(models.Model):
    """What a customer complained about, and of what cause."""

    _name = "order.hub.complaint"
    _description = "Complaint"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date desc, id desc"
    _check_company_auto = True
    _rec_names_search = ["name", "partner_id"]

    name = fields.Char("Complaint", required=True, tracking=True)
    order_id = fields.Many2one(
        "sale.order", check_company=True, index="btree_not_null", ondelete="restrict"
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        required=True,
        compute="_compute_partner_id",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
    )
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id", store=True
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        compute="_compute_company_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    date = fields.Date(required=True, default=fields.Date.context_today, tracking=True)
    cause_id = fields.Many2one(
        "order.hub.complaint.cause",
        required=True,
        check_company=True,
        ondelete="restrict",
        tracking=True,
    )
    description = fields.Text(help="What the customer said, in the customer's words.")
    state = fields.Selection(
        [("open", "Open"), ("closed", "Closed")],
        default="open",
        required=True,
        tracking=True,
    )
    responsible_id = fields.Many2one(
        "res.users",
        default=lambda self: self.env.user,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        tracking=True,
        index="btree_not_null",
    )
    active = fields.Boolean(
        default=True,
        tracking=True,
        help="Archive what was no complaint: it is not counted any more.",
    )
    external_ref = fields.Char(
        "External Number", copy=False, help="Its number in the system it came from."
    )

    _history_idx = models.Index(
        "(company_id, commercial_partner_id, date DESC, id DESC) "
        "INCLUDE (cause_id) WHERE active IS TRUE"
    )
    _external_uniq = models.UniqueIndex(
        "(company_id, external_ref) WHERE external_ref IS NOT NULL",
        "A complaint with this external number has been recorded before.",
    )

    # === COMPUTE === #

    @api.depends("order_id")
    def _compute_partner_id(self):
        for complaint in self:
            if complaint.order_id:
                complaint.partner_id = complaint.order_id.partner_id

    @api.depends("order_id")
    def _compute_company_id(self):
        for complaint in self:
            order_company = complaint.order_id.company_id
            complaint.company_id = (
                order_company or complaint.company_id or self.env.company
            )

    @api.constrains("order_id", "partner_id")
    def _check_customer(self):
        for complaint in self.filtered("order_id"):
            buyer = complaint.order_id.sudo().partner_id.commercial_partner_id
            if complaint.partner_id.commercial_partner_id != buyer:
                raise ValidationError(
                    self.env._(
                        "Order %(order)s is of %(buyer)s, not of %(customer)s. "
                        "Choose the order that the complaint is about.",
                        order=complaint.order_id.sudo().name,
                        buyer=buyer.name,
                        customer=complaint.partner_id.name,
                    )
                )

    @api.constrains("date")
    def _check_date(self):
        today = fields.Date.context_today(self)
        if any((complaint.date - today).days > 1 for complaint in self):
            raise ValidationError(self.env._("A complaint cannot be of a day to come."))

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        complaints = super().create(vals_list)
        complaints._check_order_visible()
        complaints._look_at_orders_again()
        return complaints

    def write(self, vals):
        counts = COUNTING_FIELDS.intersection(vals)
        before = self._customers() if counts else {}
        result = super().write(vals)
        if "order_id" in vals:
            self._check_order_visible()
        if counts:
            self._look_at_orders_again(before)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Complaints are kept. Archive one that was none."))

    def _check_order_visible(self):
        """Nobody learns about a foreign order by complaining about it."""
        if not self.env.su:
            self.order_id.check_access("read")

    def _customers(self):
        """Return ``{company: commercial partners}``."""
        return {
            company: complaints.commercial_partner_id
            for company, complaints in self.sudo().grouped("company_id").items()
        }

    def _look_at_orders_again(self, before=None):
        """Give the open orders of the customers the checks that are due by now."""
        Order = self.env["sale.order"].sudo()
        for customers in (before or {}, self._customers()):
            for company, partners in customers.items():
                Order._hub_complained(partners, company)

    def action_close(self):
        """Close complaints that were dealt with; they still count."""
        self.write({"state": "closed"})

    def action_reopen(self):
        """Open closed complaints again."""
        self.write({"state": "open"})

    # === HISTORY === #

    @api.model
    def _last(self, orders, count):
        """Return ``{order id: [engine.history.Complaint]}``, newest first, one query.

        :param orders: ``sale.order`` records
        :param count: how many complaints of each customer, at most
        """
        self.env["order.hub.complaint"].flush_model()
        orders.flush_recordset(["partner_id", "company_id"])
        rows = self.env.execute_query(
            SQL(
                """SELECT o.id, complaint.id, complaint.date, complaint.cause_id
                     FROM sale_order o
                     JOIN res_partner buyer ON buyer.id = o.partner_id
                    CROSS JOIN LATERAL (
                          SELECT c.id, c.date, c.cause_id
                            FROM order_hub_complaint c
                           WHERE c.company_id = o.company_id
                             AND c.commercial_partner_id = buyer.commercial_partner_id
                             AND c.active IS TRUE
                        ORDER BY c.date DESC, c.id DESC LIMIT %s) complaint
                    WHERE o.id = ANY(%s)
                 ORDER BY o.id, complaint.date DESC, complaint.id DESC""",
                count,
                orders.ids,
            )
        )
        found = {}
        for order_id, *complaint in rows:
            found.setdefault(order_id, []).append(Complaint(*complaint))
        return found
