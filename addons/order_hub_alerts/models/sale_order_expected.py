from odoo import fields, models


class SaleOrder(models.Model):
    """The radar judges an order anew when suppliers speak of its goods."""

    _inherit = "sale.order"

    def _hub_expected_changed(self):
        result = super()._hub_expected_changed()
        self.env["order.hub.risk"].sudo()._recompute(self.sudo(), fields.Datetime.now())
        return result
