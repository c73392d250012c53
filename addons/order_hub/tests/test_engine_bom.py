import json
import math
from dataclasses import replace

from hypothesis import strategies as st

from odoo.tests import BaseCase

from ..engine.bom import LETTERS, Line, Node, Operation, Pins, revision_label
from .bom_strategies import nodes, renamed
from .properties import given


def board(**values):
    """A board that takes two parts and half a module of two parts more."""
    part = Line("5", 5, "R5", "Resistor", 2.0, 1, "Units", 2.0, cost=3.0)
    solder = Operation("solder", "Solder", 1, "Line 1", 30.0, 1, cost_hour=60.0)
    module = Node(
        7, "M", "Module", 70, "normal", 1, "A", 2.0, 1, "Units", 4, (part,), (solder,)
    )
    below = Line("7", 7, "M", "Module", 0.5, 1, "Units", 0.5, child=module)
    whole = Node(
        1, "B", "Board", 10, "normal", 2, "B", 1.0, 1, "Units", 1, (part, below)
    )
    return replace(whole, **values)


class TestBomNode(BaseCase):
    def test_quantities_multiply_down_the_levels(self):
        self.assertEqual(board().leaves(10), {5: 25.0})
        self.assertEqual(
            [(level, line.product, total) for level, line, total in board().flat()],
            [(1, 5, 2.0), (1, 7, 0.5), (2, 5, 0.5)],
        )

    def test_the_cost_is_material_and_work_of_all_levels(self):
        # the module: 6 of material and 30 of work for two; half of it in the board
        self.assertEqual(board().unit_cost(), 6 + 0.5 * 18)
        self.assertEqual(board().unit_cost({5: 1.0}), 2 + 0.5 * (2 + 30) / 2)

    def test_by_products_carry_their_share_of_the_cost(self):
        scrap = Line("9", 9, "", "Scrap", 1.0, 1, "Units", 1.0, share=20.0)
        self.assertEqual(board(byproducts=(scrap,)).unit_cost(), 15 * 0.8)

    def test_the_lead_time_is_that_of_the_longest_chain(self):
        self.assertEqual(board().lead_time(), 5)

    def test_the_work_on_a_piece_counts_all_levels(self):
        self.assertEqual(board().minutes(), 7.5)

    def test_a_structure_pins_every_bill_in_it(self):
        self.assertEqual(board().pins(), {1: 10, 7: 70})
        self.assertEqual(hash(Pins({1: 2})), hash(Pins({1: 2})))

    @given(nodes())
    def test_json_and_back_is_the_same(self, node):
        text = json.dumps(node.to_json())
        self.assertEqual(Node.from_json(json.loads(text)), node)
        again = Node.from_json(json.loads(text))
        self.assertEqual(again.content_hash(), node.content_hash())

    @given(nodes())
    def test_names_costs_and_numbers_are_not_in_the_hash(self, node):
        self.assertEqual(renamed(node).content_hash(), node.content_hash())

    @given(nodes(), st.floats(1.01, 3))
    def test_another_quantity_is_another_hash(self, node, factor):
        if node.lines:
            line = replace(node.lines[0], quantity=node.lines[0].quantity * factor)
            other = replace(node, lines=(line, *node.lines[1:]))
            self.assertNotEqual(other.content_hash(), node.content_hash())

    def test_a_change_deep_below_is_another_hash(self):
        old = board()
        child = replace(old.lines[1].child, operations=())
        new = replace(old, lines=(old.lines[0], replace(old.lines[1], child=child)))
        self.assertNotEqual(new.content_hash(), old.content_hash())

    @given(nodes(), st.integers(1, 50))
    def test_leaves_add_up_to_what_the_flat_list_says(self, node, pieces):
        expected = {}
        for _level, line, total in node.flat():
            if not line.child:
                expected[line.product] = expected.get(line.product, 0) + total * pieces
        leaves = node.leaves(pieces)
        self.assertEqual(set(leaves), set(expected))
        for product, need in leaves.items():
            self.assertTrue(math.isclose(need, expected[product]))

    @given(nodes())
    def test_the_cost_of_the_leaves_is_the_material_cost(self, node):
        bare = without_work(node)
        costs = dict.fromkeys(range(100), 2.0)
        self.assertTrue(
            math.isclose(
                bare.unit_cost(costs), 2.0 * sum(bare.leaves().values()), abs_tol=1e-9
            )
        )


def without_work(node):
    return replace(
        node,
        operations=(),
        lines=tuple(
            replace(line, child=line.child and without_work(line.child))
            for line in node.lines
        ),
    )


class TestRevisionLabel(BaseCase):
    def test_letters_follow_asme(self):
        self.assertEqual(
            [revision_label(number) for number in (1, 8, 9, 20, 21, 40, 41, 420, 421)],
            ["A", "H", "J", "Y", "AA", "AY", "BA", "YY", "AAA"],
        )
        self.assertFalse(set("IOQSXZ") & set(LETTERS))

    @given(st.integers(1, 10_000))
    def test_every_number_has_its_own_letters(self, number):
        first, second = revision_label(number), revision_label(number + 1)
        self.assertLess((len(first), first), (len(second), second))

    def test_there_is_no_revision_zero(self):
        with self.assertRaises(ValueError):
            revision_label(0)
