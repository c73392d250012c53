"""Scan first: what the screen is told, what its one button does, from both sides."""

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import HttpCase, tagged
from odoo.tests.common import new_test_user

from odoo.addons.web.tests import test_js

from .common import PIXEL, OrderHubCommon

PHOTO = {"kind": "photo", "content": PIXEL, "filename": "carton.png"}
NOTE = {"kind": "note", "note": "two pieces repacked"}


@tagged("post_install", "-at_install")
class TestScan(OrderHubCommon):
    def setUp(self):
        super().setUp()
        self.order = self._order(quantity=12)
        self.scanned = self.order.with_user(self.operator)

    def _scan(self, code, user=None):
        Order = self.env["sale.order"].with_user(user or self.operator)
        return Order.hub_scan(code)

    # === FINDING === #

    def test_scanning_the_printed_reference_finds_the_order(self):
        found = self._scan(self.order.hub_ref)
        self.assertEqual(found["order"]["id"], self.order.id)
        self.assertEqual(found["order"]["customer"], "Taihu Auto Repair")
        self.assertEqual(found["stage"], "Received")
        self.assertEqual(found["step"]["name"], "Approved")

    def test_what_a_person_types_or_a_camera_reads_is_understood(self):
        ref = self.order.hub_ref
        for code in (
            ref.lower(),
            ref.replace("-", ""),
            f"  {ref}\n",
            f"https://example.com/hub/o/{ref}",
            f"https://example.com/hub/o/{ref}/?utm=1",
        ):
            with self.subTest(code=code):
                self.assertEqual(self._scan(code)["order"]["id"], self.order.id)

    def test_what_is_no_reference_gets_a_sentence_and_no_error(self):
        for code in ("", None, "hello", "6901234567892", "x" * 5000, "OH-"):
            with self.subTest(code=code):
                self.assertIn("no hub reference", self._scan(code)["error"])

    def test_a_misread_character_is_noticed(self):
        ref = self.order.hub_ref
        wrong = "7" if ref[3] != "7" else "8"
        self.assertIn("error", self._scan(ref[:3] + wrong + ref[4:]))

    def test_a_foreign_order_looks_like_one_that_does_not_exist(self):
        answer = self._scan(self.order.hub_ref, self.user)
        self.assertEqual(
            answer, {"error": f"No order of yours has the number {self.order.hub_ref}."}
        )

    # === WHAT THE SCREEN SHOWS === #

    def test_the_step_names_products_and_quantities(self):
        [line] = self.scanned.hub_step()["lines"]
        self.assertEqual(line["product"], "Steering knuckle")
        self.assertEqual(line["code"], "ZXJ-0123")
        self.assertEqual(line["quantity"], 12)

    def test_the_step_says_what_evidence_is_wanted(self):
        self.approved.write({"needs_photo": True, "needs_note": True})
        self.assertEqual(self.scanned.hub_step()["step"]["wanted"], ["note", "photo"])

    def test_the_step_says_in_words_what_blocks_and_what_warns(self):
        self._gate(self.approved, "stock_coverage", ratio=100)
        self._gate(self.approved, "customer_signature", severity="warn")
        step = self.scanned.hub_step()["step"]
        self.assertEqual(len(step["reasons"]), 1)
        self.assertIn("ZXJ-0123", step["reasons"][0])
        self.assertEqual(len(step["warnings"]), 1)

    def test_the_step_names_the_role_that_does_it(self):
        supervisors = self.env.ref("order_hub.order_hub_group_supervisor")
        self.approved.group_ids = supervisors
        step = self.scanned.hub_step()["step"]
        self.assertFalse(step["allowed"])
        self.assertIn(supervisors.full_name, step["forbidden"])
        self.assertTrue(
            self.order.with_user(self.supervisor).hub_step()["step"]["allowed"]
        )

    def test_at_the_end_of_the_flow_there_is_no_step(self):
        self.order.hub_stage_id = self.signed
        self.assertIsNone(self.scanned.hub_step()["step"])

    def test_a_hold_is_said(self):
        kind = self.env.ref("order_hub.exception_kind_other")
        self.env["order.hub.exception"].create(
            {"order_id": self.order.id, "kind_id": kind.id, "name": "Printer down"}
        )
        found = self.scanned.hub_step()
        self.assertTrue(found["held"])
        self.assertEqual(found["holds"], ["Printer down"])
        with self.assertRaisesRegex(UserError, "Printer down"):
            self.scanned.hub_do_step(self.approved.id)

    # === THE BUTTON === #

    def test_the_button_moves_the_order_and_says_what_is_next(self):
        found = self.scanned.hub_do_step(self.approved.id)
        self.assertEqual(self.order.hub_stage_id, self.approved)
        self.assertEqual(found["stage"], "Approved")
        self.assertEqual(found["step"]["name"], "Preparing")
        event = self.order.hub_event_ids[0]
        self.assertEqual((event.source, event.user_id), ("scan", self.operator))

    def test_evidence_is_kept_with_the_event(self):
        self.approved.write({"needs_photo": True, "needs_note": True})
        self.scanned.hub_do_step(self.approved.id, [PHOTO, NOTE])
        event = self.order.hub_event_ids[0]
        self.assertEqual(sorted(event.evidence_ids.mapped("kind")), ["note", "photo"])

    def test_without_the_evidence_nothing_happens(self):
        self.approved.write({"needs_photo": True, "needs_note": True})
        with self.assertRaisesRegex(UserError, "Photo"), self.env.cr.savepoint():
            self.scanned.hub_do_step(self.approved.id, [NOTE])
        self.assertEqual(self.order.hub_stage_id, self.received)
        self.assertFalse(self.order.hub_evidence_ids)

    def test_a_photo_that_is_none_is_refused_in_words(self):
        self.approved.needs_photo = True
        with self.assertRaisesRegex(ValidationError, "no picture"):
            self.scanned.hub_do_step(
                self.approved.id, [{**PHOTO, "content": "aGVsbG8gd29ybGQ="}]
            )

    def test_a_gate_that_blocks_stops_the_button_too(self):
        self._gate(self.approved, "stock_coverage", ratio=100)
        with self.assertRaises(UserError):
            self.scanned.hub_do_step(self.approved.id)
        self.assertEqual(self.order.hub_stage_id, self.received)

    def test_a_role_that_may_not_do_the_step_cannot_force_it(self):
        self.approved.group_ids = self.env.ref("order_hub.order_hub_group_supervisor")
        with self.assertRaises(AccessError):
            self.scanned.hub_do_step(self.approved.id)

    def test_the_stage_of_another_flow_is_refused(self):
        other = self._flow("Other", [("Elsewhere", "received", {})], sequence=9)
        with self.assertRaises(UserError):
            self.scanned.hub_do_step(other.stage_ids.id)
        with self.assertRaises(UserError):
            self.scanned.hub_do_step(0)

    def test_a_second_tap_changes_nothing(self):
        self.scanned.hub_do_step(self.approved.id)
        events = len(self.order.hub_event_ids)
        found = self.scanned.hub_do_step(self.approved.id, [NOTE])
        self.assertEqual(found["stage"], "Approved")
        self.assertEqual(len(self.order.hub_event_ids), events)
        self.assertFalse(self.order.hub_evidence_ids)

    def test_an_old_screen_does_not_move_the_order_back(self):
        self.order.hub_stage_id = self.preparing
        with self.assertRaises(UserError):
            self.order.with_user(self.supervisor).hub_do_step(self.approved.id)
        self.assertEqual(self.order.hub_stage_id, self.preparing)

    def test_nobody_steps_an_order_that_is_not_theirs(self):
        foreign = self.order.with_user(self.user)
        with self.assertRaises(AccessError):
            foreign.hub_step()
        with self.assertRaises(AccessError):
            foreign.hub_do_step(self.approved.id)

    def test_the_customer_cannot_use_the_buttons_of_the_warehouse(self):
        portal = new_test_user(self.env, "scan_portal", groups="base.group_portal")
        order = self._order(partner_id=portal.partner_id.id)
        order.message_subscribe(portal.partner_id.ids)
        mine = order.with_user(portal)
        for call in (
            mine.hub_step,
            lambda: mine.hub_do_step(self.approved.id),
            lambda: mine.browse().hub_scan(order.hub_ref),
        ):
            with self.assertRaises(AccessError):
                call()


