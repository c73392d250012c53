from odoo import models
from odoo.tools import SQL

#: How far ahead kits are looked at.
KIT_DAYS = 7
#: Whoever has not scrapped anything in so many days does not write scrap down.
SCRAP_DAYS = 90


class OrderHubIndicatorMeasure(models.AbstractModel):
    """Manufacturing, work centres and engineering changes."""

    _inherit = "order.hub.indicator.measure"

    def _productions(self, column, part, where, joins=None):
        """Manufacturing orders of the window by a moment of theirs, by category."""
        return SQL(
            """SELECT period.company_id, made.id AS res_id,
                      'product.category,' || category.id AS dimension,
                      category.complete_name AS label, %s AS part, 1 AS whole
                 FROM period
                 JOIN mrp_production made ON made.company_id = period.company_id
                      AND %s
                 JOIN product_product product ON product.id = made.product_id
                 JOIN product_template template
                      ON template.id = product.product_tmpl_id
            LEFT JOIN product_category category ON category.id = template.categ_id
                      %s
                WHERE %s""",
            part,
            self._in_period(column) if column else SQL("true"),
            joins or SQL(),
            where,
        )

    def _is_in_time(self):
        """Finished no later than the day of the deadline."""
        return SQL(
            "%s <= %s",
            self._local_day(SQL("made.date_finished")),
            self._local_day(SQL("made.date_deadline")),
        )

    def _rows_production_on_time(self):
        return self._productions(
            "made.date_finished",
            SQL("(%s)::int", self._is_in_time()),
            SQL("made.state = 'done' AND made.date_deadline IS NOT NULL"),
        )

    def _rows_schedule_adherence(self):
        """Due in the window; what is due today counts as late when the day is over."""
        kept = SQL("(made.state = 'done' AND %s)", self._is_in_time())
        return self._productions(
            "made.date_deadline",
            SQL("%s::int", kept),
            SQL(
                "made.state NOT IN ('draft', 'cancel') AND (%s OR %s < %s)",
                kept,
                self._local_day(SQL("made.date_deadline")),
                self._local_day(SQL("period.until")),
            ),
        )

    def _rows_production_days(self):
        return self._productions(
            "made.date_finished",
            SQL("%s / 24", self._hours("made.date_start", "made.date_finished")),
            SQL("made.state = 'done' AND made.date_start IS NOT NULL"),
        )

    def _rows_first_pass_yield(self):
        """Good share of what each order made; unknown where nobody writes scrap."""
        return self._productions(
            "made.date_finished",
            SQL("GREATEST(1 - COALESCE(lost.quantity, 0) / yield.quantity, 0)"),
            SQL(
                """made.state = 'done' AND yield.quantity > 0 AND EXISTS (
                   SELECT FROM stock_scrap known
                    WHERE known.company_id = period.company_id
                      AND known.production_id IS NOT NULL AND known.state = 'done'
                      AND known.date_done < period.until
                      AND known.date_done >= period.until
                          - %s * interval '1 day')""",
                SCRAP_DAYS,
            ),
            SQL(
                """JOIN LATERAL (
                    SELECT sum(move.quantity * unit.factor) AS quantity
                      FROM stock_move move
                      JOIN uom_uom unit ON unit.id = move.product_uom
                     WHERE move.production_id = made.id AND move.state = 'done'
                       AND move.product_id = made.product_id
                       AND move.scrap_id IS NULL) yield ON true
                   JOIN LATERAL (
                    SELECT sum(scrap.scrap_qty * unit.factor) AS quantity
                      FROM stock_scrap scrap
                      JOIN uom_uom unit ON unit.id = scrap.product_uom_id
                     WHERE scrap.production_id = made.id AND scrap.state = 'done'
                       AND scrap.product_id = made.product_id) lost ON true"""
            ),
        )

    def _rows_kit_complete(self):
        """Orders that start within days; those whose parts are all reserved."""
        return self._productions(
            None,
            SQL("(made.reservation_state = 'assigned')::int"),
            SQL(
                """made.state = 'confirmed' AND made.reservation_state IS NOT NULL
                   AND made.date_start < period.until + %s * interval '1 day'""",
                KIT_DAYS,
            ),
        )

    # === WORK CENTRES === #

    def _rows_work_efficiency(self):
        return SQL(
            """SELECT period.company_id, work.id AS res_id,
                      'mrp.workcenter,' || center.id AS dimension,
                      center.name AS label, work.duration_expected AS part,
                      work.duration AS whole
                 FROM period
                 JOIN mrp_workcenter center USING (company_id)
                 JOIN mrp_workorder work ON work.workcenter_id = center.id
                WHERE work.state = 'done' AND work.duration > 0 AND %s""",
            self._in_period("work.date_finished"),
        )

    def _rows_workcenter_load(self):
        """Minutes of open work against what a working week holds, by work centre."""
        return SQL(
            """SELECT period.company_id, work.id AS res_id,
                      'mrp.workcenter,' || center.id AS dimension,
                      center.name AS label,
                      GREATEST(work.duration_expected - COALESCE(work.duration, 0), 0)
                      AS part,
                      calendar.hours_per_week * 60
                      * COALESCE(center.time_efficiency, 100) / 100
                      / count(*) OVER (PARTITION BY center.id) AS whole
                 FROM period
                 JOIN mrp_workcenter center ON center.company_id = period.company_id
                      AND center.active
                 JOIN resource_calendar calendar
                      ON calendar.id = center.resource_calendar_id
            LEFT JOIN mrp_workorder work ON work.workcenter_id = center.id
                      AND work.state IN ('ready', 'progress', 'blocked')
                      AND work.production_id IN (
                          SELECT id FROM mrp_production
                           WHERE state IN ('confirmed', 'progress', 'to_close'))
                WHERE calendar.hours_per_week > 0"""
        )

    def _rows_workcenter_queue(self):
        return SQL(
            """SELECT period.company_id, work.id AS res_id,
                      'mrp.workcenter,' || center.id AS dimension,
                      center.name AS label, 1 AS part, 1 AS whole
                 FROM period
                 JOIN mrp_workcenter center USING (company_id)
                 JOIN mrp_workorder work ON work.workcenter_id = center.id
                      AND work.state IN ('ready', 'progress')
                 JOIN mrp_production made ON made.id = work.production_id
                      AND made.state IN ('confirmed', 'progress', 'to_close')"""
        )

    # === ENGINEERING CHANGES === #

    def _ecns(self, part):
        return SQL(
            """SELECT period.company_id, ecn.id AS res_id,
                      NULL AS dimension, NULL AS label, %s AS part, 1 AS whole
                 FROM period
                 JOIN order_hub_ecn ecn ON ecn.company_id = period.company_id AND %s
                WHERE ecn.state = 'done'""",
            part,
            self._in_period("ecn.applied_at"),
        )

    def _rows_ecn_days(self):
        return self._ecns(
            SQL("%s / 24", self._hours("ecn.create_date", "ecn.applied_at"))
        )

    def _rows_ecn_emergency(self):
        return self._ecns(SQL("(ecn.approval_due IS NOT NULL)::int"))

    def _rows_ecn_orders(self):
        return self._ecns(
            SQL(
                """(SELECT count(*) FROM order_hub_ecn_order hit
                     WHERE hit.ecn_id = ecn.id)"""
            )
        )
