import base64
import io
from datetime import timedelta

from PIL import Image

from odoo import fields, http
from odoo.exceptions import UserError
from odoo.tests import HttpCase, tagged

from odoo.addons.order_hub.controllers.portal import PICTURES

from .common import PIXEL, OrderHubCommon
from .test_portal import UNKNOWN, PortalCommon

#: Which tests try each route from the wrong side.
ACCESS_TESTS = {
    "/my/hub/<ref>/receipt": {"test_receipt_page_is_closed_to_strangers"},
    "/my/hub/<ref>/receipt/remark": {
        "test_remark_of_a_stranger_is_not_taken",
        "test_remark_of_an_employee_is_not_taken",
        "test_remark_for_a_delivery_of_another_order_is_not_taken",
    },
    "/my/hub/<ref>/document/<kind>/<int:document_id>": {
        "test_documents_are_closed_to_strangers",
        "test_documents_are_closed_to_the_code_on_paper",
        "test_document_of_another_order_is_not_sent",
    },
}


def jpeg(colour="red"):
    stream = io.BytesIO()
    Image.new("RGB", (60, 40), colour).save(stream, "JPEG")
    return stream.getvalue()


class TestWhy(OrderHubCommon):
    """Is this order late, and why: one sentence in public words."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.promise = fields.Datetime.now() + timedelta(days=5)
        cls.order = cls._order(commitment_date=cls.promise)
        cls.order.action_confirm()

    def _problem(self, code, **vals):
        kind = self.env["order.hub.exception.kind"]._by_code(code, self.company)
        return self.env["order.hub.exception"].create(
            {
                "order_id": self.order.id,
                "kind_id": kind.id,
                "name": "Boss overslept",
                "is_blocking": False,
                **vals,
            }
        )

    def _expect(self, days):
        self.env["order.hub.writer"]._update(
            self.order,
            {self.order.id: {"hub_expected_date": self.promise + timedelta(days=days)}},
        )

    def _sentence(self):
        self.env.flush_all()
        self.env.invalidate_all()
        status = self.order._hub_page_status()
        return status["code"], status["sentence"]

    def test_supplier_who_is_late_makes_the_order_later_and_says_why(self):
        self._expect(3)
        code, sentence = self._sentence()
        self.assertEqual(code, "later")
        self.assertIn("material reaches us later", sentence)
        self.assertIn(self.order._hub_day(self.promise + timedelta(days=3)), sentence)

    def test_rest_that_comes_on_friday_is_said_with_its_cause(self):
        self._deliver(self.order, quantity=4)
        self._expect(3)
        code, sentence = self._sentence()
        self.assertEqual(code, "later")
        for words in ("A part was delivered", "now expected on", "material reaches"):
            self.assertIn(words, sentence)
        [rest] = [p for p in self.order._hub_page_parts() if not p["is_done"]]
        self.assertIn(self.order._hub_day(self.order.hub_expected_date), rest["state"])
        self.assertIn("material reaches us later", rest["why"])

    def test_late_order_says_the_cause_and_not_the_problem(self):
        self.order.commitment_date = fields.Datetime.now() - timedelta(days=2)
        self._problem("quality")
        code, sentence = self._sentence()
        self.assertEqual(code, "late")
        self.assertIn("quality of your goods", sentence)
        self.assertNotIn("overslept", sentence)

    def test_key_user_says_what_customers_are_told(self):
        self.order.commitment_date = fields.Datetime.now() - timedelta(days=2)
        problem = self._problem("quality")
        problem.kind_id.public_cause = "production"
        self.assertIn("making your goods", self._sentence()[1])
        problem.kind_id.public_cause = "hidden"
        self.assertIn("We are working on it", self._sentence()[1])

    def test_held_order_says_what_the_question_is_about(self):
        self._problem("place", is_blocking=True)
        code, sentence = self._sentence()
        self.assertEqual(code, "held")
        self.assertIn("address of delivery", sentence)

    def test_done_order_says_that_it_was_late(self):
        self.order.commitment_date = fields.Datetime.now() - timedelta(days=2)
        self._deliver(self.order)
        code, sentence = self._sentence()
        self.assertEqual(code, "done")
        self.assertIn("it was promised for", sentence)

    def test_every_status_has_a_sentence_in_words(self):
        for cause in (
            self.env["order.hub.exception.kind"]
            ._fields["public_cause"]
            .get_values(self.env)
        ):
            words = self.order._hub_cause_words(cause)
            self.assertEqual(bool(words), cause != "hidden", cause)

    def test_moved_promise_tells_the_cause_that_was_open_then(self):
        problem = self._problem("supplier_delay")
        self.env["order.hub.writer"]._update(
            problem,
            {problem.id: {"solved_date": fields.Datetime.now() + timedelta(hours=1)}},
        )
        self.order.commitment_date = self.promise + timedelta(days=3)
        [change] = self.order._hub_page_promise_changes()
        self.assertIn("material reaches us later", change["why"])

    def test_step_says_who_has_the_order_now(self):
        self.order.hub_owner_id = self.supervisor
        steps = self.order._hub_page_steps()
        [now] = [step for step in steps if step["state"] == "now"]
        self.assertEqual(now["has"], self.supervisor.name)

    def test_page_says_when_the_customer_was_told(self):
        self.assertFalse(self.order._hub_customer_page()["told"])
        self._expect(3)
        self._problem("supplier_delay")
        self.assertFalse(self.order._hub_customer_page()["told"])
        self.partner.email = "orders@taihu.example"
        message = self.order.message_post(
            body="It comes on Friday.",
            partner_ids=self.partner.ids,
            subtype_xmlid="mail.mt_comment",
        )
        self.env["mail.notification"].search(
            [("mail_message_id", "=", message.id)]
        ).notification_status = "sent"
        self.assertEqual(
            self.order._hub_customer_page()["told"],
            self.order._hub_moment(message.date),
        )


class TestTellDelays(OrderHubCommon):
    """Customers are written to when their order comes later."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.hub_tell_delays = True
        cls.partner.email = "orders@taihu.example"
        cls.promise = fields.Datetime.now() + timedelta(days=5)
        cls.order = cls._order(commitment_date=cls.promise)
        cls.order.action_confirm()

    def _expect(self, days):
        values = {"hub_expected_date": self.promise + timedelta(days=days)}
        self.env["order.hub.writer"]._update(self.order, {self.order.id: values})

    def _run(self):
        """Run the job; return the texts that went to the customer."""
        before = self.order.message_ids
        with self.enter_registry_test_mode():
            self.env.ref("order_hub.ir_cron_tell_delays").method_direct_trigger()
        self.env.invalidate_all()
        new = self.order.message_ids - before
        return [m.body for m in new if self.partner in m.partner_ids]

    def test_customer_is_told_once_for_each_later_day(self):
        self.assertFalse(self._run())
        self._expect(3)
        [text] = self._run()
        self.assertIn("material reaches us later", text)
        self.assertIn(self.order._hub_page_token(), text)
        self.assertFalse(self._run(), "the same day is no news")
        self._expect(4)
        self.assertEqual(len(self._run()), 1)

    def test_promise_moved_by_our_people_is_told(self):
        self.order.commitment_date = self.promise + timedelta(days=2)
        self.assertEqual(len(self._run()), 1)
        self.assertFalse(self._run())

    def test_promise_moved_by_the_customers_own_change_is_not_told_again(self):
        self.order.with_context(order_hub_voucher="CR-1").commitment_date = (
            self.promise + timedelta(days=2)
        )
        self.assertFalse(self._run())

    def test_nobody_is_told_where_the_company_does_not_want_it(self):
        self.company.hub_tell_delays = False
        self._expect(3)
        self.assertFalse(self._run())

    def test_nobody_marks_a_customer_as_told(self):
        with self.assertRaises(UserError):
            self.order.hub_told_day = "2026-01-01"


