"""When a warning opens, stays and resolves: the life of one warning.

A warning opens when a value is beyond its threshold for as long as the rule says,
and resolves when it is back at the clear threshold: a Schmitt trigger, so a value
that trembles around its threshold opens one warning and not fifty (O. H. Schmitt,
"A thermionic trigger", 1938; ISA-18.2 calls the two *deadband* and *on-delay*).

- *beyond*: ``value > threshold`` (or ``<`` for what must not get small)
- *clear*: ``value <= clear`` (or ``>=``); ``clear`` is the threshold unless given
- *between*: nothing opens, nothing resolves

A subject that is not measured any more (the order is delivered, the row is gone) has
resolved. A subject that is measured without a value is unknown: all stays as it is.

The states::

    pending ──held──▶ open ◀──▶ acknowledged
       │               ▲ │        │
     passed     until  │ └─snooze─┤        all of them ──clear──▶ resolved
       ▼               │          ▼
    (forgotten)        └───── snoozed

Every moment that later decisions need is kept in :class:`Warned`; the order of the
cycles, pauses between them and cycles that died half-way change nothing else. All
moments are aware UTC.
"""

import math
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

PENDING, OPEN, ACKNOWLEDGED = "pending", "open", "acknowledged"
SNOOZED, RESOLVED = "snoozed", "resolved"
#: States in which people see a warning.
SEEN = frozenset({OPEN, ACKNOWLEDGED, SNOOZED})
ABOVE, BELOW = "above", "below"
BEYOND, BETWEEN, CLEAR, UNKNOWN = "beyond", "between", "clear", "unknown"
#: How a warning was resolved.
BY_ITSELF, BY_HAND = "itself", "hand"


class NotPossible(ValueError):
    """What was asked for does not fit the state; ``args[0]`` is a code.

    ``resolved``  the warning is over
    ``pending``   nobody has been told of it yet
    ``past``      the moment to snooze until has passed
    """


@dataclass(frozen=True)
class Limits:
    """Where a warning opens and where it resolves.

    :ivar clear: ``None``: at the threshold
    :raise ValueError: when the clear threshold lies beyond the threshold
    """

    threshold: float
    clear: float | None = None
    direction: str = ABOVE

    def __post_init__(self):
        if self.direction not in (ABOVE, BELOW):
            raise ValueError(f"Unknown direction: {self.direction}")
        if self.clear is not None and self.is_beyond(self.clear):
            raise ValueError("A warning that opens at once again cannot resolve.")

    def is_beyond(self, value: float) -> bool:
        """Tell whether a value is beyond the threshold; at it, it is not."""
        if self.direction == ABOVE:
            return value > self.threshold
        return value < self.threshold

    def is_clear(self, value: float) -> bool:
        """Tell whether a value is back at the clear threshold."""
        clear = self.threshold if self.clear is None else self.clear
        return value <= clear if self.direction == ABOVE else value >= clear

    def place(self, value: float | None) -> str:
        """Return where a value lies; none, or one that is no number, is unknown."""
        if value is None or math.isnan(value):
            return UNKNOWN
        if self.is_beyond(value):
            return BEYOND
        return CLEAR if self.is_clear(value) else BETWEEN

    def excess(self, value: float) -> float:
        """Return how far a value is: 1.0 at the threshold, more is worse.

        ``1 + (value - threshold) / |threshold|``, the other way round for what must
        not get small: 2.0 is twice the threshold. A threshold of zero counts as one.
        """
        over = value - self.threshold
        return 1.0 + (over if self.direction == ABOVE else -over) / (
            abs(self.threshold) or 1.0
        )


@dataclass(frozen=True)
class Reading:
    """What was measured of one subject.

    :ivar value: ``None``: there is no data
    :ivar since: when the value got beyond its threshold, where the measure knows
    """

    value: float | None
    limits: Limits
    since: datetime | None = None

    @property
    def place(self) -> str:
        return self.limits.place(self.value)


@dataclass(frozen=True)
class Warned:
    """One warning: what is stored of it.

    :ivar first_seen: when the condition began, as far as anybody knows
    :ivar last_seen: the last cycle that saw the value beyond its threshold
    :ivar seen_count: cycles that saw it so
    :ivar opened_at: when it had held for long enough
    :ivar snoozed_until: set while snoozed
    :ivar back_at: when it last came back from being snoozed
    :ivar told_at: when somebody was first told; since it came back, if it did
    :ivar escalated_to: minutes of the highest escalation step taken; 0: none
    """

    state: str
    first_seen: datetime
    last_seen: datetime
    seen_count: int = 1
    value: float | None = None
    opened_at: datetime | None = None
    snoozed_until: datetime | None = None
    back_at: datetime | None = None
    told_at: datetime | None = None
    escalated_to: int = 0
    resolved_at: datetime | None = None
    resolved_how: str = ""


# === ONE CYCLE === #


def decide(
    before: Warned | None,
    reading: Reading | None,
    now: datetime,
    hold_minutes: float = 0,
) -> Warned | None:
    """Return a subject's warning after a cycle.

    Deciding twice at the same moment is deciding once. A subject that was beyond at
    two cycles is taken to have been so between them, however long that was; a
    measure that knows better says so by ``since``.

    :param before: its warning that is not resolved; ``None``: it has none
    :param reading: ``None``: the subject is not measured any more
    :param hold_minutes: how long the value must be beyond
    :return: ``None``: no warning; a pending one is to be forgotten
    :raise NotPossible: for a warning that is resolved: it never opens again, a new
        one does
    """
    place = CLEAR if reading is None else reading.place
    if before is None:
        return _begun(reading, now, hold_minutes) if place == BEYOND else None
    if before.state == RESOLVED:
        raise NotPossible("resolved")
    if before.state == PENDING and place in (CLEAR, BETWEEN):
        return None
    if place == CLEAR:
        return _over(before, reading, now)
    if place == UNKNOWN:
        return _woken(before, now)
    kept = replace(before, value=reading.value)
    if place == BEYOND:
        kept = _seen(kept, reading, now, hold_minutes)
    return _woken(kept, now)


