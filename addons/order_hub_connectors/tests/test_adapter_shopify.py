import json
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.order_hub.tests.properties import given

from ..adapters.base import (
    Access,
    AdapterError,
    AuthenticationFailed,
    ChannelDown,
    ReadError,
    Refused,
    SignatureError,
    StatusUpdate,
    StockLevel,
    Throttled,
)
from ..adapters.client import Client
from ..adapters.shopify.adapter import ShopifyAdapter
from ..adapters.shopify.document import order_document
from ..adapters.shopify.nodes import gid_of, number_of
from .stand_ins.base import Clock, out_of_order, twice
from .stand_ins.shopify import DOMAIN, SECRET, ShopifyStandIn
from .stand_ins.shopify_orders import (
    START,
    line,
    order,
    refund_body,
    return_body,
    webhook_body,
)

SAMPLES = Path(__file__).resolve().parents[4] / "shared/samples/a_shopify"
SINCE, UNTIL = START - timedelta(days=1), START + timedelta(days=1)
#: Keys that a field mapping may rely on, whichever road an order took.
ORDER_KEYS = (
    "id admin_graphql_api_id name email phone note po_number tags currency "
    "presentment_currency financial_status fulfillment_status taxes_included "
    "note_attributes customer billing_address shipping_address status cancel_reason"
).split()
ORDER_AMOUNTS = (
    "total_price current_total_price total_outstanding total_shipping_price"
).split()
LINE_KEYS = (
    "id admin_graphql_api_id sku name title variant_title quantity current_quantity "
    "variant_id product_id properties line_item_group"
).split()


def adapter(shop=None, clock=None, **values):
    """A Shopify adapter that talks to a stand-in."""
    clock = clock or Clock()
    settings = {
        "shop_domain": DOMAIN,
        "access_token": "tok-of-the-test",
        "webhook_secret": SECRET,
        **values,
    }
    client = Client(sleep=clock.sleep, allow_private=True, jitter=lambda: 0.5)
    url = shop.url if shop and shop.server else ""
    return ShopifyAdapter(Access(url, settings, lambda: START, client))


def pulled(shop, **values):
    return [
        message
        for page in adapter(shop, **values).pull("", SINCE, UNTIL)
        for message in page.messages
    ]


def bundle(number=5, quantity=2):
    return {
        "id": number,
        "title": "Front axle set",
        "quantity": quantity,
        "variant_sku": "AXLE-SET",
    }


class ShopifyCase(BaseCase):
    def shop(self, *orders, **options):
        return self.enterContext(ShopifyStandIn(orders, **options))


