from odoo import fields, models


class OrderHubEcnMo(models.Model):
    """A manufacturing order that a change meets, as it stood at the report."""

    _name = "order.hub.ecn.mo"
    _description = "Manufacturing Order in an Engineering Change"
    _inherit = ["order.hub.ecn.guarded"]
    _order = "ecn_id, consumed_value desc, id"
    _rec_name = "production_id"

    ecn_id = fields.Many2one(
        "order.hub.ecn", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="ecn_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    production_id = fields.Many2one(
        "mrp.production",
        "Manufacturing Order",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    order_id = fields.Many2one(
        "sale.order",
        readonly=True,
        ondelete="cascade",
        index="btree_not_null",
        help="None: made for stock. The change leaves it alone.",
    )
    product_id = fields.Many2one("product.product", readonly=True, ondelete="cascade")
    bom_id = fields.Many2one("mrp.bom", "BOM", readonly=True, ondelete="set null")
    production_state = fields.Selection(
        [
            ("draft", "Draft"),
            ("confirmed", "Confirmed"),
            ("progress", "In Progress"),
            ("to_close", "To Close"),
            ("done", "Done"),
        ],
        "State Then",
        readonly=True,
    )
    quantity = fields.Float(readonly=True, digits="Product Unit")
    consumed_value = fields.Monetary(
        "Consumed", readonly=True, help="What it took, at today's costs."
    )
