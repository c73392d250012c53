from odoo import api, models
from odoo.tools import SQL

from .order_hub_risk_model_predict import Known

#: Orders at a time: as much as the radar judges at a time.
BATCH = 10_000


class OrderHubRiskModel(models.Model):
    """A model that was switched on or off says so at once, not only next night."""

    _inherit = "order.hub.risk.model"

    @api.model
    def _spread(self, company):
        """Say the chances of the orders in flight anew: two statements a batch.

        Calls of past nights stay as they are: they are what was said then.
        """
        self.env["order.hub.risk"].flush_model()
        last = 0
        while rows := self.env.execute_query(self._standing_query(company, last)):
            last = rows[-1][0]
            self._spread_batch(company, rows)
        self.env["order.hub.risk"].invalidate_model(
            ["probability", "model_call", "probability_text"]
        )

    def _standing_query(self, company, last):
        """Return the statement that reads what the radar says at present.

        :param last: id of the last row of the batch before
        """
        return SQL(
            """
            SELECT risk.id, risk.factors, risk.score, risk.hours_left,
                   risk.slack_hours, call.stage_times
              FROM order_hub_risk AS risk
              LEFT JOIN LATERAL (
                       SELECT stage_times
                         FROM order_hub_risk_call
                        WHERE order_id = risk.order_id
                        ORDER BY day DESC
                        LIMIT 1
                   ) AS call ON TRUE
             WHERE risk.company_id = %s AND risk.id > %s
             ORDER BY risk.id
             LIMIT %s
            """,
            company.id,
            last,
            BATCH,
        )

    def _spread_batch(self, company, rows):
        """Write chances; ``rows`` as :meth:`_standing_query` reads them."""
        seen = [
            Known({each["name"]: each["share"] for each in factors or ()}, *figures)
            for _id, factors, *figures in rows
        ]
        said = [each or (None, None) for each in self._chances(company, seen)]
        calls = {True: "yes", False: "no", None: None}
        self.env.cr.execute(
            SQL(
                """
                UPDATE order_hub_risk AS risk
                   SET probability = said.chance, model_call = said.call
                  FROM unnest(%s::int[], %s::float8[], %s::text[])
                       AS said(id, chance, call)
                 WHERE risk.id = said.id
                   AND (risk.probability, risk.model_call)
                       IS DISTINCT FROM (said.chance, said.call)
                """,
                [row[0] for row in rows],
                [chance for chance, _called in said],
                [calls[called] for _chance, called in said],
            )
        )
