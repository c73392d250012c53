import hashlib
import hmac
import json
from datetime import datetime, timedelta, timezone

from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.order_hub.engine.web.client import Client
from odoo.addons.order_hub.tests.properties import given
from odoo.addons.order_hub.tests.stand_in import Answer, Clock, StandIn

from ..adapters.base import (
    Access,
    AdapterError,
    ReadError,
    Refused,
    SignatureError,
    StatusUpdate,
)
from ..adapters.webhook.adapter import WebhookAdapter
from ..adapters.webhook.signature import Scheme, moment_of

NOW = datetime(2026, 3, 15, 8, 0, tzinfo=timezone.utc)
ORDER = {
    "external_ref": "B-77",
    "customer": {"name": "Taihu Auto Repair"},
    "lines": [{"sku": "ZXJ-0123", "quantity": 2, "unit_price": 160}],
}


def adapter(**values):
    clock = Clock()
    settings = {"secret": "long and random", **values}
    client = Client(sleep=clock.sleep, allow_private=True, jitter=lambda: 0.5)
    return WebhookAdapter(Access("", settings, lambda: NOW, client))


def delivery(body=None, secret="long and random", **options):
    """Return headers and raw body as a system with these settings sends them."""
    body = ORDER if body is None else body
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Scheme(secret, **options).headers(raw, NOW), raw


class Listener(StandIn):
    """A system that takes statuses and checks who sends them."""

    scheme = Scheme("long and random", timestamp_header="x-time")

    def answer(self, call):
        self.scheme.check(call.headers, call.body, NOW)
        return Answer({"ok": True})


class TestReceiving(BaseCase):
    def received(self, receiver=None, **options):
        headers, raw = delivery(**options)
        return (receiver or adapter()).receive(headers, raw, {})

    def test_a_signed_order_is_taken_as_it_came(self):
        message = self.received()[0]
        self.assertEqual((message.kind, message.external_ref), ("order", "B-77"))
        self.assertEqual(json.loads(message.raw), ORDER)

    def test_every_way_to_sign_is_understood(self):
        for algorithm in ("sha256", "sha512"):
            for encoding in ("hex", "base64"):
                for prefix in ("", "sha256="):
                    way = {
                        "algorithm": algorithm,
                        "encoding": encoding,
                        "prefix": prefix,
                        "header": "x-hub-signature",
                    }
                    with self.subTest(**way):
                        self.assertTrue(self.received(adapter(**way), **way))

    def test_the_signature_is_the_one_that_others_make(self):
        """As any other language would: HMAC over the raw body."""
        raw = json.dumps(ORDER).encode()
        made = hmac.new(b"long and random", raw, hashlib.sha256).hexdigest()
        for text in (made, made.upper()):
            self.assertTrue(adapter().receive({"x-signature": text}, raw, {}))

    def test_one_changed_byte_is_refused(self):
        headers, raw = delivery()
        for at in range(len(raw)):
            changed = raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]
            with self.assertRaises(SignatureError):
                adapter().receive(headers, changed, {})

    def test_another_way_to_sign_is_refused(self):
        for other in (
            {"secret": "another"},
            {"algorithm": "sha512"},
            {"encoding": "base64"},
            {"prefix": "sha256="},
            {"header": "x-other"},
            {"timestamp_header": "x-time"},
        ):
            with self.subTest(**other), self.assertRaises(SignatureError):
                self.received(**other)

    def test_without_a_secret_nothing_is_let_in(self):
        raw = json.dumps(ORDER).encode()
        empty = Scheme("").sign(raw)
        for headers in ({}, {"x-signature": empty}, {"x-signature": ""}):
            with self.assertRaises(SignatureError):
                adapter(secret="").receive(headers, raw, {})

    @given(st.binary(max_size=200), st.text(max_size=80))
    def test_nothing_unsigned_ever_gets_in(self, raw, signature):
        with self.assertRaises(SignatureError):
            adapter().receive({"x-signature": signature}, raw, {})

    def test_several_orders_of_one_delivery_are_several_messages(self):
        body = {"data": {"rows": [ORDER, {**ORDER, "external_ref": "B-78"}]}}
        messages = self.received(adapter(orders_path="data.rows"), body=body)
        self.assertEqual([m.external_ref for m in messages], ["B-77", "B-78"])
        self.assertEqual(json.loads(messages[0].raw), ORDER)

    def test_a_delivery_without_the_list_or_with_too_many_is_unreadable(self):
        receiver = adapter(orders_path="rows")
        for body in ({}, {"rows": 5}, {"rows": [5]}, {"rows": [ORDER] * 501}):
            with self.assertRaises(ReadError):
                self.received(receiver, body=body)

    def test_kinds_follow_the_words_of_the_system(self):
        receiver = adapter(
            kind_path="event.type",
            kinds="Order.Created = order, order.gone=cancel; parcel=shipped",
            number_path="data.no",
            version_path="data.rev",
            event_path="event.id",
        )
        cases = {"order.created": "order", "ORDER.GONE": "cancel", "parcel": "shipped"}
        for word, kind in cases.items():
            body = {
                "event": {"type": word, "id": 5},
                "data": {"no": 77, "rev": "0003"},
            }
            message = self.received(receiver, body=body)[0]
            self.assertEqual(
                (message.kind, message.external_ref, message.version, message.event_id),
                (kind, "77", "0003", "5"),
            )
        other = {"event": {"type": "newsletter"}, "data": {"no": 1}}
        self.assertEqual(self.received(receiver, body=other), [])

    def test_what_is_signed_and_makes_no_sense_is_told_apart(self):
        bodies = (b"<xml/>", b"", b"\xff\xfe{", b"[1]", b'{"a": NaN}', b"{}", b'"text"')
        for raw in (*bodies, b"[" * 100_000):
            with self.assertRaises(ReadError):
                self.received(body=raw)

    def test_settings_that_cannot_be_are_named(self):
        wrong = {
            "algorithm": "md5",
            "encoding": "rot13",
            "header": "",
            "tolerance": "soon",
            "timestamp_header": "two words",
            "kinds": "a=wish",
            "number_path": "a[",
        }
        for name, value in wrong.items():
            with self.subTest(name=name), self.assertRaises(AdapterError) as caught:
                adapter(**{name: value or " "}).test()
            self.assertEqual(caught.exception.field, name)

    def test_complete_settings_pass(self):
        self.assertIn("complete", adapter(kinds="a=order", kind_path="k").test())


