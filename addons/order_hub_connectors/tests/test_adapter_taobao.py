import json
from datetime import timedelta

from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.order_hub.tests.properties import given

from ..adapters.base import (
    AuthenticationFailed,
    ChannelDown,
    ReadError,
    Refused,
    SignatureError,
    StatusUpdate,
    StockLevel,
    Throttled,
)
from ..adapters.taobao import signature
from ..adapters.taobao.adapter import TaobaoAdapter
from ..adapters.taobao.carriers import company_code
from ..adapters.taobao.gateway import failure
from .marketplaces import DAY, HOUR, MarketplaceCase
from .stand_ins import top
from .stand_ins.base import out_of_order, twice

words = st.text(st.characters(codec="utf-8"), max_size=8)


class TestTaobaoSignature(BaseCase):
    def test_the_documented_example_is_signed_right(self):
        params = {
            "method": "taobao.item.seller.get",
            "app_key": "12345678",
            "session": "test",
            "timestamp": "2016-01-01 12:00:00",
            "format": "json",
            "v": "2.0",
            "sign_method": "md5",
            "fields": "num_iid,title,nick,price,num",
            "num_iid": "11223344",
        }
        self.assertEqual(
            signature.sign(params, "helloworld", "md5"),
            "66987CB115214E59E6EC978214934FB8",
        )

    @given(
        st.dictionaries(words, words),
        st.sampled_from(signature.METHODS),
        st.binary(max_size=20),
    )
    def test_our_signature_is_the_platforms(self, params, method, body):
        ours = signature.sign(params, top.APP_SECRET, method, body)
        named = {name: value for name, value in params.items() if name}
        self.assertEqual(ours, top.top_sign(named, method, body))

    @given(st.dictionaries(words, words), words, words)
    def test_a_changed_parameter_breaks_the_signature(self, params, name, value):
        query = {**params, "timestamp": "2026-03-15 16:00:00", "sign_method": "hmac"}
        query["sign"] = signature.sign(query, "secret", "hmac")
        changed = {**query, f"x{name}": f"y{value}"}
        self.assertTrue(signature.is_signed(query, {}, b"", "secret"))
        self.assertFalse(signature.is_signed(changed, {}, b"", "secret"))
        self.assertFalse(signature.is_signed(query, {}, b"more", "secret"))
        self.assertFalse(signature.is_signed(query, {}, b"", "another"))

    def test_no_secret_and_no_known_method_is_no_signature(self):
        query = {"sign_method": "crc", "sign": ""}
        self.assertFalse(signature.is_signed(query, {}, b"", "secret"))
        self.assertFalse(signature.is_signed({"sign": ""}, {}, b"", ""))
        with self.assertRaises(ValueError):
            signature.sign({}, "secret", "crc")

    def test_headers_that_are_named_and_forms_are_signed_too(self):
        query = {"timestamp": "t", "sign_method": "md5"}
        signed = {**query, "X-Shop": "7", "a": "1"}
        query["sign"] = signature.sign(signed, "secret", "md5")
        headers = {
            "content-type": "application/x-www-form-urlencoded",
            "top-sign-list": "X-Shop",
            "x-shop": "7",
        }
        self.assertTrue(signature.is_signed(query, headers, b"a=1", "secret"))
        wrong = {**headers, "x-shop": "8"}
        self.assertFalse(signature.is_signed(query, wrong, b"a=1", "secret"))


class TestTaobaoErrors(BaseCase):
    def kind_of(self, code, sub_code="", said=""):
        return failure(
            {"code": code, "msg": "m", "sub_code": sub_code, "sub_msg": said}
        )

    def test_each_code_of_top_has_its_meaning(self):
        for code, sub_code, kind in (
            (27, "", AuthenticationFailed),
            (25, "", AuthenticationFailed),
            (7, "", Throttled),
            (15, "isp.call-limited", Throttled),
            (15, "isp.top-remote-connection-timeout", ChannelDown),
            (10, "", ChannelDown),
            (11, "isv.permission-api-package-limit", Refused),
            (15, "isv.trade-not-exist", Refused),
            (41, "isv.invalid-parameter", Refused),
            (999, "", Refused),
        ):
            self.assertIs(type(self.kind_of(code, sub_code)), kind, (code, sub_code))

    def test_a_ban_says_how_long_it_lasts(self):
        error = self.kind_of(7, said="This ban will last for 42 more seconds")
        self.assertEqual(error.retry_after, 42)
        self.assertEqual(self.kind_of(7).retry_after, 60)

    def test_an_error_of_another_form_is_an_error_too(self):
        self.assertIsInstance(failure("broken"), Refused)


