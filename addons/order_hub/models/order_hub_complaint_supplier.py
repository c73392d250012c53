from odoo import fields, models


class OrderHubComplaint(models.Model):
    """Complaints whose cause is what a supplier delivered."""

    _inherit = "order.hub.complaint"

    supplier_id = fields.Many2one(
        "res.partner",
        "Supplier at Fault",
        tracking=True,
        index="btree_not_null",
        ondelete="restrict",
        help="Whose goods were the cause. The complaint counts in that supplier's "
        "score.",
    )
