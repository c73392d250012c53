import json
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.order_hub.engine.web.client import Client
from odoo.addons.order_hub.tests.properties import given
from odoo.addons.order_hub.tests.stand_in import Answer, Clock, out_of_order, twice

from ..adapters.base import (
    Access,
    AuthenticationFailed,
    ChannelDown,
    ReadError,
    Refused,
    SignatureError,
    StatusUpdate,
    StockLevel,
)
from ..adapters.woocommerce.adapter import PER_PAGE, WooCommerceAdapter
from .stand_ins.woocommerce import (
    HUSH,
    KEY,
    SECRET,
    START,
    WooCommerceStandIn,
    line,
    order,
    refund,
    sign,
    stamp,
)

SAMPLES = Path(__file__).resolve().parents[4] / "shared/samples/d_woocommerce"
SINCE, UNTIL = START - timedelta(hours=12), START + timedelta(hours=36)


def adapter(shop=None, **values):
    """A WooCommerce adapter that talks to a stand-in."""
    clock = Clock()
    settings = {
        "consumer_key": KEY,
        "consumer_secret": SECRET,
        "webhook_secret": HUSH,
        **values,
    }
    client = Client(sleep=clock.sleep, allow_private=True, jitter=lambda: 0.5)
    url = shop.url if shop and shop.server else "https://shop.example"
    return WooCommerceAdapter(Access(url, settings, lambda: START, client))


def pulled(shop, since=SINCE, until=UNTIL, cursor="", **values):
    pages = adapter(shop, **values).pull(cursor, since, until)
    return [message for page in pages for message in page.messages]


def numbers(messages, kind="order"):
    return sorted(int(m.external_ref) for m in messages if m.kind == kind)


def document(payload):
    return adapter().read(json.dumps(payload).encode(), "application/json", "order")


class WooCommerceCase(BaseCase):
    def shop(self, *orders, **options):
        return self.enterContext(WooCommerceStandIn(orders, **options))


