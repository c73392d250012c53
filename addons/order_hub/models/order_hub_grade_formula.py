from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.tools import SQL

from ..engine.grade import CEILING_SHARE, COMPONENTS


class OrderHubGrade(models.Model):
    """The formula of ``engine.grade`` as one statement: from figures to grades."""

    _inherit = "order.hub.grade"

    # === GRADE === #

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

    # === POINTS === #

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

    # === GRADES KEPT === #

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
