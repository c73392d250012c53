"""What an order waits for: the parts it misses, when they come, its new date.

Quantities are in the product's own unit; moments are naive UTC.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

#: Below this a quantity is nothing: rounding of units.
NOTHING = 1e-6

#: Where the expected day of a part comes from.
ORDERED, ASKED, SUPPLIER, UNKNOWN = "ordered", "asked", "supplier", ""


@dataclass(frozen=True)
class Arrival:
    """Goods on their way to the warehouse.

    :ivar is_firm: the supplier has the order; otherwise it is still a request
    :ivar document: its number, e.g. of the purchase order
    :ivar partner: id of the supplier, 0: none
    """

    moment: datetime
    quantity: float
    is_firm: bool = True
    document: str = ""
    partner: int = 0


@dataclass(frozen=True)
class Supplier:
    """Who sells a part, and how many days after an order it is there."""

    partner: int
    days: float


@dataclass(frozen=True)
class Part:
    """One part that an order misses.

    :ivar needed: for this order, all in all
    :ivar held: reserved for it or used up in it already
    :ivar free: in its warehouse and nobody's
    :ivar missing: what is left
    :ivar expected: when the last missing piece comes; ``None``: nobody knows
    :ivar source: where that comes from: ``ordered``, ``asked``, ``supplier``
    :ivar documents: numbers of what brings it, the first to come first
    """

    product: int
    needed: float
    held: float
    free: float
    missing: float
    expected: datetime | None = None
    source: str = UNKNOWN
    documents: tuple[str, ...] = ()
    partner: int = 0


def lacking(needed: float, held: float, free: float) -> float:
    """Return how much is missing, never less than nothing."""
    left = needed - held - max(0.0, free)
    return left if left > NOTHING else 0.0


def part(
    product: int,
    needed: float,
    held: float,
    free: float,
    arrivals: Iterable[Arrival],
    supplier: Supplier | None,
    now: datetime,
) -> Part | None:
    """Return one missing part with the day it is expected; ``None``: it is all there.

    Goods on their way are counted in the order in which they come, firm orders
    before requests of the same moment. Where they are not enough, the rest would
    have to be ordered now.
    """
    missing = lacking(needed, held, free)
    if not missing:
        return None
    used, left = _used(missing, arrivals)
    known = {"product": product, "needed": needed, "held": held, "free": free}
    known |= {"missing": missing, "documents": _documents(used)}
    partner = next((arrival.partner for arrival in used if arrival.partner), 0)
    if not left:
        source = ORDERED if all(arrival.is_firm for arrival in used) else ASKED
        expected = max(used[-1].moment, now)
        return Part(**known, expected=expected, source=source, partner=partner)
    if supplier is None:
        return Part(**known, partner=partner)
    expected = now + timedelta(days=supplier.days)
    expected = max([expected, *(arrival.moment for arrival in used)])
    who = partner or supplier.partner
    return Part(**known, expected=expected, source=SUPPLIER, partner=who)


def _used(missing: float, arrivals: Iterable[Arrival]):
    """Return the arrivals that are needed, and what they leave missing."""
    used, left = [], missing
    for arrival in sorted(arrivals, key=lambda a: (a.moment, not a.is_firm)):
        if left <= NOTHING:
            break
        if arrival.quantity > NOTHING:
            used.append(arrival)
            left -= arrival.quantity
    return used, (left if left > NOTHING else 0.0)


def _documents(used: Iterable[Arrival]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(a.document for a in used if a.document))


def new_date(
    parts: Sequence[Part], promised: datetime | None, make_days: float
) -> datetime | None:
    """Return when an order can be ready now.

    The last part to come, and then the days it takes to make what it is for; never
    before what was promised. ``None`` where a part's day is not known, or where
    nothing is missing and nothing was promised.

    :param make_days: days from the last part to the finished goods
    """
    if not parts:
        return promised
    if any(row.expected is None for row in parts):
        return None
    ready = max(row.expected for row in parts) + timedelta(days=make_days)
    return max(ready, promised) if promised else ready


def by_order(
    needs: Mapping[int, Mapping[int, float]],
    held: Mapping[tuple[int, int], float],
    free: Mapping[tuple[int, int], float],
    arrivals: Mapping[tuple[int, int], Sequence[Arrival]],
    suppliers: Mapping[int, Supplier],
    places: Mapping[int, int],
    now: datetime,
) -> dict[int, list[Part]]:
    """Return ``{order: its missing parts}``, what comes last first.

    :param needs: order → product → quantity
    :param held: (order, product) → quantity
    :param free: (warehouse, product) → quantity
    :param arrivals: (warehouse, product) → what is on its way
    :param suppliers: product → who sells it
    :param places: order → warehouse
    """
    found = {}
    for order, wanted in needs.items():
        place = places.get(order, 0)
        rows = [
            part(
                product,
                needed,
                held.get((order, product), 0.0),
                free.get((place, product), 0.0),
                arrivals.get((place, product), ()),
                suppliers.get(product),
                now,
            )
            for product, needed in wanted.items()
        ]
        found[order] = sorted(filter(None, rows), key=_latest_first)
    return found


def _latest_first(row: Part):
    """What nobody knows when it comes stands on top."""
    late = row.expected.timestamp() if row.expected else 0.0
    return (row.expected is not None, -late, row.product)
