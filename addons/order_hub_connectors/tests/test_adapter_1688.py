import json

from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.order_hub.tests.properties import given
from odoo.addons.order_hub.tests.stand_in import out_of_order, twice

from ..adapters.alibaba1688 import gateway, signature
from ..adapters.alibaba1688.adapter import Alibaba1688Adapter
from ..adapters.base import (
    AuthenticationFailed,
    ChannelDown,
    ReadError,
    Refused,
    SignatureError,
    Throttled,
)
from .marketplaces import DAY, HOUR, MarketplaceCase
from .stand_ins import open1688

NUMBER = 193441303243969811
words = st.text(st.characters(codec="utf-8"), max_size=8)


class Test1688Signature(BaseCase):
    def test_the_documented_example_is_signed_right(self):
        path = "param2/1/system/currentTime/1000000"
        self.assertEqual(
            signature.sign(path, {"b": "2", "a": "1"}, "test123"),
            "33E54F4F7B989E3E0E912D3FBD2F1A03CA7CCE88",
        )

    @given(words, st.dictionaries(words, words))
    def test_our_signature_is_the_platforms(self, path, params):
        kept = {name: value for name, value in params.items() if name and value}
        ours = signature.sign(path, params, open1688.APP_SECRET)
        self.assertEqual(ours, open1688.open_sign(path, kept))

    @given(st.dictionaries(words, words), words)
    def test_a_changed_form_breaks_the_signature(self, form, value):
        form = {**form, "message": value}
        signed = {**form, signature.FIELD: signature.sign("", form, "secret")}
        self.assertTrue(signature.is_signed(signed, "secret"))
        changed = {**signed, "message": f"{value}x"}
        self.assertFalse(signature.is_signed(changed, "secret"))
        self.assertFalse(signature.is_signed(signed, "another"))
        self.assertFalse(signature.is_signed(signed, ""))
        self.assertFalse(signature.is_signed(form, "secret"))


class Test1688Moments(BaseCase):
    def test_moments_are_written_and_read_with_their_zone(self):
        self.assertEqual(gateway.open_time(open1688.NOW), "20260315160000000+0800")
        self.assertEqual(
            gateway.iso_of("20260315160000000+0800"), "2026-03-15T08:00:00.000+00:00"
        )
        self.assertEqual(
            gateway.iso_of("20170913231708123-0700"), "2017-09-14T06:17:08.123+00:00"
        )
        for wrong in ("", "20261315160000000+0800", "2026-03-15", 5, "x" * 22):
            self.assertEqual(gateway.iso_of(wrong), "")

    @given(st.datetimes(timezones=st.just(open1688.CHINA)))
    def test_every_moment_comes_back(self, moment):
        read = gateway.iso_of(gateway.open_time(moment))
        if moment.year > 1000:
            self.assertEqual(
                read[:19], moment.astimezone(open1688.timezone.utc).isoformat()[:19]
            )


class Test1688Errors(BaseCase):
    def test_each_code_has_its_meaning(self):
        for code, kind in (
            ("401", AuthenticationFailed),
            ("gw.SignatureInvalid", AuthenticationFailed),
            ("gw.QosAppFrequencyLimit", Throttled),
            ("gw.ServiceTimeout", ChannelDown),
            ("gw.APIUnsupported", Refused),
        ):
            told = {"error_code": code, "error_message": "m"}
            self.assertIs(type(gateway.failure(told)), kind, code)


