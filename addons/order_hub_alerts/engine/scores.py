"""How good the radar's calls were, beside the plain rule.

The unit is an order: however many nights it was called, it counts once, in the period
of its promise. What counts:

- **late**: delivered after the promise (and the hours of grace), or not delivered
  although the promise is over. An order that is neither delivered nor due says
  nothing yet and is left out, and so is a cancelled one.
- **a call**: what was said in the last row at least ``lead_hours`` before the promise,
  when something could still be done. What is said later is no warning any more.
- **a miss**: a late order that was not called then.
- **unseen**: an order without a row that early (promised at shorter notice, or the
  radar was off). Nobody could have called it; it is counted apart, for all alike.
- **averted**: called earlier, no longer called at the deadline, and on time. Neither
  hit nor false alarm: perhaps the call is what helped.
- **lead time**: hours from the first row of the unbroken run of calls that holds at
  the deadline, to the promise.

Precision = hits / calls, recall = hits / late ones, F1 = their harmonic mean (C. van
Rijsbergen, *Information Retrieval*, 1979; C. Manning et al., *Introduction to
Information Retrieval*, 2008, section 8.3). Without a denominator there is no figure:
``None``, never zero.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from math import sqrt
from operator import attrgetter
from statistics import fmean, median
from typing import Any
from zoneinfo import ZoneInfo

#: The plain rule calls an order that is in its stage longer than mean × this.
RULE_FACTOR = 1.3
#: Stays in a stage below which a mean says nothing.
RULE_SAMPLES = 10
#: Two standard deviations, nearly: 95 % of a normal distribution.
Z95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Row:
    """What was said of an order at one moment.

    :ivar at: naive UTC
    :ivar rule: what the plain rule said; ``None``: it could not say anything
    :ivar model: what the trained model said; ``None``: it was off
    """

    order: int
    at: datetime
    colour: str
    rule: bool | None = None
    model: bool | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an order; moments are naive UTC.

    :ivar promised: the promise it is measured by: what the customer last agreed to,
        not what it was moved to because it was late
    """

    order: int
    promised: datetime
    delivered: datetime | None = None
    is_cancelled: bool = False


@dataclass(frozen=True, slots=True)
class Terms:
    """What counts as a call and as late, in hours."""

    lead_hours: float = 48.0
    grace_hours: float = 0.0


#: Who calls, and how to read it from a row: red, red or yellow, the rule, the model.
CALLERS: Mapping[str, Callable[[Row], bool]] = {
    "red": lambda row: row.colour == "red",
    "any": lambda row: row.colour in ("yellow", "red"),
    "rule": lambda row: bool(row.rule),
    "model": lambda row: bool(row.model),
}
CELLS = ("hit", "false_alarm", "miss", "quiet", "unseen")


def rule_calls(
    stage_hours: float,
    mean_hours: float | None,
    samples: int,
    factor: float = RULE_FACTOR,
    min_samples: int = RULE_SAMPLES,
) -> bool | None:
    """Return whether the plain rule calls an order; ``None``: it cannot say.

    :param mean_hours: of the same stage and order type in the last 30 days

    >>> rule_calls(14, 10, 50), rule_calls(13, 10, 50), rule_calls(14, 10, 9)
    (True, False, None)
    """
    if mean_hours is None or samples < min_samples:
        return None
    return stage_hours > mean_hours * factor


# === ONE ORDER === #


@dataclass(frozen=True, slots=True)
class Verdict:
    """One order: what was said of it in time, and whether it was late.

    :ivar leads: ``{caller: lead time in hours}`` of those who called it; ``None``:
        nobody could have called it in time
    :ivar earlier: callers who called it before, and no longer at the deadline
    :ivar has_model: the model was on when it counted
    """

    order: int
    promised: datetime
    is_late: bool
    leads: Mapping[str, float] | None
    earlier: frozenset[str] = frozenset()
    has_model: bool = False

    def cell(self, caller: str) -> str:
        """Return one of ``CELLS``."""
        if self.leads is None:
            return "unseen"
        if caller in self.leads:
            return "hit" if self.is_late else "false_alarm"
        return "miss" if self.is_late else "quiet"

    def is_averted(self, caller: str) -> bool:
        return not self.is_late and caller in self.earlier


def is_late(outcome: Outcome, terms: Terms, now: datetime) -> bool | None:
    """Return whether an order was late; ``None``: that is not decided yet."""
    if outcome.is_cancelled:
        return None
    due = outcome.promised + timedelta(hours=terms.grace_hours)
    if outcome.delivered is not None:
        return outcome.delivered > due
    return True if now > due else None


def in_time(rows: Iterable[Row], outcome: Outcome, terms: Terms) -> list[Row]:
    """Return the rows of an order that came early enough, oldest first."""
    deadline = outcome.promised - timedelta(hours=terms.lead_hours)
    return sorted(
        (row for row in rows if row.at <= deadline), key=attrgetter("at", "colour")
    )


def verdict(
    rows: Iterable[Row], outcome: Outcome, terms: Terms, now: datetime
) -> Verdict | None:
    """Return the verdict on one order; ``None``: nothing is decided yet."""
    late = is_late(outcome, terms, now)
    if late is None:
        return None
    seen = in_time(rows, outcome, terms)
    if not seen:
        return Verdict(outcome.order, outcome.promised, late, None)
    leads, earlier = {}, set()
    for caller, says in CALLERS.items():
        if says(seen[-1]):
            leads[caller] = _lead(seen, says, outcome.promised)
        elif any(map(says, seen)):
            earlier.add(caller)
    return Verdict(
        outcome.order,
        outcome.promised,
        late,
        leads,
        frozenset(earlier),
        seen[-1].model is not None,
    )


