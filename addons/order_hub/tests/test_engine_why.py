from datetime import datetime, timedelta

from hypothesis import strategies as st

from odoo.tests import BaseCase

from ..engine import why
from .properties import given

MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 3, 1))


def day(moment):
    return moment.date()


class TestWhyEngine(BaseCase):
    def test_every_kind_of_the_hub_is_told_in_a_known_cause(self):
        self.assertLessEqual(set(why.BY_KIND.values()), set(why.CAUSES))

    def test_unknown_kind_is_told_as_what_says_least(self):
        self.assertEqual(why.cause_of("machine 7 broke"), "checking")

    def test_key_user_says_what_is_told_and_what_is_not(self):
        self.assertEqual(why.cause_of("credit", "payment"), "payment")
        self.assertIsNone(why.cause_of("supply", why.HIDDEN))

    def test_cause_that_says_most_goes_first(self):
        self.assertEqual(why.first_cause({"checking", "supply"}), "supply")
        self.assertIsNone(why.first_cause(set()))

    @given(st.sets(st.sampled_from(why.CAUSES), min_size=1))
    def test_there_is_always_one_cause_of_several(self, causes):
        self.assertIn(why.first_cause(causes), causes)

    def test_an_hour_later_on_the_same_day_is_on_time(self):
        promised = datetime(2026, 1, 5, 9)
        later = promised + timedelta(hours=1)
        found = why.outlook(promised, [later], promised - timedelta(days=1), day)
        self.assertEqual(found.state, "on_time")

    def test_nothing_promised_is_neither_late_nor_on_time(self):
        now = datetime(2026, 1, 5)
        self.assertEqual(why.outlook(None, [now], now, day).state, "open")

    @given(MOMENTS, st.lists(MOMENTS, max_size=3), MOMENTS)
    def test_it_is_late_exactly_when_the_promise_has_passed(self, promised, plan, now):
        found = why.outlook(promised, plan, now, day)
        self.assertEqual(found.state == "late", promised < now)

    @given(MOMENTS, st.lists(MOMENTS, max_size=3), MOMENTS)
    def test_expected_day_lies_behind_the_promise_and_not_in_the_past(
        self, promised, plan, now
    ):
        found = why.outlook(promised, plan, now, day)
        if found.expected:
            self.assertIn(found.expected, plan)
            self.assertGreater(day(found.expected), day(promised))
            self.assertGreaterEqual(day(found.expected), day(now))

    @given(MOMENTS, MOMENTS, MOMENTS, MOMENTS)
    def test_expecting_it_later_never_makes_it_more_in_time(self, promised, a, b, now):
        order = ("on_time", "later", "late")
        early, late = sorted((a, b))
        before = why.outlook(promised, [early], now, day).state
        after = why.outlook(promised, [late], now, day).state
        self.assertGreaterEqual(order.index(after), order.index(before))
