"""The life of one warning."""

import math
from dataclasses import replace
from datetime import datetime, timedelta, timezone

from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.order_hub.tests.properties import given

from ..engine import hysteresis
from ..engine.hysteresis import (
    ABOVE,
    ACKNOWLEDGED,
    BELOW,
    BETWEEN,
    BEYOND,
    CLEAR,
    OPEN,
    PENDING,
    RESOLVED,
    SEEN,
    SNOOZED,
    UNKNOWN,
    Limits,
    NotPossible,
    Reading,
    Warned,
    decide,
)

NOW = datetime(2026, 3, 16, 6, 0, tzinfo=timezone.utc)
HOURS_24 = Limits(24.0)
QUEUE = Limits(8.0)
TREMBLING = Limits(10.0, 6.0)


def later(minutes):
    return NOW + timedelta(minutes=minutes)


def run(values, limits, hold=0, every=5):
    """Return the warning after each cycle; resolved ones are put aside."""
    found, warned = [], None
    for number, value in enumerate(values):
        if warned and warned.state == RESOLVED:
            warned = None
        reading = None if value == "gone" else Reading(value, limits)
        warned = decide(warned, reading, later(number * every), hold)
        found.append(warned)
    return found


def states(rows):
    return [row.state if row else None for row in rows]


class TestLimits(BaseCase):
    def test_the_ninth_order_is_too_many_and_the_eighth_is_not(self):
        self.assertEqual(QUEUE.place(8), CLEAR)
        self.assertEqual(QUEUE.place(9), BEYOND)

    def test_a_minute_after_24_hours_is_too_long_and_24_hours_are_not(self):
        self.assertEqual(HOURS_24.place(24), CLEAR)
        self.assertEqual(HOURS_24.place(24 + 1 / 60), BEYOND)

    def test_what_must_not_get_small_is_the_same_upside_down(self):
        limits = Limits(5.0, 8.0, BELOW)
        self.assertEqual(
            [limits.place(value) for value in (4.9, 5, 7.9, 8)],
            [BEYOND, BETWEEN, BETWEEN, CLEAR],
        )

    def test_no_value_and_no_number_are_unknown_and_zero_is_not(self):
        self.assertEqual(QUEUE.place(None), UNKNOWN)
        self.assertEqual(QUEUE.place(math.nan), UNKNOWN)
        self.assertEqual(QUEUE.place(0), CLEAR)

    def test_a_clear_threshold_beyond_the_threshold_is_refused(self):
        for limits in ((8, 9, ABOVE), (8, 7, BELOW), (8, None, "sideways")):
            with self.assertRaises(ValueError):
                Limits(*limits)

    def test_excess_is_one_at_the_threshold_and_two_at_twice_of_it(self):
        self.assertEqual(QUEUE.excess(8), 1.0)
        self.assertEqual(QUEUE.excess(16), 2.0)
        self.assertEqual(Limits(10, None, BELOW).excess(5), 1.5)
        self.assertEqual(Limits(0).excess(3), 4.0)

    @given(
        st.floats(-1e6, 1e6),
        st.floats(-1e6, 1e6),
        st.floats(-1e6, 1e6),
        st.sampled_from([ABOVE, BELOW]),
    )
    def test_worse_values_have_more_excess(self, threshold, one, other, direction):
        limits = Limits(threshold, None, direction)
        if direction == BELOW:
            one, other = -one, -other
        low, high = sorted((limits.excess(one), limits.excess(other)))
        worse = max(one, other) if direction == ABOVE else min(one, other)
        self.assertEqual(limits.excess(worse), high)
        self.assertLessEqual(low, high)


