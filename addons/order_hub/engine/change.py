"""Customer changes: may an accepted order still be changed, and who has to agree?

Amounts are in the order's currency where nothing else is said, moments are naive
UTC, quantities in the unit of the order line.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, time, timedelta

from ..const import MILESTONES

OK, WARN, STOP = "ok", "warn", "stop"
#: What adding up amounts and quantities as floats may leave.
TOLERANCE = 1e-6
#: More than this of a product nobody orders: a slip of the finger.
MOST = 10_000_000.0
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


@dataclass(frozen=True)
class Decision:
    """What came out: every check, who has to agree, what is left when refused."""

    checks: tuple[Check, ...]
    roles: tuple[str, ...]
    possible: tuple[str, ...]
    closes: bool

    @property
    def is_refused(self) -> bool:
        return any(check.result == STOP for check in self.checks)

    @property
    def is_green(self) -> bool:
        return all(check.result == OK for check in self.checks)

    def outcome(self, accepted: Iterable[str] = ()) -> str:
        """Return ``refused``, ``waiting``, ``open`` (a person carries it out) or
        ``close`` (carried out at once).

        :param accepted: roles that have agreed to just this
        """
        if self.is_refused:
            return "refused"
        if set(self.roles) - set(accepted):
            return "waiting"
        return "close" if self.closes or self.roles else "open"


# === DECIDE === #


def decide(facts: Facts, rule: Rule) -> Decision:
    """Decide about one change; the checks come in the order a reader asks."""
    checks = tuple(
        check
        for look in (
            _order,
            _stage,
            _shipping,
            _quantity,
            _stock,
            _capacity,
            _production,
            _bom,
            _credit,
            _freight,
            _invoice,
            _approval,
        )
        if (check := look(facts, rule))
    )
    refused = any(check.result == STOP for check in checks)
    return Decision(
        checks=checks,
        roles=() if refused else _roles(facts, rule, checks),
        possible=_possible(facts, checks) if refused else (),
        closes=rule.closes_by_itself and all(check.result == OK for check in checks),
    )


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


# === CHECKS === #


def _order(facts, rule):
    if facts.state != "sale":
        code = "cancelled" if facts.state == "cancel" else "quotation"
        return Check("order", STOP, code)
    if facts.problem:
        return Check("order", STOP, "problem", {"problem": facts.problem})
    if facts.source == "portal" and not rule.from_portal:
        return Check("order", STOP, "not_here")
    if facts.is_foreign:
        return Check("order", STOP, "foreign")
    if facts.is_same:
        return Check("order", STOP, "same")
    if facts.is_past:
        return Check("order", STOP, "past")
    if facts.is_locked:
        return Check("order", WARN, "locked")
    return Check("order", OK, "confirmed")


def _stage(facts, rule):
    figures = {"milestone": facts.milestone, "last": rule.last_milestone}
    if stage_allows(rule, facts.milestone, facts.at_stages):
        return Check("stage", OK, "open", figures)
    return Check("stage", STOP, "closed", figures)


def _shipping(facts, rule):
    if facts.is_gone:
        return Check("shipping", STOP, "gone")
    figures = {"minutes": facts.minutes_left, "hour": rule.cut_off}
    if facts.minutes_left is not None and facts.minutes_left <= 0:
        return Check("shipping", STOP, "cut_off", figures)
    if facts.is_partly_gone and facts.kind == "address":
        return Check("shipping", WARN, "partly", figures)
    return Check("shipping", OK, "here", figures)


def _quantity(facts, _rule):
    if facts.kind not in ("quantity", "add", "drop"):
        return None
    for item in facts.items:
        code = _quantity_problem(facts.kind, item)
        if code:
            return Check("quantity", STOP, code, _figures(item))
    if not facts.items:
        return Check("quantity", STOP, "nothing")
    return Check("quantity", OK, "fine", _figures(facts.items[0]))


def _quantity_problem(kind, item):
    """Return what is wrong with one quantity, or nothing."""
    if not abs(item.new) <= MOST:  # NaN is no number to compare with
        return "absurd"
    if item.new < 0 or kind != "drop" and not item.new > 0:
        return "negative"
    if item.new < item.delivered - TOLERANCE:
        return "below_delivered"
    if abs(item.new - item.old) <= TOLERANCE:
        return "unchanged"
    return ""


def _stock(facts, _rule):
    added = [item for item in facts.items if item.added > TOLERANCE]
    if not added:
        return None
    worst = max(added, key=lambda item: item.short)
    result = WARN if worst.short > TOLERANCE else OK
    return Check(
        "stock", result, "short" if result == WARN else "free", _figures(worst)
    )


def _capacity(facts, _rule):
    if facts.hours_short > TOLERANCE:
        figures = {"hours": facts.hours_short, "place": facts.work_center}
        return Check("capacity", WARN, "short", figures)
    if not_before(facts):
        return Check("capacity", WARN, "not_before", {"days": not_before(facts)})
    days = days_later(facts)
    if days and facts.kind == "date":
        return Check("capacity", OK, "later")
    if days:
        return Check("capacity", WARN, "late", {"days": days})
    if facts.kind in ("quantity", "add", "date"):
        return Check("capacity", OK, "enough")
    return None


def _production(facts, _rule):
    begun = [item for item in facts.items if item.made > TOLERANCE]
    if facts.kind == "specification" and begun:
        return Check("production", WARN, "begun", _figures(begun[0]))
    over = [item for item in begun if item.made > item.new + TOLERANCE]
    if facts.kind in ("quantity", "drop") and over:
        return Check("production", WARN, "over", _figures(over[0]))
    return Check("production", OK, "follows") if begun else None


def _bom(facts, _rule):
    frozen = [item for item in facts.items if item.is_frozen]
    if not frozen:
        return None
    code = "ecn" if facts.kind == "specification" else "same"
    result = WARN if code == "ecn" else OK
    return Check("bom", result, code, _figures(frozen[0]))


def _credit(facts, _rule):
    if not facts.credit_used:
        return None
    figures = {"missing": facts.credit_missing}
    if facts.credit_missing > TOLERANCE:
        return Check("credit", WARN, "short", figures)
    return Check("credit", OK, "enough", figures)


def _freight(facts, _rule):
    if not facts.has_carrier:
        return None
    figures = {"old": facts.freight_old, "new": facts.freight_new}
    if facts.freight_new is None:
        return Check("freight", WARN, "unknown", figures)
    if abs(facts.freight_new - facts.freight_old) <= TOLERANCE:
        return Check("freight", OK, "same", figures)
    if facts.freight_invoiced:
        return Check("freight", WARN, "invoiced", figures)
    return Check("freight", OK, "new", figures)


def _invoice(facts, _rule):
    if facts.tax_differs:
        return Check("invoice", WARN, "tax")
    if facts.invoiced <= TOLERANCE:
        return Check("invoice", OK, "none")
    credited = [item for item in facts.items if item.invoiced > item.new + TOLERANCE]
    if facts.kind in ("quantity", "drop") and credited:
        return Check("invoice", WARN, "credit", _figures(credited[0]))
    figures = {"invoiced": facts.invoiced}
    if facts.total_new > facts.total_old + TOLERANCE:
        return Check("invoice", OK, "more", figures)
    return Check("invoice", OK, "kept", figures)


def _approval(facts, _rule):
    return Check("approval", WARN, "again") if facts.approval_due else None


def _figures(item):
    return asdict(item)


# === WHO HAS TO AGREE === #


def _roles(facts, rule, checks):
    warned = {(check.kind, check.code) for check in checks if check.result == WARN}
    needs = {
        "customer": _needs_customer(facts, rule),
        "salesperson": _needs_salesperson(facts, rule, warned),
        "supervisor": _needs_supervisor(facts, rule, warned),
        "credit": ("credit", "short") in warned,
    }
    return tuple(role for role, needed in needs.items() if needed)


def _needs_customer(facts, rule):
    if rule.customer_accepts == "worse":
        return is_worse(facts)
    return rule.customer_accepts == "always"


def _needs_salesperson(facts, rule, warned):
    """A customer speaks for the own order; who else may not change it needs a yes."""
    if facts.is_vouched:
        return False
    if facts.source != "portal" or rule.salesperson_accepts == "always":
        return True
    return rule.salesperson_accepts == "warning" and bool(warned)


def _needs_supervisor(facts, rule, warned):
    """What has been made, paid or locked is not a salesperson's to undo."""
    costly = {"production", "invoice", "bom"} & {kind for kind, _code in warned}
    above = abs(facts.difference) > rule.supervisor_above + TOLERANCE
    always = rule.supervisor_above <= 0
    risky = {("order", "locked"), ("stock", "nowhere")} & warned
    return bool(costly or risky) or above or always


