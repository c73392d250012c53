"""What the radar is told about an order, and how it is set.

Moments are naive UTC, as the ORM has them; hours are elapsed hours. ``None`` in place
of a fact means that nobody knows; an empty tuple means that there is nothing.
"""

from dataclasses import dataclass, field, fields
from datetime import datetime

#: What can make an order late, in the order in which it is shown.
FACTORS = ("progress", "supplier", "quality", "route", "maintenance", "load")
#: How much of the route factor a notice is.
SEVERITIES = {"info": 0.3, "warning": 0.6, "critical": 1.0}


# === SCHEME === #


@dataclass(frozen=True, slots=True)
class Weights:
    """Chance from 0 to 1 that a factor, at its full, alone makes an order late.

    Zero: the factor is shown and does not count.
    """

    progress: float = 0.95
    supplier: float = 0.9
    quality: float = 0.4
    route: float = 0.6
    maintenance: float = 0.6
    load: float = 0.5


@dataclass(frozen=True, slots=True)
class Scheme:
    """How one company judges.

    :ivar yellow: score (0 to 100) from which an order is yellow; ``red`` likewise
    :ivar hours_ahead: hours that an order must be able to stand still and yet be on
        time; less than that is risky, the earlier a call comes
    :ivar prior: deliveries (or sales) for which the mean of the company stands
    :ivar cushion_hours: a purchase that comes this long before it is needed is safe
    :ivar unconfirmed: chance that an unconfirmed date is no date at all
    :ivar full_defects: share of bad deliveries at which the quality factor is full
    :ivar load_calm: load of a work centre (1: as much as it can do) that is harmless;
        at ``load_full`` the factor is full
    :ivar pace_hours: hours of work for which the plan is trusted, against what was seen
    :ivar pace_most: at most so many times slower than planned
    """

    weights: Weights = field(default_factory=Weights)
    yellow: float = 30.0
    red: float = 60.0
    hours_ahead: float = 48.0
    prior: float = 10.0
    cushion_hours: float = 168.0
    unconfirmed: float = 0.2
    full_defects: float = 0.2
    load_calm: float = 0.8
    load_full: float = 1.2
    pace_hours: float = 24.0
    pace_most: float = 3.0


#: Settings that must be above zero.
POSITIVE = ("hours_ahead", "cushion_hours", "full_defects", "pace_hours")


def problems(scheme: Scheme) -> tuple[str, ...]:
    """Return what is wrong with a scheme: names of settings, empty if nothing is.

    ``weights.<factor>`` (not from 0 to 1), ``thresholds`` (not 0 < yellow < red ≤
    100), ``load`` (not 0 ≤ calm < full), or the name of a setting.

    >>> problems(Scheme(yellow=70, prior=-1))
    ('thresholds', 'prior')
    """
    found = [
        f"weights.{each.name}"
        for each in fields(scheme.weights)
        if not 0 <= getattr(scheme.weights, each.name) <= 1
    ]
    if not 0 < scheme.yellow < scheme.red <= 100:
        found.append("thresholds")
    if not 0 <= scheme.load_calm < scheme.load_full:
        found.append("load")
    found += [name for name in POSITIVE if not getattr(scheme, name) > 0]
    if not scheme.prior >= 0:
        found.append("prior")
    if not 0 <= scheme.unconfirmed <= 1:
        found.append("unconfirmed")
    if not scheme.pace_most >= 1:
        found.append("pace_most")
    return tuple(found)


# === FACTS === #


@dataclass(frozen=True, slots=True)
class Company:
    """Means of the company; ``None``: it has no history.

    :ivar on_time: share of purchase deliveries that came on time
    :ivar defects: share of sold deliveries that were complained about
    """

    on_time: float | None = None
    defects: float | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """Operations and stages of an order, in hours as planned.

    :ivar done_hours: planned hours of what is done
    :ivar left_hours: planned hours of what is left until delivery
    :ivar elapsed_hours: hours since the first of it began
    """

    done_hours: float = 0.0
    left_hours: float = 0.0
    elapsed_hours: float = 0.0


@dataclass(frozen=True, slots=True)
class Purchase:
    """An open purchase that the order waits for.

    :ivar expected: when it comes, as far as anybody knows
    :ivar needed: when the order needs it; ``None``: when it is promised
    :ivar deliveries: of this supplier in the period; ``on_time`` of them were
    """

    id: int
    supplier: int = 0
    expected: datetime | None = None
    needed: datetime | None = None
    on_time: int = 0
    deliveries: int = 0
    is_confirmed: bool = True


@dataclass(frozen=True, slots=True)
class Quality:
    """Deliveries of similar products in the period, and how many were bad."""

    product: int
    bad: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice on the order's route: weather, a closed road, a carrier's trouble."""

    id: int
    severity: str = "warning"
    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class Maintenance:
    """A time in which a work centre that the order still needs stands still."""

    id: int
    workcenter: int
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Load:
    """A work centre that the order still needs.

    :ivar planned_hours: planned there until the promise, this order included
    :ivar capacity_hours: that it can do until then
    """

    workcenter: int
    planned_hours: float
    capacity_hours: float


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is known of one order in flight.

    :ivar leaves: when it is to be handed to the carrier; ``None``: any time
    """

    order: int = 0
    promised: datetime | None = None
    leaves: datetime | None = None
    progress: Progress | None = None
    purchases: tuple[Purchase, ...] | None = ()
    quality: tuple[Quality, ...] | None = ()
    notices: tuple[Notice, ...] | None = ()
    maintenance: tuple[Maintenance, ...] | None = ()
    loads: tuple[Load, ...] | None = ()
