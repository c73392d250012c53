"""Which days of which figures are to be measured, in a company's own time zone.

A day runs from midnight to midnight on the company's clocks: 23 or 25 hours when
they are changed. Moments are aware UTC.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from .calendars import aware, local_moment

#: How far a figure is made up for: after a standstill, or when it is switched on.
CATCH_UP_DAYS = 35
#: How things stood at the end of a day may be read so long after it.
AFTERGLOW = timedelta(hours=3)


@dataclass(frozen=True)
class Due:
    """One day to measure.

    :param day: on the company's calendar
    :param since: begin of the window that counts, ``window_days`` ending with the day
    :param until: its end: midnight, or now while the day lasts
    :param is_final: the day is over
    :param is_current: how things stand now may be taken for this day
    """

    day: date
    since: datetime
    until: datetime
    is_final: bool
    is_current: bool


def today(now: datetime, tz: tzinfo) -> date:
    """Return the day that the company's calendar shows."""
    return aware(now).astimezone(tz).date()


def window(
    day: date, window_days: int, now: datetime, tz: tzinfo
) -> tuple[datetime, datetime]:
    """Return begin and end of the window of a day: aware UTC, never after ``now``."""
    since = local_moment(day - timedelta(days=max(window_days, 1) - 1), 0, tz)
    return since, min(local_moment(day, 24, tz), aware(now))


def due(
    now: datetime,
    tz: tzinfo,
    last_final: date | None,
    window_days: int,
    *,
    is_hourly: bool,
) -> list[Due]:
    """Return the days to measure now, oldest first.

    :param last_final: the last day that was measured after it was over
    :param window_days: days that a figure looks back, its own day included
    :param is_hourly: measured while the day lasts too
    """
    present = today(now, tz)
    earliest = present - timedelta(days=CATCH_UP_DAYS)
    first = earliest if last_final is None else last_final + timedelta(days=1)
    day = max(first, earliest)
    found = []
    while day < present or (is_hourly and day == present):
        since, until = window(day, window_days, now, tz)
        end = local_moment(day, 24, tz)
        found.append(
            Due(day, since, until, end <= aware(now), aware(now) - end < AFTERGLOW)
        )
        day += timedelta(days=1)
    return found


def is_time(now: datetime, tz: tzinfo, hour: float) -> bool:
    """Tell whether clocks of today have reached an hour (7.5 is 07:30)."""
    return aware(now) >= local_moment(today(now, tz), hour, tz)
