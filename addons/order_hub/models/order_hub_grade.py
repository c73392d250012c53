from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_amount

from ..const import GRADES
from ..engine.grade import CEILING_SHARE, COMPONENTS


class OrderHubGrade(models.Model):
    """The grade of a customer (a commercial entity) in one company, and why.

    Computed by :meth:`_grade` in one statement for all customers of a company, and
    by nothing else. What each component earned is stored with the figure it was
    earned on, so that the row explains itself after the scheme was changed.
    ``engine.grade`` has the formula.
    """

    _name = "order.hub.grade"
    _description = "Customer Grade"
    _order = "score desc nulls last, id"
    _rec_name = "partner_id"
    _log_access = False

    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    grade = fields.Selection(GRADES, required=True, readonly=True)
    score = fields.Float(
        readonly=True, digits=(5, 2), help="0 to 100: what the components earned."
    )
    previous_grade = fields.Selection(GRADES, "Grade Before", readonly=True)
    changed_on = fields.Datetime("Grade Changed On", readonly=True)
    computed_on = fields.Datetime("Graded On", readonly=True)
    date_from = fields.Date("From", readonly=True)
    date_to = fields.Date("To", readonly=True)

    order_count = fields.Integer("Orders", readonly=True)
    margin = fields.Monetary("Margin Earned", readonly=True)
    due_count = fields.Integer("Invoices Due", readonly=True)
    on_time_count = fields.Integer("Paid on Time", readonly=True)
    trouble_count = fields.Integer("Orders with Trouble", readonly=True)
    referral_count = fields.Integer("Customers Referred", readonly=True)
    full_orders = fields.Float("Orders for Full Points", readonly=True)
    full_margin = fields.Monetary("Margin for Full Points", readonly=True)
    full_referrals = fields.Float("Referrals for Full Points", readonly=True)
    worst_after_sales = fields.Float("Trouble for No Points (%)", readonly=True)

    frequency_points = fields.Float("Frequency", readonly=True)
    frequency_weight = fields.Float("Frequency Points at Most", readonly=True)
    margin_points = fields.Float("Margin", readonly=True)
    margin_weight = fields.Float("Margin Points at Most", readonly=True)
    on_time_points = fields.Float("On-time Points", readonly=True)
    on_time_weight = fields.Float("On-time Points at Most", readonly=True)
    after_sales_points = fields.Float("After-sales", readonly=True)
    after_sales_weight = fields.Float("After-sales Points at Most", readonly=True)
    referrals_points = fields.Float("Referrals", readonly=True)
    referrals_weight = fields.Float("Referral Points at Most", readonly=True)

    jump_date = fields.Date("Queue-jumps Of", readonly=True)
    jump_count = fields.Integer("Queue-jumps", readonly=True)
    explanation = fields.Html(compute="_compute_explanation", sanitize=False)
    summary = fields.Char("In Short", compute="_compute_summary")
    history_ids = fields.Many2many(
        "order.hub.grade.history", "Changes", compute="_compute_history_ids"
    )

    _partner_company_uniq = models.UniqueIndex(
        "(partner_id, company_id)", "A customer has one grade in a company."
    )
    _company_grade_idx = models.Index("(company_id, grade, partner_id)")

    # === COMPUTE === #

    @api.depends("partner_id", "grade")
    def _compute_display_name(self):
        labels = dict(GRADES)
        for row in self:
            row.display_name = f"{row.partner_id.name}: {labels.get(row.grade, '–')}"

    @api.depends_context("lang")
    def _compute_summary(self):
        for row in self:
            parts = [
                f"{each['label']} {each['points']:.0f}/{each['weight']:.0f}"
                for each in row._components()
                if each["weight"]
            ]
            row.summary = " · ".join(parts) or self.env._("No order in the period.")

    @api.depends_context("lang")
    def _compute_explanation(self):
        for row in self:
            row.explanation = self.env["ir.qweb"]._render(
                "order_hub.order_hub_components", {"components": row._components()}
            )

    def _compute_history_ids(self):
        found = self.env["order.hub.grade.history"].search(
            [
                ("partner_id", "in", self.partner_id.ids),
                ("company_id", "in", self.company_id.ids),
            ]
        )
        by_key = found.grouped(lambda each: (each.partner_id, each.company_id))
        for row in self:
            row.history_ids = by_key.get((row.partner_id, row.company_id), False)

    # === WORDS === #

    def _components(self):
        """Return the components of the score, each with the figure behind it.

        :return: list of dicts: name, label, figure (a sentence in the reader's
            language), points, weight (of how many), share (0 to 100)
        """
        self.ensure_one()
        found = []
        for name in COMPONENTS:
            points, weight = self[f"{name}_points"], self[f"{name}_weight"]
            found.append(
                {
                    "name": name,
                    "label": self._component_labels()[name],
                    "figure": getattr(self, f"_figure_{name}")(),
                    "points": points,
                    "weight": weight,
                    "share": round(100 * points / weight) if weight else 0,
                }
            )
        return found

    def _component_labels(self):
        return {
            "frequency": self.env._("Frequency"),
            "margin": self.env._("Margin"),
            "on_time": self.env._("Paid on time"),
            "after_sales": self.env._("After-sales"),
            "referrals": self.env._("Referrals"),
        }

    def _figure_frequency(self):
        if not self.frequency_weight:
            return self.env._("%s orders in the period.", self.order_count)
        return self.env._(
            "%(orders)s orders in the period; full points from %(full)g.",
            orders=self.order_count,
            full=round(self.full_orders, 1),
        )

    def _figure_margin(self):
        if not self.margin_weight:
            return self.env._("Not counted: no product sold has a cost.")
        return self.env._(
            "%(margin)s earned; full points from %(full)s.",
            margin=format_amount(self.env, self.margin, self.currency_id),
            full=format_amount(self.env, self.full_margin, self.currency_id),
        )

    def _figure_on_time(self):
        if not self.on_time_weight:
            return self.env._("Not counted: no invoice fell due in the period.")
        return self.env._(
            "%(paid)s of %(due)s invoices paid by their due date.",
            paid=self.on_time_count,
            due=self.due_count,
        )

    def _figure_after_sales(self):
        return self.env._(
            "%(trouble)s of %(orders)s orders with a return, a credit note or a "
            "complaint; no points from %(worst)g %%.",
            trouble=self.trouble_count,
            orders=self.order_count,
            worst=self.worst_after_sales,
        )

    def _figure_referrals(self):
        return self.env._(
            "%(referrals)s customers who ordered name this one as their referrer; "
            "full points from %(full)g.",
            referrals=self.referral_count,
            full=self.full_referrals,
        )

    # === READ === #

    @api.model
    def _grades(self, partner_ids, company):
        """Return the grades of some customers, one query.

        :param partner_ids: ids of partners; contacts have their company's grade
        :param company: ``res.company`` whose grades are asked for
        :return: ``{partner id: 'a' | 'b' | 'c' | 'd'}``; empty, without a query,
            where the company grades nobody
        """
        no_history = self.env["order.hub.grade.scheme"]._no_history(company.id)
        wanted = {id_ for id_ in partner_ids if id_}
        if not no_history or not wanted:
            return {}
        self.env["res.partner"].flush_model(["commercial_partner_id"])
        rows = self.env.execute_query(
            SQL(
                """SELECT partner.id, graded.grade
                     FROM res_partner partner
                LEFT JOIN order_hub_grade graded
                          ON graded.partner_id = partner.commercial_partner_id
                         AND graded.company_id = %s
                    WHERE partner.id = ANY(%s)""",
                company.id,
                list(wanted),
            )
        )
        return {partner_id: found or no_history for partner_id, found in rows}

    def action_open_partner(self):
        self.ensure_one()
        return self.partner_id.get_formview_action()

    # === WRITE === #

    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super
        raise UserError(self._computed_message())

    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(self._computed_message())

    def _computed_message(self):
        return self.env._(
            "Grades follow from orders, invoices and returns; nobody writes them. "
            "Change the weights or the limits of the grading and grade again."
        )

    @api.model
    def _grade(self, scheme, now=None):
        """Grade all customers of a scheme's company: one statement.

        Graded is who has a confirmed order in the period or had a grade before. An
        order counts by its date until now, an invoice by its due date until yesterday:
        one that is due today can still be paid on time.

        :param scheme: ``order.hub.grade.scheme``
        :param now: naive UTC datetime, for tests and replays
        :return: the number of customers graded
        """
        scheme.ensure_one()
        self.env.flush_all()
        # compiling the statement would take longer than running it
        self.env.cr.execute("SET LOCAL jit = off")
        period = self._period(scheme, now or fields.Datetime.now())
        values = self._grade_values(scheme, *period)
        [[count]] = self.env.execute_query(self._grade_statement(scheme, values))
        self.env.invalidate_all(flush=False)
        scheme.graded_on = values["now"]
        return count

    def _period(self, scheme, now):
        """Return now, the first day and today, and the start of the first day in UTC.

        Days are those of the company's time zone.
        """
        zone = pytz.timezone(scheme.company_id.resource_calendar_id.tz or "UTC")
        today = pytz.utc.localize(now).astimezone(zone).date()
        since = today - timedelta(days=scheme.period_days)
        local = zone.localize(datetime.combine(since, time.min))
        return now, since, today, local.astimezone(pytz.utc).replace(tzinfo=None)

    def _grade_values(self, scheme, now, since, until, start):
        return {
            "company": scheme.company_id.id,
            "now": now,
            "since": since,
            "until": until,
            "start": start,
            "worst": scheme.worst_after_sales / 100,
            "no_history": scheme.no_history_grade,
        }

    def _grade_statement(self, scheme, values):
        """Return the statement: figures, ceilings, points, letter, history, rows."""
        return SQL(
            """WITH placed AS MATERIALIZED (%s), figures AS MATERIALIZED (%s),
                    ceilings AS (%s), shares AS MATERIALIZED (%s),
                    points AS MATERIALIZED (%s), scored AS (%s),
                    graded AS MATERIALIZED (%s), changes AS (%s), kept AS (%s)
               SELECT count(*) FROM kept""",
            self._sql_placed(values),
            self._sql_figures(values),
            self._sql_ceilings(scheme),
            self._sql_shares(scheme, values),
            self._sql_points(scheme),
            self._sql_scored(),
            self._sql_graded(scheme, values),
            self._sql_changes(values),
            self._sql_kept(scheme, values),
        )

    def _sql_placed(self, values):
        """Confirmed orders of the period with their customer and currency rate."""
        return SQL(
            """SELECT o.id, partner.commercial_partner_id AS partner_id,
                      COALESCE(NULLIF(o.currency_rate, 0), 1) AS rate
                 FROM sale_order o
                 JOIN res_partner partner ON partner.id = o.partner_id
                WHERE o.company_id = %(company)s AND o.state = 'sale'
                  AND o.date_order >= %(start)s AND o.date_order <= %(now)s""",
            **values,
        )

    def _sql_figures(self, values):
        """One row a customer: who ordered in the period or had a grade before."""
        return SQL(
            """SELECT customer.partner_id, COALESCE(orders.count, 0) AS orders,
                      margins.margin, COALESCE(invoices.due, 0) AS due,
                      COALESCE(invoices.on_time, 0) AS on_time,
                      COALESCE(troubles.count, 0) AS troubled,
                      COALESCE(referrals.count, 0) AS referrals
                 FROM (SELECT partner_id FROM placed
                        UNION SELECT partner_id FROM order_hub_grade
                               WHERE company_id = %s) customer
            LEFT JOIN (SELECT partner_id, count(*) FROM placed GROUP BY 1) orders
                      USING (partner_id)
            LEFT JOIN (%s) margins USING (partner_id)
            LEFT JOIN (%s) invoices USING (partner_id)
            LEFT JOIN (%s) troubles USING (partner_id)
            LEFT JOIN (%s) referrals USING (partner_id)""",
            values["company"],
            self._sql_margins(values),
            self._sql_invoices(values),
            self._sql_troubles(),
            self._sql_referrals(),
        )

    def _sql_margins(self, values):
        """Sales less today's cost, company currency; lines without cost left out."""
        return SQL(
            """SELECT placed.partner_id,
                      sum(line.price_subtotal / placed.rate
                          - line.product_uom_qty * unit.factor * cost.per_unit)
                      AS margin
                 FROM placed
                 JOIN sale_order_line line ON line.order_id = placed.id
                 JOIN (%s) cost ON cost.product_id = line.product_id
                 JOIN uom_uom unit ON unit.id = line.product_uom_id
                WHERE line.display_type IS NULL
             GROUP BY 1""",
            self._sql_costs(values["company"]),
        )

    @api.model
    def _sql_costs(self, company_id):
        """Products with a cost: per reference unit of their unit's tree."""
        return SQL(
            """SELECT product.id AS product_id,
                      (product.standard_price ->> %s)::float / unit.factor AS per_unit
                 FROM product_product product
                 JOIN product_template template
                      ON template.id = product.product_tmpl_id
                 JOIN uom_uom unit ON unit.id = template.uom_id
                WHERE (product.standard_price ->> %s)::float > 0""",
            str(company_id),
            str(company_id),
        )

    def _sql_invoices(self, values):
        """Invoices that fell due in the period, and those settled by that day."""
        return SQL(
            """SELECT invoice.commercial_partner_id AS partner_id, count(*) AS due,
                      count(*) FILTER (
                          WHERE invoice.payment_state IN ('paid', 'in_payment')
                            AND COALESCE(settled.day, invoice.invoice_date_due)
                                <= invoice.invoice_date_due) AS on_time
                 FROM account_move invoice
            LEFT JOIN LATERAL (
                      SELECT max(day) AS day FROM (
                          SELECT part.max_date AS day
                            FROM account_move_line line
                            JOIN account_partial_reconcile part
                                 ON part.debit_move_id = line.id
                           WHERE line.move_id = invoice.id
                       UNION ALL
                          SELECT payment.date
                            FROM account_move__account_payment link
                            JOIN account_payment payment
                                 ON payment.id = link.payment_id
                                AND payment.state IN ('in_process', 'paid')
                           WHERE link.invoice_id = invoice.id) dates) settled ON true
                WHERE invoice.company_id = %(company)s
                  AND invoice.move_type = 'out_invoice' AND invoice.state = 'posted'
                  AND invoice.payment_state NOT IN ('reversed', 'invoicing_legacy')
                  AND invoice.invoice_date_due >= %(since)s
                  AND invoice.invoice_date_due < %(until)s
             GROUP BY 1""",
            **values,
        )

    def _sql_troubles(self):
        """Orders of the period with trouble; each counts once."""
        return SQL(
            """SELECT placed.partner_id, count(*)
                 FROM placed
                WHERE placed.id IN (SELECT order_id FROM (%s) trouble)
             GROUP BY 1""",
            SQL(" UNION ALL ").join(self._after_sales_sources()),
        )

    @api.model
    def _after_sales_sources(self):
        """Return the SELECTs of ``order_id`` that say which orders had trouble.

        Extend the list to count more; an order counts once however often it is
        named.
        """
        return [
            SQL(  # goods taken back
                """SELECT line.order_id
                     FROM stock_move move
                     JOIN sale_order_line line ON line.id = move.sale_line_id
                     JOIN stock_location source ON source.id = move.location_id
                    WHERE move.origin_returned_move_id IS NOT NULL
                      AND move.state = 'done' AND source.usage = 'customer'"""
            ),
            SQL(  # credit notes
                """SELECT line.order_id
                     FROM account_move note
                     JOIN account_move_line item ON item.move_id = note.id
                     JOIN sale_order_line_invoice_rel link
                          ON link.invoice_line_id = item.id
                     JOIN sale_order_line line ON line.id = link.order_line_id
                    WHERE note.move_type = 'out_refund' AND note.state = 'posted'"""
            ),
        ]

    def _sql_referrals(self):
        """Other customers who ordered in the period and name this one."""
        return SQL(
            """SELECT referrer.commercial_partner_id AS partner_id,
                      count(DISTINCT customer.commercial_partner_id)
                 FROM res_partner customer
                 JOIN res_partner referrer ON referrer.id = customer.hub_referrer_id
                WHERE customer.commercial_partner_id IN (SELECT partner_id FROM placed)
                  AND customer.commercial_partner_id
                      <> referrer.commercial_partner_id
             GROUP BY 1"""
        )

    def _sql_ceilings(self, scheme):
        """What earns full points: as set, or the 90th percentile of who ordered."""
        return SQL(
            """SELECT COALESCE(NULLIF(%(orders)s::float, 0),
                          percentile_cont(%(share)s) WITHIN GROUP (ORDER BY orders),
                          0) AS full_orders,
                      COALESCE(NULLIF(%(margin)s::float, 0),
                          percentile_cont(%(share)s) WITHIN GROUP (ORDER BY margin),
                          0) AS full_margin
                 FROM figures WHERE orders > 0""",
            orders=scheme.full_orders,
            margin=scheme.full_margin,
            share=CEILING_SHARE,
        )

    def _sql_shares(self, scheme, values):
        """What each known component earns, 0 to 1; NULL is not known."""
        return SQL(
            """SELECT figures.*, ceilings.*, %s AS frequency, %s AS margin_share,
                      CASE WHEN due > 0 THEN on_time::float / due END AS on_time_share,
                      1 - %s AS after_sales, %s AS referral_share
                 FROM figures, ceilings""",
            self._sql_share(SQL("orders"), SQL("full_orders")),
            self._sql_share(SQL("margin"), SQL("full_margin")),
            self._sql_share(
                SQL("(troubled::float / NULLIF(orders, 0))"),
                SQL("%s::float", values["worst"]),
            ),
            self._sql_share(SQL("referrals"), SQL("%s::float", scheme.full_referrals)),
        )

    def _sql_share(self, value, full):
        """Return ``engine.grade.share`` as SQL: NULL stays NULL."""
        return SQL(
            """CASE WHEN orders = 0 OR %(value)s IS NULL THEN NULL
                    WHEN %(full)s <= 0 THEN (%(value)s > 0)::int::float
                    ELSE LEAST(GREATEST(%(value)s / %(full)s::float, 0), 1) END""",
            value=value,
            full=full,
        )

    def _share_columns(self):
        return {
            "frequency": SQL("frequency"),
            "margin": SQL("margin_share"),
            "on_time": SQL("CASE WHEN orders > 0 THEN on_time_share END"),
            "after_sales": SQL("after_sales"),
            "referrals": SQL("referral_share"),
        }

    def _sql_points(self, scheme):
        """Weights of what is known, scaled to 100, and the points earned."""
        weights, columns = scheme._weights(), self._share_columns()
        known = SQL(" + ").join(
            SQL("(CASE WHEN %s IS NULL THEN 0 ELSE %s END)", columns[n], weights[n])
            for n in COMPONENTS
        )
        parts = [
            SQL(
                "%(share)s AS %(name)s_part, CASE WHEN %(share)s IS NOT NULL "
                "THEN %(weight)s::float * 100 / NULLIF(known, 0) END AS %(name)s_of",
                share=columns[name],
                weight=weights[name],
                name=SQL(name),
            )
            for name in COMPONENTS
        ]
        return SQL(
            """SELECT whole.*, %s
                 FROM (SELECT shares.*, (%s)::float AS known FROM shares) whole""",
            SQL(", ").join(parts),
            known,
        )

    def _sql_scored(self):
        """The score: the sum of the points; NULL without history."""
        total = SQL(" + ").join(
            SQL("COALESCE(%s, 0)", self._sql_earned(name)) for name in COMPONENTS
        )
        return SQL(
            """SELECT points.*, CASE WHEN orders > 0 AND known > 0
                      THEN round((%s + 1e-9)::numeric, 2) END AS score FROM points""",
            total,
        )

    def _sql_earned(self, name):
        return SQL("%(name)s_part * %(name)s_of", name=SQL(name))

    def _sql_graded(self, scheme, values):
        """The letter, beside the one before."""
        return SQL(
            """SELECT scored.*, before.grade AS before, before.id IS NULL AS is_new,
                      CASE WHEN scored.score IS NULL THEN %(none)s
                           WHEN scored.score >= %(a)s THEN 'a'
                           WHEN scored.score >= %(b)s THEN 'b'
                           WHEN scored.score >= %(c)s THEN 'c' ELSE 'd' END AS letter
                 FROM scored
            LEFT JOIN order_hub_grade before
                      ON before.partner_id = scored.partner_id
                     AND before.company_id = %(company)s""",
            none=values["no_history"],
            a=scheme.limit_a,
            b=scheme.limit_b,
            c=scheme.limit_c,
            company=values["company"],
        )

    def _sql_changes(self, values):
        """Keep a row of every change of grade."""
        return SQL(
            """INSERT INTO order_hub_grade_history
                      (partner_id, company_id, date, previous_grade, grade, score)
               SELECT partner_id, %(company)s, %(now)s, before, letter, score
                 FROM graded WHERE before IS DISTINCT FROM letter""",
            **values,
        )

    def _grade_columns(self, scheme, values):
        """Return ``{column: SQL on the row of graded}`` of what is kept."""
        columns = {
            "partner_id": SQL("partner_id"),
            "company_id": SQL("%s", values["company"]),
            "grade": SQL("letter"),
            "score": SQL("score"),
            "computed_on": SQL("%s::timestamp", values["now"]),
            "date_from": SQL("%s::date", values["since"]),
            "date_to": SQL("%s::date", values["until"]),
            "order_count": SQL("orders"),
            "margin": SQL("margin"),
            "due_count": SQL("due"),
            "on_time_count": SQL("on_time"),
            "trouble_count": SQL("troubled"),
            "referral_count": SQL("referrals"),
            "full_orders": SQL("full_orders"),
            "full_margin": SQL("full_margin"),
            "full_referrals": SQL("%s::float", scheme.full_referrals),
            "worst_after_sales": SQL("%s::float", scheme.worst_after_sales),
        }
        for name in COMPONENTS:
            columns[f"{name}_points"] = SQL("COALESCE(%s, 0)", self._sql_earned(name))
            columns[f"{name}_weight"] = SQL("COALESCE(%s_of, 0)", SQL(name))
        return columns

    def _sql_kept(self, scheme, values):
        """Insert or update the current rows."""
        columns = self._grade_columns(scheme, values)
        names = [SQL.identifier(name) for name in columns]
        kept = [name for name in columns if name not in ("partner_id", "company_id")]
        return SQL(
            """INSERT INTO order_hub_grade AS current
                      (%(names)s, previous_grade, changed_on)
               SELECT %(values)s, before, %(now)s::timestamp FROM graded
          ON CONFLICT (partner_id, company_id) DO UPDATE SET %(updates)s,
                      previous_grade = CASE WHEN current.grade <> EXCLUDED.grade
                          THEN current.grade ELSE current.previous_grade END,
                      changed_on = CASE WHEN current.grade <> EXCLUDED.grade
                          THEN EXCLUDED.changed_on ELSE current.changed_on END
            RETURNING 1""",
            names=SQL(", ").join(names),
            values=SQL(", ").join(columns.values()),
            now=values["now"],
            updates=SQL(", ").join(
                SQL("%(name)s = EXCLUDED.%(name)s", name=SQL.identifier(name))
                for name in kept
            ),
        )
