"""How good the calls were: what counts as late, as a call, as a miss."""

import doctest
import json
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.order_hub.tests.properties import given

from ..engine import scores
from ..engine.scores import CALLERS, CELLS, Outcome, Row, Terms, verdicts

PROMISED = datetime(2026, 3, 10, 10, 0)
NOW = datetime(2026, 5, 1)
TERMS = Terms()


def before(hours, **values):
    """A row so many hours before the promise."""
    row = Row(1, PROMISED - timedelta(hours=hours), "green")
    return replace(row, **values)


def outcome(late=0.0, **values):
    delivered = PROMISED + timedelta(hours=late)
    return replace(Outcome(1, PROMISED, delivered), **values)


def one(rows, result=None, terms=TERMS, now=NOW):
    return scores.verdict(rows, result or outcome(1), terms, now)


HOURS = st.integers(-2000, 2000)
ROWS = st.lists(
    st.builds(
        Row,
        st.integers(1, 12),
        HOURS.map(lambda hours: PROMISED + timedelta(hours=hours)),
        st.sampled_from(["green", "yellow", "red"]),
        st.none() | st.booleans(),
        st.none() | st.booleans(),
    ),
    max_size=60,
)
OUTCOMES = st.lists(
    st.builds(
        Outcome,
        st.integers(1, 12),
        HOURS.map(lambda hours: PROMISED + timedelta(hours=hours)),
        st.none() | HOURS.map(lambda hours: PROMISED + timedelta(hours=hours)),
        st.booleans(),
    ),
    max_size=20,
)


