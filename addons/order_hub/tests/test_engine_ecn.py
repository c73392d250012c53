from hypothesis import strategies as st

from odoo.tests import BaseCase

from ..engine.bom import Line, Node
from ..engine.ecn import (
    Case,
    Role,
    fate,
    judge,
    materials,
    missing,
    stuck,
    surplus,
)
from .properties import given

users = st.integers(1, 6)
roles = st.lists(
    st.builds(
        Role,
        key=st.integers(1, 9),
        approvers=st.frozensets(users, max_size=4),
        may_approve_own=st.booleans(),
    ),
    unique_by=lambda role: role.key,
    max_size=4,
)
given_keys = st.frozensets(st.integers(1, 9), max_size=4)
quantities = st.dictionaries(users, st.floats(0, 1000), max_size=5)


def line(product, quantity, child=None):
    return Line(str(product), product, "", "", quantity, 1, "u", quantity, child=child)


def node(product, lines, kind="normal"):
    return Node(product, "", "", product, kind, 1, "A", 1.0, 1, "u", 0, tuple(lines))


class TestEngineEcn(BaseCase):
    """Who may agree to a change, and what becomes of an order in it."""

    @given(users, roles, users, given_keys)
    def test_nobody_decides_outside_of_the_roles(self, user, asked, requester, done):
        found = judge(user, asked, requester, done)
        for role in asked:
            if role.key in found.roles:
                self.assertIn(user, role.approvers)
                self.assertNotIn(role.key, done)

    @given(users, roles, users, given_keys)
    def test_an_own_request_is_left_to_others_where_there_are_any(
        self, user, asked, requester, done
    ):
        found = judge(requester, asked, requester, done)
        for role in asked:
            if role.key in found.roles:
                self.assertTrue(role.may_approve_own)
                self.assertEqual(role.approvers, {requester})

    @given(users, roles, users, given_keys)
    def test_who_may_not_decide_is_told_why(self, user, asked, requester, done):
        found = judge(user, asked, requester, done)
        self.assertNotEqual(bool(found.roles), bool(found.refusal))

    @given(roles, users)
    def test_a_change_is_agreed_to_when_no_role_is_missing(self, asked, requester):
        done = set()
        for role in asked:
            for user in role.seats(requester):
                done.update(judge(user, asked, requester, done).roles)
        self.assertEqual(missing(asked, done), stuck(asked, requester))

    @given(quantities, quantities)
    def test_what_was_consumed_never_vanishes_by_a_change_on_paper(self, took, wants):
        lost = surplus(took, wants)
        fits = all(took[p] <= wants.get(p, 0) + 1e-6 for p in took)
        self.assertEqual(fits, not lost)
        self.assertEqual(
            fate(Case("switch", lost=lost)), "switch" if fits else "refuse"
        )

    @given(st.sampled_from(["switch", "keep", "decide"]))
    def test_a_closed_order_is_skipped_whatever_was_chosen(self, choice):
        self.assertEqual(fate(Case(choice, False, (1,))), "skip")

    def test_kits_are_gone_through_and_made_components_are_not(self):
        kit = node(2, [line(3, 4.0)], kind="phantom")
        board = node(4, [line(5, 9.0)])
        root = node(1, [line(2, 2.0, kit), line(4, 1.0, board), line(3, 1.0)])
        self.assertEqual(materials(root, 10), {3: 90.0, 4: 10.0})

    def test_keep_keeps_and_decide_waits_for_a_person(self):
        self.assertEqual(fate(Case("keep")), "keep")
        self.assertEqual(fate(Case("decide")), "wait")
        self.assertEqual(fate(Case("switch")), "switch")
