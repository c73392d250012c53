from odoo import api, fields, models


class OrderHubBreakerOrder(models.Model):
    """One order that waited before a tripped work center, from when to when."""

    _name = "order.hub.breaker.order"
    _description = "Order That Suffered"
    _order = "breaker_id, joined_at, id"
    _rec_name = "order_id"

    breaker_id = fields.Many2one(
        "order.hub.breaker",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(related="breaker_id.company_id", store=True)
    order_id = fields.Many2one(
        "sale.order", required=True, readonly=True, ondelete="cascade", index=True
    )
    joined_at = fields.Datetime("From", required=True, readonly=True)
    left_at = fields.Datetime("Until", readonly=True)
    hours = fields.Float(
        "Waited (h)", compute="_compute_hours", store=True, aggregator="sum"
    )

    _waits_uniq = models.UniqueIndex(
        "(breaker_id, order_id) WHERE left_at IS NULL",
        "This order waits there already.",
    )

    @api.depends("joined_at", "left_at")
    def _compute_hours(self):
        for row in self:
            seconds = (
                (row.left_at - row.joined_at).total_seconds() if row.left_at else 0
            )
            row.hours = seconds / 3600
