from odoo import models


class OrderHubInbound(models.Model):
    """What an order wants is taken from what the other channels may sell."""

    _inherit = "order.hub.inbound"

    def action_ignore(self):
        """Give back what orders that nobody wants have kept from the channels."""
        result = super().action_ignore()
        Dirty = self.env["order.hub.stock.dirty"].sudo()
        Dirty._mark_all(self.env["order.hub.channel"].browse(Dirty._listening()))
        return result

    def _after_results(self, channel, works):
        result = super()._after_results(channel, works)
        self.env["order.hub.stock.dirty"]._mark(
            {
                line["product_id"]
                for work in works
                if work.kind in ("order", "change")
                for line in work.lines
                if line.get("product_id")
            }
        )
        return result
