"""Checks by history and carriers, decided in plain Python."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import strategies as st

from odoo.tests import BaseCase

from ..engine import carrier as carrier_engine
from ..engine.carrier import Candidate, Carrier, Need, Place
from ..engine.history import Cause, Complaint, due, longest_row
from .properties import given

TODAY = date(2026, 11, 20)
PACKAGING = Cause(1, (11,), in_a_row=3, days=365)
TORQUE = Cause(2, (12, 13), in_a_row=2, days=30)


def complaints(*causes, every=10):
    """Return complaints newest first, one each ``every`` days, newest today."""
    return [
        Complaint(number, TODAY - timedelta(days=every * number), cause)
        for number, cause in enumerate(causes)
    ]


@st.composite
def histories(draw):
    causes = draw(st.lists(st.integers(1, 3), max_size=8))
    return complaints(*causes, every=draw(st.integers(0, 200)))


class TestChecksByHistory(BaseCase):
    def test_three_in_a_row_ask_for_the_check(self):
        found = due(complaints(1, 1, 1), [PACKAGING, TORQUE], TODAY)
        self.assertEqual(found.checks, (11,))
        self.assertEqual([c.id for c in found.complaints], [0, 1, 2])

    def test_two_of_three_ask_for_nothing(self):
        self.assertIsNone(due(complaints(1, 1), [PACKAGING], TODAY))
        self.assertIsNone(due(complaints(1, 2, 1), [PACKAGING], TODAY))
        self.assertIsNone(due(complaints(2, 1, 1, 1), [PACKAGING], TODAY))

    def test_the_oldest_of_the_row_must_lie_within_the_window(self):
        on_the_edge = [Complaint(i, TODAY - timedelta(days=365), 1) for i in range(3)]
        self.assertTrue(due(on_the_edge, [PACKAGING], TODAY))
        self.assertIsNone(due(on_the_edge, [PACKAGING], TODAY + timedelta(days=1)))

    def test_a_window_of_zero_days_is_no_window(self):
        old = [Complaint(i, date(2001, 1, 1), 1) for i in range(3)]
        self.assertTrue(due(old, [replace(PACKAGING, days=0)], TODAY))

    def test_a_cause_without_checks_and_an_unknown_one_ask_for_nothing(self):
        self.assertIsNone(
            due(complaints(1, 1, 1), [replace(PACKAGING, checks=())], TODAY)
        )
        self.assertIsNone(due(complaints(9, 9, 9), [PACKAGING], TODAY))

    def test_nobody_has_to_be_looked_at_without_causes(self):
        self.assertEqual(longest_row([]), 0)
        self.assertEqual(longest_row([PACKAGING, TORQUE]), 3)

    @given(histories())
    def test_what_is_found_is_always_a_row_of_one_cause_within_its_window(self, known):
        found = due(known, [PACKAGING, TORQUE], TODAY)
        if found:
            cause = {1: PACKAGING, 2: TORQUE}[found.cause_id]
            self.assertEqual(list(found.complaints), known[: cause.in_a_row])
            self.assertEqual({c.cause_id for c in found.complaints}, {cause.id})
            oldest = found.complaints[-1].date
            self.assertLessEqual((TODAY - oldest).days, cause.days)

    @given(histories())
    def test_more_of_the_past_than_needed_changes_nothing(self, known):
        causes = [PACKAGING, TORQUE]
        self.assertEqual(
            due(known, causes, TODAY), due(known[: longest_row(causes)], causes, TODAY)
        )


CHINA, XINJIANG, SHANGHAI = 48, 31, 9
URUMQI = Place(CHINA, XINJIANG, "830000")
COLD = Need(cold_chain=True)
ROAD = Carrier(
    1,
    has_cold_chain=True,
    is_preferred=True,
    countries=frozenset({CHINA}),
    states=frozenset({SHANGHAI}),
)
AIR = Carrier(2, has_cold_chain=True, countries=frozenset({CHINA}))
PARCEL = Carrier(3)

carriers = st.builds(
    Carrier,
    id=st.integers(1, 9),
    sequence=st.integers(1, 5),
    has_cold_chain=st.booleans(),
    is_preferred=st.booleans(),
    countries=st.frozensets(st.sampled_from([CHINA, 33]), max_size=2),
    states=st.frozensets(st.sampled_from([XINJIANG, SHANGHAI]), max_size=2),
    zips=st.lists(st.sampled_from(["83", "200", "8[0-3]"]), max_size=2).map(tuple),
)


def priced(found, costs):
    return [replace(each, cost=costs.get(each.carrier.id)) for each in found]


class TestCarriers(BaseCase):
    def _plan(self, costs, place=URUMQI, need=COLD, of=(ROAD, AIR, PARCEL)):
        found = carrier_engine.examine(of, need, place)
        return carrier_engine.plan(priced(found, costs))

    def test_where_the_preferred_one_does_not_go_the_next_best_goes(self):
        plan = self._plan({1: 300.0, 2: 820.0, 3: 12.0})
        self.assertEqual(plan.chosen.carrier, AIR)
        self.assertEqual(plan.preferred.carrier, ROAD)
        self.assertEqual(plan.preferred.missing, ("state",))
        self.assertEqual(plan.difference, 520.0)

    def test_where_the_preferred_one_goes_it_goes_whatever_the_others_cost(self):
        plan = self._plan({1: 300.0, 2: 20.0}, Place(CHINA, SHANGHAI, "200000"))
        self.assertEqual(plan.chosen.carrier, ROAD)
        self.assertIsNone(plan.difference)

    def test_without_a_preference_the_cheapest_goes(self):
        of = (Carrier(4), Carrier(5), Carrier(6))
        plan = self._plan({4: 9.0, 5: 8.0}, need=Need(), of=of)
        self.assertEqual(plan.chosen.carrier.id, 5)

    def test_an_unknown_price_comes_after_every_known_one(self):
        of = (Carrier(4, sequence=1), Carrier(5, sequence=2))
        plan = self._plan({5: 9999.0}, need=Need(), of=of)
        self.assertEqual(plan.chosen.carrier.id, 5)

    def test_nobody_fits_when_nobody_can(self):
        plan = self._plan({}, of=(ROAD, PARCEL))
        self.assertIsNone(plan.chosen)
        self.assertEqual(plan.preferred.carrier, ROAD)

    def test_a_constraint_without_carriers_is_for_the_warehouse_alone(self):
        need = Need(constraints=((7, frozenset()), (8, frozenset({2}))))
        self.assertEqual(carrier_engine.lacks(PARCEL, need), ("constraint:8",))
        self.assertEqual(carrier_engine.lacks(AIR, need), ())

    def test_each_part_of_the_destination_is_said_by_name(self):
        strict = replace(ROAD, zips=("200",))
        for place, part in (
            (Place(1), ("country",)),
            (Place(CHINA, XINJIANG), ("state",)),
            (Place(CHINA, SHANGHAI, "830000"), ("zip",)),
            (Place(CHINA, SHANGHAI), ("zip",)),
            (Place(CHINA, SHANGHAI, "200135"), ()),
        ):
            with self.subTest(place=place):
                self.assertEqual(carrier_engine.uncovered(strict, place), part)

    def test_a_broken_pattern_is_taken_by_its_letters(self):
        broken = Carrier(1, zips=("20(",))
        self.assertEqual(carrier_engine.uncovered(broken, Place(zip="20(1")), ())
        self.assertEqual(carrier_engine.uncovered(broken, Place(zip="2001")), ("zip",))

    @given(st.lists(carriers, max_size=6), st.booleans())
    def test_whoever_is_chosen_can_do_it_and_goes_there(self, of, cold):
        need = Need(cold_chain=cold)
        plan = self._plan({}, need=need, of=of)
        fitting = [
            c
            for c in of
            if not carrier_engine.lacks(c, need)
            and not carrier_engine.uncovered(c, URUMQI)
        ]
        self.assertEqual(plan.chosen is None, not fitting)
        if plan.chosen:
            self.assertIn(plan.chosen.carrier, fitting)
            preferred = any(c.is_preferred for c in fitting)
            self.assertEqual(plan.chosen.carrier.is_preferred, preferred)

    @given(
        st.lists(carriers, min_size=1, max_size=6),
        st.lists(st.one_of(st.none(), st.floats(0, 1e6)), min_size=6, max_size=6),
        st.randoms(use_true_random=False),
    )
    def test_the_order_of_the_list_decides_nothing(self, of, costs, random):
        found = [
            Candidate(carrier, (), cost)
            for carrier, cost in zip(of, costs, strict=False)
        ]
        mixed = list(found)
        random.shuffle(mixed)
        first, second = carrier_engine.plan(found), carrier_engine.plan(mixed)
        self.assertEqual(first.chosen.cost, second.chosen.cost)
        self.assertEqual(first.chosen.carrier.id, second.chosen.carrier.id)

    @given(st.floats(0, 1e6), st.floats(0, 1e6))
    def test_the_difference_is_what_the_plan_costs_more(self, road, air):
        plan = self._plan({1: road, 2: air})
        self.assertEqual(plan.difference, air - road)
