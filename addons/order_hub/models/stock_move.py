from odoo import models

from ..const import INTERNAL


class StockMove(models.Model):
    _inherit = "stock.move"

    def _action_assign(self, *args, **kwargs):
        result = super()._action_assign(*args, **kwargs)
        self._hub_carry_on()
        return result

    def _action_done(self, *args, **kwargs):
        deferred = self.with_context(order_hub_defer=INTERNAL)
        moves = super(StockMove, deferred)._action_done(*args, **kwargs)
        self._hub_carry_on()
        return moves.with_env(self.env) if moves else moves

    def _action_cancel(self):
        result = super()._action_cancel()
        self._hub_carry_on()
        return result

    def _hub_carry_on(self):
        """Carry the orders behind these moves on as far as facts allow."""
        if self.env.context.get("order_hub_defer") is INTERNAL:
            return
        moves = self.sudo().exists()
        orders = moves.reference_ids.sale_ids | moves.sale_line_id.order_id
        orders._hub_sync(document=moves.picking_id[:1] or None)
