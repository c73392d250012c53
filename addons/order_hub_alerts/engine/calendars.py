"""Time that counts: working time and public holidays.

Moments go in and come out as aware UTC; days and clock times are those of a time
zone that is named with them. Working time is a list of intervals: the caller takes
them from a ``resource.calendar``, or from :func:`weekly`.

Daylight saving, as :mod:`zoneinfo` and PEP 495 have it: a clock time that is shown
twice means its first moment, one that is skipped means the moment of the jump. So
times of day keep their order, intervals that touch on the clock touch in time, and
the night of the change is one hour longer or shorter.

China moves working days: a bridge day off is worked on a weekend ("调休"). The days
are those of the yearly notice of the State Council (国务院办公厅关于部分节假日安排的
通知), as published in the library ``chinesecalendar``. Of a year that it does not
know, nobody can know the make-up days: the plain calendar holds, and
:attr:`PublicDays.unknown` names the year so that people can be told.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone, tzinfo

Interval = tuple[datetime, datetime]
DAY = timedelta(days=1)
#: How far from a make-up day a normal working day is looked for; the longest row of
#: days off so far (Spring Festival) has nine.
PATTERN_DAYS = 21


# === MOMENTS === #


def aware(moment: datetime) -> datetime:
    """Return a moment as aware UTC; naive means UTC, as in the database."""
    if moment.tzinfo is None:
        return moment.replace(tzinfo=timezone.utc)
    return moment.astimezone(timezone.utc)


def naive(moment: datetime) -> datetime:
    """Return a moment as naive UTC, as the database keeps it."""
    return aware(moment).replace(tzinfo=None)


def local_moment(day: date, hours: float, tz: tzinfo) -> datetime:
    """Return the UTC moment at which clocks show so many hours after midnight.

    :param hours: 9.5 is 09:30; 24 and more lie on the next day
    """
    wall = datetime.combine(day, time()) + timedelta(minutes=round(hours * 60))
    moment = wall.replace(tzinfo=tz).astimezone(timezone.utc)
    shown = moment.astimezone(tz).replace(tzinfo=None)
    return moment if shown == wall else _jump(wall, tz)


def next_local(now: datetime, clock: time, tz: tzinfo) -> datetime:
    """Return the next moment after ``now`` at which clocks show ``clock``.

    At 13:59, 14:00 is today; at 14:00 it is tomorrow.
    """
    day = aware(now).astimezone(tz).date()
    hours = clock.hour + clock.minute / 60
    moments = (local_moment(day + DAY * shift, hours, tz) for shift in range(3))
    return next(moment for moment in moments if moment > aware(now))


def _jump(wall: datetime, tz: tzinfo) -> datetime:
    """Return the moment at which clocks jump over a clock time."""
    before = wall.replace(tzinfo=tz, fold=1).astimezone(timezone.utc)
    after = wall.replace(tzinfo=tz, fold=0).astimezone(timezone.utc)
    offset = after.astimezone(tz).utcoffset()
    low, high = sorted((before, after))
    while high - low > timedelta(seconds=1):
        middle = (low + (high - low) / 2).replace(microsecond=0)
        if middle.astimezone(tz).utcoffset() == offset:
            high = middle
        else:
            low = middle
    return high


# === INTERVALS === #


def merge(intervals: Iterable[Interval]) -> list[Interval]:
    """Return the same time as intervals in order that neither touch nor overlap."""
    found: list[Interval] = []
    for start, stop in sorted((aware(a), aware(b)) for a, b in intervals):
        if start >= stop:
            continue
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], stop))
        else:
            found.append((start, stop))
    return found


def intersect(one: Iterable[Interval], other: Iterable[Interval]) -> list[Interval]:
    """Return the time that lies in both."""
    left, right, found = merge(one), merge(other), []
    i = j = 0
    while i < len(left) and j < len(right):
        start = max(left[i][0], right[j][0])
        stop = min(left[i][1], right[j][1])
        if start < stop:
            found.append((start, stop))
        if left[i][1] <= right[j][1]:
            i += 1
        else:
            j += 1
    return found


def subtract(intervals: Iterable[Interval], holes: Iterable[Interval]):
    """Return the time of the first that does not lie in the second.

    :rtype: list[Interval]
    """
    found = []
    holes = merge(holes)
    ends = [stop for _start, stop in holes]
    for start, stop in merge(intervals):
        for hole_start, hole_stop in holes[bisect_right(ends, start) :]:
            if hole_start >= stop:
                break
            if start < hole_start:
                found.append((start, hole_start))
            start = max(start, hole_stop)
        if start < stop:
            found.append((start, stop))
    return found


@dataclass(frozen=True)
class Slot:
    """Hours of a weekday on the clock.

    :ivar weekday: Monday is 0
    :ivar hour_to: not after ``hour_from``: of the next day
    """

    weekday: int
    hour_from: float
    hour_to: float

    def on(self, day: date, tz: tzinfo) -> Interval:
        """Return the moments of the slot on a day."""
        past = 0 if self.hour_to > self.hour_from else 24
        return (
            local_moment(day, self.hour_from, tz),
            local_moment(day, self.hour_to + past, tz),
        )


def weekly(
    slots: Iterable[Slot], tz: tzinfo, since: datetime, until: datetime
) -> list[Interval]:
    """Return the intervals of a week's pattern between two moments."""
    slots = list(slots)
    found = [
        slot.on(day, tz)
        for day in local_days(since - DAY, until, tz)
        for slot in slots
        if slot.weekday == day.weekday()
    ]
    return intersect(found, [(since, until)])


