from datetime import datetime, timedelta

from hypothesis import strategies as st

from odoo.tests import BaseCase

from ..engine.credit import Demand, Grant, Standing, decide, drift, reaches
from .properties import given

NOW = datetime(2026, 3, 10, 15, 20)
amounts = st.integers(0, 100_000).map(float)
exposures = st.integers(-50_000, 300_000).map(float)


def grant(number, amount=50_000.0, **more):
    start, end = NOW - timedelta(hours=1), NOW + timedelta(hours=23)
    return Grant(number, amount, start, end, **more)


grants = st.lists(
    st.tuples(amounts, st.booleans()).map(
        lambda pair: grant(0, pair[0], single_use=pair[1])
    ),
    max_size=4,
).map(
    lambda found: tuple(
        Grant(n, g.amount, g.valid_from, g.valid_until, g.single_use)
        for n, g in enumerate(found, 1)
    )
)
standings = st.builds(
    Standing, limit=amounts, receivable=exposures, uninvoiced=amounts, grants=grants
)
demands = st.lists(amounts, max_size=6).map(
    lambda found: [Demand(n, amount) for n, amount in enumerate(found, 1)]
)


class TestEngineCredit(BaseCase):
    """What is left, what is asked for, what a temporary credit changes."""

    def dealer(self, *found):
        return Standing(limit=200_000, uninvoiced=187_700, grants=found)

    def test_12_300_left_is_not_enough_for_40_000(self):
        [verdict] = decide(self.dealer(), [Demand(1, 40_000)])
        self.assertFalse(verdict.ok)
        self.assertEqual(verdict.headroom, 12_300)
        self.assertEqual(verdict.missing, 27_700)

    def test_of_two_orders_of_45_000_the_temporary_credit_carries_one(self):
        for single in (False, True):
            standing = self.dealer(grant(7, single_use=single))
            one, two = decide(standing, [Demand(1, 45_000), Demand(2, 45_000)])
            self.assertTrue(one.ok)
            self.assertFalse(two.ok)
            self.assertEqual(one.used, (7,) if single else ())

    def test_a_single_use_credit_serves_the_order_it_is_bound_to_and_no_other(self):
        bound = self.dealer(grant(7, single_use=True, order_id=1))
        self.assertEqual(bound.headroom(1), 62_300)
        self.assertEqual(bound.headroom(2), 12_300)
        self.assertEqual(bound.headroom(), 12_300)

    def test_an_order_that_fits_without_it_leaves_the_single_use_credit_alone(self):
        standing = self.dealer(grant(7, single_use=True))
        [verdict] = decide(standing, [Demand(1, 12_300)])
        self.assertTrue(verdict.ok)
        self.assertEqual(verdict.used, ())

    def test_a_temporary_credit_holds_from_its_first_to_before_its_last_moment(self):
        given_ = grant(1)
        self.assertTrue(given_.holds(given_.valid_from))
        self.assertTrue(given_.holds(given_.valid_until - timedelta(microseconds=1)))
        self.assertFalse(given_.holds(given_.valid_until))
        self.assertFalse(given_.holds(given_.valid_from - timedelta(microseconds=1)))

    def test_an_order_of_nothing_passes_even_in_debt(self):
        self.assertTrue(reaches(-1.0, 0.0))

    @given(standings, demands, st.sampled_from([1.0, 1.2, 2.0]))
    def test_what_passed_never_takes_more_than_there_was(self, standing, asked, ratio):
        verdicts = decide(standing, asked, ratio)
        taken = sum(verdict.amount for verdict in verdicts if verdict.ok)
        everything = standing.limit + sum(g.amount for g in standing.grants)
        left = max(0.0, everything - standing.exposure)
        self.assertLessEqual(taken, left + 0.5)

    @given(standings, demands)
    def test_what_is_said_to_be_missing_is_exactly_enough(self, standing, asked):
        for verdict in decide(standing, asked):
            if not verdict.ok:
                more = grant(99, verdict.missing)
                helped = Standing(
                    verdict.standing.limit,
                    verdict.standing.receivable,
                    verdict.standing.uninvoiced,
                    verdict.standing.in_approval,
                    (*verdict.standing.grants, more),
                )
                again = decide(helped, [Demand(verdict.order_id, verdict.amount)])
                self.assertTrue(again[0].ok)

    @given(standings, demands)
    def test_no_single_use_credit_is_spent_twice(self, standing, asked):
        spent = [number for v in decide(standing, asked) for number in v.used]
        self.assertEqual(len(spent), len(set(spent)))

    @given(standings, amounts, st.integers(1, 5))
    def test_splitting_an_order_does_not_help(self, standing, amount, parts):
        [whole] = decide(standing, [Demand(1, amount)])
        pieces = [Demand(number, amount / parts) for number in range(1, parts + 1)]
        if all(verdict.ok for verdict in decide(standing, pieces)) and amount > 1:
            everything = standing.headroom()
            self.assertTrue(whole.ok or everything >= amount - 1)

    @given(st.dictionaries(st.tuples(amounts, amounts), st.tuples(amounts, amounts)))
    def test_equal_figures_do_not_drift(self, figures):
        self.assertEqual(drift(figures, dict(figures)), {})

    def test_a_cent_is_drift_and_a_missing_row_of_zeros_is_none(self):
        stored = {(1, 1): (10.0, 0.0), (2, 1): (0.0, 0.0)}
        self.assertEqual(
            drift(stored, {(1, 1): (10.01, 0.0)}),
            {(1, 1): ((10.0, 0.0), (10.01, 0.0))},
        )