def _begun(reading: Reading, now: datetime, hold_minutes: float) -> Warned:
    since = min(reading.since or now, now)
    begun = Warned(PENDING, since, now, value=reading.value)
    return _held(begun, now, hold_minutes)


def _seen(
    warned: Warned, reading: Reading, now: datetime, hold_minutes: float
) -> Warned:
    """Count a cycle; one that comes late or twice counts nothing."""
    if warned.state == PENDING and reading.since:
        warned = replace(warned, first_seen=min(reading.since, now))
    if now > warned.last_seen:
        count = warned.seen_count + 1
        warned = replace(warned, last_seen=now, seen_count=count)
    return _held(warned, now, hold_minutes)


def _held(warned: Warned, now: datetime, hold_minutes: float) -> Warned:
    """Open a pending warning that has held for long enough."""
    held = now - warned.first_seen >= timedelta(minutes=hold_minutes)
    if warned.state != PENDING or not held:
        return warned
    return replace(warned, state=OPEN, opened_at=now)


def _woken(warned: Warned, now: datetime) -> Warned:
    """Bring back what was snoozed until now; it is told anew."""
    if warned.state != SNOOZED or now < warned.snoozed_until:
        return warned
    return replace(
        warned,
        state=OPEN,
        back_at=warned.snoozed_until,
        snoozed_until=None,
        told_at=None,
    )


def _over(warned: Warned, reading: Reading | None, now: datetime) -> Warned:
    value = warned.value if reading is None else reading.value
    return _resolved(replace(warned, value=value), now, BY_ITSELF)


# === A RULE'S CYCLE === #


@dataclass(frozen=True)
class Cycle:
    """What a cycle of one rule does, by subject.

    :ivar begun: new warnings, pending ones among them
    :ivar kept: changed ones that stay
    :ivar resolved: those that are over
    :ivar forgotten: pending ones that never opened
    """

    begun: Mapping[Hashable, Warned]
    kept: Mapping[Hashable, Warned]
    resolved: Mapping[Hashable, Warned]
    forgotten: tuple[Hashable, ...]


def cycle(
    before: Mapping[Hashable, Warned],
    readings: Iterable[tuple[Hashable, Reading]],
    now: datetime,
    hold_minutes: float = 0,
) -> Cycle:
    """Decide all subjects of one rule.

    :param before: warnings that are not resolved
    :param readings: of every subject that is not clear; a subject that comes twice
        counts once, with the value that is worst. A rule that could not be measured
        must not come here: it would resolve everything.
    """
    worst = worst_of(readings)
    begun, kept, resolved, forgotten = {}, {}, {}, []
    for subject in [*before, *(key for key in worst if key not in before)]:
        old = before.get(subject)
        new = decide(old, worst.get(subject), now, hold_minutes)
        if new == old:
            continue
        if new is None:
            forgotten.append(subject)
        elif new.state == RESOLVED:
            resolved[subject] = new
        else:
            (kept if old else begun)[subject] = new
    return Cycle(begun, kept, resolved, tuple(forgotten))


def worst_of(
    readings: Iterable[tuple[Hashable, Reading]],
) -> dict[Hashable, Reading]:
    """Return one reading a subject: the farthest, known before unknown."""
    found: dict[Hashable, Reading] = {}
    for subject, reading in readings:
        if subject not in found or _badness(reading) > _badness(found[subject]):
            found[subject] = reading
    return found


def _badness(reading: Reading) -> tuple[bool, bool, float]:
    place = reading.place
    if place == UNKNOWN:
        return (False, False, 0.0)
    return (True, place == BEYOND, reading.limits.excess(reading.value))


# === WHAT PEOPLE DO === #


def acknowledge(warned: Warned) -> Warned:
    """Somebody has taken it: it stays in sight and escalates no further."""
    _check_seen(warned)
    return replace(warned, state=ACKNOWLEDGED, snoozed_until=None)


def reopen(warned: Warned) -> Warned:
    """Nobody has it any more: it is open, and goes on where it was."""
    _check_seen(warned)
    return replace(warned, state=OPEN, snoozed_until=None)


def snooze(warned: Warned, until: datetime, now: datetime) -> Warned:
    """Let it rest; it comes back at ``until`` unless it is over by then."""
    _check_seen(warned)
    if until <= now:
        raise NotPossible("past")
    return replace(warned, state=SNOOZED, snoozed_until=until)


def resolve(warned: Warned, now: datetime) -> Warned:
    """Close it by hand.

    Where the condition is still there, the next cycle opens a new warning: who wants
    quiet acknowledges or snoozes.
    """
    _check_seen(warned)
    return _resolved(warned, now, BY_HAND)


def _resolved(warned: Warned, now: datetime, how: str) -> Warned:
    return replace(
        warned,
        state=RESOLVED,
        snoozed_until=None,
        resolved_at=max(now, warned.last_seen),
        resolved_how=how,
    )


def _check_seen(warned: Warned):
    if warned.state not in SEEN:
        raise NotPossible(warned.state)
