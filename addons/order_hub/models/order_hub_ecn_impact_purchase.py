from odoo import fields, models


class OrderHubEcnPurchase(models.Model):
    """An open purchase line of a component that a change touches."""

    _name = "order.hub.ecn.purchase"
    _description = "Purchase in an Engineering Change"
    _inherit = ["order.hub.ecn.guarded"]
    _order = "ecn_id, stranded_value desc, date_planned, id"
    _rec_name = "purchase_id"

    ecn_id = fields.Many2one(
        "order.hub.ecn", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="ecn_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    purchase_line_id = fields.Many2one(
        "purchase.order.line",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    purchase_id = fields.Many2one(
        "purchase.order", "Purchase Order", readonly=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(
        "res.partner", "Supplier", readonly=True, ondelete="cascade"
    )
    product_id = fields.Many2one(
        "product.product", "Component", readonly=True, ondelete="cascade"
    )
    date_planned = fields.Date("Expected", readonly=True)
    quantity = fields.Float("Still to Come", readonly=True, digits="Product Unit")
    stranded_quantity = fields.Float(
        "To Cancel",
        readonly=True,
        digits="Product Unit",
        help="Of it, what nothing needs any more.",
    )
    stranded_value = fields.Monetary(
        "Value to Cancel",
        readonly=True,
        help="At the purchase price, converted at the rate of the purchase's date.",
    )
