"""What is wrong, absurd or hostile in orders and files: said, kept, harmless."""

import base64
import io
import json
import zipfile
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.order_hub.engine.web import safe_url

from ..adapters.base import Message, ReadError, Refused, StatusUpdate
from ..adapters.registry import ADAPTERS
from ..engine.workbook.orders import read_sheet
from .bad_input import ABSURD, DEEP, HARMLESS, HTML, LONE, UNREADABLE, BadInputCommon
from .common import PaperShop


@tagged("post_install", "-at_install")
class TestBadOrders(BadInputCommon):
    """Orders that can be read, and cannot be right."""

    def _order(self, number, **values):
        payload = self._payload(number, **values)
        raw = json.dumps(payload).encode()
        return self._take(Message("order", number, raw), channel=self.hooks), raw

    def _with(self, path, value):
        if not path.startswith("lines["):
            return {path: value}
        line = {"sku": "ZXJ-0123", "quantity": 1, path.rpartition(".")[2]: value}
        return {"lines": [line]}

    def test_absurd_values_are_told_with_their_field_and_nothing_is_made(self):
        number = 0
        for path, values in ABSURD.items():
            for value in values:
                number += 1
                with self.subTest(f"{path} = {str(value)[:40]!r}"):
                    vals = self._with(path, value)
                    inbound, raw = self._order(
                        vals.pop("external_ref", f"ABS-{number}"), **vals
                    )
                    self.assertEqual(inbound.state, "attention", inbound.trace)
                    self.assertFalse(inbound.order_id)
                    self.assertTrue(
                        [f for f in inbound.problem_ids.mapped("field") if f],
                        inbound.trace,
                    )
                    self._assert_kept(inbound, raw)

    def test_a_currency_nobody_has_waits_for_a_person(self):
        for code in ("XTS", "yuan", "<b>", "%"):
            inbound, raw = self._order(f"CUR-{code}", currency=code)
            self.assertEqual(inbound.state, "attention", inbound.trace)
            self._assert_kept(inbound, raw)

    def test_a_total_that_does_not_add_up_is_never_confirmed_in_silence(self):
        inbound, raw = self._order("SUM-1", total=1.0)
        self._assert_kept(inbound, raw)
        order = inbound.order_id
        self.assertTrue(
            inbound.state == "attention" or order.hub_exception_ids, inbound.trace
        )
        self.assertNotEqual(order.state, "sale")

    def test_more_lines_than_an_order_has_are_refused_in_words(self):
        lines = [{"sku": "ZXJ-0123", "quantity": 1}] * 10_000
        inbound, raw = self._order("MANY-1", lines=lines)
        self.assertEqual(inbound.state, "attention")
        self.assertIn("2000", "".join(inbound.problem_ids.mapped("message")))
        self._assert_kept(inbound, raw)

    def test_texts_that_look_dangerous_are_texts(self):
        """As number, code, name, remark: nothing is run, matched or broken by them."""
        lines = [{"sku": "ZXJ-0123", "quantity": 1, "unit_price": 5.0, "name": ""}]
        for place, text in enumerate(HARMLESS):
            with self.subTest(text[:30]):
                lines[0]["name"] = text
                inbound, raw = self._order(
                    text,
                    customer={"name": f"{text[:60]} {place}", "email": ""},
                    note=text,
                    special_request=text,
                    lines=lines,
                )
                self.assertEqual(inbound.state, "done", inbound.trace)
                self._assert_kept(inbound, raw)
                order = inbound.order_id
                self.assertEqual(order.hub_external_ref, _clean(text)[:256])
                self.assertNotIn("<script", str(order.note))
                self.assertNotIn("<img", str(order.note))
                bodies = "".join(map(str, order.message_ids.mapped("body")))
                self.assertNotIn("<script", bodies)

    def test_an_order_number_with_wildcards_finds_itself_only(self):
        first, _raw = self._order("W-100")
        second, _raw = self._order("W-%")
        third, _raw = self._order("W_100")
        orders = (first + second + third).order_id
        self.assertEqual(len(orders), 3)

    def test_a_code_with_wildcards_finds_no_product(self):
        for code in ("%", "ZXJ-%", "ZXJ_0123", "' OR '1'='1", "\\", "ZXJ-0123\\"):
            lines = [{"sku": code, "quantity": 1}]
            inbound, _raw = self._order(f"SKU {code}", lines=lines)
            self.assertEqual(inbound.state, "attention", code)
            self.assertFalse(inbound.order_id)

    def test_an_unknown_code_is_shown_as_text(self):
        lines = [{"sku": HTML, "name": HTML, "quantity": 1}]
        inbound, _raw = self._order("XSS-1", lines=lines, special_request=HTML)
        message = inbound.problem_ids[:1].message
        self.assertIsInstance(message, str)
        self.assertNotIn("Markup", type(message).__name__)

    def test_no_character_of_a_text_breaks_the_database(self):
        """NUL and half characters are legal JSON, and no database takes them."""
        for number, odd in enumerate(("\\u0000", LONE, "\\udc00\\ud800")):
            for form in (
                '{"external_ref": "%(n)s%(odd)s", "customer": {"name": "Odd %(odd)s"},'
                ' "lines": [{"sku": "ZXJ-0123", "quantity": 1, "name": "%(odd)s"}]}',
                '{"external_ref": "%(n)s", "customer": {"name": "Odd"},'
                ' "lines": [{"sku": "%(odd)sX", "quantity": "%(odd)s"}]}',
                '{"external_ref": "%(n)s", "%(odd)s": 1, "currency": "%(odd)s"}',
            ):
                raw = form.replace("%(n)s", f"NUL-{number}").replace("%(odd)s", odd)
                raw = raw.encode()
                with self.subTest(raw):
                    number += 10
                    inbound = self._take(
                        Message("order", f"NUL {number}", raw), channel=self.hooks
                    )
                    self.assertIn(inbound.state, ("done", "attention"), inbound.error)
                    self._assert_kept(inbound, raw)

    def test_events_with_odd_characters_and_values_are_told_too(self):
        self._order("EV-1")
        for number, text in enumerate(
            (
                f'"reason": "\\u0000 {LONE}"',
                '"amount": -5',
                '"amount": "1e3"',
                '"lines": "all"',
                '"lines": [{"sku": "\\u0000", "quantity": -1}]',
                '"amount": 1e308',
                '"currency": {"a": "\\u0000"}',
            )
        ):
            for kind in ("cancel", "return", "refund", "paid", "shipped"):
                raw = f'{{"external_ref": "EV-1", {text}}}'.encode()
                with self.subTest(f"{kind} {text}"):
                    inbound = self._take(
                        Message(kind, "EV-1", raw, event_id=f"{kind}{number}"),
                        channel=self.hooks,
                    )
                    self.assertNotIn(
                        inbound.state, ("received", "failed"), inbound.error
                    )
                    self._assert_kept(inbound, raw)

    def test_the_number_of_a_message_is_cleaned_before_it_is_stored(self):
        odd = "N\x00-1\ud800"
        raw = json.dumps(self._payload("N-1")).encode()
        inbound = self._take(
            Message("order", odd, raw, "a\x00", odd, odd, {"x-a": odd}),
            channel=self.hooks,
        )
        self.assertTrue(inbound.external_ref.startswith("N-1"))
        self.assertNotIn("\x00", inbound.version + inbound.event_id)

    def test_the_same_number_twice_in_one_delivery_loses_nothing(self):
        messages = [self._message("TWICE"), self._message("TWICE", note="other")]
        rows = self._take(*messages, channel=self.hooks)
        self.assertEqual(sorted(rows.mapped("kind")), ["change", "order"])

    def test_every_adapter_says_of_rubbish_that_it_is_rubbish(self):
        """Whatever the platform: an error of the payload, never one of ours."""
        rubbish = [raw for raw, _words in UNREADABLE.values()]
        rubbish += [b"null", b"1", b'"x"', b"[]", b"{}", b"\x00", b'{"": {}}', b"[[]]"]
        rubbish += [b'{"order": null, "line_items": 7, "id": {}}', b"<a/>", b"%%%"]
        for code in sorted(set(ADAPTERS) - {PaperShop.code}):
            channel = self.hooks if code == "webhook" else self._plain(code)
            for number, raw in enumerate(rubbish):
                with self.subTest(f"{code} {raw[:30]}"):
                    message = Message("order", f"R-{number}", raw)
                    inbound = self._take(message, channel=channel)
                    self.assertIn(inbound.state, ("attention", "ignored"), code)
                    self.assertTrue(inbound.problem_ids, inbound.trace)
                    self._assert_kept(inbound, raw)

    def _plain(self, code):
        for channel in (self.shopify, self.woo, self.files, self.form, self.channel):
            if channel.adapter == code:
                return channel
        return self.env["order.hub.channel"].create(
            {"name": code, "code": f"bad-{code}", "adapter": code}
        )


