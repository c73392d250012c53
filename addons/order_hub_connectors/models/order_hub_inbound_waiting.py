from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

#: Days that a message about an order waits for that order.
PATIENCE_DAYS = 14


class OrderHubInbound(models.Model):
    """Messages about orders that never came: carts that were left, for example."""

    _inherit = "order.hub.inbound"

    @api.model
    def _wake(self):
        """Look again at messages whose order is here by now.

        The order wakes them when it is made; not those that another worker looked at
        in the same moment, as neither of the two could see what the other one did.
        """
        self.env.cr.execute(
            SQL(
                """UPDATE order_hub_inbound waits SET state = 'received'
                     FROM sale_order o
                    WHERE waits.state = 'waiting'
                      AND o.hub_channel_id = waits.channel_id
                      AND o.hub_external_ref = COALESCE(
                          waits."values" ->> 'external_ref', waits.external_ref)"""
            )
        )
        self.invalidate_model(["state"], flush=False)

    @api.model
    def _cron_waiting(self):
        """Put aside what waited too long; it stays to be read and taken back."""
        since = fields.Datetime.now() - timedelta(days=PATIENCE_DAYS)
        rows = self.search([("state", "=", "waiting"), ("received_at", "<", since)])
        rows.write(
            {
                "state": "ignored",
                "error": self.env._(
                    "Its order did not come within %s days.", PATIENCE_DAYS
                ),
            }
        )
