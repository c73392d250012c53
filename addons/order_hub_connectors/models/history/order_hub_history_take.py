from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ...const import HISTORY_ORDERS
from ...engine.history import together

#: Rows of these states are decided about.
GOOD = ("approved", "corrected")


class OrderHubHistoryFile(models.Model):
    """Taking in: approved rows become closed orders, and are taken back as a whole.

    An order is made when all its rows have been decided about: never half of one. Its
    number is its key within company and source, so that it is never there twice.
    """

    _inherit = "order.hub.history.file"

    # === ACTIONS === #

    def _check_may_work(self):
        """Only operators, on files they may read.

        :raise AccessError: for anybody else
        """
        if not self.env.user.has_group("order_hub.order_hub_group_operator"):
            raise AccessError(
                self.env._("Only operators of the Order Hub work on history.")
            )
        self.check_access("read")

    def action_approve_certain(self):
        """Approve all rows that are at least as sure as the source asks for."""
        self._check_may_work()
        for file in self:
            file._approve_certain()
        return True

    def _approve_certain(self):
        """Approve certain rows in one statement."""
        self.ensure_one()
        self.env["order.hub.history.row"].flush_model()
        self.env.cr.execute(
            SQL(
                """UPDATE order_hub_history_row
                      SET state = CASE WHEN corrections IS NULL
                                         OR corrections::text IN ('null', '{}')
                                  THEN 'approved' ELSE 'corrected' END,
                          reviewed_by_id = %s, reviewed_at = %s
                    WHERE file_id = %s AND state = 'new' AND confidence >= %s""",
                self.env.uid,
                fields.Datetime.now(),
                self.id,
                self.source_id.certain_from,
            )
        )
        self.env["order.hub.history.row"].invalidate_model(flush=False)
        self.invalidate_recordset()

    def action_take_in(self):
        """Make orders of the approved rows, in a job."""
        self._check_may_work()
        files = self.filtered(lambda file: file.state in ("review", "done"))
        for file in files:
            if not file.approved_count:
                raise UserError(
                    self.env._(
                        "No row of %s is approved. Approve the rows that are right.",
                        file.name,
                    )
                )
        files.sudo().write({"state": "taking"})
        files._enqueue()
        return True

    def action_undo(self):
        """Take back all orders that came from the file, in a job."""
        self._check_may_work()
        files = self.filtered(lambda file: file.state in ("review", "done"))
        files.sudo().write(
            {
                "state": "undoing",
                "undone_at": fields.Datetime.now(),
                "undone_by_id": self.env.uid,
            }
        )
        files._enqueue()
        return True

    # === TAKE IN === #

    def _do_taking(self):
        """Make orders, a batch and a commit at a time, until none is left."""
        while rows := self._next_rows():
            self._take_rows(rows)
            self._commit_piece()
        self.invalidate_recordset()
        self.state = "review" if self.new_count or self.failed_count else "done"

    def _next_rows(self):
        """Return the rows of the next orders of which no row waits for a person.

        Rows that are settled are not looked at, and lines are joined by id: a plan
        that does not hang on statistics, which lag behind while a file is taken in.
        """
        self.env["order.hub.history.row"].flush_model()
        return self.env.execute_query_dict(
            SQL(
                """WITH due AS (
                       SELECT COALESCE(number, '#' || id) AS key, min(id) AS first,
                              array_agg(id) AS ids
                         FROM order_hub_history_row
                        WHERE file_id = %(file)s AND state = ANY(%(open)s)
                     GROUP BY 1 HAVING bool_and(state = ANY(%(good)s))
                     ORDER BY 2 LIMIT %(most)s)
                   SELECT line.id, due.key, line.number, line.sheet, line.row_no,
                          COALESCE(line.partner_id, 0) AS partner,
                          COALESCE(line.product_id, 0) AS product,
                          COALESCE(line.uom_id, 0) AS uom, line.customer,
                          COALESCE(line."values", '{}') ||
                          COALESCE(NULLIF(line.corrections, 'null'), '{}') AS values
                     FROM due CROSS JOIN LATERAL unnest(due.ids) AS of_due(row_id)
                     JOIN order_hub_history_row line ON line.id = of_due.row_id
                 ORDER BY due.first, line.table_no, line.row_no""",
                file=self.id,
                good=list(GOOD),
                open=[*GOOD, "new", "failed"],
                most=HISTORY_ORDERS,
            )
        )

    def _take_rows(self, rows):
        """Make the orders of these rows, and write down what became of each row."""
        for row in rows:
            row["place"] = f"{row['sheet']} {row['row_no']}"
        self._make_customers(rows)
        outcome, wanted = {}, []
        currencies = self._currencies()
        for order in together(rows):
            problem = self._order_problem(order, currencies)
            if problem:
                outcome.update(dict.fromkeys(order.rows, (None, problem)))
            else:
                wanted.append(order)
        other = self.env.ref("order_hub_connectors.product_history")
        values = [self._past_vals(order, currencies, other) for order in wanted]
        kept = self.env["order.hub.past"].sudo()._keep(self.company_id, values)
        for order, order_id in zip(wanted, kept, strict=True):
            found = (order_id, None if order_id else "known")
            outcome.update(dict.fromkeys(order.rows, found))
        self._note_outcome(outcome)

    def _order_problem(self, order, currencies):
        """Return the code of what keeps an order from being made, or empty."""
        if order.problem:
            return order.problem
        if not order.partner:
            return "customer_unknown"
        if not order.date:
            return "no_date"
        if order.currency and order.currency.upper() not in currencies:
            return "currency_unknown"
        return ""

    def _currencies(self):
        found = self.env["res.currency"].sudo().search([("active", "=", True)])
        return {currency.name: currency.id for currency in found}

    def _past_vals(self, order, currencies, other):
        """Return an order of the past as ``order.hub.past`` takes it."""
        source, company = self.source_id, self.company_id
        currency_id = currencies.get(order.currency.upper(), source.currency_id.id)
        place = f"{self.name}, {order.places[0]}"
        return {
            "name": order.number or f"{self.name} {order.places[0]}",
            "date": company._hub_moment_of(order.date.date(), order.date.time()),
            "delivered": order.agreed
            and company._hub_moment_of(order.agreed.date(), order.agreed.time()),
            "partner_id": order.partner,
            "currency_id": currency_id,
            "client_order_ref": order.customer_ref or None,
            "note": order.note or None,
            "origin": place,
            "lines": [self._line_vals(line, other) for line in order.lines],
            "columns": {
                "hub_history_file_id": self.id,
                "hub_history_source_id": source.id,
                "hub_history_number": order.number or f"#{self.id}/{order.rows[0]}",
            },
        }

    def _line_vals(self, line, other):
        """Return a line; what has no product of its own is an article in words.

        :param other: the product that stands for those
        """
        product_id = line["product"] or other.id
        return {
            "product_id": product_id,
            "product_uom_id": line["uom"] if line["product"] else other.uom_id.id,
            "name": line["name"] or self.env._("Order total"),
            "quantity": line["quantity"],
            "subtotal": line["subtotal"],
        }

    def _make_customers(self, rows):
        """Make a contact for each name nobody knows, where the source says so."""
        if self.source_id.unknown_customers != "make":
            return
        names = {
            row["customer"].strip()
            for row in rows
            if not row["partner"] and row["customer"]
        }
        made = self._contacts(sorted(names))
        for row in rows:
            if not row["partner"] and row["customer"]:
                row["partner"] = made.get(row["customer"].strip().lower(), 0)

    def _contacts(self, names):
        """Return ``{key: partner id}`` of names: known by now, or made."""
        Finder, known = self.env["order.hub.history.finder"].sudo(), {}
        values = [{"customer.name": name} for name in names]
        Finder._customers(self.source_id, values, known)
        found = {key: hits[0][0] for key, hits in known.items() if len(hits) == 1}
        new = {n.lower(): n for n in names if not known.get(n.lower())}
        partners = (
            self.env["res.partner"]
            .sudo()
            .create(
                [
                    {
                        "name": name,
                        "is_company": True,
                        "company_id": self.company_id.id,
                        "customer_rank": 1,
                    }
                    for name in new.values()
                ]
            )
        )
        return {**found, **dict(zip(new, partners.ids, strict=True))}

    def _note_outcome(self, outcome):
        """Write what became of each row: one statement.

        :param outcome: ``{row id: (order id or None, problem or None)}``
        """
        ids = list(outcome)
        self.env.cr.execute(
            SQL(
                """UPDATE order_hub_history_row line
                      SET state = CASE WHEN made.order_id IS NULL
                                       THEN 'failed' ELSE 'done' END,
                          order_id = made.order_id,
                          partner_id = COALESCE(line.partner_id, o.partner_id),
                          problem = COALESCE(made.problem, line.problem)
                     FROM unnest(%s::int[], %s::int[], %s::text[])
                          AS made(id, order_id, problem)
                LEFT JOIN sale_order o ON o.id = made.order_id
                    WHERE line.id = made.id""",
                ids,
                [outcome[id_][0] for id_ in ids],
                [outcome[id_][1] for id_ in ids],
            )
        )
        self.env["order.hub.history.row"].invalidate_model(flush=False)
        self.invalidate_recordset()

    # === UNDO === #

    def _do_undoing(self):
        """Take the orders back, a batch and a commit at a time; the rows wait for a
        person again."""
        Order = self.env["sale.order"].sudo()
        domain = [("hub_history_file_id", "=", self.id)]
        while orders := Order.search(domain, limit=HISTORY_ORDERS):
            ids = orders.ids
            self.env.cr.execute(
                SQL(
                    """UPDATE order_hub_history_row SET state = 'new', order_id = NULL
                        WHERE order_id = ANY(%s) AND file_id = %s""",
                    ids,
                    self.id,
                )
            )
            self.env["order.hub.past"].sudo()._take_back(orders)
            self._commit_piece()
        self.invalidate_recordset()
        self.state = "review"