class TestLifeOfAWarning(BaseCase):
    def test_it_opens_counts_and_resolves_by_itself(self):
        rows = run([8, 9, 9, 8], QUEUE)
        self.assertEqual(states(rows), [None, OPEN, OPEN, RESOLVED])
        self.assertEqual(rows[2].seen_count, 2)
        self.assertEqual((rows[2].first_seen, rows[2].last_seen), (later(5), later(10)))
        self.assertEqual(rows[3].resolved_how, hysteresis.BY_ITSELF)
        self.assertEqual(rows[3].resolved_at, later(15))

    def test_a_trembling_value_is_one_warning(self):
        rows = run([11, 9, 11, 7, 12, 6], TREMBLING)
        self.assertEqual(states(rows), [OPEN] * 5 + [RESOLVED])
        self.assertEqual(rows[4].first_seen, NOW)
        self.assertEqual(rows[4].seen_count, 3)

    def test_between_the_thresholds_nothing_opens(self):
        self.assertEqual(states(run([7, 9, 10], TREMBLING)), [None] * 3)

    def test_it_opens_after_it_has_held_and_not_before(self):
        rows = run([9, 9, 9, 9], QUEUE, hold=15)
        self.assertEqual(states(rows), [PENDING] * 3 + [OPEN])
        self.assertEqual(rows[3].first_seen, NOW)
        self.assertEqual(rows[3].opened_at, later(15))

    def test_what_passes_before_it_held_is_forgotten_and_begins_anew(self):
        rows = run([9, 9, 8, 9, 9], QUEUE, hold=15)
        self.assertEqual(states(rows), [PENDING, PENDING, None, PENDING, PENDING])
        self.assertEqual(rows[4].first_seen, later(15))

    def test_between_the_thresholds_it_does_not_go_on_holding(self):
        rows = run([11, 8, 11, 11], TREMBLING, hold=15)
        self.assertEqual(states(rows), [PENDING, None, PENDING, PENDING])

    def test_a_measure_that_knows_since_when_needs_no_second_cycle(self):
        reading = Reading(9, QUEUE, later(-30))
        warned = decide(None, reading, NOW, 30)
        self.assertEqual((warned.state, warned.first_seen), (OPEN, later(-30)))

    def test_one_that_knows_that_it_began_again_waits_again(self):
        warned = decide(None, Reading(9, QUEUE, later(-10)), NOW, 30)
        warned = decide(warned, Reading(9, QUEUE, later(15)), later(25), 30)
        self.assertEqual((warned.state, warned.first_seen), (PENDING, later(15)))

    def test_a_moment_in_the_future_is_taken_for_now(self):
        warned = decide(None, Reading(9, QUEUE, later(60)), NOW)
        self.assertEqual(warned.first_seen, NOW)

    def test_no_data_neither_opens_nor_resolves_and_gone_resolves(self):
        rows = run([None, 9, None, "gone"], QUEUE)
        self.assertEqual(states(rows), [None, OPEN, OPEN, RESOLVED])
        self.assertEqual(rows[2].seen_count, 1)
        self.assertEqual(rows[3].value, 9)

    def test_a_cycle_that_is_run_twice_counts_once(self):
        reading = Reading(9, QUEUE)
        once = decide(decide(None, reading, NOW), reading, later(5))
        self.assertEqual(decide(once, reading, later(5)), once)

    def test_a_clock_put_back_counts_nothing_and_resolves_not_before_it_was_seen(self):
        warned = decide(None, Reading(9, QUEUE), NOW)
        again = decide(warned, Reading(9, QUEUE), later(-60))
        self.assertEqual(again, warned)
        self.assertEqual(decide(warned, None, later(-60)).resolved_at, NOW)

    def test_what_is_resolved_never_opens_again(self):
        warned = run([9, 8], QUEUE)[-1]
        with self.assertRaises(NotPossible):
            decide(warned, Reading(9, QUEUE), later(60))


class TestSnoozing(BaseCase):
    def _open(self):
        return decide(None, Reading(9, QUEUE), NOW)

    def test_snoozed_until_14_it_comes_back_at_14_and_is_told_anew(self):
        until = NOW.replace(hour=14)
        told = replace(self._open(), told_at=NOW, escalated_to=30)
        snoozed = hysteresis.snooze(told, until, later(5))
        reading = Reading(9, QUEUE)
        before = decide(snoozed, reading, until - timedelta(seconds=1))
        self.assertEqual(before.state, SNOOZED)
        back = decide(before, reading, until)
        self.assertEqual((back.state, back.back_at), (OPEN, until))
        self.assertIsNone(back.told_at)
        self.assertEqual(back.escalated_to, 30)

    def test_after_a_missed_run_it_came_back_when_it_should_have(self):
        until = later(60)
        snoozed = hysteresis.snooze(self._open(), until, NOW)
        back = decide(snoozed, Reading(9, QUEUE), later(600))
        self.assertEqual(back.back_at, until)

    def test_it_comes_back_between_the_thresholds_and_without_data_too(self):
        for value in (7, None):
            warned = decide(None, Reading(11, TREMBLING), NOW)
            snoozed = hysteresis.snooze(warned, later(60), NOW)
            back = decide(snoozed, Reading(value, TREMBLING), later(60))
            self.assertEqual(back.state, OPEN)

    def test_parts_arrive_and_it_does_not_come_back(self):
        snoozed = hysteresis.snooze(self._open(), later(60), NOW)
        self.assertEqual(decide(snoozed, None, later(30)).state, RESOLVED)
        self.assertEqual(decide(snoozed, None, later(60)).state, RESOLVED)

    def test_it_cannot_be_snoozed_into_the_past(self):
        with self.assertRaises(NotPossible) as caught:
            hysteresis.snooze(self._open(), NOW, NOW)
        self.assertEqual(caught.exception.args, ("past",))

    def test_acknowledged_stays_acknowledged_until_it_is_over(self):
        warned = hysteresis.acknowledge(self._open())
        warned = decide(warned, Reading(20, QUEUE), later(5))
        self.assertEqual((warned.state, warned.value), (ACKNOWLEDGED, 20))
        self.assertEqual(decide(warned, None, later(10)).state, RESOLVED)

    def test_given_back_it_is_open_again(self):
        warned = hysteresis.reopen(hysteresis.acknowledge(self._open()))
        self.assertEqual(warned, self._open())

    def test_by_hand_says_so(self):
        warned = hysteresis.resolve(self._open(), later(5))
        self.assertEqual(warned.resolved_how, hysteresis.BY_HAND)

    def test_nothing_can_be_done_to_what_is_pending_or_resolved(self):
        steps = (
            hysteresis.acknowledge,
            hysteresis.reopen,
            lambda warned: hysteresis.snooze(warned, later(5), NOW),
            lambda warned: hysteresis.resolve(warned, NOW),
        )
        for state in (PENDING, RESOLVED):
            for step in steps:
                with self.assertRaises(NotPossible) as caught:
                    step(Warned(state, NOW, NOW))
                self.assertEqual(caught.exception.args, (state,))


