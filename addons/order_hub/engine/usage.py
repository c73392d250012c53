"""The usage of bought items by week, from needs of every level of the product tree.

Plain Python on plain values: products and structures (pins) are ids, days count from
the Monday of the current week, quantities are in each product's own unit.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from .netting import FORECAST, KINDS, NOISE, Need, net

#: Weeks a supplier may look ahead, and what is shown when nothing is asked for.
MOST_WEEKS, LEAST_WEEKS, USUAL_WEEKS = 26, 8, 8
#: Weeks of past consumption that an item without a forecast is estimated from.
PAST_WEEKS = 13

# === WEEKS === #


def monday(day: date) -> date:
    """Return the Monday of the ISO week a day lies in."""
    return day - timedelta(days=day.weekday())


def mondays(today: date, weeks: int) -> list[date]:
    """Return the Mondays of ``weeks`` weeks, that of today's week first."""
    first = monday(today)
    return [first + timedelta(weeks=number) for number in range(weeks)]


def clamp_weeks(asked) -> int:
    """Return a number of weeks that may be shown for whatever was asked for."""
    try:
        return min(MOST_WEEKS, max(LEAST_WEEKS, int(asked)))
    except (TypeError, ValueError):
        return USUAL_WEEKS


# === SHARES === #


def shares(sellers: Iterable[tuple[int, float]]) -> dict[int, float]:
    """Return which part of a need each seller is counted on for, 0 to 1.

    Without any share the first seller has all. Shares above 100 % together are scaled
    down; below, the rest is nobody's.

    :param sellers: ``(partner, percent)``, the preferred first; the first row of a
        partner counts
    """
    percents: dict[int, float] = {}
    for partner, percent in sellers:
        percents.setdefault(partner, max(0.0, percent))
    total = sum(percents.values())
    if not total:
        return {partner: float(not place) for place, partner in enumerate(percents)}
    return {
        partner: percent / max(100.0, total) for partner, percent in percents.items()
    }


# === FORECAST === #


def left_of_forecast(
    needs: Iterable[Need], forecast: Mapping[int, float]
) -> list[Need]:
    """Return the part of a forecast that firm and planned needs leave of it.

    What is needed in a week is what the forecast of that week was about; it uses the
    forecast up and is not added to it.

    :param forecast: ``{week: quantity}``
    """
    used: dict[int, float] = defaultdict(float)
    for need in needs:
        used[need.week] += need.quantity
    return [
        Need(week * 7, FORECAST, quantity - used[week])
        for week, quantity in sorted(forecast.items())
        if quantity - used[week] > NOISE
    ]


# === THE PRODUCT TREE === #


@dataclass(frozen=True)
class Facts:
    """Everything the usage follows from.

    :param needs: product → what leaves stock for customers and production
    :param forecast: product → week → quantity somebody expects
    :param usual: product → quantity a week, for bought items without a forecast
    :param stock: product → what is there
    :param arrivals: product → week → what is on its way
    :param structure: product → ``(component, quantity for one piece)``
    :param frozen: pin → structure as above, for needs that are frozen
    :param lead: product → days its manufacturing takes
    """

    needs: Mapping[int, Sequence[Need]]
    forecast: Mapping[int, Mapping[int, float]] = field(default_factory=dict)
    usual: Mapping[int, float] = field(default_factory=dict)
    stock: Mapping[int, float] = field(default_factory=dict)
    arrivals: Mapping[int, Mapping[int, float]] = field(default_factory=dict)
    structure: Mapping[int, Sequence[tuple[int, float]]] = field(default_factory=dict)
    frozen: Mapping[int, Mapping[int, Sequence[tuple[int, float]]]] = field(
        default_factory=dict
    )
    lead: Mapping[int, int] = field(default_factory=dict)

    def components(self, product: int, pin: int) -> Sequence[tuple[int, float]]:
        """Return what one piece takes: as frozen, else as it is made today."""
        frozen = self.frozen.get(pin, {})
        return frozen.get(product) or self.structure.get(product, ())


def made(
    structure: Mapping[int, Sequence], frozen: Mapping[int, Mapping[int, Sequence]]
) -> set[int]:
    """Return the products that have components, today or where they are frozen."""
    return set(structure).union(*frozen.values())


