from odoo import api, models
from odoo.tools import SQL

from ..engine.indicators import MEASURES


class OrderHubIndicatorMeasure(models.AbstractModel):
    """Figures in SQL: one statement an indicator and day, for all companies.

    A measure is a method ``_rows_<name>`` that returns a SELECT of the things it
    counts, or None where the tables it reads are not installed. The same SELECT
    gives the figure and, opened, the records behind it: they cannot disagree.

    The SELECT may read ``period`` (``company_id``, ``day``, ``since``, ``until``,
    ``tz``, ``lang``; one row a company, naive UTC) and gives the columns
    ``company_id, res_id, dimension, label, part, whole``: ``dimension`` is
    ``model,id`` of what the figure is split by, NULL where it is not; ``res_id`` is
    NULL for what is only reckoned against.
    """

    _name = "order.hub.indicator.measure"
    _description = "Figures of Indicators"

    # === FIGURES === #

    @api.model
    def _measure(self, indicator, periods):
        """Reckon one indicator for a day and keep the figures, in one statement.

        :param indicator: one ``order.hub.indicator``
        :param periods: list of dicts ``company_id, day, since, until, tz, lang,
            is_final, is_current, at`` (moments naive UTC); one a company
        :return: number of rows written
        """
        self._flush_sources()
        [[count]] = self.env.execute_query(self._statement(indicator, periods))
        return count

    @api.model
    def _leave(self, indicator, periods):
        """Note that how things stood at the end of a day was not looked at.

        What was seen while the day lasted stays; where there is nothing, a row says
        that there is no data.

        :param periods: as in :meth:`_measure`
        """
        self.env.cr.execute(
            SQL(
                """WITH %s
                INSERT INTO order_hub_indicator_value (
                    indicator_id, company_id, day, dimension, samples, has_data,
                    is_final, since, until, measured_at)
                SELECT %s, company_id, day, '', 0, false, true, since, until, at
                  FROM period
           ON CONFLICT (indicator_id, company_id, day, dimension)
             DO UPDATE SET is_final = true""",
                self._periods(periods),
                indicator.id,
            )
        )

    @api.model
    def _sweep(self, indicators, periods):
        """Drop rows of a day whose split has gone since it was measured before."""
        self.env.cr.execute(
            SQL(
                """WITH %s
                DELETE FROM order_hub_indicator_value value USING period
                 WHERE value.company_id = period.company_id
                   AND value.day = period.day AND value.dimension <> ''
                   AND value.indicator_id IN %s AND value.measured_at < period.at""",
                self._periods(periods),
                indicators._ids,
            )
        )

    def _flush_sources(self):
        """Write what waits to be written: the statement reads tables."""
        self.env.flush_all()

    def _statement(self, indicator, periods):
        return SQL(
            """WITH %(periods)s, counted AS (%(rows)s),
            figure AS (
                SELECT company_id, dimension,
                       CASE grouping(dimension) WHEN 0 THEN max(label) END AS label,
                       sum(part)::float AS part, sum(whole)::float AS whole,
                       count(res_id) AS samples
                  FROM counted
              GROUP BY GROUPING SETS ((company_id), (company_id, dimension))
                HAVING grouping(dimension) = 1 OR dimension IS NOT NULL),
            kept AS (
                INSERT INTO order_hub_indicator_value AS kept (
                    indicator_id, company_id, day, dimension, label, value, samples,
                    has_data, is_final, since, until, measured_at)
                SELECT %(indicator)s, period.company_id, period.day,
                       COALESCE(figure.dimension, ''), figure.label, reckoned.value,
                       COALESCE(figure.samples, 0), reckoned.value IS NOT NULL,
                       period.is_final, period.since, period.until, period.at
                  FROM period
             LEFT JOIN figure USING (company_id)
            CROSS JOIN LATERAL (SELECT %(value)s AS value) reckoned
                 WHERE figure.dimension IS NULL OR reckoned.value IS NOT NULL
           ON CONFLICT (indicator_id, company_id, day, dimension) DO UPDATE
                   SET value = excluded.value, samples = excluded.samples,
                       has_data = excluded.has_data, label = excluded.label,
                       is_final = excluded.is_final,
                       since = excluded.since, until = excluded.until,
                       measured_at = excluded.measured_at
             RETURNING 1)
            SELECT count(*) FROM kept""",
            periods=self._periods(periods),
            rows=self._rows(indicator) or self._no_rows(),
            indicator=indicator.id,
            value=self._value_sql(indicator),
        )

    def _value_sql(self, indicator):
        """The figure from Σ part and Σ whole; NULL is no data."""
        measure = MEASURES[indicator.measure]
        if self._rows(indicator) is None:
            return SQL("NULL::float")
        if measure.is_total:
            return SQL("COALESCE(figure.part, 0)")
        return SQL("%s * figure.part / NULLIF(figure.whole, 0)", measure.scale)

    @api.model
    def _rows(self, indicator):
        """Return the SELECT of what an indicator counts; None: cannot be known."""
        return getattr(self, f"_rows_{indicator.measure}")()

    def _no_rows(self):
        return SQL(
            """SELECT NULL::int AS company_id, NULL::int AS res_id,
                      NULL::text AS dimension, NULL::text AS label,
                      0 AS part, 0 AS whole WHERE false"""
        )

    def _periods(self, periods):
        """The day of each company, as a table."""
        return SQL(
            """period(company_id, day, since, until, tz, lang, is_final, at)
               AS (VALUES %s)""",
            SQL(", ").join(
                SQL(
                    "(%s, %s::date, %s::timestamp, %s::timestamp, %s, %s, %s, "
                    "%s::timestamp)",
                    row["company_id"],
                    row["day"],
                    row["since"],
                    row["until"],
                    row["tz"],
                    row["lang"],
                    row["is_final"],
                    row["at"],
                )
                for row in periods
            ),
        )

    # === RECORDS BEHIND A FIGURE === #

    @api.model
    def _counted_ids(self, indicator, period, dimension, limit):
        """Return the ids of the records that a figure counted, newest first.

        :param period: dict as in :meth:`_measure`
        :param dimension: ``model,id``; empty: all
        """
        rows = self._rows(indicator)
        if rows is None:
            return []
        self._flush_sources()
        split = SQL("AND dimension = %s", dimension) if dimension else SQL()
        found = self.env.execute_query(
            SQL(
                """WITH %s, counted AS (%s)
                 SELECT DISTINCT res_id FROM counted
                  WHERE res_id IS NOT NULL AND company_id = %s %s
               ORDER BY res_id DESC LIMIT %s""",
                self._periods([period]),
                rows,
                period["company_id"],
                split,
                limit,
            )
        )
        return [row[0] for row in found]

    # === WORDS OF THE STATEMENTS === #

    def _text(self, column):
        """A translated column in the language of the company."""
        return SQL("COALESCE(%s ->> period.lang, %s ->> 'en_US')", column, column)

    def _local_day(self, moment):
        """The day of a moment on the calendar of the company."""
        return SQL("(%s AT TIME ZONE 'UTC' AT TIME ZONE period.tz)::date", moment)

    def _in_period(self, column):
        """The condition that a moment lies in the window."""
        return SQL(
            "%s >= period.since AND %s < period.until",
            SQL.identifier(*column.split(".")),
            SQL.identifier(*column.split(".")),
        )

    def _hours(self, start, stop):
        """Hours between two moments, never negative."""
        return SQL(
            "GREATEST(extract(epoch FROM %s - %s), 0) / 3600",
            SQL.identifier(*stop.split(".")),
            SQL.identifier(*start.split(".")),
        )

    def _has_table(self, model):
        """Whether another add-on that owns a table is installed."""
        return model in self.env
