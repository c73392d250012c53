from odoo import fields, models

from odoo.addons.order_hub.models.sale_order import INSIDE


class SaleOrderLine(models.Model):
    """A line that came out of a bundle says so."""

    _inherit = "sale.order.line"

    hub_bundle = fields.Char(
        "From Bundle",
        readonly=True,
        copy=True,
        groups=INSIDE,
        help="What the customer ordered; this line is one part of it.",
    )
