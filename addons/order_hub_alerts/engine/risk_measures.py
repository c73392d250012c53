"""How good probabilities are; plain Python.

``chances`` are probabilities from 0 to 1, ``late`` what happened, in the same order.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log
from typing import Any

from .scores import interval

#: Bins of the reliability diagram, of equal width.
BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """One point of the reliability diagram.

    :ivar start: lowest probability; ``end``: the highest, not included but in the last
    :ivar chance: mean probability said; ``share``: how many were late
    :ivar low: where the share lies with 95 % certainty, up to ``high``
    """

    start: float
    end: float
    count: int
    chance: float | None
    share: float | None
    low: float | None
    high: float | None

    def as_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


def brier(chances: Sequence[float], late: Sequence[bool]) -> float | None:
    """Return the mean of (chance − happened)²: 0 is perfect, 0.25 says 50 % always.

    Source: G. W. Brier, "Verification of forecasts expressed in terms of
    probability", *Monthly Weather Review* 78, 1950 (the half for two outcomes).

    >>> brier([1.0, 0.5], [True, False])
    0.125
    """
    if not chances:
        return None
    pairs = zip(chances, late, strict=True)
    return sum((chance - happened) ** 2 for chance, happened in pairs) / len(chances)


def log_loss(chances: Sequence[float], late: Sequence[bool]) -> float | None:
    """Return the mean of −ln(chance of what happened).

    Source: I. J. Good, "Rational Decisions", *JRSS B* 14, 1952. Chances of 0 and 1
    are taken as 1e-15 away from it.
    """
    if not chances:
        return None
    total = 0.0
    for chance, happened in zip(chances, late, strict=True):
        said = chance if happened else 1 - chance
        total -= log(min(max(said, 1e-15), 1.0))
    return total / len(chances)


def auc(values: Sequence[float], late: Sequence[bool]) -> float | None:
    """Return how often a late order has a higher value than one on time.

    The area under the ROC curve; 0.5 is guessing, ties count half. By ranks: J.
    Hanley and B. McNeil, *Radiology* 143, 1982. ``None`` without one of the two.

    >>> auc([0.1, 0.4, 0.35, 0.8], [False, False, True, True])
    0.75
    """
    positives = sum(1 for happened in late if happened)
    negatives = len(late) - positives
    if not positives or not negatives:
        return None
    ranks = _ranks(values)
    total = sum(rank for rank, happened in zip(ranks, late, strict=True) if happened)
    return (total - positives * (positives + 1) / 2) / (positives * negatives)


def _ranks(values: Sequence[float]) -> list[float]:
    """Return the rank of each value from 1, the mean rank for equal ones."""
    places = sorted(range(len(values)), key=values.__getitem__)
    ranks, start = [0.0] * len(values), 0
    while start < len(places):
        end = start
        while end < len(places) and values[places[end]] == values[places[start]]:
            end += 1
        for place in places[start:end]:
            ranks[place] = (start + 1 + end) / 2
        start = end
    return ranks


def reliability(
    chances: Sequence[float], late: Sequence[bool], bins: int = BINS
) -> list[Bin]:
    """Return the reliability diagram: what was said against what happened.

    All bins, empty ones too. Source: A. Murphy and R. Winkler, "Reliability of
    Subjective Probability Forecasts", *JRSS C* 26, 1977.
    """
    groups: list[list[tuple[float, bool]]] = [[] for _ in range(bins)]
    for chance, happened in zip(chances, late, strict=True):
        groups[min(int(chance * bins), bins - 1)].append((chance, happened))
    return [_bin(place, bins, rows) for place, rows in enumerate(groups)]


def _bin(place: int, bins: int, rows: list[tuple[float, bool]]) -> Bin:
    start, end, count = place / bins, (place + 1) / bins, len(rows)
    if not rows:
        return Bin(start, end, 0, None, None, None, None)
    happened = sum(1 for _chance, late in rows if late)
    low, high = interval(happened, count)
    chance = sum(chance for chance, _late in rows) / count
    return Bin(start, end, count, chance, happened / count, low, high)


def calibration_error(bins: Sequence[Bin]) -> float | None:
    """Return the mean distance of the diagram from the diagonal, by count.

    Expected calibration error: M. Naeini, G. Cooper, M. Hauskrecht, "Obtaining Well
    Calibrated Probabilities Using Bayesian Binning", AAAI 2015.
    """
    total = sum(each.count for each in bins)
    if not total:
        return None
    apart = sum(
        each.count * abs(each.chance - each.share) for each in bins if each.count
    )
    return apart / total


def hits_at(values: Sequence[float], late: Sequence[bool], calls: int) -> float:
    """Return the late ones among the ``calls`` highest values.

    Where the last place falls among equal values, each of them counts with its share:
    what drawing lots among them finds on average.
    """
    rows = sorted(zip(values, late, strict=True), key=lambda row: -row[0])
    calls = min(max(calls, 0), len(rows))
    if not calls:
        return 0.0
    edge = rows[calls - 1][0]
    above = [happened for value, happened in rows if value > edge]
    tied = [happened for value, happened in rows if value == edge]
    return sum(above) + sum(tied) * (calls - len(above)) / len(tied)
