from unittest.mock import patch

from odoo.tests import tagged

from ..adapters.registry import ADAPTERS
from .marketplaces import HOUR
from .stand_ins import amazon, icbu, open1688, top
from .through_the_hub import ThroughTheHub

NUMBER = "902-1845936-5435065"
VALUES = {
    "taobao": {
        "app_key": top.APP_KEY,
        "app_secret": top.APP_SECRET,
        "session": top.SESSION,
    },
    "alibaba1688": {
        "app_key": open1688.APP_KEY,
        "app_secret": open1688.APP_SECRET,
        "access_token": open1688.TOKEN,
    },
    "alibaba": {
        "app_key": icbu.APP_KEY,
        "app_secret": icbu.APP_SECRET,
        "access_token": icbu.TOKEN,
    },
    "amazon": {
        "client_id": amazon.CLIENT_ID,
        "client_secret": amazon.CLIENT_SECRET,
        "refresh_token": amazon.REFRESH,
        "forwarder_secret": amazon.FORWARDER,
    },
}


@tagged("post_install", "-at_install")
class TestMarketplacesThroughTheHub(ThroughTheHub):
    """From the platform to the order, with the mapping that ships."""

    def _shop(self, stand_in, adapter, path=""):
        """Return a stand-in and a channel that is pointed at it, its clock too."""
        server = self.enterContext(stand_in())
        channel = self.env["order.hub.channel"].create(
            {
                "name": adapter,
                "code": f"test-{adapter}",
                "adapter": adapter,
                "base_url": server.url + path,
                "auto_confirm": True,
                "shipping_product_id": self.freight.id,
            }
        )
        for row in channel.parameter_ids:
            if row.name in VALUES[adapter]:
                row.value = VALUES[adapter][row.name]
        channel.action_switch_on()
        model = self.env.registry["order.hub.channel"]
        self.startPatcher(patch.object(model, "_now", staticmethod(lambda: server.now)))
        return server, channel

    def _pulled(self, channel):
        """Pull a day, run the steps, return the inbound orders."""
        now = channel._now()
        Inbound = self.env["order.hub.inbound"].sudo()
        for page in channel._adapter().pull("", now - 24 * HOUR, now):
            Inbound._receive(channel, page.messages)
        return self._worked(channel)

    def _worked(self, channel):
        rows = (
            self.env["order.hub.inbound"]
            .sudo()
            .search([("channel_id", "=", channel.id)])
        )
        rows._process(channel)
        rows.invalidate_recordset()
        return rows

    def _taken(self, rows):
        """Return the orders made; says what stood in the way if there are none."""
        self.assertTrue(rows.order_id, [(row.state, row.trace) for row in rows])
        return rows.order_id

    def test_a_trade_of_taobao_becomes_an_order(self):
        server, channel = self._shop(top.TopStandIn, "taobao", "/router/rest")
        server.add(top.trade(501, server.now - HOUR))
        order = self._taken(self._pulled(channel))
        (line,) = order.order_line.filtered("product_id.is_storable")
        self.assertEqual(line.product_id.default_code, "ZXJ-0123")
        self.assertEqual((line.product_uom_qty, line.price_subtotal), (2, 240.0))
        self.assertEqual(order.partner_shipping_id.name, "王建国")
        self.assertIn("无锡", order.partner_shipping_id.contact_address)

    def test_an_order_of_1688_becomes_an_order(self):
        server, channel = self._shop(
            open1688.Open1688StandIn, "alibaba1688", "/openapi"
        )
        server.add(open1688.order(193441303243969811, server.now - HOUR))
        order = self._taken(self._pulled(channel))
        (line,) = order.order_line.filtered("product_id.is_storable")
        self.assertEqual((line.product_uom_qty, line.price_subtotal), (4, 880.0))
        self.assertAlmostEqual(order.amount_total, 905.5)

    def test_an_order_of_alibaba_becomes_an_order(self):
        server, channel = self._shop(icbu.IcbuStandIn, "alibaba", "/rest")
        server.add(icbu.order(77, server.now - HOUR))
        order = self._taken(self._pulled(channel))
        self.assertEqual(order.currency_id.name, "USD")
        self.assertEqual(order.partner_shipping_id.country_id.code, "US")

    def test_an_order_of_amazon_becomes_an_order(self):
        server, channel = self._shop(amazon.AmazonStandIn, "amazon")
        server.add(amazon.order(NUMBER, server.now - HOUR))
        order = self._taken(self._pulled(channel))
        self.assertEqual(order.partner_shipping_id.city, "Detroit")
        (line,) = order.order_line.filtered("product_id.is_storable")
        self.assertEqual((line.product_uom_qty, line.price_subtotal), (2, 220.0))

    def _post(self, channel, headers, raw, query):
        parts = "&".join(f"{name}={value}" for name, value in query.items())
        return self.url_open(
            f"/hub/in/{channel.receive_token}?{parts}", data=raw, headers=headers
        )

    def test_a_message_of_taobao_is_taken_at_the_door_and_fetched_in_the_job(self):
        server, channel = self._shop(top.TopStandIn, "taobao", "/router/rest")
        server.add(top.trade(501))
        delivery = top.delivery(top.message("TradeBuyerPay", 501))
        self.assertEqual(self._post(channel, *delivery).json()["new"], 1)
        self.assertEqual(self._post(channel, *delivery).json()["repeated"], 1)
        self.assertEqual(server.calls, [])
        self._taken(self._worked(channel))

    def test_pushed_and_pulled_again_and_again_it_is_one_order(self):
        server, channel = self._shop(top.TopStandIn, "taobao", "/router/rest")
        server.add(top.trade(501, server.now - HOUR))
        delivery = top.delivery(top.message("TradeBuyerPay", 501))
        self._post(channel, *delivery)
        order = self._taken(self._worked(channel))
        for _time in range(2):
            rows = self._pulled(channel)
        self.assertEqual(rows.order_id, order)
        self.assertEqual(
            self.env["sale.order"].search_count([("client_order_ref", "=", "501")]), 1
        )
        self.assertEqual(order.amount_total, 252.0)

    def test_a_form_of_1688_arrives_whole(self):
        server, channel = self._shop(
            open1688.Open1688StandIn, "alibaba1688", "/openapi"
        )
        server.add(open1688.order(501))
        headers, raw, query = open1688.delivery(open1688.message("ORDER_PAY", 501))
        answer = self._post(channel, headers, raw, query)
        self.assertEqual(answer.json(), {"ok": True, "new": 1, "repeated": 0})
        wrong = self._post(channel, headers, raw + b"0", query)
        self.assertEqual(wrong.status_code, 403)
        self._taken(self._worked(channel))

    def test_a_notification_of_amazon_is_taken_at_the_door(self):
        server, channel = self._shop(amazon.AmazonStandIn, "amazon")
        server.add(amazon.order(NUMBER))
        delivery = amazon.delivery(amazon.by_bridge(amazon.order_change(NUMBER)))
        self.assertEqual(self._post(channel, *delivery).json()["new"], 1)
        headers, raw, query = delivery
        self.assertEqual(self._post(channel, {}, raw, query).status_code, 403, headers)
        self._taken(self._worked(channel))

    def test_every_setting_is_explained_in_words_of_its_own(self):
        for adapter in VALUES:
            channel = self.env["order.hub.channel"].create(
                {"name": adapter, "code": f"words-{adapter}", "adapter": adapter}
            )
            known = {row.name: row for row in ADAPTERS[adapter].parameters}
            self.assertEqual(set(channel.parameter_ids.mapped("name")), set(known))
            for row in channel.parameter_ids:
                self.assertEqual(row._words()[row.name]["label"], known[row.name].label)
                self.assertEqual(row.help_text, known[row.name].help)
                self.assertEqual(row.is_secret, known[row.name].secret)