class TestEngineScores(BaseCase):
    def test_the_examples_in_the_docstrings_hold(self):
        self.assertFalse(doctest.testmod(scores).failed)

    # === ONE ORDER === #

    def test_late_is_after_the_promise_and_its_grace(self):
        terms = Terms(grace_hours=4)
        found = [
            scores.is_late(outcome(hours), terms, NOW) for hours in (-5, 0, 4, 4.1)
        ]
        self.assertEqual(found, [False, False, False, True])

    def test_not_delivered_is_late_only_when_the_promise_is_over(self):
        waiting = outcome(delivered=None)
        early = PROMISED - timedelta(hours=1)
        self.assertIsNone(scores.is_late(waiting, TERMS, early))
        self.assertTrue(scores.is_late(waiting, TERMS, NOW))

    def test_a_cancelled_order_says_nothing(self):
        self.assertIsNone(one([before(60)], outcome(5, is_cancelled=True)))

    def test_a_call_two_days_ahead_of_a_late_order_is_a_hit(self):
        found = one([before(48, colour="red")])
        self.assertEqual(found.cell("red"), "hit")
        self.assertEqual(found.leads["red"], 48)

    def test_a_call_later_than_two_days_ahead_is_none(self):
        found = one([before(60), before(47, colour="red")])
        self.assertEqual(found.cell("red"), "miss")

    def test_yellow_is_a_call_of_its_own_kind(self):
        found = one([before(60, colour="yellow")])
        self.assertEqual((found.cell("any"), found.cell("red")), ("hit", "miss"))

    def test_an_order_that_nobody_could_have_called_is_counted_apart(self):
        found = one([before(20, colour="red")])
        self.assertEqual({found.cell(caller) for caller in CALLERS}, {"unseen"})

    def test_the_lead_is_that_of_the_run_that_holds_at_the_deadline(self):
        rows = [
            before(240, colour="red"),
            before(216),
            before(96, colour="red"),
            before(72, colour="red"),
            before(50, colour="red"),
            before(24),
        ]
        self.assertEqual(one(rows[::-1]).leads["red"], 96)

    def test_a_call_that_was_taken_back_and_came_out_well_is_averted(self):
        rows = [before(96, colour="red"), before(60)]
        good, bad = one(rows, outcome(-1)), one(rows, outcome(1))
        self.assertEqual((good.cell("red"), good.is_averted("red")), ("quiet", True))
        self.assertEqual((bad.cell("red"), bad.is_averted("red")), ("miss", False))

    def test_the_plain_rule_calls_above_a_mean_that_rests_on_enough(self):
        found = [
            scores.rule_calls(*figures)
            for figures in ((13.1, 10, 10), (13, 10, 10), (99, 10, 9), (99, None, 0))
        ]
        self.assertEqual(found, [True, False, None, None])

    # === MANY ORDERS === #

    def test_last_month_reads_as_in_the_field(self):
        """37 called, 29 of them late, 5 late ones missed; the rule 24 and 10."""
        rows, outcomes = [], []
        for n in range(100):
            called, late = n < 37, n < 29 or 37 <= n < 42
            by_rule = n < 24
            row = before(72, order=n, colour="red" if called else "green", rule=by_rule)
            rows += [row, replace(row, at=row.at + timedelta(hours=24))]
            outcomes.append(outcome(5 if late else -5, order=n))
        found = scores.compare(verdicts(rows, outcomes, TERMS, NOW))
        red, rule = found["red"], found["rule"]
        self.assertEqual((red.calls, red.hits, red.misses), (37, 29, 5))
        self.assertEqual((rule.hits, rule.misses), (24, 10))
        self.assertAlmostEqual(red.precision, 29 / 37)
        self.assertAlmostEqual(red.recall, 29 / 34)
        self.assertAlmostEqual(red.f1, 2 * 29 / (37 + 34))
        self.assertEqual(red.as_json()["lead_median"], 72)
        self.assertNotIn("model", found)

    @given(ROWS, OUTCOMES, st.integers(0, 100))
    def test_each_order_counts_once_for_each_caller(self, rows, outcomes, lead):
        found = verdicts(rows, outcomes, Terms(lead), NOW)
        ids = [each.order for each in found]
        self.assertEqual(len(ids), len(set(ids)))
        self.assertEqual(ids, sorted(ids))
        for caller in CALLERS:
            named = [
                order for cell in CELLS for order in scores.orders(found, caller, cell)
            ]
            self.assertEqual(sorted(named), ids)

    @given(ROWS, OUTCOMES)
    def test_the_counts_add_up(self, rows, outcomes):
        found = verdicts(rows, outcomes, TERMS, NOW)
        late = sum(each.is_late and each.leads is not None for each in found)
        for caller, figures in scores.compare(found).items():
            self.assertEqual(figures.judged + figures.unseen, len(found))
            self.assertEqual(figures.hits + figures.misses, late)
            self.assertEqual(len(figures.leads), figures.hits)
            self.assertLessEqual(figures.averted, figures.quiet)
            self.assertTrue(all(lead >= TERMS.lead_hours for lead in figures.leads))
            self.assertEqual(figures.hits, len(scores.orders(found, caller, "hit")))
            json.dumps(figures.as_json())

    @given(ROWS, OUTCOMES)
    def test_saying_the_same_every_night_twice_changes_nothing(self, rows, outcomes):
        self.assertEqual(
            verdicts(rows, outcomes, TERMS, NOW),
            verdicts(rows[::-1] + rows, outcomes, TERMS, NOW),
        )

    @given(ROWS, OUTCOMES)
    def test_red_or_yellow_never_misses_what_red_finds(self, rows, outcomes):
        found = verdicts(rows, outcomes, TERMS, NOW)
        red, either = (scores.score(found, caller) for caller in ("red", "any"))
        self.assertGreaterEqual(either.hits, red.hits)
        self.assertGreaterEqual(either.calls, red.calls)

    @given(ROWS, OUTCOMES, st.sampled_from(["day", "month"]))
    def test_every_order_lies_in_exactly_one_period(self, rows, outcomes, period):
        found = verdicts(rows, outcomes, TERMS, NOW)
        groups = scores.periods(found, period, "Asia/Shanghai")
        self.assertEqual(
            sorted(each.order for group in groups.values() for each in group),
            [each.order for each in found],
        )
        self.assertEqual(list(groups), sorted(groups))

    def test_a_day_is_that_of_the_company(self):
        late = datetime(2026, 2, 28, 16, 30)
        rows = [scores.Verdict(1, late, True, {})]
        for tz, day, month in (
            ("UTC", "2026-02-28", "2026-02"),
            ("Asia/Shanghai", "2026-03-01", "2026-03"),
            ("America/New_York", "2026-02-28", "2026-02"),
        ):
            self.assertEqual(list(scores.periods(rows, "day", tz)), [day])
            self.assertEqual(list(scores.periods(rows, "month", tz)), [month])

    def test_the_day_on_which_clocks_change_is_one_day(self):
        first, last = datetime(2026, 3, 28, 23, 0), datetime(2026, 3, 29, 21, 59)
        rows = [scores.Verdict(n, at, True, {}) for n, at in enumerate((first, last))]
        self.assertEqual(
            list(scores.periods(rows, "day", "Europe/Berlin")), ["2026-03-29"]
        )

    def test_without_calls_there_is_no_precision_and_not_zero(self):
        figures = scores.score([], "red")
        self.assertEqual(
            (figures.precision, figures.recall, figures.f1), (None, None, None)
        )
        self.assertIsNone(figures.as_json()["precision_range"])

    def test_the_model_is_compared_only_where_it_was_on_for_all(self):
        rows = [before(60, order=n, model=True if n else None) for n in (0, 1)]
        outcomes = [outcome(1, order=n) for n in (0, 1)]
        found = verdicts(rows, outcomes, TERMS, NOW)
        self.assertNotIn("model", scores.compare(found))
        self.assertEqual(scores.compare(found[1:])["model"].hits, 1)

    @given(st.integers(0, 500), st.integers(1, 500))
    def test_an_interval_holds_its_share_and_narrows_with_figures(self, hits, more):
        total = hits + more
        low, high = scores.interval(hits, total)
        self.assertTrue(0 <= low <= hits / total <= high <= 1)
        wide = scores.interval(hits * 4, total * 4)
        self.assertLess(wide[1] - wide[0], high - low)
