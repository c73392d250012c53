from hypothesis import strategies as st

from odoo.tests import BaseCase

from ..engine.approval import (
    Bench,
    Level,
    Line,
    Path,
    Policy,
    choose,
    content,
    covers,
    differences,
    fingerprint,
    judge,
    needed,
)
from .properties import given

figures = st.floats(-1e6, 1e6, allow_nan=False).map(lambda value: round(value, 4))
ids = st.integers(1, 9)
lines = st.builds(
    Line, ids, figures, ids, figures, figures, st.lists(ids, max_size=3).map(tuple)
)
heads = st.fixed_dictionaries(
    {
        "partner_id": ids,
        "payment_term_id": st.none() | ids,
        "commitment_date": st.none(),
    }
)
contents = st.builds(content, heads, st.lists(lines, max_size=4))
people = st.frozensets(st.integers(1, 6), max_size=4)
benches = st.builds(Bench, people, people, people, st.booleans())
policies = st.builds(
    Policy,
    ids,
    st.frozensets(ids, max_size=2),
    st.lists(
        st.builds(Level, st.integers(1, 99), st.integers(0, 1000).map(float)),
        max_size=4,
        unique_by=lambda level: level.id,
    ).map(tuple),
)


class TestContent(BaseCase):
    @given(heads, st.lists(lines, max_size=4), st.randoms(use_true_random=False))
    def test_the_order_of_lines_is_no_part_of_the_content(self, head, some, random):
        shuffled = list(some)
        random.shuffle(shuffled)
        self.assertEqual(content(head, some), content(head, shuffled))

    @given(contents, contents)
    def test_contents_are_alike_exactly_when_their_fingerprints_are(self, one, other):
        self.assertEqual(one == other, fingerprint(one) == fingerprint(other))
        self.assertEqual(len(fingerprint(one)), 64)

    @given(contents, contents)
    def test_nothing_differs_exactly_between_equal_contents(self, one, other):
        head, pairs = differences(one, other)
        self.assertEqual(not head and not pairs, one == other)

    @given(contents, contents)
    def test_what_came_and_went_explains_the_difference(self, one, other):
        _head, pairs = differences(one, other)
        gone = [old for old, _new in pairs if old]
        come = [new for _old, new in pairs if new]
        self.assertEqual(len(one["lines"]) - len(gone), len(other["lines"]) - len(come))

    def test_figures_are_alike_however_they_were_computed(self):
        one = content({}, [Line(1, 0.1 + 0.2, 1, 10.0)])
        other = content({}, [Line(1, 0.3, 1, 10)])
        self.assertEqual(fingerprint(one), fingerprint(other))
        self.assertEqual(content({}, [Line(1, -0.0, 1, 0)])["lines"][0]["price"], "0")

    def test_each_part_of_a_line_counts(self):
        base = Line(1, 10, 1, 160.0, 5.0, (1,))
        others = [
            Line(2, 10, 1, 160.0, 5.0, (1,)),
            Line(1, 9, 1, 160.0, 5.0, (1,)),
            Line(1, 10, 2, 160.0, 5.0, (1,)),
            Line(1, 10, 1, 159.99, 5.0, (1,)),
            Line(1, 10, 1, 160.0, 5.01, (1,)),
            Line(1, 10, 1, 160.0, 5.0, ()),
        ]
        prints = {fingerprint(content({}, [line])) for line in [base, *others]}
        self.assertEqual(len(prints), 7)

    def test_one_line_twice_is_not_one_line(self):
        line = Line(1, 1, 1, 1)
        self.assertNotEqual(content({}, [line]), content({}, [line, line]))


class TestNeed(BaseCase):
    @given(policies, figures)
    def test_exactly_the_levels_whose_amount_is_reached_are_needed(
        self, policy, amount
    ):
        need = needed(policy, amount)
        reached = [lv.key for lv in policy.levels if amount >= lv.amount_from]
        self.assertEqual(list(need.keys), reached)
        self.assertEqual(bool(need), bool(reached))

    @given(policies, figures, figures)
    def test_a_higher_amount_never_needs_less(self, policy, one, other):
        low, high = sorted((one, other))
        self.assertLessEqual(
            set(needed(policy, low).keys), set(needed(policy, high).keys)
        )

    @given(policies, figures, figures, st.sampled_from(["none", "short"]))
    def test_a_shorter_way_holds_up_to_its_amount(self, policy, amount, limit, name):
        need = needed(policy, amount, Path(name, 7, limit))
        if amount > limit:
            self.assertEqual(need, needed(policy, amount))
        else:
            self.assertEqual(need.keys, ("user:7",) if name == "short" else ())

    def test_a_short_way_to_nobody_is_the_whole_way(self):
        policy = Policy(1, levels=(Level(3),))
        self.assertEqual(needed(policy, 10, Path("short", None)).keys, ("level:3",))

    @given(st.lists(policies, max_size=3), ids)
    def test_the_first_policy_that_takes_the_type_counts(self, some, order_type):
        found = choose(some, order_type)
        fitting = [policy for policy in some if policy.takes(order_type)]
        self.assertEqual(found, fitting[0] if fitting else None)

    def test_without_a_policy_nobody_is_needed(self):
        self.assertFalse(needed(None, 1e9))

    def test_an_approval_covers_no_level_that_was_not_asked(self):
        need = needed(Policy(1, levels=(Level(1), Level(2, 50.0))), 60.0)
        self.assertTrue(covers("full", ["level:1", "level:2", "level:3"], need))
        self.assertFalse(covers("full", ["level:1"], need))
        self.assertFalse(covers("short", ["user:7"], need))

    def test_all_levels_are_more_than_one_person(self):
        short = needed(None, 1, Path("short", 7))
        self.assertTrue(covers("full", ["level:1"], short))
        self.assertTrue(covers("short", ["user:7"], short))
        self.assertFalse(covers("short", ["user:8"], short))


class TestJudge(BaseCase):
    @given(st.integers(1, 6), benches, people)
    def test_who_decides_sits_there_or_stands_in_for_somebody_who_does(
        self, user, bench, principals
    ):
        verdict = judge(user, bench, principals)
        if verdict.refusal:
            return
        self.assertIn(verdict.on_behalf or user, bench.seats)
        self.assertTrue(verdict.on_behalf is None or verdict.on_behalf in principals)

    @given(st.integers(1, 6), benches, people)
    def test_the_salesperson_never_decides(self, user, bench, principals):
        if user in bench.barred:
            self.assertEqual(judge(user, bench, principals).refusal, "own")

    @given(st.integers(1, 6), benches, people)
    def test_nobody_decides_for_the_salesperson(self, user, bench, principals):
        self.assertNotIn(judge(user, bench, principals).on_behalf, bench.barred)

    @given(st.integers(1, 6), benches, people)
    def test_nobody_decides_two_levels_unless_the_policy_allows(
        self, user, bench, principals
    ):
        verdict = judge(user, bench, principals)
        if bench.one_may_decide_several:
            self.assertNotEqual(verdict.refusal, "again")
        elif not verdict.refusal:
            self.assertNotIn(user, bench.decided)
            self.assertNotIn(verdict.on_behalf, bench.decided)

    def test_a_stranger_is_told_so(self):
        self.assertEqual(judge(9, Bench(frozenset({1}))).refusal, "stranger")