class TestReceiving(ShopifyCase):
    def setUp(self):
        super().setUp()
        self.stand_in = ShopifyStandIn()
        self.adapter = adapter()
        self.order = order(1)

    def delivery(self, topic="orders/create", body=None, **options):
        body = webhook_body(self.order) if body is None else body
        return self.stand_in.delivery(topic, body, **options)

    def received(self, *args, **options):
        return self.adapter.receive(*self.delivery(*args, **options), {})

    def test_a_genuine_delivery_is_taken(self):
        message = self.received()[0]
        self.assertEqual((message.kind, message.external_ref), ("order", "7000001"))
        self.assertEqual(message.version, "2026-03-15T08:01:00.000+00:00")
        self.assertEqual(message.event_id, "orders/create:event-7000001")

    def test_a_signature_made_with_another_secret_is_refused(self):
        self.adapter = adapter(webhook_secret="another")
        with self.assertRaises(SignatureError):
            self.received()

    def test_one_changed_byte_is_refused_wherever_it_is(self):
        headers, raw = self.delivery()
        for at in range(0, len(raw), 97):
            changed = raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]
            with self.assertRaises(SignatureError):
                self.adapter.receive(headers, changed, {})

    def test_without_a_signature_or_with_nonsense_it_is_refused(self):
        for wrong in ("", "=", "ünïcode", "a" * 5000):
            headers, raw = self.delivery(**{"x-shopify-hmac-sha256": wrong})
            with self.assertRaises(SignatureError):
                self.adapter.receive(headers, raw, {})
        headers.pop("x-shopify-hmac-sha256")
        with self.assertRaises(SignatureError):
            self.adapter.receive(headers, raw, {})

    def test_without_a_secret_nothing_is_let_in(self):
        self.adapter = adapter(webhook_secret="")
        headers, raw = self.delivery(**{"x-shopify-hmac-sha256": ""})
        with self.assertRaises(SignatureError):
            self.adapter.receive(headers, raw, {})

    def test_a_delivery_of_another_shop_is_refused(self):
        for domain in ("other.myshopify.com", "", f"{DOMAIN}.evil.example"):
            with self.assertRaises(SignatureError):
                self.received(**{"x-shopify-shop-domain": domain})

    def test_signed_but_not_json_is_kept_as_unreadable(self):
        self.adapter.value("webhook_secret")
        for raw in (b"<xml/>", b"", b"\xff\xfe{", b"[1]", b'{"id": NaN}'):
            headers, _raw = self.delivery()
            headers = signed(headers, raw)
            with self.assertRaises(ReadError):
                self.adapter.receive(headers, raw, {})

    def test_a_topic_that_means_nothing_here_brings_nothing(self):
        for topic in ("products/update", "app/uninstalled", ""):
            self.assertEqual(self.received(topic, body={"id": 1}), [])

    def test_each_topic_is_of_its_kind(self):
        edit = {"order_edit": {"id": 3, "order_id": 7000001}}
        cases = {
            "orders/updated": ("order", None),
            "orders/edited": ("change", edit),
            "orders/cancelled": ("cancel", None),
            "orders/delete": ("cancel", {"id": 7000001}),
            "orders/paid": ("paid", None),
            "orders/fulfilled": ("shipped", None),
            "refunds/create": ("refund", {"id": 9, "order_id": 7000001}),
            "returns/request": ("return", {"id": 4, "order": {"id": 7000001}}),
        }
        for topic, (kind, body) in cases.items():
            with self.subTest(topic=topic):
                message = self.received(topic, body)[0]
                self.assertEqual(
                    (message.kind, message.external_ref), (kind, "7000001")
                )

    def test_two_topics_of_one_action_are_not_one_delivery(self):
        names = {
            self.received(topic, event="same")[0].event_id
            for topic in ("orders/create", "orders/updated", "orders/paid")
        }
        self.assertEqual(len(names), 3)

    def test_a_delivery_that_comes_again_has_the_same_name(self):
        deliveries = [self.delivery(event=str(n)) for n in range(4)]
        names = [
            self.adapter.receive(headers, raw, {})[0].event_id
            for headers, raw in out_of_order(twice(deliveries))
        ]
        self.assertEqual(len(set(names)), 4)

    def test_no_signature_is_kept_with_the_message(self):
        message = self.received()[0]
        self.assertNotIn("x-shopify-hmac-sha256", message.headers)
        self.assertEqual(message.headers["x-shopify-topic"], "orders/create")

    @given(st.binary(max_size=200), st.text(max_size=60))
    def test_nothing_unsigned_ever_gets_in(self, raw, signature):
        headers = {
            "x-shopify-hmac-sha256": signature,
            "x-shopify-topic": "orders/create",
            "x-shopify-shop-domain": DOMAIN,
        }
        with self.assertRaises(SignatureError):
            self.adapter.receive(headers, raw, {})


def signed(headers, raw):
    import base64
    import hashlib
    import hmac

    digest = hmac.new(SECRET.encode(), raw, hashlib.sha256).digest()
    return {**headers, "x-shopify-hmac-sha256": base64.b64encode(digest).decode()}


