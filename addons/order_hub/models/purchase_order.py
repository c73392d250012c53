from odoo import models


class PurchaseOrder(models.Model):
    _name = "purchase.order"
    _inherit = ["purchase.order", "order.hub.document"]

    _hub_order_path = "reference_ids.sale_ids"
