from decimal import Decimal
from fractions import Fraction

from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.order_hub.tests.properties import given

from ..engine.bundle import (
    Bundle,
    BundleError,
    Child,
    allocate,
    depth,
    find_cycle,
    flatten,
    grouped,
    listed_children,
    spread,
)
from ..engine.price import decimal, exact_price, line_amount, to_coin

coins = st.sampled_from([1.0, 0.05, 0.01, 0.001])
cents = st.integers(0, 10**10)
prices = st.integers(0, 500_000).map(lambda n: n / 100)
weights = st.lists(
    st.integers(0, 10**6).map(lambda n: Fraction(n, 100)), min_size=1, max_size=12
)
children = st.lists(
    st.builds(
        Child,
        key=st.integers(1, 9),
        quantity=st.integers(1, 400).map(lambda n: n / 4),
        share=st.integers(0, 100).map(float),
        is_free=st.booleans(),
    ),
    min_size=1,
    max_size=8,
)


def money(text):
    return [Decimal(part) for part in text.split()]


class TestEngineBundle(BaseCase):
    """Parts add up to the whole, whatever the prices, quantities and currency."""

    def test_one_cent_over_three_children_stays_one_cent(self):
        parts = allocate(Decimal("0.01"), [Fraction(1)] * 3, 0.01)
        self.assertEqual(parts, money("0.01 0 0"))

    def test_ten_over_three_gives_the_cent_left_to_the_first(self):
        parts = allocate(Decimal("10"), [Fraction(1)] * 3, 0.01)
        self.assertEqual(parts, money("3.34 3.33 3.33"))

    def test_yen_and_dinar_are_split_into_their_own_coins(self):
        thirds = [Fraction(1)] * 3
        self.assertEqual(allocate(Decimal(100), thirds, 1.0), money("34 33 33"))
        self.assertEqual(
            allocate(Decimal("1"), thirds, 0.001), money("0.334 0.333 0.333")
        )

    def test_a_price_of_nothing_is_split_into_nothing(self):
        self.assertEqual(allocate(Decimal(0), [Fraction(2), Fraction(1)], 0.01), [0, 0])

    def test_a_negative_price_is_refused(self):
        for amount, share in ((-1, 1), (1, -1)):
            with self.assertRaises(ValueError):
                allocate(Decimal(amount), [Fraction(share)], 0.01)
        with self.assertRaises(ValueError):
            allocate(Decimal(1), [], 0.01)

    @given(cents, weights, coins)
    def test_parts_add_up_to_the_coin_and_none_is_negative(self, n, shares, coin):
        amount = n * decimal(coin)
        parts = allocate(amount, shares, coin)
        self.assertEqual(sum(parts), amount)
        self.assertGreaterEqual(min(parts), 0)
        self.assertTrue(all(part % decimal(coin) == 0 for part in parts))

    @given(cents, weights, coins)
    def test_no_part_is_a_coin_away_from_its_share(self, n, shares, coin):
        if not any(shares):
            shares = [Fraction(1)] * len(shares)
        parts = allocate(n * decimal(coin), shares, coin)
        for part, share in zip(parts, shares, strict=True):
            ideal = Fraction(n * decimal(coin)) * share / sum(shares)
            self.assertLess(abs(Fraction(part) - ideal), Fraction(decimal(coin)))
            if not share:
                self.assertEqual(part, 0)

    @given(st.integers(0, 10**9), weights)
    def test_what_is_less_than_a_coin_is_not_lost(self, n, shares):
        amount = Decimal(n).scaleb(-4)
        self.assertEqual(sum(allocate(amount, shares, 0.01)), amount)

    # === WHAT IS IN A BUNDLE === #

    def test_a_kit_is_weighed_by_list_price_times_quantity(self):
        book = {"kit": Bundle((Child("disc", 2), Child("pads", 1)))}
        parts = flatten("kit", book, {"disc": 30.0, "pads": 40.0}.get)
        self.assertEqual(
            [(p.key, p.quantity, p.weight) for p in parts],
            [("disc", 2, Fraction(3, 5)), ("pads", 1, Fraction(2, 5))],
        )

    def test_a_bundle_in_a_bundle_is_taken_apart_with_its_own_shares(self):
        book = {
            "outer": Bundle(
                (Child("inner", 2, share=75), Child("c", 1, share=25)), True
            ),
            "inner": Bundle((Child("a", 1), Child("b", 3))),
        }
        parts = flatten("outer", book, {"a": 10.0, "b": 10.0, "c": 5.0}.get)
        self.assertEqual(
            [(p.key, p.quantity, p.weight) for p in parts],
            [
                ("a", 2, Fraction(3, 16)),
                ("b", 6, Fraction(9, 16)),
                ("c", 1, Fraction(1, 4)),
            ],
        )

    def test_a_gift_carries_nothing_of_the_price(self):
        book = {"kit": Bundle((Child("gift", 1, is_free=True), Child("a", 1)))}
        parts = flatten("kit", book, {"gift": 99.0, "a": 0.0}.get)
        self.assertEqual([p.weight for p in parts], [0, 1])

    def test_a_kit_of_things_without_price_goes_by_quantity(self):
        book = {"kit": Bundle((Child("a", 3), Child("b", 1)))}
        parts = flatten("kit", book, lambda key: 0.0)
        self.assertEqual([p.weight for p in parts], [Fraction(3, 4), Fraction(1, 4)])

    def test_a_bundle_that_contains_itself_is_named_with_its_circle(self):
        book = {"a": Bundle((Child("b", 1),)), "b": Bundle((Child("a", 1),))}
        with self.assertRaises(BundleError) as caught:
            flatten("a", book, lambda key: 1.0)
        self.assertEqual(caught.exception.code, "cycle")
        self.assertEqual(caught.exception.path, ("a", "b", "a"))

    def test_the_sixth_level_is_refused_and_the_fifth_is_not(self):
        for levels, fails in ((5, False), (7, True)):
            book = {n: Bundle((Child(n + 1, 1),), True) for n in range(levels)}
            if fails:
                with self.assertRaises(BundleError):
                    flatten(0, book, lambda key: 1.0)
            else:
                self.assertEqual(len(flatten(0, book, lambda key: 1.0)), 1)

    @given(children, st.booleans(), prices, st.integers(1, 50), coins)
    def test_any_bundle_adds_up_to_its_line(self, kids, by_share, price, qty, coin):
        book = {"kit": Bundle(tuple(kids), by_share)}
        parts = flatten("kit", book, lambda key: float(key))
        self.assertEqual(sum(part.weight for part in parts), 1)
        amount = line_amount(qty, price, 0.0, coin)
        amounts = allocate(amount, [part.weight for part in parts], coin)
        lines = [
            line_amount(count, exact_price(part, count, coin), 0.0, coin)
            for part, count in (
                (a, float(p.quantity * qty))
                for p, a in zip(parts, amounts, strict=True)
            )
        ]
        self.assertEqual(sum(lines), amount)

    def test_cycles_and_levels_are_found_in_the_table(self):
        edges = {1: [2, 3], 2: [4], 4: [2], 3: []}
        self.assertEqual(find_cycle(edges, 1), [2, 4, 2])
        self.assertEqual(find_cycle({1: [2], 3: [1]}, 3), [])
        self.assertEqual(depth({1: [2, 3], 3: [4]}, 1), 2)

    # === BUNDLES THAT THE CHANNEL HAS SPLIT === #

    def test_children_are_found_by_the_line_they_name(self):
        lines = [
            {"external_ref": "752"},
            {"external_ref": "753", "bundle": "752"},
            {"external_ref": "754", "bundle": "753"},
            {"external_ref": "755", "bundle": "999"},
        ]
        self.assertEqual(listed_children(lines), {0: [1], 1: [2]})

    def test_lines_that_name_each_other_or_themselves_are_left_alone(self):
        lines = [
            {"external_ref": "1", "bundle": "2"},
            {"external_ref": "2", "bundle": "1"},
            {"external_ref": "3", "bundle": "3"},
        ]
        self.assertEqual(listed_children(lines), {})

    def test_a_group_has_a_parent_when_one_of_its_lines_is_a_bundle(self):
        lines = [{"group": "g", "sku": sku} for sku in ("SET", "A", "B")] + [{}]
        self.assertEqual(
            grouped(lines, lambda line: line.get("sku") == "SET"), ({0: [1, 2]}, 1)
        )
        self.assertEqual(grouped(lines, lambda line: False), ({}, 1))

    @given(cents, st.lists(cents, min_size=1, max_size=6), coins)
    def test_a_parents_price_comes_on_top_of_its_childrens(self, n, own, coin):
        amounts = [part * decimal(coin) for part in own]
        parts = spread(n * decimal(coin), amounts, [Fraction(1)] * len(own), coin)
        self.assertEqual(sum(parts), sum(amounts) + n * decimal(coin))
        self.assertTrue(all(p >= a for p, a in zip(parts, amounts, strict=True)))


