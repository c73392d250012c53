import math
from dataclasses import replace

from odoo.tests import BaseCase

from ..engine.bom_diff import diff
from ..engine.bom_sides import count, header_fields, side_by_side
from .bom_strategies import nodes, renamed, versions
from .properties import given
from .test_engine_bom import board
from .test_engine_bom_diff import with_child, with_line


class TestSideBySide(BaseCase):
    @given(nodes())
    def test_two_of_the_same_have_no_mark(self, node):
        self.assertTrue(
            all(pair.kind == "same" and not pair.deep for pair in _pairs(node, node))
        )

    @given(nodes())
    def test_names_and_costs_mark_nothing_but_the_revision(self, node):
        for pair in _pairs(node, renamed(node)):
            self.assertLessEqual(set(pair.fields), {"label", "lead_days"})

    @given(nodes(), nodes())
    def test_every_row_of_both_is_there_once(self, a, b):
        pairs = _pairs(a, b)
        keys = [pair.key for pair in pairs]
        self.assertEqual(len(keys), len(set(keys)))
        for side, node in ("old", a), ("new", b):
            lines = [
                (pair.level, pair.product)
                for pair in pairs
                if pair.part == "line" and getattr(pair, side)
            ]
            flat = [(level, line.product) for level, line, _total in node.flat()]
            self.assertEqual(sorted(lines), sorted(flat))

    @given(versions())
    def test_what_matters_is_marked(self, three):
        _base, a, b = three
        pairs = _pairs(a, b)
        rows = [row for row in diff(a, b).rows if row.matters and row.key]
        places = {("/".join((*row.path, row.part, row.key))) for row in rows}
        marked = {pair.key for pair in pairs if pair.kind != "same"}
        self.assertLessEqual(places, marked)

    @given(nodes())
    def test_the_costs_of_the_first_level_are_those_of_a_piece(self, node):
        bare = replace(node, byproducts=())
        total = sum(
            pair.new.cost
            for pair in side_by_side(bare, bare)
            if pair.level == 1 and pair.part != "byproduct"
        )
        self.assertTrue(math.isclose(total, bare.unit_cost(), abs_tol=1e-9))

    def test_a_changed_quantity_says_so_in_its_row(self):
        pairs = _pairs(board(), with_line(board(), quantity=3.0, own_quantity=3.0))
        [changed] = [pair for pair in pairs if pair.kind == "changed"]
        self.assertEqual(changed.fields, ("quantity",))
        self.assertEqual((changed.old.total, changed.new.total), (2.0, 3.0))

    def test_a_change_below_shows_above_that_there_is_one(self):
        part = board().lines[1].child.lines[0]
        pairs = _pairs(
            board(), with_child(board(), lines=(replace(part, quantity=9.0),))
        )
        self.assertEqual(
            [(pair.level, pair.kind, pair.deep) for pair in pairs],
            [
                (1, "same", False),
                (1, "same", True),
                (2, "same", False),
                (2, "changed", False),
            ],
        )

    def test_what_was_removed_stays_where_it_was(self):
        old = board()
        new = replace(old, lines=old.lines[1:])
        pairs = _pairs(old, new)
        self.assertEqual([pair.kind for pair in pairs][0], "removed")
        self.assertEqual(count(pairs), {"added": 0, "removed": 1, "changed": 0})

    def test_the_bill_itself_may_differ(self):
        self.assertEqual(header_fields(board(), board(lead_days=3)), ("lead_days",))


def _pairs(a, b):
    return side_by_side(a, b)