@tagged("post_install", "-at_install")
class TestCustomerReceipt(PortalCommon, HttpCase):
    """What customers say about what arrived: signature, photos, remarks."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.part = cls._deliver(cls.order, quantity=4)

    def _receipt(self, order=None, token=None, **query):
        query = {"access_token": token, **query}
        words = "&".join(f"{name}={value}" for name, value in query.items() if value)
        return self._get(f"/my/hub/{(order or self.order).hub_ref}/receipt?{words}")

    def _remark(self, order=None, token=None, photos=(), **form):
        order = order or self.order
        csrf = http.Request.csrf_token(self)
        files = [("photos", (name, content)) for name, content in photos]
        values = {"csrf_token": csrf, **form}
        if token:
            values["access_token"] = token
        response = self.url_open(
            f"/my/hub/{order.hub_ref}/receipt/remark",
            data=values,
            files=files or None,
            allow_redirects=False,
        )
        self.env.invalidate_all()
        return response

    def _sign(self, **query):
        self.env.flush_all()
        words = "&".join(f"{name}={value}" for name, value in query.items())
        answer = self.make_jsonrpc_request(
            f"/my/hub/{self.order.hub_ref}/sign?{words}",
            {"name": "Li Wei", "signature": PIXEL},
        )
        self.env.invalidate_all()
        return answer

    # === SIGNATURE === #

    def test_each_delivery_of_a_split_order_is_signed_by_itself(self):
        self._as(self.customer)
        self.assertIn("o_order_hub_sign", self._receipt(delivery=self.part.id).text)
        self.assertTrue(self._sign(delivery=self.part.id).get("force_refresh"))
        evidence = self.order.hub_evidence_ids
        self.assertEqual(evidence.picking_id, self.part)
        self.assertNotEqual(self.order.hub_stage_id, self.signed)
        self.assertIn("error", self._sign(delivery=self.part.id), "signed already")
        rest = self._deliver(self.order)
        self.assertTrue(self._sign(delivery=rest.id).get("force_refresh"))
        self.assertEqual(self.order.hub_stage_id, self.signed)

    def test_delivery_on_its_way_cannot_be_signed(self):
        self._as(self.customer)
        rest = self.order.picking_ids - self.part
        for delivery in (rest.id, 0, self.other.picking_ids.id):
            self.assertIn("error", self._sign(delivery=delivery))
        self.assertFalse(self.order.hub_evidence_ids)

    # === PHOTOS AND REMARKS === #

    def test_photo_and_remark_are_kept_with_their_delivery(self):
        self._as(None)
        token = self.order._hub_page_token()
        response = self._remark(
            token=token,
            photos=[("pallet.jpg", jpeg())],
            remark="Film torn",
            name="Li Wei",
            delivery=self.part.id,
        )
        self.assertEqual(response.status_code, 303, response.text[:500])
        found = self.order.hub_evidence_ids
        self.assertEqual(set(found.mapped("kind")), {"photo", "note"})
        self.assertEqual(found.picking_id, self.part)
        self.assertEqual(set(found.mapped("signed_by")), {"Li Wei"})
        self.assertFalse(self.order.hub_exception_ids)
        self.assertIn("Film torn", self._page(self.order, token).text)

    def test_damage_opens_a_problem_for_its_owner_once(self):
        self._as(self.customer)
        for remark in ("Two are bent", "Two are bent", "One is missing"):
            self._remark(remark=remark, is_damaged="1", delivery=self.part.id)
        problem = self.order.hub_exception_ids
        self.assertEqual(problem.kind_id.code, "customer_damage")
        self.assertEqual(problem.owner_id, self.order.hub_owner_id or self.sales)
        self.assertEqual(problem.description.count("Two are bent"), 1)
        self.assertIn("One is missing", problem.description)
        self.assertEqual(len(self.order.hub_evidence_ids), 2)

    def test_what_cannot_be_taken_is_said_and_nothing_is_kept(self):
        self._as(self.customer)
        for form, photos in (
            ({}, ()),
            ({"is_damaged": "1"}, [("a.jpg", jpeg())]),
            ({"remark": "x" * 1001}, ()),
            ({"remark": "Look"}, [("a.jpg", b"<svg onload=alert(1)>")]),
            ({"remark": "Look", "delivery": "0000999"}, ()),
        ):
            with self.subTest(form=str(form)[:40]):
                response = self._remark(photos=photos, **form)
                self.assertEqual(response.status_code, 422)
                self.assertIn("alert-danger", response.text)
        self.assertFalse(self.order.hub_evidence_ids)

    def test_remarks_are_taken_for_thirty_days(self):
        self.part.date_done = fields.Datetime.now() - timedelta(days=31)
        with self.assertRaisesRegex(UserError, "30 days"):
            self.order._hub_take_remark({"remark": "Late"}, [])

    def test_nothing_delivered_is_nothing_to_remark_on(self):
        with self.assertRaisesRegex(UserError, "from the delivery on"):
            self.other._hub_take_remark({"remark": "Where is it"}, [])

    # === THE WRONG SIDE === #

    def test_receipt_page_is_closed_to_strangers(self):
        self._as(self.stranger)
        for token in (None, "0" * 32, self.other._hub_page_token()):
            self.assertEqual(self._receipt(token=token).status_code, 404)
        self._as(None)
        self._assert_goes_to_login(self._receipt(), self.order.hub_ref)

    def test_remark_of_a_stranger_is_not_taken(self):
        self._as(self.stranger)
        for token in (None, "0" * 32, self.other._hub_page_token()):
            response = self._remark(token=token, remark="Not mine", is_damaged="1")
            self.assertEqual(response.status_code, 404)
        self.assertFalse(self.order.hub_evidence_ids | self.other.hub_evidence_ids)
        self.assertFalse(self.order.hub_exception_ids)

    def test_remark_of_an_employee_is_not_taken(self):
        self.supervisor.password = self.supervisor.login
        self._as(self.supervisor)
        self.assertEqual(self._remark(remark="All is well").status_code, 422)
        self.assertFalse(self.order.hub_evidence_ids)

    def test_remark_for_a_delivery_of_another_order_is_not_taken(self):
        foreign = self._deliver(self.other)
        self._as(self.customer)
        response = self._remark(remark="Bent", is_damaged="1", delivery=foreign.id)
        self.assertEqual(response.status_code, 422)
        self.assertFalse(self.order.hub_exception_ids | self.other.hub_exception_ids)


@tagged("post_install", "-at_install")
class TestCustomerDocuments(PortalCommon, HttpCase):
    """The papers of an order: for login and mailed link."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.picking = cls._deliver(cls.order)
        cls.invoice = cls.order._create_invoices()
        cls.invoice.action_post()

    def _paper(self, kind, record, token=None, order=None):
        query = f"?access_token={token}" if token else ""
        order = order or self.order
        return self._get(f"/my/hub/{order.hub_ref}/document/{kind}/{record.id}{query}")

    def _papers(self):
        return (("invoice", self.invoice), ("delivery", self.picking))

    def test_customer_finds_invoice_and_delivery_note(self):
        for user, token in (
            (self.customer, None),
            (None, self.order._portal_ensure_token()),
        ):
            self._as(user)
            page = self._page(self.order, token).text
            for kind, record in self._papers():
                self.assertIn(f"/document/{kind}/{record.id}", page)
                response = self._paper(kind, record, token)
                self.assertEqual(response.status_code, 200)
                self.assertIn("attachment", response.headers["Content-Disposition"])
                self.assertIn("no-store", response.headers["Cache-Control"])

    def test_documents_are_closed_to_the_code_on_paper(self):
        self._as(None)
        token = self.order._hub_page_token()
        self.assertNotIn("/document/", self._page(self.order, token).text)
        for kind, record in self._papers():
            self.assertEqual(self._paper(kind, record, token).status_code, 404)

    def test_documents_are_closed_to_strangers(self):
        for user in (self.stranger, None):
            self._as(user)
            for token in (None, "0" * 32, self.other._portal_ensure_token()):
                for kind, record in self._papers():
                    response = self._paper(kind, record, token)
                    self.assertEqual(response.status_code, 404)

    def test_document_of_another_order_is_not_sent(self):
        self._as(self.stranger)
        for kind, record in self._papers():
            response = self._paper(kind, record, order=self.other)
            self.assertEqual(response.status_code, 404)
        for kind in ("certificate", "secret", "invoice"):
            self.assertEqual(
                self._paper(kind, self.picking, order=self.other).status_code, 404
            )

    def _certificate(self, **vals):
        paper = self.env["ir.attachment"].create(
            {"name": "Baosteel 4711.pdf", "raw": b"%PDF-1.4 certificate"}
        )
        certificate = self.env["order.hub.certificate"].create(
            {
                "partner_id": self.stranger_partner.id,
                "kind_id": self.env["order.hub.certificate.kind"]
                .search([], limit=1)
                .id,
                "number": "MC/77",
                "product_id": self.product.id,
                "attachment_ids": paper.ids,
                **vals,
            }
        )
        certificate.sudo().state = "approved"
        return certificate

    def test_certificate_for_customers_is_sent_without_the_suppliers_file_name(self):
        certificate = self._certificate(is_for_customers=True)
        self._as(self.customer)
        response = self._paper("certificate", certificate)
        self.assertEqual(response.status_code, 200)
        self.assertEqual(response.headers["Content-Type"], "application/pdf")
        self.assertNotIn("Baosteel", str(response.headers))
        self.assertNotIn("Baosteel", self._page(self.order).text)

    def test_other_certificates_are_not_shown(self):
        other = self._product("Half shaft", "HS-1")
        for vals in (
            {},
            {"is_for_customers": True, "product_id": other.id},
            {"is_for_customers": True, "lot_name": "LOT-NEVER-SENT"},
            {"is_for_customers": True, "valid_until": "2020-01-01"},
            {"is_for_customers": True, "attachment_ids": False},
        ):
            with self.subTest(vals):
                certificate = self._certificate(**vals)
                self.assertIsNone(
                    self.order._hub_document_file("certificate", certificate.id, True)
                )

    def test_draft_invoice_is_no_paper_yet(self):
        self.invoice.button_draft()
        kinds = [paper["kind"] for paper in self.order._hub_page_documents(True)]
        self.assertEqual(kinds, ["delivery"])

    def test_invoice_of_several_orders_opens_by_login_only(self):
        second = self._order()
        second.action_confirm()
        self._deliver(second)
        third = self._order()
        third.action_confirm()
        self._deliver(third)
        both = (second | third)._create_invoices()
        both.action_post()
        self.assertEqual(len(both), 1)
        by_link = {paper["kind"] for paper in second._hub_page_documents(False)}
        by_login = {paper["kind"] for paper in second._hub_page_documents(True)}
        self.assertEqual((by_link, by_login), ({"delivery"}, {"delivery", "invoice"}))

    def test_unknown_order_gets_the_same_answer(self):
        self._as(self.customer)
        response = self._get(f"/my/hub/{UNKNOWN}/document/invoice/{self.invoice.id}")
        self.assertEqual(response.status_code, 404)


