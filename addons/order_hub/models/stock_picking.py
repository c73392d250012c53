from odoo import models


class StockPicking(models.Model):
    _name = "stock.picking"
    _inherit = ["stock.picking", "order.hub.document"]

    _hub_order_path = "move_ids.reference_ids.sale_ids"

    def write(self, vals):
        result = super().write(vals)
        if vals.get("signature"):
            self._hub_carry_on()
        return result

    def _hub_part_state(self):
        """Return how far this part of an order is: a milestone, or False.

        :return: preparing, picked, delivered or cancelled
        """
        self.ensure_one()
        if self.state == "cancel":
            return "cancelled"
        if self.state == "done":
            return (
                "delivered" if self.location_dest_id.usage == "customer" else "picked"
            )
        return "preparing" if self.state == "assigned" else "scheduled"
