"""What can still be done for an order that the radar calls.

Each proposal that changes a fact is tried first: the order is judged again as it
would stand then, and what does not lower the score is not proposed.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from .radar import RED, Risk, assess
from .radar_factors import lateness, need
from .radar_facts import Company, Facts, Purchase, Scheme

SWITCH, TRANSFER, SPLIT, TELL = "switch_supplier", "transfer", "split", "tell_customer"
#: Purchases for which something is proposed: those most likely to be late.
AT_MOST = 3


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another approved supplier of what a purchase brings.

    :ivar sequence: the place among the approved suppliers, the lowest first
    :ivar price: for all that is open, in the currency named
    :ivar arrives: naive UTC, when ordered now
    """

    purchase: int
    supplier: int
    sequence: int = 10
    price: float | None = None
    currency: str = ""
    lead_days: float | None = None
    arrives: datetime | None = None
    on_time: int = 0
    deliveries: int = 0


@dataclass(frozen=True, slots=True)
class Transfer:
    """Free stock in another warehouse that covers what a purchase brings."""

    purchase: int
    warehouse: int
    quantity: float
    arrives: datetime


@dataclass(frozen=True, slots=True)
class Options:
    """What there is to choose from.

    :ivar ready: share (0 to 1) of the order that could leave now; ``None``: not known
    """

    alternatives: tuple[Alternative, ...] = ()
    transfers: tuple[Transfer, ...] = ()
    ready: float | None = None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One thing to do.

    :ivar kind: ``switch_supplier``, ``transfer``, ``split`` or ``tell_customer``
    :ivar figures: JSON: whom, what, when, at what price
    :ivar score_after: the order's score once it is done; ``None``: not reckoned
    """

    kind: str
    figures: dict[str, Any]
    score_after: float | None = None
    colour_after: str | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "figures": self.figures,
            "score_after": self.score_after,
            "colour_after": self.colour_after,
        }


def suggest(
    facts: Facts,
    risk: Risk,
    options: Options,
    scheme: Scheme,
    company: Company,
    now: datetime,
) -> tuple[Suggestion, ...]:
    """Return what helps an order that is yellow or red, what helps most first."""
    if not risk.is_called or facts.promised is None:
        return ()

    def judge(purchases: Iterable[Purchase]) -> Risk:
        return assess(replace(facts, purchases=tuple(purchases)), scheme, company, now)

    found = [
        suggestion
        for purchase in _doubtful(facts, scheme, company)
        for suggestion in (
            _switch(purchase, facts, risk, options, judge),
            _transfer(purchase, facts, risk, options, judge),
        )
        if suggestion
    ]
    found.sort(key=lambda each: each.score_after)
    return (*found, *_talk(facts, risk, options, scheme, now))


def expected(facts: Facts, scheme: Scheme, now: datetime) -> datetime | None:
    """Return when the order will be ready at the pace seen; ``None``: not known.

    What is left begins when the last purchase is there; no purchase is known to come
    before now.
    """
    dates = [each.expected for each in facts.purchases or () if each.expected]
    if facts.progress is None and not dates:
        return None
    return max([now, *dates]) + timedelta(hours=need(facts.progress, scheme))


def _doubtful(facts: Facts, scheme: Scheme, company: Company) -> list[Purchase]:
    """Return the purchases most likely to be late, the worst first."""
    chances = [
        (lateness(each, facts.promised, scheme, company)[0], each)
        for each in facts.purchases or ()
    ]
    chances.sort(key=lambda row: (-row[0], row[1].id))
    return [each for chance, each in chances if chance > 0][:AT_MOST]


def _switch(purchase, facts, risk, options, judge) -> Suggestion | None:
    """Return the next approved supplier who would be in time and lowers the score."""
    rows = [each for each in options.alternatives if each.purchase == purchase.id]
    needed = purchase.needed or facts.promised
    for row in sorted(rows, key=lambda each: (each.sequence, each.supplier)):
        if row.arrives is None or row.arrives > needed:
            continue
        instead = replace(
            purchase,
            supplier=row.supplier,
            expected=row.arrives,
            on_time=row.on_time,
            deliveries=row.deliveries,
            is_confirmed=False,
        )
        after = judge(_with(facts.purchases, purchase, [instead]))
        if after.score < risk.score:
            return Suggestion(SWITCH, _bought(row), after.score, after.colour)
    return None


def _transfer(purchase, facts, risk, options, judge) -> Suggestion | None:
    """Return the transfer that is there first, if in time and lowering the score."""
    needed = purchase.needed or facts.promised
    rows = [
        each
        for each in options.transfers
        if each.purchase == purchase.id and each.arrives <= needed
    ]
    if not rows:
        return None
    row = min(rows, key=lambda each: (each.arrives, each.warehouse))
    after = judge(_with(facts.purchases, purchase, []))
    if after.score >= risk.score:
        return None
    figures = {
        "purchase": row.purchase,
        "warehouse": row.warehouse,
        "quantity": row.quantity,
        "arrives": row.arrives.isoformat(" ", "seconds"),
    }
    return Suggestion(TRANSFER, figures, after.score, after.colour)


def _talk(facts, risk, options, scheme, now) -> Iterator[Suggestion]:
    """Offer what changes no fact: a part delivery, and the truth."""
    if options.ready is not None and 0 < options.ready < 1:
        yield Suggestion(SPLIT, {"ready": round(options.ready, 4)})
    if risk.colour == RED:
        moment = expected(facts, scheme, now)
        yield Suggestion(
            TELL,
            {
                "promised": facts.promised.isoformat(" ", "seconds"),
                "expected": moment.isoformat(" ", "seconds") if moment else None,
            },
        )


def _with(purchases, old: Purchase, new: list[Purchase]) -> list[Purchase]:
    return [each for each in purchases if each is not old] + new


def _bought(row: Alternative) -> dict[str, Any]:
    return {
        "purchase": row.purchase,
        "supplier": row.supplier,
        "price": row.price,
        "currency": row.currency,
        "lead_days": row.lead_days,
        "arrives": row.arrives.isoformat(" ", "seconds") if row.arrives else None,
    }
