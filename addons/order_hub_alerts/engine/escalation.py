"""Who is told next, and when: first the owner, after a while somebody above.

A warning is told once when it opens, once each time it comes back from being
snoozed, and once for each escalation step. A step is due ``minutes`` after the
warning was told::

    moment(step) = told_at + minutes                      plain time
    moment(step) = told_at + minutes of working time      where the rule says so

It is counted from when people were told and not from when the trouble began, so that
nobody's supervisor hears of it in the same minute as he does, after a night, a mute
or a machine that was down.

Nothing but stored moments is used: a restart changes nothing. Steps that have become
due together (a cycle was missed) are one notice for everybody they name. What has
been taken is remembered by its minutes, not by its number, so that a step put in
between later is not taken for one that was there: no step is ever taken twice.

Acknowledged, snoozed, inhibited and muted warnings wait. All moments are aware UTC.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from .calendars import WorkingTime, naive
from .hysteresis import OPEN, Warned


@dataclass(frozen=True)
class Step:
    """One step.

    :ivar id: of its record
    :ivar minutes: after the warning was told; at least 1
    :ivar severity: what it becomes then; empty: as it was
    """

    id: int
    minutes: int
    severity: str = ""

    def __post_init__(self):
        if self.minutes < 1:
            raise ValueError("A step comes at least a minute after the first notice.")


#: The classic steps: the supervisor after half an hour, the manager after two.
CLASSIC = (30, 120)


@dataclass(frozen=True)
class Notice:
    """What is to be told of one warning now.

    :ivar is_first: to the rule's recipients: it has opened or come back
    :ivar steps: to the recipients of these, in order of their minutes
    :ivar keys: one for the first notice and one a step, the same however often a
        cycle is repeated; for a unique column
    """

    is_first: bool
    steps: tuple[Step, ...]
    keys: tuple[str, ...]

    @property
    def severity(self) -> str:
        """Return the severity of the highest step that has one; else empty."""
        return next((s.severity for s in reversed(self.steps) if s.severity), "")


def notice(
    warning_id: int,
    warned: Warned,
    steps: Iterable[Step],
    now: datetime,
    working: WorkingTime | None = None,
    is_silenced: bool = False,
) -> Notice | None:
    """Return what is to be told now; ``None``: nothing.

    The messages and :func:`told` belong into one transaction; should they not, the
    keys keep a message from being written twice.

    :param working: where the rule counts in working time
    :param is_silenced: the warning is inhibited, or the rule is mute now
    """
    if warned.state != OPEN or is_silenced:
        return None
    if warned.told_at is None:
        return Notice(True, (), (_first_key(warning_id, warned),))
    due = tuple(
        step
        for step in left(warned, steps)
        if _is_due(moment(step, warned, working), now)
    )
    keys = tuple(f"warning,{warning_id},step,{step.id}" for step in due)
    return Notice(False, due, keys) if due else None


def told(warned: Warned, done: Notice, now: datetime) -> Warned:
    """Return the warning after somebody was told."""
    if done.is_first:
        warned = replace(warned, told_at=now)
    highest = max((step.minutes for step in done.steps), default=0)
    return replace(warned, escalated_to=max(warned.escalated_to, highest))


def next_at(
    warned: Warned, steps: Iterable[Step], working: WorkingTime | None = None
) -> datetime | None:
    """Return when to look at a warning again; ``None``: nothing is to come.

    Where the step lies beyond the working time that is known, this is the end of what
    is known: ask again then with more of it.
    """
    if warned.state != OPEN:
        return warned.snoozed_until
    if warned.told_at is None:
        return warned.back_at or warned.opened_at
    coming = left(warned, steps)
    if not coming:
        return None
    return moment(coming[0], warned, working) or working.until


def left(warned: Warned, steps: Iterable[Step]) -> list[Step]:
    """Return the steps that have not been taken, the nearest first."""
    coming = (step for step in steps if step.minutes > warned.escalated_to)
    return sorted(coming, key=lambda step: (step.minutes, step.id))


def number(warned: Warned, steps: Sequence[Step]) -> int:
    """Return how many of the steps have been taken, for people to read."""
    return len(steps) - len(left(warned, steps))


def moment(
    step: Step, warned: Warned, working: WorkingTime | None = None
) -> datetime | None:
    """Return when a step of a warning that was told is due.

    :return: ``None`` when working time is not known that far
    """
    if working is None:
        return warned.told_at + timedelta(minutes=step.minutes)
    return working.add(warned.told_at, step.minutes)


def _is_due(at: datetime | None, now: datetime) -> bool:
    return at is not None and at <= now


def _first_key(warning_id: int, warned: Warned) -> str:
    """Return a key for the time it opened or last came back."""
    since = naive(warned.back_at or warned.opened_at)
    return f"warning,{warning_id},told,{since:%Y%m%d%H%M%S}"
