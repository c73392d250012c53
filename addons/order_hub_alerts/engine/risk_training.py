"""Training the model of :mod:`.risk_model`, and the proof that it is worth its place.

The past is cut by time, never at random: the model is fitted to the oldest orders,
its probabilities to later ones, and both are tried on the latest, as they would have
been used. What was not known yet on the day of a cut is left out of what lies before
it (M. López de Prado, *Advances in Financial Machine Learning*, 2018, chapter 7,
"purging"). The model that was tried is the one that is kept; nothing is fitted again
afterwards, or the proof would be of something else.

Whether it is on is decided by :mod:`.risk_backtest`. scikit-learn is needed to train
only, and is imported here and nowhere else, when it is needed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import log
from types import SimpleNamespace
from typing import Any

from . import risk_measures as measures
from .risk_backtest import (
    NO_LIBRARY,
    NO_SKILL,
    ON,
    TOO_FEW,
    TOO_FEW_LATE,
    TOO_FEW_ON_TIME,
    TOO_SHORT,
    Parts,
    Sample,
    back_test,
    judge,
    outcomes,
)
from .risk_model import Boosting, Isotonic, Logistic, Model, Sigmoid, Tree

#: Below a thousand orders isotonic curves fit noise (A. Niculescu-Mizil, R. Caruana,
#: "Predicting Good Probabilities with Supervised Learning", ICML 2005).
ISOTONIC_FROM = 1000
#: Share by which trees must beat the straight model to be chosen.
WORTH_TREES = 0.01


@dataclass(frozen=True, slots=True)
class Settings:
    """What it takes to train.

    :ivar min_samples: orders of which the outcome is known
    :ivar min_each: late ones, and ones on time; a fifth of it in every part
    :ivar fit: share of the orders, the oldest, for the model; ``tune`` the next, for
        its probabilities; the rest is the back-test
    """

    min_samples: int = 500
    min_each: int = 50
    fit: float = 0.6
    tune: float = 0.2


@dataclass(frozen=True, slots=True)
class Training:
    """What came of it.

    :ivar reason: empty: the model is on; else one of ``REASONS``
    :ivar figures: JSON: what the reason is about, e.g. ``{"samples": 80, "needed":
        500}``
    :ivar metrics: JSON: of the back-test, also of a model that stays off
    """

    model: Model | None
    reason: str
    figures: dict[str, Any]
    metrics: dict[str, Any]

    @property
    def is_on(self) -> bool:
        return self.model is not None and self.reason == ON


def libraries() -> SimpleNamespace | None:
    """Return what is used of scikit-learn; ``None`` where it is not installed.

    A broken installation is none either: it may raise anything while it is imported.
    """
    try:
        from sklearn.ensemble import GradientBoostingClassifier
        from sklearn.isotonic import IsotonicRegression
        from sklearn.linear_model import LogisticRegression
        from sklearn.preprocessing import StandardScaler
    except Exception:  # pylint: disable=broad-except
        return None
    return SimpleNamespace(
        boosting=GradientBoostingClassifier,
        isotonic=IsotonicRegression,
        logistic=LogisticRegression,
        scaler=StandardScaler,
    )


def train(samples: Sequence[Sample], settings: Settings = Settings()) -> Training:
    """Train on the past and try it on the latest part of it.

    The same samples give the same model. Never raises for what the samples are like.

    :param samples: in any order; of several for one order the last one counts
    """
    latest = {each.order: each for each in sorted(samples, key=_age)}
    samples = sorted(latest.values(), key=_age)
    lack = _lack(samples, settings)
    if lack:
        return Training(None, *lack, {})
    parts = split(samples, settings)
    lack = _lack_of_parts(parts, settings)
    if lack:
        return Training(None, *lack, {})
    library = libraries()
    if library is None:
        return Training(None, NO_LIBRARY, {}, {})
    model = _fitted(library, parts)
    if model is None:
        return Training(None, NO_SKILL, {}, {})
    metrics = back_test(model, parts)
    return Training(model, *judge(metrics), metrics)


# === DATA === #


def _age(sample: Sample) -> tuple:
    return sample.at, sample.order


def split(samples: Sequence[Sample], settings: Settings) -> Parts:
    """Cut by time; orders of one moment stay together.

    :param samples: by time, the oldest first; at least one
    """
    size = len(samples)
    first = samples[min(int(size * settings.fit), size - 1)].at
    place = int(size * (settings.fit + settings.tune))
    second = samples[min(place, size - 1)].at
    return Parts(
        [each for each in samples if each.at < first and each.known <= first],
        [each for each in samples if first <= each.at < second >= each.known],
        [each for each in samples if each.at >= second],
    )


def _lack(samples: Sequence[Sample], settings: Settings) -> tuple | None:
    """Return the reason and its figures if there is too little to learn from."""
    late = sum(each.is_late for each in samples)
    for reason, count, needed in (
        (TOO_FEW, len(samples), settings.min_samples),
        (TOO_FEW_LATE, late, settings.min_each),
        (TOO_FEW_ON_TIME, len(samples) - late, settings.min_each),
    ):
        if count < max(needed, 1):
            return reason, {"samples": count, "needed": needed}
    return None


def _lack_of_parts(parts: Parts, settings: Settings) -> tuple | None:
    """Return a reason if a part lacks late orders or ones on time.

    Then the history is too short, or all that was late lies in one corner of it.
    """
    needed = max(settings.min_each // 5, 1)
    for name in ("fit", "tune", "test"):
        part = getattr(parts, name)
        late = sum(each.is_late for each in part)
        least = min(late, len(part) - late)
        if least < needed:
            return TOO_SHORT, {"part": name, "samples": least, "needed": needed}
    return None


# === FITTING === #


def _fitted(library: SimpleNamespace, parts: Parts) -> Model | None:
    """Return the better of the two kinds, calibrated; ``None``: nothing was learned.

    Chosen by log loss on the part that both curves are fitted to; trees only where
    they are clearly better, as the straight model is easier to trust.
    """
    found = []
    for fit, handicap in ((_fit_logistic, 0.0), (_fit_boosting, WORTH_TREES)):
        core = fit(library, parts.fit)
        curve = _calibrated(library, core, parts.tune)
        if curve is None:
            continue
        model = Model(core, curve)
        chances = [model.chance(each.features) for each in parts.tune]
        loss = measures.log_loss(chances, outcomes(parts.tune))
        found.append((loss * (1 + handicap), len(found), model))
    if not found:
        return None
    model = min(found)[2]
    return replace(model, cut=_cut(model, parts.tune))


def _fit_logistic(library: SimpleNamespace, samples: Sequence[Sample]) -> Logistic:
    scaler = library.scaler()
    values = scaler.fit_transform([list(each.features) for each in samples])
    fitted = library.logistic(max_iter=1000).fit(values, outcomes(samples))
    return Logistic(
        tuple(scaler.mean_.tolist()),
        tuple(scaler.scale_.tolist()),
        tuple(fitted.coef_[0].tolist()),
        float(fitted.intercept_[0]),
    )


def _fit_boosting(library: SimpleNamespace, samples: Sequence[Sample]) -> Boosting:
    """Fit shallow trees, few of them: some hundred late orders carry no more."""
    fitted = library.boosting(
        n_estimators=80,
        learning_rate=0.08,
        max_depth=3,
        subsample=0.8,
        min_samples_leaf=max(len(samples) // 100, 5),
        random_state=0,
    )
    fitted.fit([list(each.features) for each in samples], outcomes(samples))
    return boosting_of(fitted)


def boosting_of(fitted: Any) -> Boosting:
    """Return the trees of a fitted ``GradientBoostingClassifier`` as plain numbers.

    It starts from the log odds of the late ones.
    """
    share = float(fitted.init_.class_prior_[1])
    return Boosting(
        log(share / (1 - share)),
        float(fitted.learning_rate),
        tuple(_tree_of(row[0].tree_) for row in fitted.estimators_),
    )


def _tree_of(tree: Any) -> Tree:
    """Return a tree of scikit-learn, which marks a leaf by −2."""
    return Tree(
        tuple(max(feature, -1) for feature in tree.feature.tolist()),
        tuple(tree.threshold.tolist()),
        tuple(tree.children_left.tolist()),
        tuple(tree.children_right.tolist()),
        tuple(tree.value[:, 0, 0].tolist()),
    )


def _calibrated(
    library: SimpleNamespace, core: Logistic | Boosting, samples: Sequence[Sample]
) -> Isotonic | Sigmoid | None:
    """Return the curve from raw scores to probabilities.

    ``None`` where higher scores are no likelier late: nothing was learned.
    """
    raw = [core.raw(each.features) for each in samples]
    late = outcomes(samples)
    if (measures.auc(raw, late) or 0.0) <= 0.5:
        return None
    if len(samples) >= ISOTONIC_FROM:
        return _isotonic(library, raw, late)
    return _sigmoid(library, raw, late)


def _isotonic(library: SimpleNamespace, raw: list, late: list) -> Isotonic:
    curve = library.isotonic(y_min=0, y_max=1, out_of_bounds="clip").fit(raw, late)
    return isotonic_of(curve)


def isotonic_of(fitted: Any) -> Isotonic:
    """Return the curve of a fitted ``IsotonicRegression`` as plain numbers."""
    return Isotonic(
        tuple(fitted.X_thresholds_.tolist()), tuple(fitted.y_thresholds_.tolist())
    )


def _sigmoid(library: SimpleNamespace, raw: list, late: list) -> Sigmoid | None:
    fitted = library.logistic(C=1e6, max_iter=1000).fit([[one] for one in raw], late)
    slope = float(fitted.coef_[0][0])
    return Sigmoid(slope, float(fitted.intercept_[0])) if slope > 0 else None


def _cut(model: Model, samples: Sequence[Sample]) -> float:
    """Return the probability from which to call: the one with the best F1.

    Of equally good ones the highest: fewer calls.
    """
    rows = sorted(
        ((model.chance(each.features), each.is_late) for each in samples), reverse=True
    )
    late = sum(happened for _chance, happened in rows)
    best, cut, hits = 0.0, 1.0, 0
    for count, (chance, happened) in enumerate(rows, start=1):
        hits += happened
        is_last = count == len(rows) or rows[count][0] < chance
        f1 = 2 * hits / (count + late)
        if is_last and f1 > best:
            best, cut = f1, chance
    return cut