class TestReceiving(WooCommerceCase):
    def setUp(self):
        super().setUp()
        self.stand_in = WooCommerceStandIn()
        self.adapter = adapter()

    def received(self, topic="order.created", body=None, **options):
        body = order(1) if body is None else body
        return self.adapter.receive(*self.stand_in.delivery(topic, body, **options), {})

    def test_a_new_order_is_one_message(self):
        messages = self.received()
        self.assertEqual([m.kind for m in messages], ["order"])
        self.assertEqual(messages[0].external_ref, "1")
        self.assertEqual(messages[0].version, "2026-03-15T08:01:00.000+00:00")

    def test_a_changed_order_says_everything_that_happened(self):
        body = order(
            1,
            status="completed",
            refunds=[{"id": 9, "reason": "scratched", "total": "-160.00"}],
        )
        messages = self.received("order.updated", body)
        self.assertEqual(
            [(m.kind, m.event_id) for m in messages][1:],
            [
                ("paid", "paid:1:345.000"),
                ("shipped", "shipped:1"),
                ("refund", "refund:9"),
            ],
        )

    def test_an_order_that_ended_is_a_cancellation(self):
        for status in ("cancelled", "failed", "trash"):
            messages = self.received("order.updated", order(1, status=status))
            self.assertEqual(
                [(m.kind, m.event_id) for m in messages], [("cancel", "cancel:1")]
            )
        deleted = self.received("order.deleted", {"id": 1})
        self.assertEqual(deleted[0].event_id, "cancel:1")

    def test_a_checkout_that_nobody_paid_is_no_order_yet(self):
        for status in ("pending", "checkout-draft", "wc-pending"):
            self.assertEqual(self.received(body=order(1, status=status)), [])
        self.adapter = adapter(skip_statuses="on-hold")
        self.assertEqual(len(self.received(body=order(1, status="pending"))), 1)

    def test_a_wrong_signature_is_refused(self):
        headers, raw = self.stand_in.delivery("order.created", order(1))
        for at in range(0, len(raw), 53):
            changed = raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]
            with self.assertRaises(SignatureError):
                self.adapter.receive(headers, changed, {})
        for wrong in ("", "ünïcode", sign(b"other")):
            with self.assertRaises(SignatureError):
                self.received(**{"x-wc-webhook-signature": wrong})
        headers.pop("x-wc-webhook-signature")
        with self.assertRaises(SignatureError):
            self.adapter.receive(headers, raw, {})

    def test_without_a_secret_nothing_is_let_in(self):
        self.adapter = adapter(webhook_secret="")
        with self.assertRaises(SignatureError):
            self.received()

    def test_the_first_ping_of_a_webhook_is_answered_and_brings_nothing(self):
        form = {"content-type": "application/x-www-form-urlencoded"}
        self.assertEqual(self.adapter.receive(form, b"webhook_id=7", {}), [])
        self.assertEqual(self.adapter.receive(form, b"", {}), [])
        for raw in (b"webhook_id=7&order=1", b'{"id": 1}', b"webhook_id=x"):
            with self.assertRaises(SignatureError):
                self.adapter.receive(form, raw, {})

    def test_two_orders_of_one_second_are_two_although_deliveries_share_a_number(self):
        names = {self.received(body=order(n))[0].event_id for n in (1, 2)}
        self.assertEqual(len(names), 2)

    def test_a_delivery_that_comes_again_has_the_same_name(self):
        deliveries = [
            self.stand_in.delivery("order.created", order(n), str(n))
            for n in range(1, 5)
        ]
        names = [
            self.adapter.receive(headers, raw, {})[0].event_id
            for headers, raw in out_of_order(twice(deliveries))
        ]
        self.assertEqual(len(set(names)), 4)

    def test_a_topic_that_means_nothing_here_brings_nothing(self):
        self.assertEqual(self.received("product.updated", {"id": 1}), [])

    def test_signed_but_not_readable_is_told_apart(self):
        for raw in (b"<xml/>", b"\xff{", b"[]", b"{}", b'{"id": 0}'):
            headers = {
                "x-wc-webhook-signature": sign(raw),
                "x-wc-webhook-topic": "order.updated",
            }
            with self.assertRaises(ReadError):
                self.adapter.receive(headers, raw, {})

    @given(st.binary(max_size=200), st.text(max_size=60))
    def test_nothing_unsigned_ever_brings_something(self, raw, signature):
        headers = {
            "x-wc-webhook-signature": signature,
            "x-wc-webhook-topic": "order.created",
        }
        with self.assertRaises(SignatureError):
            self.adapter.receive(headers, raw, {})


