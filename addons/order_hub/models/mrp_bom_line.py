from odoo import api, models


class MrpBomLine(models.Model):
    _name = "mrp.bom.line"
    _inherit = ["mrp.bom.line", "order.hub.bom.row"]

    @api.depends_context("order_hub_pins")
    def _compute_child_bom_id(self):
        return super()._compute_child_bom_id()
