from odoo import models


class MrpProduction(models.Model):
    _inherit = "mrp.production"

    def _hub_consumed(self):
        """Return ``{product id: own quantity}`` that this MO has taken already."""
        self.ensure_one()
        taken = {}
        for move in self.move_raw_ids:
            if move.state == "cancel" or not (move.picked or move.state == "done"):
                continue
            unit = move.product_id.uom_id
            quantity = move.product_uom._compute_quantity(
                move.quantity, unit, round=False
            )
            if quantity:
                key = move.product_id.id
                taken[key] = taken.get(key, 0.0) + quantity
        return taken
