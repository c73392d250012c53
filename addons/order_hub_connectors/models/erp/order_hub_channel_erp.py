from odoo import api, models


class OrderHubChannel(models.Model):
    """The name of the platform, in the reader's language."""

    _inherit = "order.hub.channel"

    @api.model
    def _adapter_words(self):
        return {**super()._adapter_words(), "erp": self.env._("ERP Database")}
