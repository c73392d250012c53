from datetime import timedelta

from odoo import models
from odoo.tools import SQL

#: Incoming orders that nobody has brought to an end.
STUCK = ("failed", "attention")


class OrderHubWarningMeasure(models.AbstractModel):
    """Customers' credit, channels, indicators."""

    _inherit = "order.hub.warning.measure"

    def _measure_credit_near(self, rule, now):
        """What a customer owes and has ordered ÷ limit with temporary credit."""
        return SQL(
            """SELECT credit.partner_id AS res_id, credit.company_id,
                      credit.exposure / (credit.credit_limit + extra.amount) AS value,
                      NULL::timestamp AS since,
                      jsonb_build_object('used', round(credit.exposure, 2), 'allowed',
                          round(credit.credit_limit + extra.amount, 2)) AS figures
                 FROM order_hub_credit credit
                 JOIN res_partner partner ON partner.id = credit.partner_id
           CROSS JOIN LATERAL (
                   SELECT COALESCE(SUM(given.amount), 0) AS amount
                     FROM order_hub_credit_grant given
                    WHERE given.partner_id = credit.partner_id
                      AND given.company_id = credit.company_id
                      AND given.state = 'approved'
                      AND given.valid_from <= %(now)s AND given.valid_until > %(now)s
                  ) extra
                WHERE credit.credit_limit > 0 AND partner.active AND %(only)s""",
            now=now,
            only=self._only(rule, SQL("credit.partner_id"), SQL("credit.company_id")),
        )

    def _measure_inbound_failed(self, rule, now):
        """Incoming orders of the last days that failed and still wait for somebody.

        Only where incoming orders are kept at all.
        """
        if "order.hub.inbound" not in self.env:
            return SQL()
        return SQL(
            """SELECT channel.id AS res_id, channel.company_id, failed.count AS value,
                      failed.first AS since,
                      jsonb_build_object('days', %(days)s::int) AS figures
                 FROM (SELECT inbound.channel_id, COUNT(*) AS count,
                              MIN(inbound.received_at) AS first
                         FROM order_hub_inbound inbound
                        WHERE inbound.state = ANY(%(stuck)s)
                          AND inbound.received_at > %(start)s
                          AND inbound.received_at <= %(now)s
                     GROUP BY inbound.channel_id) failed
                 JOIN order_hub_channel channel ON channel.id = failed.channel_id
                WHERE %(only)s""",
            days=rule.period_days,
            stuck=list(STUCK),
            start=now - timedelta(days=rule.period_days),
            now=now,
            only=self._only(rule, SQL("channel.id"), SQL("channel.company_id")),
        )

    def _measure_indicator(self, rule, now):
        """The newest value of an indicator: of the whole, else of its worst part.

        Without a figure of the last ``period_days`` there is no data.
        """
        if "order.hub.indicator.value" not in self.env:
            return SQL()
        worst = SQL("DESC") if rule._direction() == "above" else SQL("ASC")
        return SQL(
            """SELECT DISTINCT ON (stored.indicator_id, stored.company_id)
                      stored.indicator_id AS res_id, stored.company_id,
                      CASE WHEN stored.has_data THEN stored.value END AS value,
                      NULL::timestamp AS since,
                      jsonb_build_object('day', stored.day) AS figures
                 FROM order_hub_indicator_value stored
                WHERE stored.day > %(start)s AND stored.day <= %(today)s
                  AND stored.day = (
                      SELECT MAX(newest.day) FROM order_hub_indicator_value newest
                       WHERE newest.indicator_id = stored.indicator_id
                         AND newest.company_id = stored.company_id
                         AND newest.day <= %(today)s)
                  AND %(only)s
             ORDER BY stored.indicator_id, stored.company_id,
                      COALESCE(stored.dimension, '') = '' DESC,
                      stored.has_data DESC, stored.value %(worst)s NULLS LAST""",
            start=(now - timedelta(days=rule.period_days or 7)).date(),
            # the farthest east it is already tomorrow
            today=(now + timedelta(hours=14)).date(),
            only=self._only(rule, SQL("stored.indicator_id"), SQL("stored.company_id")),
            worst=worst,
        )
