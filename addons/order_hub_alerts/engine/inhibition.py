"""What is silent because its cause is known: a graph of rules.

Where a rule inhibits another, an unresolved warning of the first silences those of
the second that are about the same thing. Two warnings are about the same thing when
they share a *token*: the subject (``sale.order,7``), the order, or the group of their
rule (``mrp.workcenter,3``); of two different companies they never are.

Silenced warnings are still opened, counted and resolved; only nobody is told. A cause
may itself be silenced by another: what is shown is the root, which somebody has been
told of. It is computed anew in each cycle, so a warning speaks again in the first
cycle after its cause has gone, and nothing has to be undone.

The rules may not go round in a circle; the root of each chain then exists and is
found by following causes (depth-first search: T. Cormen et al., *Introduction to
Algorithms*, "Topological sort").
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

from .hysteresis import PENDING, RESOLVED
from .severity import rank


@dataclass(frozen=True)
class Silent:
    """A warning as far as inhibition looks at it.

    :ivar tokens: what it is about
    :ivar company: 0: of no company, it meets all
    :ivar inhibited_by: the warning that silenced it in the last cycle; 0: none
    """

    id: int
    rule: int
    tokens: frozenset[str]
    company: int = 0
    severity: str = "warning"
    state: str = "open"
    inhibited_by: int = 0


@dataclass(frozen=True)
class Change:
    """What this cycle changes.

    :ivar silenced: warning → root, where it is new or another
    :ivar released: warnings that may speak again
    """

    silenced: Mapping[int, int]
    released: tuple[int, ...]


def tokens(model: str, res_id: int, order_id: int = 0, group: str = "") -> frozenset:
    """Return what a warning is about.

    :param group: as of :func:`.grouping.group_key`; empty: none
    """
    found = {f"{model},{res_id}"}
    if order_id:
        found.add(f"sale.order,{order_id}")
    return frozenset(found | ({group} if group else set()))


def loop(edges: Mapping[int, Iterable[int]]) -> tuple[int, ...]:
    """Return rules that inhibit each other in a circle, the first again at the end.

    :param edges: rule → the rules it inhibits
    :return: empty: there is none
    """
    done: set[int] = set()
    for start in sorted(edges):
        if found := _circle(start, edges, done):
            return found
    return ()


def _circle(
    start: int, edges: Mapping[int, Iterable[int]], done: set[int]
) -> tuple[int, ...]:
    """Walk from one rule, without recursion; ``done`` are rules that lead nowhere."""
    path, ways = [start], [iter(sorted(edges.get(start, ())))]
    while path:
        after = next(ways[-1], None)
        if after is None:
            done.add(path.pop())
            ways.pop()
        elif after in path:
            return (*path[path.index(after) :], after)
        elif after not in done:
            path.append(after)
            ways.append(iter(sorted(edges.get(after, ()))))
    return ()


def silenced(
    warnings: Sequence[Silent], edges: Mapping[int, Iterable[int]]
) -> dict[int, int]:
    """Return which warning is silent now, and its root.

    Of several causes the gravest counts, then the oldest.

    :param warnings: all that are not resolved; pending ones neither silence nor are
        silenced
    :raise ValueError: when the rules go round in a circle
    """
    if found := loop(edges):
        raise ValueError(f"Rules inhibit each other in a circle: {found}")
    known = [one for one in warnings if one.state not in (PENDING, RESOLVED)]
    causes = _causes_by_rule(edges)
    inhibiting = _index(known, {rule for rules in causes.values() for rule in rules})
    direct = {
        one.id: cause
        for one in known
        if (cause := _cause(one, causes.get(one.rule, ()), inhibiting))
    }
    return {id_: _root(id_, direct) for id_ in direct}


def changes(warnings: Sequence[Silent], edges: Mapping[int, Iterable[int]]) -> Change:
    """Return what is to be written: only what differs from the last cycle."""
    now = silenced(warnings, edges)
    new = {
        one.id: now[one.id]
        for one in warnings
        if now.get(one.id, one.inhibited_by) != one.inhibited_by
    }
    freed = (one.id for one in warnings if one.inhibited_by and one.id not in now)
    return Change(new, tuple(freed))


# === HELPERS === #

#: (token, rule, company) → the warning that silences.
Index = dict[tuple[str, int, int | None], Silent]


def _causes_by_rule(edges: Mapping[int, Iterable[int]]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for rule, inhibited in edges.items():
        for other in inhibited:
            found.setdefault(other, set()).add(rule)
    return found


def _index(warnings: Iterable[Silent], rules: Set[int]) -> Index:
    """Return the first cause of each token, rule and company.

    Company ``None`` is for any: a warning of no company looks there.
    """
    found: Index = {}
    for one in sorted(warnings, key=_gravity):
        if one.rule in rules:
            for token in one.tokens:
                found.setdefault((token, one.rule, one.company), one)
                found.setdefault((token, one.rule, None), one)
    return found


def _cause(one: Silent, rules: Iterable[int], inhibiting: Index) -> int:
    """Return the warning that silences one; 0: none does."""
    companies = (one.company, 0) if one.company else (None,)
    found = [
        cause
        for token in one.tokens
        for rule in rules
        for company in companies
        if (cause := inhibiting.get((token, rule, company)))
    ]
    return min(found, key=_gravity).id if found else 0


def _root(id_: int, direct: Mapping[int, int]) -> int:
    while id_ in direct:
        id_ = direct[id_]
    return id_


def _gravity(one: Silent) -> tuple[int, int]:
    return (rank(one.severity), one.id)
