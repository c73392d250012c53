from odoo import api, models


class SaleOrder(models.Model):
    """The scan screen also knows the labels of announced packages."""

    _inherit = "sale.order"

    @api.model
    def hub_scan(self, code):
        """Find the order behind a code, else the receipt of an announced package.

        :param str code: as scanned or typed
        :return: as before, or ``{"action": …}`` that opens the receipt
        """
        found = super().hub_scan(code)
        if not found.get("error") or not self.env.user.has_group(
            "stock.group_stock_user"
        ):
            return found
        action = self.env["order.hub.shipment.notice"]._scanned(str(code or ""))
        return {"action": action} if action else found
