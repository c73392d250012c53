from datetime import timedelta

from odoo import api, fields, models

#: Days that a message about an order waits for that order.
PATIENCE_DAYS = 14


class OrderHubInbound(models.Model):
    """Messages about orders that never came: carts that were left, for example."""

    _inherit = "order.hub.inbound"

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
