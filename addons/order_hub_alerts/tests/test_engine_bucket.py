"""How fast a robot talks, and when it talks again."""

import json
from datetime import datetime, timedelta, timezone

from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.order_hub.tests.properties import given

from ..engine import backoff, bucket
from ..engine.backoff import History
from ..engine.bucket import Limit, Limits
from ..engine.robots.outcome import (
    BROKEN,
    DOWN,
    KINDS,
    REFUSED,
    SENT,
    THROTTLED,
    TOO_LONG,
    UNSURE,
    Outcome,
)

NOW = datetime(2026, 3, 16, 1, 30)
PLATFORMS = {
    "dingtalk": bucket.DINGTALK,
    "wecom": bucket.WECOM,
    "feishu": bucket.FEISHU,
    "webhook": bucket.WEBHOOK,
}
SMALL = Limits((Limit(5, 10.0), Limit(2, 1.0)), block=30.0, margin=0.0)


def later(seconds):
    return NOW + timedelta(seconds=seconds)


def stored(state):
    """The state as another worker reads it from the database."""
    return json.loads(json.dumps(state))


class TestBucket(BaseCase):
    def test_documented_limits_are_kept_to_the_message(self):
        for name, limits in PLATFORMS.items():
            with self.subTest(name):
                grant = bucket.take(None, limits, NOW, 500)
                self.assertEqual(grant.count, limits.most)
                self.assertEqual(bucket.take(grant.state, limits, NOW).count, 0)

    def test_a_full_minute_later_everything_is_free_again(self):
        grant = bucket.take(None, bucket.DINGTALK, NOW, 20)
        self.assertAlmostEqual(bucket.wait(grant.state, bucket.DINGTALK, NOW), 61.0)
        self.assertEqual(bucket.free(grant.state, bucket.DINGTALK, later(60)), 0)
        self.assertEqual(bucket.free(grant.state, bucket.DINGTALK, later(61)), 20)

    def test_what_goes_within_a_minute_counts_long_windows_only(self):
        state = bucket.take(None, bucket.FEISHU, NOW, 5).state
        self.assertEqual(bucket.free(state, bucket.FEISHU, NOW), 0)
        self.assertEqual(bucket.soon(state, bucket.FEISHU, NOW), 95)
        state = bucket.take(None, bucket.DINGTALK, NOW, 7).state
        self.assertEqual(bucket.soon(state, bucket.DINGTALK, NOW), 13)
        state = bucket.block(state, bucket.DINGTALK, NOW)
        self.assertEqual(bucket.soon(state, bucket.DINGTALK, later(30)), 0)

    def test_a_second_and_a_minute_hold_together(self):
        state, sent = None, 0
        for tenth in range(600):
            grant = bucket.take(state, bucket.FEISHU, later(tenth / 10), 9)
            state, sent = stored(grant.state), sent + grant.count
        self.assertEqual(sent, 100)

    def test_after_a_block_nothing_goes_until_it_is_over(self):
        state = bucket.block(None, bucket.DINGTALK, NOW)
        self.assertEqual(bucket.take(state, bucket.DINGTALK, later(599)).count, 0)
        self.assertEqual(bucket.wait(state, bucket.DINGTALK, later(590)), 10.0)
        self.assertEqual(bucket.take(state, bucket.DINGTALK, later(600)).count, 1)

    def test_a_shorter_block_does_not_end_a_longer_one(self):
        state = bucket.block(None, bucket.DINGTALK, NOW)
        state = bucket.block(state, bucket.DINGTALK, later(1), 5)
        self.assertEqual(bucket.wait(state, bucket.DINGTALK, NOW), 600.0)

    def test_a_person_may_lift_a_block_but_not_the_limit(self):
        state = bucket.take(None, bucket.WECOM, NOW, 15).state
        state = bucket.unblock(
            bucket.block(state, bucket.WECOM, NOW), bucket.WECOM, NOW
        )
        self.assertEqual(bucket.free(state, bucket.WECOM, NOW), 5)

    def test_a_clock_put_back_costs_one_window_at_most(self):
        state = bucket.take(None, bucket.WECOM, later(7200), 20).state
        self.assertEqual(bucket.wait(state, bucket.WECOM, NOW), 61.0)

    def test_naive_moments_are_utc(self):
        aware = NOW.replace(tzinfo=timezone.utc)
        self.assertEqual(
            bucket.take(None, bucket.WECOM, NOW), bucket.take(None, bucket.WECOM, aware)
        )

    def test_a_state_that_cannot_be_read_counts_as_none(self):
        for state in (
            {},
            [],
            "x",
            {"taken": 7, "blocked_until": "soon"},
            {"taken": "a"},
        ):
            self.assertEqual(bucket.free(state, bucket.WECOM, NOW), 20)

    def test_the_state_stays_small(self):
        state = None
        for second in range(1000):
            state = bucket.take(state, bucket.FEISHU, later(second), 5).state
        self.assertLess(len(json.dumps(state)), 2048)

    @given(
        st.lists(
            st.tuples(st.floats(0, 4), st.integers(0, 7), st.booleans()), max_size=60
        )
    )
    def test_no_window_ever_holds_more_than_its_limit(self, steps):
        state, at, sent = None, 0.0, []
        for pause, wanted, dies in steps:
            at += pause
            grant = bucket.take(state, SMALL, later(at), wanted)
            state = stored(grant.state)
            sent += [] if dies else [round(at * 1000)] * grant.count
            self.assertLessEqual(grant.count, wanted)
            for limit in SMALL.windows:
                since = round(at * 1000) - limit.seconds * 1000
                self.assertLessEqual(
                    sum(moment > since for moment in sent), limit.count
                )

    @given(st.lists(st.integers(1, 5), min_size=1, max_size=12))
    def test_waiting_as_long_as_told_is_always_enough_and_never_too_much(self, wants):
        state, at = None, NOW
        for wanted in wants:
            grant = bucket.take(state, SMALL, at, wanted)
            if grant.wait:
                before = at + timedelta(seconds=grant.wait - 0.01)
                self.assertEqual(bucket.free(grant.state, SMALL, before), 0)
                at += timedelta(seconds=grant.wait)
                self.assertGreaterEqual(bucket.free(grant.state, SMALL, at), 1)
            state = stored(grant.state)

    @given(st.lists(st.tuples(st.integers(0, 1), st.integers(1, 4)), max_size=30))
    def test_two_workers_on_one_row_are_one_robot(self, turns):
        row, alone, at = None, None, NOW
        for worker, wanted in turns:
            at += timedelta(milliseconds=300 * worker)
            shared = bucket.take(stored(row), SMALL, at, wanted)
            single = bucket.take(alone, SMALL, at, wanted)
            self.assertEqual(shared.count, single.count)
            row, alone = stored(shared.state), single.state


