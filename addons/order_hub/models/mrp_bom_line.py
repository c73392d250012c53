from odoo import api, models


class MrpBomLine(models.Model):
    """A component of a released revision neither comes, goes nor changes."""

    _inherit = "mrp.bom.line"

    @api.depends_context("order_hub_pins")
    def _compute_child_bom_id(self):
        return super()._compute_child_bom_id()

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.bom_id._hub_refuse_change()
        return lines

    def write(self, vals):
        bills = self.bom_id
        if bill := vals.get("bom_id"):
            bills |= bills.browse(bill)
        bills._hub_refuse_change()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_released(self):
        self.bom_id._hub_refuse_change()
