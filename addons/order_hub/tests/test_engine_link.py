from datetime import date, timedelta

from hypothesis import strategies as st

from odoo.tests import BaseCase

from ..engine import link
from .properties import given

DAYS = st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 1, 1))


class TestLinkEngine(BaseCase):
    def test_link_without_any_end_opens_for_ever(self):
        self.assertTrue(link.is_open(date(2099, 1, 1), None, date(2020, 1, 1), 0))
        self.assertTrue(link.is_open(date(2099, 1, 1), None, None, 30))

    def test_link_opens_on_its_last_day_and_not_after(self):
        closed = date(2026, 11, 1)
        self.assertTrue(link.is_open(date(2026, 12, 1), None, closed, 30))
        self.assertFalse(link.is_open(date(2026, 12, 2), None, closed, 30))

    @given(DAYS, DAYS, st.none() | DAYS, st.integers(0, 5_000_000))
    def test_own_day_goes_first(self, today, own, closed, days):
        self.assertEqual(link.is_open(today, own, closed, days), today <= own)

    @given(DAYS, st.none() | DAYS, st.none() | DAYS, st.integers(0, 5_000_000))
    def test_link_that_was_closed_stays_closed(self, today, own, closed, days):
        later = link.is_open(today + timedelta(days=1), own, closed, days)
        self.assertTrue(link.is_open(today, own, closed, days) or not later)
