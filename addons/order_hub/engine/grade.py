"""The grade of a customer: five components, their points, one letter.

The hub computes grades in one SQL statement (``order.hub.grade._grade``). This is
the same formula in plain Python: what the statement is checked against, and the
place to read it.

Counts and amounts are min-max scaled against a ceiling and cut off there
(winsorised), rates are taken as they are. A ceiling that nobody set is the 90th
percentile of the customers who ordered in the period, so that the best tenth gets
full points and one giant does not push everybody else to zero. A figure that is not
known (no invoice fell due, no product has a cost) is no zero: its component is left
out and the weights of the others are scaled to 100 again.
"""

from dataclasses import dataclass
from math import floor

COMPONENTS = ("frequency", "margin", "on_time", "after_sales", "referrals")
#: Share of the customers below a ceiling that nobody set.
CEILING_SHARE = 0.9


@dataclass(frozen=True)
class Weights:
    """Points of each component; they add up to 100."""

    frequency: float = 30
    margin: float = 25
    on_time: float = 20
    after_sales: float = 15
    referrals: float = 10


@dataclass(frozen=True)
class Scheme:
    """How one company grades.

    :ivar full_orders: orders in the period that earn full points; 0: the percentile
    :ivar full_margin: margin (company currency) that earns full points; 0: likewise
    :ivar full_referrals: referred customers that earn full points
    :ivar worst_after_sales: share of orders with trouble at which no point is left
    :ivar limits: lowest scores of A, B and C
    :ivar no_history: grade of customers without an order in the period
    """

    weights: Weights = Weights()
    full_orders: float = 0
    full_margin: float = 0
    full_referrals: float = 3
    worst_after_sales: float = 0.2
    limits: tuple = (80, 60, 40)
    no_history: str = "c"


@dataclass(frozen=True)
class Figures:
    """What is known of one customer in the period.

    :ivar margin: company currency; ``None``: no product sold to him has a cost
    :ivar due: his invoices that fell due, of which ``on_time`` were paid by then
    :ivar troubled: his orders with a return, a credit note or a complaint
    """

    orders: int = 0
    margin: float | None = None
    due: int = 0
    on_time: int = 0
    troubled: int = 0
    referrals: int = 0


@dataclass(frozen=True)
class Grade:
    """:ivar points: ``{component: (points, of how many)}``, known ones only"""

    score: float | None
    letter: str
    points: dict


def percentile(values: list, share: float = CEILING_SHARE) -> float:
    """Return the value below which a share of the values lies, interpolated.

    As ``percentile_cont`` of PostgreSQL; 0 without values.

    >>> percentile([1, 2, 3, 4], 0.5)
    2.5
    """
    if not values:
        return 0.0
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def ceilings(scheme: Scheme, customers: list) -> tuple:
    """Return the orders and the margin that earn full points."""
    active = [figures for figures in customers if figures.orders]
    margins = [figures.margin for figures in active if figures.margin is not None]
    return (
        scheme.full_orders or percentile([figures.orders for figures in active]),
        scheme.full_margin or percentile(margins),
    )


def share(value: float, full: float) -> float:
    """Return how much of full points a value earns, 0 to 1.

    Without a ceiling above zero anything above zero is everything.
    """
    if full <= 0:
        return 1.0 if value > 0 else 0.0
    return min(max(value / full, 0.0), 1.0)


def shares(figures: Figures, scheme: Scheme, full_orders, full_margin) -> dict:
    """Return ``{component: share}`` of what is known of a customer who ordered."""
    found = {
        "frequency": share(figures.orders, full_orders),
        "referrals": share(figures.referrals, scheme.full_referrals),
        "after_sales": 1
        - share(figures.troubled / figures.orders, scheme.worst_after_sales),
    }
    if figures.margin is not None:
        found["margin"] = share(figures.margin, full_margin)
    if figures.due:
        found["on_time"] = figures.on_time / figures.due
    return found


def letter(score: float, limits: tuple) -> str:
    """Return the grade of a score from 0 to 100."""
    for grade, limit in zip("abc", limits, strict=True):
        if score >= limit:
            return grade
    return "d"


def grade(figures: Figures, scheme: Scheme, full_orders, full_margin) -> Grade:
    """Return the grade of one customer; see the module for the formula."""
    if not figures.orders:
        return Grade(None, scheme.no_history, {})
    earned = shares(figures, scheme, full_orders, full_margin)
    known = sum(getattr(scheme.weights, name) for name in earned)
    if not known:
        return Grade(None, scheme.no_history, {})
    points = {}
    for name, part in earned.items():
        of = getattr(scheme.weights, name) * 100 / known
        points[name] = (of * part, of)
    score = round(sum(point for point, _of in points.values()) + 1e-9, 2)
    return Grade(score, letter(score, scheme.limits), points)


def grades(customers: dict, scheme: Scheme) -> dict:
    """Return ``{customer: Grade}`` for ``{customer: Figures}`` of one company."""
    full_orders, full_margin = ceilings(scheme, list(customers.values()))
    return {
        customer: grade(figures, scheme, full_orders, full_margin)
        for customer, figures in customers.items()
    }
