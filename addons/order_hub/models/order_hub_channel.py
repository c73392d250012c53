from odoo import api, fields, models


class OrderHubChannel(models.Model):
    """Where orders come from or status goes to."""

    _name = "order.hub.channel"
    _description = "Order Channel"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True,
        copy=False,
        help="What integrations call the channel, for example shopify-eu.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    team_id = fields.Many2one(
        "crm.team",
        "Sales Team",
        check_company=True,
        help="Orders of this channel go to this team.",
    )
    order_type_id = fields.Many2one(
        "order.hub.order.type",
        check_company=True,
        help="Type of an order of which nothing else says the type.",
    )
    fallback_partner_id = fields.Many2one(
        "res.partner",
        "Customer if Unknown",
        check_company=True,
        help="An order without a customer is taken in for this one and held until "
        "somebody names the real one. Empty: such an order is refused.",
    )
    fallback_product_id = fields.Many2one(
        "product.product",
        "Product if Unknown",
        check_company=True,
        help="A line whose code matches no product is taken in with this one and "
        "the order is held until somebody puts the real one. Empty: the order "
        "is refused.",
    )
    shipping_product_id = fields.Many2one(
        "product.product",
        check_company=True,
        domain="[('type', '=', 'service')]",
        help="Product of the line that carries the shipping charge.",
    )
    status_map_ids = fields.One2many("order.hub.status.map", "channel_id")
    order_count = fields.Integer(compute="_compute_order_count")

    _code_company_uniq = models.UniqueIndex(
        "(company_id, code)", "Another channel of this company has this code."
    )

    def _compute_order_count(self):
        counts = dict(
            self.env["sale.order"]._read_group(
                [("hub_channel_id", "in", self.ids)], ["hub_channel_id"], ["__count"]
            )
        )
        for channel in self:
            channel.order_count = counts.get(channel, 0)

    @api.depends("name", "code")
    def _compute_display_name(self):
        for channel in self:
            channel.display_name = channel.name or channel.code

    def action_view_orders(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "order_hub.sale_order_action_all"
        )
        return {**action, "domain": [("hub_channel_id", "=", self.id)]}
