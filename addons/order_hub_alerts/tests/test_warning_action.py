"""Story 3: preparing since yesterday. Everybody has what he needs, and it goes away."""

import io
from datetime import timedelta
from unittest.mock import patch

import openpyxl

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tests.common import new_test_user

from ..models.order_hub_warning_action_job import OrderHubWarningActionJob
from .warning_action_common import NOW, WarningActionCommon

#: What carrying out an action may cost more for 50 warnings than for one: rows are
#: inserted 100 at a time, a follower a person.
MORE_QUERIES = 15


@tagged("post_install", "-at_install")
class TestPreparingSinceYesterday(WarningActionCommon):
    def test_the_purchaser_the_warehouse_and_the_account_manager_get_their_own(self):
        order = self._waiting()
        self._purchase()
        self._cycle()
        [todo] = self._todos(self.buyer)
        self.assertIn("Chase", todo.summary)
        self.assertIn(order.name, todo.summary)
        self.assertIn("Brake disc", todo.note)
        [todo] = self._todos(self.foreman)
        self.assertIn("/web/content/", todo.note)
        [todo] = self._todos(self.sales)
        self.assertIn("Taihu Auto Repair", todo.note)

    def test_nothing_happens_within_the_24_hours(self):
        self._preparing(self._order(product=self.part), hours=23.9)
        self._cycle()
        self.assertFalse(self._runs(self.todo))
        self.assertFalse(self._todos(self.sales))

    def test_the_list_holds_what_is_missing_and_when_it_comes(self):
        order = self._waiting()
        purchase = self._purchase()
        purchase.button_confirm()
        self.part.name = "=cmd|' /C calc'!A1"
        self._cycle()
        file = self._runs(self.list).attachment_id
        self.assertEqual(file.res_model, "order.hub.warning")
        page = openpyxl.load_workbook(io.BytesIO(file.raw)).worksheets[0]
        self.assertIn(order.name, page["A1"].value)
        cells = [cell.value for cell in page[7]]
        self.assertEqual(cells[:3], ["BD-280", "=cmd|' /C calc'!A1", 10])
        self.assertIn(purchase.name, cells)
        self.assertEqual(page["B7"].data_type, "s")

    def test_the_text_has_this_customers_name_parts_and_new_date(self):
        order = self._waiting()
        self._purchase(days=9).button_confirm()
        self._cycle()
        text = self._runs(self.text).with_user(self.sales).text
        self.assertIn(f"Dear Taihu Auto Repair, {order.name} waits for", text)
        self.assertIn("Brake disc", text)
        self.assertIn("03/12/2026", text)

    def test_parts_arrive_and_everything_closes_without_a_hand(self):
        order = self._waiting()
        purchase = self._purchase()
        self._cycle()
        self.assertEqual(self._warnings().state, "open")
        self._receive(purchase)
        self.assertEqual(order.hub_milestone, "picked")
        self._cycle(NOW + timedelta(minutes=5))
        self.assertEqual(self._warnings().state, "resolved")
        for user in (self.buyer, self.foreman, self.sales):
            self.assertFalse(self._todos(user))
        runs = self._warnings().action_run_ids
        self.assertEqual(set(runs.mapped("state")), {"closed"})
        self.assertEqual(runs[0].closed_at, NOW + timedelta(minutes=5))

    def test_parts_there_and_the_order_not_moved_nobody_chases_them_any_more(self):
        order = self._waiting()
        self._cycle()
        self._stock(self.part, 10)
        self._cycle(NOW + timedelta(minutes=5))
        self.assertEqual(order.hub_stage_id, self.preparing)
        self.assertFalse(self._todos(self.foreman))
        self.assertTrue(self._todos(self.sales))

    def test_snoozed_until_14_00_it_comes_back_at_14_00_with_nothing_double(self):
        self._waiting()
        self._purchase()
        self._cycle()
        warning = self._warnings()
        until = NOW.replace(hour=14)
        with patch("odoo.fields.Datetime.now", lambda: NOW):
            warning.action_snooze(until)
        self._cycle(until - timedelta(minutes=1))
        self.assertEqual(warning.state, "snoozed")
        self._cycle(until)
        self.assertEqual(warning.state, "open")
        for user in (self.buyer, self.foreman, self.sales):
            self.assertEqual(len(self._todos(user)), 1)

    def test_what_is_asked_for_while_it_is_snoozed_waits_until_it_is_back(self):
        self._waiting()
        self.env["order.hub.warning.cycle"]._run(NOW, self.rule)
        warning = self._warnings()
        until = NOW + timedelta(hours=5)
        with patch("odoo.fields.Datetime.now", lambda: NOW):
            warning.action_snooze(until)
        self._job()
        self.assertEqual(self._runs(self.text).state, "waiting")
        self._cycle(until)
        self.assertEqual(self._runs(self.text).state, "done")

    def test_an_order_that_misses_nothing_gives_no_list(self):
        self._preparing(self._order())
        self._cycle()
        self.assertEqual(self._runs(self.list).state, "skipped")
        self.assertFalse(self._todos(self.foreman))
        self.assertTrue(self._todos(self.sales))

    def test_without_a_purchase_the_buyer_of_the_supplier_is_asked(self):
        self.vendor.buyer_id = self.buyer
        self.part.seller_ids = [Command.create({"partner_id": self.vendor.id})]
        self._waiting()
        self._cycle()
        self.assertTrue(self._todos(self.buyer))

    def test_without_either_whoever_is_named_instead(self):
        self.todo.recipient_ids.user_id = self.manager
        self._waiting()
        self._cycle()
        self.assertTrue(self._todos(self.manager))