def no_chance():
    return 0.5


HISTORIES = st.builds(
    History,
    tries=st.integers(1, 40),
    unsure=st.integers(0, 3),
    age=st.floats(0, 200_000),
    is_urgent=st.booleans(),
    has_fallback=st.booleans(),
    was_shortened=st.booleans(),
)
OUTCOMES = st.builds(
    Outcome, st.sampled_from(KINDS), retry_after=st.floats(0, 3600, allow_nan=False)
)


class TestBackOff(BaseCase):
    def _decide(self, kind, retry_after=0.0, **history):
        return backoff.decide(
            Outcome(kind, retry_after=retry_after),
            History(**{"tries": 1, **history}),
            no_chance,
        )

    def test_what_is_sent_is_done(self):
        self.assertEqual(self._decide(SENT).action, backoff.DONE)

    def test_waits_double_up_to_an_hour(self):
        waits = [backoff.wait(tries, no_chance) for tries in (1, 2, 3, 7, 50)]
        self.assertEqual(waits, [60.0, 120.0, 240.0, 3600.0, 3600.0])

    def test_a_throttled_try_does_not_count_and_holds_the_robot(self):
        decision = self._decide(THROTTLED, 600.0)
        self.assertEqual(decision.action, backoff.AGAIN)
        self.assertFalse(decision.counts)
        self.assertEqual(decision.pause, 600.0)
        self.assertGreaterEqual(decision.wait, 600.0)

    def test_what_is_urgent_does_not_wait_ten_minutes_beside_a_free_way(self):
        decision = self._decide(THROTTLED, 600.0, is_urgent=True, has_fallback=True)
        self.assertEqual(decision.action, backoff.FALLBACK)
        decision = self._decide(THROTTLED, 600.0, has_fallback=True)
        self.assertEqual(decision.action, backoff.AGAIN)

    def test_wrong_settings_break_the_robot_and_take_the_other_way_at_once(self):
        for kind in BROKEN:
            decision = self._decide(kind, has_fallback=True)
            self.assertEqual(decision.action, backoff.FALLBACK)
            self.assertTrue(decision.breaks)
            self.assertEqual(self._decide(kind).action, backoff.AGAIN)

    def test_too_long_is_shortened_once(self):
        self.assertEqual(self._decide(TOO_LONG).action, backoff.SHORTEN)
        again = self._decide(TOO_LONG, was_shortened=True, has_fallback=True)
        self.assertEqual(again.action, backoff.FALLBACK)

    def test_what_is_refused_is_not_repeated(self):
        self.assertEqual(self._decide(REFUSED).action, backoff.GIVE_UP)

    def test_what_perhaps_arrived_is_sent_once_more_and_no_oftener(self):
        first = self._decide(UNSURE, tries=1, unsure=1)
        self.assertEqual(first.action, backoff.AGAIN)
        second = self._decide(UNSURE, tries=2, unsure=2, has_fallback=True)
        self.assertEqual(second.action, backoff.FALLBACK)

    def test_a_worker_that_died_while_sending_is_such_a_case(self):
        for unsure, action in ((1, backoff.AGAIN), (2, backoff.GIVE_UP)):
            history = History(tries=unsure, unsure=unsure)
            decision = backoff.interrupted(history, no_chance)
            self.assertEqual(decision.action, action)

    def test_a_platform_that_is_down_is_left_for_the_other_way_in_time(self):
        actions = [
            self._decide(DOWN, tries=tries, has_fallback=True).action
            for tries in (1, 2, 3, 4)
        ]
        self.assertEqual(actions, [backoff.AGAIN] * 3 + [backoff.FALLBACK])
        urgent = self._decide(DOWN, tries=2, has_fallback=True, is_urgent=True)
        self.assertEqual(urgent.action, backoff.FALLBACK)

    def test_an_unknown_outcome_is_a_mistake_and_says_so(self):
        with self.assertRaises(ValueError):
            self._decide("perhaps")

    @given(OUTCOMES, HISTORIES, st.floats(0, 1))
    def test_every_decision_can_be_followed(self, outcome, history, chance):
        decision = backoff.decide(outcome, history, lambda: chance)
        self.assertGreaterEqual(decision.wait, 0.0)
        self.assertEqual(decision.breaks, outcome.kind in BROKEN)
        if decision.action == backoff.FALLBACK:
            self.assertTrue(history.has_fallback)
        if decision.action == backoff.GIVE_UP:
            self.assertFalse(history.has_fallback and outcome.kind != THROTTLED)
        if decision.action == backoff.AGAIN:
            self.assertGreaterEqual(decision.wait, outcome.retry_after)
            self.assertGreater(decision.wait, 0.0)

    @given(st.sampled_from(sorted(set(KINDS) - {SENT})), st.booleans(), st.booleans())
    def test_every_message_comes_to_an_end(self, kind, is_urgent, has_fallback):
        tries = unsure = calls = 0
        age, shortened = 0.0, False
        while True:
            calls += 1
            unsure += kind == UNSURE
            decision = backoff.decide(
                Outcome(kind),
                History(tries + 1, unsure, age, is_urgent, has_fallback, shortened),
                no_chance,
            )
            if decision.action in (backoff.FALLBACK, backoff.GIVE_UP):
                break
            tries += decision.counts
            shortened |= decision.action == backoff.SHORTEN
            age += decision.wait
        self.assertLessEqual(age, backoff.MAX_AGE * 1.5)
        self.assertLessEqual(calls, 24 * 60 * 2)
        self.assertLessEqual(unsure, 2)
