from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

import pytz

from odoo import models
from odoo.tools import SQL

from ..engine import calendars
from ..engine.radar_clock import Clock
from ..engine.radar_facts import Load, Maintenance
from .order_hub_risk_rows import id_array

#: How far ahead working time is laid out; beyond that it goes on at the same rate.
HORIZON = timedelta(days=120)
#: How far back a pattern for make-up days is looked for.
PATTERN = timedelta(days=calendars.PATTERN_DAYS + 1)


@dataclass(frozen=True)
class Queue:
    """The work that waits at a work centre.

    :ivar dues: moments by which work is due, ascending; ``sums``: hours due until then
    """

    clock: Clock
    capacity: float
    dues: list[datetime]
    sums: list[float]

    def load(self, workcenter: int, moment: datetime) -> Load:
        """Return what is planned and what can be done until a moment."""
        at = bisect_right(self.dues, moment)
        planned = self.sums[at - 1] if at else 0.0
        return Load(workcenter, planned, self.clock.work(moment) * self.capacity)


@dataclass
class Work:
    """Operations of one order, in planned working hours.

    :ivar orders: ``{manufacturing order: [done, left]}``
    :ivar centers: work centres at which something is left
    """

    orders: dict = field(default_factory=dict)
    centers: set = field(default_factory=set)

    def operations(self, clock: Clock) -> tuple[float, float]:
        """Return ``(done, left)`` hours of the clock of the longest order.

        Manufacturing orders of one sale run side by side; what they share shows in
        the load of the work centres.
        """
        done, left = max(self.orders.values(), key=lambda row: (row[1], row[0]))
        return clock.spread(done), clock.elapsed(left)


