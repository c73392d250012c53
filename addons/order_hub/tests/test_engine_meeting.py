import doctest
from datetime import datetime, timedelta

from hypothesis import strategies as st

from odoo.tests import BaseCase

from ..engine import meeting as engine
from .properties import given

MONDAY = datetime(2026, 3, 2)
STEP = engine.STEP


def at(minutes):
    return MONDAY + timedelta(minutes=minutes)


@st.composite
def calendars(draw):
    """A moment, working hours of some days, and meetings anywhere."""
    now = at(draw(st.integers(0, 4000)))
    working = []
    for day in range(draw(st.integers(0, 4))):
        begin = draw(st.integers(0, 1000))
        end = draw(st.integers(begin + 1, 1440))
        working.append((at(day * 1440 + begin), at(day * 1440 + end)))
    starts = draw(st.lists(st.integers(0, 6000), max_size=10))
    busy = [(at(s), at(s + draw(st.integers(0, 300)))) for s in starts]
    return now, working, busy


def fits(start, now, working, busy):
    end = start + STEP
    return (
        start >= now
        and any(begin <= start and end <= to for begin, to in working)
        and not any(begin < end and to > start for begin, to in busy if to > begin)
    )


class TestEngineMeeting(BaseCase):
    def test_the_examples_in_the_docstrings_hold(self):
        self.assertFalse(doctest.testmod(engine).failed)

    @given(calendars())
    def test_a_slot_is_in_working_hours_and_on_top_of_nothing(self, calendar):
        now, working, busy = calendar
        start = engine.next_free(now, working, busy)
        if start is not None:
            self.assertTrue(fits(start, now, working, busy))
            self.assertEqual(start, engine.next_step(start))

    @given(calendars())
    def test_no_earlier_half_hour_was_free(self, calendar):
        now, working, busy = calendar
        found = engine.next_free(now, working, busy)
        last = found or max((to for _begin, to in working), default=now)
        moment = engine.next_step(now)
        while moment < last:
            self.assertFalse(fits(moment, now, working, busy))
            moment += STEP

    def test_a_meeting_that_ends_when_the_next_begins_is_no_conflict(self):
        working = [(at(540), at(660))]
        busy = [(at(540), at(570)), (at(600), at(660))]
        self.assertEqual(engine.next_free(MONDAY, working, busy), at(570))

    def test_a_full_calendar_has_no_slot(self):
        self.assertIsNone(engine.next_free(MONDAY, [(at(540), at(560))], []))
        self.assertIsNone(engine.next_free(MONDAY, [], []))
