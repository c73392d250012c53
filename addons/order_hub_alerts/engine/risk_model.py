"""The chance that an order is late, from a stored model: plain Python.

A model is a small JSON value (no pickle: reading one runs nothing). It is trained by
scikit-learn (:mod:`.risk_training`) and read here without it, with the same figures:

- ``logistic``: raw = intercept + Σ coefficient × (feature − mean) / scale
- ``boosting``: raw = start + rate × Σ over trees of the leaf that the features reach
  (J. Friedman, "Greedy Function Approximation", *Annals of Statistics* 29, 2001)

and made a probability by a curve that was fitted to later orders than the model:

- ``isotonic``: straight lines between steps that never fall (B. Zadrozny and C.
  Elkan, "Transforming Classifier Scores into Accurate Multiclass Probability
  Estimates", KDD 2002)
- ``sigmoid``: 1 / (1 + exp(−(slope × raw + shift))) (J. Platt, "Probabilistic Outputs
  for Support Vector Machines", 1999)
"""

from array import array
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from math import exp, isfinite, log1p
from typing import Any

from .radar_facts import FACTORS

#: Raised when the features change: a stored model of another version is not used.
VERSION = 1
FEATURES = (*FACTORS, "unknown", "score", "slack", "time", "stage")
#: Hours of slack at which its feature ends, and of time left: a week, ninety days.
_SLACK_HOURS, _TIME_HOURS = 168.0, 2160.0
#: Times the mean of its stage at which that feature ends.
_STAGE_TIMES = 4.0


def features(
    shares: Mapping[str, float | None],
    score: float,
    hours_left: float,
    slack_hours: float,
    stage_times: float | None = None,
) -> list[float]:
    """Return what a model looks at, in the order of ``FEATURES``, each from −1 to 1.

    All of it is kept with every call of the radar, so that a model is trained by what
    was known that night.

    :param shares: ``Risk.shares``
    :param stage_times: hours in the present stage / mean of that stage and order
        type; ``None``: no mean, taken as 1
    """
    known = [shares.get(name) for name in FACTORS]
    times = 1.0 if stage_times is None else stage_times
    return [
        *(share or 0.0 for share in known),
        sum(share is None for share in known) / len(FACTORS),
        score / 100,
        _within(slack_hours / _SLACK_HOURS, -1.0),
        _within(log1p(max(hours_left, 0.0)) / log1p(_TIME_HOURS)),
        _within(times / _STAGE_TIMES),
    ]


def _within(value: float, least: float = 0.0) -> float:
    return min(max(value, least), 1.0)


# === PARTS === #


@dataclass(frozen=True, slots=True)
class Logistic:
    """:ivar scale: never zero"""

    mean: tuple[float, ...]
    scale: tuple[float, ...]
    coefficients: tuple[float, ...]
    intercept: float

    def raw(self, values: Sequence[float]) -> float:
        rows = zip(values, self.mean, self.scale, self.coefficients, strict=True)
        return self.intercept + sum(
            weight * (value - mean) / scale for value, mean, scale, weight in rows
        )


@dataclass(frozen=True, slots=True)
class Tree:
    """A tree by node; ``feature`` is −1 at a leaf, ``value`` counts there.

    ``left`` is where ``value of the feature <= threshold`` leads, always further on.
    """

    feature: tuple[int, ...]
    threshold: tuple[float, ...]
    left: tuple[int, ...]
    right: tuple[int, ...]
    value: tuple[float, ...]

    def leaf(self, values: Sequence[float]) -> float:
        node = 0
        while self.feature[node] >= 0:
            is_left = values[self.feature[node]] <= self.threshold[node]
            node = self.left[node] if is_left else self.right[node]
        return self.value[node]


@dataclass(frozen=True, slots=True)
class Boosting:
    """Trees after each other; features are compared in single precision."""

    start: float
    rate: float
    trees: tuple[Tree, ...]

    def raw(self, values: Sequence[float]) -> float:
        single = array("f", values).tolist()
        total = self.start
        for tree in self.trees:
            total += self.rate * tree.leaf(single)
        return total


@dataclass(frozen=True, slots=True)
class Isotonic:
    """A curve through ``(x, y)``; flat before the first point and after the last."""

    x: tuple[float, ...]
    y: tuple[float, ...]

    def chance(self, raw: float) -> float:
        if raw <= self.x[0]:
            return self.y[0]
        if raw >= self.x[-1]:
            return self.y[-1]
        high = bisect_right(self.x, raw)
        low = high - 1
        slope = (self.y[high] - self.y[low]) / (self.x[high] - self.x[low])
        chance = self.y[low] + slope * (raw - self.x[low])
        return min(max(chance, self.y[low]), self.y[high])


@dataclass(frozen=True, slots=True)
class Sigmoid:
    """:ivar slope: not negative: a higher raw score is never less likely late"""

    slope: float
    shift: float

    def chance(self, raw: float) -> float:
        return sigmoid(self.slope * raw + self.shift)


