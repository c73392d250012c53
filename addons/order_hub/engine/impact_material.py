"""What becomes of components: who waits for them, what is stranded, what is short."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import accumulate

from .impact_facts import DIGITS, Incoming, Supply


@dataclass(frozen=True)
class ComponentFigures:
    """What the change does to one component.

    :ivar needed_old: what the orders that switch still need of it without the change
    :ivar needed_new: what they need with it
    :ivar others: what everybody else needs, the orders that stay among them
    :ivar cancel: purchase line → quantity nobody needs any more
    """

    product: int
    needed_old: float
    needed_new: float
    others: float
    on_hand: float
    incoming: float
    stranded_on_hand: float
    stranded_incoming: float
    stranded_value: float
    short: float
    short_value: float
    cancel: Mapping[int, float]

    @property
    def stranded(self) -> float:
        """Return what is over, in stock or on order."""
        return round(self.stranded_on_hand + self.stranded_incoming, DIGITS)


# === IN TIME === #


def waits(
    supply: Supply, demand: Iterable[tuple[date, int, float]], today: date
) -> Iterator[int | None]:
    """Yield the days until each demand is met; ``None``: never as far as is known.

    :param demand: ``(day needed on, key, quantity)`` in the order of the days; what
        others need on the same day comes first

    >>> row = Incoming(1, date(2026, 3, 9), 10)
    >>> supply = Supply(on_hand=5, incoming=(row,), days_to_buy=20)
    >>> list(waits(supply, [(date(2026, 3, 2), 1, 5)] * 4, date(2026, 3, 2)))
    [0, 7, 7, 20]
    """
    have, days = _arrivals(supply, today)
    others = sorted(supply.others)
    place = step = 0
    wanted = -(10**-DIGITS)
    for day, _key, quantity in demand:
        while place < len(others) and others[place][0] <= day:
            wanted += others[place][1]
            place += 1
        wanted += quantity
        while step < len(have) and have[step] < wanted:
            step += 1
        yield days[step]


def _arrivals(supply: Supply, today: date) -> tuple[list, list]:
    """Return what there will be in all, and the days until then.

    The days have one entry more: when there will never be as much.
    """
    rows = sorted(supply.incoming, key=lambda row: row.day)
    have = list(accumulate([supply.on_hand, *(row.quantity for row in rows)]))
    days = [0, *(max(0, (row.day - today).days) for row in rows)]
    if supply.days_to_buy is not None:
        days = [min(day, supply.days_to_buy) for day in days]
    return have, [*days, supply.days_to_buy]


def total(rows: Iterable[tuple[date, float]]) -> float:
    """Return the quantity of ``(day, quantity)`` rows."""
    return sum(quantity for _day, quantity in rows)


# === OVER AND SHORT === #


def component(
    product: int,
    old: float,
    new: float,
    staying: float,
    supply: Supply,
    *,
    is_wanted: bool,
) -> ComponentFigures:
    """Return what becomes of one component.

    :param old: what the orders that switch need of it without the change
    :param new: what they need with it
    :param staying: what the orders need that stay
    :param is_wanted: a recipe takes it with the change, too. What is left of one
        that nothing takes any more is stranded, whether it was over before or not.
    """
    others = staying + total(supply.others)
    before, after = supply.total - others - old, supply.total - others - new
    over = max(0.0, after) - (max(0.0, before) if is_wanted else 0.0)
    over = round(max(0.0, over), DIGITS)
    short = max(0.0, -after) - max(0.0, -before)
    short = round(max(0.0, short), DIGITS)
    cancel = cancelled(supply.incoming, over)
    incoming = round(sum(cancel.values()), DIGITS)
    on_hand = round(over - incoming, DIGITS)
    prices = {row.key: row.price for row in supply.incoming}
    return ComponentFigures(
        product=product,
        needed_old=round(old, DIGITS),
        needed_new=round(new, DIGITS),
        others=round(others, DIGITS),
        on_hand=supply.on_hand,
        incoming=round(supply.total - supply.on_hand, DIGITS),
        stranded_on_hand=on_hand,
        stranded_incoming=incoming,
        stranded_value=on_hand * supply.cost
        + sum(quantity * prices[key] for key, quantity in cancel.items()),
        short=short,
        short_value=short * supply.cost,
        cancel=cancel,
    )


def cancelled(incoming: Iterable[Incoming], quantity: float) -> dict[int, float]:
    """Return ``{purchase line: quantity}`` to give up, the latest line first.

    >>> day = date(2026, 3, 2)
    >>> rows = [Incoming(1, day, 5), Incoming(2, day + timedelta(days=9), 3)]
    >>> cancelled(rows, 4)
    {2: 3, 1: 1}
    """
    found = {}
    for row in sorted(incoming, key=lambda row: (row.day, row.key), reverse=True):
        taken = round(min(row.quantity, quantity), DIGITS)
        if taken > 0:
            found[row.key] = taken
            quantity -= taken
    return found


def uncovered(demand, covered):
    """Yield what supply leaves of demand, ``(day, quantity)`` sorted by day.

    >>> list(uncovered([("Mon", 5), ("Tue", 5)], 7))
    [('Tue', 3)]
    """
    for day, quantity in demand:
        taken = min(quantity, covered)
        covered -= taken
        if quantity > taken:
            yield day, quantity - taken
