from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.order_hub.tests.properties import given

from ..engine.indicator_days import CATCH_UP_DAYS, due, is_time, today, window
from ..engine.indicators import MEASURES, line, trend, verdict

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
ZONES = ["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Pacific/Kiritimati"]

figures = st.floats(-1e6, 1e6, allow_nan=False)
moments = st.datetimes(
    datetime(2024, 1, 1), datetime(2028, 1, 1), timezones=st.just(timezone.utc)
)
zones = st.sampled_from(ZONES).map(ZoneInfo)


def utc(*parts):
    return datetime(*parts, tzinfo=timezone.utc)


class TestEngineIndicatorDays(BaseCase):
    """Days are those of the company's clocks; none is left out."""

    def test_a_day_begins_at_midnight_of_the_company(self):
        since, until = window(date(2026, 3, 2), 1, utc(2026, 3, 9), SHANGHAI)
        self.assertEqual((since, until), (utc(2026, 3, 1, 16), utc(2026, 3, 2, 16)))

    def test_the_night_of_the_change_makes_a_day_of_23_or_25_hours(self):
        now = utc(2026, 12, 1)
        for day, hours in ((date(2026, 3, 29), 23), (date(2026, 10, 25), 25)):
            since, until = window(day, 1, now, BERLIN)
            self.assertEqual(until - since, timedelta(hours=hours))

    def test_a_running_day_ends_now_and_is_not_final(self):
        [day] = due(utc(2026, 3, 2, 4), SHANGHAI, date(2026, 3, 1), 30, is_hourly=True)
        self.assertEqual(day.until, utc(2026, 3, 2, 4))
        self.assertFalse(day.is_final)
        self.assertTrue(day.is_current)

    def test_a_nightly_figure_waits_for_the_end_of_the_day(self):
        last = date(2026, 3, 1)
        before, after = utc(2026, 3, 2, 15, 59), utc(2026, 3, 2, 16, 1)
        self.assertFalse(due(before, SHANGHAI, last, 1, is_hourly=False))
        [day] = due(after, SHANGHAI, last, 1, is_hourly=False)
        self.assertEqual((day.day, day.is_final), (date(2026, 3, 2), True))

    def test_the_present_is_not_taken_for_days_long_gone(self):
        days = due(utc(2026, 3, 9, 4), SHANGHAI, date(2026, 3, 5), 1, is_hourly=True)
        self.assertEqual([day.is_current for day in days], [False] * 3 + [True])

    @given(moments, zones, st.integers(0, 400), st.integers(1, 90), st.booleans())
    def test_missed_days_are_made_up_for_without_a_gap(
        self, now, tz, missed, days, is_hourly
    ):
        last = today(now, tz) - timedelta(days=missed)
        found = due(now, tz, last, days, is_hourly=is_hourly)
        self.assertLessEqual(len(found), CATCH_UP_DAYS + 1)
        for one, other in zip(found, found[1:], strict=False):
            self.assertEqual(other.day - one.day, timedelta(days=1))
        for day in found:
            self.assertLess(day.since, day.until + timedelta(seconds=1))
            self.assertLessEqual(day.until, now)
            self.assertEqual(day.is_final, day.day < today(now, tz))

    @given(moments, zones)
    def test_windows_of_one_day_meet_without_overlap(self, now, tz):
        day = today(now, tz) - timedelta(days=3)
        self.assertEqual(
            window(day, 1, now, tz)[1],
            window(day + timedelta(days=1), 1, now, tz)[0],
        )

    def test_a_set_time_is_that_of_the_company(self):
        self.assertFalse(is_time(utc(2026, 3, 1, 23, 29), SHANGHAI, 7.5))
        self.assertTrue(is_time(utc(2026, 3, 1, 23, 30), SHANGHAI, 7.5))
        self.assertFalse(is_time(utc(2026, 3, 2, 16, 0), SHANGHAI, 7.5))


class TestEngineIndicatorFigures(BaseCase):
    """What a figure means; no data is never a zero."""

    def test_no_data_is_neither_good_nor_bad(self):
        self.assertEqual(verdict(None, "up", 95, 90), "none")
        self.assertEqual(verdict(0.0, "up", 95, 90), "bad")
        self.assertEqual(verdict(0.0, "down", 5, 10), "good")
        self.assertEqual(verdict(3.0, "down", None, None), "plain")

    def test_between_target_and_limit_one_watches(self):
        self.assertEqual(
            [verdict(value, "up", 95, 90) for value in (95, 94.9, 90, 89.9)],
            ["good", "watch", "watch", "bad"],
        )
        self.assertEqual(
            [verdict(value, "down", 5, 10) for value in (5, 5.1, 10, 10.1)],
            ["good", "watch", "watch", "bad"],
        )

    @given(figures, figures, figures)
    def test_more_of_the_good_is_never_judged_worse(self, one, other, target):
        order = ["bad", "watch", "good"]
        low, high = sorted((one, other))
        limit = target - 10
        self.assertLessEqual(
            order.index(verdict(low, "up", target, limit)),
            order.index(verdict(high, "up", target, limit)),
        )

    @given(st.lists(st.none() | figures, max_size=40))
    def test_the_trend_of_the_opposite_direction_is_the_opposite(self, values):
        opposite = {"better": "worse", "worse": "better", "same": "same"}
        up, down = trend(values, "up"), trend(values, "down")
        self.assertEqual(down, opposite.get(up, "none"))

    def test_a_trend_wants_four_days_and_a_change_one_can_see(self):
        self.assertEqual(trend([1, None, 2, 3], "up"), "none")
        self.assertEqual(trend([10, 10, 12, 12], "up"), "better")
        self.assertEqual(trend([100, 100, 101, 101], "down"), "same")

    def test_a_figure_that_nothing_is_expected_of_rises_or_falls(self):
        self.assertEqual(trend([10, 10, 12, 12], ""), "rising")
        self.assertEqual(trend([12, 12, 10, 10], ""), "falling")

    @given(st.lists(st.none() | figures, max_size=60))
    def test_a_sparkline_stays_in_its_box_and_breaks_where_data_is_missing(
        self, values
    ):
        strokes = line(values, 100, 20)
        points = [point for stroke in strokes for point in stroke]
        self.assertEqual(len(points), sum(value is not None for value in values))
        for x, y in points:
            self.assertTrue(0 <= x <= 100.01 and 0 <= y <= 20)
        gaps = any(
            value is None and before is not None
            for before, value in zip(values, values[1:], strict=False)
        )
        if not gaps and values and values[0] is not None:
            self.assertEqual(len(strokes), 1)

    def test_every_measure_has_a_known_unit_and_direction(self):
        units = {
            "percent",
            "per_hundred",
            "days",
            "hours",
            "minutes",
            "count",
            "money",
            "per_hour",
        }
        for measure in MEASURES.values():
            self.assertIn(measure.unit, units)
            self.assertIn(measure.direction, ("up", "down"))
        self.assertGreaterEqual(len(MEASURES), 26)
