import base64
import inspect
import io
import sys
from datetime import timedelta

from PIL import Image

from odoo import fields
from odoo.fields import Command
from odoo.tests import HttpCase, TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.order_hub.controllers.portal import REFUSALS, SIGNATURES
from odoo.addons.order_hub.controllers.throttle import MAX_KEYS, Throttle

from .common import PIXEL, OrderHubCommon

UNKNOWN = "OH-0000-0000-0000"

#: Which tests try each route of the add-on from the wrong side.
ACCESS_TESTS = {
    "/my/hub": {
        "test_list_shows_own_orders_only",
        "test_list_asks_a_stranger_to_log_in",
    },
    "/my/hub/page/<int:page>": {"test_list_pages_show_own_orders_only"},
    "/my/hub/<ref>": {
        "test_page_is_closed_to_another_customer",
        "test_page_is_closed_to_a_guessed_token",
        "test_page_is_closed_to_the_token_of_another_order",
        "test_page_answers_the_same_for_unknown_and_not_yours",
        "test_page_asks_a_stranger_to_log_in",
    },
    "/my/hub/<ref>/evidence/<int:evidence_id>": {
        "test_evidence_is_closed_to_strangers",
        "test_evidence_of_another_order_is_not_sent",
        "test_internal_evidence_is_not_sent",
    },
    "/my/hub/<ref>/sign": {
        "test_receipt_is_closed_to_strangers",
        "test_receipt_cannot_be_signed_by_an_employee",
    },
    "/hub/o": {"test_code_page_without_a_reference_asks_for_one"},
    "/hub/o/<ref>": {
        "test_code_answers_the_same_for_unknown_and_not_yours",
        "test_code_asks_a_stranger_to_log_in",
        "test_code_with_a_wrong_token_asks_to_log_in",
    },
}


