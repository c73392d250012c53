from dataclasses import replace
from datetime import date, timedelta

from hypothesis import strategies as st

from odoo.tests import BaseCase

from ..engine import impact as engine
from ..engine.bom import Line, Node
from ..engine.impact_facts import Incoming, Order, Part, Recipe, Supply
from ..engine.impact_material import waits
from ..engine.impact_tree import switched
from .properties import given

TODAY = date(2026, 3, 2)
PRODUCTS = range(1, 7)
quantities = st.integers(0, 40).map(float)
days = st.integers(-5, 60).map(lambda number: TODAY + timedelta(days=number))
recipes = st.builds(
    Recipe,
    leaves=st.dictionaries(st.sampled_from(PRODUCTS), st.integers(1, 5).map(float)),
    cost=st.integers(0, 500).map(float),
    days=st.integers(0, 20),
)
parts = st.builds(
    Part,
    old=recipes,
    new=recipes,
    pieces=st.integers(0, 30).map(float),
    finished=st.integers(0, 30).map(float),
)
order_lists = st.lists(
    st.builds(
        Order,
        key=st.integers(1, 10**6),
        parts=st.lists(parts, min_size=1, max_size=2).map(tuple),
        promised=st.none() | days,
        consumed=st.dictionaries(st.sampled_from(PRODUCTS), quantities),
        is_past=st.booleans(),
        choice=st.sampled_from(["", "", "switch", "keep", "decide"]),
        asks=st.booleans(),
    ),
    max_size=4,
    unique_by=lambda order: order.key,
)
purchases = st.lists(
    st.builds(
        Incoming,
        key=st.integers(1, 10**6),
        day=days,
        quantity=st.integers(1, 60).map(float),
        price=st.integers(0, 9).map(float),
    ),
    max_size=3,
    unique_by=lambda row: row.key,
).map(tuple)
supplies_ = st.dictionaries(
    st.sampled_from(PRODUCTS),
    st.builds(
        Supply,
        on_hand=quantities,
        incoming=purchases,
        others=st.lists(st.tuples(days, quantities), max_size=3).map(tuple),
        days_to_buy=st.none() | st.integers(0, 40),
        cost=st.integers(0, 9).map(float),
        is_used=st.booleans(),
    ),
)


