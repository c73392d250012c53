"""Chinese holidays with make-up working days, and mute times."""

import sys
from datetime import date, datetime, timedelta
from unittest.mock import patch

from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.order_hub.tests.properties import given

from ..engine.calendars import (
    DAY,
    NO_DAYS,
    PublicDays,
    Slot,
    WorkingTime,
    chinese_days,
    intersect,
    local_moment,
    with_public_days,
)
from ..engine.mutes import HORIZON, Mute, muted_until
from .warning_times import (
    AUTUMN,
    BERLIN,
    DATES,
    OFFICE,
    SHANGHAI,
    SPRING,
    START,
    UTC,
    ZONES,
    length,
    office,
    shanghai,
    utc,
)


class TestChineseDays(BaseCase):
    YEAR = (date(2026, 1, 1), date(2026, 12, 31))

    def _time(self, since, until, leaves=(), slots=OFFICE):
        days = chinese_days(since, until)
        return with_public_days(
            office(since, until, slots=slots), days, SHANGHAI, leaves
        )

    def _clock(self, intervals, day):
        """Return the working hours of a day as clocks show them."""
        inside = intersect(intervals, [(shanghai(day, 0), shanghai(day, 24))])
        return [
            tuple(f"{moment.astimezone(SHANGHAI):%H:%M}" for moment in span)
            for span in inside
        ]

    def test_spring_festival_is_off_and_worked_for_on_two_saturdays(self):
        days = chinese_days(*self.YEAR)
        for number in range(15, 24):
            self.assertIn(date(2026, 2, number), days.off)
        self.assertLessEqual({date(2026, 2, 14), date(2026, 2, 28)}, days.worked)
        self.assertEqual(days.unknown, ())

    def test_ordinary_weekends_are_left_to_the_calendar(self):
        days = chinese_days(*self.YEAR)
        self.assertNotIn(date(2026, 3, 14), days.off | days.worked)

    def test_nothing_is_worked_on_national_day(self):
        found = self._time(date(2026, 9, 1), date(2026, 10, 12))
        for number in range(1, 8):
            self.assertEqual(self._clock(found, date(2026, 10, number)), [])

    def test_a_make_up_saturday_has_the_hours_of_the_last_normal_day(self):
        found = self._time(date(2026, 9, 1), date(2026, 10, 12))
        hours = [("08:00", "12:00"), ("13:00", "17:00")]
        for day in (date(2026, 9, 20), date(2026, 10, 10)):
            self.assertEqual(self._clock(found, day), hours)
        self.assertEqual(self._clock(found, date(2026, 9, 19)), [])

    def test_a_make_up_day_never_takes_a_holiday_for_its_pattern(self):
        afternoon = Slot(4, 13.0, 17.0)
        short_friday = [slot for slot in OFFICE if slot != afternoon]
        found = self._time(date(2025, 12, 10), date(2026, 3, 1), slots=short_friday)
        normal = [("08:00", "12:00"), ("13:00", "17:00")]
        self.assertEqual(self._clock(found, date(2026, 1, 4)), normal)
        self.assertEqual(self._clock(found, date(2026, 2, 14)), normal[:1])

    def test_a_factory_that_works_on_saturdays_keeps_its_own_hours(self):
        slots = [*OFFICE, Slot(5, 9.0, 11.0)]
        found = self._time(date(2026, 9, 20), date(2026, 10, 12), slots=slots)
        self.assertEqual(self._clock(found, date(2026, 10, 10)), [("09:00", "11:00")])

    def test_a_make_up_day_on_which_the_company_is_closed_is_closed(self):
        day = date(2026, 10, 10)
        leave = [(shanghai(day, 12), shanghai(day, 24))]
        found = self._time(date(2026, 9, 20), date(2026, 10, 12), leave)
        self.assertEqual(self._clock(found, day), [("08:00", "12:00")])

    def test_without_days_before_it_a_make_up_day_looks_ahead(self):
        found = self._time(date(2026, 10, 10), date(2026, 10, 16))
        self.assertEqual(len(self._clock(found, date(2026, 10, 10))), 2)

    def test_round_the_clock_is_round_the_clock_on_make_up_days(self):
        slots = [Slot(day, 0.0, 24.0) for day in range(5)]
        found = self._time(date(2026, 9, 20), date(2026, 10, 12), slots=slots)
        day = date(2026, 10, 10)
        inside = intersect(found, [(shanghai(day, 0), shanghai(day, 24))])
        self.assertEqual(length(inside), DAY)

    def test_a_year_nobody_knows_keeps_the_plain_calendar_and_is_named(self):
        first, last = date(2049, 9, 20), date(2050, 1, 10)
        days = chinese_days(first, last)
        self.assertEqual(days, PublicDays(unknown=(2049, 2050)))
        plain = office(first, last)
        self.assertEqual(with_public_days(plain, days, SHANGHAI), plain)

    def test_a_year_nobody_knows_does_not_spoil_the_one_before(self):
        days = chinese_days(date(2003, 12, 25), date(2004, 1, 5))
        self.assertEqual(days.unknown, (2003,))
        self.assertIn(date(2004, 1, 1), days.off)

    def test_without_the_library_every_year_is_unknown(self):
        with patch.dict(sys.modules, {"chinese_calendar": None}):
            days = chinese_days(*self.YEAR)
        self.assertEqual(days, PublicDays(unknown=(2026,)))

    def test_an_hour_of_work_before_a_holiday_ends_after_it(self):
        since, until = date(2026, 9, 1), date(2026, 10, 12)
        span = (shanghai(since, 0), shanghai(until, 24))
        known = WorkingTime(tuple(self._time(since, until)), *span)
        start = shanghai(date(2026, 9, 30), 16.5)
        self.assertEqual(known.add(start, 60), shanghai(date(2026, 10, 8), 8.5))

    def test_known_years_are_worked_as_published(self):
        days = chinese_days(date(2025, 1, 1), date(2025, 12, 31))
        weekdays = {
            date(2025, 1, 1) + DAY * n
            for n in range(365)
            if (date(2025, 1, 1) + DAY * n).weekday() < 5
        }
        self.assertEqual(len(days.worked), 5)
        self.assertEqual(len((weekdays - days.off) | days.worked), 248)

    @given(st.dates(date(2024, 1, 1), date(2026, 12, 1)), st.integers(0, 25))
    def test_days_off_are_never_worked_and_make_up_days_always(self, first, span):
        last = first + DAY * span
        before = first - 21 * DAY
        days = chinese_days(before, last)
        found = with_public_days(office(before, last), days, SHANGHAI)
        for shift in range(span + 1):
            day = first + DAY * shift
            worked = bool(self._clock(found, day))
            usual = day.weekday() < 5 and day not in days.off
            self.assertEqual(worked, usual or day in days.worked, day)


