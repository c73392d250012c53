"""One warning a record and rule: opened once, told once, closed by itself."""

from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged

from .warning_common import NOW, WarningCommon, later


@tagged("post_install", "-at_install")
class TestWarningCycle(WarningCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls._rule(threshold=24)

    def test_an_order_too_long_in_its_stage_opens_one_warning(self):
        order = self._waiting(25)
        self.assertEqual(self._run()["opened"], 1)
        warning = self._of(self.rule)
        self.assertEqual(warning.order_id, order)
        self.assertEqual(warning.company_id, self.company)
        self.assertEqual(warning.value, 25)
        self.assertEqual(warning.first_seen, NOW - timedelta(hours=1))
        self.assertIn("25 h", warning.figure_text)
        self.assertIn(order.name, warning.subject)

    def test_an_order_at_its_limit_opens_none(self):
        self._waiting(24)
        self.assertEqual(self._run()["opened"], 0)

    def test_running_twice_at_one_moment_is_running_once(self):
        self._waiting(25)
        self._run()
        again = self._run()
        self.assertEqual(again, {"opened": 0, "resolved": 0, "told": 0})
        self.assertEqual(self._of(self.rule).seen_count, 1)
        self.assertEqual(len(self.told), 1)

    def test_each_later_cycle_counts_and_keeps_the_newest_figures(self):
        self._waiting(25)
        self._run()
        self._run(later(minutes=30))
        warning = self._of(self.rule)
        self.assertEqual(warning.seen_count, 2)
        self.assertEqual(warning.value, 25.5)
        self.assertEqual(warning.last_seen, later(minutes=30))

    def test_it_closes_by_itself_when_the_order_goes_on(self):
        order = self._waiting(25)
        self._run()
        self._since(order, later(minutes=1))
        self.assertEqual(self._run(later(minutes=5))["resolved"], 1)
        warning = self._of(self.rule, "resolved")
        self.assertEqual(warning.resolved_how, "itself")
        self.assertEqual(warning.resolved_at, later(minutes=5))

    def test_it_closes_when_the_order_is_not_in_flight_any_more(self):
        order = self._waiting(25)
        self._run()
        self._since(order, NOW - timedelta(hours=25), hub_is_open=False)
        self.assertEqual(self._run(later(minutes=5))["resolved"], 1)

    def test_a_second_time_is_a_second_warning_and_the_first_is_kept(self):
        order = self._waiting(25)
        self._run()
        self._since(order, later(minutes=1))
        self._run(later(minutes=5))
        self._since(order, NOW - timedelta(hours=30))
        self._run(later(minutes=10))
        self.assertEqual(len(self._of(self.rule, "resolved")), 1)
        self.assertEqual(len(self._of(self.rule)), 1)

    def test_a_value_between_the_thresholds_neither_opens_nor_closes(self):
        self.rule.write({"has_clear_threshold": True, "clear_threshold": 20})
        order = self._waiting(22)
        self.assertEqual(self._run()["opened"], 0)
        self._since(order, NOW - timedelta(hours=25))
        self.assertEqual(self._run()["opened"], 1)
        self._since(order, NOW - timedelta(hours=22))
        self.assertEqual(self._run(later(minutes=5))["resolved"], 0)
        self._since(order, NOW - timedelta(hours=19))
        self.assertEqual(self._run(later(minutes=6))["resolved"], 1)

    def test_a_condition_that_does_not_last_is_forgotten(self):
        self.rule.minutes = 120
        order = self._waiting(25)
        self._run()
        self.assertEqual(len(self._of(self.rule, "pending")), 1)
        self.assertFalse(self.told)
        self._since(order, later(minutes=1))
        self._run(later(minutes=5))
        self.assertFalse(self.Warning.search([("rule_id", "=", self.rule.id)]))

    def test_a_condition_that_lasts_opens_after_its_minutes(self):
        self.rule.minutes = 120
        self._waiting(25)
        self._run()
        self._run(later(minutes=59))
        self.assertFalse(self._of(self.rule))
        self._run(later(minutes=60))
        self.assertEqual(len(self._of(self.rule)), 1)

    def test_a_rule_that_cannot_be_measured_leaves_its_warnings_as_they_are(self):
        self._waiting(25)
        self._run()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE order_hub_warning_rule SET domain = %s WHERE id = %s",
            ["[('no_such_field', '=', 1)]", self.rule.id],
        )
        self.rule.invalidate_recordset()
        with self.assertLogs("odoo.addons.order_hub_alerts", "WARNING"):
            self._run(later(minutes=5))
        self.assertEqual(len(self._of(self.rule)), 1)
        self.assertIn("no_such_field", self.rule.last_error)

    def test_one_broken_rule_does_not_stop_the_others(self):
        other = self._rule(threshold=10)
        self._waiting(25)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE order_hub_warning_rule SET domain = '[(' WHERE id = %s",
            [self.rule.id],
        )
        self.rule.invalidate_recordset()
        with self.assertLogs("odoo.addons.order_hub_alerts", "WARNING"):
            self._run()
        self.assertEqual(len(self._of(other)), 1)

    def test_a_rule_that_is_archived_closes_its_warnings(self):
        self._waiting(25)
        self._run()
        self.rule.active = False
        self.assertFalse(self._of(self.rule))
        self.assertEqual(len(self._of(self.rule, "resolved")), 1)

    def test_a_rule_with_warnings_cannot_be_deleted(self):
        self._waiting(25)
        self._run()
        with self.assertRaises(UserError):
            self.rule.unlink()

    def test_a_rule_of_a_company_sees_its_own_orders_alone(self):
        other = self.env["res.company"].create({"name": "Second company"})
        self.rule.company_id = other
        self._waiting(25)
        self.assertEqual(self._run()["opened"], 0)

    def test_only_records_in_the_domain_are_watched(self):
        approved, preparing = self._waiting(25, 2)
        self._since(preparing, NOW - timedelta(hours=25), hub_milestone="preparing")
        self.rule.domain = "[('hub_milestone', '=', 'preparing')]"
        self._run()
        self.assertEqual(self._of(self.rule).order_id, preparing)
        self.assertNotIn(approved, self._of(self.rule).order_id)

    def test_trying_a_rule_writes_nothing(self):
        self._waiting(25, 3)
        rows = self.Cycle._try(self.rule, NOW)
        self.assertEqual(len(rows), 3)
        self.assertEqual({row["threshold"] for row in rows}, {24})
        self.assertFalse(self.Warning.search([("rule_id", "=", self.rule.id)]))

    def test_the_trial_says_what_would_be_opened_and_what_is(self):
        self.env.cr.execute("UPDATE sale_order SET hub_is_open = false")
        order = self._waiting(9000)
        self._run(self.env.cr.now())
        self._waiting(9000, now=self.env.cr.now())
        action = self.rule.with_user(self.manager).action_try()
        trial = self.env["order.hub.warning.try"].browse(action["res_id"])
        self.assertEqual((trial.count, trial.known_count), (2, 1))
        self.assertEqual(
            trial.line_ids.filtered("is_known").mapped("res_id"), order.ids
        )

    def test_fifty_orders_cost_as_many_queries_as_one(self):
        self._waiting(25)
        self._run()
        one = self._count_queries(1)
        fifty = self._count_queries(50)
        self.assertLessEqual(fifty, one + 2)

    def _count_queries(self, count):
        self._waiting(25, count)
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self._run(later(minutes=count))
        return self.env.cr.sql_log_count - before
