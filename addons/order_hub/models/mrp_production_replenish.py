from odoo import models
from odoo.tools import SQL


class MrpProduction(models.Model):
    """A changed recipe starts the replenishment of what it needs more of."""

    _inherit = "mrp.production"

    def _link_bom(self, bom):
        result = super()._link_bom(bom)
        if self.env["stock.warehouse.orderpoint"]._hub_has_automatic():
            self._hub_replenish_later()
        return result

    def _hub_replenish_later(self):
        """Replenish once for all manufacturing orders that change in a transaction."""
        precommit = self.env.cr.precommit
        waiting = precommit.data.setdefault("order_hub_replenish", set())
        if not waiting:
            precommit.add(self.sudo().browse()._hub_replenish_waiting)
        waiting.update(self.ids)

    def _hub_replenish_waiting(self):
        ids = self.env.cr.precommit.data.pop("order_hub_replenish", set())
        moves = SQL(
            "SELECT id FROM stock_move WHERE raw_material_production_id = ANY(%s)",
            sorted(ids),
        )
        self.env["stock.warehouse.orderpoint"]._hub_replenish(moves)
        self.env.flush_all()
