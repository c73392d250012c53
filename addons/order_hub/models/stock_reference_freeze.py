from odoo import models


class StockReference(models.Model):
    """References tie manufacturing orders to the orders they are frozen with."""

    _inherit = "stock.reference"

    def write(self, vals):
        if not {"production_ids", "sale_ids"} & vals.keys():
            return super().write(vals)
        with self.production_ids._hub_keeping_pins():
            return super().write(vals)

    def unlink(self):
        with self.production_ids._hub_keeping_pins():
            return super().unlink()
