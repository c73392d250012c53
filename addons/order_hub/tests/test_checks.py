"""Complaints lead to checks, checks hold orders back until they are passed."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from .common import PIXEL, OrderHubCommon

PHOTO = {"content": PIXEL, "filename": "carton.png"}


class ChecksCommon(OrderHubCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        Check = cls.env["order.hub.quality.check"]
        cls.packaging = Check.create({"name": "Packaging"})
        cls.torque = Check.create({"name": "Torque", "needs_photo": True})
        Cause = cls.env["order.hub.complaint.cause"]
        cls.crushed = Cause.create(
            {
                "name": "Packaging",
                "code": "test_packaging",
                "check_ids": [Command.set(cls.packaging.ids)],
            }
        )
        cls.loose = Cause.create(
            {
                "name": "Loose",
                "code": "test_loose",
                "in_a_row": 2,
                "check_ids": [Command.set((cls.packaging | cls.torque).ids)],
            }
        )

    @classmethod
    def _complain(cls, cause, count=1, partner=None, **vals):
        today = fields.Date.today()
        Complaint = cls.env["order.hub.complaint"]
        return Complaint.create(
            [
                {
                    "name": f"Complaint {number}",
                    "partner_id": (partner or cls.partner).id,
                    "cause_id": cause.id,
                    "date": today - timedelta(days=count - number),
                    "responsible_id": False,
                    **vals,
                }
                for number in range(count)
            ]
        )

    def _names(self, order):
        return sorted(order.sudo().hub_check_ids.check_id.mapped("name"))

    def _decision(self, order, kind="checks"):
        return self.env["order.hub.decision"]._in_force(order).get((order.id, kind))

    def _rules(self, **vals):
        """Publish one rule that fits any order."""
        ruleset = self.env["order.hub.routing.ruleset"].create(
            {
                "name": "Test rules",
                "rule_ids": [Command.create({"name": "All orders", **vals})],
            }
        )
        ruleset.action_publish()
        return ruleset


@tagged("post_install", "-at_install")
class TestChecksByHistory(ChecksCommon):
    def test_three_complaints_of_a_cause_put_its_check_on_the_next_order(self):
        self._complain(self.crushed, 3)
        order = self._order()
        self.assertEqual(self._names(order), ["Packaging"])
        self.assertEqual(order.hub_check_ids.source, "history")

    def test_two_complaints_or_another_cause_between_put_none(self):
        self._complain(self.crushed, 2)
        self.assertEqual(self._names(self._order()), [])
        self._complain(self.loose)
        self._complain(self.crushed)
        self.assertEqual(self._names(self._order()), [])

    def test_complaints_of_a_branch_count_for_the_whole_customer(self):
        branch = self.env["res.partner"].create(
            {"name": "Branch", "parent_id": self.partner.id}
        )
        self._complain(self.crushed, 2, branch)
        self._complain(self.crushed)
        self.assertEqual(self._names(self._order()), ["Packaging"])

    def test_complaints_of_somebody_else_do_not_count(self):
        other = self.env["res.partner"].create({"name": "Somebody else"})
        self._complain(self.crushed, 3, other)
        self.assertEqual(self._names(self._order()), [])

    def test_complaints_older_than_the_window_do_not_count(self):
        self.crushed.window_days = 30
        old = fields.Date.today() - timedelta(days=31)
        self._complain(self.crushed, 3, date=old)
        self.assertEqual(self._names(self._order()), [])
        self.crushed.window_days = 0
        self.assertEqual(self._names(self._order()), ["Packaging"])

    def test_archived_complaints_causes_and_checks_do_not_count(self):
        complaints = self._complain(self.crushed, 3)
        for record in (complaints[1], self.crushed, self.packaging):
            with self.subTest(record=record):
                record.active = False
                self.assertEqual(self._names(self._order()), [])
                record.active = True
        self.assertEqual(self._names(self._order()), ["Packaging"])

    def test_the_third_complaint_puts_the_check_on_orders_under_way(self):
        order = self._order()
        confirmed = self._order()
        confirmed.action_confirm()
        self._complain(self.crushed, 3)
        self.assertEqual(self._names(order), ["Packaging"])
        self.assertEqual(self._names(confirmed), ["Packaging"])

    def test_shipped_orders_get_no_check_any_more(self):
        order = self._order()
        order.action_confirm()
        self._deliver(order)
        self._complain(self.crushed, 3)
        self.assertEqual(self._names(order), [])

    def test_a_complaint_that_was_none_takes_the_open_check_back(self):
        complaints = self._complain(self.crushed, 3)
        order = self._order()
        complaints[0].active = False
        self.assertEqual(self._names(order), [])
        self.assertEqual(self._decision(order).source, "default")

    def test_a_check_that_was_done_stays_whatever_the_history_says(self):
        complaints = self._complain(self.crushed, 3)
        order = self._order()
        order.with_user(self.operator).hub_do_check(order.hub_check_ids.id, True)
        complaints[0].active = False
        self.assertEqual(self._names(order), ["Packaging"])

    def test_another_customer_on_the_draft_changes_its_checks(self):
        self._complain(self.crushed, 3)
        other = self.env["res.partner"].create({"name": "Somebody else"})
        order = self._order(partner_id=other.id)
        self.assertEqual(self._names(order), [])
        order.partner_id = self.partner
        self.assertEqual(self._names(order), ["Packaging"])
        order.partner_id = other
        self.assertEqual(self._names(order), [])

    def test_the_decision_names_the_complaints_and_the_cause(self):
        complaints = self._complain(self.crushed, 3)
        decision = self._decision(self._order())
        self.assertEqual(decision.source, "history")
        self.assertEqual(decision.value, self.packaging.ids)
        history = decision.figures["history"]
        self.assertEqual(history["cause"], self.crushed.id)
        self.assertEqual(
            [id_ for id_, _day in history["complaints"]],
            complaints.sorted("date", reverse=True).ids,
        )
        self.assertIn("last 3 complaints", decision.because_text)
        self.assertIn("“Packaging”", decision.because_text)

    def test_rules_and_history_are_told_apart_and_both_are_told(self):
        self._rules(check_ids=[Command.set((self.torque | self.packaging).ids)])
        self._complain(self.crushed, 3)
        order = self._order()
        self.assertEqual(self._names(order), ["Packaging", "Torque"])
        rows = {row.check_id: row for row in order.hub_check_ids}
        self.assertTrue(rows[self.packaging].by_rule)
        self.assertTrue(rows[self.packaging].by_history)
        self.assertFalse(rows[self.torque].by_history)
        decision = self._decision(order)
        self.assertEqual(decision.value, sorted((self.packaging | self.torque).ids))
        self.assertEqual(decision.rule_id.name, "All orders")
        self.assertIn("“All orders”", decision.because_text)
        self.assertIn("last 3 complaints", decision.because_text)

    def test_a_later_complaint_leaves_what_a_rule_asked_for(self):
        self._rules(check_ids=[Command.set(self.torque.ids)])
        order = self._order()
        self.assertEqual(order.hub_check_ids.source, "rule")
        self._complain(self.crushed, 3)
        self.assertEqual(self._names(order), ["Packaging", "Torque"])

    def test_looking_again_at_the_same_history_repeats_no_decision(self):
        self._complain(self.crushed, 3)
        order = self._order()
        order.note = "once more"
        order.note = "and again"
        found = self.env["order.hub.decision"].search(
            [("order_id", "=", order.id), ("kind", "=", "checks")]
        )
        self.assertEqual(len(found), 1)

    def test_what_a_person_decided_stays(self):
        self._complain(self.crushed, 3)
        order = self._order()
        order.with_user(self.supervisor)._hub_overrule(
            "checks", self.torque.ids, "agreed on the phone"
        )
        self.assertEqual(self._names(order), ["Torque"])
        self.assertEqual(order.hub_check_ids.source, "person")
        order.note = "look again"
        self._complain(self.crushed)
        self.assertEqual(self._names(order), ["Torque"])

    def test_only_supervisors_decide_checks_by_hand(self):
        order = self._order()
        with self.assertRaises(AccessError):
            order.with_user(self.sales)._hub_overrule(
                "checks", self.torque.ids, "because"
            )

    def test_complaints_of_another_company_do_not_count(self):
        other = self.env["res.company"].create({"name": "Other company"})
        self._complain(self.crushed, 3, company_id=other.id)
        self.assertEqual(self._names(self._order()), [])


@tagged("post_install", "-at_install")
class TestComplaints(ChecksCommon):
    def test_the_customer_of_a_complaint_is_the_one_of_its_order(self):
        order = self._order()
        complaint = self.env["order.hub.complaint"].create(
            {"name": "Crushed", "order_id": order.id, "cause_id": self.crushed.id}
        )
        self.assertEqual(complaint.partner_id, self.partner)
        self.assertEqual(order.hub_complaint_count, 1)

    def test_a_complaint_about_an_order_of_somebody_else_is_refused(self):
        other = self.env["res.partner"].create({"name": "Somebody else"})
        with self.assertRaises(ValidationError):
            self._complain(self.crushed, order_id=self._order().id, partner=other)

    def test_a_complaint_of_a_day_to_come_is_refused(self):
        with self.assertRaises(ValidationError):
            self._complain(self.crushed, date=fields.Date.today() + timedelta(days=3))

    def test_complaints_are_archived_never_deleted(self):
        complaint = self._complain(self.crushed)
        with self.assertRaises(UserError):
            complaint.unlink()
        with self.assertRaises(AccessError):
            complaint.with_user(self.operator).unlink()

    def test_nobody_sees_complaints_about_orders_of_others(self):
        own = self._complain(self.crushed, order_id=self._order(user=self.user).id)
        foreign = self._complain(self.crushed, order_id=self._order().id)
        Complaint = self.env["order.hub.complaint"].with_user(self.user)
        self.assertEqual(Complaint.search([("id", "in", (own | foreign).ids)]), own)
        with self.assertRaises(AccessError):
            foreign.with_user(self.user).read(["name"])
        self.assertTrue(foreign.with_user(self.operator).has_access("read"))

    def test_nobody_complains_about_an_order_that_is_not_his_to_see(self):
        Complaint = self.env["order.hub.complaint"].with_user(self.user)
        vals = {"name": "Peek", "cause_id": self.crushed.id}
        order = self._order()
        with self.assertRaises(AccessError):
            Complaint.create({**vals, "order_id": order.id})
        mine = Complaint.create({**vals, "partner_id": self.partner.id})
        with self.assertRaises(AccessError):
            mine.write({"order_id": order.id})
        loaded = Complaint.load(
            ["name", "cause_id/.id", "order_id/.id"],
            [["Peek", str(self.crushed.id), str(order.id)]],
        )
        self.assertFalse(loaded["ids"])

    def test_customers_in_the_portal_see_no_complaints(self):
        portal = new_test_user(self.env, "hub_portal_c", groups="base.group_portal")
        with self.assertRaises(AccessError):
            self.env["order.hub.complaint"].with_user(portal).search([])

    def test_a_cause_without_a_check_is_told_when_it_is_saved(self):
        cause = self.env["order.hub.complaint.cause"].create(
            {"name": "Late", "code": "test_late"}
        )
        self.assertIn("No check is chosen", cause.problem)
        cause.check_ids = self.packaging
        self.assertFalse(cause.problem)
        self.packaging.active = False
        self.assertIn("archived", cause.problem)

    def test_only_configurators_change_causes(self):
        with self.assertRaises(AccessError):
            self.crushed.with_user(self.supervisor).in_a_row = 1

    def test_an_integration_delivers_a_complaint_twice_and_makes_one(self):
        order = self._order(user=self.sales)
        api = self.env["order.hub.api"].with_user(self.sales)
        call = {
            "cause": "test_packaging",
            "summary": "Crushed",
            "hub_ref": order.hub_ref,
            "date": "2026-01-05",
            "complaint_ref": "C-17",
        }
        first, second = api.submit_complaint(**call), api.submit_complaint(**call)
        self.assertTrue(first["ok"] and first["created"])
        self.assertFalse(second["created"])
        self.assertEqual(first["complaint_id"], second["complaint_id"])

    def test_an_integration_is_told_what_is_wrong_with_a_complaint(self):
        order = self._order(user=self.sales)
        api = self.env["order.hub.api"].with_user(self.sales)
        good = {"cause": "test_packaging", "summary": "X", "hub_ref": order.hub_ref}
        for wrong, field in (
            ({"cause": "nonsense"}, "cause"),
            ({"summary": ""}, "summary"),
            ({"date": "yesterday"}, "date"),
        ):
            with self.subTest(wrong=wrong):
                answer = api.submit_complaint(**{**good, **wrong})
                self.assertFalse(answer["ok"])
                self.assertEqual(answer["errors"][0]["field"], field)


@tagged("post_install", "-at_install")
class TestDoingChecks(ChecksCommon):
    def setUp(self):
        super().setUp()
        self._complain(self.loose, 2)
        self.order = self._order()
        rows = {row.check_id: row for row in self.order.hub_check_ids}
        self.pack, self.twist = rows[self.packaging], rows[self.torque]
        self.scanned = self.order.with_user(self.operator)

    def test_the_scanning_screen_gets_the_checks(self):
        step = self.scanned.hub_step()
        self.assertEqual([c["name"] for c in step["checks"]], ["Packaging", "Torque"])
        self.assertTrue(step["may_check"])
        self.assertFalse(self.order.with_user(self.sales).hub_step()["may_check"])

    def test_the_scanning_screen_says_when_more_is_to_be_checked_than_usual(self):
        self.assertEqual(self.scanned.hub_step()["quality_level"], "")
        self.env["order.hub.writer"]._update(
            self.order, {self.order.id: {"hub_quality_level": "full"}}
        )
        self.assertEqual(self.scanned.hub_step()["quality_level"], "Every piece")

    def test_a_thumb_up_says_who_and_when(self):
        step = self.scanned.hub_do_check(self.pack.id, True)
        self.assertEqual(step["checks"][0]["state"], "passed")
        self.assertEqual(self.pack.done_by_id, self.operator)
        self.assertTrue(self.pack.done_date)

    def test_a_check_that_wants_a_photo_passes_with_one_only(self):
        with self.assertRaises(UserError):
            self.scanned.hub_do_check(self.twist.id, True)
        self.scanned.hub_do_check(self.twist.id, True, photo=PHOTO)
        self.assertEqual(self.twist.state, "passed")
        self.assertEqual(self.twist.evidence_id.kind, "photo")
        self.assertEqual(self.twist.evidence_id.order_id, self.order)

    def test_a_photo_of_a_check_is_no_evidence_for_a_stage(self):
        self.approved.needs_photo = True
        self.scanned.hub_do_check(self.twist.id, True, photo=PHOTO)
        self.assertEqual(self.scanned.hub_step()["step"]["wanted"], ["photo"])

    def test_what_is_no_picture_is_refused_and_nothing_is_kept(self):
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self.scanned.hub_do_check(
                self.twist.id, True, photo={"content": "aGVsbG8=", "filename": "x"}
            )
        self.assertEqual(self.twist.state, "open")

    def test_a_failed_check_wants_words_and_stops_the_order(self):
        with self.assertRaises(UserError):
            self.scanned.hub_do_check(self.pack.id, False, "  ")
        self.scanned.hub_do_check(self.pack.id, False, "two cartons dented")
        self.assertTrue(self.order.hub_is_held)
        hold = self.order.hub_exception_ids
        self.assertEqual(hold.kind_id.code, "quality")
        self.assertIn("two cartons dented", hold.description)

    def test_the_problem_closes_when_the_last_failed_check_is_passed(self):
        self.scanned.hub_do_check(self.pack.id, False, "dented")
        self.scanned.hub_do_check(self.twist.id, False, "loose")
        self.scanned.hub_do_check(self.pack.id, True)
        self.assertTrue(self.order.hub_is_held)
        self.scanned.hub_do_check(self.twist.id, True, photo=PHOTO)
        self.assertFalse(self.order.hub_is_held)
        self.assertEqual(self.order.hub_exception_ids.mapped("state"), ["solved"])

    def test_every_result_is_told_in_the_messages_of_the_order(self):
        self.scanned.hub_do_check(self.pack.id, False, "dented")
        self.scanned.hub_do_check(self.pack.id, True)
        bodies = " ".join(self.order.message_ids.mapped("body"))
        self.assertIn("failed: dented", bodies)
        self.assertIn("passed", bodies)

    def test_only_operators_do_checks(self):
        for user in (self.sales, self.user):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.order.with_user(user).hub_do_check(self.pack.id, True)
        with self.assertRaises(AccessError):
            self.pack.with_user(self.sales).action_pass()
        with self.assertRaises(AccessError):
            self.env["order.hub.order.check.result"].with_user(self.sales).create(
                {"order_check_id": self.pack.id}
            )

    def test_nobody_writes_results_himself(self):
        for user in (self.operator, self.supervisor):
            row = self.pack.with_user(user)
            with self.assertRaises(AccessError):
                row.write({"state": "passed"})
            with self.assertRaises(AccessError):
                row.unlink()
            with self.assertRaises(AccessError):
                row.copy()
        with self.assertRaises(UserError):
            self.order.with_user(self.supervisor).write(
                {"hub_check_ids": [Command.clear()]}
            )
        with self.assertRaises(UserError):
            self._order(hub_check_ids=[Command.create({"check_id": self.torque.id})])

    def test_a_check_of_another_order_is_not_done_through_this_one(self):
        other = self._order()
        with self.assertRaises(UserError):
            self.scanned.hub_do_check(other.hub_check_ids[0].id, True)

    def test_a_copy_starts_with_checks_of_its_own(self):
        self.scanned.hub_do_check(self.pack.id, True)
        copy = self.order.copy()
        self.assertEqual(set(copy.hub_check_ids.mapped("state")), {"open"})

    def test_done_checks_keep_their_order_from_being_deleted(self):
        self.scanned.hub_do_check(self.pack.id, True)
        with self.assertRaises(UserError):
            self.pack.unlink()
        self.order._action_cancel()
        with self.assertRaises(UserError):
            self.order.unlink()

    def test_checks_of_closed_orders_stay_as_they_are(self):
        self.order._action_cancel()
        with self.assertRaises(UserError):
            self.scanned.hub_do_check(self.pack.id, True)

    def test_the_form_asks_for_note_and_photo(self):
        action = self.twist.with_user(self.operator).action_pass()
        form = Form(
            self.env[action["res_model"]]
            .with_user(self.operator)
            .with_context(**action["context"])
        )
        form.photo = PIXEL
        form.note = "all tight"
        form.save().action_pass()
        self.assertEqual(self.twist.state, "passed")
        self.assertEqual(self.twist.note, "all tight")
        self.assertTrue(self.twist.evidence_id)

    def test_the_gate_names_the_checks_that_have_not_passed(self):
        self._gate(self.preparing, "quality_checks")
        self.order.action_confirm()
        with self.assertRaises(UserError) as refused:
            self.order.hub_stage_id = self.preparing
        self.assertIn("Packaging and Torque", str(refused.exception))
        self.scanned.hub_do_check(self.pack.id, True)
        self.scanned.hub_do_check(self.twist.id, True, photo=PHOTO)
        self.order.hub_stage_id = self.preparing
        self.assertEqual(self.order.hub_stage_id, self.preparing)

    def test_the_gate_lets_orders_without_checks_pass(self):
        self._gate(self.preparing, "quality_checks")
        other = self.env["res.partner"].create({"name": "Somebody else"})
        order = self._order(partner_id=other.id)
        order.action_confirm()
        order.hub_stage_id = self.preparing
        self.assertEqual(order.hub_stage_id, self.preparing)

    def test_checks_are_seen_by_those_who_see_the_order(self):
        self.assertTrue(self.pack.with_user(self.sales).has_access("read"))
        with self.assertRaises(AccessError):
            self.pack.with_user(self.user).read(["state"])


@tagged("post_install", "-at_install")
class TestChecksPerformance(ChecksCommon):
    def test_deciding_checks_costs_a_fixed_number_of_queries(self):
        orders = self._orders(51)
        self._complain(self.crushed, 3)
        one = self._queries(lambda: orders[0]._hub_decide_checks())
        fifty = self._queries(lambda: orders[1:]._hub_decide_checks())
        self.assertLessEqual(fifty, one + 1)

    def test_putting_checks_on_new_orders_costs_a_fixed_number_of_queries(self):
        self._complain(self.crushed, 3)
        orders = self._orders(51)
        orders.hub_check_ids.unlink()
        one = self._queries(lambda: orders[0]._hub_decide_checks({}, fresh=True))
        fifty = self._queries(lambda: orders[1:]._hub_decide_checks({}, fresh=True))
        self.assertEqual(len(orders.hub_check_ids), 51)
        self.assertLessEqual(fifty, one + 1)
        self.assertLessEqual(fifty, 10)

    def test_whether_there_is_any_check_is_read_once(self):
        self.assertTrue(self.env["order.hub.quality.check"]._in_use())
        count = self._queries(self.env["order.hub.quality.check"]._in_use)
        self.assertEqual(count, 0)

    def test_without_any_check_orders_cost_no_query(self):
        orders = self._orders(5)
        checks = type(self.env["order.hub.quality.check"])
        self.patch(checks, "_in_use", lambda model: False)
        orders._hub_decide_checks({})
        count = self._queries(lambda: orders._hub_decide_checks({}))
        self.assertEqual(count, 0)
