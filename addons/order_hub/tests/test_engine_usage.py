from datetime import date

from hypothesis import strategies as st

from odoo.tests import BaseCase

from ..engine import usage as engine
from ..engine.netting import FIRM, FORECAST, KINDS, PLANNED, Need, net
from ..engine.usage import DOWN, GONE, NEW, UP, Facts
from .properties import given

WEEKS = 8
quantities = st.integers(0, 400).map(lambda tenths: tenths / 4)
needs_strategy = st.lists(
    st.builds(
        Need,
        day=st.integers(-14, WEEKS * 7 - 1),
        kind=st.sampled_from(KINDS),
        quantity=quantities,
    ),
    max_size=25,
)
arrivals_strategy = st.dictionaries(st.integers(-2, 12), quantities, max_size=6)


def total(rows, kind=None):
    return sum(
        row.quantity if isinstance(row, Need) else row.open
        for row in rows
        if kind in (None, row.kind if isinstance(row, Need) else row.need.kind)
    )


class TestEngineNetting(BaseCase):
    # === ANY NEEDS, ANY SUPPLY === #

    @given(needs_strategy, quantities, arrivals_strategy)
    def test_nothing_is_lost_and_nothing_taken_twice(self, needs, stock, arrivals):
        found = net(needs, stock, arrivals)
        supply = stock + sum(arrivals.values())
        used = sum(row.in_time + row.late for row in found)
        self.assertAlmostEqual(total(needs), used + total(found), places=5)
        self.assertAlmostEqual(used, min(supply, total(needs)), places=5)

    @given(needs_strategy, quantities, arrivals_strategy)
    def test_nothing_is_negative_and_nothing_above_the_need(
        self, needs, stock, arrivals
    ):
        for row in net(needs, stock, arrivals):
            self.assertGreaterEqual(min(row.in_time, row.late, row.open), 0)
            self.assertLessEqual(row.in_time + row.late, row.need.quantity + 1e-6)

    @given(needs_strategy, quantities, arrivals_strategy)
    def test_firm_needs_are_served_before_planned_before_forecast(
        self, needs, stock, arrivals
    ):
        found, supply = net(needs, stock, arrivals), stock + sum(arrivals.values())
        for kind in KINDS:
            wanted = total(needs, kind)
            self.assertAlmostEqual(
                total(found, kind), max(0.0, wanted - supply), places=5
            )
            supply = max(0.0, supply - wanted)

    @given(needs_strategy, quantities, arrivals_strategy, quantities)
    def test_more_stock_never_leaves_more_open(self, needs, stock, arrivals, more):
        less, enough = net(needs, stock, arrivals), net(needs, stock + more, arrivals)
        for kind in KINDS:
            self.assertLessEqual(total(enough, kind), total(less, kind) + 1e-6)

    @given(needs_strategy, quantities, arrivals_strategy)
    def test_stock_alone_is_never_late(self, needs, stock, _arrivals):
        self.assertFalse(sum(row.late for row in net(needs, stock, {})))

    @given(needs_strategy, arrivals_strategy)
    def test_the_order_of_the_needs_does_not_matter(self, needs, arrivals):
        def by_week(rows):
            sums = {}
            for row in net(rows, 20, arrivals):
                key = (row.need.kind, row.need.week)
                sums[key] = round(sums.get(key, 0) + row.open, 5)
            return sums

        self.assertEqual(by_week(needs), by_week(list(reversed(needs))))

    @given(needs_strategy, arrivals_strategy)
    def test_needs_of_a_week_may_be_added_up(self, needs, arrivals):
        sums = {}
        for need in needs:
            key = (need.week, need.kind)
            sums[key] = sums.get(key, 0) + need.quantity
        added = [Need(7 * week, kind, total) for (week, kind), total in sums.items()]
        for part in ("in_time", "late", "open"):
            for kind in KINDS:
                found = [
                    sum(
                        getattr(row, part)
                        for row in net(rows, 20, arrivals)
                        if row.need.kind == kind
                    )
                    for rows in (needs, added)
                ]
                self.assertAlmostEqual(*found, places=5)

    # === SINGLE CASES === #

    def test_an_order_that_comes_too_late_is_not_placed_again(self):
        [row] = net([Need(7, FIRM, 10)], 0, {4: 10})
        self.assertEqual((row.open, row.late), (0, 10))

    def test_a_late_order_serves_the_week_it_was_meant_for(self):
        early, late = net([Need(0, FIRM, 10), Need(28, FIRM, 10)], 0, {4: 10})
        self.assertEqual((early.open, late.open), (10, 0))

    def test_what_is_there_early_stays_for_who_needs_it_early(self):
        firm, planned = net([Need(35, FIRM, 10), Need(0, PLANNED, 10)], 10, {5: 10})
        self.assertEqual((firm.late, planned.late, planned.in_time), (0, 0, 10))

    def test_missing_stock_is_owed_out_of_what_arrives(self):
        [row] = net([Need(14, FIRM, 10)], -4, {1: 10})
        self.assertEqual(row.open, 4)


