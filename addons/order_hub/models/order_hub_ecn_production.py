from odoo import models


class MrpProduction(models.Model):
    _inherit = "mrp.production"

    def _hub_consumed(self):
        """Return ``{MO id: {product id: own quantity}}`` of what was taken already."""
        taken = {}
        for move in self.move_raw_ids:
            if move.state == "cancel" or not (move.picked or move.state == "done"):
                continue
            quantity = move.product_uom._compute_quantity(
                move.quantity, move.product_id.uom_id, round=False
            )
            if quantity:
                of_mo = taken.setdefault(move.raw_material_production_id.id, {})
                of_mo[move.product_id.id] = of_mo.get(move.product_id.id, 0) + quantity
        return taken
