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
        return {
            "shop_domain": {
                "label": self.env._("Shop"),
                "help": self.env._(
                    "As in the address of its administration: my-shop.myshopify.com"
                ),
            },
            "access_token": {
                "label": self.env._("Admin API Access Token"),
                "help": self.env._(
                    "Of a custom app with the rights to read orders, and to write "
                    "fulfilments and stock if the hub tells them. Begins with shpat_."
                ),
            },
            "webhook_secret": {
                "label": self.env._("Webhook Secret"),
                "help": self.env._(
                    "The client secret of the app; webhooks are signed with it. "
                    "Without it every webhook is refused."
                ),
            },
            "api_version": {
                "label": self.env._("API Version"),
                "help": self.env._("A version lives for a year. From 2026-01 on."),
            },
            "money": {
                "label": self.env._("Currency of Orders"),
                "help": self.env._(
                    "shop: the currency of the shop's books; presentment: the one the "
                    "customer paid in."
                ),
            },
            "location_id": {
                "label": self.env._("Location"),
                "help": self.env._(
                    "Number of the location whose stock the hub sets. Empty: the first."
                ),
            },
            "notify_customer": {
                "label": self.env._("Mail the Customer"),
                "help": self.env._(
                    "yes: Shopify writes to the customer when a parcel leaves; no: not."
                ),
            },
        }

    def _words_of_woocommerce(self):
        return {
            "consumer_key": {
                "label": self.env._("Consumer Key"),
                "help": self.env._(
                    "WooCommerce, Settings, Advanced, REST API: a key that may read "
                    "and write. Begins with ck_."
                ),
            },
            "consumer_secret": {
                "label": self.env._("Consumer Secret"),
                "help": self.env._("Shown once when the key is made. Begins with cs_."),
            },
            "webhook_secret": {
                "label": self.env._("Webhook Secret"),
                "help": self.env._(
                    "The secret of the webhooks; all of them must have the same. "
                    "Without it every delivery is refused."
                ),
            },
            "skip_statuses": {
                "label": self.env._("Not Yet Orders"),
                "help": self.env._(
                    "Statuses with which an order is not taken in: carts and checkouts"
                    " that nobody has paid for."
                ),
            },
            "notify_customer": {
                "label": self.env._("Show Notes to the Customer"),
                "help": self.env._(
                    "yes: the note with the parcel's number is mailed to the customer;"
                    " no: only the shop sees it."
                ),
            },
        }

    def _words_of_webhook(self):
        return {
            **self._words_of_webhook_paths(),
            "secret": {
                "label": self.env._("Secret"),
                "help": self.env._(
                    "Known to both systems; long and random. Without it every delivery"
                    " is refused."
                ),
            },
            "header": {
                "label": self.env._("Signature Header"),
            },
            "algorithm": {
                "label": self.env._("Algorithm"),
                "help": self.env._("sha256 or sha512."),
            },
            "encoding": {
                "label": self.env._("Encoding"),
                "help": self.env._("hex or base64."),
            },
            "prefix": {
                "label": self.env._("Prefix"),
                "help": self.env._(
                    "What stands before the signature, for example sha256="
                ),
            },
            "timestamp_header": {
                "label": self.env._("Time Header"),
                "help": self.env._(
                    "The header with the moment of sending. If set, moment, separator "
                    "and body are signed together, and old deliveries are refused."
                ),
            },
            "separator": {
                "label": self.env._("Separator"),
                "help": self.env._("Between moment and body in what is signed."),
            },
            "tolerance": {
                "label": self.env._("Tolerance"),
                "help": self.env._(
                    "Seconds that a delivery may be old, or the clocks differ."
                ),
            },
        }

    def _words_of_webhook_paths(self):
        return {
            "orders_path": {
                "label": self.env._("Path of the Orders"),
                "help": self.env._(
                    "If one delivery holds several orders: where their list is."
                ),
            },
            "number_path": {
                "label": self.env._("Path of the Number"),
            },
            "kind_path": {
                "label": self.env._("Path of the Kind"),
                "help": self.env._(
                    "Where it says what a message is about. Empty: always an order."
                ),
            },
            "kinds": {
                "label": self.env._("Words of the Kind"),
                "help": self.env._(
                    "Which word means what, for example: order.created=order, "
                    "order.cancelled=cancel, parcel.sent=shipped. Other words are left"
                    " alone."
                ),
            },
            "version_path": {
                "label": self.env._("Path of the Version"),
                "help": self.env._(
                    "Where a moment or a counter says which state of the order is "
                    "newer."
                ),
            },
            "event_path": {
                "label": self.env._("Path of the Delivery's Number"),
                "help": self.env._(
                    "Where a number says which delivery this is, so that a repeat is "
                    "known."
                ),
            },
            "status_url": {
                "label": self.env._("Address for Statuses"),
                "help": self.env._(
                    "Where the hub sends the status of an order, signed in the same "
                    "way."
                ),
            },
        }