@tagged("post_install", "-at_install")
class TestActionsHoldTogether(WarningActionCommon):
    def test_asked_for_twice_it_is_done_once(self):
        self._waiting()
        self._cycle()
        warnings = self._warnings()
        actions = self.rule.action_ids
        self.assertEqual(actions._run(warnings, NOW), 0)
        self._job()
        self._cycle(NOW + timedelta(minutes=5))
        self.assertEqual(len(self._todos(self.sales)), 1)
        self.assertEqual(len(warnings.action_run_ids), 3)

    def test_one_action_that_fails_stops_none_of_the_others(self):
        self._waiting()
        with (
            patch.object(
                type(self.list), "_files", side_effect=RuntimeError("disk full")
            ),
            self.assertLogs("odoo.addons.order_hub_alerts", "WARNING"),
        ):
            self._cycle()
        run = self._runs(self.list)
        self.assertEqual((run.state, run.attempts), ("failed", 1))
        self.assertIn("disk full", run.error)
        self.assertFalse(self._todos(self.foreman))
        self.assertEqual(self._runs(self.text).state, "done")
        self._job(NOW + timedelta(seconds=10))
        self.assertEqual(run.state, "failed")
        self._job(NOW + timedelta(minutes=5))
        self.assertEqual((run.state, run.error), ("done", False))
        self.assertEqual(len(self._todos(self.foreman)), 1)

    def test_one_order_that_fails_stops_none_of_the_others(self):
        orders = self._waiting(3)
        render = type(self.track)._render

        def fail_for_second(track, group, now):
            if orders[1] in group:
                raise UserError(str(group))
            return render(track, group, now)

        with patch.object(type(self.track), "_render", fail_for_second):
            self._cycle()
        runs = self._runs(self.text)
        states = {run.order_id: run.state for run in runs}
        self.assertEqual(states[orders[1]], "failed")
        self.assertEqual(len(self._todos(self.sales)), 2)

    def test_killed_halfway_nothing_is_lost_and_nothing_done_twice(self):
        self._waiting(2)
        self.env["order.hub.warning.cycle"]._run(NOW, self.rule)
        work = OrderHubWarningActionJob._work

        def killed(job, runs, now):
            work(job, runs, now)
            raise KeyboardInterrupt

        with patch.object(OrderHubWarningActionJob, "_work", killed):
            with self.assertRaises(KeyboardInterrupt), self.cr.savepoint():
                self.env["order.hub.warning.action.job"]._carry_out(NOW)
        self.env.invalidate_all()
        self.assertFalse(self._todos(self.sales))
        self._job()
        self.assertEqual(len(self._todos(self.sales)), 2)
        self._job()
        self.assertEqual(len(self._todos(self.sales)), 2)

    def test_nobody_to_give_it_to_is_said_in_words(self):
        self.list.recipient_ids.user_id = new_test_user(
            self.env, "hub_outside", "stock.group_stock_user"
        )
        self._waiting()
        self._cycle()
        run = self._runs(self.list)
        self.assertEqual(run.state, "failed")
        self.assertIn("24 hours in preparing", run.error)
        self.list.recipient_ids.user_id = self.foreman
        run.with_user(self.supervisor).action_try_again()
        self._job(NOW + timedelta(days=9000))
        self.assertEqual(run.state, "done")

    def test_a_warning_that_is_over_before_its_turn_is_left_alone(self):
        order = self._waiting()
        self.env["order.hub.warning.cycle"]._run(NOW, self.rule)
        order.action_cancel()
        self.env["order.hub.warning.cycle"]._run(NOW + timedelta(minutes=5), self.rule)
        self._job(NOW + timedelta(minutes=5))
        self.assertEqual(
            set(self._warnings().action_run_ids.mapped("state")), {"skipped"}
        )

    def test_an_exception_is_opened_on_the_order_and_closed_again(self):
        kind = self.env["order.hub.exception.kind"].create(
            {"name": "Waits for parts", "code": "test_parts"}
        )
        self._action("exception", None, exception_kind_id=kind.id)
        order = self._waiting()
        self._cycle()
        [problem] = order.hub_exception_ids
        self.assertTrue(problem.is_automatic)
        order.hub_stage_id = self.flow.stage_ids[3]
        self._cycle(NOW + timedelta(minutes=5))
        self.assertEqual(problem.state, "solved")

    def _cost(self, count, now):
        """Return the queries of carrying out what ``count`` new orders ask for."""
        self._waiting(count)
        self.env["order.hub.warning.cycle"]._run(now, self.rule)
        job = self.env["order.hub.warning.action.job"]
        return self._queries(lambda: job._carry_out(now))

    def test_fifty_warnings_cost_little_more_than_one(self):
        self._purchase()
        one = self._cost(1, NOW)
        later = NOW + timedelta(minutes=5)
        fifty = self._cost(50, later)
        for user in (self.buyer, self.foreman, self.sales):
            self.assertEqual(len(self._todos(user)), 51)
        self.assertLess(fifty, one + MORE_QUERIES)
        job = self.env["order.hub.warning.action.job"]
        self.assertLess(self._queries(lambda: job._close_over(later)), one)

    def test_fifty_for_whom_there_is_nobody_cost_little_more_than_one(self):
        one = self._cost(1, NOW)
        fifty = self._cost(50, NOW + timedelta(minutes=5))
        self.assertEqual(set(self._runs(self.todo).mapped("state")), {"failed"})
        self.assertLess(fifty, one + MORE_QUERIES)


