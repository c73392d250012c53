from odoo import fields, models


class OrderHubShippingConstraint(models.Model):
    """What must be observed on the way: cold chain, no tail lift, by appointment …"""

    _name = "order.hub.shipping.constraint"
    _description = "Shipping Constraint"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    is_cold_chain = fields.Boolean(
        "Cold Chain", help="Only carriers with a cold chain to the destination."
    )
    description = fields.Text(translate=True, help="What the warehouse must do.")
