from odoo import fields, models


class SaleOrder(models.Model):
    """What an order keeps of the message it came with."""

    _inherit = "sale.order"

    hub_inbound_id = fields.Many2one(
        "order.hub.inbound",
        "Received As",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    hub_special_request = fields.Text(
        "Special Request", copy=False, help="What the customer wrote in the channel."
    )
    hub_paid_at = fields.Datetime(
        "Paid On", readonly=True, copy=False, help="As the channel says."
    )
