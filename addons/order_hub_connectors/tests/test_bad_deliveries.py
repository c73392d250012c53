"""What is wrong, absurd or hostile in deliveries and forms, through HTTP."""

import base64
import gzip
import json

from odoo import http
from odoo.tests import HttpCase, tagged

from ..controllers.portal_order import SENT
from ..controllers.receive import REFUSED
from .bad_input import HTML, SECRET, UNREADABLE, BadInputCommon, sign


@tagged("post_install", "-at_install")
class TestBadDeliveries(BadInputCommon, HttpCase):
    """Through the address that platforms deliver to."""

    def setUp(self):
        super().setUp()
        REFUSED.clear()
        self.addCleanup(REFUSED.clear)

    def _deliver(self, channel, raw, secret=SECRET, **headers):
        made = sign(raw, secret)
        b64 = base64.b64encode(made.digest()).decode()
        known = {
            "webhook": {"X-Signature": made.hexdigest()},
            "shopify": {
                "X-Shopify-Hmac-Sha256": b64,
                "X-Shopify-Topic": "orders/create",
                "X-Shopify-Shop-Domain": "paper.myshopify.com",
            },
            "woocommerce": {
                "X-WC-Webhook-Signature": b64,
                "X-WC-Webhook-Topic": "order.created",
            },
        }
        return self.url_open(
            f"/hub/in/{channel.receive_token}",
            data=raw,
            headers={
                "Content-Type": "application/json",
                **known[channel.adapter],
                **headers,
            },
        )

    def test_what_is_signed_and_makes_no_sense_is_kept_with_clear_words(self):
        for channel in (self.hooks, self.shopify, self.woo):
            for name, (raw, words) in UNREADABLE.items():
                if not raw:
                    continue  # The client of the tests would not send it.
                with self.subTest(f"{channel.adapter}: {name}"):
                    before = self._rows(channel)
                    answer = self._deliver(channel, raw)
                    if channel == self.hooks:
                        self.assertEqual(answer.status_code, 422)
                        self.assertIn(words, answer.json()["message"])
                    self.assertLess(answer.status_code, 500)
                    new = self._rows(channel) - before
                    if answer.status_code == 422:
                        self.assertEqual(new.state, "attention")
                        self._assert_kept(new, raw)

    def test_a_wrong_signature_is_counted_and_nothing_else_is_kept(self):
        raw = json.dumps(self._payload("SIG")).encode()
        for channel in (self.hooks, self.shopify, self.woo):
            answer = self._deliver(channel, raw, "guessed")
            self.assertEqual(answer.status_code, 403)
            self.assertFalse(self._rows(channel))
            channel.invalidate_recordset()
            self.assertEqual(channel.refused_signatures, 1)

    def test_odd_signatures_are_wrong_and_no_error_of_ours(self):
        for odd in ("", "é", "=", "0" * 64, "sha256=", "Ж".encode().decode("latin1")):
            for channel, header in (
                (self.hooks, "X-Signature"),
                (self.shopify, "X-Shopify-Hmac-Sha256"),
                (self.woo, "X-WC-Webhook-Signature"),
            ):
                headers = {header: odd.encode("latin1")}
                answer = self._deliver(channel, b"{}", **headers)
                self.assertEqual(answer.status_code, 403, (channel.adapter, odd))

    def test_too_large_a_body_is_refused_and_counted(self):
        for channel in (self.hooks, self.shopify, self.woo):
            answer = self._deliver(channel, b" " * (2 * 1024 * 1024 + 1))
            self.assertEqual(answer.status_code, 413)
            self.assertFalse(self._rows(channel))

    def test_a_packed_body_is_not_unpacked(self):
        bomb = gzip.compress(b" " * 50_000_000)
        answer = self._deliver(self.hooks, bomb, **{"Content-Encoding": "gzip"})
        self.assertEqual(answer.status_code, 422)
        self.assertEqual(self._rows(self.hooks).size, len(bomb))

    def test_what_the_settings_cannot_read_is_kept_as_well(self):
        """A path that fits no payload of this kind is our mistake, not the order's."""
        path = self.hooks.parameter_ids.filtered(lambda r: r.name == "number_path")
        path.value = "sum(external_ref)"
        raw = json.dumps(self._payload("PATH")).encode()
        self.assertEqual(self._deliver(self.hooks, raw).status_code, 422)
        self._assert_kept(self._rows(self.hooks), raw)

    def test_odd_addresses_are_not_there(self):
        for token in ("%00", "%ff", "%F0%9F%9A%97", "a" * 5000, "%25", "_" * 32, "..."):
            answer = self.url_open(f"/hub/in/{token}", data=b"{}")
            self.assertEqual(answer.status_code, 404, token)

    def test_who_guesses_addresses_does_not_shut_out_the_shop(self):
        """Both may come through the same proxy or the same platform."""
        for _time in range(61):
            self.url_open("/hub/in/guessed", data=b"{}")
        self.assertEqual(self.url_open("/hub/in/guessed", data=b"{}").status_code, 429)
        raw = json.dumps(self._payload("GUESS")).encode()
        self.assertEqual(self._deliver(self.hooks, raw).status_code, 200)

    def test_the_same_key_twice_means_the_last_one_as_everywhere(self):
        raw = b'{"external_ref": "K-1", "external_ref": "K-2", "lines": []}'
        self.assertEqual(self._deliver(self.hooks, raw).status_code, 200)
        self.assertEqual(self._rows(self.hooks).external_ref, "K-2")


