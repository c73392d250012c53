"""The score of a supplier: four components, their points, one figure from 0 to 100.

Figures are sums and counts, so that months add up to a year: the score of a year is the
formula applied to the sums of its months, not the mean of twelve scores. A component
with too few samples is no zero and no hundred: it is left out, and the weights of the
others are scaled to 100 again.
"""

from dataclasses import dataclass, fields

COMPONENTS = ("on_time", "quantity", "quality", "answer")


@dataclass(frozen=True)
class Weights:
    """Points of each component; they add up to 100."""

    on_time: float = 40
    quantity: float = 20
    quality: float = 30
    answer: float = 10


@dataclass(frozen=True)
class Terms:
    """How a company scores.

    :ivar samples: fewest samples with which a component counts
    :ivar full_hours: answers within so many hours earn everything
    :ivar none_hours: answers after so many hours, or none by then, earn nothing
    """

    weights: Weights = Weights()
    samples: int = 3
    full_hours: float = 24
    none_hours: float = 96


@dataclass(frozen=True)
class Figures:
    """What happened in a period.

    :ivar lines: order lines that were due
    :ivar on_time: sum over them of the share that was here by the agreed day
    :ivar quantity: sum over them of 1 less the share that differs from what was ordered
    :ivar received: order lines of which something arrived
    :ivar bad: those of them that were returned or whose certificate was refused, and
        complaints that name the supplier
    :ivar asked: orders of which an answer was asked
    :ivar answered: those that were answered
    :ivar answer: sum over the asked ones of what their answers earn, 0 to 1 each
    :ivar answer_hours: sum of the hours until the answers came
    """

    lines: int = 0
    on_time: float = 0
    quantity: float = 0
    received: int = 0
    bad: int = 0
    asked: int = 0
    answered: int = 0
    answer: float = 0
    answer_hours: float = 0

    def __add__(self, other):
        return Figures(
            *(
                getattr(self, each.name) + getattr(other, each.name)
                for each in fields(self)
            )
        )


@dataclass(frozen=True)
class Score:
    """:ivar score: 0 to 100; ``None``: too little is known
    :ivar shares: ``{component: 0 to 1}``, known ones only
    :ivar points: ``{component: (points, of how many)}``, known ones only
    """

    score: float | None
    shares: dict
    points: dict


def total(months: list) -> Figures:
    """Return the figures of several months together."""
    return sum(months, Figures())


def answer_share(hours: float | None, terms: Terms) -> float:
    """Return what an answer earns: everything, nothing, or on the line between.

    :param hours: from order to answer; ``None``: there is none

    >>> [answer_share(each, Terms()) for each in (3, 24, 60, 96, None)]
    [1.0, 1.0, 0.5, 0.0, 0.0]
    """
    if hours is None or hours >= terms.none_hours:
        return 0.0
    if hours <= terms.full_hours:
        return 1.0
    return (terms.none_hours - hours) / (terms.none_hours - terms.full_hours)


def line_shares(ordered: float, by_day: float, received: float) -> tuple:
    """Return what one order line earns for time and for quantity, 0 to 1 each.

    :param ordered: quantity agreed, with what the supplier refused
    :param by_day: quantity that was here by the end of the agreed day
    :param received: quantity that is here now

    >>> line_shares(100, 80, 100)
    (0.8, 1.0)
    >>> line_shares(100, 120, 120)
    (1.0, 0.8)
    """
    if ordered <= 0:
        return 0.0, 0.0
    on_time = min(max(by_day, 0) / ordered, 1.0)
    return on_time, max(1.0 - abs(max(received, 0) - ordered) / ordered, 0.0)


def shares(figures: Figures, terms: Terms) -> dict:
    """Return ``{component: 0 to 1}`` of what enough samples are known of."""
    samples = max(terms.samples, 1)
    found = {}
    if figures.lines >= samples:
        found["on_time"] = figures.on_time / figures.lines
        found["quantity"] = figures.quantity / figures.lines
    if figures.received >= samples:
        found["quality"] = 1 - min(figures.bad / figures.received, 1)
    if figures.asked >= samples:
        found["answer"] = figures.answer / figures.asked
    return {name: min(max(share, 0.0), 1.0) for name, share in found.items()}


def score(figures: Figures, terms: Terms) -> Score:
    """Return the score of a supplier.

    >>> score(Figures(lines=10, on_time=9, quantity=10, received=10), Terms()).score
    95.6
    >>> score(Figures(lines=1, on_time=1, quantity=1), Terms()).score is None
    True
    """
    known = shares(figures, terms)
    weights = {name: getattr(terms.weights, name) for name in known}
    weighed = sum(weights.values())
    if weighed <= 0:
        return Score(None, known, {})
    points = {
        name: (known[name] * weight * 100 / weighed, weight * 100 / weighed)
        for name, weight in weights.items()
    }
    return Score(round(sum(each[0] for each in points.values()), 1), known, points)
