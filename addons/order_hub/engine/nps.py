"""What the answers to three questions say: points, an index, the net promoter score.

Each question gives 0 to 10 points. The index of one answer is the weighted mean of
its points, from 0 to 100. A question that does not apply (*nothing changed, there
was nothing to tell*) is no zero: it is left out and the weights of the others are
scaled to 100 again. The index of a month is the mean of its answers.

The net promoter score is the standard one: of those asked whether they would
recommend us, the percentage who answer 9 or 10 less the percentage who answer 0 to 6.
"""

from dataclasses import dataclass
from math import sqrt

QUESTIONS = ("delivery", "notice", "recommend")
#: Points of each question at most.
FULL = 10
#: From so many points on somebody is a promoter, up to so many a detractor.
PROMOTER, DETRACTOR = 9, 6
#: Standard normal quantile of a two-sided interval of 95 %.
Z95 = 1.959964


@dataclass(frozen=True)
class Score:
    """A net promoter score with its 95 % confidence interval.

    :ivar value: -100 to 100; ``None`` without answers
    """

    count: int
    value: float | None
    low: float | None
    high: float | None


def scaled(value: float, low: float, high: float) -> float | None:
    """Return the points of a value on a scale; ``None``: it is not on the scale.

    >>> scaled(3, 1, 5), scaled(99, 0, 10)
    (5.0, None)
    """
    if not low <= value <= high or low >= high:
        return None
    return FULL * (value - low) / (high - low)


def index(points: dict, weights: dict) -> float | None:
    """Return the index of one answer, 0 to 100; ``None``: nothing is known.

    :param points: ``{question: points}``, those known; ``None`` counts as unknown
    :param weights: ``{question: weight}``, none negative

    >>> index({"delivery": 10, "notice": 5, "recommend": 0},
    ...       {"delivery": 40, "notice": 30, "recommend": 30})
    55.0
    """
    known = {name: each for name, each in points.items() if each is not None}
    total = sum(weights.get(name, 0) for name in known)
    if not total:
        return None
    earned = sum(weights.get(name, 0) * each for name, each in known.items())
    return 100 / FULL * earned / total


def group(points: float) -> str:
    """Return ``promoter``, ``passive`` or ``detractor``.

    >>> [group(each) for each in (10, 9, 8, 7, 6, 0)][1:5]
    ['promoter', 'passive', 'passive', 'detractor']
    """
    if points >= PROMOTER:
        return "promoter"
    return "detractor" if points <= DETRACTOR else "passive"


def score(promoters: int, passives: int, detractors: int) -> Score:
    """Return the net promoter score and how far it can be trusted.

    The interval is the adjusted Wald interval that Rocks (The American Statistician,
    2016) found to hold best for small samples: 3 answers are added, three quarters
    promoters and three quarters detractors. It is never of no width, as the usual
    formula is when everybody answers the same.
    """
    count = promoters + passives + detractors
    if not count:
        return Score(0, None, None, None)
    size = count + 3
    up, down = (promoters + 0.75) / size, (detractors + 0.75) / size
    middle = up - down
    margin = Z95 * sqrt((up + down - middle**2) / size)
    return Score(
        count,
        100 * (promoters - detractors) / count,
        max(-100.0, 100 * (middle - margin)),
        min(100.0, 100 * (middle + margin)),
    )
