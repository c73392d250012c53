"""Who has to approve an order, who may decide, and what an approval is good for.

An approval is given to a content: its fingerprint. The same content needs no
second approval, any other content does, whichever way it came about.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

#: Digits after the point that count in quantities, prices and discounts.
_DIGITS = 6


# === CONTENT === #


@dataclass(frozen=True)
class Line:
    """One line as it was agreed: ids of product, unit and taxes, plain figures."""

    product: int | None
    quantity: float
    unit: int | None
    price: float
    discount: float = 0.0
    taxes: tuple[int, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "product": self.product or None,
            "quantity": _figure(self.quantity),
            "unit": self.unit or None,
            "price": _figure(self.price),
            "discount": _figure(self.discount),
            "taxes": sorted(self.taxes),
        }


def _figure(value: float) -> str:
    """Return a figure as text that does not depend on how it was computed."""
    text = f"{value:.{_DIGITS}f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def content(head: Mapping[str, Any], lines: Iterable[Line]) -> dict[str, Any]:
    """Return the canonical content of an order.

    :param head: ids and ISO dates by name; empty values of any kind are alike
    :param lines: in any order: their order is no part of what was agreed
    """
    return {
        **{name: head[name] or None for name in sorted(head)},
        "lines": sorted((line.to_json() for line in lines), key=_dumps),
    }


def fingerprint(canonical: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a canonical content, 64 hexadecimal digits."""
    return hashlib.sha256(_dumps(canonical).encode()).hexdigest()


def _dumps(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def differences(
    old: Mapping[str, Any], new: Mapping[str, Any]
) -> tuple[list[tuple[str, Any, Any]], list[tuple[dict | None, dict | None]]]:
    """Return what differs between two contents.

    :return: ``[(name, old, new)]`` of the head, and pairs of lines: a line that
        was changed with what it was before, ``None`` where there was or is none
    """
    names = sorted((set(old) | set(new)) - {"lines"})
    head = [(n, old.get(n), new.get(n)) for n in names if old.get(n) != new.get(n)]
    before = Counter(_dumps(line) for line in old.get("lines", ()))
    after = Counter(_dumps(line) for line in new.get("lines", ()))
    gone = [json.loads(text) for text in sorted((before - after).elements())]
    come = [json.loads(text) for text in sorted((after - before).elements())]
    return head, _pairs(gone, come)


def _pairs(gone: list[dict], come: list[dict]) -> list[tuple[dict | None, dict | None]]:
    """Put lines of the same product side by side."""
    pairs: list[tuple[dict | None, dict | None]] = []
    for line in gone:
        match = next((c for c in come if c["product"] == line["product"]), None)
        if match:
            come.remove(match)
        pairs.append((line, match))
    return pairs + [(None, line) for line in come]


# === NEED === #


@dataclass(frozen=True)
class Level:
    """A level of a policy; ``amount_from`` in company currency, reached counts."""

    id: int
    amount_from: float = 0.0

    @property
    def key(self) -> str:
        return f"level:{self.id}"


@dataclass(frozen=True)
class Policy:
    """The levels for some order types (none: for all), lowest first."""

    id: int
    order_types: frozenset[int] = frozenset()
    levels: tuple[Level, ...] = ()
    one_may_decide_several: bool = False

    def takes(self, order_type: int | None) -> bool:
        return not self.order_types or order_type in self.order_types


@dataclass(frozen=True)
class Path:
    """What routing decided: ``full``, ``short`` (one approver) or ``none``.

    A relief holds up to the amount that it was decided on.
    """

    name: str = "full"
    approver: int | None = None
    up_to: float | None = None

    def holds(self, amount: float) -> bool:
        return self.up_to is None or amount <= self.up_to


@dataclass(frozen=True)
class Need:
    """Who has to approve: keys of levels or of one person, in their order."""

    path: str
    keys: tuple[str, ...] = ()
    policy: int | None = None

    def __bool__(self) -> bool:
        return bool(self.keys)


def choose(policies: Sequence[Policy], order_type: int | None) -> Policy | None:
    """Return the first policy that takes the order type."""
    return next((p for p in policies if p.takes(order_type)), None)


def needed(policy: Policy | None, amount: float, path: Path | None = None) -> Need:
    """Return who has to approve an order.

    :param policy: the policy of its type, if there is one
    :param amount: with taxes, in company currency, rounded as it is shown
    :param path: what routing decided
    """
    path = path or Path()
    policy_id = policy.id if policy else None
    if path.name != "full" and path.holds(amount):
        if path.name == "none":
            return Need("none", policy=policy_id)
        if path.approver:
            return Need("short", (f"user:{path.approver}",), policy_id)
    levels = policy.levels if policy else ()
    keys = tuple(level.key for level in levels if amount >= level.amount_from)
    return Need("full", keys, policy_id)


def covers(path: str, keys: Collection[str], need: Need) -> bool:
    """Tell whether an approval given on a path is good for what is needed now.

    All levels are more than one person; otherwise each level must have been asked.
    """
    return set(need.keys) <= set(keys) or (need.path == "short" and path == "full")


# === DECIDING === #


@dataclass(frozen=True)
class Bench:
    """Who sits where when one level decides; all are ids of users.

    ``barred`` are the order's salespeople, ``decided`` those who decided an
    earlier level, in person or through a deputy.
    """

    approvers: frozenset[int] = frozenset()
    barred: frozenset[int] = frozenset()
    decided: frozenset[int] = frozenset()
    one_may_decide_several: bool = False

    @property
    def seats(self) -> frozenset[int]:
        """Those who may decide themselves or send a deputy."""
        spent = frozenset() if self.one_may_decide_several else self.decided
        return self.approvers - self.barred - spent


@dataclass(frozen=True)
class Verdict:
    """May somebody decide? ``on_behalf`` of whom, ``refusal`` why not.

    Refusals: ``own`` (sells the order), ``again`` (decided another level),
    ``stranger`` (is not asked).
    """

    on_behalf: int | None = None
    refusal: str = ""


def judge(user: int, bench: Bench, principals: Collection[int] = ()) -> Verdict:
    """Tell whether a user may decide now.

    :param principals: who made the user their deputy for this moment; deputies of
        deputies are not followed
    """
    if user in bench.barred:
        return Verdict(refusal="own")
    if user in bench.decided and not bench.one_may_decide_several:
        return Verdict(refusal="again")
    if user in bench.seats:
        return Verdict()
    absent = sorted(bench.seats.intersection(principals))
    return Verdict(on_behalf=absent[0]) if absent else Verdict(refusal="stranger")