@tagged("post_install", "-at_install")
class TestScanTour(OrderHubCommon, HttpCase):
    browser_size = "390x844"

    def test_scan_photograph_done(self):
        self.approved.write(
            {
                "needs_photo": True,
                "needs_note": True,
                "description": "Count the pieces.",
            }
        )
        self.preparing.group_ids = [
            Command.link(self.env.ref("order_hub.order_hub_group_supervisor").id)
        ]
        order = self._order(quantity=12)
        self.start_tour(
            f"/odoo/order-scan?code={order.hub_ref}",
            "order_hub_scan_step",
            login="hub_operator",
        )
        self.assertEqual(order.hub_stage_id, self.approved)
        photo = order.hub_evidence_ids.filtered(lambda item: item.kind == "photo")
        self.assertEqual(photo.mimetype, "image/jpeg")
        self.assertEqual(photo.create_uid, self.operator)


@tagged("post_install", "-at_install")
class TestClientUnits(HttpCase):
    """Run the add-on's own unit tests of the web client (Hoot)."""

    def _run(self, preset):
        suite = test_js.HOOTCommon._generate_hash(None, "@order_hub")
        self.browser_js(
            f"/web/tests?headless&loglevel=2&preset={preset}&timeout=15000&id={suite}",
            "",
            "",
            login="admin",
            timeout=300,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=test_js.unit_test_error_checker,
        )

    def test_units_on_a_desktop(self):
        self._run("desktop")
