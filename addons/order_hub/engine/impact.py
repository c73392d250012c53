"""What an engineering change does to open orders and to material.

Plain facts go in (recipes per piece, orders, supply of components), figures per order
and per component come out. Quantities are in the components' own units, amounts in
the company's currency, times in calendar days.

**Who switches.** An order past its point of no return, one with nothing left to make,
and one for which a person chose *keep* stays on its recipe. All others are reckoned
as switching: the figures say what happens when nobody objects.

**Material.** Demand is what these orders still need and what everybody else needs
(``Supply.others``). Less need leaves stock over that nobody asks for: first what is
still on order (it can be cancelled, the latest first), then what lies in stock. More
need is short as far as stock and purchase orders do not cover it. Only what the
change adds counts: what was short before it still is, but not by the change.

**Dates.** Under both recipes an order is ready ``today + wait + lead time``, and not
before it is promised; the difference of the two is the change's. The wait ends when
supply that has come in covers all demand up to and including the order's, in the
order of the days it is needed on.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from itertools import accumulate

SWITCH, KEEP, DECIDE = "switch", "keep", "decide"
#: Decimals of a quantity: less is an error of floating-point numbers.
DIGITS = 6


@dataclass(frozen=True, eq=False)
class Recipe:
    """What one piece of a product takes.

    :ivar leaves: bought component → quantity in its own unit
    :ivar cost: materials and operations, company currency
    :ivar days: lead time to make it when all material is there
    """

    leaves: Mapping[int, float]
    cost: float = 0.0
    days: int = 0


@dataclass(frozen=True)
class Part:
    """One product of an order that the change reaches.

    :ivar pieces: ordered
    :ivar finished: of them delivered, or reserved as finished goods
    """

    old: Recipe
    new: Recipe
    pieces: float
    finished: float = 0.0

    @property
    def open(self) -> float:
        """Return how many pieces are still to make."""
        return max(0.0, self.pieces - self.finished)


@dataclass(frozen=True)
class Order:
    """An order as far as the change concerns it.

    :ivar promised: day promised to the customer; ``None``: none
    :ivar consumed: component → quantity its manufacturing orders took
    :ivar is_past: past the point of no return
    :ivar choice: what a person already chose, or ""
    """

    key: int
    parts: tuple[Part, ...]
    promised: date | None = None
    consumed: Mapping[int, float] = field(default_factory=dict)
    is_past: bool = False
    choice: str = ""

    @cached_property
    def open(self) -> float:
        """Return how many pieces are still to make."""
        return round(sum(part.open for part in self.parts), DIGITS)

    @property
    def stays(self) -> bool:
        """Tell whether the order keeps its recipe; see the module."""
        if self.choice:
            return self.choice == KEEP
        return self.is_past or self.open <= 0

    def days(self, side: str) -> int:
        """Return the lead time under the ``old`` or the ``new`` recipe."""
        return max((getattr(part, side).days for part in self.parts), default=0)

    def cost_difference(self) -> float:
        """Return what the pieces still to make cost more; negative: less."""
        return sum(part.open * (part.new.cost - part.old.cost) for part in self.parts)


@dataclass(frozen=True)
class Incoming:
    """An open purchase line: when how much comes in, at which price a unit."""

    key: int
    day: date
    quantity: float
    price: float = 0.0


@dataclass(frozen=True)
class Supply:
    """What there is of a component and who else wants it.

    :ivar others: ``(day, quantity)`` of all open demand but these orders'
    :ivar days_to_buy: days until a purchase made today comes in; ``None``: nobody
        is known who sells it
    :ivar is_used: a current bill of materials that does not change uses it
    """

    on_hand: float = 0.0
    incoming: tuple[Incoming, ...] = ()
    others: tuple[tuple[date, float], ...] = ()
    days_to_buy: int | None = None
    cost: float = 0.0
    is_used: bool = False

    @property
    def total(self) -> float:
        """Return what is in stock and on order."""
        return self.on_hand + sum(row.quantity for row in self.incoming)


@dataclass(frozen=True)
class OrderFigures:
    """What the change does to one order.

    :ivar cost_difference: of all pieces still to make; 0 where the order stays
    :ivar lost: value of what was consumed and the new recipe has no use for
    :ivar days_difference: later (or earlier, negative) than without the change
    :ivar new_promise: day that can be held; ``None`` where nothing was promised
    :ivar is_unsourced: material is missing that nobody is known to sell
    """

    key: int
    open: float
    unit_cost_difference: float
    cost_difference: float
    lost: float
    wait: int
    days_difference: int
    new_promise: date | None
    suggestion: str
    switches: bool
    is_unsourced: bool


@dataclass(frozen=True)
class ComponentFigures:
    """What the change does to one component.

    :ivar needed_old: what these orders still need of it without the change
    :ivar needed_new: what they need with it; orders that stay count as they are
    :ivar others: what everybody else needs
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


