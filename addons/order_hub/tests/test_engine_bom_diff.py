from dataclasses import replace

from hypothesis import strategies as st

from odoo.tests import BaseCase

from ..engine.bom import Line, Node
from ..engine.bom_diff import Conflict, apply, diff, rebase
from .bom_strategies import nodes, renamed, versions
from .properties import given
from .test_engine_bom import board


class TestBomDiff(BaseCase):
    @given(nodes(), nodes())
    def test_the_difference_makes_one_into_the_other(self, a, b):
        self.assertEqual(apply(diff(a, b), a), b)

    @given(nodes())
    def test_the_same_has_no_difference(self, node):
        self.assertFalse(diff(node, node))

    @given(nodes())
    def test_names_and_costs_are_differences_that_do_not_matter(self, node):
        self.assertEqual(apply(diff(node, renamed(node)), node), renamed(node))
        rows = [
            row
            for row in diff(node, renamed(node)).rows
            if row.matters and row.part != "header"
        ]
        self.assertFalse(rows)

    @given(nodes(), nodes())
    def test_another_hash_is_a_difference_that_matters(self, a, b):
        if a.content_hash() != b.content_hash():
            self.assertTrue(diff(a, b).matters)

    def test_a_row_says_where_it_is(self):
        old = board()
        part = old.lines[1].child.lines[0]
        new = with_child(old, lines=(replace(part, quantity=3.0),))
        [row] = diff(old, new).rows
        self.assertEqual(row.place, (("7",), "line", "5"))
        self.assertEqual([change.field for change in row.changes], ["quantity"])


class TestRebase(BaseCase):
    @given(nodes(), nodes())
    def test_nothing_of_mine_leaves_theirs(self, base, theirs):
        self.assertEqual(rebase(base, base, theirs), theirs)

    @given(nodes(), nodes())
    def test_nothing_of_theirs_leaves_mine(self, base, mine):
        self.assertEqual(rebase(base, mine, base), mine)

    @given(nodes(), nodes())
    def test_the_same_change_twice_is_one(self, base, mine):
        self.assertEqual(rebase(base, mine, mine), mine)

    @given(versions())
    def test_who_comes_first_does_not_matter(self, three):
        base, mine, theirs = three
        one, two = rebase(base, mine, theirs), rebase(base, theirs, mine)
        self.assertEqual(isinstance(one, Conflict), isinstance(two, Conflict))
        if isinstance(one, Node):
            self.assertEqual(one.content_hash(), two.content_hash())

    @given(versions())
    def test_every_change_is_kept_or_named(self, three):
        base, mine, theirs = three
        merged = rebase(base, mine, theirs)
        if isinstance(merged, Conflict):
            self.assertTrue(merged.rows)
            return
        wanted = {row.place for row in diff(base, mine).rows if row.matters}
        wanted |= {row.place for row in diff(base, theirs).rows if row.matters}
        found = {row.place for row in diff(base, merged).rows if row.matters}
        self.assertEqual(
            {place for place in wanted if place[1] != "operations"},
            {place for place in found if place[1] != "operations"},
        )

    @given(versions())
    def test_what_is_merged_names_operations_that_are_there(self, three):
        base, mine, theirs = three
        merged = rebase(base, mine, theirs)
        if isinstance(merged, Node):
            for node in merged.nodes():
                keys = {step.key for step in node.operations}
                for line in (*node.lines, *node.byproducts):
                    self.assertIn(line.operation, keys | {""})
                for step in node.operations:
                    self.assertLessEqual(set(step.after), keys)

    def test_two_changes_of_one_quantity_contradict(self):
        base = board()
        mine = with_line(base, quantity=3.0)
        result = rebase(base, mine, with_line(base, quantity=4.0))
        self.assertIsInstance(result, Conflict)
        [(row, other)] = result.rows
        self.assertEqual((row.changes[0].new, other.changes[0].new), (3.0, 4.0))

    def test_changes_of_different_lines_go_together(self):
        base = board()
        screw = Line("8", 8, "S", "Screw", 1.0, 1, "Units", 1.0)
        mine = replace(base, lines=(*base.lines, screw))
        merged = rebase(base, mine, with_line(base, quantity=4.0))
        self.assertEqual([line.quantity for line in merged.lines], [4.0, 0.5, 1.0])

    def test_a_change_inside_of_what_they_took_away_contradicts(self):
        base = board()
        mine = with_child(base, lead_days=9, lines=())
        theirs = replace(base, lines=base.lines[:1])
        self.assertIsInstance(rebase(base, mine, theirs), Conflict)
        self.assertIsInstance(rebase(base, theirs, mine), Conflict)

    def test_a_component_of_an_operation_they_took_away_contradicts(self):
        base = board().lines[1].child
        mine = replace(base, lines=(replace(base.lines[0], operation="solder"),))
        theirs = replace(base, operations=())
        self.assertIsInstance(rebase(base, mine, theirs), Conflict)
        self.assertIsInstance(rebase(base, theirs, mine), Conflict)

    @given(nodes(), st.integers(1, 9))
    def test_the_draft_keeps_its_own_number(self, base, revision):
        mine = replace(base, bom=99, revision=revision + 1)
        theirs = replace(base, bom=98, revision=revision)
        self.assertEqual(rebase(base, mine, theirs).bom, 99)


def with_line(node, **values):
    return replace(node, lines=(replace(node.lines[0], **values), *node.lines[1:]))


def with_child(node, **values):
    child = replace(node.lines[1].child, **values)
    return replace(node, lines=(node.lines[0], replace(node.lines[1], child=child)))
