"""Clocks, daylight saving, intervals and working time."""

from datetime import date, datetime, time, timedelta

from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.order_hub.tests.properties import given

from ..engine import calendars
from ..engine.calendars import (
    DAY,
    Slot,
    WorkingTime,
    intersect,
    local_moment,
    merge,
    next_local,
    subtract,
    weekly,
)
from .warning_times import (
    APIA,
    AUTUMN,
    BERLIN,
    DATES,
    LORD_HOWE,
    MINUTES,
    SHANGHAI,
    SPANS,
    SPRING,
    START,
    ZONES,
    at,
    length,
    office,
    shanghai,
    utc,
)


class TestClocks(BaseCase):
    def test_a_clock_time_that_is_skipped_is_the_moment_of_the_jump(self):
        jump = utc(2026, 3, 29, 1)
        for hours in (2, 2.5, 2.99, 3):
            self.assertEqual(local_moment(SPRING, hours, BERLIN), jump)
        self.assertEqual(local_moment(SPRING, 3.5, BERLIN), utc(2026, 3, 29, 1, 30))

    def test_a_clock_time_that_is_shown_twice_is_the_first(self):
        self.assertEqual(local_moment(AUTUMN, 2.5, BERLIN), utc(2026, 10, 25, 0, 30))
        self.assertEqual(local_moment(AUTUMN, 3, BERLIN), utc(2026, 10, 25, 2))

    def test_clocks_may_jump_half_an_hour_or_a_day(self):
        jump = local_moment(date(2026, 10, 4), 2.25, LORD_HOWE)
        self.assertEqual(jump, utc(2026, 10, 3, 15, 30))
        missing = local_moment(date(2011, 12, 30), 12, APIA)
        self.assertEqual(missing, utc(2011, 12, 30, 10))

    def test_days_have_23_24_or_25_hours(self):
        for day, hours in ((SPRING, 23), (AUTUMN, 25), (date(2026, 6, 1), 24)):
            start, stop = Slot(day.weekday(), 0, 24).on(day, BERLIN)
            self.assertEqual(stop - start, timedelta(hours=hours))

    def test_snoozing_until_14_means_the_next_14_on_the_wall(self):
        two = time(14)
        self.assertEqual(
            next_local(utc(2026, 3, 16, 5, 59), two, SHANGHAI), utc(2026, 3, 16, 6)
        )
        self.assertEqual(
            next_local(utc(2026, 3, 16, 6), two, SHANGHAI), utc(2026, 3, 17, 6)
        )
        self.assertEqual(
            next_local(utc(2026, 3, 28, 14), two, BERLIN), utc(2026, 3, 29, 12)
        )

    def test_naive_moments_are_utc(self):
        naive = datetime(2026, 3, 16, 5)
        self.assertEqual(calendars.aware(naive), utc(2026, 3, 16, 5))
        self.assertEqual(calendars.naive(calendars.aware(naive)), naive)
        there = utc(2026, 3, 16, 5).astimezone(SHANGHAI)
        self.assertEqual(calendars.naive(there), naive)

    @given(DATES, st.integers(0, 48 * 60), st.integers(0, 48 * 60), ZONES)
    def test_clock_times_keep_their_order(self, day, one, other, tz):
        first, last = sorted((one, other))
        self.assertLessEqual(
            local_moment(day, first / 60, tz), local_moment(day, last / 60, tz)
        )

    @given(DATES, ZONES)
    def test_days_touch_each_other(self, day, tz):
        self.assertEqual(local_moment(day, 24, tz), local_moment(day + DAY, 0, tz))

    @given(DATES, st.integers(0, 24 * 60 - 1), st.times(), ZONES)
    def test_the_next_clock_time_lies_ahead_within_two_days(self, day, now, clock, tz):
        clock = clock.replace(second=0, microsecond=0)
        now = local_moment(day, now / 60, tz)
        found = next_local(now, clock, tz)
        self.assertGreater(found, now)
        self.assertLessEqual(found - now, timedelta(hours=49))


