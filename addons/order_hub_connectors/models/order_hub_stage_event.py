from odoo import api, models


class OrderHubStageEvent(models.Model):
    """A stage entered is told to the channel that the order came from."""

    _inherit = "order.hub.stage.event"

    @api.model
    def _append(self, rows):
        ids = super()._append(rows)
        if rows:
            self.env["order.hub.outbox"].sudo()._tell_events(rows, ids)
        return ids
