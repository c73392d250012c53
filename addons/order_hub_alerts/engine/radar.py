"""How likely an order is to be late: six factors, one score, one colour.

Each factor is a share from 0 (nothing to fear) to 1 (it cannot get worse). They are
put together by *noisy-or*: each cause makes the order late on its own, with the chance
``weight × share``, whatever the others do.

    score = 100 × (1 − Π over all factors of (1 − weight × share))

Source: J. Pearl, *Probabilistic Reasoning in Intelligent Systems*, 1988, section
4.3.2. A weighted mean would thin a certain cause out among five that are fine.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from math import log1p
from typing import Any, NamedTuple

from .radar_factors import MEASURES, Case, Measure, hours, need
from .radar_facts import FACTORS, Company, Facts, Scheme

GREEN, YELLOW, RED = "green", "yellow", "red"
COLOURS = (GREEN, YELLOW, RED)
#: Points from which a factor is worth a word in the sentence, and how many are said.
WORTH_SAYING, SAID = 5.0, 3
#: Beyond this a part counts as certain where points are shared out.
_CERTAIN = 1 - 1e-12


class Factor(NamedTuple):
    """One reason for being late.

    :ivar share: 0 to 1; ``None``: nobody knows, and nothing is added
    :ivar points: its part of the score; the points of all add up to it
    :ivar figures: JSON: what it was reckoned from, as the sentence says it
    """

    name: str
    share: float | None
    weight: float
    points: float
    figures: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Risk:
    """The radar's answer for one order.

    :ivar colour: ``None``: nothing is promised, so nothing can be late
    :ivar hours_left: until the promise, negative when it is over
    :ivar slack_hours: how long the order can stand still and yet be on time
    """

    order: int
    score: float
    colour: str | None
    hours_left: float | None
    slack_hours: float | None
    factors: tuple[Factor, ...]

    @property
    def is_overdue(self) -> bool:
        """Return whether the promise is over: then it is no risk but a fact."""
        return self.hours_left is not None and self.hours_left <= 0

    @property
    def is_called(self) -> bool:
        return self.colour in (YELLOW, RED)

    @property
    def reasons(self) -> tuple[Factor, ...]:
        """Return what the sentence names, the heaviest first."""
        worth = [each for each in self.factors if each.points >= WORTH_SAYING]
        worth.sort(key=lambda each: (-each.points, FACTORS.index(each.name)))
        return tuple(worth[:SAID])

    @property
    def shares(self) -> dict[str, float | None]:
        """Return ``{factor: share}``: from these :func:`rescore` starts."""
        return {each.name: each.share for each in self.factors}

    def as_json(self) -> list[dict[str, Any]]:
        """Return the factors as they are stored and shown."""
        return [
            {
                "name": name,
                "share": share,
                "weight": weight,
                "points": points,
                "figures": figures,
            }
            for name, share, weight, points, figures in self.factors
        ]


# === THE SCORE === #


def assess(facts: Facts, scheme: Scheme, company: Company, now: datetime) -> Risk:
    """Judge one order.

    :param now: naive UTC, like all moments of the facts
    """
    if facts.promised is None:
        return Risk(facts.order, 0.0, None, None, None, ())
    hours_left = hours(facts.promised - now)
    slack = hours_left - need(facts.progress, scheme)
    case = Case(facts, scheme, company, now, facts.promised, hours_left, slack)
    total, factors = _weigh([measure(case) for measure in MEASURES.values()], scheme)
    total = 100.0 if hours_left <= 0 else total
    return Risk(
        facts.order,
        total,
        colour(total, scheme),
        round(hours_left, 2),
        round(slack, 2),
        factors,
    )


def score(shares: Mapping[str, float | None], scheme: Scheme) -> float:
    """Return the score of ``{factor: share}``, 0 to 100 with two decimals.

    >>> score({"progress": 1.0}, Scheme()), score({"quality": 0.5, "load": 1}, Scheme())
    (95.0, 60.0)
    """
    spared = 1.0
    for name in FACTORS:
        spared *= 1 - getattr(scheme.weights, name) * (shares.get(name) or 0.0)
    return round(100 * (1 - spared), 2)


def colour(total: float, scheme: Scheme) -> str:
    """Return the colour of a score."""
    if total >= scheme.red:
        return RED
    return YELLOW if total >= scheme.yellow else GREEN


def rescore(
    shares: Mapping[str, float | None], scheme: Scheme, is_overdue: bool = False
) -> tuple[float, str]:
    """Return score and colour of stored shares under other weights and thresholds.

    With this a scheme is tried on history. What shapes the shares themselves (hours
    ahead, prior, cushion …) stays as it was that night.
    """
    total = 100.0 if is_overdue else score(shares, scheme)
    return total, colour(total, scheme)


def _weigh(found: list[Measure], scheme: Scheme) -> tuple[float, tuple[Factor, ...]]:
    """Return the score and the factors with their parts of it.

    The score is shared out by −ln(1 − weight × share). The logarithms of a noisy-or
    add up, so this is the one split that does not depend on the order in which the
    factors are looked at.

    :param found: what each factor measured, in the order of ``FACTORS``
    """
    spared, whole, rows = 1.0, 0.0, []
    for name, (share, figures) in zip(FACTORS, found, strict=True):
        weight = getattr(scheme.weights, name)
        chance = weight * share if share else 0.0
        part = -log1p(-min(chance, _CERTAIN)) if chance else 0.0
        spared *= 1 - chance
        whole += part
        rows.append((name, share, weight, part, figures))
    total = round(100 * (1 - spared), 2)
    return total, tuple(
        Factor(name, share, weight, part and round(total * part / whole, 2), figures)
        for name, share, weight, part, figures in rows
    )
