"""Dates in what people write: ``3月15日前到``, ``下周五``, ``国庆前三天``.

The words of a date name a day or a period (``date_rules``); what stands around them
says whether it is the day, the last day, the first, or which order is meant. The same
text on the same day gives the same dates; nothing is raised whatever the text.
"""

import re
from collections.abc import Callable, Container, Sequence
from dataclasses import replace
from datetime import date, datetime

from ..address_table import simple
from ..identity import FULL_WIDTH
from .date_marks import NUMBERED, DateFound, Marks
from .date_periods import Period, Workday
from .date_rules import RULES
from .date_words import MORE_SIMPLE

#: Longer texts are read so far.
MAX_TEXT = 4000
#: Nobody names more of them in one message.
MAX_DATES = 40
JOINED = re.compile(r"\s*(?:到|至|-|~|—|–|to|until)\s*$")


def plain(text: str) -> str:
    """Return a text in small, simple, half-width characters, as long as it was."""
    text = simple(text.translate(FULL_WIDTH)).translate(MORE_SIMPLE)
    small = text.lower()
    if len(small) == len(text):
        return small
    return "".join(c if len(c.lower()) > 1 else c.lower() for c in text)


def workdays(holidays: Container[date] | None) -> Workday:
    """Return what tells whether a day is worked.

    :param holidays: days off beside week-ends; nothing: China's, as far as published
    """
    if holidays is not None:
        return lambda day: day.weekday() < 5 and day not in holidays
    return _is_workday


def _is_workday(day: date) -> bool:
    import chinese_calendar  # reads its tables: only where somebody counts workdays

    try:
        return chinese_calendar.is_workday(day)
    except NotImplementedError:
        return day.weekday() < 5


def find_dates(
    text: str, now: datetime, holidays: Container[date] | None = None
) -> list[DateFound]:
    """Return the dates of a text, in order.

    :param now: when it was written, aware, in the company's zone
    :param holidays: days off beside week-ends; nothing: China's
    """
    reading = _Reading(plain(text[:MAX_TEXT]), now.date(), workdays(holidays))
    found = sorted(reading.dates(), key=lambda one: one.spans[0])
    return _joined(found, reading.text)


class _Reading:
    """One text, and which of its characters belong to a date already."""

    def __init__(self, text: str, today: date, workday: Workday):
        self.text, self.today, self.workday = text, today, workday
        self.taken = bytearray(len(text))

    def dates(self) -> list[DateFound]:
        found, signs = [], set(self.text)
        for rule in RULES:
            if signs.isdisjoint(rule.hints):
                continue
            for match in rule.pattern.finditer(self.text):
                one = self._read(rule.read, match)
                if one:
                    found.append(one)
                if len(found) >= MAX_DATES:
                    return found
        return found

    def _read(self, read: Callable, match: re.Match) -> DateFound | None:
        start, end = match.span()
        if start == end or any(self.taken[start:end]):
            return None
        try:
            period = read(match, self.today, self.workday)
        except (ValueError, KeyError, OverflowError):
            return None
        if period is None or NUMBERED.search(self.text, max(0, start - 16), start):
            return None
        return self._around(period, start, end)

    def _around(self, period: Period, start: int, end: int) -> DateFound | None:
        """Return the date with what the words before and after it say."""
        mark = Marks(self.text, start)
        mark.read_after(end)
        if period.needs and not mark.makes_a_date:
            return None
        if not mark.is_said_of_goods(period):
            period = replace(period, kind="reference")
        self.taken[mark.start : mark.end] = b"\1" * (mark.end - mark.start)
        if period.kind == "reference" and period.way == "no_hurry":
            return None
        return mark.applied(period, self.today)


def _joined(found: Sequence[DateFound], text: str) -> list[DateFound]:
    """Make one period of two dates with ``到`` between them."""
    dates: list[DateFound] = []
    for one in found:
        last = dates[-1] if dates else None
        between = text[last.spans[-1][1] : one.spans[0][0]] if last else ""
        if last and _is_period(last, one, between):
            span = (last.spans[0][0], one.spans[-1][1])
            dates[-1] = replace(
                last, until=one.day, kind="vague", confidence=0.6, spans=(span,)
            )
        else:
            dates.append(one)
    return dates


def _is_period(first: DateFound, second: DateFound, between: str) -> bool:
    if not (first.kind == "on" and first.day and second.day and between):
        return False
    return bool(JOINED.fullmatch(between)) and first.day < second.day


def wanted_date(dates: Sequence[DateFound]) -> tuple[DateFound | None, str]:
    """Return the date an order is wanted, and the code of a doubt about it.

    ``dates_differ``: several days are named; ``date_vague``: no day is named;
    ``date_unsure``: the day may be another. No doubt: an empty text.
    """
    wanted = [one for one in dates if one.is_wanted]
    with_day = [one for one in wanted if one.day]
    if not with_day:
        vague = next((one for one in wanted if one.kind == "vague"), None)
        return vague, "date_vague" if vague else ""
    if len({one.day for one in with_day}) > 1:
        return with_day[0], "dates_differ"
    best = max(with_day, key=lambda one: one.confidence)
    if best.kind in ("vague", "after"):
        return best, "date_vague"
    return best, "" if best.is_sure else "date_unsure"
