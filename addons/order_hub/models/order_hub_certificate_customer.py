from odoo import fields, models


class OrderHubCertificate(models.Model):
    """Certificates that go on to customers with the goods."""

    _inherit = "order.hub.certificate"

    is_for_customers = fields.Boolean(
        "For Customers",
        tracking=True,
        help="Customers who got this product, and the lot if one is named, find the "
        "paper on the page of their order. It may name the supplier: look first.",
    )
