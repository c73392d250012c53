from odoo import models


class PurchaseOrder(models.Model):
    """A confirmed order is agreed for the days it names."""

    _inherit = "purchase.order"

    def button_approve(self, force=False):
        result = super().button_approve(force=force)
        confirmed = self.filtered(lambda order: order.state == "purchase")
        confirmed.order_line._hub_agree()
        return result
