from odoo import fields, models


class SaleOrderLine(models.Model):
    """What a line is called and counted in the channel it came from."""

    _inherit = "sale.order.line"

    hub_external_ref = fields.Char(
        "External Line", copy=False, readonly=True, help="Its number in the channel."
    )
    hub_external_sku = fields.Char("External Code", copy=False, readonly=True)
    hub_external_quantity = fields.Float(
        "Ordered There",
        copy=False,
        readonly=True,
        digits=False,
        help="In the channel's own unit.",
    )
