from hypothesis import strategies as st

from odoo.tests import BaseCase

from ..engine.assign import in_turns, least_loaded
from ..engine.routing import (
    FIRST,
    STRENGTH,
    Choice,
    Condition,
    Facts,
    Rule,
    changed,
    decide,
    route,
)
from ..engine.rule_check import (
    EMPTY_RANGE,
    OVERLAPS,
    UNREACHABLE,
    check,
    covers,
    is_possible,
)
from .properties import given

facts = st.builds(
    Facts,
    order_type=st.one_of(st.none(), st.integers(1, 4)),
    is_rush=st.booleans(),
    channel=st.one_of(st.none(), st.integers(1, 3)),
    grade=st.one_of(st.none(), st.sampled_from("abcd")),
    amount=st.floats(0, 100_000),
    hours_left=st.one_of(st.none(), st.floats(-50, 500)),
    categories=st.frozensets(st.integers(1, 6), max_size=4),
    country=st.one_of(st.none(), st.integers(1, 3)),
    city=st.sampled_from(["", "Wuxi", "Shanghai", "无锡市"]),
)
conditions = st.one_of(
    st.builds(
        Condition,
        st.just("order_type"),
        st.just("one_of"),
        st.frozensets(st.integers(1, 4), min_size=1),
    ),
    st.builds(Condition, st.just("is_rush"), st.just("is"), st.booleans()),
    st.builds(Condition, st.just("amount"), st.just("at_least"), st.floats(1, 90_000)),
    st.builds(Condition, st.just("amount"), st.just("below"), st.floats(1, 90_000)),
    st.builds(Condition, st.just("hours_left"), st.just("at_most"), st.floats(1, 100)),
    st.builds(
        Condition,
        st.just("categories"),
        st.just("any_of"),
        st.frozensets(st.integers(1, 6), min_size=1),
    ),
)
decisions = st.fixed_dictionaries(
    {},
    optional={
        "flow": st.integers(1, 3),
        "priority": st.sampled_from(STRENGTH["priority"]),
        "tags": st.lists(st.integers(1, 5), min_size=1, max_size=3, unique=True),
    },
)


@st.composite
def rule_lists(draw):
    count = draw(st.integers(0, 6))
    return [
        Rule(
            id=number,
            conditions=tuple(draw(st.lists(conditions, max_size=3))),
            decisions=draw(decisions),
            stops=draw(st.booleans()),
        )
        for number in range(1, count + 1)
    ]


def no_domains(_rule_id, keys):
    return frozenset(keys)


class TestRouting(BaseCase):
    @given(rule_lists(), facts)
    def test_every_rule_that_matched_fits_and_every_other_has_a_failing_condition(
        self, rules, order
    ):
        matched = set(route(rules, {"o": order}, no_domains)["o"].matched)
        stopped = False
        for rule in rules:
            fits = rule.failing(order) is None
            self.assertEqual(rule.id in matched, fits and not stopped)
            stopped = stopped or (fits and rule.stops)

    @given(rule_lists(), st.lists(facts, min_size=1, max_size=5))
    def test_an_order_is_routed_alike_alone_and_in_a_batch(self, rules, orders):
        batch = route(rules, dict(enumerate(orders)), no_domains)
        for key, order in enumerate(orders):
            alone = route(rules, {key: order}, no_domains)
            self.assertEqual(batch[key], alone[key])

    @given(rule_lists(), facts)
    def test_of_first_match_kinds_the_first_rule_wins(self, rules, order):
        outcome = route(rules, {"o": order}, no_domains)["o"]
        by_id = {rule.id: rule for rule in rules}
        for kind, choice in outcome.choices.items():
            deciding = [i for i in outcome.matched if kind in by_id[i].decisions]
            if kind in FIRST:
                self.assertEqual(choice.rules, (deciding[0],))
            elif kind in STRENGTH:
                strongest = max(by_id[i].decisions[kind] for i in deciding)
                self.assertEqual(choice.value, strongest)
            else:
                wanted = {v for i in deciding for v in by_id[i].decisions[kind]}
                self.assertEqual(set(choice.value), wanted)
                self.assertEqual(len(choice.value), len(wanted))

    def test_a_domain_is_asked_once_a_rule_and_only_for_orders_that_may_fit(self):
        asked = []

        def in_domain(rule_id, keys):
            asked.append((rule_id, list(keys)))
            return frozenset({"b"})

        rule = Rule(
            1,
            (Condition("amount", "below", 10.0),),
            {"priority": "1"},
            has_domain=True,
        )
        orders = {"a": Facts(amount=50.0), "b": Facts(amount=5.0), "c": Facts(amount=1)}
        found = route([rule], orders, in_domain)
        self.assertEqual(asked, [(1, ["b", "c"])])
        self.assertEqual([found[k].matched for k in "abc"], [(), (1,), ()])

    def test_unknown_hours_fit_no_bound(self):
        for test in ("at_least", "at_most", "below"):
            self.assertFalse(Condition("hours_left", test, 4.0).fits(Facts()))

    def test_words_are_found_in_any_case_and_in_chinese(self):
        wanted = Condition("remark", "contains", ("URGENT", "加急"))
        self.assertTrue(wanted.fits(Facts(remark="please: urgent!")))
        self.assertTrue(wanted.fits(Facts(remark="客户要求加急发货")))
        self.assertFalse(wanted.fits(Facts(remark="no hurry")))

    @given(facts)
    def test_facts_survive_being_kept(self, order):
        kept = Facts.from_json(order.to_json())
        self.assertEqual(kept.to_json(), order.to_json())
        self.assertAlmostEqual(kept.amount, order.amount, delta=0.0051)

    @given(rule_lists(), facts)
    def test_the_same_rules_change_nothing(self, rules, order):
        outcome = route(rules, {"o": order}, no_domains)["o"]
        before = {kind: choice.value for kind, choice in outcome.choices.items()}
        self.assertEqual(changed(before, outcome.choices), {})

    def test_a_decision_that_goes_away_is_a_change(self):
        self.assertEqual(changed({"flow": 3}, {}), {"flow": (3, None)})
        self.assertEqual(changed({}, {"tags": Choice([1], (1,))})["tags"], (None, [1]))
        self.assertEqual(changed({"tags": []}, {}), {})


