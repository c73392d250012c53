from datetime import date, timedelta

from hypothesis import strategies as st

from odoo.tests import BaseCase

from ..engine.answer import (
    CONFIRM,
    CONFIRMED,
    HORIZON,
    MOST,
    PROPOSED,
    REFUSE,
    REFUSED,
    SETTLED,
    SPLIT,
    WAITING,
    Answer,
    Asked,
    Difference,
    Part,
    Tolerance,
    difference,
    is_within,
    merged,
    order_state,
    problems,
    said,
)
from .properties import given

TODAY = date(2026, 11, 2)


def day(number):
    return TODAY + timedelta(days=number)


def part(quantity, number):
    return Part(day(number), quantity)


ORDERED = Asked((part(15, 7),))

parts = st.lists(
    st.builds(part, st.integers(1, 40), st.integers(0, 60)), min_size=1, max_size=6
)
asked = st.builds(lambda rows: Asked(tuple(rows), 1.0), parts)


@st.composite
def answered(draw):
    """Return something asked for and an answer that adds up to it."""
    wanted = draw(asked)
    left, rows = int(wanted.open), []
    while left and len(rows) < MOST:
        took = draw(st.integers(1, left))
        rows.append(part(took, draw(st.integers(0, 60))))
        left -= took
    return wanted, said(SPLIT, wanted, rows, left, has_reason=True)


class TestAnswer(BaseCase):
    # === PROPERTIES === #

    @given(asked)
    def test_what_is_confirmed_as_asked_is_never_different(self, wanted):
        answer = said(CONFIRM, wanted)
        self.assertTrue(difference(answer, wanted).is_none)
        self.assertEqual(problems(answer, wanted, TODAY), ())

    @given(asked)
    def test_what_is_refused_is_all_that_is_open(self, wanted):
        answer = said(REFUSE, wanted, has_reason=True)
        self.assertEqual(answer.refused, wanted.open)
        self.assertEqual(round(difference(answer, wanted).percent), 100)

    @given(answered())
    def test_an_answer_that_adds_up_has_no_problem(self, pair):
        wanted, answer = pair
        self.assertEqual(problems(answer, wanted, TODAY), ())

    @given(answered(), st.integers(1, 9))
    def test_what_does_not_add_up_is_said(self, pair, more):
        wanted, answer = pair
        wrong = Answer(SPLIT, answer.parts, answer.refused + more, True)
        self.assertIn("sum", problems(wrong, wanted, TODAY))

    @given(parts)
    def test_merging_loses_nothing_and_has_one_part_a_day(self, rows):
        found = merged(rows)
        self.assertEqual(
            sum(row.quantity for row in found), sum(row.quantity for row in rows)
        )
        self.assertEqual([row.day for row in found], sorted({row.day for row in rows}))
        self.assertEqual(merged(found), found)

    @given(answered())
    def test_the_order_of_the_parts_does_not_matter(self, pair):
        wanted, answer = pair
        turned = Answer(SPLIT, answer.parts[::-1], answer.refused, True)
        self.assertEqual(difference(turned, wanted), difference(answer, wanted))

    @given(answered(), st.integers(1, 30))
    def test_later_answers_are_never_less_late(self, pair, days):
        wanted, answer = pair
        later = Answer(
            SPLIT,
            tuple(part_later(row, days) for row in answer.parts),
            answer.refused,
            True,
        )
        before, after = difference(answer, wanted), difference(later, wanted)
        self.assertGreaterEqual(after.late, before.late)
        self.assertLessEqual(after.early, before.early)

    @given(answered(), st.integers(0, 60), st.floats(0, 100))
    def test_a_wider_tolerance_takes_whatever_a_narrow_one_takes(
        self, pair, days, percent
    ):
        found = difference(pair[1], pair[0])
        if is_within(found, Tolerance(days, percent)):
            self.assertTrue(is_within(found, Tolerance(days + 1, percent + 1)))
        self.assertEqual(
            is_within(found, Tolerance()), found.is_none, "nothing is tolerated"
        )

    # === EXAMPLES === #

    def test_twelve_tons_on_the_ninth_and_three_on_the_twelfth(self):
        answer = said(SPLIT, ORDERED, [part(3, 10), part(12, 7)])
        self.assertEqual(answer.parts, (part(12, 7), part(3, 10)))
        self.assertEqual(problems(answer, ORDERED, TODAY), ())
        self.assertEqual(difference(answer, ORDERED), Difference(late=3))

    def test_a_part_that_does_not_come_is_a_share_of_what_is_open(self):
        answer = said(SPLIT, ORDERED, [part(12, 7)], 3, has_reason=True)
        found = difference(answer, ORDERED)
        self.assertEqual((found.refused, found.percent, found.late), (3, 20.0, 0))
        self.assertTrue(is_within(found, Tolerance(0, 20)))
        self.assertFalse(is_within(found, Tolerance(0, 19.9)))

    def test_what_comes_too_early_differs_too(self):
        answer = said(SPLIT, ORDERED, [part(15, 2)])
        self.assertEqual(difference(answer, ORDERED).early, 5)
        self.assertFalse(is_within(difference(answer, ORDERED), Tolerance(4)))

    def test_a_counter_proposal_is_what_the_next_answer_is_measured_by(self):
        counter = Asked((part(12, 7), part(3, 9)))
        answer = said(SPLIT, counter, [part(12, 7), part(3, 10)])
        self.assertEqual(difference(answer, counter), Difference(late=1))

    def test_dates_are_neither_past_nor_years_ahead(self):
        for number, code in ((-1, "past"), (HORIZON + 1, "far")):
            answer = said(SPLIT, ORDERED, [part(15, number)])
            self.assertEqual(problems(answer, ORDERED, TODAY), (code,))
        today = said(SPLIT, ORDERED, [part(15, 0)])
        self.assertEqual(problems(today, ORDERED, TODAY), ())

    def test_negative_fine_and_countless_parts_are_said(self):
        negative = said(SPLIT, ORDERED, [part(16, 7), part(-1, 8)])
        self.assertEqual(problems(negative, ORDERED, TODAY), ("negative",))
        fine = said(SPLIT, ORDERED, [part(14.995, 7), part(0.005, 8)])
        self.assertEqual(problems(fine, ORDERED, TODAY), ("step",))
        rows = [part(1, number) for number in range(15)]
        self.assertEqual(
            problems(said(SPLIT, ORDERED, rows), ORDERED, TODAY), ("many",)
        )

    def test_who_refuses_says_why(self):
        answer = said(REFUSE, ORDERED)
        self.assertEqual(problems(answer, ORDERED, TODAY), ("reason",))

    def test_nothing_can_be_said_about_what_was_received(self):
        received = Asked(())
        self.assertEqual(
            problems(said(CONFIRM, received), received, TODAY), ("nothing",)
        )

    def test_an_order_is_what_the_buyer_then_the_supplier_has_to_do(self):
        for lines, state in (
            ([], "none"),
            ([CONFIRMED, CONFIRMED], CONFIRMED),
            ([CONFIRMED, SETTLED], SETTLED),
            ([CONFIRMED, WAITING, SETTLED], WAITING),
            ([REFUSED, WAITING], REFUSED),
            ([REFUSED, PROPOSED], PROPOSED),
        ):
            self.assertEqual(order_state(lines), state, lines)


def part_later(row, days):
    return Part(row.day + timedelta(days=days), row.quantity)
