from odoo import fields, models

from .order_hub_link import INSIDE


class PurchaseOrder(models.Model):
    """Orders that began as a supplier's proposal for agreed stock."""

    _inherit = "purchase.order"

    hub_vmi_id = fields.Many2one(
        "order.hub.vmi",
        "Proposed for Agreed Stock",
        copy=False,
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        groups=INSIDE,
    )