class PortalCommon(OrderHubCommon, HttpCase):
    """Two customers with an order each, and what each of them may try."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.signed.write({"public_name": "Receipt signed"})
        cls.preparing.write({"name": "Credit desk dispute", "is_public": False})
        cls.customer = cls._portal_user("hub_customer", cls.partner)
        cls.stranger_partner = cls.env["res.partner"].create({"name": "Other Garage"})
        cls.stranger = cls._portal_user("hub_stranger", cls.stranger_partner)
        cls.promise = fields.Datetime.now() + timedelta(days=5)
        cls.order = cls._order(commitment_date=cls.promise)
        cls.order.action_confirm()
        cls.other = cls._order(partner_id=cls.stranger_partner.id)
        cls.other.action_confirm()

    @classmethod
    def _portal_user(cls, login, partner):
        contact = cls.env["res.partner"].create(
            {"name": f"{login} contact", "parent_id": partner.id}
        )
        return new_test_user(
            cls.env,
            login=login,
            password=login,
            groups="base.group_portal",
            partner_id=contact.id,
        )

    def setUp(self):
        super().setUp()
        REFUSALS.clear()
        SIGNATURES.clear()

    def _as(self, user):
        """Log in; ``None`` is somebody who has no account."""
        login = user and user.login
        self.authenticate(login, login)

    def _get(self, path, **options):
        self.env.flush_all()
        return self.url_open(path, allow_redirects=False, **options)

    def _page(self, order, token=None):
        query = f"?access_token={token}" if token else ""
        return self._get(f"/my/hub/{order.hub_ref}{query}")

    def _evidence(self, order, stage=None, **item):
        item = {"kind": "photo", "content": PIXEL, "is_public": True, **item}
        return self.env["order.hub.evidence"]._add(order, stage or self.shipped, [item])

    def _assert_goes_to_login(self, response, ref):
        self.assertEqual(response.status_code, 303)
        location = response.headers["Location"]
        self.assertIn("/web/login?redirect=", location)
        self.assertIn(ref, location)


@tagged("post_install", "-at_install")
class TestPortalPage(PortalCommon):
    """What a customer sees of an order, and what nobody else does."""

    # === THE RIGHT SIDE === #

    def test_page_shows_a_customer_the_own_order(self):
        self._as(self.customer)
        response = self._page(self.order)
        self.assertEqual(response.status_code, 200)
        for text in (self.order.name, self.order.hub_ref, "On time", "10 Units"):
            self.assertIn(text, response.text)

    def test_page_opens_with_the_token_on_paper(self):
        self._as(None)
        response = self._page(self.order, self.order._hub_page_token())
        self.assertEqual(response.status_code, 200)
        self.assertNotIn(f"/my/orders/{self.order.id}", response.text)

    def test_page_opens_with_the_token_of_the_portal(self):
        self._as(None)
        response = self._page(self.order, self.order._portal_ensure_token())
        self.assertEqual(response.status_code, 200)
        self.assertIn(f"/my/orders/{self.order.id}", response.text)

    def test_token_on_paper_does_not_open_prices(self):
        self._as(None)
        token = self.order._hub_page_token()
        response = self._get(f"/my/orders/{self.order.id}?access_token={token}")
        self.assertEqual(response.status_code, 303)
        self.assertNotIn("160.00", self._page(self.order, token).text)

    def test_portal_page_of_the_order_leads_to_the_tracking(self):
        self._as(self.customer)
        response = self._get(f"/my/orders/{self.order.id}")
        self.assertIn(f"/my/hub/{self.order.hub_ref}", response.text)

    def test_reference_is_read_as_people_type_it(self):
        self._as(self.customer)
        typed = self.order.hub_ref.lower().replace("-", "")
        self.assertEqual(self._get(f"/my/hub/{typed}").status_code, 200)

    # === THE WRONG SIDE === #

    def test_page_is_closed_to_another_customer(self):
        self._as(self.stranger)
        response = self._page(self.order)
        self.assertEqual(response.status_code, 404)
        self.assertNotIn(self.order.name, response.text)

    def test_page_is_closed_to_a_guessed_token(self):
        self._as(self.stranger)
        for token in ("x", "0" * 32, "None", "False", "é", "%00"):
            with self.subTest(token):
                self.assertEqual(self._page(self.order, token).status_code, 404)

    def test_page_is_closed_to_the_token_of_another_order(self):
        self._as(self.stranger)
        for token in (self.other._hub_page_token(), self.other._portal_ensure_token()):
            self.assertEqual(self._page(self.order, token).status_code, 404)

    def test_page_answers_the_same_for_unknown_and_not_yours(self):
        self._as(self.stranger)
        known, unknown = self._page(self.order), self._get(f"/my/hub/{UNKNOWN}")
        self.assertEqual(known.status_code, unknown.status_code)
        self.assertEqual(
            self._comparable(known, self.order.hub_ref),
            self._comparable(unknown, UNKNOWN),
        )

    def _comparable(self, response, ref):
        """Return a page without its reference and what changes on every request."""
        lines = response.text.replace(ref, "REF").splitlines()
        return [line for line in lines if "csrf_token" not in line]

    def test_page_asks_a_stranger_to_log_in(self):
        self._as(None)
        for ref in (self.order.hub_ref, UNKNOWN):
            response = self._get(f"/my/hub/{ref}")
            self._assert_goes_to_login(response, ref)

    def test_mistyped_reference_is_said_to_be_mistyped(self):
        self._as(None)
        wrong = self.order.hub_ref[:-1] + (
            "0" if self.order.hub_ref[-1] != "0" else "1"
        )
        response = self._get(f"/my/hub/{wrong}")
        self.assertEqual(response.status_code, 404)
        self.assertIn("typing error", response.text)

    def test_whoever_keeps_guessing_is_told_to_wait(self):
        self._as(None)
        for _attempt in range(REFUSALS.limit):
            self._get("/my/hub/OH-nonsense")
        response = self._page(self.order, self.order._hub_page_token())
        self.assertEqual(response.status_code, 429)
        self._as(self.customer)
        self.assertEqual(self._page(self.order).status_code, 200)

    # === NOTHING INTERNAL === #

    def test_page_says_nothing_internal(self):
        self.order.with_user(self.supervisor)._hub_request_stage(self.preparing)
        self.order.with_context(
            order_hub_reason="Boss overslept", order_hub_voucher="WX-99"
        ).commitment_date = self.promise + timedelta(days=2)
        self.env["order.hub.exception"].create(
            {
                "order_id": self.order.id,
                "name": "Customer never pays",
                "kind_id": self.env["order.hub.exception.kind"].search([], limit=1).id,
                "is_blocking": True,
                "owner_id": self.supervisor.id,
            }
        )
        self._evidence(self.order, kind="note", note="Scratched", is_public=False)
        self._as(self.customer)
        text = self._page(self.order).text
        self.assertIn("We are clarifying something", text)
        for secret in (
            "Customer never pays",
            "Credit desk dispute",
            "Boss overslept",
            "WX-99",
            "Scratched",
            "OdooBot",
            self.flow.name,
            "160.00",
        ):
            with self.subTest(secret):
                self.assertNotIn(secret, text)

    def test_page_names_a_kit_and_not_its_components(self):
        screw = self._product("Secret screw", "SCREW", stock=100)
        kit = self._product("Repair kit", "KIT", is_storable=False)
        self.env["mrp.bom"].create(
            {
                "product_tmpl_id": kit.product_tmpl_id.id,
                "type": "phantom",
                "bom_line_ids": [
                    Command.create({"product_id": screw.id, "product_qty": 7})
                ],
            }
        )
        order = self._order(product=kit)
        order.action_confirm()
        self.assertEqual(order.picking_ids.move_ids.product_id, screw)
        self._as(self.customer)
        text = self._page(order).text
        self.assertIn("Repair kit", text)
        self.assertNotIn("Secret screw", text)

    def test_customer_cannot_call_the_inside_methods(self):
        self._as(self.customer)
        self.env.flush_all()
        for model, method, arguments in (
            ("sale.order", "hub_scan", [self.order.hub_ref]),
            ("sale.order", "hub_step", [[self.order.id]]),
            ("order.hub.api", "order_status", [self.order.hub_ref]),
        ):
            with self.subTest(method), mute_logger("odoo.http"):
                response = self.url_open(
                    "/web/dataset/call_kw",
                    json={
                        "params": {
                            "model": model,
                            "method": method,
                            "args": arguments,
                            "kwargs": {},
                        }
                    },
                )
                self.assertIn("error", response.json())

    # === WHAT IT SAYS === #

    def test_stages_are_done_now_and_to_come(self):
        steps = self.order._hub_customer_page()["steps"]
        self.assertEqual(
            [(step["label"], step["state"]) for step in steps],
            [
                ("Received", "done"),
                ("Approved", "now"),
                ("Shipped", "next"),
                ("Receipt signed", "next"),
            ],
        )

    def test_hidden_stage_leaves_the_last_public_one_as_now(self):
        self.order.with_user(self.supervisor)._hub_request_stage(self.preparing)
        steps = self.order._hub_customer_page()["steps"]
        self.assertEqual(
            [s["label"] for s in steps if s["state"] == "now"], ["Approved"]
        )

    def test_stage_names_the_person_and_never_a_technical_user(self):
        self.approved.trigger = False
        order = self._order()
        order.with_user(self.supervisor)._hub_request_stage(self.approved)
        steps = order._hub_customer_page()["steps"]
        self.assertEqual(steps[0]["who"], self.company.name)
        self.assertEqual(steps[1]["who"], self.supervisor.name)

    def test_promise_shows_how_it_changed(self):
        self.order.commitment_date = self.promise + timedelta(days=3)
        page = self.order._hub_customer_page()
        [change] = page["promise_changes"]
        self.assertEqual(change["old"], self.order._hub_day(self.promise))
        self.assertEqual(change["new"], page["promised"])

    def test_status_is_late_once_the_promise_has_passed(self):
        self.order.commitment_date = fields.Datetime.now() - timedelta(days=1)
        self.assertEqual(self.order._hub_page_status()["code"], "late")

    def test_status_is_later_when_the_plan_lies_behind_the_promise(self):
        self.order.picking_ids.move_ids.date = self.promise + timedelta(days=4)
        self.order.picking_ids.scheduled_date = self.promise + timedelta(days=4)
        self.assertEqual(self.order._hub_page_status()["code"], "later")

    def test_status_of_a_part_says_when_the_rest_comes(self):
        self._deliver(self.order, quantity=4)
        status = self.order._hub_page_status()
        self.assertEqual(status["code"], "on_time")
        self.assertIn("A part was delivered", status["sentence"])
        parts = self.order._hub_customer_page()["parts"]
        self.assertEqual(
            sorted(part["lines"][0]["quantity"] for part in parts),
            ["4 Units", "6 Units"],
        )

    def test_status_is_done_when_everything_is_delivered(self):
        self._deliver(self.order)
        self.assertEqual(self.order._hub_page_status()["code"], "done")

    def test_status_of_a_cancelled_order_says_so(self):
        self.order._action_cancel()
        self.assertEqual(self.order._hub_page_status()["code"], "cancelled")

    def test_status_of_a_quotation_waits_for_the_customer(self):
        quotation = self._order()
        quotation.state = "sent"
        self.assertEqual(quotation._hub_page_status()["code"], "quote")


@tagged("post_install", "-at_install")
class TestPortalList(PortalCommon):
    """The card on the portal's home and the list behind it."""

    def test_list_shows_own_orders_only(self):
        self._as(self.customer)
        text = self._get("/my/hub").text
        self.assertIn(self.order.hub_ref, text)
        self.assertNotIn(self.other.hub_ref, text)

    def test_list_pages_show_own_orders_only(self):
        self._orders(25)[:25].write({"state": "sent"})
        self._as(self.customer)
        text = self._get("/my/hub/page/2").text
        self.assertIn("/my/hub/OH-", text)
        self.assertNotIn(self.other.hub_ref, text)

    def test_list_asks_a_stranger_to_log_in(self):
        self._as(None)
        response = self._get("/my/hub")
        self.assertEqual(response.status_code, 303)
        self.assertIn("/web/login", response.headers["Location"])

    def test_list_leaves_out_drafts_that_somebody_still_writes(self):
        draft = self._order()
        self._as(self.customer)
        self.assertNotIn(draft.hub_ref, self._get("/my/hub").text)

    def test_list_finds_by_number_and_reference(self):
        second = self._order()
        second.action_confirm()
        self._as(self.customer)
        typed = second.hub_ref.lower().replace("-", " ")
        for query in (f"search={second.name}", f"search={typed}&search_in=ref"):
            text = self._get(f"/my/hub?{query}").text
            self.assertIn(second.hub_ref, text)
            self.assertNotIn(self.order.hub_ref, text)

    def test_list_filters_open_and_done(self):
        done = self._order()
        done.action_confirm()
        self._deliver(done)
        self._evidence(done, self.signed, kind="signature", signed_by="Li")
        done._hub_sync()
        self.assertFalse(done.hub_is_open)
        self._as(self.customer)
        self.assertNotIn(done.hub_ref, self._get("/my/hub?filterby=open").text)
        self.assertNotIn(self.order.hub_ref, self._get("/my/hub?filterby=done").text)

    def test_list_takes_nonsense_in_its_address(self):
        self._as(self.customer)
        for query in ("sortby=x", "filterby=x", "search_in=x&search=%27--", "page=x"):
            with self.subTest(query):
                self.assertEqual(self._get(f"/my/hub?{query}").status_code, 200)

    def test_list_asks_no_query_per_order(self):
        for order in self._orders(30):
            order.action_confirm()
        orders = self.env["sale.order"].search([("partner_id", "=", self.partner.id)])
        few, many = self._queries(orders[:3]), self._queries(orders[:30])
        self.assertLessEqual(many, few)

    def _queries(self, orders):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        orders._hub_customer_rows()
        return self.env.cr.sql_log_count - before

    def test_counter_counts_own_orders_and_writes_nothing(self):
        self._as(self.customer)
        self.env.flush_all()
        response = self.make_jsonrpc_request(
            "/my/counters", {"counters": ["hub_order_count"]}
        )
        self.assertEqual(response, {"hub_order_count": 1})


