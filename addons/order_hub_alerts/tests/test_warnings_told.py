"""Who hears of a warning, when, and who does not."""

from datetime import datetime, timedelta

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .warning_common import NOW, WarningCommon, later


@tagged("post_install", "-at_install")
class TestWarningTold(WarningCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls._rule(threshold=24)
        cls.company.resource_calendar_id.tz = "Asia/Shanghai"

    def _escalate(self, **vals):
        people = {"who": "user", "user_id": self.supervisor.id}
        return self.env["order.hub.warning.escalation"].create(
            {
                "rule_id": self.rule.id,
                "minutes": 30,
                "recipient_ids": [(0, 0, people)],
                **vals,
            }
        )

    def test_a_warning_is_told_once_however_often_it_is_seen(self):
        self._waiting(25)
        for minutes in (0, 5, 10, 500):
            self._run(later(minutes=minutes))
        self.assertEqual(len(self.told), 1)
        notice = self.told[0]
        self.assertEqual(notice.channel, "inbox")
        self.assertEqual(notice.recipient, str(self.sales.id))
        self.assertIn("25 h", notice.figures)
        self.assertGreater(notice.excess, 1)

    def test_nobody_takes_it_and_the_supervisor_is_told_after_half_an_hour(self):
        self._escalate(severity="critical")
        self._waiting(25)
        self._run()
        self._run(later(minutes=29))
        self.assertEqual(len(self.told), 1)
        self._run(later(minutes=30))
        self.assertEqual(list(self._heard_by()), ["hub_sales", "hub_supervisor"])
        warning = self._of(self.rule)
        self.assertEqual(warning.severity, "critical")
        self.assertEqual(warning.escalation_step, 1)

    def test_what_somebody_has_taken_is_not_escalated(self):
        self._escalate()
        self._waiting(25)
        self._run()
        self._of(self.rule).with_user(self.sales).action_acknowledge()
        self._run(later(hours=5))
        self.assertEqual(list(self._heard_by()), ["hub_sales"])
        self.assertEqual(self._of(self.rule, "acknowledged").user_id, self.sales)

    def test_after_a_night_without_the_job_steps_are_told_once_together(self):
        self._escalate()
        self._escalate(minutes=120)
        self._waiting(25)
        self._run()
        self._run(later(hours=12))
        self._run(later(hours=12, minutes=5))
        self.assertEqual(len(self._heard_by()["hub_supervisor"]), 1)

    def test_snoozed_until_two_it_comes_back_at_two_and_is_told_anew(self):
        self._waiting(25)
        self._run()
        warning = self._of(self.rule)
        warning.write(
            {
                "state": "snoozed",
                "snoozed_until": later(hours=1),
                "next_escalation_at": later(hours=1),
            }
        )
        self._run(later(minutes=59))
        self.assertEqual(warning.state, "snoozed")
        self._run(later(hours=1))
        self.assertEqual(warning.state, "open")
        self.assertEqual(len(self.told), 2)

    def test_snoozed_it_closes_all_the_same_when_it_is_over(self):
        order = self._waiting(25)
        self._run()
        warning = self._of(self.rule)
        warning.write({"state": "snoozed", "snoozed_until": later(hours=9)})
        self._since(order, later(minutes=1))
        self._run(later(minutes=5))
        self.assertEqual(warning.state, "resolved")

    def test_a_mute_rule_sees_but_speaks_only_after_it(self):
        # 14:00 in Shanghai; mute until 16:00 there
        self.rule.mute_ids = [(0, 0, {"hour_from": 13, "hour_to": 16})]
        self._waiting(25)
        self._run()
        self.assertEqual(len(self._of(self.rule)), 1)
        self.assertFalse(self.told)
        self._run(later(minutes=119))
        self.assertFalse(self.told)
        self._run(later(minutes=120))
        self.assertEqual(len(self.told), 1)

    def test_what_was_over_before_the_mute_ended_is_never_told(self):
        self.rule.mute_ids = [(0, 0, {"hour_from": 13, "hour_to": 16})]
        order = self._waiting(25)
        self._run()
        self._since(order, later(minutes=1))
        self._run(later(minutes=120))
        self.assertFalse(self.told)

    def test_a_mute_at_night_keeps_to_the_clock_when_daylight_saving_ends(self):
        self.company.resource_calendar_id.tz = "Europe/Berlin"
        self.rule.mute_ids = [(0, 0, {"hour_from": 22, "hour_to": 6})]
        mute = self.rule.mute_ids
        # 25 October 2026: clocks go back at 3:00, six o'clock is 5:00 UTC
        until = mute._until(self.company, datetime(2026, 10, 24, 22, 0))
        self.assertEqual(until.replace(tzinfo=None), datetime(2026, 10, 25, 5, 0))
        # the night before, six o'clock was 4:00 UTC
        until = mute._until(self.company, datetime(2026, 10, 23, 22, 0))
        self.assertEqual(until.replace(tzinfo=None), datetime(2026, 10, 24, 4, 0))

    def test_outside_of_working_time_counts_chinas_make_up_days(self):
        self.company.country_id = self.env.ref("base.cn")
        self.rule.mute_ids = [(0, 0, {"is_outside_working_time": True})]
        mute = self.rule.mute_ids
        # Saturday 28 February 2026 is worked for the Spring Festival
        worked = datetime(2026, 2, 28, 2, 0)
        self.assertIsNone(mute._until(self.company, worked))
        # Saturday 7 March is an ordinary one
        self.assertTrue(mute._until(self.company, datetime(2026, 3, 7, 2, 0)))
        # Monday 16 February is a public holiday
        self.assertTrue(mute._until(self.company, datetime(2026, 2, 16, 2, 0)))

    def test_a_mute_that_never_ends_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "for good"):
            self.rule.mute_ids = [(0, 0, {})]

    def test_steps_wait_for_working_time_where_the_rule_says_so(self):
        self.rule.is_working_time = True
        self._escalate(minutes=60)
        evening = datetime(2026, 3, 16, 8, 30)  # 16:30 in Shanghai, work ends at 17:00
        self._waiting(300, now=evening)
        self._run(evening)
        self._run(evening + timedelta(hours=2))
        self.assertNotIn("hub_supervisor", self._heard_by())
        # 8:30 next morning: half an hour yesterday and half an hour today
        self._run(datetime(2026, 3, 17, 0, 30))
        self.assertIn("hub_supervisor", self._heard_by())

    def test_hours_in_a_stage_can_be_working_hours(self):
        self.rule.write({"is_working_time": True, "threshold": 8})
        friday = datetime(2026, 3, 13, 6, 0)  # 14:00 in Shanghai
        order = self._orders(1)
        self._since(order, friday)
        monday = datetime(2026, 3, 16, 2, 0)  # 10:00: three and two hours
        self.assertEqual(self._run(monday)["opened"], 0)
        self._run(monday + timedelta(hours=5))  # 15:00: three, four and two hours
        self.assertEqual(self._of(self.rule).value, 9)

    def test_a_group_is_told_once_and_those_who_join_wait_for_its_pause(self):
        self.rule.write({"group_by": "stage", "pause_minutes": 30})
        self._waiting(25)
        self._run()
        self._waiting(26, now=later(minutes=5))
        self._run(later(minutes=5))
        self.assertEqual(len(self.told), 1)
        self._run(later(minutes=30))
        self.assertEqual(len(self.told), 2)

    def test_a_cause_silences_its_consequences_until_it_has_gone(self):
        cause = self._rule(threshold=48, name="Cause", sequence=1)
        cause.inhibits_ids = self.rule
        order = self._waiting(50)
        self._run()
        silent = self._of(self.rule)
        self.assertEqual(silent.inhibited_by_id, self._of(cause))
        self.assertEqual([notice.rule for notice in self.told], [cause.id])
        self._since(order, later(minutes=5) - timedelta(hours=40))
        self._run(later(minutes=5))
        self.assertFalse(silent.inhibited_by_id)
        self.assertEqual(
            [notice.rule for notice in self.told], [cause.id, self.rule.id]
        )

    def test_rules_that_silence_each_other_in_a_circle_are_refused(self):
        other = self._rule(threshold=48, inhibits_ids=[(4, self.rule.id)])
        with self.assertRaisesRegex(ValidationError, "circle"):
            self.rule.inhibits_ids = other

    def test_each_kind_of_recipient_finds_its_people(self):
        duty = self.env["order.hub.duty.roster"].create(
            {
                "name": "Night",
                "tz": "Asia/Shanghai",
                "fallback_user_id": self.manager.id,
                "line_ids": [
                    (0, 0, {"user_id": self.operator.id, **hours})
                    for hours in ({"weekday": "0", "hour_from": 13, "hour_to": 15},)
                ],
            }
        )
        kind = self.env["order.hub.exception.kind"].create(
            {"name": "Parts", "code": "w_parts", "owner_id": self.user.id}
        )
        order = self._waiting(25)
        self._since(order, NOW - timedelta(hours=25), hub_owner_id=self.supervisor.id)
        group = self.env.ref("order_hub.order_hub_group_manager")
        self.rule.recipient_ids.unlink()
        self._run()
        warning = self._of(self.rule)
        expected = {
            "owner": ({}, self.supervisor),
            "salesperson": ({}, self.sales),
            "assigned": ({}, self.env["res.users"]),
            "exception_owner": ({"kind_id": kind.id}, self.user),
            "user": ({"user_id": self.operator.id}, self.operator),
            "duty": ({"roster_id": duty.id}, self.operator),
        }
        for who, (vals, users) in expected.items():
            row = self.env["order.hub.warning.recipient"].create(
                {"rule_id": self.rule.id, "who": who, **vals}
            )
            people = row.with_context(hub_now=NOW)._people(warning)
            self.assertEqual(people[warning.id], users, who)
        later_on = row.with_context(hub_now=later(hours=2))._people(warning)
        self.assertEqual(later_on[warning.id], self.manager)
        row = row.create(
            {"rule_id": self.rule.id, "who": "group", "group_id": group.id}
        )
        self.assertIn(self.manager, row._people(warning)[warning.id])

    def test_who_does_not_work_in_the_company_is_not_told(self):
        other = self.env["res.company"].create({"name": "Second company"})
        stranger = self._user("hub_stranger", "order_hub.order_hub_group_user")
        stranger.write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        self.rule.recipient_ids = [(0, 0, {"who": "user", "user_id": stranger.id})]
        self._waiting(25)
        self._run()
        self.assertEqual(list(self._heard_by()), ["hub_sales"])

    def test_a_recipient_that_names_nobody_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "says not whom"):
            self.rule.recipient_ids = [(0, 0, {"who": "duty"})]

    def test_telling_fifty_costs_as_many_queries_as_telling_one(self):
        counts = []
        for number, size in enumerate((1, 50)):
            self._waiting(25, size)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._run(later(minutes=number))
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 2)
