from odoo import fields, models


class ProductSupplierinfo(models.Model):
    """Which part of an item's usage a supplier is counted on for."""

    _inherit = "product.supplierinfo"

    hub_share = fields.Float(
        "Share (%)",
        digits=(5, 2),
        groups="base.group_user",
        help="Part of the expected usage that this vendor is shown. Empty for all "
        "vendors of a product: the first one has all of it.",
    )

    _hub_share_range = models.Constraint(
        "CHECK(hub_share >= 0 AND hub_share <= 100)",
        "A share is a percentage: give a number between 0 and 100.",
    )

    def action_hub_view_as_supplier(self):
        """Open the page that the vendor sees."""
        self.ensure_one()
        return self.partner_id.action_hub_view_as_supplier()