class TestDocument(WooCommerceCase):
    def test_numbers_and_texts_mean_the_same(self):
        texts = document(order(1))
        other = json.loads(json.dumps(order(1)))
        other.update(id="1", total=345.0, shipping_total=25, customer_id="31")
        other["line_items"][0].update(id="11", sku=123, quantity="2", total=320.0)
        found = document(other)
        self.assertEqual(found["id"], texts["id"])
        self.assertEqual(Decimal(found["total"]), Decimal(texts["total"]))
        self.assertEqual(found["line_items"][0]["sku"], "123")
        self.assertEqual(found["line_items"][0]["quantity"], 2)

    def test_an_order_wrapped_by_a_tunnel_is_unwrapped(self):
        self.assertEqual(document({"data": order(1)})["id"], "1")

    def test_moments_are_in_utc_and_say_so(self):
        self.assertEqual(
            document(order(1))["date_created_gmt"], "2026-03-15T08:01:00.000+00:00"
        )
        old = {**order(1), "date_created_gmt": None}
        self.assertTrue(document(old)["date_created_gmt"].startswith("2026-03-15T16"))
        nothing = {**old, "date_created": None}
        self.assertIsNone(document(nothing)["date_created_gmt"])

    def test_html_does_not_get_into_an_address(self):
        self.assertEqual(document(order(1))["billing"]["address_2"], "Yard O’Neil")

    def test_a_line_of_a_bundle_names_the_line_it_belongs_to(self):
        cart = [
            {"key": "_bundle_cart_key", "value": "abc"},
            {"key": "other", "value": {"nested": 1}},
        ]
        lines = [
            line(1, "AXLE-SET", meta_data=cart),
            line(2, meta_data=[{"key": "_bundled_by", "value": "abc"}]),
            line(3, "SCP-280", bundled_by=1),
            line(4, "LED-H7", bundled_by="", composite_parent="0"),
        ]
        found = document(order(1, lines))["line_items"]
        self.assertEqual([row["bundled_by"] for row in found], ["", "1", "1", ""])

    def test_what_is_no_order_is_told_so_with_the_field(self):
        cases = {
            "{}": "id",
            '{"id": 7}': "line_items",
            '{"id": 7, "line_items": [5]}': "line_items[0]",
            '{"id": 7, "line_items": [{"quantity": "two"}]}': "line_items[0].quantity",
            '{"id": 7, "line_items": [], "total": "1,5"}': "total",
        }
        for raw, field in cases.items():
            with self.subTest(raw=raw), self.assertRaises(ReadError) as caught:
                adapter().read(raw.encode(), "", "order")
            self.assertEqual(caught.exception.field, field)

    @given(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=8),
            lambda inner: (
                st.lists(inner, max_size=4)
                | st.dictionaries(
                    st.sampled_from(
                        "id order_id line_items quantity total data refunds billing "
                        "meta_data date_paid status bundled_by key value".split()
                    ),
                    inner,
                    max_size=5,
                )
            ),
            max_leaves=25,
        ),
        st.sampled_from(["order", "cancel", "paid", "refund", "shipped"]),
    )
    def test_whatever_is_sent_is_read_or_refused_with_a_reason(self, tree, kind):
        reader = adapter()
        try:
            found = reader.read(json.dumps(tree).encode(), "", kind)
            if kind != "order":
                reader.read_event(kind, found)
        except ReadError as error:
            self.assertTrue(str(error))

    def test_events_say_what_the_hub_wants_to_know(self):
        reader = adapter()
        raw = json.dumps(order(1, status="cancelled")).encode()
        event = reader.read_event("cancel", reader.read(raw, "", "cancel"))
        self.assertEqual((event["external_ref"], event["reason"]), ("1", "cancelled"))
        event = reader.read_event("paid", reader.read(raw, "", "paid"))
        self.assertEqual((event["amount"], event["currency"]), ("345.00", "CNY"))
        deleted = reader.read(b'{"id": 1}', "", "cancel")
        self.assertEqual(reader.read_event("cancel", deleted)["reason"], "deleted")


