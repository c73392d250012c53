import json
import logging

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, ormcache

from ..engine.credit import Demand, Standing, decide, drift

_logger = logging.getLogger(__name__)

#: What of a transaction touched the figures of customers, until it commits.
MARKS = "order_hub.credit"
#: Customers that one step of the nightly check works out.
CRON_BATCH = 500
#: Below this part of the limit a customer is said to be near it.
NEAR = 0.1
FIGURES = ("receivable", "uninvoiced", "in_approval")


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
        "In Approval", readonly=True, help="Orders that wait to be approved."
    )
    exposure = fields.Monetary(
        "Used", readonly=True, help="Everything that counts against the limit."
    )
    temporary = fields.Monetary(
        "Temporary",
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

    # === IS THERE ANYTHING TO DO === #

    @api.model
    @ormcache()
    def _is_used(self):
        """Tell whether any customer has a credit limit: else nothing is asked."""
        self.env["res.partner"].flush_model(["credit_limit"])
        [[used]] = self.env.execute_query(
            SQL(
                """SELECT EXISTS (
                      SELECT FROM res_partner partner,
                             jsonb_each_text(partner.credit_limit) own
                       WHERE own.value::numeric > 0)
                    OR EXISTS (
                      SELECT FROM ir_default general
                        JOIN ir_model_fields field ON field.id = general.field_id
                       WHERE field.model = 'res.partner'
                         AND field.name = 'credit_limit'
                         AND general.json_value::numeric > 0)"""
            )
        )
        return used

    @api.model
    def _limits(self, pairs):
        """Return ``{(customer id, company id): limit}`` of those who have one.

        :param pairs: ``(commercial partner id, company id)`` …
        """
        pairs = sorted(pairs)
        if not pairs:
            return {}
        self.env["res.partner"].flush_model(["credit_limit"])
        rows = self.env.execute_query(
            SQL(
                """SELECT * FROM (
                     SELECT pair.partner, pair.company,
                            COALESCE(customer.credit_limit ->> pair.company::text,
                                     %(general)s::jsonb ->> pair.company::text
                            )::float AS amount
                       FROM %(pairs)s JOIN res_partner customer
                         ON customer.id = pair.partner) found
                    WHERE amount > 0""",
                general=self._general_limits({company for _p, company in pairs}),
                pairs=self._pairs_sql(pairs),
            )
        )
        return {(partner, company): amount for partner, company, amount in rows}

    def _general_limits(self, company_ids):
        """Return the companies' limits for everybody as JSON."""
        Partner = self.env["res.partner"]
        field = Partner._fields["credit_limit"]
        return json.dumps(
            {
                str(company_id): field.get_company_dependent_fallback(
                    Partner.with_company(company_id)
                )
                for company_id in company_ids
            }
        )

    @api.model
    def _pairs_sql(self, pairs):
        """Return pairs of customer and company as a table ``pair``."""
        return SQL(
            "unnest(%s::int[], %s::int[]) AS pair(partner, company)",
            [partner for partner, _company in pairs],
            [company for _partner, company in pairs],
        )

    # === THE FORMULA === #

    @api.model
    def _standings(self, pairs, apart=()):
        """Work out how customers stand, from orders and journal items themselves.

        The one formula of the add-on. Two queries, however many there are.

        :param pairs: ``(commercial partner id, company id)`` … that have a limit,
            as a mapping to the limit
        :param apart: ids of orders to leave out: those in question
        :return: ``{(customer id, company id): Standing}`` with the temporary credits
            valid now, and ``{order id: amount}`` of the orders left out, confirmed
            ones with what is not invoiced; company currency
        """
        figures = {pair: dict.fromkeys(FIGURES, 0.0) for pair in pairs}
        own = {}
        for partner, company, kind, order_id, amount in self._exposure_rows(
            sorted(pairs), apart
        ):
            if order_id:
                own[order_id] = float(amount)
            else:
                figures[partner, company][kind] += float(amount)
        grants = self.env["order.hub.credit.grant"]._valid(pairs)
        standings = {
            pair: Standing(limit, **figures[pair], grants=tuple(grants.get(pair, ())))
            for pair, limit in pairs.items()
        }
        return standings, own

    def _exposure_rows(self, pairs, apart):
        if not pairs:
            return []
        self._flush_sources()
        return self.env.execute_query(
            SQL(
                """SELECT item.partner_id, item.company_id, 'receivable', NULL::int,
                          SUM(item.amount_residual)
                     FROM %(pairs)s
                     JOIN account_move_line item ON item.partner_id = pair.partner
                      AND item.company_id = pair.company
                     JOIN account_account account ON account.id = item.account_id
                    WHERE item.parent_state = 'posted'
                      AND item.reconciled IS NOT TRUE
                      AND account.account_type = 'asset_receivable'
                 GROUP BY item.partner_id, item.company_id
                    UNION ALL
                   SELECT partner, company, kind, apart, SUM(amount)
                     FROM (%(orders)s) counted
                 GROUP BY partner, company, kind, apart""",
                pairs=self._pairs_sql(pairs),
                orders=self._orders_sql(pairs, apart),
            )
        )

    def _flush_sources(self):
        """Write what the formula reads."""
        self.env["res.partner"].flush_model(["commercial_partner_id"])
        self.env["sale.order"].flush_model()
        self.env["sale.order.line"].flush_model()
        self.env["stock.move"].flush_model(["state", "sale_line_id"])
        self.env["account.move.line"].flush_model(
            [
                "account_id",
                "amount_residual",
                "balance",
                "parent_state",
                "partner_id",
                "reconciled",
            ]
        )

    def _orders_sql(self, pairs, apart):
        """One row an order: what it takes of the limit, in company currency.

        An order of which nothing is invoiced takes its own total, so that no cent
        is lost; else line by line what is left, less the down payments invoiced.
        """
        return SQL(
            """SELECT pair.partner, pair.company,
                      CASE WHEN o.state = 'sale' THEN 'uninvoiced'
                           ELSE 'in_approval' END AS kind,
                      CASE WHEN o.id = ANY(%(apart)s) THEN o.id END AS apart,
                      GREATEST(0, ROUND((CASE WHEN part.rest = part.total
                          THEN o.amount_total ELSE part.rest END
                          / COALESCE(NULLIF(o.currency_rate, 0), 1))::numeric,
                          currency.decimal_places) - COALESCE(advance.paid, 0)
                      ) AS amount
                 FROM %(pairs)s
                 JOIN res_partner payer ON payer.commercial_partner_id = pair.partner
                 JOIN sale_order o ON o.partner_invoice_id = payer.id
                  AND o.company_id = pair.company
                 JOIN res_company company ON company.id = o.company_id
                 JOIN res_currency currency ON currency.id = company.currency_id
                CROSS JOIN LATERAL (%(rest)s) part
                CROSS JOIN LATERAL (%(advance)s) advance
                WHERE o.state = 'sale'
                   OR (o.state IN ('draft', 'sent') AND %(reserves)s)""",
            apart=list(apart),
            pairs=self._pairs_sql(pairs),
            rest=self._rest_sql(),
            advance=self._advance_sql(),
            reserves=self._hub_reserves_credit_sql(),
        )

    def _rest_sql(self):
        """What of the lines of order ``o`` no posted invoice asks for, with tax."""
        return SQL(
            """SELECT COALESCE(SUM(line.price_total), 0) AS total,
                      COALESCE(SUM(CASE
                        WHEN line.product_uom_qty = 0 THEN
                          CASE WHEN line.is_downpayment THEN 0 ELSE
                          GREATEST(COALESCE(line.untaxed_amount_to_invoice, 0), 0) END
                        WHEN COALESCE(line.untaxed_amount_invoiced, 0) = 0
                          THEN line.price_total * share.due
                        WHEN line.price_subtotal > 0 THEN
                          GREATEST(line.price_subtotal * share.due
                                   - line.untaxed_amount_invoiced, 0)
                          * line.price_total / line.price_subtotal
                        WHEN line.price_subtotal < 0 THEN
                          LEAST(line.price_subtotal * share.due
                                - line.untaxed_amount_invoiced, 0)
                          * line.price_total / line.price_subtotal
                        ELSE 0 END), 0) AS rest
                 FROM sale_order_line line
            LEFT JOIN product_product product ON product.id = line.product_id
            LEFT JOIN product_template template
                   ON template.id = product.product_tmpl_id
           CROSS JOIN LATERAL (SELECT CASE
                        WHEN template.invoice_policy = 'delivery' THEN
                          CASE WHEN %(closed)s THEN line.qty_delivered
                          ELSE GREATEST(line.qty_delivered, line.product_uom_qty) END
                          / NULLIF(line.product_uom_qty, 0)
                        ELSE 1 END AS due) share
                WHERE line.order_id = o.id AND line.display_type IS NULL""",
            closed=self._closed_sql(),
        )

    def _closed_sql(self):
        """Nothing more of ``line`` will be delivered: what was not, never is owed."""
        return SQL(
            """(EXISTS (SELECT FROM stock_move move
                         WHERE move.sale_line_id = line.id)
                AND NOT EXISTS (SELECT FROM stock_move move
                         WHERE move.sale_line_id = line.id
                           AND move.state NOT IN ('done', 'cancel')))"""
        )

    def _advance_sql(self):
        """Down payments of order ``o`` that are invoiced and not yet taken off.

        With tax, in company currency: an invoice says it in its own currency.
        """
        return SQL(
            """SELECT SUM(ROUND(-item.balance * item.price_total
                          / NULLIF(item.price_subtotal, 0), currency.decimal_places)
                      ) AS paid
                 FROM sale_order_line line
                 JOIN sale_order_line_invoice_rel link
                   ON link.order_line_id = line.id
                 JOIN account_move_line item ON item.id = link.invoice_line_id
                WHERE line.order_id = o.id AND line.is_downpayment
                  AND line.product_uom_qty = 0 AND line.display_type IS NULL
                  AND item.parent_state = 'posted'"""
        )

    @api.model
    def _hub_reserves_credit_sql(self):
        """Return the condition under which a draft ``o`` takes credit already.

        For orders whose approval is asked for or given; extended where approvals
        are.
        """
        return SQL("FALSE")

    # === THE CHECK === #

    @api.model
    def _verdicts(self, orders, lock=False, ratio=None):
        """Decide for orders, in the order given, whether their credit holds.

        :param orders: ``sale.order`` records, drafts or confirmed
        :param lock: keep the customers' rows until the end of the transaction, so
            that no other one takes the same money; not for a mere look
        :param ratio: instead of the companies' own
        :return: ``{order: Verdict}`` of the orders whose customer has a limit, and
            ``{(customer id, company id): what was used before this transaction}``
        """
        of_pair = self._by_pair(orders)
        limits = self._limits(pair for pair in of_pair if pair[0])
        before = self._lock(limits) if lock and limits else {}
        standings, own = self._standings(limits, self._ids_of(of_pair, limits))
        verdicts = {}
        for pair, standing in standings.items():
            demands = [
                Demand(order.id, order._hub_credit_amount(own))
                for order in of_pair[pair]
            ]
            ratio_of_company = of_pair[pair][0].company_id.hub_credit_ratio
            found = decide(standing, demands, ratio or ratio_of_company)
            verdicts.update(zip(of_pair[pair], found, strict=True))
        return verdicts, before

    @api.model
    def _headrooms(self, orders):
        """Return ``{order: (left, amount)}``, each order looked at by itself.

        What the other orders have taken counts, what they might take does not.

        :param orders: ``sale.order`` records; those without a limit are left out
        """
        of_pair = self._by_pair(orders)
        limits = self._limits(pair for pair in of_pair if pair[0])
        standings, own = self._standings(limits, self._ids_of(of_pair, limits))
        found = {}
        for pair, standing in standings.items():
            taken = sum(own.get(order.id, 0.0) for order in of_pair[pair])
            for order in of_pair[pair]:
                others = taken - own.get(order.id, 0.0)
                left = standing.headroom(order.id) - others
                found[order] = (left, order._hub_credit_amount(own))
        return found

    def _by_pair(self, orders):
        """Return ``{(customer id, company id): [order, …]}`` (sudo)."""
        of_pair = {}
        for order in orders.sudo():
            of_pair.setdefault(order._hub_credit_pair(), []).append(order)
        return of_pair

    def _ids_of(self, of_pair, pairs):
        return [order.id for pair in pairs for order in of_pair[pair]]

    def _lock(self, limits):
        """Lock and touch the rows of customers; make those that are missing.

        Touching is what makes the second of two transactions fail and start again:
        a lock alone would let it go on with what it saw before.

        :param limits: ``{(customer id, company id): limit}``, not empty
        :return: ``{(customer id, company id): exposure stored so far}``
        """
        rows = self.env.execute_query(
            SQL(
                """INSERT INTO order_hub_credit AS credit (partner_id, company_id,
                          credit_limit, receivable, uninvoiced, in_approval,
                          exposure, date)
                   SELECT pair.partner, pair.company, 0, 0, 0, 0, 0, %(now)s
                     FROM %(pairs)s
                 ORDER BY 1, 2
              ON CONFLICT (partner_id, company_id) DO UPDATE SET date = %(now)s
                RETURNING partner_id, company_id, exposure""",
                now=fields.Datetime.now(),
                pairs=self._pairs_sql(sorted(limits)),
            )
        )
        self._mark(pairs=limits)
        return {(partner, company): float(used) for partner, company, used in rows}

    # === KEPT RIGHT === #

    @api.model
    def _mark(self, everything=False, **touched):
        """Remember what this transaction touched, to be worked out once at its end.

        :param everything: all customers
        :param touched: ids by what they are: ``orders``, ``lines``, ``items``,
            ``partners``; ``pairs`` of customer and company
        """
        precommit = self.env.cr.precommit
        marks = precommit.data.get(MARKS)
        if marks is None:
            marks = precommit.data[MARKS] = {}
            precommit.add(self.sudo().browse()._apply_marks)
        if everything:
            marks["everything"] = {True}
        for kind, ids in touched.items():
            marks.setdefault(kind, set()).update(ids)

    @api.model
    def _apply_marks(self):
        """Work out the customers that this transaction touched."""
        marks = self.env.cr.precommit.data.pop(MARKS, None)
        if not marks:
            return
        if marks.get("everything"):
            self._rebuild()
            return
        pairs = self._marked_pairs(marks) | marks.get("pairs", set())
        if pairs:
            self._refresh(pairs)

    def _marked_pairs(self, marks):
        """Return the customers and companies behind what was touched; one query."""
        if not marks.keys() - {"pairs"}:
            return set()
        self._flush_sources()
        ids = {
            kind: sorted(marks.get(kind, ()))
            for kind in ("orders", "lines", "items", "partners")
        }
        rows = self.env.execute_query(
            SQL(
                """SELECT payer.commercial_partner_id, o.company_id
                     FROM sale_order o
                     JOIN res_partner payer ON payer.id = o.partner_invoice_id
                    WHERE o.id = ANY(%(orders)s)
                    UNION
                   SELECT payer.commercial_partner_id, o.company_id
                     FROM sale_order_line line
                     JOIN sale_order o ON o.id = line.order_id
                     JOIN res_partner payer ON payer.id = o.partner_invoice_id
                    WHERE line.id = ANY(%(lines)s)
                      AND (o.state = 'sale' OR %(reserves)s)
                    UNION
                   SELECT item.partner_id, item.company_id
                     FROM account_move_line item
                     JOIN account_account account ON account.id = item.account_id
                    WHERE item.id = ANY(%(items)s) AND item.partner_id IS NOT NULL
                      AND account.account_type = 'asset_receivable'
                    UNION
                   SELECT customer.commercial_partner_id, company.id
                     FROM res_partner customer CROSS JOIN res_company company
                    WHERE customer.id = ANY(%(partners)s)""",
                **ids,
                reserves=self._hub_reserves_credit_sql(),
            )
        )
        return {tuple(row) for row in rows if row[0]}

    @api.model
    def _refresh(self, pairs):
        """Work customers out from scratch and store it; three queries.

        :param pairs: ``(commercial partner id, company id)`` …; rows of those who
            have no limit go
        """
        limits = self._limits(pairs)
        self._store(self._standings(limits)[0])
        self._forget(set(pairs) - limits.keys())
        self.invalidate_model(flush=False)

    def _store(self, standings):
        if not standings:
            return
        now = fields.Datetime.now()
        rows = [
            SQL(
                "(%s, %s, %s, %s, %s, %s, %s, %s)",
                *pair,
                standing.limit,
                standing.receivable,
                standing.uninvoiced,
                standing.in_approval,
                standing.exposure,
                now,
            )
            for pair, standing in sorted(standings.items())
        ]
        self.env.execute_query(
            SQL(
                """INSERT INTO order_hub_credit (partner_id, company_id,
                          credit_limit, receivable, uninvoiced, in_approval,
                          exposure, date)
                   VALUES %s
              ON CONFLICT (partner_id, company_id) DO UPDATE SET
                          credit_limit = EXCLUDED.credit_limit,
                          receivable = EXCLUDED.receivable,
                          uninvoiced = EXCLUDED.uninvoiced,
                          in_approval = EXCLUDED.in_approval,
                          exposure = EXCLUDED.exposure, date = EXCLUDED.date
                RETURNING id""",
                SQL(", ").join(rows),
            )
        )

    def _forget(self, pairs):
        """Drop the rows of customers who have no limit any more."""
        if pairs:
            self.env.cr.execute(
                SQL(
                    """DELETE FROM order_hub_credit credit USING %s
                        WHERE credit.partner_id = pair.partner
                          AND credit.company_id = pair.company""",
                    self._pairs_sql(sorted(pairs)),
                )
            )

    @api.model
    def _rebuild(self):
        """Work out every customer who has a limit, in batches."""
        pairs = self._all_pairs()
        for start in range(0, len(pairs), CRON_BATCH):
            self._refresh(pairs[start : start + CRON_BATCH])

    @api.model
    def _all_pairs(self):
        """Return whom a row is kept for, or would be: sorted.

        Customers with a row, with a limit of their own, or, where a company has a
        limit for everybody, with an order or a journal item.
        """
        self._flush_sources()
        self.env["res.partner"].flush_model(["credit_limit"])
        companies = self.env["res.company"].sudo().search([])
        general = json.loads(self._general_limits(companies.ids))
        with_general = [int(id_) for id_, limit in general.items() if limit]
        rows = self.env.execute_query(
            SQL(
                """SELECT partner_id, company_id FROM order_hub_credit
                    UNION
                   SELECT customer.id, own.key::int FROM res_partner customer,
                          jsonb_each_text(customer.credit_limit) own
                    WHERE customer.commercial_partner_id = customer.id
                    UNION
                   SELECT payer.commercial_partner_id, o.company_id
                     FROM sale_order o
                     JOIN res_partner payer ON payer.id = o.partner_invoice_id
                    WHERE o.company_id = ANY(%(general)s) AND o.state != 'cancel'
                    UNION
                   SELECT item.partner_id, item.company_id
                     FROM account_move_line item
                     JOIN account_account account ON account.id = item.account_id
                    WHERE item.company_id = ANY(%(general)s)
                      AND item.partner_id IS NOT NULL
                      AND item.parent_state = 'posted'
                      AND item.reconciled IS NOT TRUE
                      AND account.account_type = 'asset_receivable'""",
                general=with_general,
            )
        )
        return sorted(tuple(row) for row in rows)

    # === NIGHTLY === #

    @api.model
    def _cron_check(self):
        """Compare what is stored with the truth, mend it, and say what differed."""
        if not self._is_used():
            return
        pairs = self._all_pairs()
        Cron = self.env["ir.cron"]
        Cron._commit_progress(remaining=len(pairs))
        for start in range(0, len(pairs), CRON_BATCH):
            batch = pairs[start : start + CRON_BATCH]
            self._mend(batch)
            if not Cron._commit_progress(len(batch)):
                break

    def _mend(self, pairs):
        """Work a batch out from scratch; log and note what was not right.

        :return: what :func:`engine.credit.drift` found
        """
        stored = self._stored(pairs)
        standings = self._standings(self._limits(pairs))[0]
        true = {
            pair: (s.limit, s.receivable, s.uninvoiced, s.in_approval)
            for pair, s in standings.items()
        }
        found = drift(stored, true)
        if found:
            self._refresh(found)
            self._report(found)
        return found

    def _stored(self, pairs):
        rows = self.env.execute_query(
            SQL(
                """SELECT partner_id, company_id, credit_limit, receivable,
                          uninvoiced, in_approval
                     FROM order_hub_credit credit JOIN %s
                       ON credit.partner_id = pair.partner
                      AND credit.company_id = pair.company""",
                self._pairs_sql(pairs),
            )
        )
        return {(row[0], row[1]): tuple(map(float, row[2:])) for row in rows}

    def _report(self, found):
        """Log what was mended and leave a note with the customers."""
        names = ("limit", *FIGURES)
        for (partner_id, company_id), (kept, real) in found.items():
            _logger.info(
                "Credit of customer %s in company %s mended: %s was %s",
                partner_id,
                company_id,
                dict(zip(names, real, strict=True)),
                dict(zip(names, kept, strict=True)),
            )
            partner = self.env["res.partner"].sudo().browse(partner_id)
            partner._message_log(
                body=self.env._(
                    "The credit figures were not right and were mended: used "
                    "%(kept)s was stored, %(real)s is true.",
                    kept=round(sum(kept[1:]), 2),
                    real=round(sum(real[1:]), 2),
                )
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
                      AND o.state != 'cancel'""",
                *pair,
            )
        )
        rows = self.sudo()._exposure_rows([pair], [id_ for [id_] in every])
        return [row[3] for row in rows if row[2] == kind and row[3] and row[4] > 0]
