from odoo import models


class StockPicking(models.Model):
    """A delivery that leaves, or gets its tracking number, is told to the channel."""

    _inherit = "stock.picking"

    def _action_done(self):
        result = super()._action_done()
        self.env["order.hub.outbox"].sudo()._tell_shipments(self)
        return result

    def write(self, vals):
        before = (
            {picking.id: picking.carrier_tracking_ref for picking in self}
            if vals.get("carrier_tracking_ref")
            else {}
        )
        result = super().write(vals)
        changed = self.filtered(
            lambda p: p.id in before and p.carrier_tracking_ref != before[p.id]
        )
        if changed:
            self.env["order.hub.outbox"].sudo()._tell_shipments(changed)
        return result