def verdicts(
    rows: Iterable[Row],
    outcomes: Iterable[Outcome],
    terms: Terms,
    now: datetime,
) -> list[Verdict]:
    """Return one verdict for each order that is decided, by order.

    :param rows: of all orders, in any order
    :param now: naive UTC
    """
    by_order: dict[int, list[Row]] = {}
    for row in rows:
        by_order.setdefault(row.order, []).append(row)
    unique = {outcome.order: outcome for outcome in outcomes}
    found = (
        verdict(by_order.get(order, ()), outcome, terms, now)
        for order, outcome in sorted(unique.items())
    )
    return [each for each in found if each]


def _lead(seen: Sequence[Row], says: Callable[[Row], bool], promised: datetime):
    """Return the hours from the beginning of the run of calls that ends ``seen``."""
    first = seen[-1]
    for row in reversed(seen):
        if not says(row):
            break
        first = row
    return (promised - first.at).total_seconds() / 3600


# === MANY ORDERS === #


@dataclass(frozen=True, slots=True)
class Score:
    """How good one caller was over some orders; ``leads`` are those of its hits."""

    hits: int = 0
    false_alarms: int = 0
    misses: int = 0
    quiet: int = 0
    unseen: int = 0
    averted: int = 0
    leads: tuple[float, ...] = ()

    @property
    def calls(self) -> int:
        return self.hits + self.false_alarms

    @property
    def late(self) -> int:
        """Return the late orders that could have been called."""
        return self.hits + self.misses

    @property
    def judged(self) -> int:
        return self.calls + self.misses + self.quiet

    @property
    def precision(self) -> float | None:
        return self.hits / self.calls if self.calls else None

    @property
    def recall(self) -> float | None:
        return self.hits / self.late if self.late else None

    @property
    def f1(self) -> float | None:
        """Return 2 × hits / (calls + late); ``None`` without either."""
        total = self.calls + self.late
        return 2 * self.hits / total if total else None

    def as_json(self) -> dict[str, Any]:
        """Return all figures as they are stored and shown."""
        return {
            "calls": self.calls,
            "hits": self.hits,
            "false_alarms": self.false_alarms,
            "misses": self.misses,
            "quiet": self.quiet,
            "late": self.late,
            "judged": self.judged,
            "unseen": self.unseen,
            "averted": self.averted,
            "precision": self.precision,
            "precision_range": interval(self.hits, self.calls),
            "recall": self.recall,
            "recall_range": interval(self.hits, self.late),
            "f1": self.f1,
            "lead_mean": fmean(self.leads) if self.leads else None,
            "lead_median": median(self.leads) if self.leads else None,
        }


def score(found: Iterable[Verdict], caller: str) -> Score:
    """Return how good a caller (a key of ``CALLERS``) was."""
    counts = dict.fromkeys(CELLS, 0)
    averted, leads = 0, []
    for each in found:
        cell = each.cell(caller)
        counts[cell] += 1
        averted += each.is_averted(caller)
        if cell == "hit":
            leads.append(each.leads[caller])
    return Score(
        counts["hit"],
        counts["false_alarm"],
        counts["miss"],
        counts["quiet"],
        counts["unseen"],
        averted,
        tuple(sorted(leads)),
    )


def compare(found: Iterable[Verdict]) -> dict[str, Score]:
    """Return ``{caller: Score}`` over the same orders.

    The model is there only where it was on for every order that is judged: figures
    over different orders cannot be compared.
    """
    found = list(found)
    judged = [each for each in found if each.leads is not None]
    has_model = bool(judged) and all(each.has_model for each in judged)
    return {
        caller: score(found, caller)
        for caller in CALLERS
        if caller != "model" or has_model
    }


def orders(found: Iterable[Verdict], caller: str, cell: str) -> list[int]:
    """Return the orders that a figure counted, so that each number opens its orders."""
    return [each.order for each in found if each.cell(caller) == cell]


def periods(found: Iterable[Verdict], period: str, tz: str) -> dict[str, list[Verdict]]:
    """Return verdicts by the day (``2026-03-14``) or month (``2026-03``) promised.

    :param period: ``day`` or ``month``
    :param tz: of the company: an order promised at 00:30 in Shanghai belongs to that
        day, though it is the day before in UTC
    """
    length = {"day": 10, "month": 7}[period]
    zone = ZoneInfo(tz)
    groups: dict[str, list[Verdict]] = {}
    for each in found:
        local = each.promised.replace(tzinfo=timezone.utc).astimezone(zone)
        groups.setdefault(local.date().isoformat()[:length], []).append(each)
    return dict(sorted(groups.items()))


def interval(hits: int, total: int, z: float = Z95) -> tuple[float, float] | None:
    """Return where a share lies with 95 % certainty; ``None`` without figures.

    Source: E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical
    Inference", JASA 22, 1927. Good for few figures and for shares near 0 and 1.

    >>> [round(each, 2) for each in interval(29, 37)]
    [0.63, 0.89]
    """
    if total <= 0:
        return None
    share, square = hits / total, z * z / total
    middle = (share + square / 2) / (1 + square)
    half = z * sqrt(share * (1 - share) / total + square / total / 4) / (1 + square)
    return max(min(middle - half, share), 0.0), min(max(middle + half, share), 1.0)
