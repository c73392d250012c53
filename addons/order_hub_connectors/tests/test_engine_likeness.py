import doctest
import json
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.order_hub.tests.properties import given

from ..engine import likeness as engine
from ..engine.likeness import Facts, Weights

NOON = datetime(2026, 3, 16, 12)
PHONES = ("00138000", "00139999", "5550100")
TEXTS = ("", "Taihu Auto Repair", "太湖汽修厂", "taihu auto", "请用木箱包装", "urgent!")


@st.composite
def orders(draw, known=False):
    """Facts of an order, whole or with parts unknown; known: of a known customer."""
    return Facts(
        customer=draw(st.integers(1 if known else 0, 3)),
        phones=draw(st.frozensets(st.sampled_from(PHONES), max_size=2)),
        emails=draw(st.frozensets(st.sampled_from(["a@x.cn", "b@x.cn"]))),
        name=draw(st.sampled_from(TEXTS) | st.text(max_size=12)),
        products=draw(
            st.dictionaries(st.integers(1, 6), st.integers(0, 50).map(float))
        ),
        at=draw(st.none() | st.integers(0, 400).map(lambda h: NOON + _hours(h))),
        amount=draw(st.none() | st.integers(0, 9999).map(float)),
        currency=draw(st.sampled_from(["CNY", "USD"])),
        remark=draw(st.sampled_from(TEXTS)),
        reference=draw(st.sampled_from(["", "PO-1", "PO-2"])),
    )


weights = st.builds(Weights, *[st.integers(0, 40)] * len(engine.COMPONENTS))


def _hours(hours):
    return timedelta(hours=hours)


