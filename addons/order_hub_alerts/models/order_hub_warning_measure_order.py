from datetime import timedelta

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

#: Milestones at which a promise is kept.
KEPT = ("shipped", "delivered", "closed", "cancelled")
#: Changes that the customer has really asked for.
ASKED = ("open", "waiting", "done", "refused")
#: The order's company, as every statement here names it.
ORDER, COMPANY = SQL("o.id"), SQL("o.company_id")


class OrderHubWarningMeasure(models.AbstractModel):
    """Orders: time in a stage, the promise, changes, margin."""

    _inherit = "order.hub.warning.measure"

    def _measure_stage_fixed(self, rule, now):
        """Hours in the stage, by the clock or in working time."""
        since = SQL("o.hub_stage_since")
        if rule.is_working_time:
            hours, beyond = self._working_hours_sql(rule, now, since), SQL("NULL")
        else:
            hours = SQL("EXTRACT(epoch FROM %s - %s) / 3600", now, since)
            beyond = SQL("%s + %s", since, timedelta(hours=rule.threshold))
        return SQL(
            """SELECT o.id AS res_id, o.company_id, %(hours)s AS value,
                      (%(beyond)s)::timestamp AS since,
                      jsonb_build_object('stage', o.hub_stage_id) AS figures
                 FROM sale_order o
                WHERE o.hub_is_open AND o.hub_stage_since IS NOT NULL AND %(only)s""",
            hours=hours,
            beyond=beyond,
            only=self._only(rule, ORDER, COMPANY),
        )

    def _measure_stage_mean(self, rule, now):
        """Hours in the stage ÷ mean hours that orders of this type spent in it."""
        return SQL(
            """WITH mean AS (%(means)s)
               SELECT o.id AS res_id, o.company_id, spent.hours / mean.hours AS value,
                      o.hub_stage_since
                      + make_interval(secs => mean.hours * 3600 * %(times)s) AS since,
                      jsonb_build_object('stage', o.hub_stage_id,
                          'hours', round(spent.hours, 1), 'mean', round(
                          mean.hours::numeric, 1), 'samples', mean.samples) AS figures
                 FROM sale_order o
            LEFT JOIN mean ON mean.company_id = o.company_id
                  AND mean.stage_id = o.hub_stage_id
                  AND mean.type_id = COALESCE(o.hub_order_type_id, 0)
           CROSS JOIN LATERAL (SELECT EXTRACT(
                          epoch FROM %(now)s - o.hub_stage_since) / 3600 AS hours) spent
                WHERE o.hub_is_open AND o.hub_stage_since IS NOT NULL AND %(only)s""",
            means=self._stage_means_sql(rule, now),
            times=rule.threshold,
            now=now,
            only=self._only(rule, ORDER, COMPANY),
        )

    def _stage_means_sql(self, rule, now):
        """Mean hours by company, stage and order type over the last days."""
        return SQL(
            """SELECT event.company_id, event.from_stage_id AS stage_id,
                      COALESCE(past.hub_order_type_id, 0) AS type_id,
                      AVG(event.duration)::float AS hours, COUNT(*) AS samples
                 FROM order_hub_stage_event event
                 JOIN sale_order past ON past.id = event.order_id
                WHERE event.date > %(start)s AND event.date <= %(now)s
                  AND event.from_stage_id IS NOT NULL AND event.duration > 0
             GROUP BY 1, 2, 3 HAVING COUNT(*) >= %(least)s""",
            start=now - timedelta(days=rule.period_days),
            now=now,
            least=max(rule.min_samples, 1),
        )

    def _measure_promise_risk(self, rule, now):
        """Hours left to the promise of orders that have not left the house."""
        return SQL(
            """SELECT o.id AS res_id, o.company_id,
                      EXTRACT(epoch FROM o.hub_promised_date - %(now)s) / 3600 AS value,
                      o.hub_promised_date - %(ahead)s AS since,
                      jsonb_build_object('stage', o.hub_stage_id,
                          'promised', o.hub_promised_date) AS figures
                 FROM sale_order o
                WHERE o.hub_is_open AND o.hub_promised_date IS NOT NULL
                  AND COALESCE(o.hub_milestone, '') != ALL(%(kept)s) AND %(only)s""",
            now=now,
            ahead=timedelta(hours=rule.threshold),
            kept=list(KEPT),
            only=self._only(rule, ORDER, COMPANY),
        )

    def _measure_change_count(self, rule, now):
        """How often the customer asked for a change of an order in flight."""
        return SQL(
            """SELECT o.id AS res_id, o.company_id, asked.times AS value,
                      asked.last AS since, NULL::jsonb AS figures
                 FROM (SELECT request.order_id, COUNT(*) AS times,
                              MAX(request.requested_at) AS last
                         FROM order_hub_change_request request
                        WHERE request.state = ANY(%(asked)s)
                     GROUP BY request.order_id) asked
                 JOIN sale_order o ON o.id = asked.order_id
                WHERE o.hub_is_open AND %(only)s""",
            asked=list(ASKED),
            only=self._only(rule, ORDER, COMPANY),
        )

    def _measure_margin_off(self, rule, now):
        """Points by which an order earns less than its products usually do.

        *Usually* is the mean price of each product over the last days; both margins
        use today's cost. Lines without a cost or a usual price are left out.
        """
        return SQL(
            """WITH usual AS MATERIALIZED (%(usual)s)
               SELECT o.id AS res_id, o.company_id, part.target - part.margin AS value,
                      NULL::timestamp AS since,
                      jsonb_build_object('margin', round(part.margin::numeric, 1),
                          'target', round(part.target::numeric, 1)) AS figures
                 FROM (%(margins)s) part
                 JOIN sale_order o ON o.id = part.order_id
                WHERE %(only)s""",
            usual=self._usual_prices_sql(rule, now),
            margins=self._margins_sql(),
            only=self._only(rule, ORDER, COMPANY),
        )

    def _usual_prices_sql(self, rule, now):
        """Mean price of a product by company, for one reference unit."""
        return SQL(
            """SELECT past.company_id, line.product_id,
                      SUM(line.price_subtotal
                          / COALESCE(NULLIF(past.currency_rate, 0), 1))
                      / SUM(line.product_uom_qty * unit.factor) AS price
                 FROM sale_order past
                 JOIN sale_order_line line ON line.order_id = past.id
                 JOIN uom_uom unit ON unit.id = line.product_uom_id
                WHERE past.state = 'sale' AND past.hub_is_history IS NOT TRUE
                  AND past.date_order > %(start)s
                  AND past.date_order <= %(now)s AND line.display_type IS NULL
                  AND line.product_uom_qty > 0
             GROUP BY 1, 2 HAVING COUNT(DISTINCT past.id) >= %(least)s""",
            start=now - timedelta(days=rule.period_days),
            now=now,
            least=max(rule.min_samples, 1),
        )

    def _margins_sql(self):
        """Margin and target of orders in flight, in percent, where both are known."""
        return SQL(
            """SELECT order_id, COALESCE(100 * (SUM(sold) - SUM(cost))
                          / NULLIF(SUM(sold), 0), -100) AS margin,
                      100 * (SUM(usual) - SUM(cost)) / SUM(usual) AS target
                 FROM (SELECT line.order_id, (line.price_subtotal / COALESCE(
                                  NULLIF(o.currency_rate, 0), 1))::float AS sold,
                              (line.product_uom_qty * unit.factor
                               * usual.price)::float AS usual,
                              (line.product_uom_qty * unit.factor / own.factor)::float
                              * (product.standard_price ->> o.company_id::text)::float
                              AS cost
                         FROM sale_order o
                         JOIN sale_order_line line ON line.order_id = o.id
                         JOIN usual ON usual.product_id = line.product_id
                          AND usual.company_id = o.company_id
                         JOIN uom_uom unit ON unit.id = line.product_uom_id
                         JOIN product_product product ON product.id = line.product_id
                         JOIN product_template template
                           ON template.id = product.product_tmpl_id
                         JOIN uom_uom own ON own.id = template.uom_id
                        WHERE o.hub_is_open AND line.display_type IS NULL) part
                WHERE cost > 0 GROUP BY order_id HAVING SUM(usual) > 0"""
        )

    # === WORKING TIME === #

    def _working_hours_sql(self, rule, now, since):
        """Working hours of the order's company from a moment until now.

        A company's working time is handed in as three arrays: when each interval
        begins, when it ends, and the hours worked before it. ``width_bucket`` finds
        the interval by halving, so the statement stays linear in the orders.
        """
        Companies = self.env["res.company"].sudo()
        companies = rule.company_id or Companies.search(Domain.TRUE)
        clock = self.env["order.hub.warning.clock"]
        moment = SQL("EXTRACT(epoch FROM %s)::float", since)
        cases = [
            SQL(
                "WHEN %s THEN %s",
                company.id,
                self._worked_sql(clock._past(company, now), moment),
            )
            for company in companies
        ]
        return SQL("CASE o.company_id %s END", SQL(" ").join(cases))

    def _worked_sql(self, working, moment):
        """Hours of working time after a moment (epoch seconds), until it ends."""
        starts = [start.timestamp() for start, _stop in working.intervals]
        stops = [stop.timestamp() for _start, stop in working.intervals]
        if not starts:
            return SQL("0")
        before, total = [], 0.0
        for start, stop in zip(starts, stops, strict=True):
            before.append(total)
            total += stop - start
        place = SQL("width_bucket(%s, %s::float[])", moment, starts)
        return SQL(
            """(%(total)s - CASE WHEN %(place)s = 0 THEN 0 ELSE
                  (%(before)s::float[])[%(place)s]
                  + LEAST(%(moment)s, (%(stops)s::float[])[%(place)s])
                  - (%(starts)s::float[])[%(place)s] END) / 3600""",
            total=total,
            place=place,
            before=before,
            moment=moment,
            stops=stops,
            starts=starts,
        )
