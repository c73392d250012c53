"""Customer changes: may an accepted order still be changed, and who has to agree?

Facts and rules are in ``change_facts``, the single checks in ``change_checks``.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from .change_checks import look
from .change_facts import (
    MOST,
    NOWHERE,
    OK,
    STANDARD,
    STOP,
    TOLERANCE,
    WARN,
    YEARS,
    Check,
    Facts,
    Item,
    Rule,
    cut_off_moment,
    days_later,
    is_worse,
    not_before,
    stage_allows,
)

__all__ = [
    "MOST",
    "NOWHERE",
    "OK",
    "STANDARD",
    "STOP",
    "WARN",
    "YEARS",
    "Check",
    "Decision",
    "Facts",
    "Item",
    "Rule",
    "cut_off_moment",
    "days_later",
    "decide",
    "is_worse",
    "not_before",
    "stage_allows",
]


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
    checks = look(facts, rule)
    refused = any(check.result == STOP for check in checks)
    return Decision(
        checks=checks,
        roles=() if refused else _roles(facts, rule, checks),
        possible=_possible(facts, checks) if refused else (),
        closes=rule.closes_by_itself and all(check.result == OK for check in checks),
    )


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