@tagged("post_install", "-at_install")
class TestMarkedPictures(PortalCommon, HttpCase):
    """Pictures carry the hub reference; the original never leaves."""

    def _fetch(self, evidence, size="full"):
        path = f"/my/hub/{self.order.hub_ref}/evidence/{evidence.id}?size={size}"
        return self._get(path)

    def test_picture_is_marked_and_is_not_the_original(self):
        stream = io.BytesIO()
        Image.new("RGB", (800, 600), "white").save(stream, "JPEG", quality=95)
        photo = self._evidence(
            self.order, content=base64.b64encode(stream.getvalue()).decode()
        )
        self._as(self.customer)
        PICTURES.clear()
        shown = Image.open(io.BytesIO(self._fetch(photo).content)).convert("L")
        self.assertEqual(shown.getpixel((400, 100)), 255)
        dark, light = shown.crop((0, 565, 800, 600)).getextrema()
        self.assertLess(dark, 110)
        self.assertGreater(light, 240)

    def test_webp_is_shown_like_any_picture(self):
        stream = io.BytesIO()
        Image.new("RGB", (80, 60), "blue").save(stream, "WEBP")
        photo = self._evidence(
            self.order, content=base64.b64encode(stream.getvalue()).decode()
        )
        self._as(self.customer)
        response = self._fetch(photo)
        self.assertEqual(response.headers["Content-Type"], "image/jpeg")

    def test_mark_says_reference_and_time_of_the_company(self):
        self.company.resource_calendar_id.tz = "Asia/Shanghai"
        photo = self._evidence(self.order)
        self.env["order.hub.writer"]._update(
            photo, {photo.id: {"create_date": "2026-11-02 20:30:00"}}
        )
        mark = self.order._hub_picture_mark(photo)
        self.assertEqual(mark, f"{self.order.hub_ref}  2026-11-03 04:30")
