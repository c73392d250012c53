from odoo import fields, models


class StockWarehouse(models.Model):
    """What sending from a warehouse costs, for comparing warehouses."""

    _inherit = "stock.warehouse"

    hub_cost_fixed = fields.Monetary(
        "Cost of a Delivery",
        currency_field="hub_currency_id",
        help="What one delivery from here costs whatever the distance.",
    )
    hub_cost_per_km = fields.Monetary(
        "Cost per km",
        currency_field="hub_currency_id",
        help="What one kilometre of a delivery from here costs.",
    )
    hub_currency_id = fields.Many2one(related="company_id.currency_id")

    def _hub_address(self):
        """Return where the goods are: the warehouse's address, else the company's."""
        self.ensure_one()
        return self.partner_id or self.company_id.partner_id
