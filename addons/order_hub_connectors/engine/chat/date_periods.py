"""Days and periods that words name, before it is looked at what stands around them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from .date_words import day_in, month_after, month_end, months_later

SURE = 0.95


@dataclass(frozen=True)
class Period:
    """What the words of a date name by themselves.

    :ivar first, last: days, the same for one day; nothing: no day is named
    :ivar kind: where the words say it already: by, after, asap, vague, reference
    :ivar before_first: ``前`` means before the first day, not by the last
    :ivar needs: it is a date only when words around it say so (3.15, 5号)
    """

    first: date | None
    last: date | None = None
    confidence: float = SURE
    way: str = "said"
    kind: str = ""
    before_first: bool = False
    needs: bool = False


#: Tells whether a day is worked.
Workday = Callable[[date], bool]


def one(day: date | None, confidence: float = SURE, **more) -> Period:
    """Return the period of a single day; a day that does not exist is doubtful."""
    if day is None:
        return Period(None, None, 0.2, "no_such_day", "vague")
    return Period(day, day, confidence, **more)


def told(way: str = "said") -> Period:
    """Return what says which order is meant, or since when: no wanted day."""
    return Period(None, None, SURE, way, "reference")


def span(first: date, last: date, confidence: float = 0.6, **more) -> Period:
    """Return a period of several days: whoever must promise asks for one."""
    more = {"kind": "vague", "before_first": True, **more}
    return Period(first, last, confidence, **more)


def in_year(month: int, day: int, today: date) -> Period:
    """Return the next such day; one that is long ahead may be a slip of the pen."""
    this_year = day_in(today.year, month, day)
    if this_year and this_year >= today:
        return one(this_year)
    later = day_in(today.year + 1, month, day)
    if later and this_year and (later - today).days > 200:
        return one(later, 0.5, way="next_year")
    return one(later, 0.92, way="next_year")


def dated(year: int, month: int, day: int, today: date) -> Period:
    """Return a day whose year was said."""
    found = day_in(year + 2000 if year < 100 else year, month, day)
    if found and found < today:
        return one(found, 0.3, way="past")
    if found and (found - today).days > 400:
        return one(found, 0.5, way="far")
    return one(found, 0.97)


def in_month(day: int, today: date, months: int | None = None) -> Period:
    """Return the day of a month; without a month the next such day."""
    if months is not None:
        return one(day_in(*month_after(today, months), day))
    this, later = (day_in(*month_after(today, ahead), day) for ahead in (0, 1))
    if this and this >= today:
        return one(this, SURE if this > today else 0.7)
    slip = today.day - day < 3
    return one(later, 0.7 if slip else 0.92, way="next_month")


def part_of_month(month: int, part: str | None, today: date) -> Period | None:
    if not 1 <= month <= 12:
        return None
    year = today.year + (month < today.month)
    return month_part(year, month, part or "")


def month_part(year: int, month: int, part: str) -> Period:
    """Return the days that ``底``, ``初``, ``上旬`` … name."""
    last = month_end(year, month)
    if part[:1] in ("底", "末") or part in ("尾", "内", "之内", "以内", "end", "late"):
        return one(last, 0.92, kind="by", way="end_of_month")
    first, until = {
        "初": (1, 5),
        "头": (1, 5),
        "early": (1, 10),
        "上旬": (1, 10),
        "中": (14, 16),
        "mid": (11, 20),
        "中旬": (11, 20),
        "下旬": (21, last.day),
    }.get(part, (1, last.day))
    return span(
        last.replace(day=first), last.replace(day=until), 0.6, way="part_of_month"
    )


def add_time(today: date, count: float, unit: str, workday: Workday) -> date:
    """Return the day that comes so many days, weeks, months … after today."""
    if "工作" in unit or "working" in unit or "business" in unit:
        day = today
        for _step in range(int(count)):
            day += timedelta(days=1)
            while not workday(day):
                day += timedelta(days=1)
        return day
    if unit.startswith(("小时", "钟头", "hour", "hr")):
        return today + timedelta(days=-(-int(count) // 24) if count >= 24 else 0)
    if unit.startswith(("周", "星期", "礼拜", "week", "wk")):
        return today + timedelta(days=int(count * 7))
    if unit.startswith(("月", "个月", "month")):
        whole = months_later(today, int(count))
        return whole + timedelta(days=15 if count % 1 else 0)
    return today + timedelta(days=int(count) or 1)