@tagged("post_install", "-at_install")
class TestPortalEvidence(PortalCommon):
    """Photos and files meant for the customer."""

    def _fetch(self, order, evidence, token=None):
        query = f"?access_token={token}" if token else ""
        return self._get(f"/my/hub/{order.hub_ref}/evidence/{evidence.id}{query}")

    def test_customer_sees_a_photo_meant_for_them(self):
        photo = self._evidence(self.order)
        self._as(self.customer)
        self.assertIn(f"/evidence/{photo.id}", self._page(self.order).text)
        response = self._fetch(self.order, photo)
        self.assertEqual(response.status_code, 200)
        self.assertEqual(response.headers["Content-Type"], "image/jpeg")

    def test_photo_is_sent_without_what_the_camera_noted(self):
        photo = self._evidence(self.order, content=self._photo_with_place())
        self._as(None)
        response = self._fetch(self.order, photo, self.order._hub_page_token())
        self.assertNotIn(b"Camera of Wang", response.content)
        self.assertFalse(Image.open(io.BytesIO(response.content)).getexif())

    def _photo_with_place(self):
        exif = Image.Exif()
        exif[0x010F] = "Camera of Wang"
        stream = io.BytesIO()
        Image.new("RGB", (8, 8)).save(stream, "JPEG", exif=exif)
        return base64.b64encode(stream.getvalue()).decode()

    def test_file_is_saved_and_never_shown(self):
        page = base64.b64encode(b"<script>alert(1)</script>").decode()
        file = self._evidence(self.order, kind="file", content=page, filename="a.html")
        self._as(self.customer)
        response = self._fetch(self.order, file)
        self.assertEqual(response.headers["Content-Type"], "application/octet-stream")
        self.assertIn("attachment", response.headers["Content-Disposition"])
        self.assertEqual(response.headers["X-Content-Type-Options"], "nosniff")

    def test_evidence_is_closed_to_strangers(self):
        photo = self._evidence(self.order)
        for user in (self.stranger, None):
            self._as(user)
            for token in (None, "0" * 32, self.other._hub_page_token()):
                response = self._fetch(self.order, photo, token)
                self.assertEqual(response.status_code, 404)

    def test_evidence_of_another_order_is_not_sent(self):
        photo = self._evidence(self.other)
        self._as(self.customer)
        self.assertEqual(self._fetch(self.order, photo).status_code, 404)

    def test_internal_evidence_is_not_sent(self):
        photo = self._evidence(self.order, is_public=False)
        self._as(self.customer)
        self.assertNotIn(f"/evidence/{photo.id}", self._page(self.order).text)
        self.assertEqual(self._fetch(self.order, photo).status_code, 404)

    def test_what_only_looks_like_a_picture_is_not_sent(self):
        header = base64.b64decode(PIXEL)[:24] + b"<svg onload=alert(1)>"
        fake = self._evidence(self.order, content=base64.b64encode(header).decode())
        self._as(self.customer)
        self.assertEqual(self._fetch(self.order, fake).status_code, 404)


