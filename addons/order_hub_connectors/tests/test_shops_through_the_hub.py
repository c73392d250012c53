import json
from datetime import timedelta
from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.order_hub.tests.stand_in import twice

from ..adapters.registry import ADAPTERS
from ..adapters.webhook.signature import Scheme
from .stand_ins import shopify, shopify_orders, woocommerce
from .through_the_hub import ThroughTheHub

VALUES = {
    "shopify": {
        "shop_domain": shopify.DOMAIN,
        "access_token": "tok-of-the-test",
        "webhook_secret": shopify.SECRET,
    },
    "woocommerce": {
        "consumer_key": woocommerce.KEY,
        "consumer_secret": woocommerce.SECRET,
        "webhook_secret": woocommerce.HUSH,
    },
    "webhook": {"secret": "long and random", "timestamp_header": "X-Time"},
}
NOW = shopify_orders.START


@tagged("post_install", "-at_install")
class TestShopsThroughTheHub(ThroughTheHub):
    """From the web shop to the order, with the mapping that ships."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        model = cls.env.registry["order.hub.channel"]
        cls.startClassPatcher(patch.object(model, "_now", staticmethod(lambda: NOW)))

    def _channel(self, adapter, server=None):
        channel = self.env["order.hub.channel"].create(
            {
                "name": adapter,
                "code": f"test-{adapter}",
                "adapter": adapter,
                "base_url": server.url if server else False,
                "auto_confirm": True,
                "shipping_product_id": self.freight.id,
            }
        )
        for row in channel.parameter_ids:
            if row.name in VALUES[adapter]:
                row.value = VALUES[adapter][row.name]
        channel.action_switch_on()
        return channel

    def _post(self, channel, headers, raw):
        url = f"/hub/in/{channel.receive_token}"
        return self.url_open(url, data=raw, headers=headers)

    def _pull(self, channel):
        """Pull the days around the orders; return how many messages were new."""
        day = timedelta(days=1)
        messages = [
            message
            for page in channel._adapter().pull("", NOW - day, NOW + day)
            for message in page.messages
        ]
        inbound = self.env["order.hub.inbound"].sudo()
        return len(inbound._receive(channel, messages)["new"])

    def _worked(self, channel):
        rows = (
            self.env["order.hub.inbound"]
            .sudo()
            .search([("channel_id", "=", channel.id)])
        )
        rows._process(channel)
        rows.invalidate_recordset()
        return rows

    def _taken(self, channel):
        rows = self._worked(channel)
        self.assertTrue(rows.order_id, [(row.state, row.trace) for row in rows])
        return rows.order_id

    def _goods(self, order):
        return order.order_line.filtered("product_id.is_storable")

    def test_an_order_of_shopify_is_delivered_five_times_and_is_one_order(self):
        server = self.enterContext(shopify.ShopifyStandIn())
        channel = self._channel("shopify", server)
        row = shopify_orders.order(1, [shopify_orders.line(101, off="20.00")])
        delivery = server.delivery("orders/create", shopify_orders.webhook_body(row))
        answers = [self._post(channel, *d).json() for d in [delivery] * 5]
        self.assertEqual(sum(answer["new"] for answer in answers), 1)
        order = self._taken(channel)
        self.assertEqual(len(order), 1)
        self.assertEqual(self._goods(order).product_id.default_code, "ZXJ-0123")
        self.assertEqual(self._goods(order).price_subtotal, 300.0)
        self.assertAlmostEqual(order.amount_total, 325.0)
        self.assertIn("Wuxi", order.partner_shipping_id.contact_address)

    def test_a_fetched_order_of_shopify_is_the_one_that_was_delivered(self):
        row = shopify_orders.order(1, [shopify_orders.line(101, off="20.00")])
        server = self.enterContext(shopify.ShopifyStandIn([row]))
        channel = self._channel("shopify", server)
        body = shopify_orders.webhook_body(row)
        self._post(channel, *server.delivery("orders/create", body))
        order = self._taken(channel)
        before = order.order_line.mapped("price_subtotal")
        self.assertTrue(self._pull(channel))
        self.assertEqual(self._taken(channel), order)
        self.assertEqual(order.order_line.mapped("price_subtotal"), before)
        self.assertEqual(self._pull(channel), 0)

    def test_an_order_that_shopify_only_has_on_request_becomes_an_order(self):
        row = shopify_orders.order(1, rate=1)
        server = self.enterContext(shopify.ShopifyStandIn([row]))
        channel = self._channel("shopify", server)
        self.assertTrue(self._pull(channel))
        self.assertAlmostEqual(self._taken(channel).amount_total, 345.0)

    def test_a_wrong_signature_of_shopify_stops_at_the_door(self):
        server = self.enterContext(shopify.ShopifyStandIn())
        channel = self._channel("shopify", server)
        body = shopify_orders.webhook_body(shopify_orders.order(1))
        headers, raw = server.delivery("orders/create", body)
        self.assertEqual(self._post(channel, headers, raw + b" ").status_code, 403)
        other = {**headers, "x-shopify-shop-domain": "other.myshopify.com"}
        self.assertEqual(self._post(channel, other, raw).status_code, 403)
        self.assertFalse(self._worked(channel))

    def test_an_order_of_woocommerce_becomes_an_order(self):
        server = self.enterContext(woocommerce.WooCommerceStandIn())
        channel = self._channel("woocommerce", server)
        delivery = server.delivery("order.created", woocommerce.order(1))
        for headers, raw in twice([delivery]):
            self.assertEqual(self._post(channel, headers, raw).status_code, 200)
        order = self._taken(channel)
        self.assertEqual(self._goods(order).product_id.default_code, "ZXJ-0123")
        self.assertAlmostEqual(order.amount_total, 345.0)

    def test_the_ping_of_woocommerce_is_answered(self):
        server = self.enterContext(woocommerce.WooCommerceStandIn())
        channel = self._channel("woocommerce", server)
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = self._post(channel, form, b"webhook_id=7")
        self.assertEqual((answer.status_code, answer.json()["new"]), (200, 0))

    def test_a_fetched_order_of_woocommerce_becomes_an_order(self):
        server = self.enterContext(
            woocommerce.WooCommerceStandIn([woocommerce.order(1, modified=NOW)])
        )
        channel = self._channel("woocommerce", server)
        self.assertTrue(self._pull(channel))
        self.assertAlmostEqual(self._taken(channel).amount_total, 345.0)

    def test_a_signed_webhook_becomes_an_order(self):
        channel = self._channel("webhook")
        order = {
            "external_ref": "B-77",
            "currency": "CNY",
            "customer": {"name": "Taihu Auto Repair", "email": "a@taihu.example"},
            "lines": [{"sku": "ZXJ-0123", "quantity": 2, "unit_price": 160}],
        }
        raw = json.dumps(order).encode()
        scheme = Scheme("long and random", timestamp_header="x-time")
        headers = {**scheme.headers(raw, NOW), "Content-Type": "application/json"}
        self.assertEqual(self._post(channel, headers, raw).json()["new"], 1)
        self.assertEqual(self._post(channel, headers, raw + b" ").status_code, 403)
        self.assertEqual(self._goods(self._taken(channel)).price_subtotal, 320.0)

    def test_the_test_button_names_the_shop(self):
        for adapter, stand_in in (
            ("shopify", shopify.ShopifyStandIn),
            ("woocommerce", woocommerce.WooCommerceStandIn),
        ):
            server = self.enterContext(stand_in())
            told = self._channel(adapter, server).action_test_connection()
            self.assertIn("Sanjiang Parts", told["params"]["message"])

    def test_every_setting_of_a_shop_can_be_translated(self):
        """The words of the screen are those of the adapter, term by term."""
        for adapter in VALUES:
            words = self._channel(adapter).parameter_ids[:1]._words()
            for row in ADAPTERS[adapter].parameters:
                told = words[row.name]
                self.assertEqual(
                    (told["label"], told.get("help", "")), (row.label, row.help)
                )
