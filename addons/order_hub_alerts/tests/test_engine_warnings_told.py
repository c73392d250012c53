"""Who is told of a warning, when, and after the machine died."""

from collections import Counter
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.order_hub.tests.properties import given

from ..engine import escalation, hysteresis
from ..engine.calendars import Slot, WorkingTime, local_moment, weekly
from ..engine.escalation import CLASSIC, Step
from ..engine.hysteresis import OPEN, SNOOZED, Limits, Reading, decide

NOW = datetime(2026, 3, 16, 6, 0, tzinfo=timezone.utc)
SHANGHAI = ZoneInfo("Asia/Shanghai")
STEPS = (Step(11, CLASSIC[0]), Step(12, CLASSIC[1], "critical"))
READING = Reading(9, Limits(8))


def later(minutes):
    return NOW + timedelta(minutes=minutes)


def opened(at=NOW):
    return decide(None, READING, at)


def tell(warned, now, steps=STEPS, **values):
    """Return the notice of a warning at a moment, and the warning after it."""
    found = escalation.notice(7, warned, steps, now, **values)
    return found, escalation.told(warned, found, now) if found else warned


def office_time():
    slots = [Slot(day, 8.0, 17.0) for day in range(5)]
    span = (
        local_moment(date(2026, 3, 9), 0, SHANGHAI),
        local_moment(date(2026, 3, 23), 0, SHANGHAI),
    )
    return WorkingTime(tuple(weekly(slots, SHANGHAI, *span)), *span)


class TestEscalation(BaseCase):
    def test_the_owner_then_the_supervisor_then_the_manager(self):
        warned, heard = opened(), []
        for minutes in range(0, 300, 5):
            found, warned = tell(warned, later(minutes))
            if found:
                heard.append((minutes, found.is_first, [s.id for s in found.steps]))
        self.assertEqual(heard, [(0, True, []), (30, False, [11]), (120, False, [12])])

    def test_half_an_hour_means_half_an_hour(self):
        _found, warned = tell(opened(), NOW)
        almost = later(30) - timedelta(seconds=1)
        self.assertIsNone(tell(warned, almost)[0])
        self.assertTrue(tell(warned, later(30))[0])

    def test_after_missed_runs_all_steps_are_one_notice(self):
        _found, warned = tell(opened(), NOW)
        found, warned = tell(warned, later(600))
        self.assertEqual([step.id for step in found.steps], [11, 12])
        self.assertEqual(found.severity, "critical")
        self.assertEqual(len(found.keys), 2)
        self.assertIsNone(tell(warned, later(6000))[0])

    def test_nobody_above_hears_in_the_same_minute_as_the_owner(self):
        warned = opened(later(-600))
        found, warned = tell(warned, NOW)
        self.assertTrue(found.is_first)
        self.assertEqual(found.steps, ())
        self.assertIsNone(tell(warned, later(29))[0])

    def test_acknowledged_and_snoozed_warnings_do_not_escalate(self):
        _found, warned = tell(opened(), NOW)
        taken = hysteresis.acknowledge(warned)
        self.assertIsNone(tell(taken, later(600))[0])
        self.assertIsNone(escalation.next_at(taken, STEPS))
        resting = hysteresis.snooze(warned, later(240), later(5))
        self.assertIsNone(tell(resting, later(120))[0])
        self.assertEqual(escalation.next_at(resting, STEPS), later(240))

    def test_back_from_snooze_the_owner_is_told_and_only_new_steps_follow(self):
        _found, warned = tell(opened(), NOW)
        _found, warned = tell(warned, later(30))
        warned = hysteresis.snooze(warned, later(240), later(40))
        warned = decide(warned, READING, later(243))
        found, warned = tell(warned, later(243))
        self.assertTrue(found.is_first)
        self.assertIsNone(tell(warned, later(243 + 119))[0])
        found, _warned = tell(warned, later(243 + 120))
        self.assertEqual([step.id for step in found.steps], [12])

    def test_each_coming_back_has_a_key_of_its_own(self):
        found, warned = tell(opened(), NOW)
        warned = decide(hysteresis.snooze(warned, later(60), NOW), READING, later(60))
        again, _warned = tell(warned, later(60))
        self.assertNotEqual(found.keys, again.keys)

    def test_silenced_it_waits_and_speaks_once_afterwards(self):
        warned = opened()
        self.assertIsNone(tell(warned, NOW, is_silenced=True)[0])
        found, warned = tell(warned, later(600))
        self.assertTrue(found.is_first)
        self.assertIsNone(tell(warned, later(605))[0])

    def test_in_working_time_friday_afternoon_is_near_monday_morning(self):
        working = office_time()
        friday = local_moment(date(2026, 3, 13), 16.75, SHANGHAI)
        _found, warned = tell(opened(friday), friday)
        due = local_moment(date(2026, 3, 16), 8.25, SHANGHAI)
        self.assertEqual(escalation.next_at(warned, STEPS, working), due)
        early = due - timedelta(seconds=1)
        self.assertIsNone(tell(warned, early, working=working)[0])
        self.assertTrue(tell(warned, due, working=working)[0])

    def test_beyond_the_known_working_time_it_is_asked_again(self):
        working = office_time()
        start = local_moment(date(2026, 3, 20), 16.75, SHANGHAI)
        _found, warned = tell(opened(start), start)
        self.assertIsNone(tell(warned, later(60 * 24 * 30), working=working)[0])
        self.assertEqual(escalation.next_at(warned, STEPS, working), working.until)

    def test_a_step_put_in_between_later_is_taken_and_none_twice(self):
        _found, warned = tell(opened(), NOW)
        _found, warned = tell(warned, later(30))
        steps = [*STEPS, Step(13, 60), Step(14, 15)]
        found, warned = tell(warned, later(60), steps)
        self.assertEqual([step.id for step in found.steps], [13])
        self.assertEqual(escalation.number(warned, steps), 3)
        self.assertEqual([step.id for step in escalation.left(warned, steps)], [12])

    def test_a_step_before_the_first_notice_makes_no_sense(self):
        with self.assertRaises(ValueError):
            Step(1, 0)

    def test_what_is_to_come_is_known(self):
        warned = opened()
        self.assertEqual(escalation.next_at(warned, STEPS), NOW)
        _found, warned = tell(warned, NOW)
        self.assertEqual(escalation.next_at(warned, STEPS), later(30))
        _found, warned = tell(warned, later(500))
        self.assertIsNone(escalation.next_at(warned, STEPS))

    @given(
        st.lists(st.integers(1, 400), max_size=5),
        st.lists(st.integers(0, 90), max_size=20),
        st.booleans(),
    )
    def test_looking_when_told_to_misses_nothing(self, minutes, pauses, in_hours):
        steps = [Step(n, wait) for n, wait in enumerate(minutes, 1)]
        working = office_time() if in_hours else None
        warned, now = opened(), NOW
        for pause in pauses:
            at = escalation.next_at(warned, steps, working)
            found, after = tell(warned, now, steps, working=working)
            self.assertEqual(bool(found), at is not None and at <= now)
            warned, now = after, now + timedelta(minutes=pause)