class TestEngineImpact(BaseCase):
    @given(order_lists, supplies_)
    def test_totals_are_the_sums_of_the_rows_and_no_order_is_lost(
        self, orders, supplies
    ):
        found = engine.impact(orders, supplies, TODAY)
        self.assertEqual(
            [row.key for row in found.orders], [order.key for order in orders]
        )
        totals = found.totals()
        self.assertEqual(
            totals["switch"] + totals["keep"] + totals["decide"], len(orders)
        )
        self.assertAlmostEqual(
            totals["cost_difference"], sum(row.cost_difference for row in found.orders)
        )
        self.assertAlmostEqual(
            totals["stranded_value"],
            sum(row.stranded_value for row in found.components),
        )

    @given(order_lists, supplies_)
    def test_nothing_is_stranded_and_short_at_once(self, orders, supplies):
        for row in engine.impact(orders, supplies, TODAY).components:
            self.assertFalse(row.stranded and row.short, row)
            self.assertGreaterEqual(row.stranded_on_hand, 0)
            self.assertLessEqual(row.stranded_on_hand, row.on_hand + 1e-6)
            self.assertLessEqual(row.stranded_incoming, row.incoming + 1e-6)

    @given(order_lists, supplies_)
    def test_what_is_cancelled_is_on_its_purchase_line(self, orders, supplies):
        for row in engine.impact(orders, supplies, TODAY).components:
            supply = supplies.get(row.product, Supply())
            ordered = {line.key: line.quantity for line in supply.incoming}
            for key, quantity in row.cancel.items():
                self.assertLessEqual(quantity, ordered[key])
            self.assertAlmostEqual(sum(row.cancel.values()), row.stranded_incoming)

    @given(order_lists, supplies_)
    def test_a_change_that_changes_nothing_has_no_impact(self, orders, supplies):
        same = [
            replace(
                order,
                parts=tuple(replace(part, new=part.old) for part in order.parts),
                asks=False,
            )
            for order in orders
        ]
        found = engine.impact(same, supplies, TODAY)
        self.assertFalse(found.components)
        for row in found.orders:
            self.assertFalse(row.cost_difference or row.days_difference or row.lost)
            self.assertNotEqual(row.suggestion, engine.DECIDE)

    @given(order_lists, supplies_)
    def test_an_order_that_stays_costs_nothing_and_keeps_its_day(
        self, orders, supplies
    ):
        kept = [replace(order, is_past=True, choice="") for order in orders]
        found = engine.impact(kept, supplies, TODAY)
        for order, row in zip(kept, found.orders, strict=True):
            self.assertEqual(row.suggestion, engine.KEEP)
            self.assertEqual((row.cost_difference, row.days_difference), (0, 0))
            self.assertEqual(row.new_promise, order.promised)
        for row in found.components:
            self.assertEqual(row.needed_old, row.needed_new)
            self.assertFalse(row.short)

    @given(order_lists, supplies_)
    def test_the_way_back_costs_what_the_way_there_saves(self, orders, supplies):
        back = [
            replace(
                order,
                parts=tuple(
                    replace(part, old=part.new, new=part.old) for part in order.parts
                ),
            )
            for order in orders
        ]
        there = engine.impact(orders, supplies, TODAY).totals()["cost_difference"]
        again = engine.impact(back, supplies, TODAY).totals()["cost_difference"]
        self.assertAlmostEqual(there, -again)

    @given(order_lists, supplies_, st.sampled_from(PRODUCTS), quantities)
    def test_more_stock_never_makes_more_short(self, orders, supplies, product, more):
        supply = supplies.get(product, Supply())
        richer = {**supplies, product: replace(supply, on_hand=supply.on_hand + more)}
        poor = engine.impact(orders, supplies, TODAY).components
        rich = engine.impact(orders, richer, TODAY).components
        for before, after in zip(poor, rich, strict=True):
            self.assertLessEqual(after.short, before.short + 1e-6)

    @given(order_lists, supplies_)
    def test_a_promise_moves_only_as_far_as_the_change_makes_it(self, orders, supplies):
        found = engine.impact(orders, supplies, TODAY)
        for order, row in zip(orders, found.orders, strict=True):
            if order.promised:
                late = max(0, row.days_difference)
                self.assertEqual(row.new_promise, order.promised + timedelta(days=late))

    @given(
        st.lists(st.tuples(days, quantities.filter(bool)), min_size=1, max_size=6),
        purchases,
        quantities,
        st.none() | st.integers(0, 40),
    )
    def test_waiting_ends_on_the_day_a_count_by_hand_finds(
        self, wants, incoming, on_hand, days_to_buy
    ):
        supply = Supply(on_hand, incoming, (), days_to_buy)
        upto = 0.0
        demand = [(day, key, quantity) for key, (day, quantity) in enumerate(wants)]
        demand.sort()
        for (_day, _key, quantity), wait in zip(
            demand, waits(supply, demand, TODAY), strict=True
        ):
            upto += quantity
            self.assertEqual(wait, self._by_hand(supply, upto))

    @given(order_lists, supplies_, st.sampled_from(PRODUCTS), quantities)
    def test_more_stock_never_makes_anybody_wait_longer(
        self, orders, supplies, product, more
    ):
        supply = supplies.get(product, Supply())
        richer = {**supplies, product: replace(supply, on_hand=supply.on_hand + more)}
        poor = engine.impact(orders, supplies, TODAY).orders
        rich = engine.impact(orders, richer, TODAY).orders
        for before, after in zip(poor, rich, strict=True):
            if not before.is_unsourced:
                self.assertLessEqual(after.wait, before.wait)

    def _by_hand(self, supply, wanted):
        """Return the first day from today on with enough, looked at one by one."""
        for number in range(100):
            day = TODAY + timedelta(days=number)
            have = supply.on_hand + sum(
                row.quantity for row in supply.incoming if row.day <= day
            )
            if have >= wanted or number == supply.days_to_buy:
                return number
        return supply.days_to_buy

    def test_an_example_worked_by_hand(self):
        """A resistor is replaced: 20 a piece at 0.10 by 20 at 0.12, one day more."""
        old, new = Recipe({1: 20, 2: 1}, 30.0, 5), Recipe({3: 20, 2: 1}, 30.4, 6)
        soon, later = (TODAY + timedelta(days=number) for number in (6, 30))
        orders = [
            Order(1, (Part(old, new, 10),), soon),
            Order(2, (Part(old, new, 5),), later, consumed={1: 40.0}),
            Order(3, (Part(old, new, 100),), soon, is_past=True),
        ]
        bought = Incoming(9, TODAY + timedelta(days=3), 500, price=0.09)
        supplies = {
            1: Supply(on_hand=1800, incoming=(bought,), days_to_buy=7, cost=0.1),
            3: Supply(on_hand=60, days_to_buy=7, cost=0.12),
        }
        found = engine.impact(orders, supplies, TODAY)
        first, second, third = found.orders
        # material in 7 days + 6 to make = day 13, promised for day 6
        self.assertEqual((first.wait, first.days_difference), (7, 7))
        self.assertEqual(first.new_promise, soon + timedelta(days=7))
        self.assertAlmostEqual(first.cost_difference, 4.0)
        self.assertEqual(first.suggestion, "switch")
        # 40 resistors of the 100 are soldered in: lost at 0.10; the day holds
        self.assertAlmostEqual(second.lost, 4.0)
        self.assertEqual((second.days_difference, second.suggestion), (0, "decide"))
        self.assertEqual((third.suggestion, third.cost_difference), ("keep", 0))
        old_one, new_one = found.components
        # 200 + 60 + 2000 were needed of 2300; the 2000 of the third still are
        self.assertEqual((old_one.needed_old, old_one.needed_new), (260, 0))
        self.assertEqual(old_one.others, 2000)
        self.assertEqual(
            (old_one.stranded_incoming, old_one.stranded_on_hand), (300, 0)
        )
        self.assertAlmostEqual(old_one.stranded_value, 27.0)
        self.assertEqual((new_one.needed_new, new_one.short), (300, 240))

    def test_stock_is_stranded_without_a_single_order(self):
        pair = (Recipe({1: 1.0}), Recipe({2: 1.0}))
        [old, _new] = engine.impact([], {1: Supply(80.0)}, TODAY, [pair]).components
        self.assertEqual(old.stranded_on_hand, 80)
        used = {1: Supply(80.0, is_used=True)}
        [old, _new] = engine.impact([], used, TODAY, [pair]).components
        self.assertEqual(old.stranded, 0)

    def test_material_that_nobody_sells_is_left_to_a_person(self):
        part = Part(Recipe({1: 1.0}), Recipe({2: 1.0}), 5)
        [row] = engine.impact([Order(1, (part,))], {1: Supply(9.0)}, TODAY).orders
        self.assertEqual((row.suggestion, row.is_unsourced), ("decide", True))

    def test_thousands_of_orders_of_hundreds_of_components_are_quick(self):
        old = Recipe({number: 1.0 for number in range(300)}, 50, 9)
        new = Recipe({number: 2.0 for number in range(20, 320)}, 60, 9)
        orders = [Order(key, (Part(old, new, 10),), TODAY) for key in range(1, 501)]
        found = engine.impact(orders, {}, TODAY)
        self.assertEqual(found.totals()["cost_difference"], 500 * 100)
        self.assertEqual(len(found.components), 320)