class TestTaobao(MarketplaceCase):
    stand_in = top.TopStandIn
    adapter_class = TaobaoAdapter
    path = "/router/rest"
    values = {
        "app_key": top.APP_KEY,
        "app_secret": top.APP_SECRET,
        "session": top.SESSION,
    }

    # --- settings ---

    def test_the_test_names_the_shop(self):
        self.assertIn("三江汽配旗舰店", self.adapter.test())

    def test_every_signature_method_is_accepted(self):
        for method in signature.METHODS:
            self.assertTrue(self.make(sign_method=method).test())

    def test_wrong_credentials_are_said_to_be_wrong(self):
        for values in (
            {"app_secret": "another"},
            {"app_key": "87654321"},
            {"session": "old"},
        ):
            with self.assertRaises(AuthenticationFailed):
                self.make(**values).test()

    def test_an_unknown_signature_method_is_refused_by_name(self):
        with self.assertRaises(Refused) as caught:
            self.make(sign_method="crc").test()
        self.assertEqual(caught.exception.field, "sign_method")

    def test_a_session_that_ends_stops_the_pull(self):
        self.server.add(top.trade(1, self.server.now - HOUR))
        self.server.expire_token()
        with self.assertRaises(AuthenticationFailed):
            self.pull()

    # --- pull ---

    def test_a_paid_trade_comes_whole_and_once(self):
        self.server.add(top.trade(501, self.server.now - HOUR))
        (message,) = self.pull()
        self.assertEqual((message.kind, message.external_ref), ("order", "501"))
        self.assertEqual(message.version, "2026-03-15T07:00:00.000+00:00")
        document = self.read(message)
        self.assertEqual(document["buyer_message"], "麻烦用木架包装，周末送")
        self.assertEqual(document["_shipping"], "12.00")
        (line,) = document["orders"]["order"]
        self.assertEqual(
            (line["_ref"], line["_sku"], line["_amount"]),
            ("5011", "ZXJ-0123", "240.00"),
        )

    def test_unpaid_trades_are_no_orders_yet(self):
        unpaid = {"status": "WAIT_BUYER_PAY", "pay_time": ""}
        self.server.add(top.trade(1, self.server.now - HOUR, **unpaid))
        closed = {"status": "TRADE_CLOSED_BY_TAOBAO", "pay_time": ""}
        self.server.add(top.trade(2, self.server.now - HOUR, **closed))
        self.assertEqual(self.pull(), [])
        taken = self.pull(adapter=self.make(take_unpaid="yes"))
        self.assertEqual([m.kind for m in taken], ["order", "cancel"])

    def test_a_paid_trade_that_was_closed_cancels(self):
        self.server.add(top.trade(3, self.server.now - HOUR, status="TRADE_CLOSED"))
        (message,) = self.pull()
        self.assertEqual(message.kind, "cancel")
        event = self.event(message)
        self.assertEqual(event["external_ref"], "3")
        self.assertEqual(event["lines"][0]["external_ref"], "31")

    def test_many_pages_over_several_days_come_complete(self):
        numbers = range(1, 231)
        self.server.add(
            *(top.trade(n, self.server.now - n * HOUR / 3) for n in numbers)
        )
        found = {int(message.external_ref) for message in self.pull(since=4 * DAY)}
        self.assertEqual(found, set(numbers))

    def test_a_trade_changed_while_it_is_read_hides_no_other(self):
        start = self.server.now - 20 * HOUR
        self.server.add(
            *(top.trade(n, start + timedelta(minutes=n)) for n in range(1, 151))
        )

        def moves_away(call):
            self.server.trades["1"]["modified"] = top.local(self.server.now + HOUR)
            return self.server.answer(call)

        self.server.script(
            moves_away, when=lambda call: call.form().get("page_no") == "3"
        )
        found = {message.external_ref for message in self.pull()}
        self.assertLessEqual({str(n) for n in range(2, 151)}, found)

    def test_an_interrupted_pull_goes_on_where_it_stood(self):
        self.server.add(
            *(top.trade(n, self.server.now - n * 20 * HOUR) for n in (1, 2, 3))
        )
        now = self.server.now
        pages = self.adapter.pull("", now - 3 * DAY, now)
        first = []
        for page in pages:
            first += [message.external_ref for message in page.messages]
            if page.cursor > top_cursor(now - 2 * DAY):
                break
        rest = self.pull(since=3 * DAY, cursor=page.cursor)
        found = first + [message.external_ref for message in rest]
        self.assertEqual(sorted(found), ["1", "2", "3"])

    def test_a_complete_pull_leaves_no_cursor(self):
        now = self.server.now
        pages = list(self.adapter.pull("", now - 2 * DAY, now))
        self.assertEqual(pages[-1].cursor, "")

    def test_a_short_ban_is_waited_out_and_a_long_one_put_off(self):
        self.server.add(top.trade(1, self.server.now - HOUR))
        self.server.throttled(seconds=2, times=2)
        self.assertEqual(len(self.pull()), 1)
        self.assertEqual(self.clock.slept, [2, 2])
        self.server.throttled(seconds=900)
        with self.assertRaises(Throttled) as caught:
            self.pull()
        self.assertEqual(caught.exception.retry_after, 900)

    def test_an_overload_with_status_429_is_waited_for(self):
        self.server.throttle(retry_after=3)
        self.assertEqual(self.pull(), [])

    def test_a_broken_answer_is_the_platforms_fault(self):
        for body in ("<html>maintenance</html>", "[1]"):
            self.server.fail(200, body=body)
            with self.assertRaises(ChannelDown):
                self.pull()

    def test_refunds_and_returns_come_with_their_line(self):
        now = self.server.now - HOUR
        self.server.refunds = [
            top.refund(71, 501, now),
            top.refund(72, 502, now, status="WAIT_BUYER_RETURN_GOODS"),
            top.refund(73, 503, now, status="SELLER_REFUSE_BUYER"),
        ]
        paid_back, goes_back = self.pull()
        self.assertEqual((paid_back.kind, goes_back.kind), ("refund", "return"))
        event = self.event(paid_back)
        self.assertEqual(event["amount"], "120.00")
        self.assertEqual(event["reason"], "拍错了")
        self.assertEqual(event["lines"][0]["external_ref"], "5011")
        self.assertEqual(event["at"], "2026-03-15T07:00:00.000+00:00")

    # --- one order ---

    def test_a_trade_can_be_fetched_anew_and_a_strange_one_is_none(self):
        self.server.add(top.trade(8))
        self.assertEqual(self.adapter.fetch("8").external_ref, "8")
        self.assertIsNone(self.adapter.fetch("9"))

    # --- receive ---

    def test_messages_become_kinds(self):
        for topic, kind in (
            ("TradeBuyerPay", "order"),
            ("TradeModifyFee", "change"),
            ("TradeClose", "cancel"),
            ("TradeSellerShip", "shipped"),
            ("RefundCreated", "return"),
            ("RefundSuccess", "refund"),
        ):
            (found,) = self.receive(top.message(topic, 501))
            self.assertEqual((found.kind, found.external_ref), (kind, "501"), topic)
            self.assertEqual(found.event_id, "9000001")
        self.assertEqual(self.receive(top.message("TradeRated", 1)), [])
        self.assertEqual(self.receive(top.message("TradeCreate", 1)), [])
        taken = self.make(take_unpaid="yes").receive(
            *top.delivery(top.message("TradeCreate", 1))
        )
        self.assertEqual(taken[0].kind, "order")

    def receive(self, *messages, **options):
        headers, raw, query = top.delivery(*messages, **options)
        return self.adapter.receive(headers, raw, query)

    def test_repeated_and_mixed_up_deliveries_keep_their_numbers_and_versions(self):
        told = [
            {**top.message("TradeBuyerPay", n, n), "pub_time": f"2026-03-15 16:00:0{n}"}
            for n in range(1, 6)
        ]
        found = self.receive(*out_of_order(twice(told)))
        self.assertEqual(len(found), 10)
        self.assertEqual(len({message.event_id for message in found}), 5)
        by_version = sorted(found, key=lambda message: message.version)
        refs = [message.external_ref for message in by_version[::2]]
        self.assertEqual(refs, ["1", "2", "3", "4", "5"])

    def test_a_notice_is_read_as_the_trade_it_names(self):
        self.server.add(top.trade(501))
        (found,) = self.receive(top.message("TradeBuyerPay", 501))
        self.assertEqual(self.read(found)["receiver_name"], "王建国")
        (unknown,) = self.receive(top.message("TradeBuyerPay", 999))
        with self.assertRaises(ReadError) as caught:
            self.read(unknown)
        self.assertEqual(caught.exception.code, "gone")

    def test_an_event_is_read_without_asking_the_platform(self):
        (found,) = self.receive(
            top.message("RefundSuccess", 501, oid=5011, refund_fee="60.00")
        )
        event = self.event(found)
        self.assertEqual((event["amount"], event["currency"]), ("60.00", "CNY"))
        self.assertEqual(event["lines"][0]["external_ref"], "5011")
        self.assertEqual(self.server.calls, [])

    def test_deliveries_that_prove_nothing_are_refused(self):
        headers, raw, query = top.delivery(top.message("TradeBuyerPay", 501))
        for wrong in (
            (headers, raw + b" ", query),
            (headers, raw, {**query, "sign": "0" * 32}),
            (headers, raw, {**query, "sign_method": "hmac"}),
            (headers, raw, {name: query[name] for name in query if name != "sign"}),
        ):
            with self.assertRaises(SignatureError):
                self.adapter.receive(*wrong)
        with self.assertRaises(SignatureError):
            self.make(app_secret="").receive(headers, raw, query)

    def test_an_old_delivery_played_again_is_refused(self):
        for at in (self.server.now - HOUR, self.server.now + HOUR):
            with self.assertRaises(SignatureError):
                self.receive(top.message("TradeBuyerPay", 1), at=at)

    def test_a_signed_delivery_without_sense_is_a_read_error(self):
        row = top.message("TradeBuyerPay", 501)
        for wrong in (
            {**row, "content": "{"},
            {**row, "content": "[]"},
            {**row, "content": "{}"},
        ):
            with self.assertRaises(ReadError):
                self.receive(wrong)

    # --- read ---

    def document(self, **more):
        raw = json.dumps({"trade": top.trade(7, **more)}).encode()
        return self.adapter.read(raw, "application/json", "order")

    def test_closed_lines_are_not_shipped(self):
        rows = [
            top.sub_order(71, "A"),
            top.sub_order(72, "B", status="TRADE_CLOSED"),
        ]
        document = self.document(orders={"order": rows})
        self.assertEqual([r["_ref"] for r in document["orders"]["order"]], ["71"])
        self.assertEqual([r["_ref"] for r in document["_closed_orders"]], ["72"])

    def test_a_line_without_its_share_falls_back_to_price_times_pieces(self):
        row = {"oid": 1, "num": 3, "price": "9.90", "num_iid": 5}
        (line,) = self.document(orders={"order": row})["orders"]["order"]
        self.assertEqual((line["_amount"], line["_sku"]), ("29.70", "5"))

    def amounts(self, payment, *rows):
        document = self.document(payment=payment, orders={"order": list(rows)})
        return [line["_amount"] for line in document["orders"]["order"]]

    def test_postage_is_in_no_line_of_a_trade_with_one_line(self):
        row = top.sub_order(71, "A", 2, divide_order_fee="252.00", payment="252.00")
        row["total_fee"] = "240.00"
        self.assertEqual(self.amounts("252.00", row), ["240.00"])

    def test_the_figure_that_adds_up_is_taken(self):
        rows = [
            {"oid": 1, "num": 1, "payment": "100.00", "divide_order_fee": "90.00"},
            {"oid": 2, "num": 1, "payment": "50.00", "divide_order_fee": "45.00"},
        ]
        self.assertEqual(self.amounts("147.00", *rows), ["90.00", "45.00"])
        self.assertEqual(self.amounts("162.00", *rows), ["100.00", "50.00"])
        self.assertEqual(self.amounts("999.00", *rows), ["90.00", "45.00"])
        off = [
            {"oid": 1, "num": 1, "total_fee": "100.00", "part_mjz_discount": "10.00"},
            {"oid": 2, "num": 1, "total_fee": "50.00", "part_mjz_discount": "5.00"},
        ]
        self.assertEqual(self.amounts("147.00", *off), ["90.00", "45.00"])

    def test_json_and_xml_read_alike(self):
        xml = (
            "<trade_fullinfo_get_response><trade><tid>7</tid><post_fee>12.00</post_fee>"
            "<orders list='true'><order><oid>71</oid><num>2</num>"
            "<payment>240.00</payment><outer_iid>ZXJ</outer_iid></order></orders>"
            "</trade></trade_fullinfo_get_response>"
        )
        document = self.adapter.read(xml.encode(), "text/xml", "order")
        self.assertEqual(document["_ref"], "7")
        self.assertEqual(document["orders"]["order"][0]["_sku"], "ZXJ")

    def test_what_is_no_trade_is_said_to_be_none(self):
        for raw, code in (
            (b'{"error_response": {"code": 27}}', "platform_error"),
            (b'{"trades": {"trade": []}}', "several_orders"),
            (b'{"shop": 1}', "not_an_order"),
            (b'{"trade": {"status": "X"}}', "missing"),
            (b'{"trade": {"tid": 1}}', "missing"),
            (b'{"trade": {"tid": 1, "orders": {"order": [5]}}}', "not_an_object"),
            (b'{"trade": [1]}', "not_an_object"),
        ):
            with self.assertRaises(ReadError) as caught:
                self.adapter.read(raw, "application/json", "order")
            self.assertEqual(caught.exception.code, code, raw)

    def test_an_amount_that_is_none_names_its_field(self):
        row = top.sub_order(71, "A", divide_order_fee="twelve")
        with self.assertRaises(ReadError) as caught:
            self.document(orders={"order": [row]})
        self.assertEqual(caught.exception.field, "orders.order[0].divide_order_fee")

    # --- outward ---

    def update(self, **more):
        given_values = {
            "external_ref": "501",
            "status": "WAIT_BUYER_CONFIRM_GOODS",
            "tracking": "SF1234567890",
            "carrier": "顺丰速运",
        }
        return StatusUpdate(**{**given_values, **more})

    def test_a_shipment_is_told_with_its_carrier(self):
        said = self.adapter.send_status(self.update())
        self.assertIn("SF1234567890", said)
        (sent,) = self.server.sent
        self.assertEqual((sent["tid"], sent["company_code"]), ("501", "SF"))
        self.assertNotIn("sub_tid", sent)

    def test_a_part_and_the_part_after_it_name_their_lines(self):
        self.server.add(top.trade(501))
        lines = ({"external_ref": "5011", "quantity": 1},)
        self.adapter.send_status(self.update(lines=lines, is_partial=True))
        self.server.add(top.trade(501, status="SELLER_CONSIGNED_PART"))
        self.adapter.send_status(self.update(lines=lines))
        for sent in self.server.sent:
            self.assertEqual((sent["is_split"], sent["sub_tid"]), ("1", "5011"))

    def test_a_trade_sent_whole_is_not_split(self):
        self.server.add(top.trade(501))
        lines = ({"external_ref": "5011", "quantity": 2},)
        self.adapter.send_status(self.update(lines=lines))
        self.assertNotIn("is_split", self.server.sent[0])

    def test_telling_twice_is_no_failure(self):
        self.adapter.send_status(self.update())
        self.assertIn("already", self.adapter.send_status(self.update()))
        self.assertEqual(len(self.server.sent), 1)

    def test_what_taobao_does_not_take_is_kept_here(self):
        self.adapter.send_status(self.update(status="WAIT_SELLER_SEND_GOODS"))
        self.assertEqual(self.server.calls, [])
        with self.assertRaises(Refused):
            self.adapter.send_status(self.update(tracking=""))

    def test_stock_goes_out_and_each_failure_is_told_by_its_code(self):
        told = self.adapter.send_stock(
            [
                StockLevel("A", 7.9, {"num_iid": "680", "sku_id": "33"}),
                StockLevel("B", -2, {"num_iid": "681"}),
                StockLevel("C", 5),
                StockLevel("D", 5, {"num_iid": "0"}),
            ]
        )
        self.assertEqual((told["A"], told["B"]), ("", ""))
        self.assertEqual(self.server.stock, {"680/33": "7", "681/": "0"})
        self.assertIn("num_iid", told["C"])
        self.assertIn("商品已删除", told["D"])

    def test_the_list_for_reconciliation_has_money_and_states(self):
        self.server.add(
            top.trade(1, self.server.now - HOUR),
            top.trade(2, self.server.now - HOUR, status="TRADE_CLOSED"),
            top.trade(3, self.server.now - HOUR, status="WAIT_BUYER_PAY", pay_time=""),
        )
        rows = list(self.adapter.list_orders(self.server.now - DAY, self.server.now))
        found = {row.external_ref: (row.amount, row.is_cancelled) for row in rows}
        self.assertEqual(found, {"1": (252.0, False), "2": (252.0, True)})
        self.assertEqual(rows[0].at, self.server.now - 3 * HOUR)

    def test_no_secret_goes_over_the_wire_or_into_words(self):
        self.adapter.test()
        sent = b"".join(call.body for call in self.server.calls)
        self.assertNotIn(top.APP_SECRET.encode(), sent)
        self.server.fail(500, times=9, body=top.SESSION)
        with self.assertRaises(ChannelDown) as caught:
            self.adapter.test()
        self.assertNotIn(top.SESSION, str(caught.exception))


class TestTaobaoCarriers(BaseCase):
    def test_carriers_are_known_by_what_people_write(self):
        for written, code in (
            ("顺丰速运", "SF"),
            ("中通快递", "ZTO"),
            ("yto", "YTO"),
            ("", "OTHER"),
            ("Deppon", "DBKD"),
            ("abc", "ABC"),
        ):
            self.assertEqual(company_code(written), code)


def top_cursor(moment):
    return moment.isoformat(timespec="milliseconds")
