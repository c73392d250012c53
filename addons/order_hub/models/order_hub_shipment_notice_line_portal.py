from odoo import models


class OrderHubShipmentNoticeLine(models.Model):
    """An announced line as its supplier may see it."""

    _inherit = "order.hub.shipment.notice.line"

    def _hub_page_row(self):
        self.ensure_one()
        return {
            "product": self.purchase_line_id.name.partition("\n")[0],
            "quantity": self.purchase_line_id._hub_quantity_words(self.quantity),
            "lots": [row for row in (self.lots or "").splitlines() if row.strip()],
            "package": self.package or "",
        }