@tagged("post_install", "-at_install")
class TestBadFiles(BadInputCommon):
    """Files and e-mails."""

    def _upload(self, raw, name="orders.csv"):
        return (
            self.env["order.hub.file.upload"]
            .with_user(self.operator)
            .create(
                {
                    "channel_id": self.files.id,
                    "file": base64.b64encode(raw),
                    "filename": name,
                }
            )
        )

    def test_files_that_cannot_be_read_are_refused_in_words(self):
        bomb = io.BytesIO()
        with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as packed:
            packed.writestr("xl/workbook.xml", "<a/>")
            packed.writestr("[Content_Types].xml", "<a/>")
            packed.writestr("xl/worksheets/sheet1.xml", b" " * 300_000_000)
        files = {
            "bomb": (bomb.getvalue(), "o.xlsx"),
            "half a workbook": (bomb.getvalue()[:200], "o.xlsx"),
            "bytes": (bytes(range(256)) * 20, "o.csv"),
            "blanks": (b"  \n ", "o.csv"),
            "deep": (DEEP, "o.json"),
            "no table": (b"hello\nworld\n", "o.csv"),
            "NULs": (b"\x00" * 5000, "o.csv"),
            "rows": (b"Order No,SKU,Quantity\n" + b"1,A,1\n" * 200_000, "o.csv"),
        }
        for name, (raw, filename) in files.items():
            with self.subTest(name):
                upload = self._upload(raw, filename)
                self.assertTrue(upload.preview)
                with self.assertRaises(UserError):
                    upload.action_receive()
        self.assertFalse(self._rows(self.files))

    def test_a_formula_in_a_file_stays_a_text(self):
        raw = (
            b"Order No,Customer,SKU,Quantity,Remark\n"
            b'F-1,"=cmd|\'/C calc\'!A1",ZXJ-0123,2,"=HYPERLINK(""http://x"")"\n'
        )
        self._upload(raw).action_receive()
        inbound = self._rows(self.files)
        inbound._process(self.files)
        said = json.dumps(inbound.values)
        self.assertIn("=cmd|", said)
        with self.assertRaises(ReadError):
            ADAPTERS["table"](self.files._access()).split(b"", "x.csv")
        cells = [
            cell for _number, row in read_sheet(raw, "", "", "").rows for cell in row
        ]
        self.assertIn("=cmd|'/C calc'!A1", cells)

    def test_names_of_files_and_senders_are_shown_as_text(self):
        raw = b"Order No,SKU,Quantity\n<script>alert(1)</script>,ZXJ-0123,1\n"
        upload = self._upload(raw, f"{HTML}.csv")
        self.assertNotIn("<script", str(upload.preview))
        self.assertNotIn("<img", str(upload.preview))


