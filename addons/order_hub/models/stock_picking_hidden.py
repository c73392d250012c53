from odoo import models

from .order_hub_hidden import INSIDE_MODELS


class StockPicking(models.Model):
    """A supplier who is the partner of a receipt does not see what it is for.

    A customer's own delivery names the customer's own order.
    """

    _name = "stock.picking"
    _inherit = ["stock.picking", "order.hub.hidden"]

    _hub_hidden = frozenset(("hub_ref", "hub_queue_score"))
    _hub_hidden_models = INSIDE_MODELS - {"sale.order"}
