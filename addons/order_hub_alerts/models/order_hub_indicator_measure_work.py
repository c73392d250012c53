from odoo import models
from odoo.tools import SQL


class OrderHubIndicatorMeasure(models.AbstractModel):
    """People and paper: approvals, changes, problems, complaints, order entry."""

    _inherit = "order.hub.indicator.measure"

    def _rows_approval_hours(self):
        return SQL(
            """SELECT period.company_id, request.id AS res_id, %s,
                      request.hours AS part, 1 AS whole
                 FROM period
                 JOIN order_hub_approval request
                      ON request.company_id = period.company_id AND %s
            LEFT JOIN order_hub_order_type type ON type.id = request.order_type_id""",
            self._by_type(),
            self._in_period("request.decided_date"),
        )

    def _rows_change_minutes(self):
        return SQL(
            """SELECT period.company_id, request.id AS res_id,
                      NULL AS dimension, NULL AS label,
                      request.minutes AS part, 1 AS whole
                 FROM period
                 JOIN order_hub_change_request request
                      ON request.company_id = period.company_id AND %s
                WHERE request.state IN ('done', 'refused')""",
            self._in_period("request.closed_at"),
        )

    def _rows_changed_after(self):
        """Orders confirmed in the window; which of them were changed afterwards."""
        return self._orders_of(
            "o.date_order",
            SQL(
                """EXISTS (SELECT FROM order_hub_change change
                            WHERE change.order_id = o.id)::int"""
            ),
            where=SQL("AND o.state = 'sale'"),
        )

    def _rows_overruled(self):
        return SQL(
            """SELECT period.company_id, event.id AS res_id,
                      'order.hub.stage,' || stage.id AS dimension,
                      %s || ': ' || %s AS label,
                      COALESCE(event.is_overruled, false)::int AS part, 1 AS whole
                 FROM period
                 JOIN order_hub_stage_event event
                      ON event.company_id = period.company_id AND %s
                 JOIN order_hub_stage stage ON stage.id = event.stage_id
                 JOIN order_hub_flow flow ON flow.id = stage.flow_id""",
            self._text(SQL("flow.name")),
            self._text(SQL("stage.name")),
            self._in_period("event.date"),
        )

    # === COMPLAINTS AND EXCEPTIONS, PER HUNDRED ORDERS === #

    def _rows_complaint_rate(self):
        """Complaints of the window against the orders handed over in it."""
        return SQL(
            """WITH %s
            SELECT period.company_id, complaint.id AS res_id,
                   NULL AS dimension, NULL AS label, 1 AS part, 0 AS whole
              FROM period
              JOIN order_hub_complaint complaint
                   ON complaint.company_id = period.company_id AND complaint.active
             WHERE complaint.date >= %s AND complaint.date <= period.day
         UNION ALL
            SELECT o.company_id, NULL, NULL, NULL, 0, 1
              FROM arrived JOIN sale_order o ON o.id = arrived.order_id""",
            self._arrived(),
            self._local_day(SQL("period.since")),
        )

    def _by_kind(self):
        return SQL(
            """'order.hub.exception.kind,' || kind.id AS dimension, %s AS label""",
            self._text(SQL("kind.name")),
        )

    def _rows_exceptions_open(self):
        """Problems that were open when the window ended."""
        return SQL(
            """SELECT period.company_id, problem.id AS res_id, %s,
                      1 AS part, 1 AS whole
                 FROM period
                 JOIN order_hub_exception problem
                      ON problem.company_id = period.company_id
                     AND problem.create_date < period.until
                 JOIN order_hub_exception_kind kind ON kind.id = problem.kind_id
                WHERE problem.state = 'open' OR problem.solved_date >= period.until""",
            self._by_kind(),
        )

    def _rows_exception_hours(self):
        return SQL(
            """SELECT period.company_id, problem.id AS res_id, %s,
                      %s AS part, 1 AS whole
                 FROM period
                 JOIN order_hub_exception problem
                      ON problem.company_id = period.company_id
                     AND problem.state = 'solved' AND %s
                 JOIN order_hub_exception_kind kind ON kind.id = problem.kind_id""",
            self._by_kind(),
            self._hours("problem.create_date", "problem.solved_date"),
            self._in_period("problem.solved_date"),
        )

    def _rows_exception_rate(self):
        """Problems that began in the window against the orders entered in it."""
        return SQL(
            """SELECT period.company_id, problem.id AS res_id,
                      NULL AS dimension, NULL AS label, 1 AS part, 0 AS whole
                 FROM period
                 JOIN order_hub_exception problem
                      ON problem.company_id = period.company_id AND %s
            UNION ALL
               SELECT period.company_id, NULL, NULL, NULL, 0, 1
                 FROM period
                 JOIN sale_order o ON o.company_id = period.company_id AND %s
                WHERE o.state <> 'cancel' AND o.hub_is_history IS NOT TRUE""",
            self._in_period("problem.create_date"),
            self._in_period("o.create_date"),
        )

    # === ORDER ENTRY, WHERE CHANNELS ARE INSTALLED === #

    def _rows_entry_corrected(self):
        if not self._has_table("order.hub.inbound"):
            return None
        return SQL(
            """SELECT period.company_id, inbound.id AS res_id,
                      'order.hub.channel,' || channel.id AS dimension, %s AS label,
                      COALESCE(inbound.is_corrected, false)::int AS part, 1 AS whole
                 FROM period
                 JOIN order_hub_inbound inbound
                      ON inbound.company_id = period.company_id AND %s
                 JOIN order_hub_channel channel ON channel.id = inbound.channel_id
                WHERE inbound.kind = 'order' AND inbound.state = 'done'""",
            self._text(SQL("channel.name")),
            self._in_period("inbound.processed_at"),
        )

    def _rows_duplicates_caught(self):
        if not self._has_table("order.hub.duplicate"):
            return None
        return SQL(
            """SELECT period.company_id, pair.id AS res_id,
                      'order.hub.channel,' || channel.id AS dimension, %s AS label,
                      1 AS part, 1 AS whole
                 FROM period
                 JOIN order_hub_duplicate pair
                      ON pair.company_id = period.company_id
                     AND pair.state = 'merged' AND %s
                 JOIN order_hub_channel channel ON channel.id = pair.channel_id""",
            self._text(SQL("channel.name")),
            self._in_period("pair.decided_at"),
        )