@dataclass
class Weeks:
    """What is needed of an item, by week: a list per figure, the current week first.

    :param gross: kind → what is needed
    :param net: kind → what of it neither stock nor orders cover
    :param late: what is covered, but too late
    """

    gross: dict[str, list[float]]
    net: dict[str, list[float]]
    late: list[float]

    @classmethod
    def of_nothing(cls, weeks: int) -> "Weeks":
        return cls(
            {kind: [0.0] * weeks for kind in KINDS},
            {kind: [0.0] * weeks for kind in KINDS},
            [0.0] * weeks,
        )


def usage(facts: Facts, items: Iterable[int], weeks: int) -> dict[int, Weeks]:
    """Return the need of every item by week.

    Products are netted from the top of the tree down: what stock, manufacturing and
    purchase orders cover of a product needs no components, the rest needs them as many
    days earlier as its manufacturing takes.
    """
    needs = {product: list(rows) for product, rows in facts.needs.items()}
    items, parents = set(items), made(facts.structure, facts.frozen)
    result = {item: Weeks.of_nothing(weeks) for item in items}
    for product in _from_the_top(facts, items):
        mine = _complete(facts, product, needs.get(product, []), weeks)
        if product in items:
            mine = [need for need in mine if need.day < 7 * weeks]
        found = net(
            mine, facts.stock.get(product, 0.0), facts.arrivals.get(product, {})
        )
        if product in items:
            _note(result[product], found)
        if product in parents:
            _explode(facts, product, found, needs)
    return result


def _complete(facts, product, needs, weeks):
    """Return the needs of a product with what its forecast adds."""
    forecast = facts.forecast.get(product)
    is_foreseen = any(need.kind == FORECAST for need in needs)
    if not forecast and not is_foreseen and facts.usual.get(product):
        forecast = dict.fromkeys(range(weeks), facts.usual[product])
    if not forecast:
        return needs
    known = [need for need in needs if need.kind != FORECAST]
    return needs + left_of_forecast(known, forecast)


def _explode(facts, product, found, needs):
    lead = facts.lead.get(product, 0)
    for row in found:
        if not row.open:
            continue
        need = row.need
        for component, each in facts.components(product, need.pin):
            below = Need(need.day - lead, need.kind, row.open * each, need.pin)
            needs.setdefault(component, []).append(below)


def _note(weeks, found):
    for row in found:
        need = row.need
        week = need.week
        weeks.gross[need.kind][week] += need.quantity
        weeks.net[need.kind][week] += row.open
        weeks.late[week] += row.late


def _from_the_top(facts, items):
    """Return all products, each before its components.

    A product that contains itself is met once: the step that closes the circle is
    left out.
    """
    below = defaultdict(set)
    for structure in (facts.structure, *facts.frozen.values()):
        for product, parts in structure.items():
            below[product] |= {component for component, _each in parts}
    order, seen = [], set()
    for product in sorted({*items, *facts.needs, *facts.forecast, *below}):
        _visit(product, below, seen, order)
    return reversed(order)


def _visit(product, below, seen, order):
    """Append a product after everything below it, without recursion."""
    if product in seen:
        return
    seen.add(product)
    stack = [(product, iter(sorted(below.get(product, ()))))]
    while stack:
        current, children = stack[-1]
        child = next((child for child in children if child not in seen), None)
        if child is None:
            order.append(stack.pop()[0])
            continue
        seen.add(child)
        stack.append((child, iter(sorted(below.get(child, ())))))


# === CHANGES === #

NEW, GONE, UP, DOWN = "new", "gone", "up", "down"


@dataclass(frozen=True)
class Change:
    """How the need of a week differs from what the supplier saw before."""

    kind: str
    before: float
    now: float

    @property
    def difference(self) -> float:
        return self.now - self.before


def changes(
    before: Mapping[Hashable, float], now: Mapping[Hashable, float], step: float
) -> dict[Hashable, Change]:
    """Return ``{week: Change}`` of one item between two visits.

    :param before: ``{week: total}`` seen last time
    :param now: the same today; only weeks that are in both are compared: a week that
        has passed or newly come into sight is no change
    :param step: smallest difference worth saying
    """
    found = {}
    for week in before.keys() & now.keys():
        old, new = before[week], now[week]
        if abs(new - old) >= step:
            found[week] = Change(_change_kind(old, new, step), old, new)
    return found


def _change_kind(old, new, step):
    if old < step:
        return NEW
    if new < step:
        return GONE
    return UP if new > old else DOWN
