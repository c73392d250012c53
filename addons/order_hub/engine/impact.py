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

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from .impact_facts import DECIDE, KEEP, SWITCH, Order, Recipe, Supply
from .impact_material import ComponentFigures, component, total, waits
from .impact_needs import Needs


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


# === WAITING === #


def _waits(needs: Needs, supplies: Mapping, today: date, side: int) -> dict:
    """Return ``{order key: (days, whether something cannot be bought)}``.

    :param side: 0 without, 1 with the change
    """
    line = _in_line(needs, today, side)
    days, unknown = dict.fromkeys(needs.rows, 0), set()
    sums = needs.sums()
    for product in needs.components():
        supply = supplies.get(product, Supply())
        others = sums[product][2] + total(supply.others)
        if sums[product][side] + others <= supply.on_hand:
            continue
        wants = [
            (day, key, need[column])
            for day, key, row, column in line
            if (need := row.get(product)) and need[column] > 0
        ]
        for (_day, key, _quantity), wait in zip(
            wants, waits(supply, wants, today), strict=True
        ):
            if wait is None:
                unknown.add(key)
            elif wait > days[key]:
                days[key] = wait
    return {key: (days[key], key in unknown) for key in days}


def _in_line(needs: Needs, today: date, side: int) -> list:
    """Return ``(day needed on, order key, its needs, side)`` as material is given.

    The side is 0 for an order that stays: it goes on needing what it needed.
    """
    line = []
    for order in needs.orders:
        column = 0 if order.stays else side
        days = timedelta(days=order.days("new" if column else "old"))
        day = max(today, order.promised - days) if order.promised else today
        line.append((day, order.key, needs.rows[order.key], column))
    return sorted(line, key=lambda row: row[:2])


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
        suggestion=suggestion(order, lost, unknown=new[1] and not old[1]),
        switches=goes,
        is_unsourced=new[1] and goes,
    )


def suggestion(order: Order, lost: float, *, unknown: bool) -> str:
    """Return what to do with an order when nobody chose yet.

    *Keep* what is past the point of no return or has nothing left to make; let a
    person *decide* where the customer has to agree, switching wastes what was
    consumed, or it waits for material that nobody is known to sell; *switch* the
    rest. A promise that moves is no reason to stay: it is shown, and the customer is
    told.
    """
    if order.is_past or order.open <= 0:
        return KEEP
    return DECIDE if order.asks or lost > 0 or unknown else SWITCH


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
            needs.rows[order.key][product][2] * costs.get(product, 0.0)
            for product in needs.rows[order.key].keys() & order.consumed.keys()
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
