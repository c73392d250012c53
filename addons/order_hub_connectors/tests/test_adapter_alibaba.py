import json

from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.order_hub.tests.properties import given

from ..adapters.alibaba import gateway, signature
from ..adapters.alibaba.adapter import AlibabaAdapter
from ..adapters.base import (
    AuthenticationFailed,
    ChannelDown,
    ReadError,
    Refused,
    Throttled,
)
from .marketplaces import DAY, HOUR, MarketplaceCase
from .stand_ins import icbu

words = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8)


class TestAlibabaSignature(BaseCase):
    @given(words, st.dictionaries(words, words))
    def test_our_signature_is_the_platforms(self, path, params):
        ours = signature.sign(path, params, icbu.APP_SECRET)
        self.assertEqual(ours, icbu.icbu_sign(path, params))

    def test_the_path_and_every_parameter_are_signed(self):
        params = {"a": "1", "b": "2"}
        signed = signature.sign("/alibaba/order/get", params, "secret")
        for path, changed in (
            ("/alibaba/order/list", params),
            ("/alibaba/order/get", {**params, "b": "3"}),
            ("/alibaba/order/get", {**params, "c": "3"}),
        ):
            self.assertNotEqual(signature.sign(path, changed, "secret"), signed)
        self.assertEqual(
            signature.sign("/alibaba/order/get", {**params, "sign": "x"}, "secret"),
            signed,
        )


class TestAlibaba(MarketplaceCase):
    stand_in = icbu.IcbuStandIn
    adapter_class = AlibabaAdapter
    path = "/rest"
    values = {
        "app_key": icbu.APP_KEY,
        "app_secret": icbu.APP_SECRET,
        "access_token": icbu.TOKEN,
    }

    def test_the_test_counts_the_orders(self):
        self.server.add(icbu.order(1))
        self.assertIn("1 orders", self.adapter.test())

    def test_wrong_credentials_are_said_to_be_wrong(self):
        for values in ({"app_secret": "another"}, {"access_token": "old"}):
            with self.assertRaises(AuthenticationFailed):
                self.make(**values).test()

    def test_an_order_comes_whole(self):
        self.server.add(icbu.order(501, self.server.now - HOUR))
        (message,) = self.pull()
        self.assertEqual((message.kind, message.external_ref), ("order", "501"))
        self.assertEqual(message.version, "2026-03-15T07:00:00.000+00:00")
        document = self.understood(message)
        self.assertEqual(
            (document["_currency"], document["_shipping"], document["_date"]),
            ("USD", "50.0000", "2026-03-15T02:00:00.000+00:00"),
        )
        self.assertEqual(document["shipping_address"]["_phone"], "+1 3135550100")
        (line,) = document["order_products"]["trade_ecology_order_product"]
        self.assertEqual(
            (line["_ref"], line["_sku"], float(line["_amount"])),
            ("501-a", "ZXJ-0123", 1200.0),
        )

    def test_unpaid_orders_are_none_yet_and_closed_ones_cancel(self):
        self.server.add(
            icbu.order(1, self.server.now - HOUR, "unpay"),
            icbu.order(2, self.server.now - HOUR, "trade_close"),
        )
        (message,) = self.pull()
        event = self.event(message)
        self.assertEqual((message.kind, event["external_ref"]), ("cancel", "2"))
        self.assertEqual(len(self.pull(adapter=self.make(take_unpaid="yes"))), 2)

    def test_many_pages_come_complete_in_californias_time(self):
        self.server.add(
            *(icbu.order(n, self.server.now - n * HOUR / 8) for n in range(1, 121))
        )
        found = {int(message.external_ref) for message in self.pull()}
        self.assertEqual(found, set(range(1, 121)))
        self.server.calls.clear()
        self.assertEqual(len({m.external_ref for m in self.pull(since=HOUR)}), 8)

    def test_a_window_of_weeks_is_cut(self):
        self.server.add(icbu.order(1, self.server.now - 16 * DAY))
        now = self.server.now
        pages = list(self.adapter.pull("", now - 20 * DAY, now))
        self.assertEqual(sum(len(page.messages) for page in pages), 1)
        self.assertEqual(pages[-1].cursor, "")
        self.assertTrue(all(page.cursor for page in pages[:-1]))

    def test_a_limit_is_waited_for_and_an_outage_is_told(self):
        self.server.failed("ApiCallLimit", "This ban will last for 1 more seconds")
        self.assertEqual(self.pull(), [])
        self.server.failed("ApiCallLimit", "This ban will last for 900 more seconds")
        with self.assertRaises(Throttled):
            self.pull()
        self.server.failed("ServiceTimeout", "too slow", "ISP")
        with self.assertRaises(ChannelDown):
            self.pull()
        self.server.failed("InvalidParameter", "start_page")
        with self.assertRaises(Refused):
            self.pull()

    def test_an_order_can_be_fetched_anew_and_a_strange_one_is_none(self):
        self.server.add(icbu.order(8))
        self.assertEqual(self.adapter.fetch("8").external_ref, "8")
        self.assertIsNone(self.adapter.fetch("9"))

    def test_the_list_for_reconciliation_looks_up_the_money(self):
        self.server.add(
            icbu.order(1, self.server.now - HOUR),
            icbu.order(2, self.server.now - HOUR, "trade_close"),
        )
        rows = list(self.adapter.list_orders(self.server.now - DAY, self.server.now))
        found = {r.external_ref: (r.amount, r.currency, r.is_cancelled) for r in rows}
        self.assertEqual(
            found, {"1": (1250.0, "USD", False), "2": (1250.0, "USD", True)}
        )

    def document(self, **more):
        order = icbu.order(7, **more)
        del order["_changed"]
        raw = json.dumps({"code": "0", "value": order}).encode()
        return self.adapter.read(raw, "application/json", "order")

    def test_products_nested_the_old_way_and_named_twice_are_lines(self):
        row = {"product_id": "5", "sku_id": "6", "quantity": "2", "unit_price": {}}
        nested = {"trade_ecology_order_product": [row, dict(row)]}
        document = self.document(order_products=nested)
        lines = document["order_products"]["trade_ecology_order_product"]
        self.assertEqual([line["_ref"] for line in lines], ["5-6", "5-6-2"])

    def test_what_is_no_order_is_said_to_be_none(self):
        for tree, code in (
            ({"code": "IllegalAccessToken", "message": "x"}, "platform_error"),
            ({"shop": 1}, "not_an_order"),
            ({"value": {"trade_id": ""}}, "missing"),
            ({"value": {"trade_id": "1"}}, "missing"),
            ({"value": 5}, "not_an_object"),
        ):
            with self.assertRaises(ReadError) as caught:
                self.adapter.read(json.dumps(tree).encode(), "", "order")
            self.assertEqual(caught.exception.code, code, tree)

    def test_searches_are_written_in_the_platforms_time(self):
        self.assertEqual(
            gateway.moment(icbu.NOW),
            {"date_str": "2026-03-15 01:00:00", "date_timestamp": "1773561600000"},
        )
