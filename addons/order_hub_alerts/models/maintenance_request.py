from odoo import api, fields, models


class MaintenanceRequest(models.Model):
    """A request knows which work centre stands still."""

    _inherit = "maintenance.request"

    workcenter_id = fields.Many2one(
        "mrp.workcenter",
        compute="_compute_workcenter_id",
        store=True,
        readonly=False,
        check_company=True,
        index="btree_not_null",
        help="The work centre that stands still from the scheduled start to the "
        "scheduled end.",
    )

    @api.depends("equipment_id")
    def _compute_workcenter_id(self):
        for request in self:
            if request.equipment_id:
                request.workcenter_id = request.equipment_id.workcenter_id
