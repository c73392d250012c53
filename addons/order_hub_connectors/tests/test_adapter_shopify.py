import base64
import hashlib
import hmac
import json
from decimal import Decimal
from pathlib import Path

from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.order_hub.tests.properties import given
from odoo.addons.order_hub.tests.stand_in import out_of_order, twice

from ..adapters.base import (
    ReadError,
    SignatureError,
)
from ..adapters.shopify.nodes import gid_of, number_of
from .shopify_case import ShopifyCase, adapter, pulled
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
    digest = hmac.new(SECRET.encode(), raw, hashlib.sha256).digest()
    return {**headers, "x-shopify-hmac-sha256": base64.b64encode(digest).decode()}


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
