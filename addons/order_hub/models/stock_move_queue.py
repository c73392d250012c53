from odoo import api, models

from ..const import INTERNAL


class References(frozenset):
    """Ids of the references of goods that just came in; no caller from outside can
    put this type into a context."""


class StockMove(models.Model):
    """Stock is given out in the order of the queue.

    First by Odoo's own star, then by the score of the order behind a move; moves
    without an order keep their turn behind those. Without a queue nothing changes.
    """

    _inherit = "stock.move"

    def _action_assign(self, *args, **kwargs):
        queued = self._hub_in_queue_order()
        return super(StockMove, queued)._action_assign(*args, **kwargs)

    def _trigger_assign(self):
        """Tell the reservation which goods came in: those who ordered them go first."""
        if not self.env["order.hub.queue.scheme"]._is_in_use():
            return super()._trigger_assign()
        mine = References(self.reference_ids.ids)
        named = self.with_context(order_hub_incoming=mine)
        return super(StockMove, named)._trigger_assign()

    @api.model
    def search(self, domain, offset=0, limit=None, order=None):
        """Give the scheduler its moves in the order of the queue."""
        moves = super().search(domain, offset=offset, limit=limit, order=order)
        if self.env.context.get("order_hub_scheduler") is not INTERNAL:
            return moves
        is_scheduler = limit is None and (order or "").startswith("reservation_date")
        return moves._hub_in_queue_order() if is_scheduler else moves

    def _hub_in_queue_order(self):
        """Return the moves sorted: goods that came for them, star, score, as before."""
        if len(self) < 2 or not self.env["order.hub.queue.scheme"]._is_in_use():
            return self
        scores = self.env["order.hub.queue"].sudo()._move_scores(self)
        if len(set(scores.values())) < 2 and len(scores) in (0, len(self)):
            return self
        incoming = self.env.context.get("order_hub_incoming")
        mine = incoming if isinstance(incoming, References) else frozenset()

        def place(move):
            is_mine = bool(mine) and not mine.isdisjoint(move.reference_ids.ids)
            return (not is_mine, move.priority != "1", -scores.get(move.id, 0.0))

        return self.sorted(place)

    def _get_new_picking_values(self):
        values = super()._get_new_picking_values()
        if self.env["order.hub.queue.scheme"]._is_in_use():
            orders = self.sudo().sale_line_id.order_id or (
                self.sudo().reference_ids.sale_ids
            )
            if orders._hub_urgent():
                values["priority"] = "1"
        return values