@tagged("post_install", "-at_install")
class TestBadForms(BadInputCommon, HttpCase):
    """The order form of the customer portal."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.form.portal_offers = "all"
        cls.buyer = cls._user("bad_buyer", "base.group_portal")

    def setUp(self):
        super().setUp()
        SENT.clear()
        self.authenticate("bad_buyer", "bad_buyer")

    def _send(self, **form):
        form = {"csrf_token": http.Request.csrf_token(self), "key": "a" * 32, **form}
        return self.url_open("/my/hub/new", data=form)

    def test_absurd_quantities_and_products_are_refused_in_words(self):
        name = f"quantity_{self.products[0].id}"
        quantities = ("nan", "inf", "-1", "1e308", "ten", "0x10", "\x00", "9" * 400)
        forms = [{name: quantity} for quantity in quantities]
        strange = ("9" * 30, "abc", "１", "-1", "", str(self.products[0].id) + "\x00")
        forms += [{f"quantity_{product}": "1"} for product in strange]
        forms += [
            {name: "1", "date": date} for date in ("9999", "\x00", "１", "x" * 99)
        ]
        forms += [{name: "1", "key": key} for key in ("", "x", "Z" * 32, "a" * 33)]
        for form in forms:
            with self.subTest(form):
                answer = self._send(**form)
                self.assertEqual(answer.status_code, 200)
                self.assertIn("alert-danger", answer.text)
        self.assertFalse(self._rows(self.form))

    def test_what_was_typed_is_shown_as_text(self):
        page = self.url_open("/my/hub/new", params={"search": HTML})
        self.assertNotIn("<script>alert", page.text)
        page = self._send(note=HTML, reference=f'"{HTML}', ship_to=HTML, date=HTML)
        self.assertNotIn("<script>alert", page.text)
        self.assertNotIn("<img src=x", page.text)

    def test_a_remark_with_code_in_it_stays_text_all_the_way(self):
        self.products[0].name = HTML
        name = f"quantity_{self.products[0].id}"
        answer = self._send(**{name: "2", "note": HTML, "reference": HTML})
        self.assertEqual(answer.status_code, 200)
        inbound = self._rows(self.form)
        self.assertEqual(inbound.state, "done", inbound.trace)
        self.assertNotIn("<script", str(inbound.order_id.note))
        page = self.url_open(f"/my/hub/{inbound.order_id.hub_ref}")
        self.assertNotIn("<script>alert", page.text)
        self.assertNotIn("<img src=x", page.text)

    def test_nobody_reaches_an_order_with_the_key_of_its_form(self):
        Form = self.env["order.hub.portal.order"]
        form = {"key": "b" * 32, "quantities": {str(self.products[0].id): "2"}}
        mine = Form._submit(self.form, self.customer, form)
        other = self.env["res.partner"].create({"name": "Nosy"})
        theirs = Form._submit(
            self.form, other, {**form, "quantities": {str(self.products[1].id): "9"}}
        )
        self.assertNotEqual(mine, theirs)
        self.assertEqual(theirs.order_id.partner_id, other)
        self.assertEqual(self._rows(self.form).mapped("kind"), ["order", "order"])
        again = Form._submit(self.form, self.customer, form)
        self.assertEqual(again, mine)
