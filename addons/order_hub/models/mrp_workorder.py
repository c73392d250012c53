from odoo import fields, models


class MrpWorkorder(models.Model):
    """The people at the machine see what they build to."""

    _inherit = "mrp.workorder"

    hub_bom_label = fields.Char(related="production_id.hub_bom_label")
    hub_bom_hash = fields.Char(related="production_id.hub_bom_hash")
    hub_bom_mark = fields.Char(related="production_id.hub_bom_mark")
    hub_bom_mismatch = fields.Text(related="production_id.hub_bom_mismatch")