def node(product, bom, *lines, lead=1):
    """Return a node of one piece; a line is ``(product, quantity, child)``."""
    return Node(
        product,
        f"P{product}",
        f"P{product}",
        bom,
        "normal",
        1,
        "A",
        1.0,
        1,
        "Units",
        lead,
        tuple(
            Line(str(part), part, "", "", qty, 1, "Units", qty, child=child)
            for part, qty, child in lines
        ),
    )


class TestEngineImpactTree(BaseCase):
    def setUp(self):
        super().setUp()
        self.board = node(10, 100, (1, 4.0, None), (2, 1.0, None))
        self.case = node(20, 200, (5, 1.0, None))
        self.root = node(30, 300, (10, 2.0, self.board), (20, 1.0, self.case))

    def test_only_what_changes_is_exchanged(self):
        draft = node(10, 101, (3, 4.0, None), (2, 1.0, None))
        new = switched(self.root, {(100, 10): draft})
        self.assertEqual(new.leaves(), {3: 8.0, 2: 2.0, 5: 1.0})
        self.assertEqual(new.pins(), {30: 300, 10: 101, 20: 200})
        self.assertIs(new.lines[1].child, self.case)

    def test_a_frozen_part_below_a_changed_bill_stays_as_it_is(self):
        newer_board = node(10, 109, (9, 4.0, None))
        draft = node(30, 301, (10, 3.0, newer_board))
        new = switched(self.root, {(300, 30): draft})
        self.assertEqual(new.pins(), {30: 301, 10: 100})
        self.assertEqual(new.leaves(), {1: 12.0, 2: 3.0})

    def test_a_part_that_is_new_comes_as_it_is_made_today(self):
        lamp = node(40, 400, (6, 2.0, None))
        draft = node(30, 301, (10, 1.0, self.board), (40, 1.0, lamp))
        new = switched(self.root, {(300, 30): draft})
        self.assertEqual(new.leaves(), {1: 4.0, 2: 1.0, 6: 2.0})

    def test_two_bills_of_one_tree_change_together(self):
        draft_board = node(10, 101, (3, 1.0, None))
        draft = node(30, 301, (10, 1.0, draft_board), (20, 2.0, self.case))
        new = switched(self.root, {(300, 30): draft, (100, 10): draft_board})
        self.assertEqual(new.pins(), {30: 301, 10: 101, 20: 200})

    def test_an_order_that_the_change_does_not_reach_is_left_alone(self):
        self.assertIs(switched(self.root, {(999, 10): self.board}), self.root)