class TestIntervals(BaseCase):
    @given(SPANS)
    def test_merged_time_is_in_order_and_does_not_touch(self, spans):
        found = merge(spans)
        flat = [moment for span in found for moment in span]
        self.assertEqual(flat, sorted(set(flat)))
        self.assertEqual(merge(reversed(found)), found)

    @given(SPANS, SPANS)
    def test_two_times_are_what_is_shared_and_what_is_not(self, one, other):
        shared, rest = intersect(one, other), subtract(one, other)
        self.assertEqual(merge([*shared, *rest]), merge(one))
        self.assertEqual(intersect(shared, rest), [])
        self.assertEqual(shared, intersect(other, one))
        self.assertEqual(intersect(rest, other), [])


class TestWorkingTime(BaseCase):
    def _week(self):
        since, until = date(2026, 3, 9), date(2026, 4, 12)
        span = (shanghai(since, 0), shanghai(until, 24))
        return WorkingTime(tuple(office(since, until)), *span)

    def test_friday_evening_to_monday_morning_is_little(self):
        week = self._week()
        friday, monday = (
            shanghai(date(2026, 3, 13), 16.5),
            shanghai(date(2026, 3, 16), 8.5),
        )
        self.assertEqual(week.minutes(friday, monday), 60)
        self.assertEqual(week.minutes(monday, friday), 0)

    def test_two_hours_after_friday_16_is_monday_9(self):
        week = self._week()
        start = shanghai(date(2026, 3, 13), 16)
        self.assertEqual(week.add(start, 60), shanghai(date(2026, 3, 13), 17))
        self.assertEqual(week.add(start, 120), shanghai(date(2026, 3, 16), 9))

    def test_what_lies_beyond_the_known_time_is_unknown(self):
        week = self._week()
        self.assertIsNone(week.add(week.until - DAY, 60))
        self.assertIsNone(week.next_open(week.until))

    def test_open_until_the_moment_of_closing(self):
        week, day = self._week(), date(2026, 3, 16)
        for hours, is_open in ((7.9, False), (8, True), (11.9, True), (12, False)):
            self.assertEqual(week.is_open(shanghai(day, hours)), is_open)
        self.assertEqual(week.next_open(shanghai(day, 12)), shanghai(day, 13))

    def test_a_night_shift_works_7_or_9_hours_when_clocks_change(self):
        night = [Slot(day, 22.0, 6.0) for day in range(7)]
        for day, hours in ((SPRING, 7), (AUTUMN, 9), (date(2026, 6, 7), 8)):
            span = (
                local_moment(day - DAY, 12, BERLIN),
                local_moment(day, 12, BERLIN),
            )
            found = weekly(night, BERLIN, *span)
            self.assertEqual(length(found), timedelta(hours=hours))

    def test_an_office_day_is_8_hours_in_every_season(self):
        for day in (SPRING + DAY, AUTUMN + DAY, AUTUMN - 2 * DAY):
            found = office(day, day, BERLIN)
            self.assertEqual(length(found), timedelta(hours=8))
            self.assertEqual(found[0][0].astimezone(BERLIN).hour, 8)

    @given(SPANS, MINUTES, st.integers(0, 3000))
    def test_adding_and_counting_agree(self, spans, start, minutes):
        known = WorkingTime(tuple(spans), START, at(60 * 24 * 25))
        start = at(start)
        found = known.add(start, minutes)
        if found is None:
            self.assertLess(known.minutes(start, known.until), minutes)
        else:
            self.assertEqual(known.minutes(start, found), minutes)
            before = found - timedelta(seconds=1)
            if minutes:
                self.assertLess(known.minutes(start, before), minutes)

    @given(SPANS, st.lists(MINUTES, min_size=3, max_size=3))
    def test_working_time_adds_up(self, spans, moments):
        known = WorkingTime(tuple(spans), START, at(60 * 24 * 25))
        a, b, c = (at(minutes) for minutes in sorted(moments))
        total = known.minutes(a, b) + known.minutes(b, c)
        self.assertAlmostEqual(known.minutes(a, c), total)
        self.assertEqual(
            length(known.closed()) + length(known.intervals),
            known.until - known.since,
        )