class TestDocument(ShopifyCase):
    def both(self, row, money="shop"):
        """Return the document of one order from a webhook and from the API."""
        shop = self.shop(row)
        first = adapter(money=money).read(
            json.dumps(webhook_body(row)).encode(), "application/json", "order"
        )
        raw = adapter(shop).fetch(str(row["id"])).raw
        return first, adapter(money=money).read(raw, "application/json", "order")

    def assertAlike(self, row, money="shop"):
        one, other = self.both(row, money)
        for name in ORDER_KEYS:
            if name in ("billing_address", "shipping_address"):
                same = {k: one[name][k] for k in one[name]}
                self.assertEqual(same, {k: other[name].get(k) for k in one[name]}, name)
            elif name == "customer":
                for key in ("first_name", "last_name", "email", "phone", "id"):
                    self.assertEqual(one[name][key], other[name][key], key)
            else:
                self.assertEqual(one.get(name), other.get(name), name)
        for name in ORDER_AMOUNTS:
            self.assertEqual(Decimal(one[name]), Decimal(other[name]), name)
        self.assertEqual(len(one["line_items"]), len(other["line_items"]))
        for left, right in zip(one["line_items"], other["line_items"], strict=True):
            for name in LINE_KEYS:
                self.assertEqual(str(left.get(name)), str(right.get(name)), name)
            for name in ("price", "line_total"):
                self.assertEqual(Decimal(left[name]), Decimal(right[name]), name)
            off = [
                sum(Decimal(part["amount"]) for part in ln["discount_allocations"])
                for ln in (left, right)
            ]
            self.assertEqual(*off)

    def test_both_roads_lead_to_one_document(self):
        self.assertAlike(order(1))

    def test_both_roads_agree_about_discounts_and_bundles(self):
        lines = [
            line(1, off="20.00", group=bundle()),
            line(2, "SCP-280", 4, "185.00", "0.00", group=bundle()),
            line(3, "LED-H7", 1, "98.50", "8.50"),
        ]
        self.assertAlike(order(1, lines))

    def test_both_roads_agree_in_the_currency_of_the_customer(self):
        row = order(1, [line(1, price="160.00", off="10.00")], rate=0.5)
        one, _other = self.both(row, "presentment")
        self.assertEqual(one["currency"], "USD")
        self.assertEqual(one["line_items"][0]["price"], "80.00")
        self.assertEqual(one["line_items"][0]["line_total"], "155.00")
        self.assertAlike(row, "presentment")

    def test_the_currency_of_the_shop_is_what_counts_unless_wanted_otherwise(self):
        one, _other = self.both(order(1, rate=0.5))
        self.assertEqual((one["currency"], one["total_price"]), ("CNY", "345.00"))

    def test_lines_and_shipping_add_up_to_the_total(self):
        lines = [line(1, off="19.99"), line(2, "SCP-280", 3, "185.00", "0.01")]
        one, _other = self.both(order(1, lines))
        goods = sum(Decimal(row["line_total"]) for row in one["line_items"])
        self.assertEqual(
            goods + Decimal(one["total_shipping_price"]), Decimal(one["total_price"])
        )

    def test_a_line_taken_out_of_the_order_is_gone(self):
        lines = [line(1, current=0), line(2, "SCP-280", 3)]
        row = order(1, lines)
        one, _other = self.both(row)
        self.assertEqual([ln["sku"] for ln in one["line_items"]], ["SCP-280"])
        self.assertAlike(row)

    def test_what_was_shipped_and_came_back_stays_on_the_order(self):
        lines = [line(1, quantity=2, current=1, shipped=2)]
        row = order(1, lines, parcels=[{"id": 1, "number": "SF1"}])
        one = adapter().read(json.dumps(webhook_body(row)).encode(), "", "order")
        self.assertEqual(one["line_items"][0]["current_quantity"], 2)

    def test_a_refund_after_shipping_makes_the_order_no_smaller(self):
        row = order(1, [line(1, shipped=2)], parcels=[{"id": 1}])
        body = webhook_body(row)
        body["current_total_price"] = body["current_total_price_set"] = "185.00"
        body["line_items"][0]["current_quantity"] = 1
        found = order_document(body)
        self.assertEqual(found["current_total_price"], "345.00")
        self.assertEqual(found["line_items"][0]["line_total"], "320.00")

    def test_a_part_of_a_line_is_priced_by_its_share(self):
        lines = [line(1, quantity=3, current=2, price="100.00", off="10.00")]
        one, _other = self.both(order(1, lines))
        self.assertEqual(one["line_items"][0]["line_total"], "193.33")

    def test_what_is_open_is_told_in_the_currency_of_the_order(self):
        row = order(1, paid=False, rate=0.5)
        self.assertAlike(row, "presentment")
        body = webhook_body(row)
        body["total_outstanding"] = "69.00"
        found = order_document(body, "presentment")
        self.assertEqual(found["total_outstanding"], "34.50")

    def test_an_order_taken_out_as_a_whole_is_shown_as_it_was_ordered(self):
        one, _other = self.both(order(1, [line(1, current=0)]))
        self.assertEqual(one["line_items"][0]["current_quantity"], 2)

    def test_a_bundle_is_told_by_every_line_of_it(self):
        lines = [line(1, group=bundle()), line(2, "SCP-280")]
        one, _other = self.both(order(1, lines))
        self.assertEqual(
            one["line_items"][0]["line_item_group"],
            {
                "id": "5",
                "title": "Front axle set",
                "quantity": "2",
                "variant_sku": "AXLE-SET",
            },
        )
        self.assertIsNone(one["line_items"][1]["line_item_group"])

    def test_what_is_no_order_is_told_so_with_the_field(self):
        cases = {
            b"{}": "id",
            b'{"id": 7}': "line_items",
            b'{"id": 7, "line_items": "x"}': "line_items",
            b'{"id": 7, "line_items": [5]}': "line_items[0]",
            b'{"id": 7, "line_items": [{"id":1,"quantity":"two"}]}': (
                "line_items[0].quantity"
            ),
            b'{"id": 7, "line_items": [{"quantity":1,"price":"NaN"}]}': (
                "line_items[0].price"
            ),
        }
        for raw, field in cases.items():
            with self.subTest(raw=raw), self.assertRaises(ReadError) as caught:
                adapter().read(raw, "application/json", "order")
            self.assertEqual(caught.exception.field, field)

    @given(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=8),
            lambda inner: (
                st.lists(inner, max_size=4)
                | st.dictionaries(
                    st.sampled_from(
                        "id line_items quantity price order refunds customer "
                        "fulfillments discount_allocations price_set shipping_lines "
                        "total_price_set current_quantity transactions".split()
                    ),
                    inner,
                    max_size=5,
                )
            ),
            max_leaves=25,
        ),
        st.sampled_from(["order", "cancel", "paid", "refund", "return", "shipped"]),
    )
    def test_whatever_is_sent_is_read_or_refused_with_a_reason(self, tree, kind):
        reader = adapter()
        try:
            document = reader.read(json.dumps(tree).encode(), "", kind)
            if kind != "order":
                reader.read_event(kind, document)
        except ReadError as error:
            self.assertTrue(str(error))

    @given(
        st.lists(
            st.tuples(
                st.integers(1, 50),
                st.decimals(0, 5000, places=2, allow_nan=False),
                st.integers(0, 100),
            ),
            min_size=1,
            max_size=8,
        )
    )
    def test_discounts_never_lose_a_cent(self, rows):
        lines = [
            line(at, quantity=count, price=str(price), off=str(price * percent / 100))
            for at, (count, price, percent) in enumerate(rows, 1)
        ]
        found = order_document(webhook_body(order(1, lines)))
        for row, ln in zip(found["line_items"], lines, strict=True):
            expected = Decimal(ln["price"]) * ln["quantity"] - Decimal(ln["off"])
            self.assertEqual(Decimal(row["line_total"]), expected)