VALUES = st.one_of(st.none(), st.integers(0, 14), st.just("gone"))
SUBJECT_VALUES = st.dictionaries(st.integers(1, 4), VALUES)


class TestCycles(BaseCase):
    def test_a_subject_that_comes_twice_is_one_warning_with_the_worst_value(self):
        rows = [(7, Reading(9, QUEUE)), (7, Reading(12, QUEUE)), (7, Reading(2, QUEUE))]
        found = hysteresis.cycle({}, rows, NOW)
        self.assertEqual(found.begun[7].value, 12)

    def test_unknown_hides_nothing(self):
        rows = [(7, Reading(None, QUEUE)), (7, Reading(9, QUEUE))]
        self.assertEqual(list(hysteresis.cycle({}, rows, NOW).begun), [7])

    def test_what_does_not_change_is_not_written(self):
        before = {7: decide(None, Reading(9, QUEUE), NOW)}
        found = hysteresis.cycle(before, [(7, Reading(9, QUEUE))], NOW)
        self.assertEqual(found, hysteresis.Cycle({}, {}, {}, ()))

    @given(st.lists(SUBJECT_VALUES, max_size=25), st.sampled_from([0, 5, 12]))
    def test_no_subject_ever_has_two_warnings_that_are_not_resolved(self, runs, hold):
        live = {}
        for place, values in enumerate(runs):
            readings = [
                (subject, Reading(value, TREMBLING))
                for subject, value in values.items()
                if value != "gone"
            ]
            found = hysteresis.cycle(live, readings, later(5 * place), hold)
            over = {*found.resolved, *found.forgotten}
            self.assertFalse(set(found.begun) & set(live))
            self.assertLessEqual({*found.kept, *over}, set(live))
            rows = {**live, **found.kept, **found.begun}.items()
            live = {subject: row for subject, row in rows if subject not in over}
            self.assertNotIn(RESOLVED, {row.state for row in live.values()})

    @given(st.lists(VALUES, max_size=40), st.sampled_from([0, 5, 12]))
    def test_it_resolves_only_at_the_clear_threshold(self, values, hold):
        before = None
        for value, after in zip(values, run(values, TREMBLING, hold), strict=True):
            if before and before.state in SEEN:
                cleared = value == "gone" or (value is not None and value <= 6)
                self.assertEqual(after.state == RESOLVED, cleared)
            before = after

    @given(st.lists(VALUES, max_size=40), st.sampled_from([0, 5, 12]))
    def test_it_opens_only_beyond_its_threshold_and_after_it_held(self, values, hold):
        before = None
        for value, after in zip(values, run(values, TREMBLING, hold), strict=True):
            was_seen = before is not None and before.state in SEEN
            if after and after.state == OPEN and not was_seen:
                self.assertGreater(value, 10)
                held = after.opened_at - after.first_seen
                self.assertGreaterEqual(held, timedelta(minutes=hold))
            before = after

    @given(st.lists(VALUES, max_size=40))
    def test_moments_are_in_order(self, values):
        for warned in filter(None, run(values, TREMBLING, 5)):
            moments = [warned.first_seen, warned.last_seen, warned.resolved_at]
            known = [moment for moment in moments if moment]
            self.assertEqual(known, sorted(known))
            self.assertGreaterEqual(warned.seen_count, 1)