NIGHT = Mute(SHANGHAI, hour_from=22, hour_to=7)


class TestMutes(BaseCase):
    def _until(self, mutes, now, **values):
        found = muted_until(mutes, now, **values)
        return found and found.astimezone(SHANGHAI).replace(tzinfo=None)

    def test_the_night_is_mute_across_midnight(self):
        day = date(2026, 3, 16)
        for hours, until in (
            (21.9, None),
            (22, datetime(2026, 3, 17, 7)),
            (30.9, datetime(2026, 3, 17, 7)),
            (31, None),
        ):
            self.assertEqual(self._until([NIGHT], shanghai(day, hours)), until)

    def test_a_night_that_begins_on_friday_ends_on_saturday(self):
        mute = Mute(SHANGHAI, frozenset({4}), 22, 6)
        saturday = date(2026, 3, 14)
        self.assertEqual(
            self._until([mute], shanghai(saturday, 3)), datetime(2026, 3, 14, 6)
        )
        self.assertIsNone(self._until([mute], shanghai(saturday, 23)))

    def test_mutes_that_follow_each_other_are_one(self):
        weekend = Mute(SHANGHAI, frozenset({5, 6}))
        found = self._until([NIGHT, weekend], shanghai(date(2026, 3, 13), 23))
        self.assertEqual(found, datetime(2026, 3, 16, 7))

    def test_a_stocktaking_is_mute_from_its_first_to_its_last_day(self):
        mute = Mute(SHANGHAI, date_from=date(2026, 6, 29), date_to=date(2026, 6, 30))
        self.assertIsNone(self._until([mute], shanghai(date(2026, 6, 28), 23.9)))
        self.assertEqual(
            self._until([mute], shanghai(date(2026, 6, 29), 0)), datetime(2026, 7, 1)
        )
        self.assertIsNone(self._until([mute], shanghai(date(2026, 7, 1), 0)))

    def test_public_holidays_are_mute_and_make_up_days_are_not(self):
        mute = Mute(SHANGHAI, only_public_holidays=True)
        days = chinese_days(date(2026, 9, 1), date(2026, 12, 31))
        found = self._until([mute], shanghai(date(2026, 10, 1), 9), days=days)
        self.assertEqual(found, datetime(2026, 10, 8))
        made_up = shanghai(date(2026, 10, 10), 9)
        self.assertIsNone(self._until([mute], made_up, days=days))
        self.assertIsNone(self._until([mute], made_up, days=NO_DAYS))

    def test_outside_of_working_time_is_mute(self):
        since, until = date(2026, 3, 9), date(2026, 4, 12)
        span = (shanghai(since, 0), shanghai(until, 24))
        working = WorkingTime(tuple(office(since, until)), *span)
        mute = Mute(SHANGHAI, outside_working_time=True)
        friday = date(2026, 3, 13)
        self.assertIsNone(self._until([mute], shanghai(friday, 16), working=working))
        self.assertEqual(
            self._until([mute], shanghai(friday, 17), working=working),
            datetime(2026, 3, 16, 8),
        )
        with self.assertRaises(ValueError):
            muted_until([mute], shanghai(friday, 17))

    def test_the_night_of_the_change_ends_when_clocks_show_7(self):
        mute = Mute(BERLIN, hour_from=22, hour_to=7)
        for day, end in (
            (SPRING, utc(2026, 3, 29, 5)),
            (AUTUMN, utc(2026, 10, 25, 6)),
        ):
            now = local_moment(day - DAY, 23, BERLIN)
            self.assertEqual(muted_until([mute], now), end)

    def test_a_mute_of_half_a_year_ends_at_the_horizon_for_now(self):
        mute = Mute(SHANGHAI, date_to=date(2026, 12, 31))
        self.assertEqual(muted_until([mute], START), START + HORIZON)

    def test_a_mute_that_would_never_end_is_refused(self):
        for values in (
            {},
            {"hour_from": 8, "hour_to": 8},
            {"date_from": date(2026, 1, 1)},
            {"weekdays": frozenset()},
            {"weekdays": frozenset({7})},
            {"hour_from": 24},
            {"hour_to": 25},
        ):
            with self.assertRaises(ValueError, msg=str(values)):
                Mute(SHANGHAI, **values)

    @given(
        st.lists(
            st.builds(
                Mute,
                ZONES,
                st.frozensets(st.integers(0, 6), min_size=1, max_size=6),
                st.integers(0, 23),
                st.integers(0, 24),
            ),
            min_size=1,
            max_size=4,
        ),
        DATES,
        st.integers(0, 24 * 60 - 1),
    )
    def test_when_a_mute_is_over_the_rule_may_speak(self, mutes, day, minutes):
        now = local_moment(day, minutes / 60, UTC)
        until = muted_until(mutes, now)
        if until is None:
            return
        self.assertGreater(until, now)
        if until < now + HORIZON:
            self.assertIsNone(muted_until(mutes, until))
        self.assertEqual(muted_until(mutes, until - timedelta(seconds=1)), until)
