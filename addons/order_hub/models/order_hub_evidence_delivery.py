from odoo import fields, models


class OrderHubEvidence(models.Model):
    """Evidence of one delivery of a split order, and what customers give themselves."""

    _inherit = "order.hub.evidence"

    picking_id = fields.Many2one(
        "stock.picking",
        "Delivery",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
        help="The delivery it is about; empty: the whole order.",
    )
    is_from_customer = fields.Boolean("From the Customer", readonly=True)

    def _prepare_vals(self, order, stage, item):
        return {
            **super()._prepare_vals(order, stage, item),
            "picking_id": item.get("picking_id") or False,
            "is_from_customer": bool(item.get("is_from_customer")),
        }