@dataclass(frozen=True)
class Impact:
    """The figures of one change: a row an order, a row a component, their sums."""

    orders: tuple[OrderFigures, ...]
    components: tuple[ComponentFigures, ...]

    def totals(self) -> dict:
        """Return the sums of the rows; keys are words of the report."""
        orders, parts = self.orders, self.components
        return {
            "orders": len(orders),
            **{
                choice: sum(row.suggestion == choice for row in orders)
                for choice in (SWITCH, KEEP, DECIDE)
            },
            "late": sum(row.days_difference > 0 for row in orders),
            "days": max((row.days_difference for row in orders), default=0),
            "cost_difference": sum(row.cost_difference for row in orders),
            "lost": sum(row.lost for row in orders),
            "stranded": sum(row.stranded > 0 for row in parts),
            "stranded_value": sum(row.stranded_value for row in parts),
            "short": sum(row.short > 0 for row in parts),
            "short_value": sum(row.short_value for row in parts),
        }


# === NEEDS === #


class Needs:
    """What every order needs of every component that changes, both ways.

    Recipes are shared by many orders: what differs between two of them is looked
    at once a pair, not once an order.
    """

    def __init__(self, orders: Iterable[Order]):
        self._pairs: dict = {}
        self.orders = tuple(orders)
        #: order key → component → (old need, new need, consumed for nothing)
        self.rows = {order.key: self._of(order) for order in self.orders}

    def look_at(self, old: Recipe, new: Recipe) -> dict:
        """Return what differs between two recipes; see ``changed``."""
        key = (id(old), id(new))
        if key not in self._pairs:
            self._pairs[key] = changed(old, new)
        return self._pairs[key]

    def components(self) -> set[int]:
        """Return the components that any pair of recipes takes differently."""
        return {product for pair in self._pairs.values() for product in pair}

    def wanted(self) -> set[int]:
        """Return those of them that a new recipe takes, if less than before."""
        return {
            product
            for pair in self._pairs.values()
            for product, (_old, new) in pair.items()
            if new > 0
        }

    def sums(self) -> dict[int, list[float]]:
        """Return ``{component: [needed without, needed with the change]}``."""
        sums: dict = defaultdict(lambda: [0.0, 0.0])
        for order in self.orders:
            for product, (old, new, _lost) in self.rows[order.key].items():
                sums[product][0] += old
                sums[product][1] += old if order.stays else new
        return sums

    def _of(self, order: Order) -> dict:
        wanted: dict = defaultdict(lambda: [0.0, 0.0, 0.0])
        for part in order.parts:
            for product, (old, new) in self.look_at(part.old, part.new).items():
                row = wanted[product]
                row[0] += part.open * old
                row[1] += part.open * new
                row[2] += part.finished * old
        return {
            product: _less_consumed(*row, order.consumed.get(product, 0.0))
            for product, row in wanted.items()
        }


def changed(old: Recipe, new: Recipe) -> dict[int, tuple[float, float]]:
    """Return ``{component: (old, new quantity)}`` of those that differ.

    >>> changed(Recipe({1: 2, 2: 1}), Recipe({1: 2, 3: 1}))
    {2: (1, 0.0), 3: (0.0, 1)}
    """
    found = {}
    for product in sorted({*old.leaves, *new.leaves}):
        pair = old.leaves.get(product, 0.0), new.leaves.get(product, 0.0)
        if round(pair[0] - pair[1], DIGITS):
            found[product] = pair
    return found


def _less_consumed(old, new, finished, consumed):
    """Return the needs that are left, and what was consumed for nothing.

    What the finished pieces took is in them and gone.
    """
    consumed = max(0.0, consumed - finished)
    lost = max(0.0, consumed - new) - max(0.0, consumed - old)
    return (
        round(max(0.0, old - consumed), DIGITS),
        round(max(0.0, new - consumed), DIGITS),
        round(max(0.0, lost), DIGITS),
    )


# === MATERIAL IN TIME === #


class Timeline:
    """When the demand for one component is met, in the order it is needed.

    :param supply: of the component
    :param demand: ``(day, key, quantity)``; key 0 is everybody else
    """

    def __init__(self, supply: Supply, demand: list, today: date):
        rows = sorted(supply.incoming, key=lambda row: row.day)
        self._today, self._supply = today, supply
        self._days = [today, *(max(today, row.day) for row in rows)]
        self._have = list(accumulate([supply.on_hand, *(row.quantity for row in rows)]))
        self._upto = self._add_up(demand)

    def _add_up(self, demand):
        upto, total = {}, 0.0
        for _day, key, quantity in sorted(demand):
            total += quantity
            upto[key] = total
        return upto

    def wait(self, key) -> int | None:
        """Return the days until an order has its material; ``None``: never known."""
        wanted = round(self._upto[key] - 10**-DIGITS, DIGITS)
        place = bisect_left(self._have, wanted)
        waits = []
        if place < len(self._have):
            waits.append((self._days[place] - self._today).days)
        if self._supply.days_to_buy is not None:
            waits.append(self._supply.days_to_buy)
        return min(waits) if waits else None