class OrderHubRiskFactsWork(models.AbstractModel):
    """Operations, work centres, maintenance, working time."""

    _inherit = "order.hub.risk.facts"

    def _measure_work(self, night, among=None):
        """Look up working time, the queues of work centres and maintenance.

        :param among: ids of orders: queues of their work centres only; none: of all
        """
        company = night.scheme.company_id
        clocks = {}

        def clock(calendar):
            if calendar not in clocks:
                clocks[calendar] = self._clock(night, calendar)
            return clocks[calendar]

        night.clock = clock(company.resource_calendar_id)
        night.windows = self._windows_by_center(night)
        waiting = {}
        for center, due, hours in self._waiting(night, among):
            waiting.setdefault(center, []).append((due, float(hours)))
        centers = self.env["mrp.workcenter"].sudo().browse(waiting)
        for center in centers:
            night.loads[center.id] = self._queue(
                clock(center.resource_calendar_id or company.resource_calendar_id),
                center,
                waiting[center.id],
            )

    @staticmethod
    def _queue(clock, center, rows):
        dues, sums, total = [], [], 0.0
        for due, hours in rows:
            total += hours
            dues.append(due)
            sums.append(total)
        return Queue(clock, (center.time_efficiency or 100.0) / 100.0, dues, sums)

    # === WORKING TIME === #

    def _clock(self, night, calendar):
        """Return the working time of a calendar from now on; none: the clock itself."""
        since = night.now.replace(tzinfo=timezone.utc)
        until = since + HORIZON
        if not calendar:
            spans = [(since, until)]
        else:
            spans = self._intervals(night, calendar.sudo(), since, until)
        return Clock(
            night.now,
            [tuple(map(calendars.naive, span)) for span in spans],
            night.now + HORIZON,
        )

    def _intervals(self, night, calendar, since, until):
        """Return working time as aware UTC intervals, public days of China included."""
        begin = (since - PATTERN).astimezone(pytz.utc)
        end = until.astimezone(pytz.utc)
        plain = self._pairs(calendar._attendance_intervals_batch(begin, end)[False])
        leaves = self._pairs(calendar._leave_intervals_batch(begin, end)[False])
        days = calendars.NO_DAYS
        if night.scheme.has_chinese_holidays:
            days = calendars.chinese_days(begin.date(), end.date())
            night.unknown_years.update(days.unknown)
        return calendars.with_public_days(plain, days, night.scheme._zone(), leaves)

    @staticmethod
    def _pairs(intervals):
        return [
            (calendars.aware(start), calendars.aware(stop))
            for start, stop, _records in intervals
        ]

    # === WORK CENTRES === #

    def _waiting(self, night, among=None):
        """Return rows (work centre, due, hours left), by due.

        Work for an order is due when that is promised, other work when its
        manufacturing order says so.
        """
        return self.env.execute_query(
            SQL(
                """SELECT work.workcenter_id,
                          date_trunc('hour', COALESCE(promised.date,
                              production.date_deadline, production.date_finished,
                              %(now)s)) AS due,
                          SUM(work.duration_expected
                              - CASE WHEN work.state = 'progress'
                                THEN LEAST(work.duration, work.duration_expected)
                                ELSE 0 END) / 60
                     FROM mrp_workorder work
                     JOIN mrp_production production
                          ON production.id = work.production_id
        LEFT JOIN LATERAL (
                          SELECT MIN(sale.hub_promised_date) AS date
                            FROM stock_reference_production_rel made
                            JOIN stock_reference_sale_rel link
                                 ON link.reference_id = made.reference_id
                            JOIN sale_order sale ON sale.id = link.sale_id
                             AND sale.hub_is_open IS TRUE
                             AND sale.company_id = %(company)s
                           WHERE made.production_id = production.id) promised ON TRUE
                    WHERE production.company_id = %(company)s
                      AND production.state NOT IN ('draft', 'done', 'cancel')
                      AND work.state NOT IN ('done', 'cancel') AND %(among)s
                 GROUP BY 1, 2 ORDER BY 1, 2""",
                company=night.company_id,
                now=night.now,
                among=self._centers_sql(among),
            )
        )

    @staticmethod
    def _centers_sql(among):
        """Condition on operations: at the work centres that orders still need."""
        if among is None:
            return SQL("TRUE")
        return SQL(
            """work.workcenter_id = ANY(ARRAY(
               SELECT DISTINCT needed.workcenter_id
                 FROM stock_reference_sale_rel link
                 JOIN stock_reference_production_rel made
                      ON made.reference_id = link.reference_id
                 JOIN mrp_workorder needed
                      ON needed.production_id = made.production_id
                     AND needed.state NOT IN ('done', 'cancel')
                WHERE link.sale_id = ANY(%s)))""",
            id_array(among),
        )

    def _windows_by_center(self, night):
        """Return ``{work centre: (Maintenance, …)}`` of open requests with a time."""
        rows = self.env.execute_query(
            SQL(
                """SELECT request.id,
                          COALESCE(request.workcenter_id, machine.workcenter_id)
                              AS center,
                          request.schedule_date,
                          COALESCE(request.schedule_end, request.schedule_date
                              + interval '1 hour' * COALESCE(request.duration, 0))
                              AS stop
                     FROM maintenance_request request
                LEFT JOIN maintenance_equipment machine
                          ON machine.id = request.equipment_id
                LEFT JOIN maintenance_stage stage ON stage.id = request.stage_id
                    WHERE request.company_id = %s AND request.archive IS NOT TRUE
                      AND stage.done IS NOT TRUE AND request.schedule_date IS NOT NULL
                      AND COALESCE(request.workcenter_id, machine.workcenter_id)
                          IS NOT NULL
                 ORDER BY request.id""",
                night.company_id,
            )
        )
        found = {}
        for request, center, start, stop in rows:
            if stop > night.now and stop > start:
                window = Maintenance(request, center, start, stop)
                found[center] = (*found.get(center, ()), window)
        return found

    # === ORDERS === #

    def _work_of(self, night, ids):
        """Return ``{order: Work}`` of orders with operations."""
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT link.sale_id, work.id, work.production_id,
                          work.workcenter_id, work.state,
                          work.duration_expected / 60,
                          LEAST(work.duration, work.duration_expected) / 60
                     FROM stock_reference_sale_rel link
                     JOIN stock_reference_production_rel made
                          ON made.reference_id = link.reference_id
                     JOIN mrp_workorder work ON work.production_id = made.production_id
                    WHERE link.sale_id = ANY(%s) AND work.state <> 'cancel'""",
                ids,
            )
        )
        found = {}
        for order, _id, production, center, state, expected, spent in rows:
            work = found.setdefault(order, Work())
            done = expected if state == "done" else 0.0
            if state == "progress":
                done = spent or 0.0
            hours = work.orders.setdefault(production, [0.0, 0.0])
            hours[0] += done or 0.0
            hours[1] += (expected or 0.0) - (done or 0.0)
            if state != "done":
                work.centers.add(center)
        return found

    @staticmethod
    def _windows(night, work):
        if not work or not night.windows:
            return ()
        return tuple(
            window
            for center in sorted(work.centers)
            for window in night.windows.get(center, ())
        )

    @staticmethod
    def _loads(night, work, promised):
        if not work:
            return ()
        return tuple(
            night.loads[center].load(center, promised)
            for center in sorted(work.centers)
            if center in night.loads
        )
