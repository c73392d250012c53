from odoo import models


class OrderHubInbound(models.Model):
    """What the monitor counts by."""

    _inherit = "order.hub.inbound"

    _received_idx = models.Index("(channel_id, received_at)")
    _processed_idx = models.Index(
        "(channel_id, processed_at) WHERE state IN ('done', 'duplicate', 'ignored')"
    )
