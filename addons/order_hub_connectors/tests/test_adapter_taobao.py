import json
from datetime import timedelta

from odoo.addons.order_hub.tests.stand_in import out_of_order, twice

from ..adapters.base import (
    AuthenticationFailed,
    ChannelDown,
    ReadError,
    Refused,
    SignatureError,
    Throttled,
)
from ..adapters.taobao import signature
from .marketplaces import DAY, HOUR
from .stand_ins import top
from .taobao import TaobaoCase


class TestTaobao(TaobaoCase):
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
        document = self.understood(message)
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
        self.assertEqual(self.understood(found)["receiver_name"], "王建国")
        (unknown,) = self.receive(top.message("TradeBuyerPay", 999))
        with self.assertRaises(ReadError) as caught:
            self.understood(unknown)
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


def top_cursor(moment):
    return moment.isoformat(timespec="milliseconds")
