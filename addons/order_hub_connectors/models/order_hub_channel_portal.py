from odoo import api, fields, models


class OrderHubChannel(models.Model):
    """What customers are offered on their order form."""

    _inherit = "order.hub.channel"

    portal_offers = fields.Selection(
        [
            ("bought", "What they bought before"),
            ("all", "Everything for sale"),
        ],
        "Customers May Order",
        default="bought",
        required=True,
    )

    @api.model_create_multi
    def create(self, vals_list):
        """A customer at the form knows what is ordered twice: the form has a key."""
        for vals in vals_list:
            if vals.get("adapter") == "portal":
                vals.setdefault("duplicate_mode", "off")
        return super().create(vals_list)
