"""One notice for a group: forty orders behind one line are one message.

Warnings of a rule that are told at the same time, for the same reason, and whose
group is the same (their stage, work centre, supplier, customer, or the rule itself)
share a notice. Warnings that join a group of which people have just been told wait
for the rest of its *pause* and are then told together, unless one of them is graver
than what was told.

A warning that is alone (no grouping, or its group is not known) never waits.
All moments are aware UTC; the last notice of a group is a stored moment, so restarts
change nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from .severity import rank

NONE, RULE = "none", "rule"
#: What the groups of a rule are, and of which model.
GROUPS = {
    "stage": "order.hub.stage",
    "workcenter": "mrp.workcenter",
    "supplier": "res.partner",
    "customer": "res.partner",
}
#: The first notice; an escalation step is ``step,<minutes>``.
FIRST = "first"
PAUSE_MINUTES = 30


@dataclass(frozen=True)
class Told:
    """The last notice of a group: its moment, and the gravest severity in it."""

    at: datetime
    severity: str = "warning"


@dataclass(frozen=True)
class Member:
    """A warning that is to be told now.

    :ivar group: as of :func:`group_key`; empty: alone
    :ivar why: :data:`FIRST`, or an escalation step
    """

    id: int
    rule: int
    group: str = ""
    severity: str = "warning"
    why: str = FIRST

    @property
    def key(self) -> tuple[int, str, str]:
        """Return what a notice is for: rule, group and reason."""
        return (self.rule, self.group, self.why)


@dataclass(frozen=True)
class Bundle:
    """One notice: the warnings it stands for, the gravest first."""

    rule: int
    group: str
    why: str
    severity: str
    ids: tuple[int, ...]


@dataclass(frozen=True)
class Bundles:
    """What is told now, and until when the others wait, by warning."""

    now: tuple[Bundle, ...]
    later: Mapping[int, datetime]


def group_key(group_by: str, rule_id: int, group_id: int | None = None) -> str:
    """Return the group of a warning, such as ``mrp.workcenter,7``.

    :param group_by: as the rule says; ``rule``: all its warnings are one group
    :param group_id: record of the stage, work centre or partner; ``None``: unknown
    :return: empty: the warning stands alone
    :raise KeyError: for a grouping that does not exist
    """
    if group_by == NONE:
        return ""
    if group_by == RULE:
        return f"order.hub.warning.rule,{rule_id}"
    return f"{GROUPS[group_by]},{group_id}" if group_id else ""


def bundle(
    members: Iterable[Member],
    told: Mapping[tuple[int, str, str], Told],
    now: datetime,
    pause_minutes: float = PAUSE_MINUTES,
) -> Bundles:
    """Return the notices of a heap of warnings, the gravest first.

    :param told: the last notice for each ``Member.key``, those of warnings that have
        been resolved since included; older ones than the pause may be left out
    :param pause_minutes: how long a group is quiet after a notice; 0: not at all
    """
    due, later = [], {}
    for key, rows in _by_key(members).items():
        until = _quiet_until(rows, told.get(key), pause_minutes)
        if until is not None and now < until:
            later.update((row.id, until) for row in rows)
        else:
            due += _notices(rows)
    return Bundles(tuple(sorted(due, key=_order)), later)


# === HELPERS === #


def _by_key(members: Iterable[Member]) -> dict[tuple, list[Member]]:
    """Return the warnings by what they are told for, none twice."""
    found: dict[tuple, dict[int, Member]] = {}
    for member in members:
        found.setdefault(member.key, {})[member.id] = member
    return {key: sorted(rows.values(), key=_gravity) for key, rows in found.items()}


def _quiet_until(
    rows: Sequence[Member], last: Told | None, pause_minutes: float
) -> datetime | None:
    """Return until when a group waits; ``None``: it does not."""
    if (
        last is None
        or not rows[0].group
        or rank(rows[0].severity) < rank(last.severity)
    ):
        return None
    return last.at + timedelta(minutes=pause_minutes)


def _notices(rows: Sequence[Member]) -> list[Bundle]:
    """Return one notice for a group, one each for those that stand alone."""
    parts = [rows] if rows[0].group else [[row] for row in rows]
    return [_bundle(part) for part in parts]


def _bundle(rows: Sequence[Member]) -> Bundle:
    first = rows[0]
    ids = tuple(row.id for row in rows)
    return Bundle(first.rule, first.group, first.why, first.severity, ids)


def _gravity(member: Member) -> tuple[int, int]:
    return (rank(member.severity), member.id)


def _order(row: Bundle) -> tuple:
    return (rank(row.severity), row.ids[0], row.rule, row.why)
