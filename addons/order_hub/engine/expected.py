"""When goods arrive by what suppliers say, and for whom.

A supplier says of a purchase line how much comes when. What he does not speak of does
not come. Takers stand in a row: who is first in it gets the earliest parts, as in
Odoo's forecast.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

#: What nobody says a day for comes at no time.
NEVER = datetime.max
#: What rounding may leave over.
NOTHING = 1e-6


@dataclass(frozen=True)
class Part:
    """So much comes at that moment (naive UTC)."""

    quantity: float
    moment: datetime


@dataclass(frozen=True)
class Take:
    """Something takes so much of a line; takers come in the order of the row."""

    taker: int
    quantity: float


def arrivals(parts: Iterable[Part], takes: Iterable[Take]) -> dict[int, datetime]:
    """Return ``{taker: when all it takes is there}``; ``NEVER``: not all comes."""
    coming = sorted(parts, key=lambda part: part.moment)
    found, upto, there, place = {}, 0.0, 0.0, 0
    for take in takes:
        upto += take.quantity
        while place < len(coming) and there < upto - NOTHING:
            there += coming[place].quantity
            place += 1
        moment = coming[place - 1].moment if place else NEVER
        if there < upto - NOTHING:
            moment = NEVER
        found[take.taker] = max(moment, found.get(take.taker, moment))
    return found


def last_day(parts: Iterable[Part]) -> datetime | None:
    """Return when the last part comes, or ``None`` when nothing comes."""
    return max((part.moment for part in parts), default=None)


def short_of(ordered: float, parts: Iterable[Part]) -> float:
    """Return how much of what is ordered does not come; never negative."""
    missing = ordered - sum(part.quantity for part in parts)
    return missing if missing > NOTHING else 0.0


@dataclass(frozen=True)
class Delay:
    """An order gets something too late.

    :ivar expected: when everything is there, ``None``: for a part nobody says a day
    :ivar lines: ids of the purchase lines that come too late
    """

    expected: datetime | None
    lines: frozenset[int]


def delay(
    promised: datetime | None, arriving: Mapping[int, datetime], day
) -> Delay | None:
    """Return what an order gets after the day promised, or ``None``.

    Days are compared: what slips by an hour on its day is not late.

    :param promised: naive UTC; ``None``: nothing was promised, nothing is late
    :param arriving: ``{purchase line: when it is there}``
    :param day: gives the day of a moment in the company's time zone
    """
    if not promised:
        return None
    limit: date = day(promised)
    late = {
        line: moment
        for line, moment in arriving.items()
        if moment == NEVER or day(moment) > limit
    }
    if not late:
        return None
    known = [moment for moment in late.values() if moment != NEVER]
    return Delay(max(known, default=None), frozenset(late))