@tagged("post_install", "-at_install")
class TestActionsFromTheWrongSide(WarningActionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = cls._user("hub_portal", "base.group_portal")
        cls.other = cls.env["res.company"].create({"name": "Abroad Ltd."})
        cls.stranger = new_test_user(
            cls.env,
            "hub_stranger",
            "order_hub.order_hub_group_manager",
            company_id=cls.other.id,
            company_ids=[Command.set(cls.other.ids)],
        )

    def test_who_may_not_read_the_order_does_not_read_the_text(self):
        self._waiting(user_id=self.sales.id)
        self._cycle()
        run = self._runs(self.text)
        self.assertTrue(run.with_user(self.sales).text)
        other = self._user(
            "hub_other_sales",
            "order_hub.order_hub_group_user,sales_team.group_sale_salesman",
        )
        self.assertFalse(run.with_user(other).text)
        with self.assertRaises(AccessError):
            run.with_user(other).kept_text  # noqa: B018
        with self.assertRaises(UserError):
            run.with_user(other).action_write_to_customer()
        action = run.with_user(self.sales).action_write_to_customer()
        self.assertEqual(action["context"]["default_res_ids"], run.order_id.ids)

    def test_another_company_and_the_portal_see_nothing(self):
        self._waiting()
        self._cycle()
        run = self._runs(self.text)
        for user in (self.portal, self.stranger):
            for records in (run, self.text):
                with self.assertRaises(AccessError):
                    records.with_user(user).read(["kind"])

    def test_only_managers_change_actions_and_nobody_what_was_done(self):
        with self.assertRaises(AccessError):
            self.text.with_user(self.supervisor).write({"summary": "x"})
        self.text.with_user(self.manager).write({"summary": "x"})
        self._waiting()
        self._cycle()
        run = self._runs(self.text)
        for vals in ({"state": "waiting"}, {"kept_text": "x"}):
            with self.assertRaises(AccessError):
                run.with_user(self.manager).write(vals)
        with self.assertRaises(AccessError):
            run.with_user(self.foreman).action_try_again()

    def test_a_to_do_goes_to_nobody_of_another_company(self):
        self.list.recipient_ids.user_id = self.stranger
        self._waiting()
        self._cycle()
        self.assertEqual(self._runs(self.list).state, "failed")
        self.assertFalse(self._todos(self.stranger))

    def test_what_cannot_work_is_refused(self):
        for vals in (
            {"kind": "talk_track"},
            {"kind": "exception"},
            {"kind": "breaker"},
            {"kind": "activity", "hours": -1},
        ):
            with self.assertRaises(ValidationError), self.cr.savepoint():
                self._action(vals.pop("kind"), None, **vals)
        wide = self._rule("Queues", kind="workcenter_queue", domain="[]")
        with self.assertRaises(ValidationError):
            self._action("document", self.foreman, wide)

    def test_a_track_of_another_company_is_refused(self):
        track = self.track.copy({"company_id": self.other.id})
        with self.assertRaises(UserError):
            self.text.talk_track_id = track
