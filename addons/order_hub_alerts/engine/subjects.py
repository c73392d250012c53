"""What a rule may watch, and what is wrong with one that cannot work.

A rule watches records of a white list of models. For each of them it is said here
how its record leads to an order, a company and a group, so that no rule needs code.
A rule's domain is data: it is read with :func:`ast.literal_eval`, never evaluated,
and may only name fields, never the secrets behind them.
"""

import ast
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from .hysteresis import ABOVE, BELOW


@dataclass(frozen=True)
class Subject:
    """A model whose records can be warned of.

    :ivar order: path to the sales order; ``id``: it is one; empty: there is none
    :ivar company: path to the company
    :ivar groups: grouping → path to what the records are grouped by
    """

    model: str
    order: str = ""
    company: str = "company_id"
    groups: Mapping[str, str] = field(default_factory=dict)


_CUSTOMER = "partner_id.commercial_partner_id"
_BY_ORDER = {"customer": f"order_id.{_CUSTOMER}", "stage": "order_id.hub_stage_id"}
_MADE = "reference_ids.sale_ids"

#: The white list, by model. Those of add-ons that are not installed are not offered.
SUBJECTS = {
    subject.model: subject
    for subject in (
        Subject(
            "sale.order",
            "id",
            groups={"customer": _CUSTOMER, "stage": "hub_stage_id"},
        ),
        Subject("sale.order.line", "order_id", groups=_BY_ORDER),
        Subject("order.hub.exception", "order_id", groups=_BY_ORDER),
        Subject("order.hub.change.request", "order_id", groups=_BY_ORDER),
        Subject("order.hub.approval", "order_id", groups=_BY_ORDER),
        Subject("order.hub.complaint", "order_id", groups=_BY_ORDER),
        Subject("order.hub.ecn"),
        Subject("order.hub.channel"),
        Subject("order.hub.indicator"),
        Subject("order.hub.inbound", "order_id", groups=_BY_ORDER),
        Subject("order.hub.outbox", "order_id", groups=_BY_ORDER),
        Subject("stock.picking", "sale_id", groups={"customer": _CUSTOMER}),
        Subject("mrp.production", _MADE),
        Subject(
            "mrp.workorder",
            f"production_id.{_MADE}",
            "production_id.company_id",
            {"workcenter": "workcenter_id"},
        ),
        Subject("mrp.workcenter", groups={"workcenter": "id"}),
        Subject("purchase.order", _MADE, groups={"supplier": _CUSTOMER}),
        Subject(
            "purchase.order.line",
            f"order_id.{_MADE}",
            groups={"supplier": f"order_id.{_CUSTOMER}"},
        ),
        Subject("product.product"),
        Subject("res.partner", groups={"customer": "commercial_partner_id"}),
        Subject("account.move", groups={"customer": "commercial_partner_id"}),
        Subject("maintenance.request"),
        Subject("maintenance.equipment"),
    )
}


@dataclass(frozen=True)
class Kind:
    """One way to measure.

    :ivar models: what can be measured so
    :ivar unit: of value and threshold, a code
    :ivar direction: empty: the rule says
    :ivar threshold: what is proposed; ``None``: no threshold is asked for
    :ivar needs: fields of the rule that must be filled
    """

    models: frozenset[str]
    unit: str
    threshold: float | None
    direction: str = ABOVE
    needs: frozenset[str] = frozenset()


def _kind(model: str, unit: str, threshold: float | None, **values) -> Kind:
    needs = frozenset(values.pop("needs", ()))
    return Kind(frozenset({model}), unit, threshold, needs=needs, **values)


#: Ways to measure, by code.
KINDS = {
    "stage_fixed": _kind("sale.order", "hours", 24.0),
    "stage_mean": _kind(
        "sale.order", "ratio", 1.3, needs=("period_days", "min_samples")
    ),
    "demand_stock": _kind("product.product", "ratio", 0.95),
    "kit_shortage": _kind("sale.order", "count", 0.0),
    "workcenter_queue": _kind("mrp.workcenter", "count", 8.0),
    "promise_risk": _kind("sale.order", "hours", 48.0, direction=BELOW),
    "supplier_late": _kind("purchase.order", "days", 0.0),
    "credit_near": _kind("res.partner", "ratio", 0.9),
    "margin_off": _kind("sale.order", "percent", 5.0),
    "change_count": _kind("sale.order", "count", 3.0),
    "inbound_failed": _kind("order.hub.channel", "count", 0.0, needs=("period_days",)),
    "indicator": _kind("order.hub.indicator", "own", 0.0, direction=""),
    "domain": Kind(
        frozenset(SUBJECTS), "minutes", None, needs=frozenset({"domain", "minutes"})
    ),
}


@dataclass(frozen=True)
class Mistake:
    """What is wrong: a code, the rule's field, and what it is about.

    ``unknown``   there is no such kind, model or grouping
    ``mismatch``  the model cannot be measured, or grouped, so
    ``missing``   the field must be filled
    ``negative``  the number must not be below zero
    ``number``    this is no number
    ``clear``     the clear threshold lies beyond the threshold
    ``domain``    this cannot be read as a domain
    ``operator``  this comparison is not allowed
    ``field``     this path is not allowed
    """

    code: str
    field: str
    detail: str = ""


@dataclass(frozen=True)
class Draft:
    """A rule as somebody has typed it; numbers ``None`` where nothing is typed."""

    kind: str
    model: str
    threshold: float | None = None
    clear: float | None = None
    direction: str = ABOVE
    minutes: int | None = None
    period_days: int | None = None
    min_samples: int | None = None
    domain: str = ""
    group_by: str = "none"


