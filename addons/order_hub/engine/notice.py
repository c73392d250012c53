"""When a customer was told of a delay, and what he says about it.

The hub knows when a delay became known (the promise was moved to a later day, a
supplier reported late) and when a message reached the customer. Of several delays
the one told worst counts: it is the one he remembers. His own answer is put beside
it; where both are two steps or more apart, one of them is wrong, and it is worth
finding out which.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

import pytz

#: How soon somebody was told, soonest first; the steps that claims are compared by.
STEPS = ("at_once", "same_day", "later", "never")
#: There was nothing to tell.
NOTHING = "nothing"
#: Points (0 to 10) of what a customer says; nothing to tell earns and costs none.
POINTS = {"at_once": 10.0, "same_day": 7.0, "later": 3.0, "never": 0.0, NOTHING: None}
#: A message tells a delay that was written into the order so much later.
BEFOREHAND = timedelta(hours=2)


@dataclass(frozen=True)
class Notice:
    """How the worst told delay of an order was told; moments naive UTC.

    :ivar fact: one of ``STEPS``, or ``nothing``
    :ivar told: ``None``: never
    :ivar hours: from known to told, 0 if told beforehand; ``None``: never or nothing
    """

    fact: str
    known: datetime | None = None
    told: datetime | None = None
    hours: float | None = None


def notice(
    known: Iterable[datetime],
    told: Iterable[datetime],
    until: datetime,
    zone: tzinfo,
    limit_hours: float = 2.0,
) -> Notice:
    """Return how the customer was told of the delays of an order.

    :param known: moments at which a delay became known
    :param told: moments at which the customer was written to
    :param until: the goods were there: whoever is told afterwards was not told
    :param zone: where the company is
    :param limit_hours: told within so many hours is told at once
    """
    messages = sorted(moment for moment in told if moment <= until)
    found = [
        _told(moment, messages, zone, limit_hours) for moment in known if moment < until
    ]
    worst = max(
        found,
        key=lambda each: (STEPS.index(each.fact), each.hours or 0.0, each.known),
        default=None,
    )
    return worst or Notice(NOTHING)


def _told(known, messages, zone, limit_hours):
    told = next((each for each in messages if each >= known - BEFOREHAND), None)
    if told is None:
        return Notice("never", known)
    hours = max((told - known).total_seconds() / 3600, 0.0)
    if hours <= limit_hours:
        fact = "at_once"
    else:
        fact = "same_day" if _day(told, zone) == _day(known, zone) else "later"
    return Notice(fact, known, told, hours)


def _day(moment, zone):
    return pytz.utc.localize(moment).astimezone(zone).date()


def verdict(claim: str | None, fact: str) -> str | None:
    """Return how what a customer says goes with what the hub knows.

    :param claim: one of ``STEPS`` or ``nothing``; ``None``: he did not say
    :return: ``agrees``; ``later`` or ``sooner`` (he says so, by two steps or more);
        ``unnoticed`` (a delay he did not notice); ``unknown`` (a change we know
        nothing of); ``None``: nothing to compare
    """
    if claim is None:
        return None
    if NOTHING in (claim, fact):
        if claim == fact:
            return "agrees"
        return "unnoticed" if claim == NOTHING else "unknown"
    steps = STEPS.index(claim) - STEPS.index(fact)
    if abs(steps) < 2:
        return "agrees"
    return "later" if steps > 0 else "sooner"
