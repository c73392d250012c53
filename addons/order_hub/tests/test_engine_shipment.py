from datetime import date

from hypothesis import strategies as st

from odoo.tests import BaseCase

from ..engine.shipment import (
    Lot,
    Unreadable,
    check_tracking,
    differences,
    fill,
    read_lots,
)
from .properties import given

lots = st.lists(
    st.builds(Lot, st.sampled_from("ABCDEF"), st.integers(1, 40)), max_size=6
)
rooms = st.lists(st.tuples(st.integers(1, 9), st.integers(0, 40)), max_size=6)


class TestShipment(BaseCase):
    """Lots as suppliers type them, and how they fill receipts."""

    def _refused(self, text, quantity=10):
        with self.assertRaises(Unreadable) as caught:
            read_lots(text, quantity)
        return caught.exception.code

    def test_nothing_typed_is_one_delivery_without_a_lot(self):
        self.assertEqual(read_lots(" \n", 10), [Lot("", 10)])

    def test_a_single_lot_needs_no_quantity(self):
        self.assertEqual(read_lots("L-1", 10), [Lot("L-1", 10)])

    def test_lots_may_carry_quantity_and_last_day(self):
        text = "L-1; 4; 2027-05-31\nL-2，6"
        self.assertEqual(
            read_lots(text, 10), [Lot("L-1", 4, date(2027, 5, 31)), Lot("L-2", 6)]
        )

    def test_what_makes_no_sense_is_named(self):
        self.assertEqual(self._refused("L-1; 4\nL-2"), "quantity")
        self.assertEqual(self._refused("L-1; four\nL-2; 6"), "quantity")
        self.assertEqual(self._refused("L-1; nan\nL-2; 6"), "quantity")
        self.assertEqual(self._refused("L-1; 10; 31.5.27"), "expiry")
        self.assertEqual(self._refused("L-1; 4\nL-2; 5"), "sum")
        self.assertEqual(self._refused("; 10"), "missing")
        self.assertEqual(self._refused("L\n" * 501), "many")

    def test_tracked_goods_need_their_numbers(self):
        for given_lots, tracking, code in (
            ([Lot("", 3)], "lot", "missing"),
            ([Lot("A", 1), Lot("A", 2)], "lot", "twice"),
            ([Lot("A", 1), Lot("B", 2)], "serial", "serial"),
        ):
            with self.assertRaises(Unreadable) as caught:
                check_tracking(given_lots, tracking)
            self.assertEqual(caught.exception.code, code)
        check_tracking([Lot("", 3)], "none")
        check_tracking([Lot("A", 1), Lot("B", 1)], "serial")

    def test_differences_name_what_is_missing_and_what_is_too_much(self):
        self.assertEqual(
            differences({"A": 5, "B": 7}, {"A": 5, "B": 6, "C": 1}),
            {"B": (7, 6), "C": (0.0, 1)},
        )

    @given(lots, rooms)
    def test_what_is_announced_is_laid_down_or_left_over(self, given_lots, room):
        found, over = fill(given_lots, room)
        laid = sum(each.quantity for each in found)
        self.assertAlmostEqual(laid + over, sum(lot.quantity for lot in given_lots))

    @given(lots, st.dictionaries(st.integers(1, 9), st.integers(0, 40)))
    def test_no_move_takes_more_than_it_has_room_for(self, given_lots, room):
        found, over = fill(given_lots, room.items())
        for move, free in room.items():
            laid = sum(each.quantity for each in found if each.move == move)
            self.assertLessEqual(laid, free)
        wanted = sum(lot.quantity for lot in given_lots)
        self.assertAlmostEqual(over, max(0, wanted - sum(room.values())))