def mistakes(draft: Draft) -> list[Mistake]:
    """Return what is wrong with a rule; empty: it can work."""
    kind, subject = KINDS.get(draft.kind), SUBJECTS.get(draft.model)
    if kind is None:
        return [Mistake("unknown", "kind", draft.kind)]
    if subject is None:
        return [Mistake("unknown", "model", draft.model)]
    found = []
    if draft.model not in kind.models:
        found.append(Mistake("mismatch", "model", draft.model))
    if draft.group_by not in {"none", "rule", *subject.groups}:
        found.append(Mistake("mismatch", "group_by", draft.group_by))
    found += _number_mistakes(draft, kind)
    return found + domain_mistakes(draft.domain)


def _number_mistakes(draft: Draft, kind: Kind) -> list[Mistake]:
    needed = kind.needs | ({"threshold"} if kind.threshold is not None else set())
    found = [
        Mistake("missing", name)
        for name in sorted(needed)
        if getattr(draft, name) in (None, "")
    ]
    for name in ("threshold", "clear", "minutes", "period_days", "min_samples"):
        value = getattr(draft, name)
        if value is None:
            continue
        if not math.isfinite(value):
            found.append(Mistake("number", name))
        elif value < 0 and not (name in ("threshold", "clear") and kind.unit == "own"):
            found.append(Mistake("negative", name))
    if _opens_at_once(draft, kind):
        found.append(Mistake("clear", "clear"))
    return found


def _opens_at_once(draft: Draft, kind: Kind) -> bool:
    if draft.clear is None or draft.threshold is None:
        return False
    if (kind.direction or draft.direction) == ABOVE:
        return draft.clear > draft.threshold
    return draft.clear < draft.threshold


# === DOMAINS === #

COMPARISONS = frozenset(
    "= != < > <= >= in like ilike =like =ilike child_of parent_of any".split()
) | {"not in", "not like", "not ilike", "not any"}
NESTED = frozenset({"any", "not any"})
ARITY = {"&": 2, "|": 2, "!": 1}
MAX_TEXT, MAX_TERMS, MAX_STEPS, MAX_DEPTH = 4000, 60, 4, 4
_FIELD = re.compile(r"[a-z][a-z0-9_]{0,62}\Z")
#: Parts of field names that no domain may name: a warning that opens or not would
#: give them away, letter by letter.
SECRETS = re.compile(
    r"passw|token|secret|totp|api_?key|private_?key|credential|sealed|vault|smtp_pass"
)


def domain_mistakes(text: str) -> list[Mistake]:
    """Return what is wrong with a domain as text; an empty one watches everything."""
    if not text.strip():
        return []
    try:
        return _level_mistakes(parse_domain(text), 1)
    except ValueError as error:
        return [Mistake("domain", "domain", str(error))]


def parse_domain(text: str) -> list:
    """Return a domain, read as data.

    :raise ValueError: for anything but a list of literals
    """
    if len(text) > MAX_TEXT:
        raise ValueError(f"longer than {MAX_TEXT} characters")
    try:
        domain = ast.literal_eval(text.strip())
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError) as error:
        raise ValueError("not a list of conditions") from error
    if not isinstance(domain, list):
        raise ValueError("not a list of conditions")
    return domain


def domain_fields(domain: Iterable) -> set[str]:
    """Return the paths that a domain without mistakes names."""
    found = set()
    for term in domain:
        if isinstance(term, str):
            continue
        path, operator, value = term
        found.add(path)
        if operator in NESTED:
            found |= {f"{path}.{inner}" for inner in domain_fields(value)}
    return found


def _level_mistakes(domain: list, depth: int) -> list[Mistake]:
    if depth > MAX_DEPTH or len(domain) > MAX_TERMS:
        return [Mistake("domain", "domain", "too many conditions")]
    if not _is_complete(domain):
        return [Mistake("domain", "domain", "an operator lacks its conditions")]
    return [
        mistake
        for term in domain
        if not (isinstance(term, str) and term in ARITY)
        for mistake in _term_mistakes(term, depth)
    ]


def _is_complete(domain: list) -> bool:
    """Tell whether each operator has its conditions; those left over are joined."""
    wanted = 0
    for term in domain:
        wanted = max(wanted, 1) - 1
        if isinstance(term, str):
            wanted += ARITY.get(term, 0)
    return wanted == 0


def _term_mistakes(term, depth: int) -> list[Mistake]:
    if not (isinstance(term, (tuple, list)) and len(term) == 3):
        return [Mistake("domain", "domain", repr(term)[:80])]
    path, operator, value = term
    if not (isinstance(operator, str) and operator in COMPARISONS):
        return [Mistake("operator", "domain", str(operator)[:20])]
    if not _is_path(path):
        return [Mistake("field", "domain", str(path)[:80])]
    if operator not in NESTED:
        return []
    if not isinstance(value, list):
        return [Mistake("domain", "domain", repr(term)[:80])]
    return _level_mistakes(value, depth + 1)


def _is_path(path) -> bool:
    """Tell whether a path is short, made of field names, and gives no secret away."""
    if not isinstance(path, str):
        return False
    steps = path.split(".")
    return (
        len(steps) <= MAX_STEPS
        and all(_FIELD.match(step) for step in steps)
        and not SECRETS.search(path)
    )
