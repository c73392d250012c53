from odoo import fields, models


class OrderHubQualityCheck(models.Model):
    """A check that an order gets on top: packaging, torque, labels …"""

    _name = "order.hub.quality.check"
    _description = "Quality Check"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    description = fields.Text(translate=True, help="What is looked at, and how.")
    needs_photo = fields.Boolean("Photo Wanted")
