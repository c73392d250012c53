from odoo import api, fields, models


class OrderHubChannel(models.Model):
    """How a channel's codes, bundles and exports are treated."""

    _inherit = "order.hub.channel"

    channel_product_ids = fields.One2many(
        "order.hub.channel.product", "channel_id", "Products of the Channel"
    )
    channel_product_count = fields.Integer(
        "Known Codes", compute="_compute_channel_product_count"
    )
    max_line_quantity = fields.Float(
        "Largest Quantity of a Line",
        digits="Product Unit",
        default=100_000.0,
        help="In the product's own unit. A line above it waits for a person, who "
        "confirms or corrects it. 0: no limit.",
    )
    kit_mode = fields.Selection(
        [
            ("native", "Keep as One Line"),
            ("abroad", "Split for Deliveries Abroad"),
            ("split", "Always Split"),
        ],
        "Kits",
        default="abroad",
        required=True,
        help="A product with a kit bill of materials is one line whose delivery holds "
        "the components: that keeps orders readable. Customs want every article with "
        "its value, therefore kits that leave the country become one line for each "
        "component, with the price divided among them.",
    )
    is_bundle_parent_goods = fields.Boolean(
        "Bundles Are Goods Themselves",
        help="Where the channel lists a bundle and its contents as lines: the bundle "
        "is delivered as well (a gift box, a frame) and keeps its price. Otherwise it "
        "is only a name, its line goes and its price is divided among the contents.",
    )
    duty_product_id = fields.Many2one(
        "product.product",
        "Duty as a Line",
        check_company=True,
        domain="[('type', '=', 'service')]",
        help="Calculated duty is added to the order as a line with this product. "
        "Empty: it is shown on the order and not charged.",
    )

    @api.depends("channel_product_ids")
    def _compute_channel_product_count(self):
        counts = dict(
            self.env["order.hub.channel.product"]._read_group(
                [("channel_id", "in", self.ids)], ["channel_id"], ["__count"]
            )
        )
        for channel in self:
            channel.channel_product_count = counts.get(channel, 0)

    def action_view_channel_products(self):
        """Open the codes that are known for this channel."""
        self.ensure_one()
        return self._products_action("order_hub_channel_product_action")

    def action_view_unknown_skus(self):
        """Open the codes of this channel that wait for a product."""
        self.ensure_one()
        return self._products_action("order_hub_unknown_sku_action")

    def _products_action(self, name):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            f"order_hub_connectors.{name}"
        )
        return {
            **action,
            "domain": [("channel_id", "=", self.id)],
            "context": {"default_channel_id": self.id},
        }
