from datetime import datetime

import pytz

from odoo import api, fields, models
from odoo.tools import SQL

from ..engine import queue as engine

#: Orders that still wait for something the company does.
QUEUE_MILESTONES = ("received", "approved", "scheduled", "preparing", "picked")


class OrderHubQueue(models.AbstractModel):
    """Scores the orders of a company: one statement, only rows that change.

    ``engine.queue`` has the formula in plain Python.
    """

    _name = "order.hub.queue"
    _description = "Priority Queue of Orders"

    @api.model
    def _rescore(
        self, company, orders=None, *, joining=False, skip_locked=False, now=None
    ):
        """Score orders in the queue and pass the score on to their transfers.

        :param company: ``res.company``; without a scheme nothing happens
        :param orders: only these orders (of that company); else all in the queue
        :param joining: the orders are just being confirmed: their wait begins now
        :param skip_locked: leave out orders that somebody is writing
        :param now: naive UTC datetime, for tests
        :return: ids of the orders whose score changed
        """
        scheme = self._scheme(company)
        if not scheme or (orders is not None and not orders):
            return []
        now = now or fields.Datetime.now()
        self._flush()
        if orders is None:  # compiling would take longer than running
            self.env.cr.execute("SET LOCAL jit = off")
        figures = self._sql_figures(company, orders, now, joining, skip_locked)
        rows = self.env.execute_query(self._sql_update(scheme, figures, now))
        changed = self.env["sale.order"].browse(id_ for [id_] in rows)
        changed.invalidate_recordset(["hub_queue_score", "hub_queue_date"], flush=False)
        self._mark_pickings(company, orders)
        return changed.ids

    @api.model
    def _scheme(self, company):
        Scheme = self.env["order.hub.queue.scheme"].sudo()
        return Scheme.browse(Scheme._id_for(company.id) or [])

    def _flush(self):
        """Let the database know what the statement reads."""
        self.env["sale.order"].flush_model(
            [
                "amount_untaxed",
                "commitment_date",
                "date_order",
                "hub_is_open",
                "hub_order_type_id",
                "hub_promised_date",
                "partner_id",
                "state",
            ]
        )
        self.env["sale.order.line"].flush_model(
            ["order_id", "price_subtotal", "product_id", "product_uom_qty"]
        )
        self.env["res.partner"].flush_model(["commercial_partner_id"])
        self.env["order.hub.order.type"].flush_model(["is_rush"])
        self.env["product.product"].flush_model(["standard_price"])

    # === SQL === #

    def _sql_update(self, scheme, figures, now):
        return SQL(
            """WITH figures AS MATERIALIZED (%s), scored AS (%s)
             UPDATE sale_order AS target
                SET hub_queue_score = scored.score, hub_queue_date = scored.joined
               FROM scored
              WHERE target.id = scored.id
                AND (target.hub_queue_score IS DISTINCT FROM scored.score
                  OR target.hub_queue_date IS DISTINCT FROM scored.joined)
          RETURNING target.id""",
            figures,
            self._sql_scored(scheme, now),
        )

    def _sql_figures(self, company, orders, now, joining=False, skip_locked=False):
        """What ``engine.queue.Figures`` holds, one row an order in the queue."""
        return SQL(
            """SELECT o.id, COALESCE(graded.grade, %(no_history)s) AS grade,
                      COALESCE(o.hub_promised_date, o.commitment_date) AS promised,
                      %(joined)s AS joined, o.hub_priority AS priority,
                      COALESCE(type.is_rush, false) AS rush, margins.margin,
                      o.hub_queue_jump_date IS NOT NULL AS jumps
                 FROM (%(taken)s) o
                 JOIN res_partner partner ON partner.id = o.partner_id
            LEFT JOIN order_hub_grade graded
                      ON graded.partner_id = partner.commercial_partner_id
                     AND graded.company_id = %(company)s
            LEFT JOIN order_hub_order_type type ON type.id = o.hub_order_type_id
            LEFT JOIN (%(margins)s) margins ON margins.order_id = o.id""",
            company=company.id,
            no_history=self.env["order.hub.grade.scheme"]._no_history(company.id)
            or None,
            joined=SQL("%s::timestamp", now)
            if joining
            else SQL(
                """COALESCE(o.hub_queue_date,
                            CASE WHEN o.state = 'sale' THEN o.date_order END)"""
            ),
            taken=self._sql_taken(company, orders, skip_locked),
            margins=self._sql_margins(company, orders),
        )

    def _sql_taken(self, company, orders, skip_locked=False):
        return SQL(
            """SELECT * FROM sale_order
                WHERE company_id = %s AND hub_is_open IS TRUE
                  AND hub_milestone = ANY(%s) %s %s""",
            company.id,
            list(QUEUE_MILESTONES),
            SQL() if orders is None else SQL("AND id = ANY(%s)", orders.ids),
            SQL("FOR NO KEY UPDATE SKIP LOCKED") if skip_locked else SQL(),
        )

    def _sql_margins(self, company, orders):
        """Margin of orders as a share of the sale; lines without cost left out."""
        costs = self.env["order.hub.grade"]._sql_costs(company.id)
        return SQL(
            """SELECT line.order_id,
                      1 - sum(line.product_uom_qty * unit.factor * cost.per_unit
                              * COALESCE(NULLIF(o.currency_rate, 0), 1))
                          / NULLIF(sum(line.price_subtotal), 0) AS margin
                 FROM sale_order o
                 JOIN sale_order_line line ON line.order_id = o.id
                 JOIN (%s) cost ON cost.product_id = line.product_id
                 JOIN uom_uom unit ON unit.id = line.product_uom_id
                WHERE line.display_type IS NULL AND o.company_id = %s
                  AND o.hub_is_open IS TRUE %s
             GROUP BY line.order_id""",
            costs,
            company.id,
            SQL() if orders is None else SQL("AND o.id = ANY(%s)", orders.ids),
        )

    def _sql_scored(self, scheme, now):
        """``engine.queue.score`` as SQL, to a tenth of a point."""
        return SQL(
            """SELECT id, joined, round((CASE
                      WHEN waited >= %(limit)s THEN %(front)s + waited
                      ELSE CASE WHEN jumps AND rush THEN %(green)s ELSE 0 END
                           + %(grade)s * grade_share + %(promise)s * nearness
                           + %(rush)s * rush::int + %(margin)s * margin_share
                           + %(priority)s * priority_share + %(ageing)s * waited / 24
                      END)::numeric, 1)::float AS score
                 FROM (%(shares)s) shares""",
            limit=scheme.limit_days * 24,
            front=engine.WAITED_LANE,
            green=engine.GREEN_LANE,
            grade=scheme.points_grade,
            promise=scheme.points_promise,
            rush=scheme.points_rush,
            margin=scheme.points_margin,
            priority=scheme.points_priority,
            ageing=scheme.ageing,
            shares=self._sql_shares(scheme, now),
        )

    def _sql_shares(self, scheme, now):
        return SQL(
            """SELECT figures.*, %(grades)s AS grade_share,
                      %(priorities)s AS priority_share,
                      COALESCE(LEAST(GREATEST(1 - extract(epoch FROM
                          promised - %(now)s::timestamp)::float / 3600
                          / %(horizon)s::float, 0), 1), 0) AS nearness,
                      LEAST(GREATEST(COALESCE(margin, 0) / %(full)s::float, 0), 1)
                          AS margin_share,
                      COALESCE(GREATEST(extract(epoch FROM %(now)s::timestamp
                          - GREATEST(joined, CASE WHEN joined IS NOT NULL THEN
                              promised - %(horizon)s * interval '1 hour' END)
                          )::float / 3600, 0), 0) AS waited
                 FROM figures""",
            grades=self._sql_choice("grade", engine.GRADE_SHARES),
            priorities=self._sql_choice("priority", engine.PRIORITY_SHARES),
            now=now,
            horizon=scheme.horizon_hours,
            full=scheme.full_margin / 100,
        )

    def _sql_choice(self, column, shares):
        whens = SQL(" ").join(
            SQL("WHEN %s THEN %s::float", value, part) for value, part in shares.items()
        )
        return SQL("CASE %s %s ELSE 0 END", SQL.identifier(column), whens)

    # === TRANSFERS === #

    @api.model
    def _mark_pickings(self, company, orders=None):
        """Give open transfers the score of their order, picking and packing too."""
        self.env["stock.move"].flush_model(["picking_id", "state"])
        rows = self.env.execute_query(
            SQL(
                """UPDATE stock_picking AS picking SET hub_queue_score = best.score
                     FROM (SELECT move.picking_id, max(o.hub_queue_score) AS score
                             FROM sale_order o
                             JOIN stock_reference_sale_rel sale ON sale.sale_id = o.id
                             JOIN stock_reference_move_rel link
                                  ON link.reference_id = sale.reference_id
                             JOIN stock_move move ON move.id = link.move_id
                            WHERE o.company_id = %s AND o.hub_is_open IS TRUE
                              AND o.hub_queue_score IS NOT NULL %s
                              AND move.state NOT IN ('done', 'cancel')
                         GROUP BY move.picking_id) best
                    WHERE picking.id = best.picking_id
                      AND picking.hub_queue_score IS DISTINCT FROM best.score
                RETURNING picking.id""",
                company.id,
                SQL() if orders is None else SQL("AND o.id = ANY(%s)", orders.ids),
            )
        )
        pickings = self.env["stock.picking"].browse(id_ for [id_] in rows)
        pickings.invalidate_recordset(["hub_queue_score"], flush=False)

    # === GREEN LANE === #

    @api.model
    def _give_jumps(self, company, orders):
        """Let rush orders of customers graded A jump the queue, so many a day.

        The count is kept on the customer's grade: two orders at once cannot both
        take the last jump (the second transaction is repeated by Odoo).

        :return: ids of the orders that jump from now on
        """
        scheme = self._scheme(company)
        if not scheme.is_jump_on or not orders:
            return []
        self._flush()
        rows = self.env.execute_query(
            self._sql_jumps(company, orders, scheme.jumps_a_day)
        )
        jumping = orders.browse(id_ for [id_] in rows)
        jumping.invalidate_recordset(["hub_queue_jump_date"], flush=False)
        self.env["order.hub.grade"].invalidate_model(
            ["jump_date", "jump_count"], flush=False
        )
        return jumping.ids

    def _sql_jumps(self, company, orders, limit):
        return SQL(
            """WITH wanting AS (
                   SELECT o.id, partner.commercial_partner_id AS payer,
                          row_number() OVER (
                              PARTITION BY partner.commercial_partner_id
                              ORDER BY o.id) AS number
                     FROM sale_order o
                     JOIN res_partner partner ON partner.id = o.partner_id
                     JOIN order_hub_order_type type ON type.id = o.hub_order_type_id
                    WHERE o.id = ANY(%(orders)s) AND o.company_id = %(company)s
                      AND type.is_rush AND o.hub_queue_jump_date IS NULL),
               best AS (
                   SELECT id, partner_id,
                          CASE WHEN jump_date = %(today)s THEN jump_count ELSE 0 END
                          AS used
                     FROM order_hub_grade
                    WHERE company_id = %(company)s AND grade = 'a'
                      AND partner_id IN (SELECT payer FROM wanting)
                      FOR UPDATE),
               given AS (
                   SELECT wanting.id, best.id AS best_id, best.used
                     FROM wanting JOIN best ON best.partner_id = wanting.payer
                    WHERE wanting.number + best.used <= %(limit)s),
               counted AS (
                   UPDATE order_hub_grade AS graded
                      SET jump_date = %(today)s, jump_count = sums.count
                     FROM (SELECT best_id, max(used) + count(*) AS count
                             FROM given GROUP BY 1) sums
                    WHERE graded.id = sums.best_id)
               UPDATE sale_order AS target SET hub_queue_jump_date = %(today)s
                 FROM given WHERE target.id = given.id RETURNING target.id""",
            orders=orders.ids,
            company=company.id,
            today=self._today(company),
            limit=limit,
        )

    def _today(self, company):
        zone = pytz.timezone(company.resource_calendar_id.tz or "UTC")
        return datetime.now(zone).date()

    # === READ === #

    @api.model
    def _figures(self, orders):
        """Return ``{order id: engine.queue.Figures}`` of orders in the queue."""
        found = {}
        self._flush()
        for company, of_company in orders.grouped("company_id").items():
            if not self._scheme(company):
                continue
            now = fields.Datetime.now()
            for row in self.env.execute_query_dict(
                self._sql_figures(company, of_company, now)
            ):
                order_id = row.pop("id")
                found[order_id] = engine.Figures(**row)
        return found

    @api.model
    def _places(self, company):
        """Return ``{order id: place}`` of the confirmed orders in the queue."""
        self.env["sale.order"].flush_model(["hub_is_open", "state"])
        rows = self.env.execute_query(
            SQL(
                """SELECT id, row_number() OVER (
                              ORDER BY hub_queue_score DESC NULLS LAST,
                                       hub_queue_date, id)
                     FROM sale_order
                    WHERE company_id = %s AND hub_is_open IS TRUE
                      AND state = 'sale' AND hub_milestone = ANY(%s)""",
                company.id,
                list(QUEUE_MILESTONES),
            )
        )
        return dict(rows)

    @api.model
    def _move_scores(self, moves):
        """Return ``{move id: score}`` of moves that belong to orders, one query."""
        rows = self.env.execute_query(
            SQL(
                """SELECT id, max(score) FROM (
                       SELECT move.id, o.hub_queue_score AS score
                         FROM stock_move move
                         JOIN sale_order_line line ON line.id = move.sale_line_id
                         JOIN sale_order o ON o.id = line.order_id
                        WHERE move.id = ANY(%(moves)s)
                    UNION ALL
                       SELECT link.move_id, o.hub_queue_score
                         FROM stock_reference_move_rel link
                         JOIN stock_reference_sale_rel sale
                              ON sale.reference_id = link.reference_id
                         JOIN sale_order o ON o.id = sale.sale_id
                        WHERE link.move_id = ANY(%(moves)s)) scores
                    WHERE score IS NOT NULL GROUP BY id""",
                moves=moves.ids,
            )
        )
        return dict(rows)
