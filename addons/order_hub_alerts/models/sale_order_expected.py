from odoo import fields, models


class SaleOrder(models.Model):
    """The radar judges an order anew when a supplier's word moves its day."""

    _inherit = "sale.order"

    def _hub_expected_changed(self):
        result = super()._hub_expected_changed()
        self.env["order.hub.risk"].sudo()._recompute(self.sudo(), fields.Datetime.now())
        return result
