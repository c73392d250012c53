from math import isclose

from hypothesis import strategies as st

from odoo.tests import BaseCase

from ..engine import nps
from .properties import given

WEIGHTS = {"delivery": 40, "notice": 30, "recommend": 30}
points_ = st.integers(0, 10).map(float)
answers = st.fixed_dictionaries(
    {
        "delivery": points_,
        "notice": st.none() | points_,
        "recommend": points_,
    }
)
counts = st.integers(0, 300)


class TestNps(BaseCase):
    def test_forty_thirty_thirty_give_the_index(self):
        points = {"delivery": 9, "notice": 7, "recommend": 10}
        self.assertEqual(nps.index(points, WEIGHTS), 36 + 21 + 30)

    def test_nothing_to_tell_neither_earns_nor_costs(self):
        points = {"delivery": 10, "notice": None, "recommend": 10}
        self.assertEqual(nps.index(points, WEIGHTS), 100)
        points = {"delivery": 5, "notice": None, "recommend": 5}
        self.assertEqual(nps.index(points, WEIGHTS), 50)

    @given(answers)
    def test_the_index_lies_between_the_worst_and_the_best_answer(self, points):
        known = [each for each in points.values() if each is not None]
        found = nps.index(points, WEIGHTS)
        self.assertTrue(10 * min(known) - 1e-9 <= found <= 10 * max(known) + 1e-9)

    @given(answers, st.sampled_from(["delivery", "recommend"]))
    def test_a_better_answer_never_lowers_the_index(self, points, name):
        better = {**points, name: min(10.0, points[name] + 1)}
        self.assertGreaterEqual(
            nps.index(better, WEIGHTS) + 1e-9, nps.index(points, WEIGHTS)
        )

    def test_no_answer_gives_no_index(self):
        self.assertIsNone(nps.index({}, WEIGHTS))
        self.assertIsNone(nps.index({"notice": None}, WEIGHTS))
        self.assertIsNone(nps.index({"delivery": 5}, {**WEIGHTS, "delivery": 0}))

    def test_nine_and_ten_promote_and_six_and_less_detract(self):
        groups = [nps.group(points) for points in range(11)]
        self.assertEqual(groups, ["detractor"] * 7 + ["passive"] * 2 + ["promoter"] * 2)

    def test_the_score_is_promoters_less_detractors_in_percent(self):
        found = nps.score(50, 30, 20)
        self.assertEqual((found.count, found.value), (100, 30))
        self.assertAlmostEqual(found.low, 14.1, delta=0.1)
        self.assertAlmostEqual(found.high, 44.2, delta=0.1)

    @given(counts, counts, counts)
    def test_the_interval_holds_the_score_and_is_never_of_no_width(
        self, promoters, passives, detractors
    ):
        found = nps.score(promoters, passives, detractors)
        if not found.count:
            self.assertIsNone(found.value)
            return
        self.assertTrue(-100 <= found.low < found.high <= 100)
        self.assertTrue(found.low - 1e-9 <= found.value <= found.high + 1e-9)

    @given(counts, counts, counts)
    def test_exchanging_promoters_and_detractors_turns_the_sign(self, up, middle, down):
        one, other = nps.score(up, middle, down), nps.score(down, middle, up)
        if one.count:
            self.assertTrue(isclose(one.value, -other.value, abs_tol=1e-9))
            self.assertTrue(isclose(one.low, -other.high, abs_tol=1e-9))

    def test_ten_times_the_answers_narrow_the_interval(self):
        few, many = nps.score(5, 3, 2), nps.score(50, 30, 20)
        self.assertLess(many.high - many.low, few.high - few.low)

    def test_what_is_not_on_the_scale_has_no_points(self):
        self.assertEqual(nps.scaled(4, 1, 5), 7.5)
        self.assertIsNone(nps.scaled(11, 0, 10))
        self.assertIsNone(nps.scaled(-1, 0, 10))
