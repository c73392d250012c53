from odoo import models

from .order_hub_hidden import INSIDE_MODELS


class PurchaseOrderLine(models.Model):
    """What a line was bought for, and where it goes then, is not for its supplier."""

    _name = "purchase.order.line"
    _inherit = ["purchase.order.line", "order.hub.hidden"]

    _hub_hidden = frozenset(("location_final_id", "forecasted_issue"))
    _hub_hidden_models = INSIDE_MODELS
