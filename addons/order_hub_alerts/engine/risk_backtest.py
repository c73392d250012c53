"""The proof that a trained model is worth its place: tried on what came after it.

A model is on only if, in the back-test,

- it finds at least as many late orders as the plain rule among as many calls, and at
  least as many as the radar's red ones among as many calls (then neither precision nor
  recall is worse), and its own calls have an F1 that is not lower,
- its probabilities are better (Brier score) than saying the usual share of late ones
  of every order, and no worse than what the answers of the rule and of the radar are
  worth as probabilities.

Otherwise it stays off, with the reason as a code.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from . import risk_measures as measures
from .risk_model import Model

ON = ""
NO_LIBRARY, TOO_FEW, TOO_FEW_LATE = "no_library", "too_few", "too_few_late"
TOO_FEW_ON_TIME, TOO_SHORT, NO_SKILL = "too_few_on_time", "too_short", "no_skill"
WORSE_THAN_RULE, WORSE_THAN_RADAR = "worse_than_rule", "worse_than_radar"
#: Why a model is off; each is explained in words where it is shown.
REASONS = (
    NO_LIBRARY,
    TOO_FEW,
    TOO_FEW_LATE,
    TOO_FEW_ON_TIME,
    TOO_SHORT,
    NO_SKILL,
    WORSE_THAN_RULE,
    WORSE_THAN_RADAR,
)


@dataclass(frozen=True, slots=True)
class Sample:
    """One order, once: what was known when it was called, and what happened.

    :ivar at: of the last row at least so many hours before the promise as a call
        needs (see :func:`.scores.in_time`); naive UTC
    :ivar known: when it was clear whether it was late
    :ivar features: as :func:`.risk_model.features`
    :ivar rule: what the plain rule said; ``None``: nothing
    :ivar radar: whether the radar said red
    """

    order: int
    at: datetime
    known: datetime
    features: Sequence[float]
    is_late: bool
    rule: bool | None = None
    radar: bool = False


@dataclass(frozen=True, slots=True)
class Parts:
    """The past, cut by time: see :func:`.risk_training.split`."""

    fit: list[Sample]
    tune: list[Sample]
    test: list[Sample]


def back_test(model: Model, parts: Parts) -> dict[str, Any]:
    """Return all figures of the latest part, which the model has never seen."""
    late = outcomes(parts.test)
    chances = [model.chance(each.features) for each in parts.test]
    bins = measures.reliability(chances, late)
    base = rate(parts.fit + parts.tune)
    return {
        "fit": len(parts.fit),
        "tune": len(parts.tune),
        "test": len(parts.test),
        "late": sum(late),
        "from": parts.test[0].at.isoformat(" ", "seconds"),
        "brier": measures.brier(chances, late),
        "brier_base": measures.brier([base] * len(late), late),
        "log_loss": measures.log_loss(chances, late),
        "auc": measures.auc(chances, late),
        "calibration_error": measures.calibration_error(bins),
        "bins": [each.as_json() for each in bins],
        "cut": model.cut,
        **_confusion([chance >= model.cut for chance in chances], late),
        "rule": _beside(chances, parts, lambda each: bool(each.rule)),
        "radar": _beside(chances, parts, lambda each: each.radar),
    }


def _beside(
    chances: list[float], parts: Parts, says: Callable[[Sample], bool]
) -> dict[str, Any]:
    """Return how another caller did, and the model with as many calls.

    As a probability an answer is worth the share of late orders among those of the
    same answer, before the back-test.
    """
    late, said = outcomes(parts.test), [says(each) for each in parts.test]
    before = parts.fit + parts.tune
    worth = {
        answer: rate([each for each in before if says(each) is answer] or before)
        for answer in (True, False)
    }
    figures = _confusion(said, late)
    return {
        **figures,
        "brier": measures.brier([worth[answer] for answer in said], late),
        "model_hits": measures.hits_at(chances, late, figures["calls"]),
    }


def _confusion(called: Sequence[bool], late: Sequence[bool]) -> dict[str, Any]:
    hits = sum(1 for pair in zip(called, late, strict=True) if all(pair))
    calls, happened = sum(called), sum(late)
    return {
        "calls": calls,
        "hits": hits,
        "misses": happened - hits,
        "precision": hits / calls if calls else None,
        "recall": hits / happened if happened else None,
        "f1": 2 * hits / (calls + happened) if calls + happened else None,
    }


def judge(metrics: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return why the model stays off, and the figures; the empty reason: it is on."""
    if metrics["brier"] >= metrics["brier_base"] or metrics["auc"] <= 0.5:
        figures = {name: metrics[name] for name in ("brier", "brier_base", "auc")}
        return NO_SKILL, figures
    for name, reason in (("rule", WORSE_THAN_RULE), ("radar", WORSE_THAN_RADAR)):
        other = metrics[name]
        if _is_worse(metrics, other):
            return reason, {
                **{each: other[each] for each in ("calls", "hits", "model_hits")},
                **{each: metrics[each] for each in ("brier", "f1")},
                **{f"{each}_other": other[each] for each in ("brier", "f1")},
            }
    return ON, {}


def _is_worse(metrics: dict[str, Any], other: dict[str, Any]) -> bool:
    """Tell whether the model is worse than another caller in any respect."""
    return (
        other["model_hits"] < other["hits"]
        or (metrics["f1"] or 0.0) < (other["f1"] or 0.0)
        or metrics["brier"] > other["brier"]
    )


def outcomes(samples: Sequence[Sample]) -> list[bool]:
    """Return whether each was late."""
    return [bool(each.is_late) for each in samples]


def rate(samples: Sequence[Sample]) -> float:
    """Return the share of late ones; at least one sample."""
    return sum(each.is_late for each in samples) / len(samples)