#: A warning's subject is beyond its limit in these minutes.
EPISODES = st.dictionaries(
    st.integers(1, 3),
    st.tuples(st.integers(0, 400), st.integers(1, 900)),
    max_size=3,
)
#: Minutes between cycles, and the transactions after which the machine dies.
RUNS = st.lists(
    st.tuples(st.integers(0, 90), st.one_of(st.none(), st.integers(0, 6))), max_size=25
)
ACTIONS = st.lists(
    st.tuples(st.integers(0, 24), st.integers(1, 3), st.integers(5, 300)), max_size=4
)


class House:
    """The cycle as the add-on runs it, on a database that can die at any commit.

    :ivar rows: id → subject and warning
    :ivar sent: every message in order, as often as it was written
    """

    def __init__(self, episodes, in_one=True):
        self.episodes, self.in_one = episodes, in_one
        self.rows, self.sent, self.keys = {}, [], set()

    def live(self):
        return {
            subject: (id_, row)
            for id_, (subject, row) in self.rows.items()
            if row.state != hysteresis.RESOLVED
        }

    def run(self, now, dies_after=None):
        for number, step in enumerate(self._transactions(now)):
            if dies_after is not None and number >= dies_after:
                return
            step()

    def _transactions(self, now):
        """Yield what is committed at once; decided from what is stored by then."""
        yield lambda: self._upsert(now)
        for id_ in sorted(self.rows):
            yield from self._tell(id_, now)

    def _upsert(self, now):
        live = self.live()
        before = {subject: row for subject, (_id, row) in live.items()}
        found = hysteresis.cycle(before, self._measure(now), now, hold_minutes=10)
        for subject in found.forgotten:
            del self.rows[live[subject][0]]
        for subject, row in {**found.kept, **found.resolved}.items():
            self.rows[live[subject][0]] = (subject, row)
        for subject, row in found.begun.items():
            self.rows[max(self.rows, default=0) + 1] = (subject, row)

    def _measure(self, now):
        for subject, (start, stop) in self.episodes.items():
            if later(start) <= now < later(stop):
                yield subject, Reading(9, Limits(8), later(start))

    def _tell(self, id_, now):
        subject, row = self.rows[id_]
        found = escalation.notice(id_, row, STEPS, now)
        if not found:
            return
        told = (subject, escalation.told(row, found, now))
        if self.in_one:
            yield lambda: (self._send(found), self.rows.update({id_: told}))
        else:
            yield lambda: self._send(found)
            yield lambda: self.rows.update({id_: told})

    def _send(self, found):
        self.sent += [key for key in found.keys if key not in self.keys]
        self.keys.update(found.keys)

    def settle(self, now):
        """Run on without dying, for as long as anything could still come."""
        for _cycle in range(60):
            self.run(now)
            now += timedelta(minutes=30)


