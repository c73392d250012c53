from datetime import date, timedelta

from hypothesis import strategies as st

from odoo.tests import BaseCase

from ..engine import sampling
from ..engine.sampling import Finish, Plan
from .properties import given

FIRST = date(2026, 3, 1)
DAYS = [FIRST + timedelta(days=each) for each in range(31)]

finishes_ = st.lists(
    st.builds(
        Finish,
        order=st.integers(1, 500),
        contact=st.integers(1, 40),
        day=st.sampled_from(DAYS),
        obstacle=st.sampled_from(["", "", "", "optout"]),
    ),
    max_size=80,
    unique_by=lambda finish: finish.order,
)
plans = st.builds(
    Plan,
    seed=st.text("abcdef0123456789", min_size=1, max_size=8),
    size=st.integers(1, 30),
    limit=st.floats(0, 1, exclude_min=True),
    rest_days=st.just(0),
)


def month(plan, finishes, **more):
    return sampling.draw(plan, finishes, DAYS, is_over=True, **more)


def asked(drawn):
    return {row.order for row in drawn if not row.obstacle}


class TestSampling(BaseCase):
    @given(finishes_, plans, st.randoms())
    def test_the_order_in_which_orders_come_in_decides_nothing(
        self, finishes, plan, random
    ):
        shuffled = random.sample(finishes, len(finishes))
        self.assertEqual(month(plan, finishes), month(plan, shuffled))

    @given(finishes_, plans)
    def test_as_many_are_asked_as_wanted_or_all_who_can_be(self, finishes, plan):
        reachable = sum(not finish.obstacle for finish in finishes)
        self.assertEqual(len(asked(month(plan, finishes))), min(plan.size, reachable))

    @given(finishes_, plans)
    def test_nobody_is_drawn_twice_and_none_who_cannot_be_asked_is_asked(
        self, finishes, plan
    ):
        drawn = month(plan, finishes)
        obstacles = {finish.order: finish.obstacle for finish in finishes}
        self.assertEqual(len(drawn), len({row.order for row in drawn}))
        self.assertFalse([row for row in drawn if obstacles[row.order] != row.obstacle])

    @given(finishes_, plans, st.lists(st.integers(0, 30), max_size=5))
    def test_a_job_that_missed_nights_draws_the_same(self, finishes, plan, breaks):
        """Draw in a few runs, each catching up, and with one run for each day."""
        stops = sorted({*breaks, 30})
        known, begin = [], 0
        for stop in stops:
            days = DAYS[begin : stop + 1]
            seen = [finish for finish in finishes if finish.day <= days[-1]]
            dates = {row.contact: row.day for row in known if not row.obstacle}
            known += sampling.draw(plan, seen, days, known, dates, is_over=stop == 30)
            begin = stop + 1
        self.assertEqual(known, month(plan, finishes))

    @given(finishes_, plans)
    def test_a_month_no_busier_than_expected_is_a_random_sample(self, finishes, plan):
        """Asked are exactly those of the smallest shares who can be asked."""
        limit = sampling.early_limit(plan.size, len(finishes))
        plan = Plan(plan.seed, plan.size, limit)
        ranked = sorted(
            sampling.share(plan.seed, finish.order)
            for finish in finishes
            if not finish.obstacle
        )
        drawn = [row.share for row in month(plan, finishes) if not row.obstacle]
        if sum(number < limit for number in ranked) <= plan.size:
            self.assertEqual(sorted(drawn), ranked[: plan.size])

    @given(finishes_, plans)
    def test_who_is_asked_before_the_month_is_over_is_asked_by_the_next_day(
        self, finishes, plan
    ):
        finished = {finish.order: finish.day for finish in finishes}
        for row in month(plan, finishes):
            early = row.share < plan.limit and row.day < DAYS[-1]
            self.assertGreaterEqual(row.day, finished[row.order])
            if not early:
                self.assertEqual(row.day, DAYS[-1])

    @given(finishes_, plans, st.integers(1, 40))
    def test_a_contact_is_left_alone_for_some_days(self, finishes, plan, rest):
        plan = Plan(plan.seed, plan.size, plan.limit, rest)
        last = {}
        for row in month(plan, finishes):
            if row.obstacle:
                continue
            before = last.get(row.contact)
            self.assertFalse(before and (row.day - before).days < rest)
            last[row.contact] = row.day

    def test_a_contact_asked_last_month_rests_in_this_one(self):
        plan = Plan("a", 5, 1.0, rest_days=14)
        late = FIRST - timedelta(days=3)
        finishes = [Finish(1, 7, FIRST), Finish(2, 8, FIRST)]
        drawn = sampling.draw(plan, finishes, [FIRST], asked={7: late})
        self.assertEqual(
            {row.order: row.obstacle for row in drawn}, {1: "resting", 2: ""}
        )

    def test_three_hundred_of_a_thousand_are_asked_most_of_them_at_once(self):
        finishes = [Finish(n, n, DAYS[n % 31]) for n in range(1, 1001)]
        plan = Plan("b", 300, sampling.early_limit(300, 1000))
        drawn = month(plan, finishes)
        early = [row for row in drawn if row.day == DAYS[row.order % 31]]
        self.assertEqual(len(drawn), 300)
        self.assertGreater(len(early), 200)
        busiest = max(sum(f.day == day for f in finishes) for day in DAYS)
        self.assertLess(busiest, 40)

    def test_an_order_of_a_busy_day_has_the_same_chance_as_one_of_a_quiet_day(self):
        """Half of the month's orders finish on its last three days."""
        finishes = [
            Finish(n, n, DAYS[n % 28] if n <= 500 else DAYS[28 + n % 3])
            for n in range(1, 1001)
        ]
        late = 0
        for seed in range(20):
            plan = Plan(str(seed), 300, sampling.early_limit(300, 1000))
            late += sum(row.order > 500 for row in month(plan, finishes))
        self.assertAlmostEqual(late / (20 * 300), 0.5, delta=0.05)

    def test_a_month_twice_as_busy_as_any_before_asks_no_more_than_wanted(self):
        finishes = [Finish(n, n, DAYS[n % 31]) for n in range(1, 2001)]
        plan = Plan("c", 300, sampling.early_limit(300, 600))
        drawn = month(plan, finishes)
        self.assertEqual(len(drawn), 300)

    def test_another_month_draws_others(self):
        finishes = [Finish(n, n, DAYS[0]) for n in range(1, 301)]
        one = asked(month(Plan("2026-03", 50, 1.0), finishes))
        other = asked(month(Plan("2026-04", 50, 1.0), finishes))
        self.assertLess(len(one & other), 25)

    @given(st.text(max_size=20), st.integers(0, 2**31))
    def test_a_share_lies_between_zero_and_one_and_never_changes(self, seed, order):
        number = sampling.share(seed, order)
        self.assertTrue(0 <= number < 1)
        self.assertEqual(number, sampling.share(seed, order))