@tagged("post_install", "-at_install")
class TestPortalReceipt(PortalCommon):
    """The signature of who received the goods."""

    def _sign(self, order, token=None, **values):
        query = f"?access_token={token}" if token else ""
        self.env.flush_all()
        answer = self.make_jsonrpc_request(
            f"/my/hub/{order.hub_ref}/sign{query}",
            {"name": "Li Wei", "signature": PIXEL, **values},
        )
        self.env.invalidate_all()
        return answer

    def _assert_refused(self, answer, order=None):
        self.assertIn("error", answer)
        signed = (order or self.order).hub_evidence_ids
        self.assertFalse(signed.filtered(lambda e: e.kind == "signature"))

    def test_signature_carries_a_delivered_order_to_its_end(self):
        self._deliver(self.order)
        self._as(None)
        token = self.order._hub_page_token()
        self.assertIn("o_order_hub_sign", self._page(self.order, token).text)
        answer = self._sign(self.order, token)
        self.assertTrue(answer.get("force_refresh"), answer)
        self.assertEqual(self.order.hub_stage_id, self.signed)
        [evidence] = self.order.hub_evidence_ids
        self.assertEqual(evidence.signed_by, "Li Wei")
        steps = self.order._hub_customer_page()["steps"]
        self.assertEqual((steps[-1]["state"], steps[-1]["who"]), ("done", "Li Wei"))
        self.assertNotIn("o_order_hub_sign", self._page(self.order, token).text)

    def test_receipt_cannot_be_signed_before_delivery(self):
        self._as(self.customer)
        self.assertNotIn("o_order_hub_sign", self._page(self.order).text)
        self._assert_refused(self._sign(self.order))

    def test_receipt_cannot_be_signed_while_a_part_is_on_its_way(self):
        self._deliver(self.order, quantity=4)
        self._as(self.customer)
        self._assert_refused(self._sign(self.order))

    def test_receipt_cannot_be_signed_twice(self):
        self._deliver(self.order)
        self._as(self.customer)
        self._sign(self.order)
        self.assertIn("error", self._sign(self.order, name="Somebody Else"))
        self.assertEqual(self.order.hub_evidence_ids.signed_by, "Li Wei")

    def test_receipt_is_closed_to_strangers(self):
        self._deliver(self.order)
        for user in (self.stranger, None):
            self._as(user)
            for token in (None, "0" * 32, self.other._hub_page_token()):
                self._assert_refused(self._sign(self.order, token))

    def test_receipt_of_an_unknown_order_gets_the_same_answer(self):
        self._deliver(self.order)
        self._as(self.stranger)
        unknown = self.make_jsonrpc_request(
            f"/my/hub/{UNKNOWN}/sign", {"name": "Li", "signature": PIXEL}
        )
        self.assertEqual(unknown, self._sign(self.order))

    def test_receipt_cannot_be_signed_by_an_employee(self):
        self._deliver(self.order)
        self.supervisor.password = self.supervisor.login
        self._as(self.supervisor)
        self._assert_refused(self._sign(self.order))

    def test_what_is_no_picture_is_refused(self):
        self._deliver(self.order)
        self._as(self.customer)
        text = base64.b64encode(b"I, Li Wei, have received it").decode()
        html = base64.b64encode(b"<html><script>alert(1)</script>").decode()
        for signature in (text, html, "no base64 !", "", None, 7, [PIXEL], {}):
            with self.subTest(str(signature)[:20]):
                SIGNATURES.clear()
                self._assert_refused(self._sign(self.order, signature=signature))

    def test_twenty_megabytes_are_refused(self):
        self._deliver(self.order)
        self._as(self.customer)
        huge = base64.b64encode(base64.b64decode(PIXEL) + b"0" * 20_000_000).decode()
        self._assert_refused(self._sign(self.order, signature=huge))

    def test_signature_without_a_name_is_refused(self):
        self._deliver(self.order)
        self._as(self.customer)
        for name in ("", "   ", None, 7, "x" * 101):
            with self.subTest(name):
                self._assert_refused(self._sign(self.order, name=name))

    def test_signing_stops_after_too_many_attempts(self):
        self._deliver(self.order)
        self._as(self.customer)
        for _attempt in range(SIGNATURES.limit):
            self._sign(self.order, signature="")
        self._assert_refused(self._sign(self.order))

    def test_held_order_keeps_the_signature_and_waits(self):
        self._deliver(self.order)
        self.env["order.hub.exception"].create(
            {
                "order_id": self.order.id,
                "name": "Invoice address unclear",
                "kind_id": self.env["order.hub.exception.kind"].search([], limit=1).id,
                "is_blocking": True,
            }
        )
        self._as(self.customer)
        self.assertTrue(self._sign(self.order).get("force_refresh"))
        self.assertEqual(self.order.hub_stage_id, self.shipped)
        self.assertEqual(self.order.hub_evidence_ids.kind, "signature")
        self.assertIn("error", self._sign(self.order))


