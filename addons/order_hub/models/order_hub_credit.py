from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..engine.credit import Standing

#: Below this part of the limit a customer is said to be near it.
NEAR = 0.1


class OrderHubCredit(models.Model):
    """How a customer with a credit limit stands with a company.

    Stored are the limit and what counts against it, in company currency; who
    writes them is this model alone. What is left depends on the time of day
    (temporary credit ends), so it is worked out when it is read.

    A change of orders, invoices or payments leaves a mark in the transaction; its
    customers are worked out once, before the commit. The check of an order locks
    and touches the row first: of two orders at once the second one starts again
    and sees what the first one took.
    """

    _name = "order.hub.credit"
    _description = "Customer Credit"
    _order = "exposure desc, id"
    _rec_name = "partner_id"
    _log_access = False

    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade", index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    credit_limit = fields.Monetary("Limit", readonly=True)
    receivable = fields.Monetary(
        "Open Invoices", readonly=True, help="Posted and not paid, less what came in."
    )
    uninvoiced = fields.Monetary(
        "Confirmed, Not Invoiced",
        readonly=True,
        help="Of confirmed orders, with tax, what no posted invoice asks for yet.",
    )
    in_approval = fields.Monetary(
        readonly=True, help="Orders that wait to be approved."
    )
    exposure = fields.Monetary(
        "Used", readonly=True, help="Everything that counts against the limit."
    )
    temporary = fields.Monetary(
        compute="_compute_headroom",
        search="_search_temporary",
        help="Approved for a time and valid right now.",
    )
    headroom = fields.Monetary(
        "Left",
        compute="_compute_headroom",
        search="_search_headroom",
        help="Limit and temporary credit, less what is used.",
    )
    state = fields.Selection(
        [("ok", "In order"), ("near", "Near the limit"), ("over", "Over the limit")],
        compute="_compute_headroom",
        search="_search_state",
    )
    date = fields.Datetime("Updated", readonly=True)

    _partner_company_uniq = models.UniqueIndex(
        "(partner_id, company_id)", "The credit of this customer is kept already."
    )

    def init(self):
        """Start with true figures on a database that has been in use for years."""
        [[started]] = self.env.execute_query(
            SQL("SELECT EXISTS (SELECT FROM order_hub_credit)")
        )
        if not started:
            self._mark(everything=True)

    # === COMPUTE === #

    @api.depends("credit_limit", "exposure")
    def _compute_headroom(self):
        grants = self.env["order.hub.credit.grant"]._valid(self._pairs())
        for credit in self:
            own = grants.get((credit.partner_id.id, credit.company_id.id), ())
            standing = Standing(credit.credit_limit, credit.exposure, grants=tuple(own))
            credit.temporary = standing.temporary()
            credit.headroom = standing.headroom()
            near = credit.headroom < NEAR * credit.credit_limit
            credit.state = "over" if credit.headroom < 0 else "near" if near else "ok"

    def _pairs(self):
        return {(credit.partner_id.id, credit.company_id.id) for credit in self}

    @api.model
    def _search_temporary(self, operator, value):
        return self._search_figure(operator, value, self._temporary_sql())

    @api.model
    def _search_headroom(self, operator, value):
        return self._search_figure(operator, value, self._headroom_sql())

    @api.model
    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        state = SQL(
            """CASE WHEN %(left)s < 0 THEN 'over'
                    WHEN %(left)s < %(near)s * credit.credit_limit THEN 'near'
                    ELSE 'ok' END""",
            left=self._headroom_sql(),
            near=NEAR,
        )
        found = SQL(
            "(SELECT credit.id FROM order_hub_credit credit WHERE %s = ANY(%s))",
            state,
            list(value),
        )
        return [("id", "in", found)]

    @api.model
    def _search_figure(self, operator, value, figure):
        symbols = {"<": "<", "<=": "<=", ">": ">", ">=": ">=", "=": "=", "!=": "!="}
        if operator == "in":
            operator, value = "=", next(iter(value), 0.0)
        if operator not in symbols:
            return NotImplemented
        found = SQL(
            "(SELECT credit.id FROM order_hub_credit credit WHERE %s %s %s)",
            figure,
            SQL(symbols[operator]),
            float(value or 0.0),
        )
        return [("id", "in", found)]

    def _temporary_sql(self):
        return SQL(
            """COALESCE((SELECT SUM(given.amount) FROM order_hub_credit_grant given
                 WHERE given.partner_id = credit.partner_id
                   AND given.company_id = credit.company_id
                   AND given.state = 'approved' AND given.valid_from <= %(now)s
                   AND given.valid_until > %(now)s), 0)""",
            now=fields.Datetime.now(),
        )

    def _headroom_sql(self):
        return SQL(
            "(credit.credit_limit + %s - credit.exposure)", self._temporary_sql()
        )

    # === WHAT IS BEHIND A NUMBER === #

    def _open(self, name, model, domain, **more):
        self.ensure_one()
        return {
            "name": name,
            "type": "ir.actions.act_window",
            "res_model": model,
            "views": [(False, "list"), (False, "form")],
            "domain": list(
                Domain(domain) & Domain("company_id", "=", self.company_id.id)
            ),
            "context": {"create": False},
            **more,
        }

    def action_open_invoices(self):
        """Open the journal items that are not paid."""
        return self._open(
            self.env._("Open Invoices"),
            "account.move.line",
            [
                ("partner_id", "=", self.partner_id.id),
                ("account_id.account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
            ],
        )

    def action_open_orders(self):
        """Open the confirmed orders that take of the limit."""
        return self._open(
            self.env._("Confirmed, Not Invoiced"),
            "sale.order",
            [("id", "in", self._order_ids("uninvoiced"))],
        )

    def action_open_in_approval(self):
        """Open the orders that wait to be approved and take of the limit."""
        return self._open(
            self.env._("In Approval"),
            "sale.order",
            [("id", "in", self._order_ids("in_approval"))],
        )

    def action_open_grants(self):
        """Open the temporary credits of the customer."""
        return self._open(
            self.env._("Temporary Credit"),
            "order.hub.credit.grant",
            [("partner_id", "=", self.partner_id.id)],
        )

    def _order_ids(self, kind):
        """Return the ids of the orders that make up a figure."""
        self.ensure_one()
        pair = (self.partner_id.id, self.company_id.id)
        every = self.sudo().env.execute_query(
            SQL(
                """SELECT o.id FROM sale_order o
                     JOIN res_partner payer ON payer.id = o.partner_invoice_id
                    WHERE payer.commercial_partner_id = %s AND o.company_id = %s
                      AND o.state != 'cancel' AND o.hub_is_history IS NOT TRUE""",
                *pair,
            )
        )
        rows = self.sudo()._exposure_rows([pair], [id_ for [id_] in every])
        return [row[3] for row in rows if row[2] == kind and row[3] and row[4] > 0]
