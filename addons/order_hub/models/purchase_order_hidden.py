from odoo import models

from .order_hub_hidden import INSIDE_MODELS


class PurchaseOrder(models.Model):
    """What a purchase order was made for is not for its supplier."""

    _name = "purchase.order"
    _inherit = ["purchase.order", "order.hub.hidden"]

    _hub_hidden = frozenset(("origin", "hub_ref", "on_time_rate"))
    _hub_hidden_models = INSIDE_MODELS
