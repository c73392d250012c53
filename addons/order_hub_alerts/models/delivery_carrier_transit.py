from odoo import api, fields, models
from odoo.tools import SQL

#: Deliveries of a carrier that are looked at, and how few say nothing.
PERIOD_DAYS, MIN_SAMPLES = 90, 3


class DeliveryCarrier(models.Model):
    _inherit = "delivery.carrier"

    hub_transit_days = fields.Float(
        "Days on the Way",
        digits=(16, 1),
        help="From the warehouse to the customer. 0: as measured on the orders of the "
        "last 90 days, from shipped to delivered.",
    )

    @api.model
    def _hub_transit(self, carriers, now):
        """Return ``{carrier id: days on the way}``; those nobody knows are left out.

        What is entered; else the mean of the last deliveries, three at least.

        :param now: naive UTC
        """
        entered = {c.id: c.hub_transit_days for c in carriers if c.hub_transit_days > 0}
        asked = [id_ for id_ in carriers.ids if id_ not in entered]
        return {**self._hub_measured_transit(asked, now), **entered}

    def _hub_measured_transit(self, carrier_ids, now):
        """Return ``{carrier id: mean days}`` from the history of stages."""
        for model in ("sale.order", "order.hub.stage.event"):
            self.env[model].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT carrier_id,
                          AVG(EXTRACT(EPOCH FROM there - gone)) / 86400
                     FROM (SELECT sale.id, sale.carrier_id,
                                  MIN(event.date) FILTER
                                      (WHERE event.milestone = 'shipped') gone,
                                  MIN(event.date) FILTER (WHERE event.milestone IN
                                      ('delivered', 'closed')) there
                             FROM sale_order sale
                             JOIN order_hub_stage_event event
                                  ON event.order_id = sale.id
                            WHERE sale.carrier_id = ANY(%(carriers)s)
                              AND event.date > %(now)s::timestamp
                                  - %(days)s * INTERVAL '1 day'
                              AND event.milestone IN
                                  ('shipped', 'delivered', 'closed')
                         GROUP BY sale.id) trips
                    WHERE there > gone
                 GROUP BY carrier_id HAVING COUNT(*) >= %(samples)s""",
                carriers=list(carrier_ids),
                now=now,
                days=PERIOD_DAYS,
                samples=MIN_SAMPLES,
            )
        )
        return {carrier: round(float(days), 1) for carrier, days in rows}
