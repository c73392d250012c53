from datetime import timedelta

from odoo import models
from odoo.tools import SQL

from ..engine.radar_facts import Company

#: What a night found out about the past is good enough for the day after it.
KEEPS = timedelta(hours=36)


class OrderHubRiskFactsPast(models.AbstractModel):
    """What happened in the past: the same for every order of a company.

    It takes a look at all orders, deliveries and stage events of the last months, so
    it is looked up once a night and kept with the run. Who judges an order by day gets
    it from there; what is open (the order itself, purchases, operations, queues) is
    always read anew.
    """

    _inherit = "order.hub.risk.facts"

    def _past(self, night):
        """Look up the past.

        :return: dict as JSON has it, see :meth:`_recall`
        """
        similar, bad, sold = self._complaint_rates(night)
        return {
            "terms": self._past_terms(night),
            "stages": [[*key, *row] for key, row in self._stage_means(night).items()],
            "suppliers": [
                [key, *row] for key, row in self._supplier_rates(night).items()
            ],
            "similar": [[key, *row] for key, row in similar.items()],
            "complaints": [bad, sold],
        }

    @staticmethod
    def _past_terms(night):
        """Return the settings that say which past counts."""
        scheme = night.scheme
        return [scheme.history_days, scheme.stage_days, scheme._zone().key]

    def _kept_past(self, night):
        """Return what the last night found out, or ``None`` if that is too old."""
        rows = self.env.execute_query(
            SQL(
                """SELECT past FROM order_hub_risk_run
                    WHERE company_id = %s AND past IS NOT NULL
                      AND at BETWEEN %s AND %s
                 ORDER BY at DESC, id DESC LIMIT 1""",
                night.company_id,
                night.now - KEEPS,
                night.now,
            )
        )
        past = rows[0][0] if rows else None
        return past if past and past["terms"] == self._past_terms(night) else None

    @staticmethod
    def _recall(night, past):
        """Fill in what is known of the past.

        :param past: stages (stage, order type, mean hours, stays), suppliers
            (commercial partner, on time, deliveries), similar (key, bad, total),
            complaints (orders complained about, orders delivered)
        """
        night.means = {
            (stage, kind): (mean, stays) for stage, kind, mean, stays in past["stages"]
        }
        night.suppliers = {
            partner: (on_time, total) for partner, on_time, total in past["suppliers"]
        }
        night.similar = {key: (bad, total) for key, bad, total in past["similar"]}
        bad, sold = past["complaints"]
        on_time = sum(row[1] for row in past["suppliers"])
        total = sum(row[2] for row in past["suppliers"])
        night.company = Company(
            on_time / total if total else None, bad / sold if sold else None
        )