class TestEvents(ShopifyCase):
    def event(self, kind, body):
        reader = adapter()
        return reader.read_event(kind, reader.read(json.dumps(body).encode(), "", kind))

    def test_a_cancellation_says_why_and_when(self):
        row = order(1, cancelled=START)
        event = self.event("cancel", webhook_body(row))
        self.assertEqual(event["external_ref"], "7000001")
        self.assertEqual(event["reason"], "customer")
        self.assertEqual(event["at"], "2026-03-15T08:00:00Z")

    def test_a_deleted_order_is_cancelled_too(self):
        self.assertEqual(
            self.event("cancel", {"id": 7000001}), {"external_ref": "7000001"}
        )

    def test_a_payment_says_how_much(self):
        event = self.event("paid", webhook_body(order(1)))
        self.assertEqual((event["amount"], event["currency"]), ("345.00", "CNY"))

    def test_a_refund_is_the_same_by_both_roads(self):
        refund = {"id": 9, "line": 101, "amount": "160.00", "note": "scratched"}
        row = order(1, refunds=[refund])
        shop = self.shop(row)
        by_webhook = self.event("refund", refund_body(row, refund))
        message = next(m for m in pulled(shop) if m.kind == "refund")
        reader = adapter()
        by_pull = reader.read_event("refund", reader.read(message.raw, "", "refund"))
        for event in (by_webhook, by_pull):
            event["amount"] = Decimal(event["amount"])
            event["lines"][0]["amount"] = Decimal(event["lines"][0]["amount"])
        self.assertEqual(by_webhook, by_pull)
        self.assertEqual(by_webhook["lines"][0]["external_ref"], "101")
        self.assertEqual(message.event_id, "refund:9")

    def test_a_refund_of_goods_only_pays_nothing(self):
        body = refund_body(order(1), {"id": 9, "line": 1, "amount": "5.00", "note": ""})
        body["transactions"] = []
        self.assertEqual(self.event("refund", body)["amount"], "0")

    def test_a_return_is_the_same_by_both_roads(self):
        back = {"id": 4, "line": 101, "note": "does not fit"}
        row = order(1, returns=[back])
        shop = self.shop(row)
        by_webhook = self.event("return", return_body(row, back))
        message = next(m for m in pulled(shop) if m.kind == "return")
        reader = adapter()
        by_pull = reader.read_event("return", reader.read(message.raw, "", "return"))
        by_pull.pop("at")
        self.assertEqual(by_webhook, by_pull)
        self.assertEqual(by_webhook["reason"], "does not fit")

    def test_a_shipment_has_the_tracking_of_the_newest_parcel(self):
        body = webhook_body(order(1, [line(1, shipped=2)]))
        body["fulfillments"] = [
            {"status": "success", "created_at": "2026-03-15", "tracking_number": "A"},
            {"status": "success", "created_at": "2026-03-17", "tracking_number": "B"},
            {"status": "cancelled", "created_at": "2026-03-18", "tracking_number": "C"},
        ]
        self.assertEqual(self.event("shipped", body)["tracking"], "B")

    def test_an_edit_says_what_came_and_went(self):
        edit = {
            "order_edit": {
                "order_id": 7000001,
                "committed_at": "2026-03-15T09:00:00Z",
                "line_items": {
                    "additions": [{"id": 1, "delta": 2}],
                    "removals": [{"id": 2, "delta": 1}],
                },
            }
        }
        event = adapter().read_event("change", edit)
        self.assertEqual([row["quantity"] for row in event["lines"]], [2.0, -1.0])

    def test_an_edit_is_read_as_the_order_that_it_led_to(self):
        row = order(1, [line(1, quantity=5)])
        shop = self.shop(row)
        edit = json.dumps({"order_edit": {"order_id": row["id"]}}).encode()
        document = adapter(shop).read(edit, "", "change")
        self.assertEqual(document["line_items"][0]["quantity"], 5)
        with self.assertRaisesRegex(ReadError, "orders/updated"):
            adapter(shop, access_token="").read(edit, "", "change")