def lives(episodes, runs, in_one=True, actions=()):
    house, now = House(episodes, in_one), NOW
    for place, (pause, dies_after) in enumerate(runs):
        now += timedelta(minutes=pause)
        house.run(now, dies_after)
        for at, subject, rest in actions:
            if at == place:
                act(house, subject, now, rest)
    house.settle(now)
    return house


def act(house, subject, now, rest):
    """Somebody snoozes a subject's warning, where that can be done."""
    id_, row = house.live().get(subject, (0, None))
    if row and row.state in (OPEN, SNOOZED):
        row = hysteresis.snooze(row, now + timedelta(minutes=rest), now)
        house.rows[id_] = (subject, row)


class TestKilledAtAnyPoint(BaseCase):
    @given(st.frozensets(st.integers(1, 3)), RUNS, st.booleans())
    def test_whenever_it_dies_the_same_people_hear_the_same(
        self, subjects, runs, in_one
    ):
        lasting = dict.fromkeys(sorted(subjects), (0, 100_000))
        calm = lives(lasting, [])
        stormy = lives(lasting, runs, in_one)
        self.assertEqual(self._told(stormy), self._told(calm))
        self.assertEqual(len(calm.sent), 3 * len(subjects))

    def _told(self, house):
        """Return what was told, by subject: first notices and steps."""
        words = [key.split(",") for key in house.sent]
        return Counter(
            (house.rows[int(id_)][0], what, which if what == "step" else "")
            for _warning, id_, what, which in words
        )

    @given(EPISODES, RUNS, ACTIONS, st.booleans())
    def test_nothing_is_told_twice_or_lost(self, episodes, runs, actions, in_one):
        house = lives(episodes, runs, in_one, actions)
        self.assertEqual(len(house.sent), len(set(house.sent)))
        subjects = Counter(subject for subject, _row in house.rows.values())
        self.assertLessEqual(max(subjects.values(), default=0), 1)
        for id_, (_subject, row) in house.rows.items():
            if row.state == OPEN:
                self.assertIn(f"warning,{id_},step,12", house.sent)

    @given(EPISODES, RUNS)
    def test_a_missed_run_catches_up_without_a_flood(self, episodes, runs):
        house = lives(episodes, runs)
        self.assertLessEqual(len(house.sent), 3 * len(house.rows))

    @given(EPISODES, RUNS)
    def test_no_subject_has_two_warnings(self, episodes, runs):
        house, now = House(episodes), NOW
        for pause, dies_after in runs:
            now += timedelta(minutes=pause)
            house.run(now, dies_after)
            states = [row.state for _s, row in house.rows.values()]
            unresolved = sum(state != hysteresis.RESOLVED for state in states)
            self.assertEqual(len(house.live()), unresolved)

    def test_a_warning_that_was_never_told_is_not_lost_with_the_machine(self):
        house = House({1: (0, 100_000)})
        house.run(later(15), dies_after=1)
        self.assertEqual(house.sent, [])
        house.run(later(20))
        self.assertEqual(len(house.sent), 1)