class TestPull(WooCommerceCase):
    def test_every_order_of_the_window_comes_once(self):
        shop = self.shop(*[order(n) for n in range(1, 131)])
        self.assertEqual(numbers(pulled(shop)), list(range(1, 131)))

    def test_orders_before_and_after_the_window_stay_out(self):
        shop = self.shop(
            order(1, modified=SINCE - timedelta(seconds=1)),
            order(2, modified=SINCE),
            order(3, modified=UNTIL),
            order(4, modified=UNTIL + timedelta(seconds=1)),
        )
        self.assertEqual(numbers(pulled(shop)), [2, 3])

    @given(st.lists(st.lists(st.integers(1, 160), max_size=40), max_size=6))
    def test_nothing_is_missed_while_orders_change_between_pages(self, changes):
        """Orders change after each page: with numbered pages others would slip by."""
        shop = WooCommerceStandIn(
            [order(n, modified=START) for n in range(1, 2 * PER_PAGE + 31)]
        )
        later = UNTIL + timedelta(minutes=5)

        def change():
            for number in changes.pop(0) if changes else ():
                if number in shop.orders:
                    shop.orders[number]["date_modified_gmt"] = stamp(later)

        shop.on_page = change
        with shop:
            seen = numbers(pulled(shop))
            shop.on_page = None
            again = numbers(pulled(shop, UNTIL, later))
        self.assertEqual(len(seen), len(set(seen)))
        self.assertEqual(set(seen) | set(again), set(shop.orders))

    def test_a_pull_that_was_cut_off_goes_on_near_where_it_was(self):
        days = [order(n, modified=SINCE + timedelta(hours=n)) for n in range(1, 48)]
        shop = self.shop(*days)
        pages = adapter(shop).pull("", SINCE, UNTIL)
        seen, cursor = [], ""
        for page in pages:
            seen += page.messages
            cursor = page.cursor
            if cursor > stamp(SINCE + timedelta(hours=20)):
                break
        rest = pulled(shop, cursor=cursor)
        self.assertLess(len(numbers(rest)), 40)
        self.assertEqual(set(numbers(seen)) | set(numbers(rest)), set(range(1, 48)))

    def test_the_last_page_leaves_no_cursor(self):
        shop = self.shop(order(1))
        pages = list(adapter(shop).pull("", SINCE, UNTIL))
        self.assertEqual(pages[-1].cursor, "")

    def test_refunds_come_with_their_lines(self):
        shop = self.shop(order(1, refunds=[{"id": 9, "total": "-160.00"}]))
        shop.full_refunds[1] = [refund(9, 11)]
        message = next(m for m in pulled(shop) if m.kind == "refund")
        reader = adapter()
        event = reader.read_event("refund", reader.read(message.raw, "", "refund"))
        self.assertEqual(message.event_id, "refund:9")
        self.assertEqual(
            (event["external_ref"], event["amount"], event["currency"]),
            ("1", "160.00", "CNY"),
        )
        self.assertEqual(
            event["lines"],
            [
                {
                    "external_ref": "11",
                    "sku": "ZXJ-0123",
                    "quantity": 1.0,
                    "amount": "160.00",
                }
            ],
        )

    def test_webhook_and_pull_know_an_event_by_one_name(self):
        body = order(1, status="completed", refunds=[{"id": 9, "total": "-1.00"}])
        shop = self.shop(body)
        shop.full_refunds[1] = [refund(9, 11, "1.00")]
        headers, raw = shop.delivery("order.updated", body)
        one = {m.event_id for m in adapter().receive(headers, raw, {})[1:]}
        other = {m.event_id for m in pulled(shop) if m.kind != "order"}
        self.assertEqual(one, other)

    def test_faults_of_the_line_do_not_lose_an_order(self):
        shop = self.shop(*[order(n) for n in range(1, 81)])
        shop.fail(500)
        shop.throttle(retry_after=2)
        shop.drop()
        self.assertEqual(len(numbers(pulled(shop))), 80)

    def test_a_shop_that_hides_how_many_orders_it_has_is_not_believed(self):
        shop = self.shop(order(1))
        shop.script(Answer([]))
        with self.assertRaisesRegex(ChannelDown, "how many"):
            pulled(shop)

    def test_a_key_that_is_no_longer_valid_says_so_and_is_not_shown(self):
        shop = self.shop(order(1))
        shop.expire_token()
        with self.assertRaises(AuthenticationFailed) as caught:
            pulled(shop)
        for word in (KEY, SECRET):
            self.assertNotIn(word, str(caught.exception))

    def test_a_key_travels_over_https_only(self):
        access = Access(
            "http://shop.example",
            {"consumer_key": KEY, "consumer_secret": SECRET},
            lambda: START,
            Client(),
        )
        with self.assertRaisesRegex(Refused, "https"):
            WooCommerceAdapter(access).test()

    def test_one_order_is_fetched_anew(self):
        shop = self.shop(order(1), order(2, status="cancelled"))
        self.assertEqual(adapter(shop).fetch("1").kind, "order")
        self.assertEqual(adapter(shop).fetch("2").kind, "cancel")
        self.assertIsNone(adapter(shop).fetch("3"))
        with self.assertRaises(ReadError):
            adapter(shop).fetch("../../users/1")

    def test_orders_are_listed_with_their_totals(self):
        shop = self.shop(
            *[order(n) for n in range(1, 71)],
            order(71, status="cancelled"),
            order(72, status="pending"),
        )
        rows = list(adapter(shop).list_orders(SINCE, UNTIL))
        self.assertEqual(len({row.external_ref for row in rows}), len(rows))
        self.assertEqual(len(rows), 71)
        self.assertEqual((rows[0].amount, rows[0].currency), (345.0, "CNY"))
        self.assertEqual([row.is_cancelled for row in rows].count(True), 1)

    def test_the_test_names_the_shop(self):
        self.assertIn("Sanjiang Parts", adapter(self.shop()).test())


