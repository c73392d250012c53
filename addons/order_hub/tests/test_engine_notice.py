from datetime import datetime, timedelta

import pytz
from hypothesis import strategies as st

from odoo.tests import BaseCase

from ..engine import notice as engine
from .properties import given

ZONE = pytz.timezone("Asia/Shanghai")
NOON = datetime(2026, 3, 2, 4)  # noon in Shanghai
END = NOON + timedelta(days=10)
moments = st.integers(-500, 500).map(lambda hours: NOON + timedelta(hours=hours))


def hours(number):
    return NOON + timedelta(hours=number)


class TestNotice(BaseCase):
    def _fact(self, known, told):
        return engine.notice(known, told, END, ZONE)

    def test_nothing_known_is_nothing_to_tell(self):
        self.assertEqual(self._fact([], [NOON]).fact, "nothing")

    def test_within_two_hours_is_at_once(self):
        found = self._fact([NOON], [hours(2)])
        self.assertEqual((found.fact, found.hours), ("at_once", 2.0))
        self.assertEqual((found.known, found.told), (NOON, hours(2)))

    def test_the_same_day_is_that_of_the_company(self):
        """Noon in Shanghai and eight in the evening are one day, though not in UTC."""
        self.assertEqual(self._fact([NOON], [hours(8)]).fact, "same_day")
        self.assertEqual(self._fact([NOON], [hours(13)]).fact, "later")

    def test_a_message_just_before_the_change_was_written_down_tells_it(self):
        found = self._fact([NOON], [hours(-1)])
        self.assertEqual((found.fact, found.hours), ("at_once", 0.0))
        self.assertEqual(self._fact([NOON], [hours(-3)]).fact, "never")

    def test_who_is_told_after_the_goods_came_was_not_told(self):
        self.assertEqual(self._fact([NOON], [END + timedelta(hours=1)]).fact, "never")

    def test_of_several_delays_the_one_told_worst_counts(self):
        found = self._fact([NOON, hours(50)], [hours(1), hours(80)])
        self.assertEqual((found.fact, found.known), ("later", hours(50)))

    @given(st.lists(moments, max_size=4), st.lists(moments, max_size=4), moments)
    def test_one_more_message_never_makes_it_worse(self, known, told, more):
        order = [engine.NOTHING, *engine.STEPS]
        before = engine.notice(known, told, END, ZONE)
        after = engine.notice(known, [*told, more], END, ZONE)
        self.assertLessEqual(order.index(after.fact), order.index(before.fact))

    def test_two_steps_apart_is_a_contradiction(self):
        expected = {
            ("at_once", "at_once"): "agrees",
            ("at_once", "same_day"): "agrees",
            ("at_once", "later"): "sooner",
            ("never", "at_once"): "later",
            ("later", "at_once"): "later",
            ("nothing", "nothing"): "agrees",
            ("nothing", "never"): "unnoticed",
            ("later", "nothing"): "unknown",
            (None, "later"): None,
        }
        for (claim, fact), verdict in expected.items():
            with self.subTest(claim=claim, fact=fact):
                self.assertEqual(engine.verdict(claim, fact), verdict)

    def test_each_answer_offered_has_points(self):
        self.assertEqual(set(engine.POINTS), {*engine.STEPS, engine.NOTHING})
        points = [engine.POINTS[step] for step in engine.STEPS]
        self.assertEqual(points, sorted(points, reverse=True))
