from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import strategies as st

from odoo.tests import BaseCase

from ..engine import queue as engine
from ..engine.queue import Figures, Scheme
from .properties import given

START = datetime(2026, 3, 2, 8)
moments = st.integers(-2000, 2000).map(lambda hours: START + timedelta(hours=hours))
points_ = st.integers(0, 200).map(float)
schemes = st.builds(
    Scheme,
    grade=points_,
    promise=points_,
    rush=points_,
    margin=points_,
    priority=points_,
    ageing=st.integers(1, 50).map(float),
    horizon=st.integers(1, 1000).map(float),
    full_margin=st.integers(1, 100).map(lambda percent: percent / 100),
    limit=st.integers(1, 60).map(float),
)
orders = st.builds(
    Figures,
    grade=st.sampled_from([None, "a", "b", "c", "d"]),
    promised=st.none() | moments,
    joined=moments,
    rush=st.booleans(),
    margin=st.none() | st.integers(-100, 100).map(lambda percent: percent / 100),
    priority=st.sampled_from(["0", "1", "2"]),
    jumps=st.booleans(),
)


class TestEngineQueue(BaseCase):
    @given(orders, orders, schemes, st.integers(0, 5000))
    def test_nobody_starves(self, older, newer, scheme, later):
        """Whoever has waited the limit is before everybody whose wait began later."""
        since = engine.waits_since(older, scheme)
        if not (since < engine.waits_since(newer, scheme)):
            return
        now = since + timedelta(days=scheme.limit, hours=later)
        self.assertGreater(
            engine.score(older, scheme, now), engine.score(newer, scheme, now)
        )

    @given(orders, schemes)
    def test_the_wait_of_an_order_begins_and_then_ends_in_bounded_time(
        self, order, scheme
    ):
        """An order is in front at the latest this long after its promise."""
        begins = engine.waits_since(order, scheme)
        known = [order.joined, *([order.promised] if order.promised else [])]
        self.assertLessEqual(begins, max(known))
        in_front = begins + timedelta(days=scheme.limit)
        self.assertGreaterEqual(
            engine.score(order, scheme, in_front), engine.WAITED_LANE
        )

    @given(orders, schemes, moments, st.integers(0, 3000))
    def test_a_score_never_falls_while_time_passes(self, order, scheme, now, hours):
        later = now + timedelta(hours=hours)
        self.assertLessEqual(
            engine.score(order, scheme, now),
            engine.score(order, scheme, later) + 1e-6,
        )

    @given(orders, schemes, moments)
    def test_a_better_grade_never_costs_a_place(self, order, scheme, now):
        scores = [
            engine.score(replace(order, grade=grade), scheme, now) for grade in "abcd"
        ]
        self.assertEqual(scores, sorted(scores, reverse=True))

    @given(orders, orders, schemes, moments)
    def test_a_green_order_is_before_all_who_have_not_waited_the_limit(
        self, green, other, scheme, now
    ):
        if not (
            not engine.has_waited(other, scheme, now) and not engine.is_green(other)
        ):
            return
        green = replace(green, jumps=True, rush=True)
        self.assertGreater(
            engine.score(green, scheme, now), engine.score(other, scheme, now)
        )

    @given(orders, schemes, moments)
    def test_an_order_that_is_rush_no_more_leaves_the_green_lane(
        self, order, scheme, now
    ):
        plain = replace(order, jumps=True, rush=False)
        if not (not engine.has_waited(plain, scheme, now)):
            return
        self.assertLess(engine.score(plain, scheme, now), engine.GREEN_LANE)

    @given(orders, schemes, moments)
    def test_points_stay_within_what_they_are_out_of(self, order, scheme, now):
        for name, (points, of) in engine.points(order, scheme, now).items():
            self.assertGreaterEqual(points, 0)
            if name != "waiting":
                self.assertLessEqual(points, of)

    def test_a_quotation_does_not_wait(self):
        quotation = Figures(joined=None, promised=START)
        self.assertEqual(
            engine.waited(quotation, Scheme(), START + timedelta(days=99)), 0
        )

    def test_an_order_for_next_quarter_does_not_wait_yet(self):
        order = Figures(joined=START, promised=START + timedelta(days=90))
        self.assertEqual(engine.waited(order, Scheme(), START + timedelta(days=60)), 0)
        self.assertEqual(engine.waited(order, Scheme(), START + timedelta(days=81)), 24)

    def test_an_example_worked_by_hand(self):
        order = Figures(
            grade="a",
            promised=START + timedelta(hours=24),
            joined=START - timedelta(hours=12),
            rush=True,
            margin=0.2,
        )
        # 30 + 40×(1 − 24/240) + 20 + 10×0.2/0.4 + 2×12/24
        self.assertAlmostEqual(engine.score(order, Scheme(), START), 30 + 36 + 20 + 6)