class TestPull(ShopifyCase):
    def numbers(self, messages, kind="order"):
        return sorted(m.external_ref for m in messages if m.kind == kind)

    def test_every_order_of_the_window_comes_once(self):
        orders = [order(n) for n in range(1, 48)]
        shop = self.shop(*orders)
        got = self.numbers(pulled(shop))
        self.assertEqual(got, sorted(str(row["id"]) for row in orders))

    def test_orders_before_and_after_the_window_stay_out(self):
        shop = self.shop(
            order(1, updated=SINCE - timedelta(seconds=1)),
            order(2),
            order(3, updated=UNTIL + timedelta(seconds=1)),
        )
        self.assertEqual(self.numbers(pulled(shop)), ["7000002"])

    @given(st.lists(st.lists(st.integers(1, 60), max_size=15), min_size=1, max_size=4))
    def test_nothing_is_missed_while_orders_change_between_pages(self, changes):
        """Orders change again right after each page was served."""
        orders = [order(n) for n in range(1, 61)]
        shop = ShopifyStandIn(orders)
        moments = [UNTIL + timedelta(minutes=n) for n in range(1, 5)]

        def change():
            for number in changes.pop(0) if changes else ():
                shop.orders[7_000_000 + number]["updated"] = moments[-len(changes) - 1]

        shop.on_page = change
        with shop:
            seen = self.numbers(pulled(shop))
            late = {str(n) for n, o in shop.orders.items() if o["updated"] > UNTIL}
            shop.on_page = None
            again = list(adapter(shop).pull("", UNTIL, moments[-1]))
        seen_later = {m.external_ref for page in again for m in page.messages}
        self.assertEqual(len(seen), len(set(seen)))
        self.assertEqual(set(seen) | seen_later, {str(n) for n in shop.orders})
        self.assertLessEqual(late, seen_later)

    def test_a_pull_that_was_cut_off_goes_on_where_it_was(self):
        shop = self.shop(*[order(n) for n in range(1, 51)])
        pages = adapter(shop).pull("", SINCE, UNTIL)
        first = next(pages)
        self.assertTrue(first.cursor)
        rest = [
            m
            for page in adapter(shop).pull(first.cursor, SINCE, UNTIL)
            for m in page.messages
        ]
        both = set(self.numbers(first.messages)) | set(self.numbers(rest))
        self.assertEqual(len(both), 50)
        self.assertLess(len(self.numbers(rest)), 50)

    def test_the_last_page_leaves_no_cursor(self):
        shop = self.shop(order(1))
        self.assertEqual([p.cursor for p in adapter(shop).pull("", SINCE, UNTIL)], [""])

    def test_an_order_with_many_lines_comes_whole(self):
        lines = [line(n, f"LS-{n}") for n in range(1, 334)]
        shop = self.shop(order(1, lines))
        message = next(m for m in pulled(shop) if m.kind == "order")
        document = adapter().read(message.raw, "", "order")
        self.assertEqual(
            [row["sku"] for row in document["line_items"]],
            [f"LS-{n}" for n in range(1, 334)],
        )

    def test_the_same_order_pulled_twice_is_the_same_bytes(self):
        shop = self.shop(order(1))
        self.assertEqual([m.raw for m in pulled(shop)], [m.raw for m in pulled(shop)])

    def test_webhook_and_pull_know_an_event_by_one_name(self):
        refund = {"id": 9, "line": 101, "amount": "160.00", "note": ""}
        row = order(1, [line(101, shipped=2)], parcels=[{"id": 1, "number": "SF1"}])
        back = order(2, refunds=[refund], returns=[{"id": 4, "line": 201, "note": ""}])
        gone = order(3, cancelled=START)
        shop = self.shop(row, back, gone)
        by_pull = {m.event_id for m in pulled(shop) if m.kind != "order"}
        deliveries = [
            shop.delivery("orders/paid", webhook_body(row)),
            shop.delivery("orders/fulfilled", webhook_body(row)),
            shop.delivery("refunds/create", refund_body(back, refund)),
            shop.delivery("returns/request", return_body(back, back["returns"][0])),
            shop.delivery("orders/cancelled", webhook_body(gone)),
            shop.delivery("orders/updated", webhook_body(gone)),
        ]
        by_webhook = {
            adapter().receive(headers, raw, {})[0].event_id
            for headers, raw in deliveries
        }
        self.assertEqual(by_pull, by_webhook)

    def test_without_the_right_to_read_returns_the_rest_still_comes(self):
        shop = self.shop(order(1, returns=[{"id": 4, "line": 101, "note": ""}]))
        shop.denied.add("Returns")
        self.assertEqual(self.numbers(pulled(shop)), ["7000001"])

    def test_a_page_that_costs_too_much_is_asked_for_in_smaller_parts(self):
        shop = self.shop(*[order(n) for n in range(1, 31)])
        shop.max_cost = 60
        self.assertEqual(len(self.numbers(pulled(shop))), 30)

    def test_points_that_are_used_up_are_waited_for(self):
        clock = Clock()
        shop = self.shop(*[order(n) for n in range(1, 120)], clock=clock)
        shop.points, shop.restore = 500, 50.0
        pages = adapter(shop, clock).pull("", SINCE, UNTIL)
        messages = [m for page in pages for m in page.messages]
        self.assertEqual(len(self.numbers(messages)), 119)
        self.assertGreater(sum(clock.slept), 10)
        self.assertTrue(all(seconds < 60 for seconds in clock.slept))

    def test_a_shop_that_is_never_given_points_is_put_off(self):
        shop = self.shop(order(1), clock=Clock())
        shop.points, shop.restore = 5, 0.001
        with self.assertRaises(Throttled):
            pulled(shop)

    def test_faults_of_the_line_do_not_lose_an_order(self):
        shop = self.shop(*[order(n) for n in range(1, 51)])
        shop.fail(502)
        shop.throttle(retry_after=2)
        shop.drop()
        self.assertEqual(len(self.numbers(pulled(shop))), 50)

    def test_a_token_that_expired_says_so(self):
        shop = self.shop(order(1))
        shop.expire_token()
        with self.assertRaisesRegex(AuthenticationFailed, "credentials") as caught:
            pulled(shop)
        self.assertNotIn("tok-of-the-test", str(caught.exception))

    def test_a_token_that_expires_in_the_middle_keeps_what_came_before(self):
        shop = self.shop(*[order(n) for n in range(1, 51)])
        shop.on_page = shop.expire_token
        pages = adapter(shop).pull("", SINCE, UNTIL)
        self.assertEqual(len(self.numbers(next(pages).messages)), 20)
        with self.assertRaises(AuthenticationFailed):
            next(pages)

    def test_a_shop_that_is_down_is_said_to_be_down(self):
        shop = self.shop()
        shop.fail(503, times=99)
        with self.assertRaises(ChannelDown):
            pulled(shop)

    def test_one_order_is_fetched_anew(self):
        shop = self.shop(order(1))
        self.assertEqual(adapter(shop).fetch("7000001").external_ref, "7000001")
        self.assertIsNone(adapter(shop).fetch("7000009"))

    def test_orders_are_listed_with_their_totals(self):
        shop = self.shop(
            *[order(n) for n in range(1, 131)], order(131, cancelled=START)
        )
        rows = list(adapter(shop).list_orders(SINCE, UNTIL))
        self.assertEqual(len(rows), 131)
        self.assertEqual((rows[0].amount, rows[0].currency), (345.0, "CNY"))
        self.assertEqual([row.is_cancelled for row in rows].count(True), 1)

    def test_the_test_names_the_shop(self):
        self.assertIn("Sanjiang Parts", adapter(self.shop()).test())

    def test_a_token_goes_to_shopify_only(self):
        settings = {"shop_domain": DOMAIN, "access_token": "shpat_1"}
        access = Access("https://evil.example", settings, lambda: START, Client())
        with self.assertRaisesRegex(Refused, "not an address of Shopify"):
            ShopifyAdapter(access).test()
        for domain in ("evil.example", "a.myshopify.com.evil.example", "a/b", ""):
            access = Access("", {**settings, "shop_domain": domain}, None, Client())
            with self.assertRaises(AdapterError):
                ShopifyAdapter(access).test()