@tagged("post_install", "-at_install")
class TestPortalCode(PortalCommon):
    """The address behind the QR code."""

    def _code(self, ref, token=None):
        return self._get(f"/hub/o/{ref}" + (f"?t={token}" if token else ""))

    def _assert_goes_to(self, response, path):
        self.assertEqual(response.status_code, 303)
        self.assertTrue(response.headers["Location"].endswith(path), response.headers)

    def test_code_takes_an_employee_to_the_step(self):
        self.operator.password = self.operator.login
        self._as(self.operator)
        self._assert_goes_to(
            self._code(self.order.hub_ref),
            f"/odoo/order-scan?code={self.order.hub_ref}",
        )

    def test_code_takes_the_customer_to_the_page(self):
        self._as(self.customer)
        self._assert_goes_to(
            self._code(self.order.hub_ref, self.order._hub_page_token()),
            f"/my/hub/{self.order.hub_ref}",
        )

    def test_code_with_a_token_takes_anybody_to_the_page(self):
        token = self.order._hub_page_token()
        for user in (None, self.stranger):
            self._as(user)
            self._assert_goes_to(
                self._code(self.order.hub_ref, token),
                f"/my/hub/{self.order.hub_ref}?access_token={token}",
            )

    def test_code_asks_a_stranger_to_log_in(self):
        self._as(None)
        for ref in (self.order.hub_ref, UNKNOWN):
            self._assert_goes_to_login(self._code(ref), ref)

    def test_code_with_a_wrong_token_asks_to_log_in(self):
        self._as(None)
        for token in ("x", self.other._hub_page_token()):
            response = self._code(self.order.hub_ref, token)
            self._assert_goes_to_login(response, self.order.hub_ref)

    def test_code_answers_the_same_for_unknown_and_not_yours(self):
        employee = self._user("hub_elsewhere", "order_hub.order_hub_group_user")
        employee.password = employee.login
        for user in (self.stranger, employee):
            self._as(user)
            for ref in (self.order.hub_ref, UNKNOWN):
                response = self._code(ref)
                self.assertEqual(response.status_code, 404)
                self.assertIn("We cannot show you this order", response.text)

    def test_code_page_without_a_reference_asks_for_one(self):
        self._as(None)
        response = self._get("/hub/o")
        self.assertEqual(response.status_code, 200)
        self.assertNotIn("OH-X0", response.text)
        typed = self._get(f"/hub/o?ref={self.order.hub_ref}")
        self._assert_goes_to_login(typed, self.order.hub_ref)

    def test_hostile_reference_is_shown_as_text(self):
        self._as(None)
        response = self._get("/hub/o?ref=%3Cscript%3Ealert(1)%3C/script%3E")
        self.assertEqual(response.status_code, 404)
        self.assertNotIn("<script>alert(1)", response.text)


