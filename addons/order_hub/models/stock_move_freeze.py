from odoo import api, models

from ..engine import freeze as freeze_engine

#: Changes of a component after which it is compared with what is frozen.
WATCHED_FIELDS = frozenset(
    {
        "product_id",
        "product_uom",
        "product_uom_qty",
        "quantity",
        "raw_material_production_id",
        "state",
    }
)


class StockMove(models.Model):
    """Components of frozen orders are watched; their kits are taken apart as pinned."""

    _inherit = "stock.move"

    @api.model_create_multi
    def create(self, vals_list):
        moves = super().create(vals_list)
        moves._hub_watch_productions()
        return moves

    def write(self, vals):
        if WATCHED_FIELDS.isdisjoint(vals) or not self._hub_frozen_in_use():
            return super().write(vals)
        before = self.raw_material_production_id
        result = super().write(vals)
        (before | self.raw_material_production_id)._hub_watch()
        return result

    def unlink(self):
        if not self._hub_frozen_in_use():
            return super().unlink()
        productions = self.raw_material_production_id
        result = super().unlink()
        productions._hub_watch()
        return result

    def _hub_watch_productions(self):
        if self._hub_frozen_in_use():
            self.raw_material_production_id._hub_watch()

    def _hub_frozen_in_use(self):
        return self.env["order.hub.bom.freeze"]._is_in_use()

    def action_explode(self):
        if not self._hub_frozen_in_use():
            return super().action_explode()
        pins = self._hub_pins()
        if not pins and not self.env.context.get("order_hub_pins"):
            return super().action_explode()
        exploded = self.browse()
        for moves in self.env["order.hub.bom.freeze"]._by_pins(self, pins):
            exploded |= super(StockMove, moves).action_explode().with_env(self.env)
        return exploded

    def _hub_pins(self):
        """Return ``{move id: Pins}`` of moves for frozen orders: one query."""
        self._hub_frozen_orders()  # reads for all at once
        orders_of = {move.id: move._hub_frozen_orders() for move in self}
        orders = self.env["sale.order"].sudo().union(*orders_of.values())
        pins = orders._hub_pins() if orders else {}
        return {
            id_: freeze_engine.agreed(pins[order.id] for order in of_move)
            for id_, of_move in orders_of.items()
            if of_move and all(order.id in pins for order in of_move)
        }

    def _hub_frozen_orders(self):
        move = self.sudo()
        orders = move.reference_ids.sale_ids | move.sale_line_id.order_id
        return orders.filtered("hub_is_frozen")