class TestEngineUsage(BaseCase):
    """Item 1 goes into 10 (2 pieces each), 10 into 20 (1 piece each)."""

    STRUCTURE = {10: [(1, 2.0)], 20: [(10, 1.0)]}

    def _weeks(self, kind=FIRM, item=1, **facts):
        facts.setdefault("structure", self.STRUCTURE)
        return engine.usage(Facts(**facts), [item], WEEKS)[item].net[kind]

    @given(needs_strategy, quantities, quantities, quantities)
    def test_stock_on_any_level_is_taken_once(self, needs, top, middle, bottom):
        stock = {20: top, 10: middle, 1: bottom}
        found = sum(
            sum(self._weeks(kind, needs={20: needs}, stock=stock)) for kind in KINDS
        )
        left = max(0.0, max(0.0, total(needs) - top) - middle)
        self.assertAlmostEqual(found, max(0.0, 2 * left - bottom), places=4)

    def test_a_made_product_needs_its_components_earlier(self):
        weeks = self._weeks(needs={10: [Need(28, FIRM, 5)]}, lead={10: 10})
        self.assertEqual(weeks, [0, 0, 10, 0, 0, 0, 0, 0])

    def test_what_manufacturing_orders_make_needs_nothing_more(self):
        needs = {10: [Need(14, FIRM, 5)], 1: [Need(7, FIRM, 10)]}
        weeks = self._weeks(needs=needs, arrivals={10: {1: 5}})
        self.assertEqual(weeks, [0, 10, 0, 0, 0, 0, 0, 0])

    def test_a_frozen_need_follows_what_it_is_frozen_on(self):
        needs = {20: [Need(0, FIRM, 1, pin=7), Need(0, FIRM, 1)]}
        frozen = {7: {20: [(10, 1.0)], 10: [(1, 5.0)]}}
        self.assertEqual(self._weeks(needs=needs, frozen=frozen)[0], 7)

    def test_a_forecast_is_used_up_by_orders_of_the_week(self):
        needs = {1: [Need(8, FIRM, 30), Need(15, PLANNED, 80)]}
        facts = {"needs": needs, "forecast": {1: {1: 50, 2: 50, 3: 50}}}
        self.assertEqual(self._weeks(FORECAST, **facts)[:4], [0, 20, 0, 50])

    def test_a_forecast_of_what_is_made_is_one_of_its_components(self):
        facts = {"needs": {}, "forecast": {20: {2: 3}}, "usual": {1: 9.0}}
        self.assertEqual(self._weeks(FORECAST, **facts)[:4], [0, 0, 6, 0])

    def test_without_any_forecast_the_past_is_the_estimate(self):
        facts = {"needs": {1: [Need(0, FIRM, 4)]}, "usual": {1: 9.0}}
        self.assertEqual(self._weeks(FORECAST, **facts), [5] + [9] * 7)

    def test_what_is_overdue_is_needed_this_week(self):
        self.assertEqual(self._weeks(needs={1: [Need(-30, FIRM, 4)]})[0], 4)

    def test_what_is_needed_after_the_horizon_takes_nothing_from_it(self):
        needs = {1: [Need(WEEKS * 7, FIRM, 50), Need(0, FORECAST, 5)]}
        weeks = self._weeks(FORECAST, needs=needs, stock={1: 5})
        self.assertEqual(sum(weeks), 0)

    def test_a_product_that_contains_itself_ends(self):
        structure = {10: [(1, 1.0), (20, 1.0)], 20: [(10, 1.0)]}
        facts = {"needs": {20: [Need(0, FIRM, 1)]}, "structure": structure}
        self.assertGreaterEqual(self._weeks(**facts)[0], 0)

    # === WEEKS, SHARES === #

    def test_weeks_begin_on_monday_over_the_turn_of_the_year(self):
        found = engine.mondays(date(2027, 1, 3), 2)
        self.assertEqual(found, [date(2026, 12, 28), date(2027, 1, 4)])

    def test_nonsense_asked_for_is_the_usual_horizon(self):
        for asked, weeks in ((None, 8), ("x", 8), ("9", 9), (1, 8), (999, 26)):
            self.assertEqual(engine.clamp_weeks(asked), weeks)

    @given(st.lists(st.tuples(st.integers(1, 5), st.integers(-20, 150))))
    def test_nobody_is_counted_on_for_more_than_everything(self, sellers):
        found = engine.shares(sellers)
        self.assertLessEqual(sum(found.values()), 1 + 1e-9)
        self.assertTrue(all(0 <= share <= 1 for share in found.values()))

    def test_without_shares_the_first_seller_has_all(self):
        self.assertEqual(engine.shares([(3, 0), (4, 0)]), {3: 1.0, 4: 0.0})

    def test_shares_are_taken_as_they_are_given(self):
        self.assertEqual(engine.shares([(3, 60), (4, 20)]), {3: 0.6, 4: 0.2})

    # === CHANGES === #

    def test_changes_are_said_by_kind(self):
        before = {"a": 0, "b": 5, "c": 5, "d": 5, "e": 5}
        now = {"a": 5, "b": 0, "c": 7, "d": 3, "e": 5}
        found = engine.changes(before, now, 0.01)
        self.assertEqual(
            {week: change.kind for week, change in found.items()},
            {"a": NEW, "b": GONE, "c": UP, "d": DOWN},
        )

    def test_a_week_that_passed_or_came_into_sight_is_no_change(self):
        self.assertFalse(engine.changes({"a": 5}, {"b": 5}, 0.01))

    @given(
        st.dictionaries(st.sampled_from("abcd"), quantities),
        st.dictionaries(st.sampled_from("abcd"), quantities),
    )
    def test_changes_lead_from_before_to_now(self, before, now):
        for week, change in engine.changes(before, now, 0.01).items():
            self.assertAlmostEqual(before[week] + change.difference, now[week])