class TestSending(WooCommerceCase):
    def update(self, status="completed", **more):
        return StatusUpdate("1", status, **more)

    def test_a_parcel_sets_the_status_and_leaves_a_note(self):
        shop = self.shop(order(1))
        adapter(shop).send_status(self.update(tracking="SF100", carrier="SF Express"))
        self.assertEqual(shop.orders[1]["status"], "completed")
        self.assertEqual(shop.notes[1][0]["note"], "SF Express SF100")
        self.assertTrue(shop.notes[1][0]["customer_note"])

    def test_the_same_thing_told_twice_is_done_once(self):
        shop = self.shop(order(1))
        for _time in range(2):
            adapter(shop).send_status(self.update(tracking="SF100"))
        self.assertEqual(len(shop.notes[1]), 1)
        self.assertEqual([c.method for c in shop.calls].count("PUT"), 1)

    def test_whether_the_customer_paid_is_left_to_the_shop(self):
        shop = self.shop(order(1, status="on-hold"))
        for word in ("processing", "pending", "wc-processing"):
            adapter(shop).send_status(self.update(word))
        self.assertEqual(shop.orders[1]["status"], "on-hold")

    def test_the_first_parcel_of_several_leaves_the_status_alone(self):
        shop = self.shop(order(1, status="processing"))
        update = self.update(tracking="SF100", carrier="SF", is_partial=True)
        self.assertIn("more follows", adapter(shop).send_status(update))
        self.assertEqual(shop.orders[1]["status"], "processing")
        self.assertIn("SF100", shop.notes[1][0]["note"])

    def test_a_status_of_the_shops_own_is_set(self):
        shop = self.shop(order(1))
        adapter(shop).send_status(self.update("in-production"))
        self.assertEqual(shop.orders[1]["status"], "in-production")

    def test_an_order_that_the_shop_does_not_know_is_refused(self):
        with self.assertRaises(Refused):
            adapter(self.shop()).send_status(self.update())

    def test_stock_goes_to_products_and_to_variations(self):
        shop = self.shop()
        levels = [
            StockLevel("ZXJ-0123", 7.9),
            StockLevel("LED-H7", 3),
            StockLevel("NEW-1", 1),
            StockLevel("BAD", 1, {"product_id": "999"}),
        ]
        told = adapter(shop).send_stock(levels)
        self.assertEqual(shop.levels, {51: 7, 62: 3})
        self.assertEqual((told["ZXJ-0123"], told["LED-H7"]), ("", ""))
        self.assertTrue(told["NEW-1"] and told["BAD"])

    def test_much_stock_goes_in_batches_of_100(self):
        shop = self.shop()
        shop.products = {
            f"S-{n}": {"id": n, "parent_id": 0, "type": "simple"} for n in range(1, 251)
        }
        told = adapter(shop).send_stock([StockLevel(s, 1) for s in shop.products])
        self.assertEqual(set(told.values()), {""})
        self.assertEqual(len(shop.levels), 250)

    def test_stock_never_goes_below_nothing(self):
        shop = self.shop()
        adapter(shop).send_stock([StockLevel("ZXJ-0123", -4)])
        self.assertEqual(shop.levels, {51: 0})


class TestSamples(BaseCase):
    """Every file of others that is at hand, however odd."""

    def setUp(self):
        super().setUp()
        if not SAMPLES.is_dir():
            self.skipTest("the samples of others are not here")

    def orders(self, tree):
        if isinstance(tree, dict):
            if "line_items" in tree and "billing" in tree:
                yield tree
            for row in tree.values():
                yield from self.orders(row)
        elif isinstance(tree, list):
            for row in tree:
                yield from self.orders(row)

    def test_every_sample_is_read(self):
        count = 0
        for path in sorted(SAMPLES.glob("*.json")):
            for payload in self.orders(json.loads(path.read_text())):
                with self.subTest(path=path.name):
                    found = document(payload)
                    self.assertTrue(found["id"])
                    count += 1
        self.assertGreater(count, 10)

    def test_everything_else_in_the_samples_is_refused_with_a_reason(self):
        for path in sorted(SAMPLES.glob("*.json")):
            for kind in ("order", "cancel", "paid", "refund", "shipped"):
                try:
                    found = adapter().read(path.read_bytes(), "", kind)
                    if kind != "order":
                        adapter().read_event(kind, found)
                except ReadError as error:
                    self.assertTrue(str(error))

    def test_a_bundle_of_a_real_shop_is_seen(self):
        path = SAMPLES / "order-with-bundled-line-items.json"
        found = adapter().read(path.read_bytes(), "", "order")
        self.assertEqual(found["line_items"][1]["bundled_by"], "752")