def local_days(since: datetime, until: datetime, tz: tzinfo) -> list[date]:
    """Return the days on the calendar that two moments span, both included."""
    first = aware(since).astimezone(tz).date()
    last = aware(until).astimezone(tz).date()
    return [first + DAY * shift for shift in range((last - first).days + 1)]


def _whole(day: date, tz: tzinfo) -> Interval:
    return local_moment(day, 0, tz), local_moment(day, 24, tz)


# === PUBLIC DAYS === #


@dataclass(frozen=True)
class PublicDays:
    """Days on which a country does not keep its usual week.

    :ivar off: public holidays, with the days around them that are off
    :ivar worked: days that are worked although the week says they are off
    :ivar unknown: years about which nothing is known: their weeks stay as they are
    """

    off: frozenset[date] = frozenset()
    worked: frozenset[date] = frozenset()
    unknown: tuple[int, ...] = ()


NO_DAYS = PublicDays()


def chinese_days(first: date, last: date) -> PublicDays:
    """Return China's public holidays and make-up working days, both days included.

    Ordinary weekends are in neither: the calendar of the company has them.
    """
    off, worked, unknown = set(), set(), set()
    for shift in range((last - first).days + 1):
        day = first + DAY * shift
        detail = _chinese_detail(day) if day.year not in unknown else None
        if detail is None:
            unknown.add(day.year)
        elif detail[1]:
            (off if detail[0] else worked).add(day)
    return PublicDays(frozenset(off), frozenset(worked), tuple(sorted(unknown)))


def _chinese_detail(day: date) -> tuple[bool, str | None] | None:
    """Return whether a day is off and its occasion; ``None``: nobody knows.

    The library is asked, not its tables; it raises for years it does not know.
    """
    try:
        import chinese_calendar
    except ImportError:
        return None
    try:
        return chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:
        return None


