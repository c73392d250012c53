from odoo import fields, models


class OrderHubEcnItem(models.Model):
    """What the impact report adds to a component of a change."""

    _inherit = "order.hub.ecn.item"

    needed_others = fields.Float(
        "Needed by Others",
        readonly=True,
        digits="Product Unit",
        help="All other open demand: manufacturing orders, deliveries, and orders "
        "nothing is made for yet, and the orders of the change that keep theirs.",
    )
    stranded_on_hand = fields.Float(
        "Stranded in Stock", readonly=True, digits="Product Unit"
    )
    stranded_incoming = fields.Float(
        "Stranded on Order",
        readonly=True,
        digits="Product Unit",
        help="Can be cancelled with the supplier, the latest purchase first.",
    )
    short_value = fields.Monetary(readonly=True)
    cost = fields.Monetary(
        readonly=True,
        aggregator=None,
        help="Of one unit today; a product without a cost counts at its first "
        "supplier's price.",
    )
    supplier_id = fields.Many2one(
        "res.partner", "Bought From", readonly=True, ondelete="set null"
    )
    days_to_buy = fields.Integer(
        readonly=True,
        aggregator="max",
        help="Until a purchase made today comes in. −1: no supplier is known.",
    )
