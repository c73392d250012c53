from odoo import api, fields, models, tools


class OrderHubQualityCheck(models.Model):
    """A check that an order gets on top: packaging, torque, labels …"""

    _name = "order.hub.quality.check"
    _description = "Quality Check"
    _inherit = ["order.hub.plan"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", help="Empty: a check of every company.")
    description = fields.Text(translate=True, help="What is looked at, and how.")
    needs_photo = fields.Boolean(
        "Photo Wanted", help="The check passes with a photo only."
    )
    cause_ids = fields.Many2many(
        "order.hub.complaint.cause",
        "order_hub_complaint_cause_check_rel",
        "check_id",
        "cause_id",
        "Asked For by Causes",
        readonly=True,
    )

    @api.model
    @tools.ormcache()
    def _in_use(self):
        """Tell whether there is any check: without one, orders cost no query."""
        return bool(
            self.sudo().with_context(active_test=False).search_count([], limit=1)
        )