@tagged("post_install", "-at_install")
class TestRoutes(TransactionCase):
    def test_every_route_has_an_access_test(self):
        listed, written = self._listed_and_written()
        http = self.env["ir.http"]
        rules = http._generate_routing_rules(
            sorted(self.registry._init_modules), http._get_converters()
        )
        routes = {url for url, endpoint in rules if self._is_ours(endpoint)}
        self.assertTrue(routes)
        for route in sorted(routes):
            with self.subTest(route):
                tests = listed.get(route)
                self.assertTrue(tests, f"no access test is listed for {route}")
                self.assertLessEqual(tests, written)

    def _listed_and_written(self):
        """Return ``{route: tests}`` that the modules of tests list, and the names of
        all tests that are written in those modules."""
        listed, written = {}, set()
        for module in vars(sys.modules[__package__]).values():
            if inspect.ismodule(module) and hasattr(module, "ACCESS_TESTS"):
                listed |= module.ACCESS_TESTS
                for _name, members in inspect.getmembers(module, inspect.isclass):
                    written |= {
                        name for name in vars(members) if name.startswith("test_")
                    }
        return listed, written

    def _is_ours(self, endpoint):
        function = inspect.unwrap(getattr(endpoint, "func", endpoint))
        return function.__module__.startswith("odoo.addons.order_hub.")


@tagged("post_install", "-at_install")
class TestThrottle(TransactionCase):
    def test_limit_holds_within_the_window_only(self):
        throttle = Throttle(limit=2, seconds=10)
        throttle.count("a", 0)
        self.assertFalse(throttle.is_exceeded("a", 1))
        throttle.count("a", 1)
        self.assertTrue(throttle.is_exceeded("a", 9))
        self.assertFalse(throttle.is_exceeded("b", 9))
        self.assertFalse(throttle.is_exceeded("a", 10))

    def test_memory_is_bounded(self):
        throttle = Throttle(limit=2, seconds=10)
        for number in range(MAX_KEYS + 5):
            throttle.count(number, 0)
        self.assertEqual(len(throttle._attempts), MAX_KEYS)