def sigmoid(value: float) -> float:
    """Return 1 / (1 + exp(−value)), for any value."""
    if value >= 0:
        return 1 / (1 + exp(-value)) if value < 700 else 1.0
    return exp(value) / (1 + exp(value)) if value > -700 else 0.0


# === MODEL === #


@dataclass(frozen=True, slots=True)
class Model:
    """A trained model.

    :ivar cut: probability from which it calls an order
    """

    core: Logistic | Boosting
    curve: Isotonic | Sigmoid
    cut: float = 0.5

    @property
    def kind(self) -> str:
        return _name(self.core)

    def raw(self, values: Sequence[float]) -> float:
        """Return the score before calibration; the higher, the more likely late.

        :raises ValueError: not as many values as ``FEATURES``
        """
        if len(values) != len(FEATURES):
            raise ValueError(f"{len(values)} features instead of {len(FEATURES)}")
        return self.core.raw(values)

    def chance(self, values: Sequence[float]) -> float:
        """Return the probability of being late, 0 to 1."""
        return self.curve.chance(self.raw(values))

    def calls(self, values: Sequence[float]) -> bool:
        return self.chance(values) >= self.cut

    def as_json(self) -> dict[str, Any]:
        return {
            "version": VERSION,
            "features": list(FEATURES),
            "kind": self.kind,
            "core": asdict(self.core),
            "calibration": _name(self.curve),
            "curve": asdict(self.curve),
            "cut": self.cut,
        }


class ModelError(ValueError):
    """A stored model that cannot be used.

    :ivar code: ``version`` (trained for other features: train again) or ``broken``
    """

    def __init__(self, code: str, detail: str):
        super().__init__(detail)
        self.code = code


def read(stored: Any) -> Model:
    """Return a model from its JSON, checked: predicting can then neither fail nor hang.

    :raises ModelError:
    """
    if not isinstance(stored, Mapping):
        raise ModelError("broken", "The stored model is no JSON object.")
    if stored.get("version") != VERSION or stored.get("features") != list(FEATURES):
        raise ModelError("version", "The stored model was trained for other features.")
    try:
        model = Model(_core(stored), _curve(stored), _number(stored["cut"]))
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise ModelError("broken", f"The stored model is damaged: {error}") from error
    return model


def _core(stored: Mapping) -> Logistic | Boosting:
    core = stored["core"]
    if stored["kind"] == "logistic":
        found = Logistic(
            _numbers(core["mean"], len(FEATURES)),
            _numbers(core["scale"], len(FEATURES)),
            _numbers(core["coefficients"], len(FEATURES)),
            _number(core["intercept"]),
        )
        _expect(all(found.scale), "a scale of zero")
        return found
    _expect(stored["kind"] == "boosting", "unknown kind")
    trees = tuple(map(_tree, core["trees"]))
    return Boosting(_number(core["start"]), _number(core["rate"]), trees)


def _tree(stored: Mapping) -> Tree:
    """Return a tree in which every branch leads further on, so that each walk ends."""
    size = len(stored["feature"])
    _expect(size, "an empty tree")
    tree = Tree(
        _places(stored["feature"], size),
        _numbers(stored["threshold"], size),
        _places(stored["left"], size),
        _places(stored["right"], size),
        _numbers(stored["value"], size),
    )
    for node, feature in enumerate(tree.feature):
        _expect(feature < len(FEATURES), "an unknown feature")
        for child in (tree.left[node], tree.right[node]):
            _expect(feature < 0 or node < child < size, "a branch that leads nowhere")
    return tree


def _curve(stored: Mapping) -> Isotonic | Sigmoid:
    curve = stored["curve"]
    if stored["calibration"] == "sigmoid":
        slope = _number(curve["slope"])
        _expect(slope >= 0, "a falling curve")
        return Sigmoid(slope, _number(curve["shift"]))
    _expect(stored["calibration"] == "isotonic", "unknown calibration")
    size = len(curve["x"])
    _expect(size, "an empty curve")
    x, y = _numbers(curve["x"], size), _numbers(curve["y"], size)
    _expect(all(a < b for a, b in zip(x, x[1:], strict=False)), "a curve out of order")
    _expect(all(a <= b for a, b in zip(y, y[1:], strict=False)), "a falling curve")
    _expect(0 <= y[0] and y[-1] <= 1, "a curve that leaves 0 to 1")
    return Isotonic(x, y)


def _numbers(values: Sequence, size: int) -> tuple[float, ...]:
    _expect(len(values) == size, "lists of different lengths")
    return tuple(map(_number, values))


def _number(value: Any) -> float:
    _expect(
        isinstance(value, (int, float)) and not isinstance(value, bool), "no number"
    )
    _expect(isfinite(value), "a number without end")
    return float(value)


def _places(values: Sequence, size: int) -> tuple[int, ...]:
    _expect(len(values) == size, "lists of different lengths")
    for value in values:
        _expect(isinstance(value, int) and not isinstance(value, bool), "no place")
    return tuple(values)


def _expect(is_so: Any, what: str) -> None:
    if not is_so:
        raise ValueError(what)


def _name(part: Any) -> str:
    return type(part).__name__.lower()
