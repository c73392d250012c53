from odoo import fields, models


class MaintenanceEquipment(models.Model):
    """A machine knows its work centre: the radar asks when that stands still."""

    _inherit = "maintenance.equipment"

    workcenter_id = fields.Many2one(
        "mrp.workcenter",
        check_company=True,
        index="btree_not_null",
        help="The work centre that stands still while this equipment is serviced.",
    )