class TestRuleCheck(BaseCase):
    @given(rule_lists(), facts)
    def test_a_rule_said_to_be_unreachable_never_adds_anything(self, rules, order):
        unreachable = {f.rule_id for f in check(rules) if f.code == UNREACHABLE}
        kept = [rule for rule in rules if rule.id not in unreachable]
        with_all = route(rules, {"o": order}, no_domains)["o"].choices
        without = route(kept, {"o": order}, no_domains)["o"].choices
        self.assertEqual(
            {kind: choice.value for kind, choice in with_all.items()},
            {kind: choice.value for kind, choice in without.items()},
        )

    @given(rule_lists(), facts)
    def test_a_rule_that_covers_another_fits_all_its_orders(self, rules, order):
        for wide in rules:
            for narrow in rules:
                if covers(wide, narrow) and narrow.failing(order) is None:
                    self.assertIsNone(wide.failing(order))

    @given(rule_lists(), facts)
    def test_a_rule_said_to_be_impossible_fits_no_order(self, rules, order):
        for rule in rules:
            if not is_possible(rule):
                self.assertIsNotNone(rule.failing(order))

    def test_a_rule_behind_a_wider_one_is_found(self):
        wide = Rule(1, (Condition("amount", "below", 50_000.0),), {"flow": 1})
        narrow = Rule(2, (Condition("amount", "below", 10_000.0),), {"flow": 2})
        [finding] = check([wide, narrow])
        self.assertEqual(
            (finding.code, finding.rule_id, finding.other_id), (UNREACHABLE, 2, 1)
        )
        self.assertEqual(check([narrow, wide]), [])

    def test_rules_that_fit_the_same_order_and_decide_differently_are_found(self):
        rush = Rule(1, (Condition("is_rush", "is", True),), {"flow": 1})
        large = Rule(2, (Condition("amount", "at_least", 10.0),), {"flow": 2})
        [finding] = check([rush, large])
        self.assertEqual((finding.code, finding.kinds), (OVERLAPS, ("flow",)))
        same = Rule(2, large.conditions, {"flow": 1})
        self.assertEqual(check([rush, same]), [])

    def test_limits_that_leave_nothing_between_are_found(self):
        rule = Rule(
            1,
            (Condition("amount", "at_least", 50.0), Condition("amount", "below", 50.0)),
            {"flow": 1},
        )
        self.assertEqual([f.code for f in check([rule])], [EMPTY_RANGE])


class TestAssign(BaseCase):
    @given(st.lists(st.integers(1, 9), min_size=1, unique=True), st.integers(0, 40))
    def test_turns_are_fair(self, pool, count):
        given_out = in_turns(pool, {}, count)
        counts = [given_out.count(person) for person in pool]
        self.assertLessEqual(max(counts) - min(counts), 1)
        self.assertEqual(len(given_out), count)

    def test_whoever_waited_longest_is_next(self):
        self.assertEqual(in_turns([1, 2, 3], {1: 30, 2: 10, 3: 20}, 2), [2, 3])
        self.assertEqual(in_turns([1, 2, 3], {1: 30, 2: 10}, 1), [3])

    @given(
        st.dictionaries(st.integers(1, 9), st.integers(0, 20), min_size=1),
        st.integers(0, 40),
    )
    def test_the_one_with_least_to_do_is_asked_each_time(self, load, count):
        now = dict(load)
        for person in least_loaded(list(load), load, count):
            self.assertEqual(now[person], min(now.values()))
            now[person] += 1

    def test_nobody_to_ask_gives_nobody(self):
        self.assertEqual(in_turns([], {}, 3), [])
        self.assertEqual(least_loaded([], {}, 3), [])

    def test_decisions_of_no_rule_are_none(self):
        self.assertEqual(decide([]), {})
