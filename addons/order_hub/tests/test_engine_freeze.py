"""What an order is frozen on, as plain values."""

from hypothesis import strategies as st

from odoo.tests import BaseCase

from ..engine import freeze
from ..engine.bom import Line, Node, Pins
from .properties import given

RAW = st.integers(1, 5)
QUANTITIES = st.sampled_from([0.25, 1.0, 2.0, 3.0, 12.0])


def line(product, quantity, child=None, ratio=1.0):
    return Line(
        key=str(product),
        product=product,
        code="",
        name=f"P{product}",
        quantity=quantity,
        unit=1,
        unit_name="Units",
        own_quantity=quantity * ratio,
        child=child,
    )


def node(product, lines, kind="normal", quantity=1.0):
    return Node(
        product=product,
        code="",
        name=f"P{product}",
        bom=product * 10,
        kind=kind,
        revision=1,
        label="A",
        quantity=quantity,
        unit=1,
        unit_name="Units",
        lines=tuple(lines),
    )


def raw_lines():
    return st.lists(st.builds(line, RAW, QUANTITIES), min_size=1, max_size=4)


KITS = st.builds(lambda lines: node(20, lines, "phantom"), raw_lines())
MODULES = st.builds(lambda lines: node(30, lines), raw_lines())
TREES = st.builds(
    lambda lines, kit, module, one, two, made: node(
        40, [*lines, line(20, one, kit), line(30, two, module)], quantity=made
    ),
    raw_lines(),
    KITS,
    MODULES,
    QUANTITIES,
    QUANTITIES,
    QUANTITIES,
)


class TestEngineFreeze(BaseCase):
    @given(TREES)
    def test_needs_of_all_levels_add_up_to_the_leaves(self, tree):
        needs = freeze.needs(tree)
        module = needs.pop(30)
        below = freeze.needs(tree.lines[-1].child)
        total = {product: need.quantity for product, need in needs.items()}
        for product, need in below.items():
            total[product] = total.get(product, 0) + need.quantity * module.quantity
        for product, need in tree.leaves().items():
            self.assertAlmostEqual(total.pop(product), need)
        self.assertFalse(total)

    @given(TREES, st.integers(1, 1000))
    def test_what_is_built_as_frozen_shows_no_difference(self, tree, pieces):
        part = freeze.parts(tree)[40]
        actual = {int(p): row[0] * pieces for p, row in part["needs"].items()}
        self.assertFalse(freeze.differences(part, pieces, actual, 0.01))

    @given(TREES, st.integers(1, 1000), st.data())
    def test_any_other_component_is_found(self, tree, pieces, data):
        part = freeze.parts(tree)[40]
        actual = {int(p): row[0] * pieces for p, row in part["needs"].items()}
        product = data.draw(st.sampled_from(sorted(actual)))
        change = data.draw(st.sampled_from(["missing", "quantity", "extra"]))
        if change == "missing":
            del actual[product]
        elif change == "quantity":
            actual[product] += 1 + part["needs"][product][1]
        else:
            product = 99
            actual[product] = 0.01
        [found] = freeze.differences(part, pieces, actual, 0.01)
        self.assertEqual((found.product, found.kind), (product, change))

    def test_rounding_up_every_line_is_no_difference(self):
        part = freeze.parts(node(1, [line(2, 1 / 3), line(2, 1 / 3)]))[1]
        self.assertFalse(freeze.differences(part, 1, {2: 0.68}, 0.01))
        self.assertTrue(freeze.differences(part, 1, {2: 0.70}, 0.01))

    def test_a_dozen_rounds_by_dozens(self):
        part = freeze.parts(node(1, [line(2, 0.5, ratio=12.0)]))[1]
        self.assertFalse(freeze.differences(part, 1, {2: 6.12}, 0.01))
        self.assertTrue(freeze.differences(part, 1, {2: 6.2}, 0.01))

    @given(st.lists(st.dictionaries(RAW, RAW), max_size=4))
    def test_orders_agree_on_what_none_has_otherwise(self, pins_of_orders):
        agreed = freeze.agreed(pins_of_orders)
        self.assertIsInstance(agreed, Pins)
        for product in range(1, 6):
            named = {pins[product] for pins in pins_of_orders if product in pins}
            self.assertEqual(
                agreed.get(product), named.pop() if len(named) == 1 else None
            )

    @given(st.dictionaries(RAW, RAW))
    def test_pins_come_back_from_json_as_they_were(self, pins):
        text = {str(product): bom for product, bom in pins.items()}
        self.assertEqual(freeze.from_json(text), pins)
        self.assertEqual(freeze.key(pins), freeze.key(freeze.from_json(text)))