class TestReplay(BaseCase):
    OPTIONS = {"timestamp_header": "x-time"}

    def receive(self, headers, raw, now=NOW, **values):
        receiver = adapter(**self.OPTIONS, **values)
        object.__setattr__(receiver.access, "now", lambda: now)
        return receiver.receive(headers, raw, {})

    def test_a_fresh_delivery_passes(self):
        headers, raw = delivery(**self.OPTIONS)
        for seconds in (0, 299, -299):
            self.assertTrue(
                self.receive(headers, raw, NOW + timedelta(seconds=seconds))
            )

    def test_an_old_delivery_sent_again_is_refused(self):
        headers, raw = delivery(**self.OPTIONS)
        for seconds in (301, -301, 86_400):
            with self.assertRaisesRegex(SignatureError, "too old"):
                self.receive(headers, raw, NOW + timedelta(seconds=seconds))

    def test_an_old_delivery_with_a_new_moment_is_refused(self):
        headers, raw = delivery(**self.OPTIONS)
        later = NOW + timedelta(hours=1)
        headers["x-time"] = str(int(later.timestamp()))
        with self.assertRaisesRegex(SignatureError, "does not fit"):
            self.receive(headers, raw, later)

    def test_a_moment_that_nobody_can_read_is_refused(self):
        raw = json.dumps(ORDER).encode()
        for text in ("", "yesterday", "2026-03-15T08:00:00", "1e9"):
            made = Scheme("long and random", timestamp_header="x-time").sign(raw, text)
            with self.assertRaises(SignatureError):
                self.receive({"x-signature": made, "x-time": text}, raw)

    def test_moments_are_read_in_seconds_milliseconds_and_iso(self):
        seconds = int(NOW.timestamp())
        for text in (f"{seconds}", f"{seconds}000", "2026-03-15T16:00:00+08:00"):
            self.assertEqual(moment_of(text), NOW)

    @given(st.text(max_size=30))
    def test_no_moment_makes_it_stumble(self, text):
        moment = moment_of(text)
        self.assertTrue(moment is None or moment.tzinfo)


class TestEvents(BaseCase):
    def test_an_event_is_written_as_the_hub_writes_it(self):
        body = {"external_ref": "B-77", "reason": "sold out", "other": 1, "at": None}
        receiver = adapter()
        found = receiver.read(json.dumps(body).encode(), "", "cancel")
        self.assertEqual(
            receiver.read_event("cancel", found),
            {"external_ref": "B-77", "reason": "sold out"},
        )


class TestSending(BaseCase):
    def setUp(self):
        super().setUp()
        self.other = self.enterContext(Listener())

    def send(self, **values):
        settings = {
            "status_url": f"{self.other.url}/status",
            "timestamp_header": "X-Time",
            **values,
        }
        update = StatusUpdate(
            "B-77", "shipped", "shipped", NOW, tracking="SF100", carrier="SF"
        )
        return adapter(**settings).send_status(update)

    def test_a_status_is_sent_and_signed_like_a_delivery(self):
        self.assertIn("200", self.send())
        self.assertEqual(
            self.other.calls[0].json(),
            {
                "external_ref": "B-77",
                "status": "shipped",
                "milestone": "shipped",
                "at": "2026-03-15T08:00:00+00:00",
                "tracking": "SF100",
                "carrier": "SF",
            },
        )

    def test_a_listener_that_stumbles_is_told_again(self):
        self.other.fail(503)
        self.other.drop()
        self.assertIn("200", self.send())

    def test_without_an_address_or_a_secret_nothing_is_sent(self):
        for values in ({"status_url": ""}, {"secret": ""}):
            with self.assertRaises(Refused):
                self.send(**values)
        self.assertEqual(self.other.calls, [])

    def test_a_channel_without_an_address_for_statuses_has_nobody_to_tell(self):
        self.assertFalse(WebhookAdapter.tells({"secret": "x", "status_url": ""}))
        self.assertTrue(WebhookAdapter.tells({"status_url": self.other.url}))

    def test_a_status_never_goes_into_the_own_network(self):
        settings = {"secret": "x", "status_url": self.other.url}
        access = Access("", settings, lambda: NOW, Client())
        with self.assertRaisesRegex(Refused, "private"):
            WebhookAdapter(access).send_status(StatusUpdate("B-77", "shipped"))
        self.assertEqual(self.other.calls, [])
