"""What an order misses, when it comes, and what that makes of its promise."""

from datetime import datetime, timedelta

from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.order_hub.tests.properties import given

from ..engine import shortage
from ..engine.shortage import Arrival, Part, Supplier, new_date, part

NOW = datetime(2026, 3, 2, 8)
QUANTITIES = st.floats(0, 500)
DAYS = st.floats(-30, 90)


def on(days, quantity=10, **values):
    return Arrival(NOW + timedelta(days=days), quantity, **values)


ARRIVALS = st.lists(st.builds(on, DAYS, QUANTITIES, is_firm=st.booleans()), max_size=6)
SUPPLIERS = st.none() | st.builds(Supplier, st.integers(1, 9), st.floats(0, 60))


class TestShortage(BaseCase):
    def test_what_is_held_and_what_is_free_is_not_missing(self):
        self.assertIsNone(part(1, 10, 4, 6, (), None, NOW))
        found = part(1, 10, 4, 5, (), None, NOW)
        self.assertEqual((found.missing, found.expected, found.source), (1, None, ""))

    def test_stock_below_zero_is_no_stock(self):
        self.assertEqual(part(1, 10, 0, -50, (), None, NOW).missing, 10)

    def test_a_part_is_expected_with_the_arrival_that_completes_it(self):
        arrivals = [
            on(9, document="P3"),
            on(2, 4, document="P1"),
            on(5, 6, document="P2"),
        ]
        found = part(1, 10, 0, 0, arrivals, None, NOW)
        self.assertEqual(found.expected, NOW + timedelta(days=5))
        self.assertEqual((found.source, found.documents), ("ordered", ("P1", "P2")))

    def test_a_request_is_no_order(self):
        found = part(1, 10, 0, 0, [on(2, is_firm=False, document="P1")], None, NOW)
        self.assertEqual(found.source, "asked")

    def test_what_should_have_come_is_expected_now_at_the_earliest(self):
        self.assertEqual(part(1, 10, 0, 0, [on(-5)], None, NOW).expected, NOW)

    def test_what_nobody_ordered_would_be_ordered_now(self):
        found = part(1, 10, 0, 0, [on(20, 4)], Supplier(7, 12), NOW)
        self.assertEqual((found.source, found.partner), ("supplier", 7))
        self.assertEqual(found.expected, NOW + timedelta(days=20))

    def test_the_new_date_is_the_last_part_and_the_days_to_make(self):
        parts = [
            Part(1, 5, 0, 0, 5, NOW + timedelta(days=3)),
            Part(2, 5, 0, 0, 5, NOW + timedelta(days=8)),
        ]
        promised = NOW + timedelta(days=4)
        self.assertEqual(new_date(parts, promised, 2), NOW + timedelta(days=10))
        self.assertEqual(new_date(parts[:1], promised, 0), promised)
        self.assertEqual(new_date([], promised, 5), promised)
        self.assertIsNone(new_date([*parts, Part(3, 1, 0, 0, 1)], promised, 0))

    @given(QUANTITIES, QUANTITIES, st.floats(-50, 500), ARRIVALS, SUPPLIERS)
    def test_more_on_its_way_never_makes_a_part_later(
        self, needed, held, free, arrivals, supplier
    ):
        found = part(1, needed, held, free, arrivals, supplier, NOW)
        more = part(1, needed, held, free, [*arrivals, on(-1, 500)], supplier, NOW)
        self.assertEqual(found is None, more is None)
        if found is None:
            self.assertLessEqual(needed, held + max(0, free) + shortage.NOTHING)
            return
        self.assertGreater(found.missing, 0)
        self.assertLessEqual(found.missing, needed)
        self.assertEqual(found.missing, more.missing)
        if found.expected:
            self.assertGreaterEqual(found.expected, NOW)
            self.assertLessEqual(more.expected, found.expected)

    @given(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 5)), max_size=12))
    def test_each_order_is_answered_on_its_own(self, wanted):
        needs = {}
        for order, product in wanted:
            needs.setdefault(order, {})[product] = 3.0
        places = dict.fromkeys(needs, 1)
        found = shortage.by_order(needs, {}, {(1, 1): 5.0}, {}, {}, places, NOW)
        self.assertEqual(set(found), set(needs))
        for order, parts in found.items():
            self.assertEqual({p.product for p in parts}, set(needs[order]) - {1})
