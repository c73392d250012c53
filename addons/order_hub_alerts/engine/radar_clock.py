"""Hours of work turned into hours of the clock, and the plan of a flow.

Promises are moments; work is planned in working hours. The radar compares the two in
hours of the clock: ten working hours from four on Friday afternoon are 90 of them.

Moments are naive UTC.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from .radar_facts import Progress

#: Where the goods are with the customer: the stage of the first of these milestones
#: that a flow has is what a promise is measured by.
ARRIVALS = ("delivered", "shipped", "closed")
#: Milestones whose stages are replaced by operations where an order has some.
MAKING = ("scheduled", "preparing")
RECEIVED = "received"


# === CLOCK === #


@dataclass(frozen=True)
class Clock:
    """Working time from one moment on.

    :ivar origin: now
    :ivar spans: ``(from, to)`` of working time, in order, without overlap
    :ivar until: to where it is known; beyond that it goes on at the same rate
    """

    origin: datetime
    spans: Sequence[tuple[datetime, datetime]]
    until: datetime
    _starts: list[float] = field(default_factory=list, repr=False, compare=False)
    _sums: list[float] = field(default_factory=list, repr=False, compare=False)

    def __post_init__(self):
        total, kept = 0.0, []
        for start, end in self.spans:
            start, end = max(start, self.origin), min(end, self.until)
            if start < end:
                kept.append((start, end))
                self._starts.append(self._hours(start))
                self._sums.append(total)
                total += self._hours(end) - self._hours(start)
        object.__setattr__(self, "spans", tuple(kept))
        self._sums.append(total)

    @property
    def total(self) -> float:
        return self._sums[-1]

    @property
    def rate(self) -> float:
        """Return the working hours of one hour of the clock, on average."""
        known = self._hours(self.until)
        return self.total / known if known > 0 else 0.0

    def work(self, moment: datetime) -> float:
        """Return the working hours from the origin to a moment; 0 before it."""
        hours = self._hours(moment)
        if hours <= 0:
            return 0.0
        beyond = hours - self._hours(self.until)
        if beyond > 0:
            return self.total + beyond * self.rate
        at = bisect_right(self._starts, hours) - 1
        if at < 0:
            return 0.0
        return min(self._sums[at] + hours - self._starts[at], self._sums[at + 1])

    def elapsed(self, work: float) -> float:
        """Return the hours of the clock until so much work is done.

        Where nobody ever works, an hour of work counts as one of the clock.

        >>> eight = datetime(2026, 3, 2, 8)
        >>> day = (eight, datetime(2026, 3, 2, 16))
        >>> clock = Clock(datetime(2026, 3, 2), [day], datetime(2026, 3, 3))
        >>> clock.elapsed(4), clock.work(datetime(2026, 3, 2, 10)), clock.elapsed(16)
        (12.0, 2.0, 48.0)
        """
        if work <= 0:
            return 0.0
        if not self.total:
            return work
        if work > self.total:
            return self._hours(self.until) + (work - self.total) / self.rate
        at = max(bisect_left(self._sums, work) - 1, 0)
        return self._starts[at] + work - self._sums[at]

    def spread(self, work: float) -> float:
        """Return the hours of the clock of work that is over, on average."""
        return work / self.rate if self.rate else work

    def _hours(self, moment: datetime) -> float:
        return (moment - self.origin).total_seconds() / 3600


# === PLAN === #


@dataclass(frozen=True, slots=True)
class Step:
    """A stage of a flow.

    :ivar hours: its time limit, else how long orders stay there on average; 0: not
        known
    """

    stage: int
    milestone: str
    hours: float = 0.0


@dataclass(frozen=True, slots=True)
class Position:
    """What lies before and after a stage, in hours as planned.

    :ivar made, make: of the stages of making before and after it; ``done`` and
        ``left`` of the others
    """

    own: float
    is_making: bool
    is_received: bool
    made: float
    done: float
    make: float
    left: float


def arrival(milestones: Iterable[str]) -> str:
    """Return the milestone by which a flow is measured.

    >>> arrival(["received", "shipped", "closed"]), arrival([])
    ('shipped', 'closed')
    """
    found = set(milestones)
    return next((each for each in ARRIVALS if each in found), ARRIVALS[-1])


def positions(steps: Sequence[Step], ranks: Mapping[str, int]) -> dict[int, Position]:
    """Return the position of each stage before the arrival of the goods.

    :param steps: of one flow, in order
    :param ranks: ``{milestone: place}`` in the order in which they are passed
    :return: ``{stage: Position}``; stages in which the goods have arrived, or the
        order has ended, are left out
    """
    goal = ranks[arrival(step.milestone for step in steps)]
    ahead = [step for step in steps if ranks[step.milestone] < goal]
    found = {}
    for at, step in enumerate(ahead):
        before = [each for each in ahead[:at] if each.milestone != RECEIVED]
        after = ahead[at + 1 :]
        found[step.stage] = Position(
            step.hours,
            step.milestone in MAKING,
            step.milestone == RECEIVED,
            sum(each.hours for each in before if each.milestone in MAKING),
            sum(each.hours for each in before if each.milestone not in MAKING),
            sum(each.hours for each in after if each.milestone in MAKING),
            sum(each.hours for each in after if each.milestone not in MAKING),
        )
    return found


def progress(
    position: Position,
    in_stage: float,
    elapsed: float,
    operations: tuple[float, float] | None = None,
) -> Progress | None:
    """Return how far an order is; ``None``: there is no plan to measure it by.

    A stage in progress is done for as long as it has lasted, at most as long as it
    was planned; what lasts longer shows in the pace.

    :param in_stage: hours of the clock in the present stage
    :param elapsed: hours of the clock since the order left *received*
    :param operations: planned ``(done, left)`` hours of the clock of its operations;
        they stand for the stages of making
    """
    spent = min(in_stage, position.own) if not position.is_received else 0.0
    rest = max(position.own - in_stage, 0.0)
    done, left = position.done, position.left
    made, make = position.made, position.make
    if position.is_making:
        made, make = made + spent, make + rest
    else:
        done, left = done + spent, left + rest
    if operations:
        made, make = operations
    if not done + left + made + make:
        return None
    return Progress(round(done + made, 4), round(left + make, 4), max(elapsed, 0.0))


def begins(moment: datetime, left: float) -> datetime:
    """Return when what is left must begin at the latest to be ready at a moment."""
    return moment - timedelta(hours=left)