def _waits(needs: Needs, supplies: Mapping, today: date, side: int) -> dict:
    """Return ``{order key: (days, whether something cannot be bought)}``.

    :param side: 0 without, 1 with the change
    """
    demands, found = _demands(needs, today, side), defaultdict(lambda: (0, False))
    for product, rows in demands.items():
        supply = supplies.get(product, Supply())
        others = [(day, 0, quantity) for day, quantity in supply.others]
        line = Timeline(supply, others + rows, today)
        for _day, key, _quantity in rows:
            days, unknown = found[key]
            wait = line.wait(key)
            found[key] = (max(days, wait or 0), unknown or wait is None)
    return found


def _demands(needs: Needs, today: date, side: int) -> dict:
    """Return ``{component: [(day needed, order key, quantity)]}``."""
    demands = defaultdict(list)
    for order in needs.orders:
        column = 0 if order.stays else side
        days = order.days("new" if column else "old")
        day = order.promised and order.promised - timedelta(days=days)
        day = max(today, day or today)
        for product, row in needs.rows[order.key].items():
            if row[column] > 0:
                demands[product].append((day, order.key, row[column]))
    return demands


# === COMPONENTS === #


def component(
    product: int, old: float, new: float, supply: Supply, *, is_wanted: bool
) -> ComponentFigures:
    """Return what becomes of one component.

    :param old: what the orders need of it without the change
    :param new: what they need with it
    :param is_wanted: a recipe takes it with the change, too. What is left of one
        that nothing takes any more is stranded, whether it was over before or not.
    """
    others = sum(quantity for _day, quantity in supply.others)
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


# === ORDERS === #


def order_figures(order: Order, lost: float, old: tuple, new: tuple, today: date):
    """Return what the change does to one order.

    :param lost: value consumed for nothing if it switches
    :param old: days to wait for material without the change, and whether some of it
        cannot be bought
    :param new: likewise with the change
    """
    goes = not order.stays
    promised = order.promised or today
    without = max(promised, _ready(order, "old", old, today))
    with_it = max(promised, _ready(order, "new", new, today))
    days = (with_it - without).days if goes else 0
    return OrderFigures(
        key=order.key,
        open=order.open,
        unit_cost_difference=_unit_difference(order),
        cost_difference=order.cost_difference() if goes else 0.0,
        lost=lost if goes else 0.0,
        wait=new[0] if goes else 0,
        days_difference=days,
        new_promise=order.promised and order.promised + timedelta(days=max(0, days)),
        suggestion=suggestion(order, lost, days, unknown=new[1] and not old[1]),
        switches=goes,
        is_unsourced=new[1] and goes,
    )


def suggestion(order: Order, lost: float, days: int, *, unknown: bool) -> str:
    """Return what to do with an order when nobody chose yet.

    *Keep* what is past the point of no return or has nothing left to make; let a
    person *decide* where switching wastes what was consumed, breaks the promise, or
    waits for material that nobody is known to sell; *switch* the rest.
    """
    if order.is_past or order.open <= 0:
        return KEEP
    breaks = order.promised is not None and days > 0
    return DECIDE if lost > 0 or breaks or unknown else SWITCH


def _ready(order: Order, side: str, wait: tuple, today: date) -> date:
    return today + timedelta(days=wait[0] + order.days(side))


def _unit_difference(order: Order) -> float:
    """Return what one piece costs more; the mean where products differ."""
    if order.open:
        return order.cost_difference() / order.open
    pieces = sum(part.pieces for part in order.parts)
    total = sum(part.pieces * (part.new.cost - part.old.cost) for part in order.parts)
    return total / pieces if pieces else 0.0


# === ALL OF IT === #


def impact(
    orders: Iterable[Order],
    supplies: Mapping[int, Supply],
    today: date,
    extra: Iterable[tuple[Recipe, Recipe]] = (),
) -> Impact:
    """Return what a change does.

    :param supplies: component → supply; a component left out has none
    :param extra: pairs of recipes to look at even if no order has them: stock can
        be stranded without a single order
    """
    needs = Needs(orders)
    for old, new in extra:
        needs.look_at(old, new)
    return Impact(_order_rows(needs, supplies, today), _component_rows(needs, supplies))


def _order_rows(needs, supplies, today):
    old, new = (_waits(needs, supplies, today, side) for side in (0, 1))
    costs = {product: supply.cost for product, supply in supplies.items()}
    rows = []
    for order in needs.orders:
        lost = sum(
            row[2] * costs.get(product, 0.0)
            for product, row in needs.rows[order.key].items()
        )
        rows.append(order_figures(order, lost, old[order.key], new[order.key], today))
    return tuple(rows)


def _component_rows(needs, supplies):
    sums, wanted = needs.sums(), needs.wanted()
    rows = []
    for product in sorted(needs.components()):
        supply = supplies.get(product, Supply())
        is_wanted = supply.is_used or product in wanted
        rows.append(component(product, *sums[product], supply, is_wanted=is_wanted))
    return tuple(rows)