class TestSending(ShopifyCase):
    def update(self, status="fulfilled", **more):
        return StatusUpdate("7000001", status, **more)

    def test_a_parcel_is_told_with_its_tracking(self):
        shop = self.shop(order(1))
        receipt = adapter(shop).send_status(
            self.update(tracking="SF100", carrier="SF Express")
        )
        self.assertIn("Fulfillment/1", receipt)
        self.assertEqual(
            shop.told[0]["trackingInfo"], {"number": "SF100", "company": "SF Express"}
        )
        self.assertTrue(shop.told[0]["notifyCustomer"])

    def test_the_same_parcel_told_twice_is_one_parcel(self):
        shop = self.shop(order(1, [line(101, quantity=5)]))
        lines = ({"external_ref": "101", "quantity": 2},)
        for _time in range(2):
            adapter(shop).send_status(self.update(tracking="SF100", lines=lines))
        self.assertEqual(len(shop.told), 1)

    def test_nothing_left_to_send_is_no_error(self):
        shop = self.shop(order(1, [line(101, shipped=2)]))
        self.assertIn("nothing", adapter(shop).send_status(self.update()))

    def test_a_part_of_an_order_is_told_by_line_or_by_code(self):
        shop = self.shop(order(1, [line(101, quantity=5), line(102, "SCP-280")]))
        lines = (
            {"external_ref": "101", "quantity": 3},
            {"sku": "SCP-280", "quantity": 99},
        )
        adapter(shop).send_status(self.update(lines=lines))
        parts = shop.told[0]["lineItemsByFulfillmentOrder"][0]
        counts = [row["quantity"] for row in parts["fulfillmentOrderLineItems"]]
        self.assertEqual(counts, [3, 2])

    def test_what_leaves_from_two_places_is_two_fulfilments(self):
        shop = self.shop(order(1, [line(101, place=1), line(102, "SCP-280", place=2)]))
        adapter(shop).send_status(self.update(tracking="SF100"))
        self.assertEqual(len(shop.told), 2)

    def test_a_parcel_with_nothing_of_the_order_is_refused(self):
        shop = self.shop(order(1))
        with self.assertRaises(Refused):
            adapter(shop).send_status(
                self.update(lines=({"sku": "OTHER", "quantity": 1},))
            )

    def test_an_order_that_the_shop_does_not_know_is_refused(self):
        with self.assertRaisesRegex(Refused, "7000001"):
            adapter(self.shop()).send_status(self.update())

    def test_a_delivery_is_told_for_its_parcel(self):
        parcels = [{"id": 1, "number": "SF1"}, {"id": 2, "number": "SF2"}]
        shop = self.shop(order(1, parcels=parcels))
        adapter(shop).send_status(self.update("delivered", tracking="SF2"))
        self.assertEqual(
            shop.told,
            [{"fulfillmentId": "gid://shopify/Fulfillment/2", "status": "DELIVERED"}],
        )

    def test_a_cancellation_is_told_once_and_moves_no_money(self):
        shop = self.shop(order(1))
        for _time in range(2):
            adapter(shop).send_status(self.update("cancelled", note="Sold out"))
        self.assertEqual(len(shop.told), 1)
        asked = [c.json()["query"] for c in shop.calls if "Cancel(" in c.body.decode()]
        self.assertIn("originalPaymentMethodsRefund: false", asked[0])

    def test_a_word_that_shopify_has_not_is_refused(self):
        with self.assertRaisesRegex(Refused, "status map"):
            adapter(self.shop(order(1))).send_status(self.update("painted"))

    def test_stock_is_set_by_code(self):
        shop = self.shop()
        levels = [StockLevel("ZXJ-0123", 7.9), StockLevel("SCP-280", -3)]
        self.assertEqual(
            adapter(shop).send_stock(levels), {"ZXJ-0123": "", "SCP-280": ""}
        )
        self.assertEqual(shop.levels, {"501": 7, "502": 0})

    def test_a_code_that_shopify_has_not_does_not_stop_the_others(self):
        shop = self.shop()
        levels = [
            StockLevel("NEW-1", 5),
            StockLevel("BAD", 5, {"inventory_item_id": "999"}),
            StockLevel("LED-H7", 4),
        ]
        told = adapter(shop).send_stock(levels)
        self.assertTrue(told["NEW-1"] and told["BAD"])
        self.assertEqual((told["LED-H7"], shop.levels), ("", {"503": 4}))

    def test_much_stock_goes_in_batches_of_250(self):
        shop = self.shop()
        shop.stock = {f"S-{n}": n for n in range(1, 601)}
        told = adapter(shop).send_stock([StockLevel(s, 1) for s in shop.stock])
        self.assertEqual(set(told.values()), {""})
        self.assertEqual([len(i["quantities"]) for i in shop.told], [250, 250, 100])

    def test_the_same_figures_an_hour_later_are_set_again(self):
        shop = self.shop()
        for quantity in (5, 7, 5):
            adapter(shop).send_stock([StockLevel("ZXJ-0123", quantity)])
        self.assertEqual(shop.levels, {"501": 5})

    def test_stock_whose_answer_was_lost_is_set_once(self):
        shop = self.shop()
        shop.drop(when=lambda call: b"SetStock" in call.body)
        adapter(shop).send_stock([StockLevel("ZXJ-0123", 5)])
        self.assertEqual((shop.levels, len(shop.told)), ({"501": 5}, 1))

    def test_a_code_with_quotes_searches_for_itself_only(self):
        shop = self.shop()
        shop.stock['A" OR sku:"B'] = 9
        told = adapter(shop).send_stock([StockLevel('A" OR sku:"B', 1)])
        self.assertEqual(list(told.values()), [""])


