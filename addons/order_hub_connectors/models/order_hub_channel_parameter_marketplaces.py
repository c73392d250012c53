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
        _ = self.env._
        return {
            "client_id": {
                "label": _("Client ID"),
                "help": _("Of the application (LWA)."),
            },
            "client_secret": {"label": _("Client Secret")},
            "refresh_token": {"label": _("Refresh Token")},
            "marketplaces": {
                "label": _("Marketplaces"),
                "help": _("Country codes or ids of one region, with commas: US,CA,MX."),
            },
            "seller_id": {
                "label": _("Seller ID"),
                "help": _("Merchant token; needed to send stock."),
            },
            "take_fba": {
                "label": _("Take Orders Shipped by Amazon"),
                "help": _(
                    "yes: orders that Amazon ships from its own warehouse come too."
                ),
            },
            "personal_data": {
                "label": _("Personal Data"),
                "help": _("no: names and addresses of buyers are not asked for."),
            },
            "forwarder_secret": {
                "label": _("Forwarder Secret"),
                "help": _(
                    "Shared with what forwards notifications from EventBridge or SQS."
                ),
            },
        }

    def _words_of_alibaba(self):
        _ = self.env._
        token_help = _("Token that the shop gave to the application.")
        return {
            "app_key": {"label": _("App Key")},
            "app_secret": {"label": _("App Secret")},
            "access_token": {"label": _("Access Token"), "help": token_help},
            "session": {"label": _("Session Key"), "help": token_help},
            "sign_method": {
                "label": _("Signature Method"),
                "help": _("md5, hmac or hmac-sha256."),
            },
            "take_unpaid": {
                "label": _("Take Unpaid Orders"),
                "help": _("yes: an order is taken before the buyer has paid."),
            },
        }
