from odoo import api, models


class OrderHubChannel(models.Model):
    """The channel of the order cards: one a company."""

    _inherit = "order.hub.channel"

    @api.model
    def _adapter_words(self):
        return {**super()._adapter_words(), "card": self.env._("Order Card")}

    @api.model
    def _card_channel(self, company):
        """Return the company's channel for order cards if orders are taken by it.

        A paused one takes them, too: they wait.
        """
        domain = [
            ("adapter", "=", "card"),
            ("intake_state", "in", ("on", "paused", "broken")),
            ("company_id", "=", company.id),
        ]
        return self.sudo().search(domain, limit=1)
