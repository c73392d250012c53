from odoo import api, models


class OrderHubChannel(models.Model):
    """Names of the chats, and of what they need to be known by."""

    _inherit = "order.hub.channel"

    @api.model
    def _adapter_words(self):
        return {
            **super()._adapter_words(),
            "wecom": self.env._("WeCom"),
            "dingtalk": self.env._("DingTalk"),
            "chat": self.env._("Pasted Messages"),
        }
