from odoo import fields, models

from odoo.addons.order_hub.models.sale_order import INSIDE


class SaleOrderLine(models.Model):
    """What a line is called and counted in the channel it came from."""

    _inherit = "sale.order.line"

    hub_external_ref = fields.Char(
        "External Line",
        copy=False,
        readonly=True,
        groups=INSIDE,
        help="Its number in the channel.",
    )
    hub_external_sku = fields.Char(
        "External Code", copy=False, readonly=True, groups=INSIDE
    )
    hub_external_quantity = fields.Float(
        "Ordered There",
        copy=False,
        readonly=True,
        digits=False,
        groups=INSIDE,
        help="In the channel's own unit.",
    )