def with_public_days(
    intervals: Iterable[Interval],
    days: PublicDays,
    tz: tzinfo,
    leaves: Iterable[Interval] = (),
) -> list[Interval]:
    """Return working time as the public calendar changes it.

    Nothing is worked on days off. A make-up day on which the calendar has no working
    time gets the clock times of the nearest normal working day before it, or else
    after it. What the company itself has closed stays closed.

    :param intervals: of the company's week *without* its leaves, for at least three
        weeks before the moments that are asked for
    :param leaves: when the company is closed, whatever day it is
    """
    plain = merge(intervals)
    worked = [
        interval for day in days.worked for interval in _made_up(day, plain, days, tz)
    ]
    kept = subtract(plain, [_whole(day, tz) for day in days.off])
    return subtract(merge([*kept, *worked]), leaves)


def _made_up(
    day: date, plain: Sequence[Interval], days: PublicDays, tz: tzinfo
) -> list[Interval]:
    """Return the working time of a make-up day; none when it has its own."""
    if _on(day, plain, tz):
        return []
    shifts = range(1, PATTERN_DAYS + 1)
    for shift in [*(-n for n in shifts), *shifts]:
        model = day + DAY * shift
        if model in days.off or model in days.worked:
            continue
        if found := _on(model, plain, tz):
            return [_moved(interval, model, day, tz) for interval in found]
    return []


def _on(day: date, plain: Sequence[Interval], tz: tzinfo) -> list[Interval]:
    start, stop = _whole(day, tz)
    near = bisect_right(plain, (start - DAY, stop))
    return intersect(plain[max(near - 1, 0) : near + 50], [(start, stop)])


def _moved(interval: Interval, model: date, day: date, tz: tzinfo) -> Interval:
    """Return the same clock times on another day."""
    start, stop = (_clock(moment, model, tz) for moment in interval)
    return local_moment(day, start, tz), local_moment(day, stop, tz)


def _clock(moment: datetime, day: date, tz: tzinfo) -> float:
    """Return what clocks show, in hours after the midnight that begins a day."""
    wall = moment.astimezone(tz).replace(tzinfo=None)
    return (wall - datetime.combine(day, time())) / timedelta(hours=1)


# === WORKING TIME === #


@dataclass(frozen=True)
class WorkingTime:
    """The working time between two moments; nothing is known outside of them.

    :ivar intervals: as of :func:`merge`
    """

    intervals: tuple[Interval, ...]
    since: datetime
    until: datetime
    _stops: tuple[datetime, ...] = field(default=(), repr=False, compare=False)

    def __post_init__(self):
        span = (aware(self.since), aware(self.until))
        inside = tuple(intersect(self.intervals, [span]))
        object.__setattr__(self, "since", span[0])
        object.__setattr__(self, "until", span[1])
        object.__setattr__(self, "intervals", inside)
        object.__setattr__(self, "_stops", tuple(stop for _start, stop in inside))

    def minutes(self, since: datetime, until: datetime) -> float:
        """Return the working minutes between two moments; 0 in the wrong order."""
        total = timedelta()
        for start, stop in self._after(since):
            if start >= until:
                break
            total += max(min(stop, until) - max(start, since), timedelta())
        return total / timedelta(minutes=1)

    def add(self, start: datetime, minutes: float) -> datetime | None:
        """Return the first moment with so many working minutes since ``start``.

        :return: ``None`` when that lies beyond what is known (``until``)
        """
        left = timedelta(minutes=minutes)
        if not left:
            return start
        for opens, closes in self._after(start):
            opens = max(opens, start)
            if closes - opens >= left:
                return opens + left
            left -= closes - opens
        return None

    def is_open(self, at: datetime) -> bool:
        """Tell whether a moment is working time; the moment of closing is not."""
        return self.next_open(at) == at

    def next_open(self, at: datetime) -> datetime | None:
        """Return ``at`` in working time, else when it begins; ``None``: unknown."""
        return next((max(start, at) for start, _stop in self._after(at)), None)

    def closed(self) -> list[Interval]:
        """Return the rest of the time that is known."""
        return subtract([(self.since, self.until)], self.intervals)

    def _after(self, at: datetime) -> tuple[Interval, ...]:
        return self.intervals[bisect_right(self._stops, at) :]