class Test1688(MarketplaceCase):
    stand_in = open1688.Open1688StandIn
    adapter_class = Alibaba1688Adapter
    path = "/openapi"
    values = {
        "app_key": open1688.APP_KEY,
        "app_secret": open1688.APP_SECRET,
        "access_token": open1688.TOKEN,
    }

    # --- settings ---

    def test_the_test_names_the_shop(self):
        self.server.add(open1688.order(NUMBER))
        self.assertIn("三江汽配", self.adapter.test())

    def test_wrong_credentials_are_said_to_be_wrong(self):
        with self.assertRaises(AuthenticationFailed):
            self.make(access_token="old").test()

    # --- pull ---

    def test_a_paid_order_comes_with_its_exact_number(self):
        self.server.add(open1688.order(NUMBER, self.server.now - HOUR))
        (message,) = self.pull()
        self.assertEqual((message.kind, message.external_ref), ("order", str(NUMBER)))
        self.assertEqual(message.version, "2026-03-15T07:00:00.000+00:00")
        document = self.understood(message)
        self.assertEqual(document["_ref"], str(NUMBER))
        self.assertNotEqual(str(document["baseInfo"]["id"]), str(NUMBER))
        (line,) = document["productItems"]
        self.assertEqual(
            (line["_ref"], line["_sku"], line["_amount"]),
            (f"{NUMBER}1", "ZXJ-0123", "880"),
        )
        self.assertEqual(document["_shipping"], "25.5")

    def test_unpaid_orders_are_none_yet(self):
        unpaid = open1688.order(1, self.server.now - HOUR, "waitbuyerpay", payTime="")
        closed = open1688.order(2, self.server.now - HOUR, "cancel", payTime="")
        self.server.add(unpaid, closed)
        self.assertEqual(self.pull(), [])
        taken = self.pull(adapter=self.make(take_unpaid="yes"))
        self.assertEqual({m.kind for m in taken}, {"order", "cancel"})

    def test_a_paid_order_that_was_closed_cancels(self):
        self.server.add(open1688.order(3, self.server.now - HOUR, "cancel"))
        (message,) = self.pull()
        event = self.event(message)
        self.assertEqual((message.kind, event["external_ref"]), ("cancel", "3"))
        self.assertEqual(event["lines"][0]["sku"], "ZXJ-0123")

    def test_many_pages_over_several_days_come_complete(self):
        self.server.add(
            *(open1688.order(n, self.server.now - n * HOUR) for n in range(1, 72))
        )
        found = {int(message.external_ref) for message in self.pull(since=4 * DAY)}
        self.assertEqual(found, set(range(1, 72)))

    def test_a_token_that_ends_stops_the_pull(self):
        self.server.expire_token()
        with self.assertRaises(AuthenticationFailed):
            self.pull()

    def test_a_gateway_that_stumbles_is_asked_again(self):
        self.server.add(open1688.order(1, self.server.now - HOUR))
        self.server.fail(502, times=2)
        self.assertEqual(len(self.pull()), 1)

    def test_a_page_that_is_no_json_is_the_platforms_fault(self):
        for body in ("<html></html>", "[]"):
            self.server.fail(200, body=body)
            with self.assertRaises(ChannelDown):
                self.pull()

    def test_an_order_can_be_fetched_anew_and_a_strange_one_is_none(self):
        self.server.add(open1688.order(8))
        self.assertEqual(self.adapter.fetch("8").external_ref, "8")
        self.assertIsNone(self.adapter.fetch("9"))

    # --- receive ---

    def receive(self, told, **fields):
        return self.adapter.receive(*open1688.delivery(told, **fields))

    def test_messages_become_kinds(self):
        for name, kind in (
            ("ORDER_PAY", "order"),
            ("ORDER_ORDER_PRICE_MODIFY", "change"),
            ("ORDER_ORDER_BUYER_CLOSE", "cancel"),
            ("ORDER_ANNOUNCE_SENDGOODS", "shipped"),
            ("ORDER_ORDER_BUYER_REFUND_IN_SALES", "return"),
        ):
            (found,) = self.receive(open1688.message(name, NUMBER, 7))
            self.assertEqual(
                (found.kind, found.external_ref), (kind, str(NUMBER)), name
            )
            self.assertEqual(found.event_id, "7")
        done = open1688.message(
            "ORDER_ORDER_REFUND_AFTER_SALES", 5, refundStatus="refundsuccess"
        )
        del done["data"]["currentStatus"]
        self.assertEqual(self.receive(done)[0].kind, "refund")
        self.assertEqual(self.receive(open1688.message("ORDER_RATE", 5)), [])
        self.assertEqual(self.receive({"hello": 1}), [])

    def test_what_the_shop_buys_itself_is_no_order(self):
        told = open1688.message("ORDER_BUYER_VIEW_ORDER_PAY", 5)
        self.assertEqual(self.receive(told), [])

    def test_a_forwarders_messages_are_read_and_count_in_fen(self):
        (paid,) = self.receive(open1688.forwarded("ORDER_PAY_SUCCESS", 5))
        self.assertEqual(paid.kind, "order")
        (changed,) = self.receive(
            open1688.forwarded("ORDER_BUYER_VIEW_ORDER_PRICE_MODIFY", 5)
        )
        self.assertEqual(changed.kind, "change")
        (closed,) = self.receive(
            open1688.forwarded(
                "ORDER_CANCEL", 5, closeReason="buyer_cancel", refundAmount=9550
            )
        )
        event = self.event(closed)
        self.assertEqual(event["reason"], "buyer_cancel")
        self.assertEqual((event["amount"], event["currency"]), ("95.5", "CNY"))

    def test_repeated_and_mixed_up_deliveries_keep_their_numbers(self):
        told = [open1688.message("ORDER_PAY", n, n) for n in range(1, 6)]
        found = self.receive(out_of_order(twice(told)))
        self.assertEqual(len(found), 10)
        self.assertEqual({m.event_id for m in found}, {str(n) for n in range(1, 6)})

    def test_a_notice_is_read_as_the_order_it_names(self):
        self.server.add(open1688.order(NUMBER))
        (found,) = self.receive(open1688.message("ORDER_PAY", NUMBER))
        person = self.understood(found)["nativeLogistics"]["contactPerson"]
        self.assertEqual(person, "王建国")
        (unknown,) = self.receive(open1688.message("ORDER_PAY", 9))
        with self.assertRaises(ReadError) as caught:
            self.understood(unknown)
        self.assertEqual(caught.exception.code, "gone")

    def test_an_event_is_read_without_asking_the_platform(self):
        (found,) = self.receive(open1688.message("ORDER_ORDER_BUYER_CLOSE", NUMBER))
        event = self.event(found)
        self.assertEqual(event["external_ref"], str(NUMBER))
        self.assertEqual(event["at"], "2026-03-15T08:00:00.000+00:00")
        self.assertEqual(self.server.calls, [])

    def test_deliveries_that_prove_nothing_are_refused(self):
        headers, raw, query = open1688.delivery(open1688.message("ORDER_PAY", 1))
        for body in (
            raw + b"0",
            raw.replace(b"ORDER_PAY", b"ORDER_XAY"),
            b"message=1",
            b"",
            b"%ff=%ff",
        ):
            with self.assertRaises(SignatureError):
                self.adapter.receive(headers, body, query)
        with self.assertRaises(SignatureError):
            self.make(app_secret="").receive(headers, raw, query)

    def test_a_signed_delivery_without_sense_is_a_read_error(self):
        row = open1688.message("ORDER_PAY", 1)
        wrong = ("text", [5], {**row, "data": 5}, {**row, "data": {}, "bizKey": ""})
        for told in wrong:
            with self.assertRaises(ReadError):
                self.receive(told)

    # --- read ---

    def document(self, order):
        raw = json.dumps({"result": order}).encode()
        return self.adapter.read(raw, "application/json", "order")

    def test_closed_lines_are_not_shipped(self):
        order = open1688.order(7)
        gone = {**order["productItems"][0], "status": "cancel", "subItemIDString": "x"}
        order["productItems"].append(gone)
        document = self.document(order)
        self.assertEqual([r["_ref"] for r in document["productItems"]], ["71"])
        self.assertEqual([r["_ref"] for r in document["_closed_items"]], ["x"])

    def test_a_line_without_amount_falls_back_to_price_times_pieces(self):
        order = open1688.order(7)
        order["productItems"] = [
            {"price": 0.1, "quantity": 3, "productID": 570959966604}
        ]
        (line,) = self.document(order)["productItems"]
        self.assertEqual(
            (line["_amount"], line["_sku"], line["_ref"]), ("0.3", "570959966604", "1")
        )

    def test_what_is_no_order_is_said_to_be_none(self):
        for tree, code in (
            ({"errorCode": "401", "errorMessage": "x"}, "platform_error"),
            ({"result": []}, "several_orders"),
            ([], "several_orders"),
            ({"shop": 1}, "not_an_order"),
            ({"baseInfo": {}}, "missing"),
            ({"baseInfo": {"idOfStr": "1"}}, "missing"),
            ({"baseInfo": 5}, "not_an_object"),
        ):
            with self.assertRaises(ReadError) as caught:
                self.adapter.read(json.dumps(tree).encode(), "", "order")
            self.assertEqual(caught.exception.code, code, tree)

    def test_the_list_for_reconciliation_has_money_and_states(self):
        self.server.add(
            open1688.order(1, self.server.now - HOUR),
            open1688.order(2, self.server.now - HOUR, "cancel"),
            open1688.order(3, self.server.now - HOUR, "waitbuyerpay", payTime=""),
        )
        rows = list(self.adapter.list_orders(self.server.now - DAY, self.server.now))
        found = {row.external_ref: (row.amount, row.is_cancelled) for row in rows}
        self.assertEqual(found, {"1": (905.5, False), "2": (905.5, True)})
        self.assertEqual(rows[0].at, self.server.now - 3 * HOUR)

    def test_what_the_gateway_says_in_a_refusal_is_heard(self):
        with self.assertRaises(AuthenticationFailed):
            self.make(app_secret="another").fetch("1")
        with self.assertRaises(AuthenticationFailed) as caught:
            self.make(access_token="old").fetch("1")
        self.assertIn("user authorized", str(caught.exception))
        self.server.limited()
        with self.assertRaises(Throttled):
            self.adapter.fetch("1")
