"""The next free slot of a person: inside working hours, on top of nothing."""

from collections.abc import Iterable
from datetime import datetime, timedelta

#: Meetings begin on the hour and at half past.
STEP = timedelta(minutes=30)


def next_step(moment: datetime, step: timedelta = STEP) -> datetime:
    """Return the first moment of the grid that is not before ``moment``.

    >>> next_step(datetime(2026, 3, 2, 9, 10))
    datetime.datetime(2026, 3, 2, 9, 30)
    """
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + -((midnight - moment) // step) * step


def next_free(
    now: datetime,
    working: Iterable,
    busy: Iterable,
    length: timedelta = STEP,
    step: timedelta = STEP,
) -> datetime | None:
    """Return when the first free slot begins, or ``None``.

    :param now: the slot begins at or after this moment; all moments are naive and
        of one time zone whose offset is a multiple of the step
    :param working: working hours as ``(start, end)``, sorted, not overlapping
    :param busy: ``(start, end)`` of what is in the calendar already, in any order
    """
    taken = sorted((start, end) for start, end in busy if end > start)
    for start, end in working:
        begin = next_step(max(start, now), step)
        while begin + length <= end:
            blocking = _blocking(taken, begin, begin + length)
            if blocking is None:
                return begin
            begin = next_step(max(blocking, begin + step), step)
    return None


def _blocking(taken: list, start: datetime, end: datetime) -> datetime | None:
    """Return the latest end of what overlaps a slot, or ``None``."""
    ends = [to for since, to in taken if since < end and to > start]
    return max(ends) if ends else None