class TestEngineLikeness(BaseCase):
    def _order(self, **changes):
        facts = Facts(
            customer=1,
            phones=frozenset(["00138000"]),
            name="Taihu Auto Repair",
            products={1: 12.0, 2: 4.0},
            at=NOON,
            amount=1920.0,
            currency="CNY",
        )
        return replace(facts, **changes)

    def _score(self, **changes):
        return engine.likeness(self._order(), self._order(**changes)).score

    # === PROPERTIES === #

    def test_the_examples_in_the_docstrings_hold(self):
        self.assertFalse(doctest.testmod(engine).failed)

    @given(orders(), orders(), weights)
    def test_it_does_not_matter_which_of_two_orders_came_first(
        self, one, other, weights
    ):
        there = engine.likeness(one, other, weights)
        back = engine.likeness(other, one, weights)
        self.assertEqual(there, back)

    @given(orders(known=True), weights)
    def test_an_order_of_a_known_customer_is_entirely_like_itself(self, order, weights):
        score = engine.likeness(order, order, replace(weights, customer=25)).score
        self.assertEqual(score, 100.0)

    @given(orders(), orders(), weights)
    def test_the_score_is_the_sum_of_points_and_each_stays_within_its_worth(
        self, one, other, weights
    ):
        found = engine.likeness(one, other, weights)
        self.assertTrue(0 <= found.score <= 100)
        total = sum(points for points, _of in found.points.values())
        self.assertAlmostEqual(found.score, total, places=6)
        for points, of in found.points.values():
            self.assertTrue(0 <= points <= of)
        if found.points:
            worth = sum(of for _points, of in found.points.values())
            self.assertAlmostEqual(worth, 100.0, places=6)

    @given(orders(), orders(), weights)
    def test_ruling_out_cheaply_never_rules_out_a_like_order(self, one, other, weights):
        most = engine.most_possible(one, other, weights)
        score = engine.likeness(one, other, weights).score
        self.assertLessEqual(score, most + engine.ROUNDING)
        goods = engine.most_by_goods(one, other, weights)
        self.assertLessEqual(score, goods + engine.ROUNDING)

    @given(orders())
    def test_what_is_kept_of_an_order_says_the_same_again(self, order):
        kept = json.loads(json.dumps(order.to_json()))
        again = Facts.from_json(kept)
        self.assertEqual(replace(again, amount=order.amount), order)

    @given(orders(known=True), st.lists(orders(), max_size=5))
    def test_the_likest_of_several_is_the_one_with_the_highest_score(self, one, others):
        best = engine.likest(one, enumerate(others), Weights(), engine.THRESHOLD)
        scores = [engine.likeness(one, other).score for other in others]
        most = max(scores, default=0)
        self.assertEqual(best is not None, most >= engine.THRESHOLD)
        if best:
            self.assertEqual(best[1].score, most)

    @given(orders(), orders())
    def test_coming_nearer_in_time_never_makes_orders_less_alike(self, one, other):
        one, other = replace(one, at=NOON), replace(other, at=NOON + _hours(100))
        far = engine.likeness(one, other).score
        near = engine.likeness(one, replace(other, at=NOON + _hours(30))).score
        self.assertGreaterEqual(near, far)

    @given(st.text(max_size=60), st.text(max_size=60))
    def test_texts_are_compared_without_regard_to_case_and_width(self, one, other):
        self.assertEqual(engine.alike(one, other), engine.alike(other, one))
        self.assertTrue(0 <= engine.alike(one, other) <= 1)

    @given(st.lists(st.integers(1, 99)))
    def test_a_set_of_products_has_one_key_however_it_is_listed(self, products):
        again = [*reversed(products), *products]
        self.assertEqual(engine.set_key(products), engine.set_key(again))

    # === WHAT PEOPLE WOULD SAY === #

    def test_the_same_order_an_hour_later_by_another_road_is_a_likely_repeat(self):
        chat = {"at": NOON + _hours(1), "amount": None, "remark": "asap"}
        self.assertEqual(self._score(**chat), 100.0)

    def test_the_buyer_who_phones_from_his_own_number_is_recognised(self):
        buyer = {"phones": frozenset(["00139999"]), "amount": None}
        self.assertGreater(self._score(**buyer), engine.THRESHOLD)

    def test_a_customer_whom_nobody_recognised_is_found_by_phone_or_name(self):
        by_phone = self._score(customer=2, name="王师傅")
        self.assertEqual(by_phone, 100.0)
        by_name = self._score(customer=2, name="Taihu Auto Repairs", phones=frozenset())
        self.assertGreater(by_name, engine.THRESHOLD)

    def test_the_same_every_week_is_no_repeat(self):
        self.assertLess(self._score(at=NOON + _hours(7 * 24)), engine.THRESHOLD)

    def test_two_numbers_of_the_customer_are_two_orders(self):
        one, other = self._order(reference="PO-1"), self._order(reference="PO-2")
        self.assertLess(engine.likeness(one, other).score, engine.THRESHOLD)

    def test_the_same_number_of_the_customer_a_week_later_is_a_repeat(self):
        one = self._order(reference="PO-1")
        other = replace(one, at=NOON + _hours(7 * 24))
        self.assertGreater(engine.likeness(one, other).score, engine.THRESHOLD)

    def test_strangers_who_buy_the_same_on_one_day_are_no_repeat(self):
        stranger = {"customer": 2, "phones": frozenset(["5550100"]), "name": "Kim"}
        self.assertLess(self._score(**stranger), engine.THRESHOLD)

    def test_nobody_knows_who_ordered_so_nothing_proves_a_repeat(self):
        unknown = Facts(products={1: 1.0}, at=NOON, amount=9.0, currency="CNY")
        self.assertLess(engine.likeness(unknown, unknown).score, engine.THRESHOLD)

    def test_other_products_of_the_same_customer_are_another_order(self):
        self.assertLess(self._score(products={3: 12.0}), engine.THRESHOLD)

    def test_amounts_in_two_currencies_are_not_compared(self):
        points = engine.likeness(self._order(), self._order(currency="USD")).points
        self.assertNotIn("amount", points)

    def test_a_weight_of_zero_leaves_the_component_out(self):
        found = engine.likeness(self._order(), self._order(), Weights(phone=0))
        self.assertNotIn("phone", found.points)
        self.assertEqual(found.score, 100.0)
