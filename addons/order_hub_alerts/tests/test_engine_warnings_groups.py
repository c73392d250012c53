"""What is silent because its cause is known, and one notice for a group."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta, timezone

from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.order_hub.tests.properties import given

from ..engine.grouping import FIRST, Member, Told, bundle, group_key
from ..engine.inhibition import Change, Silent, changes, loop, silenced, tokens

NOW = datetime(2026, 3, 16, 6, 0, tzinfo=timezone.utc)


def later(minutes):
    return NOW + timedelta(minutes=minutes)


class TestLoops(BaseCase):
    def test_a_circle_is_found_and_named(self):
        self.assertEqual(loop({1: [2], 2: [3], 3: [1]}), (1, 2, 3, 1))
        self.assertEqual(loop({1: [1]}), (1, 1))
        self.assertEqual(loop({5: [1], 1: [2], 2: [1]}), (1, 2, 1))

    def test_two_ways_to_one_consequence_are_no_circle(self):
        self.assertEqual(loop({1: [2, 3], 2: [4], 3: [4]}), ())
        self.assertEqual(loop({}), ())

    def test_a_long_chain_is_no_trouble(self):
        edges = {n: [n + 1] for n in range(5000)}
        self.assertEqual(loop(edges), ())

    def test_a_circle_is_refused_when_silencing(self):
        with self.assertRaises(ValueError):
            silenced([], {1: [2], 2: [1]})

    @given(st.dictionaries(st.integers(0, 8), st.frozensets(st.integers(0, 8))))
    def test_a_circle_is_found_exactly_where_there_is_one(self, edges):
        reach = {rule: set(after) for rule, after in edges.items()}
        for _round in range(9):
            for after in reach.values():
                for other in list(after):
                    after |= reach.get(other, set())
        found = loop(edges)
        self.assertEqual(bool(found), any(r in after for r, after in reach.items()))
        for one, other in zip(found, found[1:], strict=False):
            self.assertIn(other, edges[one])


#: Stage blocked → late → promise at risk.
CHAIN = {1: [2], 2: [3]}


def silent(number, rule, order=7, **values):
    about = tokens("sale.order", order)
    return Silent(**{"id": number, "rule": rule, "tokens": about, **values})


class TestInhibition(BaseCase):
    def test_the_blocked_stage_silences_what_follows_from_it(self):
        rows = [silent(10, 1), silent(20, 2), silent(30, 3)]
        self.assertEqual(silenced(rows, CHAIN), {20: 10, 30: 10})

    def test_another_order_speaks(self):
        rows = [silent(10, 1), silent(20, 2, order=8)]
        self.assertEqual(silenced(rows, CHAIN), {})

    def test_another_company_speaks_and_no_company_meets_all(self):
        cause = silent(10, 1, company=1)
        for company, found in ((1, {20: 10}), (2, {}), (0, {20: 10})):
            rows = [cause, silent(20, 2, company=company)]
            self.assertEqual(silenced(rows, CHAIN), found)
        rows = [silent(10, 1, company=0), silent(20, 2, company=5)]
        self.assertEqual(silenced(rows, CHAIN), {20: 10})

    def test_the_line_that_stands_silences_its_orders(self):
        line = Silent(10, 1, tokens("mrp.workcenter", 3))
        group = group_key("workcenter", 2, 3)
        late = Silent(20, 2, tokens("mrp.workorder", 9, 7, group))
        self.assertEqual(silenced([line, late], CHAIN), {20: 10})

    def test_a_line_of_the_order_is_about_the_order(self):
        line = Silent(20, 2, tokens("sale.order.line", 70, order_id=7))
        self.assertEqual(silenced([silent(10, 1), line], CHAIN), {20: 10})

    def test_the_gravest_cause_counts_and_then_the_oldest(self):
        edges = {1: [3], 2: [3]}
        rows = [silent(10, 1), silent(20, 2, severity="critical"), silent(30, 3)]
        self.assertEqual(silenced(rows, edges), {30: 20})
        rows = [silent(11, 1), silent(10, 1), silent(30, 3)]
        self.assertEqual(silenced(rows, edges), {30: 10})

    def test_a_cause_that_somebody_has_or_that_rests_still_silences(self):
        for state, found in (
            ("acknowledged", {20: 10}),
            ("snoozed", {20: 10}),
            ("pending", {}),
            ("resolved", {}),
        ):
            rows = [silent(10, 1, state=state), silent(20, 2)]
            self.assertEqual(silenced(rows, CHAIN), found, state)

    def test_it_comes_back_when_the_cause_has_gone(self):
        rows = [silent(10, 1), silent(20, 2)]
        first = changes(rows, CHAIN)
        self.assertEqual((first.silenced, first.released), ({20: 10}, ()))
        quiet = silent(20, 2, inhibited_by=10)
        again = changes([rows[0], quiet], CHAIN)
        self.assertEqual((again.silenced, again.released), ({}, ()))
        gone = changes([quiet], CHAIN)
        self.assertEqual((gone.silenced, gone.released), ({}, (20,)))

    def test_when_the_root_has_gone_the_next_cause_takes_over(self):
        rows = [silent(20, 2, inhibited_by=10), silent(30, 3, inhibited_by=10)]
        found = changes(rows, CHAIN)
        self.assertEqual((found.silenced, found.released), ({30: 20}, (20,)))

    def test_one_cause_silences_ten_thousand_consequences(self):
        group = group_key("customer", 1, 5)
        rows = [Silent(n, 1, tokens("sale.order", n, 0, group)) for n in range(1, 5000)]
        rows += [
            Silent(n, 2, tokens("sale.order", n, 0, group)) for n in range(5000, 15_000)
        ]
        self.assertEqual(set(silenced(rows, CHAIN).values()), {1})

    @given(
        st.lists(
            st.tuples(
                st.integers(1, 5),
                st.integers(1, 3),
                st.integers(0, 2),
                st.sampled_from(["open", "snoozed", "pending", "resolved"]),
            ),
            max_size=25,
        ),
        st.frozensets(
            st.tuples(st.integers(1, 5), st.integers(1, 5)).filter(
                lambda edge: edge[0] < edge[1]
            )
        ),
    )
    def test_somebody_always_hears_of_the_root(self, rows, pairs):
        edges = {}
        for cause, effect in pairs:
            edges.setdefault(cause, []).append(effect)
        warnings = [
            silent(n, rule, order, company=company, state=state)
            for n, (rule, order, company, state) in enumerate(rows, 1)
        ]
        by_id = {one.id: one for one in warnings}
        found = silenced(warnings, edges)
        for effect, root in found.items():
            self.assertNotIn(root, found)
            self.assertIn(by_id[root].state, ("open", "snoozed"))
            self.assertNotIn(by_id[effect].state, ("pending", "resolved"))
        written = {one.id: found.get(one.id, 0) for one in warnings}
        stored = [replace(one, inhibited_by=written[one.id]) for one in warnings]
        self.assertEqual(changes(stored, edges), Change({}, ()))


LINE = group_key("workcenter", 1, 3)


class TestGroups(BaseCase):
    def test_forty_orders_behind_one_line_are_one_notice(self):
        rows = [Member(n, 1, LINE) for n in range(40)]
        (notice,) = bundle(rows, {}, NOW).now
        self.assertEqual(notice.ids, tuple(range(40)))

    def test_lines_rules_and_reasons_are_kept_apart(self):
        rows = [
            Member(1, 1, LINE),
            Member(2, 1, group_key("workcenter", 1, 4)),
            Member(3, 2, LINE),
            Member(4, 1, LINE, why="step,30"),
        ]
        self.assertEqual(len(bundle(rows, {}, NOW).now), 4)

    def test_without_a_group_each_is_told_alone_and_at_once(self):
        rows = [Member(1, 1), Member(2, 1)]
        told = {(1, "", FIRST): Told(NOW)}
        found = bundle(rows, told, NOW)
        self.assertEqual([row.ids for row in found.now], [(1,), (2,)])
        self.assertEqual(found.later, {})

    def test_who_joins_waits_for_the_rest_of_the_pause(self):
        told = {(1, LINE, FIRST): Told(NOW)}
        rows = [Member(41, 1, LINE), Member(42, 1, LINE)]
        found = bundle(rows, told, later(29))
        self.assertEqual(
            (found.now, found.later), ((), dict.fromkeys((41, 42), later(30)))
        )
        (notice,) = bundle(rows, told, later(30)).now
        self.assertEqual(notice.ids, (41, 42))

    def test_what_is_graver_than_what_was_told_does_not_wait(self):
        told = {(1, LINE, FIRST): Told(NOW)}
        rows = [Member(41, 1, LINE), Member(42, 1, LINE, "critical")]
        (notice,) = bundle(rows, told, later(1)).now
        self.assertEqual(notice.ids, (42, 41))
        self.assertEqual(notice.severity, "critical")

    def test_groups_have_names_that_inhibition_understands(self):
        self.assertEqual(LINE, "mrp.workcenter,3")
        self.assertEqual(group_key("none", 1, 3), "")
        self.assertEqual(group_key("rule", 1), "order.hub.warning.rule,1")
        self.assertEqual(group_key("stage", 1, None), "")
        with self.assertRaises(KeyError):
            group_key("weather", 1, 3)

    @given(
        st.lists(
            st.builds(
                Member,
                st.integers(1, 60),
                st.integers(1, 3),
                st.sampled_from(["", "a,1", "a,2"]),
                st.sampled_from(["critical", "warning", "info"]),
                st.sampled_from([FIRST, "step,30"]),
            ),
            max_size=60,
            unique_by=lambda member: member.id,
        ),
        st.lists(st.integers(-40, 0), min_size=18, max_size=18),
    )
    def test_each_warning_is_told_once_now_or_has_a_moment(self, members, moments):
        keys = sorted({member.key for member in members})
        told = {key: Told(later(at)) for key, at in zip(keys, moments, strict=False)}
        found = bundle(members, told, NOW)
        heard = Counter(id_ for row in found.now for id_ in row.ids)
        heard.update(list(found.later))
        self.assertEqual(heard, Counter(member.id for member in members))
        for at in found.later.values():
            self.assertGreater(at, NOW)
        self.assertEqual(found, bundle(members[::-1], told, NOW))
        again = bundle(members, told, later(60))
        self.assertEqual(again.later, {})
