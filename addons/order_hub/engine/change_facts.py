"""Customer changes: what is known of an order and of its change.

Amounts are in the order's currency where nothing else is said, moments are naive
UTC, quantities in the unit of the order line.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from ..const import MILESTONES

OK, WARN, STOP = "ok", "warn", "stop"
#: What adding up amounts and quantities as floats may leave.
TOLERANCE = 1e-6
#: More than this of a product nobody orders: a slip of the finger.
MOST = 10_000_000.0
#: Years in which anybody wants goods: others are a slip, and no time zone has them.
YEARS = range(2000, 2200)
#: Days that something takes which nobody makes or buys.
NOWHERE = -1
_RANK = {code: number for number, (code, _label) in enumerate(MILESTONES)}


@dataclass(frozen=True)
class Rule:
    """Until when a kind of change is possible and who has to agree.

    ``cut_off`` is an hour of the day; ``supervisor_above`` an amount in company
    currency, 0 meaning always; ``closed_stages`` ids of stages.
    """

    last_milestone: str = "scheduled"
    closed_stages: frozenset[int] = frozenset()
    cut_off: float = 12.0
    customer_accepts: str = "worse"
    salesperson_accepts: str = "warning"
    supervisor_above: float = 5000.0
    closes_by_itself: bool = False
    from_portal: bool = True


#: What holds where a company has no rule of its own.
STANDARD: Mapping[str, Rule] = {
    "address": Rule("picked", closes_by_itself=True),
    "quantity": Rule("preparing"),
    "add": Rule("preparing"),
    "drop": Rule("preparing"),
    "date": Rule("preparing"),
    "specification": Rule("scheduled"),
}


@dataclass(frozen=True)
class Item:
    """One product of a change: what it was, what it is to be, what exists of it.

    ``made`` is what manufacturing has begun or finished for the order, ``short``
    what stock does not cover of the added quantity, ``days`` how long that takes
    (``NOWHERE``: nobody makes or buys it).
    """

    ref: int
    label: str = ""
    old: float = 0.0
    new: float = 0.0
    delivered: float = 0.0
    invoiced: float = 0.0
    made: float = 0.0
    short: float = 0.0
    days: int = 0
    is_frozen: bool = False
    revision: str = ""

    @property
    def added(self) -> float:
        return max(0.0, self.new - self.old)


@dataclass(frozen=True)
class Facts:
    """What is known of an order and of what would come of its change.

    ``is_vouched``: whoever asks could change the order without asking; ``wanted``:
    the day asked for.
    ``minutes_left`` until the carrier takes what leaves that day, ``None`` where no
    delivery waits; ``difference`` of the totals in company currency; ``hours_short``
    what work centres lack until the promise; ``credit_missing`` above zero where the
    customer's credit does not reach.
    """

    kind: str
    source: str = "sales"
    is_vouched: bool = True
    state: str = "sale"
    is_locked: bool = False
    milestone: str = ""
    at_stages: frozenset[int] = frozenset()
    items: tuple[Item, ...] = ()
    is_same: bool = False
    is_foreign: bool = False
    is_past: bool = False
    is_gone: bool = False
    is_partly_gone: bool = False
    minutes_left: float | None = None
    total_old: float = 0.0
    total_new: float = 0.0
    difference: float = 0.0
    promise_old: datetime | None = None
    promise_new: datetime | None = None
    wanted: datetime | None = None
    hours_short: float = 0.0
    work_center: str = ""
    has_carrier: bool = False
    freight_old: float = 0.0
    freight_new: float | None = None
    freight_invoiced: bool = False
    credit_used: bool = False
    credit_missing: float = 0.0
    invoiced: float = 0.0
    tax_differs: bool = False
    approval_due: bool = False
    problem: str = ""
    open_kinds: tuple[str, ...] = ()


@dataclass(frozen=True)
class Check:
    """One thing looked at: ``result`` ok, warn or stop, and the figures used."""

    kind: str
    result: str
    code: str
    figures: Mapping = field(default_factory=dict)


def stage_allows(rule: Rule, milestone: str, at_stages: Iterable[int]) -> bool:
    """Tell whether an order that got this far may still be changed.

    :param milestone: of its stage; empty for an order in no flow
    :param at_stages: ids of the stages of its flow up to the one it is in
    """
    reached = _RANK.get(milestone, -1) <= _RANK[rule.last_milestone]
    return reached and not rule.closed_stages.intersection(at_stages)


def cut_off_moment(scheduled: datetime, now: datetime, hour: float) -> datetime:
    """Return when the carrier takes a delivery; all in the warehouse's local time.

    What was to leave on an earlier day leaves with the next cut-off, and so does
    what is planned for an hour after the one of its day.

    :param scheduled: the moment it is planned for
    :param hour: 0.0 to 24.0
    """
    reach = now if scheduled.date() < now.date() else scheduled
    moment = datetime.combine(reach.date(), time()) + timedelta(hours=hour)
    return moment if reach <= moment else moment + timedelta(days=1)


def days_later(facts: Facts) -> int:
    """Return by how many days the promise moves; 0 when it does not get later."""
    if not facts.promise_old or not facts.promise_new:
        return 0
    return max(0, (facts.promise_new.date() - facts.promise_old.date()).days)


def not_before(facts: Facts) -> int:
    """Return how many days after the day asked for the goods can come; 0 in time."""
    if not facts.wanted or not facts.promise_new:
        return 0
    return max(0, (facts.promise_new.date() - facts.wanted.date()).days)


def is_worse(facts: Facts) -> bool:
    """Tell whether the customer pays more or waits longer than agreed or asked for."""
    dearer = facts.total_new > facts.total_old + TOLERANCE
    later = not_before(facts) if facts.kind == "date" else days_later(facts)
    return dearer or later > 0
