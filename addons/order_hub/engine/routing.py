"""Routing rules against the facts of an order: which fit, and what they decide."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

#: Kinds of decisions of which the first rule that says something wins …
FIRST = (
    "order_type",
    "flow",
    "owner",
    "team",
    "approval",
    "policy",
    "follow_up",
)
#: … of which the strongest counts …
STRONGEST = ("priority", "quality")
#: … and which add up over all rules that fit.
TOGETHER = ("tags", "checks", "shipping", "hold")
KINDS = FIRST + STRONGEST + TOGETHER

#: Strength of values that are compared, weakest first.
STRENGTH = {
    "priority": ("0", "1", "2"),
    "quality": ("normal", "tightened", "full"),
}


@dataclass(frozen=True)
class Facts:
    """What rules can ask about one order.

    ``amount`` is untaxed or taxed as the caller decides, in company currency;
    ``hours_left`` is until the promise, ``None`` when nothing is promised;
    ``categories`` are the ids of the products' categories with all above them.
    """

    order_type: int | None = None
    is_rush: bool = False
    channel: int | None = None
    grade: str | None = None
    amount: float = 0.0
    hours_left: float | None = None
    categories: frozenset[int] = frozenset()
    country: int | None = None
    state: int | None = None
    city: str = ""
    remark: str = ""

    def to_json(self) -> dict:
        """Return the facts as a decision keeps them; empty ones are left out."""
        short = {
            "order_type": self.order_type,
            "is_rush": self.is_rush,
            "channel": self.channel,
            "grade": self.grade,
            "amount": round(self.amount, 2),
            "hours_left": None
            if self.hours_left is None
            else round(self.hours_left, 2),
            "categories": sorted(self.categories),
            "country": self.country,
            "state": self.state,
            "city": self.city[:60],
            "remark": self.remark[:200],
        }
        return {
            name: value for name, value in short.items() if value not in (None, "", [])
        }

    @classmethod
    def from_json(cls, short: Mapping[str, Any]) -> "Facts":
        known = {k: v for k, v in short.items() if k in cls.__dataclass_fields__}
        known["categories"] = frozenset(known.get("categories", ()))
        return cls(**known)


@dataclass(frozen=True)
class Condition:
    """One ready-made condition: a kind and what it compares with.

    ``one_of``      the fact is among the values
    ``any_of``      the fact (a set) has one of the values
    ``at_least`` / ``below``   bounds; a fact that is unknown fits neither
    ``is``          the fact equals the value
    ``contains``    the text has one of the words, upper and lower case alike
    """

    fact: str
    test: str
    value: Any

    def fits(self, facts: Facts) -> bool:
        return _TESTS[self.test](getattr(facts, self.fact), self.value)


def _contains(text: str, words: Sequence[str]) -> bool:
    folded = text.casefold()
    return any(word.casefold() in folded for word in words)


_TESTS: dict[str, Callable[[Any, Any], bool]] = {
    "one_of": lambda seen, wanted: seen in wanted,
    "any_of": lambda seen, wanted: not wanted.isdisjoint(seen),
    "at_least": lambda seen, limit: seen is not None and seen >= limit,
    "below": lambda seen, limit: seen is not None and seen < limit,
    "at_most": lambda seen, limit: seen is not None and seen <= limit,
    "is": lambda seen, wanted: seen == wanted,
    "contains": _contains,
}


@dataclass(frozen=True)
class Rule:
    """One rule: all conditions must fit, then every decision it names is taken.

    ``has_domain`` says that a condition in the database's own language comes on
    top, which the caller answers (see :func:`route`). ``stops`` ends the list for
    an order that the rule fits.
    """

    id: int
    conditions: tuple[Condition, ...] = ()
    decisions: Mapping[str, Any] = field(default_factory=dict)
    has_domain: bool = False
    stops: bool = False

    def failing(self, facts: Facts) -> Condition | None:
        """Return the first ready-made condition that does not fit."""
        return next((c for c in self.conditions if not c.fits(facts)), None)


@dataclass(frozen=True)
class Choice:
    """What was decided of one kind, and by which rules (ids, first one first)."""

    value: Any
    rules: tuple[int, ...]


@dataclass(frozen=True)
class Outcome:
    """What the rules came to for one order."""

    facts: Facts
    matched: tuple[int, ...] = ()
    choices: Mapping[str, Choice] = field(default_factory=dict)


#: Answers for rules with a domain: ``(rule id, candidate keys) -> fitting keys``.
DomainTest = Callable[[int, Sequence[Any]], frozenset]


def route(
    rules: Sequence[Rule], facts: Mapping[Any, Facts], in_domain: DomainTest
) -> dict[Any, Outcome]:
    """Route many orders at once.

    Rules that decide the order type are asked first; all others then see the type
    and the rush mark that follow from it.

    :param facts: ``{order key: Facts}``
    :param in_domain: asked at most once a rule, only for orders whose ready-made
        conditions fit
    :return: ``{order key: Outcome}``
    """
    matched = _matches(rules, facts, in_domain)
    return {
        key: Outcome(facts[key], tuple(rule.id for rule in found), decide(found))
        for key, found in matched.items()
    }


def retyped(facts: Facts, order_type: int | None, is_rush: bool) -> Facts:
    """Return the facts of an order whose type was decided."""
    return replace(facts, order_type=order_type, is_rush=is_rush)


def _matches(
    rules: Sequence[Rule], facts: Mapping[Any, Facts], in_domain: DomainTest
) -> dict[Any, list[Rule]]:
    matched: dict[Any, list[Rule]] = {key: [] for key in facts}
    running = dict.fromkeys(facts)
    for rule in rules:
        fitting = [key for key in running if rule.failing(facts[key]) is None]
        if rule.has_domain and fitting:
            inside = in_domain(rule.id, fitting)
            fitting = [key for key in fitting if key in inside]
        for key in fitting:
            matched[key].append(rule)
            if rule.stops:
                del running[key]
    return matched


def decide(matched: Sequence[Rule]) -> dict[str, Choice]:
    """Return what the rules that fit decide together, kind by kind."""
    choices: dict[str, Choice] = {}
    for rule in matched:
        for kind, value in rule.decisions.items():
            known = choices.get(kind)
            choices[kind] = (
                _merged(kind, known, value, rule.id)
                if known
                else Choice(value, (rule.id,))
            )
    return choices


def _merged(kind: str, known: Choice, value: Any, rule_id: int) -> Choice:
    if kind in FIRST:
        return known
    if kind in STRONGEST:
        order = STRENGTH[kind]
        stronger = order.index(value) > order.index(known.value)
        return Choice(value, (rule_id,)) if stronger else known
    added = [item for item in value if item not in known.value]
    return Choice([*known.value, *added], (*known.rules, rule_id))


def changed(
    before: Mapping[str, Any], after: Mapping[str, Choice]
) -> dict[str, tuple[Any, Any]]:
    """Return ``{kind: (before, after)}`` of what a rule set would decide otherwise.

    :param before: ``{kind: value}`` that rules decided then
    """
    found = {}
    for kind in KINDS:
        old = before.get(kind)
        new = after[kind].value if kind in after else None
        if _plain(old) != _plain(new):
            found[kind] = (old, new)
    return found


def _plain(value: Any) -> Any:
    """Lists of ids compare as sets; nothing and an empty list are the same."""
    if isinstance(value, list):
        return frozenset(map(str, value)) or None
    if isinstance(value, dict):
        return tuple(sorted((k, str(v)) for k, v in value.items()))
    return value
