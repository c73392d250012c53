from odoo import models


class MrpProduction(models.Model):
    _name = "mrp.production"
    _inherit = ["mrp.production", "order.hub.document"]

    _hub_order_path = "reference_ids.sale_ids"

    def action_confirm(self):
        result = super().action_confirm()
        self._hub_carry_on()
        return result

    def button_mark_done(self):
        result = super().button_mark_done()
        self._hub_carry_on()
        return result
