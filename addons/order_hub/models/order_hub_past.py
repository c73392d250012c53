import json
from itertools import chain

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, float_round, plaintext2html

#: Columns whose values are the same for every order of the past.
ORDER_ALWAYS = {
    "state": "sale",
    "locked": True,
    "invoice_status": "no",
    "picking_policy": "direct",
    "require_signature": False,
    "require_payment": False,
    "hub_is_history": True,
    "hub_is_open": False,
    "hub_is_held": False,
    "hub_hold_count": 0,
    "hub_trouble": "none",
    "hub_milestone": "closed",
    "hub_takes_no_credit": True,
}
LINE_ALWAYS = {
    "state": "sale",
    "invoice_status": "no",
    "qty_delivered_method": "manual",
    "qty_invoiced": 0,
    "qty_to_invoice": 0,
    "untaxed_amount_invoiced": 0,
    "untaxed_amount_to_invoice": 0,
    "discount": 0,
    "price_tax": 0,
    "customer_lead": 0,
    "is_downpayment": False,
    "is_expense": False,
}
#: What may hang on an order without a foreign key.
LOOSE = ("mail.message", "mail.followers", "mail.activity", "ir.attachment")


class OrderHubPast(models.AbstractModel):
    """Writes orders of the past, and takes them back, a batch at a time.

    Not through ``create``: a sale order that is created looks for prices, taxes,
    flows, rules, credit and stock, and numbers itself. None of that may happen to an
    order of the past, and the columns it leaves are known (two statements a batch).
    """

    _name = "order.hub.past"
    _description = "Orders of the Past"

    @api.model
    def _keep(self, company, orders):
        """Store closed orders.

        :param company: ``res.company`` they belong to
        :param orders: list of dicts: ``name`` (the number they had), ``date`` (naive
            UTC), ``partner_id``, ``lines``; optional ``currency_id``, ``user_id``,
            ``team_id``, ``delivered`` (naive UTC: the day agreed on),
            ``client_order_ref``, ``origin``, ``note`` (plain text), ``tax`` (of the
            whole order),
            ``columns`` (more columns of ``sale_order``, the same for all). A line:
            ``product_id``, ``product_uom_id``, ``name``, ``quantity``, ``subtotal``
            (without tax, in the order's currency)
        :return: ids in the order given; ``None`` for one that a unique index knows
        """
        if not orders:
            return []
        self.env.flush_all()
        ids = self._new_ids("sale_order_id_seq", len(orders))
        rates = self._rates(company, orders)
        house = self._warehouse_id(company)
        rows = [
            self._order_row(id_, company, order, rates, house)
            for id_, order in zip(ids, orders, strict=True)
        ]
        kept = set(self._insert("sale_order", rows))
        pairs = [p for p in zip(ids, orders, strict=True) if p[0] in kept]
        self._keep_lines(company, pairs)
        self.env["sale.order"].invalidate_model(flush=False)
        return [id_ if id_ in kept else None for id_ in ids]

    def _new_ids(self, sequence, count):
        """Take so many ids of a table at once."""
        rows = self.env.execute_query(
            SQL("SELECT nextval(%s) FROM generate_series(1, %s)", sequence, count)
        )
        return [id_ for [id_] in rows]

    def _warehouse_id(self, company):
        """Return the id of the company's first warehouse, which reports split by."""
        domain = [("company_id", "=", company.id)]
        return self.env["stock.warehouse"].sudo().search(domain, limit=1).id

    def _rates(self, company, orders):
        """Return ``{(currency id, day): rate}``: foreign units for one of the
        company's."""
        own = company.currency_id
        asked = {
            (order.get("currency_id") or own.id, order["date"].date())
            for order in orders
        }
        Currency = self.env["res.currency"].sudo()
        return {
            (currency_id, day): 1.0
            if currency_id == own.id
            else Currency._get_conversion_rate(
                own, Currency.browse(currency_id), company, day
            )
            for currency_id, day in asked
        }

    def _order_row(self, id_, company, order, rates, house):
        currency_id = order.get("currency_id") or company.currency_id.id
        untaxed = sum(line["subtotal"] for line in order["lines"])
        tax = order.get("tax") or 0
        agreed = order.get("delivered")
        return {
            "id": id_,
            "name": order["name"],
            "company_id": company.id,
            **dict.fromkeys(
                ("partner_id", "partner_invoice_id", "partner_shipping_id"),
                order["partner_id"],
            ),
            "currency_id": currency_id,
            "currency_rate": rates[currency_id, order["date"].date()],
            "date_order": order["date"],
            "commitment_date": agreed,
            "hub_promised_date": agreed,
            "user_id": order.get("user_id"),
            "team_id": order.get("team_id"),
            "client_order_ref": order.get("client_order_ref"),
            "origin": order.get("origin"),
            "note": plaintext2html(order["note"]) if order.get("note") else None,
            "amount_untaxed": untaxed,
            "amount_tax": tax,
            "amount_total": untaxed + tax,
            "warehouse_id": house,
            **ORDER_ALWAYS,
            **(order.get("columns") or {}),
        }

    # === LINES === #

    def _keep_lines(self, company, pairs):
        rows = chain.from_iterable(
            self._line_rows(id_, company, order) for id_, order in pairs
        )
        self._insert("sale_order_line", list(rows))
        self.env["sale.order.line"].invalidate_model(flush=False)

    def _line_rows(self, order_id, company, order):
        shared = {
            "order_id": order_id,
            "company_id": company.id,
            "currency_id": order.get("currency_id") or company.currency_id.id,
            "order_partner_id": order["partner_id"],
            "salesman_id": order.get("user_id"),
            **LINE_ALWAYS,
        }
        for number, line in enumerate(order["lines"], start=1):
            yield {**shared, **self._line_values(number, line)}

    def _line_values(self, number, line):
        price = self._unit_price(line)
        return {
            "sequence": number,
            "product_id": line["product_id"],
            "product_uom_id": line["product_uom_id"],
            "name": line["name"],
            "product_uom_qty": line["quantity"],
            "qty_delivered": line["quantity"],
            **dict.fromkeys(
                (
                    "price_unit",
                    "technical_price_unit",
                    "price_reduce_taxexcl",
                    "price_reduce_taxinc",
                ),
                price,
            ),
            **dict.fromkeys(("price_subtotal", "price_total"), line["subtotal"]),
        }

    def _unit_price(self, line):
        if not line["quantity"]:
            return 0.0
        digits = self.env["decimal.precision"].precision_get("Product Price")
        price = float(line["subtotal"]) / float(line["quantity"])
        return float_round(price, precision_digits=digits)

    # === ROWS === #

    def _insert(self, table, rows):
        """Insert rows with one statement; what a unique index knows is left out.

        :param rows: dicts with the same keys: columns of the table
        :return: ids of the rows that are new
        """
        if not rows:
            return []
        names = [*rows[0], "create_uid", "create_date", "write_uid", "write_date"]
        now, uid = fields.Datetime.now(), self.env.uid
        stamp = dict(create_uid=uid, create_date=now, write_uid=uid, write_date=now)
        columns = SQL(", ").join(map(SQL.identifier, names))
        found = self.env.execute_query(
            SQL(
                """INSERT INTO %(table)s (%(columns)s)
                   SELECT %(columns)s
                     FROM json_populate_recordset(NULL::%(table)s, %(rows)s::json)
                       ON CONFLICT DO NOTHING RETURNING id""",
                table=SQL.identifier(table),
                columns=columns,
                rows=json.dumps([{**row, **stamp} for row in rows], default=str),
            )
        )
        return [id_ for [id_] in found]

    # === TAKEN BACK === #

    @api.model
    def _take_back(self, orders):
        """Delete orders of the past, and what people noted on them.

        :param orders: ``sale.order`` that are history
        :raise UserError: for another order, or when something else refers to one
        """
        self._check_may_go(orders)
        for model in LOOSE:
            name = "model" if model == "mail.message" else "res_model"
            domain = [(name, "=", "sale.order"), ("res_id", "in", orders.ids)]
            self.env[model].sudo().with_context(active_test=False).search(
                domain
            ).unlink()
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                """DELETE FROM sale_order
                    WHERE id = ANY(%s) AND hub_is_history RETURNING id""",
                orders.ids,
            )
        )
        self.env.invalidate_all(flush=False)

    def _check_may_go(self, orders):
        others = orders - orders._hub_history()
        if others:
            raise UserError(
                self.env._(
                    "Order %s is no history and cannot be taken back. Cancel it.",
                    others[0].name,
                )
            )
        for model in ("order.hub.complaint", "order.hub.evidence"):
            held = self.env[model].sudo().search([("order_id", "in", orders.ids)])
            if held:
                raise UserError(
                    self.env._(
                        "Order %s has complaints or evidence on record by now. Settle "
                        "those first, then undo the file again.",
                        held[0].order_id.name,
                    )
                )
