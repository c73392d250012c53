"""Mistakes in a rule set: rules that overlap, are never reached, or contradict."""

from collections.abc import Sequence
from dataclasses import dataclass

from .routing import FIRST, Condition, Rule

UNREACHABLE, OVERLAPS, EMPTY_RANGE = "unreachable", "overlaps", "empty_range"


@dataclass(frozen=True)
class Finding:
    """One mistake: its code, the rule, the rule it collides with, and the kinds."""

    code: str
    rule_id: int
    other_id: int | None = None
    kinds: tuple[str, ...] = ()


def check(rules: Sequence[Rule]) -> list[Finding]:
    """Return what is wrong with rules that are tried in this order.

    ``empty_range``  no order can meet the conditions of the rule
    ``unreachable``  an earlier rule takes every order first, for all it decides
    ``overlaps``     both can fit one order and decide a first-match kind
                     differently, and neither is a special case of the other
    """
    findings = [
        Finding(EMPTY_RANGE, rule.id) for rule in rules if not is_possible(rule)
    ]
    for position, later in enumerate(rules):
        for earlier in rules[:position]:
            finding = _collision(earlier, later)
            if finding:
                findings.append(finding)
                break
    return findings


def is_possible(rule: Rule) -> bool:
    """Tell whether any order can meet the ready-made conditions of a rule."""
    bounds = _bounds(rule.conditions)
    return all(
        low is None or high is None or low < high for low, high in bounds.values()
    ) and not any(
        condition.test in ("one_of", "any_of") and not condition.value
        for condition in rule.conditions
    )


def _collision(earlier: Rule, later: Rule) -> Finding | None:
    shared = tuple(k for k in later.decisions if k in earlier.decisions and k in FIRST)
    if not _can_meet(earlier, later):
        return None
    if covers(earlier, later) and (
        earlier.stops or set(shared) == set(later.decisions)
    ):
        return Finding(UNREACHABLE, later.id, earlier.id, tuple(later.decisions))
    different = tuple(k for k in shared if earlier.decisions[k] != later.decisions[k])
    special = covers(later, earlier) or covers(earlier, later)
    if different and not special:
        return Finding(OVERLAPS, later.id, earlier.id, different)
    return None


def covers(wide: Rule, narrow: Rule) -> bool:
    """Tell whether every order that fits ``narrow`` fits ``wide``, for certain.

    A domain is not looked into: a rule with one covers nothing.
    """
    if wide.has_domain:
        return False
    return all(
        any(_implies(have, want) for have in narrow.conditions)
        for want in wide.conditions
    )


def _implies(have: Condition, want: Condition) -> bool:
    """Tell whether meeting ``have`` means meeting ``want``."""
    if (have.fact, have.test) != (want.fact, want.test):
        return False
    if have.test == "at_least":
        return have.value >= want.value
    if have.test in ("below", "at_most"):
        return have.value <= want.value
    if have.test in ("one_of", "any_of", "contains"):
        return set(have.value) <= set(want.value)
    return have.value == want.value


def _can_meet(first: Rule, second: Rule) -> bool:
    """Tell whether one order could fit both; in doubt yes, unless domains hide it."""
    if first.has_domain and second.has_domain:
        return False
    for a in first.conditions:
        for b in second.conditions:
            if a.fact == b.fact and _exclude(a, b):
                return False
    bounds = _bounds((*first.conditions, *second.conditions))
    return all(
        low is None or high is None or low < high for low, high in bounds.values()
    )


def _exclude(a: Condition, b: Condition) -> bool:
    if a.test == b.test == "one_of":
        return set(a.value).isdisjoint(b.value)
    if a.test == b.test == "is":
        return a.value != b.value
    return False


def _bounds(conditions: Sequence[Condition]) -> dict:
    """Return ``{fact: (lowest, highest)}`` over several conditions."""
    bounds: dict = {}
    for condition in conditions:
        low, high = bounds.get(condition.fact, (None, None))
        if condition.test == "at_least":
            low = condition.value if low is None else max(low, condition.value)
        elif condition.test in ("below", "at_most"):
            high = condition.value if high is None else min(high, condition.value)
        else:
            continue
        bounds[condition.fact] = (low, high)
    return bounds
