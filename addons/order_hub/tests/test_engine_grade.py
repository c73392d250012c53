import doctest
from dataclasses import replace

from hypothesis import strategies as st

from odoo.tests import BaseCase

from ..engine import grade as engine
from ..engine.grade import Figures, Scheme, Weights
from .properties import given


@st.composite
def customers(draw):
    """Figures of a customer, whole or with parts unknown."""
    orders = draw(st.integers(0, 50))
    due = draw(st.integers(0, 30))
    margin = st.none() | st.integers(-10_000, 100_000).map(float)
    return Figures(
        orders=orders,
        margin=draw(margin) if orders else None,
        due=due,
        on_time=draw(st.integers(0, due)),
        troubled=draw(st.integers(0, orders)),
        referrals=draw(st.integers(0, 6)),
    )


@st.composite
def schemes(draw):
    cuts = sorted(draw(st.lists(st.integers(0, 100), min_size=4, max_size=4)))
    weights = [b - a for a, b in zip([0, *cuts], [*cuts, 100], strict=True)]
    return Scheme(
        weights=Weights(*weights),
        full_orders=draw(st.integers(0, 40)),
        full_margin=draw(st.integers(0, 50_000)),
        full_referrals=draw(st.integers(1, 5)),
        worst_after_sales=draw(st.integers(1, 100)) / 100,
    )


class TestEngineGrade(BaseCase):
    def test_the_examples_in_the_docstrings_hold(self):
        self.assertFalse(doctest.testmod(engine).failed)

    @given(st.lists(customers(), max_size=8), schemes())
    def test_a_score_is_the_sum_of_its_points_and_never_leaves_0_to_100(
        self, figures, scheme
    ):
        for found in engine.grades(dict(enumerate(figures)), scheme).values():
            if found.score is None:
                continue
            self.assertTrue(0 <= found.score <= 100)
            total = sum(points for points, _of in found.points.values())
            self.assertAlmostEqual(found.score, total, delta=0.006)
            for points, of in found.points.values():
                self.assertTrue(-1e-9 <= points <= of + 1e-9)

    @given(customers(), schemes())
    def test_known_weights_always_add_up_to_100(self, figures, scheme):
        found = engine.grade(figures, scheme, 20, 10_000)
        if found.points:
            self.assertAlmostEqual(sum(of for _p, of in found.points.values()), 100)

    @given(customers(), schemes(), st.integers(1, 20))
    def test_more_orders_never_cost_points(self, figures, scheme, more):
        if not figures.orders:
            return
        better = replace(figures, orders=figures.orders + more)
        before = engine.grade(figures, scheme, 20, 10_000).score or 0
        self.assertLessEqual(
            before, (engine.grade(better, scheme, 20, 10_000).score or 0) + 0.01
        )

    @given(customers(), schemes())
    def test_trouble_with_an_order_never_earns_points(self, figures, scheme):
        if not (figures.orders > figures.troubled):
            return
        worse = replace(figures, troubled=figures.troubled + 1)
        before = engine.grade(figures, scheme, 20, 10_000).score or 0
        after = engine.grade(worse, scheme, 20, 10_000).score or 0
        self.assertLessEqual(after, before + 0.01)

    @given(schemes())
    def test_a_customer_without_orders_has_the_grade_without_history(self, scheme):
        found = engine.grade(Figures(), scheme, 20, 10_000)
        self.assertEqual((found.score, found.letter), (None, scheme.no_history))

    def test_what_is_not_known_is_left_out_and_not_zero(self):
        known = engine.grade(
            Figures(orders=20, margin=10_000, due=4, on_time=4, referrals=3),
            Scheme(),
            20,
            10_000,
        )
        unknown = engine.grade(Figures(orders=20, referrals=3), Scheme(), 20, 10_000)
        self.assertEqual((known.score, unknown.score), (100, 100))
        self.assertNotIn("margin", unknown.points)
        self.assertNotIn("on_time", unknown.points)

    def test_an_example_worked_by_hand(self):
        figures = Figures(
            orders=12, margin=5000, due=10, on_time=9, troubled=1, referrals=1
        )
        found = engine.grade(
            figures, Scheme(full_orders=24, full_margin=20_000), 24, 20_000
        )
        # 30×12/24 + 25×5/20 + 20×9/10 + 15×(1 − (1/12)/0.2) + 10×1/3
        self.assertEqual(found.score, round(15 + 6.25 + 18 + 8.75 + 10 / 3, 2))
        self.assertEqual(found.letter, "c")

    @given(st.lists(st.integers(-50, 50).map(float), min_size=1, max_size=20))
    def test_a_percentile_lies_within_its_values(self, values):
        for part in (0, 0.5, 0.9, 1):
            found = engine.percentile(values, part)
            self.assertTrue(min(values) <= found <= max(values))
