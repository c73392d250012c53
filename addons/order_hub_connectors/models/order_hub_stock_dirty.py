from odoo import api, fields, models, tools


class OrderHubStockDirty(models.Model):
    """Products of which a channel may have to be told another figure.

    Rows are only added and taken away, never changed: whoever moves stock waits for
    nobody, and what changes while a job works is seen by the next one.
    """

    _name = "order.hub.stock.dirty"
    _description = "Stock That Changed"
    _log_access = False

    channel_id = fields.Many2one(
        "order.hub.channel",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    product_id = fields.Many2one(
        "product.product",
        readonly=True,
        ondelete="cascade",
        index=True,
        help="Empty: every product.",
    )

    @api.model
    @tools.ormcache()
    def _listening(self):
        """Return the ids of the channels that are told what is in stock."""
        channels = (
            self.env["order.hub.channel"]
            .sudo()
            .search([("is_stock_sent", "=", True), ("intake_state", "=", "on")])
        )
        return tuple(channels.filtered("can_send_stock").ids)

    @api.model
    def _mark(self, product_ids):
        """Have products looked at again; one INSERT a transaction, at its end.

        :param product_ids: ids, any number, components of kits too
        """
        if not product_ids or not self._listening():
            return
        precommit = self.env.cr.precommit
        waiting = precommit.data.get("order_hub.stock")
        if waiting is None:
            waiting = precommit.data["order_hub.stock"] = set()
            precommit.add(self.sudo().browse()._keep_marks)
        waiting.update(product_ids)

    def _keep_marks(self):
        """Write down what was marked in this transaction."""
        products = sorted(self.env.cr.precommit.data.pop("order_hub.stock", ()))
        channels = self._listening()
        rows = [
            {"channel_id": channel, "product_id": product}
            for channel in channels
            for product in products
        ]
        if rows:
            self.env["order.hub.writer"]._insert(self, rows)

    @api.model
    def _mark_all(self, channels):
        """Have every product of channels looked at again."""
        rows = [{"channel_id": id_, "product_id": None} for id_ in channels.ids]
        if rows:
            self.env["order.hub.writer"]._insert(self.sudo(), rows)
