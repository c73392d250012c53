"""The factors of the radar, each from what is known of one order.

A measure returns a share from 0 (nothing to fear) to 1 (it cannot get worse), or
``None`` where nobody knows, and the figures behind it as JSON.

Few figures are no proof: the rates of a supplier with three deliveries lie near the
mean of the company, those of one with three hundred are its own (the mean of a beta
distribution after seeing them; A. Gelman et al., *Bayesian Data Analysis*, section
2.4; B. Efron and C. Morris, "Data Analysis Using Stein's Estimator", JASA 70, 1975).

    rate = (on time + prior × mean of the company) / (deliveries + prior)
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from .radar_facts import SEVERITIES, Company, Facts, Load, Progress, Purchase, Scheme


class Case(NamedTuple):
    """What a factor is measured from."""

    facts: Facts
    scheme: Scheme
    company: Company
    now: datetime
    promised: datetime
    hours_left: float
    slack: float


#: A share (``None``: not known) and the figures behind it.
Measure = tuple[float | None, dict[str, Any]]
UNKNOWN: Measure = (None, {})
NOTHING: Measure = (0.0, {})


def pace(progress: Progress, scheme: Scheme) -> float:
    """Return how many times slower than planned the work goes, 1 at the least.

        (elapsed + trusted) / (done + trusted)

    The reciprocal of the time-based performance index of earned schedule (W. Lipke,
    "Schedule is Different", *The Measurable News*, 2003), shrunk towards the plan by
    ``pace_hours``, so that the first slow hour is no catastrophe.

    >>> pace(Progress(done_hours=24, elapsed_hours=72), Scheme())
    2.0
    """
    trusted = scheme.pace_hours
    seen = (progress.elapsed_hours + trusted) / (progress.done_hours + trusted)
    return min(max(seen, 1.0), scheme.pace_most)


def need(progress: Progress | None, scheme: Scheme) -> float:
    """Return the hours that what is left takes at the pace seen; 0: not known."""
    return progress.left_hours * pace(progress, scheme) if progress else 0.0


def _progress(case: Case) -> Measure:
    """Time left against work left: full when the slack is gone.

        share = 1 − slack / hours ahead,  slack = hours left − left × pace

    The minimum-slack rule (R. Conway, W. Maxwell, L. Miller, *Theory of Scheduling*,
    1967, chapter 11): an order that could not stand still for ``hours_ahead`` is
    called now, when something can still be done.
    """
    progress = case.facts.progress
    if progress is None:
        return UNKNOWN
    seen = pace(progress, case.scheme)
    figures = {
        "done_hours": round(progress.done_hours, 2),
        "left_hours": round(progress.left_hours, 2),
        "pace": round(seen, 2),
        "need_hours": round(progress.left_hours * seen, 2),
        "hours_left": round(case.hours_left, 2),
        "slack_hours": round(case.slack, 2),
    }
    if not progress.left_hours and case.hours_left > 0:
        return 0.0, figures
    return _clamp(1 - case.slack / case.scheme.hours_ahead), figures


def shrunk(hits: float, total: float, mean: float | None, prior: float) -> float | None:
    """Return a rate that few figures pull towards the mean; ``None``: no figures.

    >>> shrunk(1, 1, 0.5, 1), shrunk(0, 0, None, 9)
    (0.75, None)
    """
    weight = prior if mean is not None else 0.0
    if total + weight <= 0:
        return mean
    return (hits + weight * (mean or 0.0)) / (total + weight)


def lateness(
    purchase: Purchase, promised: datetime, scheme: Scheme, company: Company
) -> tuple[float, str, float | None]:
    """Return the chance that a purchase comes too late, why, and its supplier's rate.

    - ``too_late``: it is expected after it is needed: 1
    - ``unconfirmed``: 1 − rate × (1 − unconfirmed)
    - ``history``: (1 − rate) × (1 − time between expected and needed / cushion)
    """
    rate = shrunk(purchase.on_time, purchase.deliveries, company.on_time, scheme.prior)
    kept = 1.0 if rate is None else rate
    needed = purchase.needed or promised
    if purchase.expected is not None and purchase.expected > needed:
        return 1.0, "too_late", rate
    if purchase.expected is None or not purchase.is_confirmed:
        return 1 - kept * (1 - scheme.unconfirmed), "unconfirmed", rate
    early = hours(needed - purchase.expected)
    return (1 - kept) * _clamp(1 - early / scheme.cushion_hours), "history", rate


def _supplier(case: Case) -> Measure:
    """The chance that any supplier lets the order down.

    ``1 − Π (1 − chance)`` over the suppliers, as in a series system (R. Barlow, F.
    Proschan, *Statistical Theory of Reliability*, 1975); purchases of one supplier
    fail together, so the worst of them stands for him.
    """
    purchases = case.facts.purchases
    if not purchases:
        return UNKNOWN if purchases is None else NOTHING
    worst: dict[int, float] = {}
    found = []
    for each in purchases:
        answer = lateness(each, case.promised, case.scheme, case.company)
        worst[each.supplier] = max(worst.get(each.supplier, 0.0), answer[0])
        found.append((answer, each))
    spared = 1.0
    for chance in worst.values():
        spared *= 1 - chance
    (chance, reason, rate), purchase = max(
        found, key=lambda row: (row[0][0], -row[1].id)
    )
    return 1 - spared, {
        "purchase": purchase.id,
        "supplier": purchase.supplier,
        "late": purchase.deliveries - purchase.on_time,
        "deliveries": purchase.deliveries,
        "rate": None if rate is None else round(rate, 4),
        "chance": round(chance, 4),
        "reason": reason,
        "expected": _text(purchase.expected),
        "needed": _text(purchase.needed or case.promised),
        "purchases": len(purchases),
    }


def _quality(case: Case) -> Measure:
    """Similar products that were bad: shrunk rate / ``full_defects``, the worst one."""
    if not case.facts.quality:
        return UNKNOWN if case.facts.quality is None else NOTHING
    prior, mean = case.scheme.prior, case.company.defects
    rates = [
        (shrunk(each.bad, each.total, mean, prior), each) for each in case.facts.quality
    ]
    known = [(rate, each) for rate, each in rates if rate is not None]
    if not known:
        return UNKNOWN
    rate, worst = max(known, key=lambda row: (row[0], -row[1].product))
    return _clamp(rate / case.scheme.full_defects), {
        "product": worst.product,
        "bad": worst.bad,
        "total": worst.total,
        "rate": round(rate, 4),
    }


def _route(case: Case) -> Measure:
    """The gravest notice while the goods are on their way.

    Several notices of one storm are one storm: they do not add up.
    """
    if case.facts.notices is None:
        return UNKNOWN
    leaves = max(case.facts.leaves or case.now, case.now)
    start, end = min(leaves, case.promised), max(leaves, case.promised)
    met = [
        each
        for each in case.facts.notices
        if (each.start is None or each.start <= end)
        and (each.end is None or each.end >= start)
    ]
    if not met:
        return NOTHING
    worst = max(met, key=lambda each: (SEVERITIES.get(each.severity, 0.0), -each.id))
    return SEVERITIES.get(worst.severity, 0.0), {
        "notice": worst.id,
        "severity": worst.severity,
        "notices": len(met),
    }


def _maintenance(case: Case) -> Measure:
    """Hours lost before the promise / slack; any hour is too many without slack."""
    if not case.facts.maintenance:
        return UNKNOWN if case.facts.maintenance is None else NOTHING
    lost: dict[int, float] = {}
    windows: dict[int, list[tuple[datetime, datetime]]] = {}
    for each in case.facts.maintenance:
        start, end = max(each.start, case.now), min(each.end, case.promised)
        if start < end:
            windows.setdefault(each.workcenter, []).append((start, end))
    for workcenter, spans in windows.items():
        lost[workcenter] = _covered(spans)
    total = sum(lost.values())
    if not total:
        return NOTHING
    return _clamp(total / case.slack) if case.slack > 0 else 1.0, {
        "workcenter": max(lost, key=lambda id_: (lost[id_], -id_)),
        "hours": round(total, 2),
        "workcenters": len(lost),
        "slack_hours": round(case.slack, 2),
    }


def _load(case: Case) -> Measure:
    """The busiest work centre on the way: nothing up to calm, all from full.

    Waiting grows with ``load / (1 − load)`` (J. Kingman, "The single server queue in
    heavy traffic", 1961): below 80 % it is small, at 100 % it has no end. The line
    between two editable points keeps the figure readable.
    """
    if not case.facts.loads:
        return UNKNOWN if case.facts.loads is None else NOTHING
    loads = [(_ratio(each), each) for each in case.facts.loads]
    load, worst = max(loads, key=lambda row: (row[0], -row[1].workcenter))
    calm, full = case.scheme.load_calm, case.scheme.load_full
    return _clamp((load - calm) / (full - calm)), {
        "workcenter": worst.workcenter,
        "load": round(min(load, 99.0), 4),
        "planned_hours": round(worst.planned_hours, 2),
        "capacity_hours": round(worst.capacity_hours, 2),
    }


MEASURES: dict[str, Callable[[Case], Measure]] = {
    "progress": _progress,
    "supplier": _supplier,
    "quality": _quality,
    "route": _route,
    "maintenance": _maintenance,
    "load": _load,
}


# === HELPERS === #


def _ratio(load: Load) -> float:
    """Return planned / capacity; work without capacity has no end."""
    if load.planned_hours <= 0:
        return 0.0
    if load.capacity_hours <= 0:
        return float("inf")
    return load.planned_hours / load.capacity_hours


def _covered(spans: list[tuple[datetime, datetime]]) -> float:
    """Return the hours covered by spans that may overlap."""
    total, reached = 0.0, datetime.min
    for start, end in sorted(spans):
        total += max(hours(end - max(start, reached)), 0.0)
        reached = max(reached, end)
    return total


def _clamp(value: float) -> float:
    return min(max(value, 0.0), 1.0)


def hours(span: timedelta) -> float:
    return span.total_seconds() / 3600


def _text(moment: datetime | None) -> str | None:
    """Return a moment as JSON has it, UTC, to the second."""
    return moment.isoformat(" ", "seconds") if moment else None
