from odoo import api, fields, models
from odoo.tools.sql import column_exists, create_column

from odoo.addons.order_hub.models.sale_order import INSIDE

from ..engine.likeness import set_key


class SaleOrder(models.Model):
    """The one column by which orders of the same products are found."""

    _inherit = "sale.order"

    hub_product_set = fields.Char(
        "Key of Products",
        compute="_compute_hub_product_set",
        store=True,
        readonly=True,
        groups=INSIDE,
        help="Equal for orders of the same products, whatever their quantities.",
    )

    _hub_product_set_idx = models.Index(
        "(hub_product_set, date_order) WHERE hub_product_set IS NOT NULL"
    )
    _hub_partner_date_idx = models.Index("(partner_id, date_order)")
    _hub_receiver_date_idx = models.Index(
        "(partner_shipping_id, date_order) WHERE partner_shipping_id <> partner_id"
    )

    def _auto_init(self):
        """Leave old orders without the key: repeats are looked for days back."""
        if not column_exists(self.env.cr, self._table, "hub_product_set"):
            create_column(self.env.cr, self._table, "hub_product_set", "varchar")
        return super()._auto_init()

    @api.depends("order_line.product_id", "order_line.is_delivery")
    def _compute_hub_product_set(self):
        for order in self:
            postage = order.hub_channel_id.sudo().shipping_product_id
            goods = [
                line.product_id.id
                for line in order.order_line
                if not line.is_delivery and line.product_id != postage
            ]
            order.hub_product_set = set_key(goods) or False