class TestEnginePrice(BaseCase):
    """A price changes its digits before a total changes its cents."""

    def test_three_boxes_at_ten_are_36_pieces_for_thirty(self):
        price = exact_price(Decimal(30), 36, 0.01)
        self.assertEqual(line_amount(36, price, 0.0, 0.01), 30)
        self.assertEqual(price, 0.8333333)

    def test_a_price_that_divides_keeps_its_two_digits(self):
        self.assertEqual(exact_price(Decimal("30"), 12, 0.01), 2.5)

    def test_a_line_of_nothing_has_no_price(self):
        with self.assertRaises(ValueError):
            exact_price(Decimal(1), 0, 0.01)
        with self.assertRaises(ValueError):
            exact_price(Decimal(-1), 1, 0.01)
        self.assertEqual(exact_price(Decimal(0), 3, 0.01), 0.0)

    def test_half_a_cent_goes_up_as_in_odoo(self):
        self.assertEqual(line_amount(1, 0.125, 0.0, 0.01), Decimal("0.13"))
        self.assertEqual(to_coin(Decimal("1.025"), Decimal("0.05")), Decimal("1.05"))

    @given(st.integers(0, 10**10), st.integers(1, 10**7), coins)
    def test_the_line_is_the_amount_for_any_quantity(self, n, quantity, coin):
        amount = n * decimal(coin)
        count = quantity / 8
        price = exact_price(amount, count, coin)
        self.assertEqual(line_amount(count, price, 0.0, coin), amount)
