from datetime import datetime, timedelta

from hypothesis import strategies as st

from odoo.tests import BaseCase

from ..engine.expected import (
    NEVER,
    Part,
    Take,
    arrivals,
    delay,
    last_day,
    short_of,
)
from .properties import given

MONDAY = datetime(2026, 12, 7, 8)
days = st.integers(0, 30).map(lambda number: MONDAY + timedelta(days=number))
parts = st.lists(st.builds(Part, st.integers(1, 40), days), max_size=6)
takes = st.lists(st.integers(1, 30), max_size=8).map(
    lambda numbers: [Take(taker, number) for taker, number in enumerate(numbers)]
)


class TestExpected(BaseCase):
    """When goods arrive by what suppliers say."""

    def test_who_is_first_in_the_row_gets_the_first_part(self):
        twelve = [
            Part(12, MONDAY + timedelta(days=2)),
            Part(3, MONDAY + timedelta(days=5)),
        ]
        found = arrivals(twelve, [Take(1, 10), Take(2, 5)])
        self.assertEqual(found[1].day, 9)
        self.assertEqual(found[2].day, 12)

    def test_what_the_supplier_does_not_speak_of_never_comes(self):
        found = arrivals([Part(12, MONDAY)], [Take(1, 12), Take(2, 1)])
        self.assertEqual(found, {1: MONDAY, 2: NEVER})
        self.assertEqual(arrivals([], [Take(1, 1)]), {1: NEVER})

    def test_an_hour_on_the_same_day_is_not_late(self):
        evening = MONDAY + timedelta(hours=9)
        self.assertIsNone(delay(MONDAY, {7: evening}, datetime.date))
        late = delay(MONDAY, {7: MONDAY + timedelta(days=1), 8: NEVER}, datetime.date)
        self.assertEqual(late.lines, {7, 8})
        self.assertEqual(late.expected, MONDAY + timedelta(days=1))

    def test_without_a_promise_nothing_is_late(self):
        self.assertIsNone(delay(None, {7: NEVER}, datetime.date))

    @given(parts, takes)
    def test_nobody_further_back_is_served_earlier(self, coming, row):
        found = [*arrivals(coming, row).values()]
        self.assertEqual(found, sorted(found))

    @given(parts, takes)
    def test_never_is_said_exactly_where_the_parts_do_not_reach(self, coming, row):
        total, upto = sum(part.quantity for part in coming), 0
        found = arrivals(coming, row)
        for take in row:
            upto += take.quantity
            self.assertEqual(found[take.taker] == NEVER, upto > total)

    @given(parts, takes, st.integers(0, 5))
    def test_a_later_word_brings_nothing_earlier(self, coming, row, by):
        moved = [Part(p.quantity, p.moment + timedelta(days=by)) for p in coming]
        before, after = arrivals(coming, row), arrivals(moved, row)
        for taker, moment in before.items():
            self.assertGreaterEqual(after[taker], moment)

    @given(parts, st.integers(0, 100))
    def test_what_comes_and_what_is_short_make_up_what_was_ordered(self, coming, n):
        total = sum(part.quantity for part in coming)
        self.assertEqual(short_of(n, coming), max(0, n - total))

    @given(parts)
    def test_the_last_day_is_that_of_the_last_part(self, coming):
        self.assertEqual(
            last_day(coming), max((p.moment for p in coming), default=None)
        )