@tagged("post_install", "-at_install")
class TestForbiddenAddresses(BadInputCommon):
    """No setting leads the server into its own network."""

    INSIDE = (
        "http://127.0.0.1/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://0177.0.0.1/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:169.254.169.254]/latest/meta-data",
        "http://[64:ff9b::7f00:1]/",
        "http://169.254.169.254/",
        "http://100.64.0.1/",
        "http://localhost/",
        "http://localhost.:8069/",
        "http://metadata.google.internal/",
    )

    def test_a_status_address_inside_the_network_is_never_called(self):
        row = self.hooks.parameter_ids.filtered(lambda r: r.name == "status_url")
        for address in (*self.INSIDE, "file:///etc/passwd", "gopher://x/", "//x"):
            row.value = address
            with (
                self.subTest(address),
                patch("requests.Session.request", side_effect=AssertionError) as call,
                self.assertRaises(Refused),
            ):
                self.hooks._adapter().send_status(StatusUpdate("A-1", "shipped"))
            self.assertFalse(call.called)

    def test_a_shop_address_inside_the_network_is_never_called(self):
        for address in self.INSIDE:
            self.woo.base_url = address
            with (
                self.subTest(address),
                patch("requests.Session.request", side_effect=AssertionError) as call,
                self.assertRaises(UserError),
            ):
                self.woo.with_user(self.configurator).action_test_connection()
            self.assertFalse(call.called)

    def test_a_name_that_answers_with_one_inside_address_is_refused(self):
        def answers(host, port, **_options):
            ends = ("93.184.216.34", "10.0.0.7")
            return [(2, 1, 6, "", (address, port)) for address in ends]

        with self.assertRaises(Refused):
            safe_url.check_public("https://rebind.example.com/", answers)


def _clean(text):
    return text.replace("\x00", "").strip()
