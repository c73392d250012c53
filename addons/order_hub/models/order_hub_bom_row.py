from odoo import api, models


class OrderHubBomRow(models.AbstractModel):
    """A row of a bill of materials: that of a released revision neither comes, goes
    nor changes."""

    _name = "order.hub.bom.row"
    _description = "Row of a Bill of Materials"

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        rows.bom_id._hub_refuse_change()
        return rows

    def write(self, vals):
        bills = self.bom_id
        if bill := vals.get("bom_id"):
            bills |= bills.browse(bill)
        bills._hub_refuse_change()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_released(self):
        self.bom_id._hub_refuse_change()
