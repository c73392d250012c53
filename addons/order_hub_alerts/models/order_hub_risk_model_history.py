from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from ..engine.radar_facts import FACTORS, Scheme
from ..engine.risk_backtest import Sample
from ..engine.risk_training import Settings
from .order_hub_risk_model_predict import Known

#: How far a training looks back, and of how many orders, the latest, it learns.
HISTORY_DAYS, MOST_ORDERS = 730, 50_000
SHARES = tuple(f"share_{name}" for name in FACTORS)


class OrderHubRiskModel(models.Model):
    """What a training learns from: the radar's own calls, once they are decided."""

    _inherit = "order.hub.risk.model"

    @api.model
    def _samples(self, company, now):
        """Return one night of each order that is decided, in one statement.

        The night is drawn by lot, always the same for an order, from those at least
        ``hours_ahead`` before the promise: a probability is shown on any of them, so
        it must hold on any of them. Features are what was known that night, from the
        call of that night; nothing is read of the order as it is today. An order that
        is not delivered although its promise is over is late already: to wait for it
        would leave out the worst.

        :param company: one company
        :param now: naive UTC; what was not decided then is left out
        :return: list of ``engine.risk_backtest.Sample``
        """
        scheme = self.env["order.hub.risk.scheme"]._of(company)
        columns = ("order_id", "at", "known", "is_late", "rule_call", "colour")
        names = (*columns, "score", "hours_left", "slack_hours", "stage_times", *SHARES)
        rows = self.env.execute_query(self._samples_query(company, scheme, now))
        ahead = self._hours_ahead(company)
        return [self._sample(dict(zip(names, row, strict=True)), ahead) for row in rows]

    def _samples_query(self, company, scheme, now):
        """Return the statement: ids are drawn first, the rest is read for those."""
        return SQL(
            """
            WITH standing AS (
                SELECT DISTINCT ON (order_id) order_id, agreed
                  FROM order_hub_risk_call
                 WHERE company_id = %(company)s AND outcome IS NULL
                 ORDER BY order_id, day DESC
            ), decided AS (
                SELECT call.id, call.order_id,
                       CASE call.outcome
                           WHEN 'on_time' THEN call.delivered
                           ELSE COALESCE(standing.agreed, call.agreed) + %(grace)s
                       END AS known
                  FROM order_hub_risk_call AS call
                  LEFT JOIN standing
                         ON standing.order_id = call.order_id AND call.outcome IS NULL
                 WHERE call.company_id = %(company)s
                   AND call.outcome IS DISTINCT FROM 'cancelled'
                   AND call.at >= %(since)s
                   AND call.at <= COALESCE(standing.agreed, call.agreed) - %(ahead)s
                   AND call.hours_left > 0
            ), drawn AS (
                SELECT DISTINCT ON (order_id) id, known
                  FROM decided
                 WHERE known <= %(now)s
                 ORDER BY order_id, md5(id::text)
            )
            SELECT call.order_id, call.at, drawn.known,
                   call.outcome IS DISTINCT FROM 'on_time', call.rule_call,
                   call.colour, call.score, call.hours_left, call.slack_hours,
                   call.stage_times, %(shares)s
              FROM drawn
              JOIN order_hub_risk_call AS call ON call.id = drawn.id
             ORDER BY call.at DESC, call.id DESC
             LIMIT %(most)s
            """,
            company=company.id,
            grace=timedelta(hours=scheme.grace_hours),
            ahead=timedelta(hours=self._hours_ahead(company)),
            since=now - timedelta(days=HISTORY_DAYS),
            now=now,
            shares=SQL(", ").join(SQL.identifier("call", name) for name in SHARES),
            most=MOST_ORDERS,
        )

    @staticmethod
    def _sample(row, ahead):
        shares = {name: row[f"share_{name}"] for name in FACTORS}
        known = Known(
            shares,
            row["score"],
            row["hours_left"],
            row["slack_hours"],
            row["stage_times"],
        )
        return Sample(
            row["order_id"],
            row["at"],
            row["known"],
            known.features(ahead),
            row["is_late"],
            {"yes": True, "no": False}.get(row["rule_call"]),
            row["colour"] == "red",
        )

    # === SETTINGS === #

    @api.model
    def _companies(self):
        """Return companies with a radar."""
        # pylint: disable-next=no-search-all
        return self.env["order.hub.risk.scheme"].sudo().search([]).company_id

    @api.model
    def _hours_ahead(self, company):
        """Return how long before the promise a call must come, in hours."""
        scheme = self.env["order.hub.risk.scheme"]._of(company)
        return scheme.hours_ahead if scheme else Scheme().hours_ahead

    @api.model
    def _settings(self, company):
        """Return what it takes to train for a company."""
        scheme = self.env["order.hub.risk.scheme"]._of(company)
        if not scheme:
            return Settings()
        return Settings(min_samples=scheme.min_samples, min_each=scheme.min_each)
