from odoo import models


class OrderHubChannelParameter(models.Model):
    """The settings of web shops, in the words of the reader's language."""

    _inherit = "order.hub.channel.parameter"

    def _words(self):
        words = super()._words()
        shops = {
            "shopify": self._words_of_shopify,
            "woocommerce": self._words_of_woocommerce,
            "webhook": self._words_of_webhook,
        }
        if self.channel_id.adapter in shops:
            words.update(shops[self.channel_id.adapter]())
        return words

    def _words_of_shopify(self):
        _ = self.env._
        return {
            "shop_domain": {
                "label": _("Shop"),
                "help": _(
                    "As in the address of its administration: my-shop.myshopify.com"
                ),
            },
            "access_token": {
                "label": _("Admin API Access Token"),
                "help": _(
                    "Of a custom app with the rights to read orders, and to write "
                    "fulfilments and stock if the hub tells them. Begins with shpat_."
                ),
            },
            "webhook_secret": {
                "label": _("Webhook Secret"),
                "help": _(
                    "The client secret of the app; webhooks are signed with it. "
                    "Without it every webhook is refused."
                ),
            },
            "api_version": {
                "label": _("API Version"),
                "help": _("A version lives for a year. From 2026-01 on."),
            },
            "money": {
                "label": _("Currency of Orders"),
                "help": _(
                    "shop: the currency of the shop's books; presentment: the one the "
                    "customer paid in."
                ),
            },
            "location_id": {
                "label": _("Location"),
                "help": _(
                    "Number of the location whose stock the hub sets. Empty: the first."
                ),
            },
            "notify_customer": {
                "label": _("Mail the Customer"),
                "help": _(
                    "yes: Shopify writes to the customer when a parcel leaves; no: not."
                ),
            },
        }

    def _words_of_woocommerce(self):
        _ = self.env._
        return {
            "consumer_key": {
                "label": _("Consumer Key"),
                "help": _(
                    "WooCommerce, Settings, Advanced, REST API: a key that may read "
                    "and write. Begins with ck_."
                ),
            },
            "consumer_secret": {
                "label": _("Consumer Secret"),
                "help": _("Shown once when the key is made. Begins with cs_."),
            },
            "webhook_secret": {
                "label": _("Webhook Secret"),
                "help": _(
                    "The secret of the webhooks; all of them must have the same. "
                    "Without it every delivery is refused."
                ),
            },
            "skip_statuses": {
                "label": _("Not Yet Orders"),
                "help": _(
                    "Statuses with which an order is not taken in: carts and checkouts"
                    " that nobody has paid for."
                ),
            },
            "notify_customer": {
                "label": _("Show Notes to the Customer"),
                "help": _(
                    "yes: the note with the parcel's number is mailed to the customer;"
                    " no: only the shop sees it."
                ),
            },
        }

    def _words_of_webhook(self):
        _ = self.env._
        return {
            **self._words_of_webhook_paths(),
            "secret": {
                "label": _("Secret"),
                "help": _(
                    "Known to both systems; long and random. Without it every delivery"
                    " is refused."
                ),
            },
            "header": {
                "label": _("Signature Header"),
            },
            "algorithm": {
                "label": _("Algorithm"),
                "help": _("sha256 or sha512."),
            },
            "encoding": {
                "label": _("Encoding"),
                "help": _("hex or base64."),
            },
            "prefix": {
                "label": _("Prefix"),
                "help": _("What stands before the signature, for example sha256="),
            },
            "timestamp_header": {
                "label": _("Time Header"),
                "help": _(
                    "The header with the moment of sending. If set, moment, separator "
                    "and body are signed together, and old deliveries are refused."
                ),
            },
            "separator": {
                "label": _("Separator"),
                "help": _("Between moment and body in what is signed."),
            },
            "tolerance": {
                "label": _("Tolerance"),
                "help": _("Seconds that a delivery may be old, or the clocks differ."),
            },
        }

    def _words_of_webhook_paths(self):
        _ = self.env._
        return {
            "orders_path": {
                "label": _("Path of the Orders"),
                "help": _("If one delivery holds several orders: where their list is."),
            },
            "number_path": {
                "label": _("Path of the Number"),
            },
            "kind_path": {
                "label": _("Path of the Kind"),
                "help": _(
                    "Where it says what a message is about. Empty: always an order."
                ),
            },
            "kinds": {
                "label": _("Words of the Kind"),
                "help": _(
                    "Which word means what, for example: order.created=order, "
                    "order.cancelled=cancel, parcel.sent=shipped. Other words are left"
                    " alone."
                ),
            },
            "version_path": {
                "label": _("Path of the Version"),
                "help": _(
                    "Where a moment or a counter says which state of the order is "
                    "newer."
                ),
            },
            "event_path": {
                "label": _("Path of the Delivery's Number"),
                "help": _(
                    "Where a number says which delivery this is, so that a repeat is "
                    "known."
                ),
            },
            "status_url": {
                "label": _("Address for Statuses"),
                "help": _(
                    "Where the hub sends the status of an order, signed in the same "
                    "way."
                ),
            },
        }
