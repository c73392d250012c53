from odoo import models
from odoo.tools import SQL


class OrderHubIndicatorMeasure(models.AbstractModel):
    """Pages of customers: how many find the answer themselves."""

    _inherit = "order.hub.indicator.measure"

    def _rows_self_service_share(self):
        """Look-ups of the window; which of them needed nobody of ours.

        Days of a look-up are those of the company, as those of the window are.
        """
        return SQL(
            """SELECT period.company_id, lookup.id AS res_id,
                      NULL AS dimension, NULL AS label,
                      (lookup.source != 'staff')::int AS part, 1 AS whole
                 FROM period
                 JOIN order_hub_lookup lookup
                      ON lookup.company_id = period.company_id
                WHERE lookup.day >= %s AND lookup.day <= period.day""",
            self._local_day(SQL("period.since")),
        )
