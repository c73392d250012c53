from odoo import fields, models
from odoo.tools import SQL


class OrderHubChannelStock(models.Model):
    """How many pieces of a code a channel was last told that it may sell."""

    _name = "order.hub.channel.stock"
    _description = "Stock Told to a Channel"
    _order = "channel_id, sku"
    _rec_name = "sku"
    _log_access = False

    channel_id = fields.Many2one(
        "order.hub.channel",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(
        related="channel_id.company_id", store=True, index=True
    )
    sku = fields.Char("Code in the Channel", required=True, readonly=True)
    product_id = fields.Many2one(
        "product.product", readonly=True, ondelete="set null", index=True
    )
    quantity = fields.Integer("Told", readonly=True, aggregator=None)
    free = fields.Float(
        readonly=True, aggregator=None, help="Free in the warehouses, as Odoo has it."
    )
    asked = fields.Float(
        readonly=True,
        aggregator=None,
        help="What waiting orders of all channels want of it.",
    )
    is_told = fields.Boolean(readonly=True, help="The channel has taken this figure.")
    sent_at = fields.Datetime("Told On", readonly=True)
    error = fields.Char("What Went Wrong", readonly=True)

    _sku_uniq = models.UniqueIndex(
        "(channel_id, sku)", "The channel is told this code already."
    )

    def _keep(self, channel, rows):
        """Keep what a channel was told; one query.

        :param rows: ``[{"sku", "product_id", "quantity", "free", "asked",
            "is_told", "error"}]``
        """
        if not rows:
            return
        now = fields.Datetime.now()
        values = SQL(", ").join(
            SQL(
                "(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
                channel.id,
                channel.company_id.id,
                row["sku"],
                row["product_id"],
                row["quantity"],
                row["free"],
                row["asked"],
                row["is_told"],
                now,
                row["error"] or None,
            )
            for row in rows
        )
        self.env.execute_query(
            SQL(
                """INSERT INTO order_hub_channel_stock (channel_id, company_id, sku,
                       product_id, quantity, free, asked, is_told, sent_at, error)
                   VALUES %s
                   ON CONFLICT (channel_id, sku) DO UPDATE
                      SET product_id = EXCLUDED.product_id,
                          quantity = EXCLUDED.quantity, free = EXCLUDED.free,
                          asked = EXCLUDED.asked, is_told = EXCLUDED.is_told,
                          sent_at = EXCLUDED.sent_at, error = EXCLUDED.error
                RETURNING id""",
                values,
            )
        )
        self.invalidate_model(flush=False)

    def _told(self, channel):
        """Return ``{sku: quantity}`` of what the channel has taken."""
        rows = self.env.execute_query(
            SQL(
                """SELECT sku, quantity FROM order_hub_channel_stock
                    WHERE channel_id = %s AND is_told""",
                channel.id,
            )
        )
        return dict(rows)
