"""Why an order is late, as its customer may know it: from what is open on it."""

from dataclasses import dataclass
from datetime import datetime

#: Causes in public words, the one that says most first. ``checking`` says least: it
#: stands for all that is the company's own business.
CAUSES = (
    "payment",
    "details",
    "address",
    "supply",
    "production",
    "quality",
    "transport",
    "damage",
    "stock",
    "checking",
)
#: What kinds of problems that the hub opens itself mean to a customer.
BY_KIND = {
    "action": "checking",
    "address": "address",
    "amount": "details",
    "approval": "checking",
    "bom": "production",
    "confirm": "checking",
    "credit": "checking",
    "customer": "details",
    "customer_damage": "damage",
    "ecn": "production",
    "handover": "checking",
    "place": "address",
    "product": "details",
    "quality": "quality",
    "routing": "checking",
    "shipping": "transport",
    "supplier_delay": "supply",
    "supply": "supply",
}
#: Not told: what a problem is about stays inside.
HIDDEN = "hidden"


@dataclass(frozen=True)
class Outlook:
    """How an order stands to its promise; moments naive UTC.

    :ivar state: ``open`` (nothing promised), ``on_time``, ``later`` (will be later
        than promised) or ``late`` (the promise has passed)
    :ivar expected: when the rest is expected, if that lies ahead and behind the
        promise
    """

    state: str
    expected: datetime | None = None


def cause_of(kind, public_cause=None):
    """Return what customers are told of a kind of problem, or ``None``.

    :param str kind: code of the kind
    :param public_cause: what a key user has said for it, if anything
    """
    cause = public_cause or BY_KIND.get(kind, "checking")
    return None if cause == HIDDEN else cause


def first_cause(causes):
    """Return the cause that says most, or ``None`` where there is none."""
    known = [cause for cause in CAUSES if cause in causes]
    return known[0] if known else None


def outlook(promised, expected, now, day):
    """Return the :class:`Outlook` of what is not delivered yet.

    :param datetime promised: ``None`` where nothing is
    :param expected: moments at which a part of the rest is expected
    :param datetime now: naive UTC
    :param day: returns the day of a moment as its reader sees it: an hour later on
        the same day is not later
    """
    if not promised:
        return Outlook("open")
    last = max((each for each in expected if each), default=None)
    is_behind = bool(last) and day(last) > day(promised)
    ahead = last if is_behind and day(last) >= day(now) else None
    if promised < now:
        return Outlook("late", ahead)
    return Outlook("later", last) if is_behind else Outlook("on_time")
