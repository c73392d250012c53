from datetime import date, datetime, timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models import order_hub_risk_run
from .common_risk import NOW, RiskCommon


@tagged("post_install", "-at_install")
class TestRiskRun(RiskCommon):
    """The night at two o'clock."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.orders = cls._promised(5, 10)
        cls.runs_before = cls.Run.search([])

    def runs(self):
        own = [("company_id", "=", self.company.id)]
        return self.Run.search(own, order="id") - self.runs_before

    def calls(self):
        return self.env["order.hub.risk.call"].search(
            [("order_id", "in", self.orders.ids)]
        )

    def small_batches(self, size=2):
        return patch.object(order_hub_risk_run, "BATCH", size)

    # === WHEN === #

    def test_a_night_begins_at_two_on_the_clock_of_the_company(self):
        before, at = datetime(2026, 3, 9, 17, 59), datetime(2026, 3, 9, 18, 0)
        self.assertEqual(self.scheme._due_day(before), date(2026, 3, 9))
        self.assertEqual(self.scheme._due_day(at), date(2026, 3, 10))

    def test_daylight_saving_neither_skips_nor_doubles_a_night(self):
        self.company.resource_calendar_id.tz = "Europe/Berlin"
        for first in (datetime(2026, 3, 27), datetime(2026, 10, 23)):
            moments = [first + timedelta(minutes=10 * n) for n in range(6 * 24 * 4)]
            days = [self.scheme._due_day(moment) for moment in moments]
            self.assertEqual(days, sorted(days))
            self.assertEqual(len(set(days)), (days[-1] - days[0]).days + 1)

    def test_a_company_in_america_has_its_own_night(self):
        other = self.env["res.company"].create({"name": "Detroit works"})
        other.resource_calendar_id = self.env["resource.calendar"].create(
            {"name": "Detroit", "tz": "America/Detroit", "company_id": other.id}
        )
        scheme = self.scheme.create({"company_id": other.id})
        self.assertEqual(scheme._due_day(NOW), date(2026, 3, 9))
        self.assertEqual(self.scheme._due_day(NOW), date(2026, 3, 10))

    # === ONCE === #

    def test_a_night_judges_every_order_once_and_keeps_what_it_said(self):
        self._night()
        self._night(NOW + timedelta(minutes=10))
        [run] = self.runs()
        self.assertEqual(
            (run.kind, run.state, run.day), ("night", "done", date(2026, 3, 10))
        )
        self.assertEqual(len(self.calls()), 5)
        self.assertEqual(self.calls().mapped("day"), 5 * [date(2026, 3, 10)])
        self.assertEqual(set(self.orders.mapped("hub_risk")), {"green"})

    def test_a_missed_night_is_made_up_for_once(self):
        self._night()
        self._night(NOW + timedelta(days=3, hours=5))
        self.assertEqual(
            self.runs().mapped("day"), [date(2026, 3, 10), date(2026, 3, 13)]
        )
        self.assertEqual(len(self.calls()), 10)

    def test_who_asks_gets_colours_and_no_second_call(self):
        self._night()
        self.scheme.with_user(self.manager).action_run_now()
        self._night(NOW + timedelta(minutes=30))
        self.assertEqual(self.runs().mapped("kind"), ["night", "asked"])
        self.assertEqual(set(self.runs().mapped("state")), {"done"})
        self.assertEqual(len(self.calls()), 5)

    # === KILLED === #

    def test_a_run_that_is_killed_goes_on_where_it_was(self):
        judge = type(self.Risk)._judge
        seen = []

        def dies(model, night, order_ids):
            seen.append(list(order_ids))
            if len(seen) == 2:
                raise RuntimeError("killed")
            return judge(model, night, order_ids)

        with self.small_batches(), patch.object(type(self.Risk), "_judge", dies):
            with self.assertRaisesRegex(RuntimeError, "killed"):
                self._night()
            [run] = self.runs()
            self.assertEqual(run.state, "judging")
            self._night(NOW + timedelta(minutes=10))
        [run] = self.runs()
        self.assertEqual(run.state, "done")
        judged = [order for batch in seen for order in batch]
        for order in self.orders.ids:
            times = judged.count(order)
            self.assertIn(times, (1, 2))
        self.assertEqual(seen[1], seen[2], "the batch that was lost is judged again")
        self.assertEqual(len(self.calls()), 5)
        self.assertEqual(run.order_count, len({*judged}))

    def test_a_run_that_is_killed_while_it_shows_colours_shows_the_rest(self):
        show = type(self.Risk)._show

        def dies(model, company, limit=2):
            show(model, company, 2)
            raise RuntimeError("killed")

        with patch.object(type(self.Risk), "_show", dies):
            with self.assertRaisesRegex(RuntimeError, "killed"):
                self._night()
        self.assertEqual(self.runs().state, "showing")
        self._night(NOW + timedelta(minutes=10))
        self.assertEqual(self.runs().state, "done")
        self.assertEqual(set(self.orders.mapped("hub_risk")), {"green"})

    def test_a_night_gives_up_what_the_night_before_left(self):
        self.Run._begin(self.scheme, "night", date(2026, 3, 9), NOW - timedelta(days=1))
        self._night()
        self.assertEqual(self.runs().mapped("state"), ["stopped", "done"])

    def test_two_workers_never_judge_an_order_twice(self):
        run = self.Run._begin(self.scheme, "night", date(2026, 3, 10), NOW)
        with patch.object(type(self.Run), "_lock", return_value=False):
            self.assertTrue(run._go_on(NOW, 0))
        self.assertEqual(run.state, "judging")
        again = self.Run._begin(self.scheme, "night", date(2026, 3, 10), NOW)
        self.assertFalse(again)
        self.assertFalse(self.calls())

    @mute_logger("odoo.sql_db")
    def test_a_call_is_said_once_whoever_says_it(self):
        self._night()
        night = self.env["order.hub.risk.facts"]._night(self.scheme, NOW)
        judged = self.Risk._judge(night, self.orders.ids)
        self.Risk._keep(self.company, judged, NOW, self.runs())
        self.assertEqual(len(self.calls()), 5)

    # === BY DAY === #

    def test_by_day_the_past_is_what_the_night_saw_and_what_is_open_is_read_anew(self):
        self._history(self.film_maker, 6, 4)
        self._night()
        self._history(self.film_maker, 0, 10)
        self.orders[0].commitment_date = NOW + timedelta(hours=1)
        self.env.flush_all()
        Facts = self.env["order.hub.risk.facts"]
        order = self.orders[:1]
        later = NOW + timedelta(hours=9)
        today = Facts._today(self.scheme, later, order.ids)
        self.assertEqual(today.suppliers[self.film_maker.id], (6, 10))
        self.assertEqual(self._judged(order, later).colour, "red")
        old = Facts._today(self.scheme, NOW + timedelta(days=3), order.ids)
        self.assertEqual(old.suppliers[self.film_maker.id], (6, 20))
        self.scheme.history_days += 1
        self.env.flush_all()
        other = Facts._today(self.scheme, later, order.ids)
        self.assertEqual(other.suppliers[self.film_maker.id], (6, 20))

    def test_the_past_is_kept_of_the_last_run_only(self):
        for days in range(2):
            self._night(NOW + timedelta(days=days))
        self.assertEqual([bool(run.past) for run in self.runs().sudo()], [False, True])

    def test_nobody_reads_the_past_of_a_run(self):
        self._night()
        with self.assertRaises(AccessError):
            self.runs().with_user(self.manager).read(["past"])

    # === AFTERWARDS === #

    def test_an_order_that_left_loses_its_colour_and_keeps_its_calls(self):
        self._night()
        self._deliver(self.orders[0])
        self._night(NOW + timedelta(days=1))
        self.assertFalse(self.orders[0].hub_risk)
        self.assertEqual(len(self.calls()), 9)

    def test_what_became_of_an_order_is_written_to_its_calls(self):
        self._night()
        late, early, gone = self.orders[:3]
        for order in late, early:
            self._deliver(order)
        gone._action_cancel()
        self.env.flush_all()
        for order, days in ((late, 11), (early, 9)):
            self.env.cr.execute(
                "UPDATE order_hub_stage_event SET date = %s "
                "WHERE order_id = %s AND stage_id = %s",
                [NOW + timedelta(days=days), order.id, self.shipped.id],
            )
        self._night(NOW + timedelta(days=12))
        outcomes = {
            call.order_id: call.outcome
            for call in self.calls()
            if call.day == date(2026, 3, 10)
        }
        self.assertEqual(outcomes[late], "late")
        self.assertEqual(outcomes[early], "on_time")
        self.assertEqual(outcomes[gone], "cancelled")
        self.assertFalse(outcomes[self.orders[3]])

    def test_a_promise_that_was_only_moved_does_not_make_an_order_punctual(self):
        self._night()
        order = self.orders[0]
        order.commitment_date = NOW + timedelta(days=20)
        self._night(NOW + timedelta(days=1))
        [call] = self.calls().filtered(
            lambda call: call.order_id == order and call.day == date(2026, 3, 11)
        )
        self.assertEqual(call.promised, NOW + timedelta(days=20))
        self.assertEqual(call.agreed, NOW + timedelta(days=10))

    def test_old_calls_are_deleted(self):
        self._night()
        self.scheme.keep_days = 30
        self._night(NOW + timedelta(days=32))
        self.assertEqual(set(self.calls().mapped("day")), {date(2026, 4, 11)})

    def test_calls_are_changed_and_deleted_by_nobody(self):
        self._night()
        for work in (
            lambda calls: calls.write({"colour": "green"}),
            lambda calls: calls.unlink(),
            lambda calls: calls.copy(),
        ):
            with self.assertRaises(Exception) as caught:
                work(self.calls()[:1].sudo())
            self.assertIn("kept as it was said", str(caught.exception))
