from odoo import models


class StockPicking(models.Model):
    """What has come in holds up no order any more."""

    _inherit = "stock.picking"

    def _action_done(self):
        result = super()._action_done()
        self.move_ids.purchase_line_id._hub_received()
        return result
