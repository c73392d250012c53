"""Mute times: when a rule may see but not speak.

Warnings are opened, counted and closed as ever; only what is told waits. What is
still open when the mute ends is told then, once.

A mute has limits that all hold together (weekdays, hours, dates, public holidays,
outside of working time); several mutes of a rule add up. Hours past midnight belong
to the day on which they begin: *Friday 22:00–06:00* ends on Saturday morning.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from .calendars import (
    DAY,
    NO_DAYS,
    Interval,
    PublicDays,
    Slot,
    WorkingTime,
    aware,
    intersect,
    local_days,
    merge,
)

WEEK = frozenset(range(7))
#: How far ahead the end of a mute is looked for; asked again then.
HORIZON = timedelta(days=40)


@dataclass(frozen=True)
class Mute:
    """One mute time.

    :ivar tz: the zone of days and hours
    :ivar weekdays: on which it begins; Monday is 0
    :ivar hour_to: not after ``hour_from``: of the next day
    :ivar date_from: first day, included; ``None``: always
    :ivar date_to: last day, included; ``None``: for good
    :ivar only_public_holidays: on those days alone
    :ivar outside_working_time: never within working time
    :raise ValueError: for a mute that would never speak again, or hours not on a clock
    """

    tz: tzinfo
    weekdays: frozenset[int] = WEEK
    hour_from: float = 0.0
    hour_to: float = 24.0
    date_from: date | None = None
    date_to: date | None = None
    only_public_holidays: bool = False
    outside_working_time: bool = False

    def __post_init__(self):
        if not (0 <= self.hour_from < 24 and 0 <= self.hour_to <= 24):
            raise ValueError("Hours lie between 0:00 and 24:00.")
        if not self.weekdays <= WEEK or not self.weekdays:
            raise ValueError("A mute needs a weekday.")
        if self._is_endless():
            raise ValueError("A mute without a limit would silence the rule for good.")

    def _is_endless(self) -> bool:
        whole_day = self.hour_from % 24 == self.hour_to % 24
        return (
            whole_day
            and self.weekdays == WEEK
            and self.date_to is None
            and not self.only_public_holidays
            and not self.outside_working_time
        )

    def begins_on(self, day: date, days: PublicDays) -> bool:
        """Tell whether the mute may begin on a day."""
        return (
            day.weekday() in self.weekdays
            and (self.date_from is None or day >= self.date_from)
            and (self.date_to is None or day <= self.date_to)
            and (not self.only_public_holidays or day in days.off)
        )


def mute_intervals(
    mute: Mute,
    since: datetime,
    until: datetime,
    working: WorkingTime | None = None,
    days: PublicDays = NO_DAYS,
) -> list[Interval]:
    """Return when a mute is on between two moments.

    :param working: needed by a mute outside of working time; what it does not know
        is not muted
    :param days: of a year that they do not know, no public holiday mutes
    :raise ValueError: when working time is needed and not given
    """
    found = [
        Slot(day.weekday(), mute.hour_from, mute.hour_to).on(day, mute.tz)
        for day in local_days(since - DAY, until, mute.tz)
        if mute.begins_on(day, days)
    ]
    if mute.outside_working_time:
        if working is None:
            raise ValueError("A mute outside of working time needs working time.")
        found = intersect(found, working.closed())
    return intersect(found, [(since, until)])


def muted_until(
    mutes: Iterable[Mute],
    now: datetime,
    working: WorkingTime | None = None,
    days: PublicDays = NO_DAYS,
) -> datetime | None:
    """Return when a rule may speak again; ``None``: it may now.

    Mutes that follow each other without a gap are one. A mute that is longer than
    :data:`HORIZON` ends there for now.

    :param now: aware UTC
    """
    now = aware(now)
    span = (now - DAY, now + HORIZON)
    found = merge(
        interval
        for mute in mutes
        for interval in mute_intervals(mute, *span, working, days)
    )
    return next((stop for start, stop in found if start <= now < stop), None)
