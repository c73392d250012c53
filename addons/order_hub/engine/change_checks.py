"""Customer changes: each thing that is looked at, as a check with its figures."""

from dataclasses import asdict

from .change_facts import (
    MOST,
    OK,
    STOP,
    TOLERANCE,
    WARN,
    Check,
    Facts,
    Rule,
    days_later,
    not_before,
    stage_allows,
)


def look(facts: Facts, rule: Rule) -> tuple[Check, ...]:
    """Return every check that applies, in the order a reader asks."""
    found = (check(facts, rule) for check in _CHECKS)
    return tuple(check for check in found if check)


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


_CHECKS = (
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
