from odoo import models

MARKETPLACES = ("amazon", "taobao", "alibaba1688", "alibaba")


class OrderHubChannelParameter(models.Model):
    """The settings of marketplaces, in the words of the reader's language."""

    _inherit = "order.hub.channel.parameter"

    def _words(self):
        words = super()._words()
        if self.channel_id.adapter == "amazon":
            words.update(self._words_of_amazon())
        elif self.channel_id.adapter in MARKETPLACES:
            words.update(self._words_of_alibaba())
        return words

    def _words_of_amazon(self):
        return {
            "client_id": {
                "label": self.env._("Client ID"),
                "help": self.env._("Of the application (LWA)."),
            },
            "client_secret": {"label": self.env._("Client Secret")},
            "refresh_token": {"label": self.env._("Refresh Token")},
            "marketplaces": {
                "label": self.env._("Marketplaces"),
                "help": self.env._(
                    "Country codes or ids of one region, with commas: US,CA,MX."
                ),
            },
            "seller_id": {
                "label": self.env._("Seller ID"),
                "help": self.env._("Merchant token; needed to send stock."),
            },
            "take_fba": {
                "label": self.env._("Take Orders Shipped by Amazon"),
                "help": self.env._(
                    "yes: orders that Amazon ships from its own warehouse come too."
                ),
            },
            "personal_data": {
                "label": self.env._("Personal Data"),
                "help": self.env._(
                    "no: names and addresses of buyers are not asked for."
                ),
            },
            "forwarder_secret": {
                "label": self.env._("Forwarder Secret"),
                "help": self.env._(
                    "Shared with what forwards notifications from EventBridge or SQS."
                ),
            },
        }

    def _words_of_alibaba(self):
        token_help = self.env._("Token that the shop gave to the application.")
        return {
            "app_key": {"label": self.env._("App Key")},
            "app_secret": {"label": self.env._("App Secret")},
            "access_token": {"label": self.env._("Access Token"), "help": token_help},
            "session": {"label": self.env._("Session Key"), "help": token_help},
            "sign_method": {
                "label": self.env._("Signature Method"),
                "help": self.env._("md5, hmac or hmac-sha256."),
            },
            "take_unpaid": {
                "label": self.env._("Take Unpaid Orders"),
                "help": self.env._("yes: an order is taken before the buyer has paid."),
            },
        }
