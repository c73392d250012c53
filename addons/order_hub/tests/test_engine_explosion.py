import math

from hypothesis import strategies as st

from odoo.tests import BaseCase

from ..engine.explosion import MAX_DEPTH, BomLoop, explode
from .properties import given

quantities = st.floats(0.001, 1000)


@st.composite
def structures(draw):
    """Bills of materials without a loop: components have higher numbers."""
    structure = {}
    for product in range(1, draw(st.integers(1, 8))):
        components = draw(
            st.lists(
                st.tuples(st.integers(product + 1, product + 4), quantities),
                max_size=3,
            )
        )
        if components:
            structure[product] = components
    return structure


needs = st.dictionaries(st.integers(1, 12), quantities, max_size=5)


class TestExplosion(BaseCase):
    @given(needs, structures())
    def test_only_leaves_are_left(self, wanted, structure):
        self.assertFalse(set(explode(wanted, structure)) & set(structure))

    @given(needs, structures(), st.floats(0.1, 100))
    def test_twice_the_order_needs_twice_the_parts(self, wanted, structure, factor):
        once = explode(wanted, structure)
        more = explode({p: q * factor for p, q in wanted.items()}, structure)
        self.assertEqual(set(once), set(more))
        for product, quantity in once.items():
            self.assertTrue(math.isclose(more[product], quantity * factor))

    @given(needs, needs, structures())
    def test_two_orders_need_what_each_needs(self, one, two, structure):
        both = {p: one.get(p, 0) + two.get(p, 0) for p in {*one, *two}}
        together = explode(both, structure)
        first, second = explode(one, structure), explode(two, structure)
        for product, quantity in together.items():
            apart = first.get(product, 0) + second.get(product, 0)
            self.assertTrue(math.isclose(quantity, apart))

    @given(needs)
    def test_what_is_bought_is_its_own_component(self, wanted):
        self.assertEqual(explode(wanted, {}), wanted)

    @given(st.integers(1, 20))
    def test_a_loop_of_any_length_is_found(self, length):
        circle = {n: [(n % length + 1, 1.0)] for n in range(1, length + 1)}
        with self.assertRaises(BomLoop) as caught:
            explode({1: 1.0}, circle)
        self.assertIn(caught.exception.product, circle)

    def test_too_deep_is_a_loop(self):
        chain = {n: [(n + 1, 1.0)] for n in range(MAX_DEPTH + 5)}
        with self.assertRaises(BomLoop):
            explode({0: 1.0}, chain)

    def test_quantities_multiply_down_the_levels(self):
        board = {1: [(2, 2.0), (3, 1.0)], 2: [(3, 4.0), (4, 0.5)]}
        self.assertEqual(explode({1: 10.0}, board), {3: 90.0, 4: 10.0})

    def test_a_part_used_twice_is_no_loop(self):
        diamond = {1: [(2, 1.0), (3, 1.0)], 2: [(4, 1.0)], 3: [(4, 1.0)]}
        self.assertEqual(explode({1: 1.0}, diamond), {4: 2.0})