# === WHAT CAN STILL BE DONE === #


def _possible(facts, checks):
    """Return what is left to somebody who is refused; never nothing."""
    stopped = {(check.kind, check.code) for check in checks if check.result == STOP}
    ways = []
    for kind, code in sorted(stopped):
        ways += _WAYS.get((kind, code, facts.kind)) or _WAYS.get((kind, code), ())
    others = [kind for kind in facts.open_kinds if kind != facts.kind]
    left = others and facts.state == "sale" and not facts.is_gone
    ways += ["other"] if left else []
    return tuple(dict.fromkeys([*ways, "contact"]))


_WAYS = {
    ("order", "cancelled"): ["new_order"],
    ("order", "quotation"): ["quotation"],
    ("order", "foreign"): ["own_address"],
    ("order", "past"): ["later_date"],
    ("stage", "closed"): ["new_order"],
    ("stage", "closed", "address"): ["redirect"],
    ("stage", "closed", "drop"): ["return"],
    ("stage", "closed", "date"): ["earliest"],
    ("shipping", "gone"): ["return", "new_order"],
    ("shipping", "gone", "address"): ["redirect", "return"],
    ("shipping", "cut_off"): ["new_order", "return"],
    ("shipping", "cut_off", "address"): ["redirect", "return"],
    ("quantity", "below_delivered"): ["lowest", "return"],
    ("quantity", "negative"): ["drop"],
}
