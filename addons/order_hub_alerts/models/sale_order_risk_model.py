from odoo import fields, models


class SaleOrder(models.Model):
    """An order says how likely it is late, where the company's probability is on."""

    _inherit = "sale.order"

    hub_risk_probability = fields.Char(
        "Probability of Being Late",
        compute="_compute_hub_risk_probability",
        groups="order_hub.order_hub_group_user",
    )

    def _compute_hub_risk_probability(self):
        for order in self:
            order.hub_risk_probability = order.hub_risk_id.probability_text
