from odoo import api, models

#: What makes the free quantity another one.
FREE_FIELDS = frozenset({"quantity", "reserved_quantity", "location_id"})


class StockQuant(models.Model):
    """Stock that changes is told to the channels that sell it."""

    _inherit = "stock.quant"

    @api.model_create_multi
    def create(self, vals_list):
        quants = super().create(vals_list)
        self.env["order.hub.stock.dirty"]._mark(quants.product_id.ids)
        return quants

    def write(self, vals):
        result = super().write(vals)
        if FREE_FIELDS.intersection(vals):
            self.env["order.hub.stock.dirty"]._mark(self.product_id.ids)
        return result
