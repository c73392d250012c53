from datetime import date, datetime, timedelta
from unittest.mock import patch

import psycopg2

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .indicator_common import DAY, NOW, IndicatorCommon, at


@tagged("post_install", "-at_install")
class TestIndicatorDays(IndicatorCommon):
    """Every day once, by the company's clocks, whatever happened to the cron."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["order.hub.indicator.value"].search([]).unlink()
        cls.entered = cls._indicator("orders_entered")

    def _days(self, indicator=None):
        rows = self.Value.search(
            [
                ("indicator_id", "=", (indicator or self.entered).id),
                ("company_id", "=", self.company.id),
                ("dimension", "=", ""),
            ],
            order="day",
        )
        return [(row.day, row.is_final) for row in rows]

    def test_missed_days_are_made_up_for_and_nothing_is_kept_twice(self):
        self.entered._run(NOW, self.company)
        days = self._days()
        self.assertEqual(len(days), 36)
        self.assertEqual(days[-1], (DAY, False))
        self.assertTrue(all(is_final for _day, is_final in days[:-1]))
        self.entered._run(NOW, self.company)
        self.assertEqual(self._days(), days)
        self.entered._run(NOW + timedelta(days=4), self.company)
        self.assertEqual(
            self._days()[35:],
            [(DAY + timedelta(days=n), n < 4) for n in range(5)],
        )

    def test_a_running_day_is_measured_again_and_ends_once(self):
        order = self._order()
        self._set(order, create_date=at(10, 2))
        self.entered._run(at(10, 1), self.company)
        self.assertEqual(self._value(DAY), 0)
        self.entered._run(at(10, 3), self.company)
        self.assertEqual(self._value(DAY), 1)
        self.entered._run(at(10, 17), self.company)
        self.assertIn((DAY, True), self._days())

    def _value(self, day):
        return self.Value.search(
            [
                ("indicator_id", "=", self.entered.id),
                ("company_id", "=", self.company.id),
                ("dimension", "=", ""),
                ("day", "=", day),
            ]
        ).value

    def test_the_day_of_the_change_of_clocks_has_23_hours(self):
        self.company.resource_calendar_id.tz = "Europe/Berlin"
        orders = self._orders(2)
        # midnight to midnight of 29 March 2026: 23:00 UTC to 22:00 UTC
        self._set(orders[0], create_date=at(29, 21, 59))
        self._set(orders[1], create_date=at(29, 22, 0))
        self.entered._run(at(30, 12), self.company)
        self.assertEqual(self._value(date(2026, 3, 29)), 1)
        self.assertEqual(self._value(date(2026, 3, 30)), 1)

    def test_how_things_stand_is_not_made_up_for_days_gone_by(self):
        held = self._indicator("held_open")
        self._orders(2)
        held._run(NOW, self.company)
        rows = self.Value.search(
            [
                ("indicator_id", "=", held.id),
                ("company_id", "=", self.company.id),
                ("dimension", "=", ""),
            ],
            order="day",
        )
        self.assertEqual(set(rows[:-1].mapped("has_data")), {False})
        self.assertTrue(rows[-1].has_data)
        # nobody looked at the end of the day: what was seen during it stays
        held._run(NOW + timedelta(days=2), self.company)
        rows.invalidate_recordset()
        self.assertTrue(rows[-1].has_data and rows[-1].is_final)

    def test_a_split_that_has_gone_is_swept_away(self):
        order = self._order()
        self._event(order, self.approved, at(9), self.received, 3)
        self.assertEqual(len(self._measure("stage_hours")), 2)
        self._set(order.hub_event_ids, date=at(1).replace(year=2020))
        rows = self._measure("stage_hours", now=NOW + timedelta(hours=1))
        self.assertEqual(rows.mapped("dimension"), [""])

    def test_all_indicators_of_a_day_take_a_bounded_number_of_statements(self):
        indicators = self.env["order.hub.indicator"].with_context(active_test=False)
        indicators = indicators.search([])
        indicators.active = True
        orders = self._orders(2)

        def day():
            work = indicators._due_work(NOW, self.company)[DAY]
            return self._queries(lambda: indicators._measure_day(work))

        day()
        few = day()
        orders |= self._orders(50)
        for order in orders:
            self._event(order, self.approved, at(9), self.received, 3)
        self.assertLessEqual(day(), few + 5)
        self.assertLessEqual(few, 5 * len(indicators))

    @mute_logger("odoo.addons.order_hub_alerts.models.order_hub_indicator_run")
    def test_an_indicator_that_fails_says_so_and_stops_no_other(self):
        broken, fine = self._indicator("lead_time"), self.entered
        measure = self.env.registry["order.hub.indicator.measure"]
        with patch.object(
            measure, "_rows_lead_time", side_effect=psycopg2.DataError("no such thing")
        ):
            (broken | fine)._run(NOW, self.company)
        self.assertEqual(broken.last_error, "no such thing")
        self.assertFalse(fine.last_error)
        self.assertEqual(len(self._days(fine)), 36)
        broken._run(NOW, self.company)
        self.assertFalse(broken.last_error)

    def test_the_cron_measures_what_is_due(self):
        self.env["order.hub.indicator"].search([]).active = False
        self.entered.active = True
        cron = self.env.ref("order_hub_alerts.ir_cron_measure_indicators")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.assertEqual(len(self._days()), 36)

    # === WORDS === #

    def test_a_limit_on_the_good_side_of_the_target_is_refused(self):
        with self.assertRaises(ValidationError):
            self._indicator("on_time_last").limit = 99
        self._indicator("on_time_last").limit = 90

    def test_a_copy_measures_the_same_under_another_code(self):
        copy = self.entered.copy({"window_days": 7})
        self.assertNotEqual(copy.code, self.entered.code)
        self.assertEqual((copy.measure, copy.unit), ("orders_entered", "count"))


@tagged("post_install", "-at_install")
class TestIndicatorsFromTheWrongSide(IndicatorCommon):
    """Figures of other companies, and confidential ones, stay where they belong."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls._user("w7_manager", "order_hub.order_hub_group_manager")
        cls.portal = new_test_user(
            cls.env, login="w7_portal", groups="base.group_portal"
        )
        cls.other = cls.env["res.company"].create({"name": "Other"})

    def test_figures_of_another_company_are_not_read(self):
        row = self._total("orders_entered", company=self.other)
        with self.assertRaises(AccessError):
            row.with_user(self.manager).read(["value"])
        with self.assertRaises(AccessError):
            row.with_user(self.manager).action_open_counted()

    def test_a_company_is_not_measured_with_the_orders_of_another(self):
        order = self._order()
        self._set(order, create_date=at(10))
        self.assertEqual(self._total("orders_entered").value, 1)
        self.assertEqual(self._total("orders_entered", company=self.other).value, 0)

    def test_confidential_figures_are_for_managers(self):
        row = self._total("margin")
        with self.assertRaises(AccessError):
            row.with_user(self.supervisor).read(["value"])
        self.assertFalse(row.with_user(self.manager).read(["value"])[0]["value"])
        shown = self._codes(self.supervisor)
        self.assertNotIn("margin", shown)
        self.assertIn("on_time_first", shown)
        self.assertIn("margin", self._codes(self.manager))

    def _codes(self, user):
        data = self.env["order.hub.indicator"].with_user(user).dashboard_data()
        return [tile["code"] for pack in data["packs"] for tile in pack["tiles"]]

    def test_portal_users_see_nothing(self):
        row = self._total("orders_entered")
        for call in (
            lambda: row.with_user(self.portal).read(["value"]),
            lambda: row.with_user(self.portal).action_open_counted(),
            lambda: self._codes(self.portal),
        ):
            with self.assertRaises(AccessError):
                call()

    def test_figures_are_written_by_nobody(self):
        row = self._total("orders_entered")
        for user in (self.supervisor, self.manager):
            with self.assertRaises(AccessError):
                row.with_user(user).write({"value": 1})
            with self.assertRaises(AccessError):
                row.with_user(user).unlink()

    def test_only_managers_change_or_measure_indicators(self):
        indicator = self._indicator("orders_entered")
        for call in (
            lambda user: indicator.with_user(user).write({"target": 1}),
            lambda user: indicator.with_user(user).action_measure_now(),
            lambda user: self.env["order.hub.pack"].with_user(user).action_open(),
        ):
            with self.assertRaises(AccessError):
                call(self.supervisor)
        self.assertTrue(indicator.with_user(self.manager).action_measure_now())

    def test_records_of_a_kind_one_may_not_see_are_not_opened(self):
        order = self._order()
        self._set(order, create_date=at(10))
        row = self._total("orders_entered")
        action = row.with_user(self.manager).action_open_counted()
        self.assertEqual(action["domain"], [("id", "in", order.ids)])
        efficiency = self._total("ecn_days")
        with self.assertRaises(UserError):
            efficiency.with_user(self.manager).action_open_counted()

    def test_a_moment_that_is_over_is_not_opened(self):
        self._order()
        older = self._total("held_open", now=datetime(2026, 3, 9, 12, 0))
        self._total("held_open")
        with self.assertRaisesRegex(UserError, "newest"):
            older.action_open_counted()

    # === PACKS === #

    def test_a_pack_is_switched_as_a_whole(self):
        action = self.env["order.hub.pack"].with_user(self.manager).action_open()
        packs = self.env["order.hub.pack"].with_user(self.manager)
        pack = packs.search(action["domain"]).filtered(
            lambda pack: pack.pack == "electronics"
        )
        self.assertIn("ecn_days", pack.indicator_ids.mapped("code"))
        pack.action_switch_on()
        self.assertEqual(pack.state, "on")
        self.assertTrue(self._indicator("ecn_days").active)
        pack.action_switch_off()
        self.assertEqual(pack.state, "off")
        self.assertFalse(self._indicator("ecn_days").active)

    # === DASHBOARD === #

    def test_the_dashboard_shows_the_newest_figure_its_course_and_verdict(self):
        indicator = self._indicator("on_time_last")
        for day in range(5, 11):
            self._handed_over(at(1), at(day), promised=at(day - (day < 8)))
            self._measure("on_time_last", now=at(day, 12))
        data = self._tile(indicator)
        self.assertEqual(data["number"], "50.0")
        self.assertEqual((data["verdict"], data["trend"]), ("bad", "better"))
        self.assertEqual(data["target"], "≥ 97 %")
        self.assertEqual(len(data["strokes"][0]), 6)

    def _tile(self, indicator):
        rows = self.env["order.hub.indicator"]._line_rows(self.company, NOW)
        return indicator._tile(rows.get(indicator.id, []), self.company)

    def test_a_tile_without_data_says_so(self):
        tile = self._tile(self._indicator("lead_time"))
        self.assertEqual((tile["verdict"], tile["number"]), ("none", "–"))
        self.assertFalse(tile["value_id"] or tile["strokes"])

    def test_the_dashboard_costs_the_same_however_many_figures_there_are(self):
        Indicator = self.env["order.hub.indicator"].with_user(self.manager)
        self._measure("orders_entered")
        few = self._queries(Indicator.dashboard_data)
        for day in range(1, 10):
            for code in ("lead_time", "orders_value", "exceptions_open"):
                self._measure(code, now=at(day, 12))
        self.assertLessEqual(self._queries(Indicator.dashboard_data), few)
