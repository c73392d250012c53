from odoo import api, models


class SaleOrder(models.Model):
    """The scan screen also knows products and locations: for counting stock."""

    _inherit = "sale.order"

    @api.model
    def hub_scan(self, code):
        """Find the order behind a code, else the product or location to count.

        :param str code: as scanned or typed
        :return: as for an order, or ``{"stock": …}`` with what
            ``order.hub.stock.correction`` finds, or ``{"error": sentence}``
        """
        found = super().hub_scan(code)
        may_count = self.env.user.has_group("stock.group_stock_user")
        if not found.get("error") or not may_count:
            return found
        stock = self.env["order.hub.stock.correction"].find(code)
        return found if stock.get("error") else {"stock": stock}