class TestSamples(BaseCase):
    """Every file of others that is at hand, however odd."""

    def setUp(self):
        super().setUp()
        if not SAMPLES.is_dir():
            self.skipTest("the samples of others are not here")

    def payloads(self):
        for path in sorted(SAMPLES.rglob("*.json")):
            tree = json.loads(path.read_text())
            yield path.name, tree
            for inner in self.inner(tree):
                yield path.name, inner

    def inner(self, tree):
        """Yield everything inside a file that is an order of some kind."""
        if isinstance(tree, dict):
            if "line_items" in tree or "lineItems" in tree:
                yield tree
            for row in tree.values():
                yield from self.inner(row)
        elif isinstance(tree, list):
            for row in tree:
                yield from self.inner(row)

    def test_every_sample_is_read_or_refused_with_a_reason(self):
        reader, read, refused = adapter(), 0, 0
        for name, payload in self.payloads():
            with self.subTest(name=name):
                raw = json.dumps(payload).encode()
                for kind in ("order", "cancel", "paid", "refund", "return", "shipped"):
                    try:
                        document = reader.read(raw, "", kind)
                        if kind != "order":
                            reader.read_event(kind, document)
                        read += 1
                    except ReadError as error:
                        self.assertTrue(str(error))
                        refused += 1
        self.assertGreater(read, 100)
        self.assertGreater(refused, 0)

    def test_a_real_order_adds_up(self):
        raw = (SAMPLES / "webhook/order_create_dis4.json").read_bytes()
        found = adapter().read(raw, "", "order")
        goods = sum(Decimal(row["line_total"]) for row in found["line_items"])
        total = goods + Decimal(found["total_shipping_price"])
        self.assertEqual(total, Decimal(found["total_price"]))


class TestNumbers(BaseCase):
    @given(st.integers(1, 10**15))
    def test_a_number_survives_the_way_there_and_back(self, number):
        self.assertEqual(number_of(gid_of("Order", str(number))), str(number))
        self.assertEqual(number_of(number), str(number))
