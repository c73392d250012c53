"""Checks that a customer's complaints ask for.

A cause asks for its checks when the newest complaints of a customer, as many as
the cause says, are all of that cause and all lie within its window: three times
packaging in a row, and the next order gets the packaging check. One complaint of
another cause breaks the row.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Cause:
    """What complaints of one cause lead to.

    :ivar checks: ids of the checks that orders get
    :ivar in_a_row: how many complaints in a row, at least 1
    :ivar days: how old the oldest of them may be; 0: any age
    """

    id: int
    checks: tuple[int, ...]
    in_a_row: int = 3
    days: int = 365


@dataclass(frozen=True)
class Complaint:
    """One complaint of a customer, dated in the company's calendar."""

    id: int
    date: date
    cause_id: int


@dataclass(frozen=True)
class Finding:
    """A cause whose checks are due, and the complaints that say so, newest first."""

    cause_id: int
    checks: tuple[int, ...]
    complaints: tuple[Complaint, ...]

    def to_json(self) -> dict:
        """Return the figures that a decision keeps."""
        return {
            "cause": self.cause_id,
            "checks": list(self.checks),
            "complaints": [[c.id, c.date.isoformat()] for c in self.complaints],
        }


def longest_row(causes: Iterable[Cause]) -> int:
    """Return how many complaints of a customer have to be looked at."""
    return max((cause.in_a_row for cause in causes), default=0)


def due(
    complaints: Sequence[Complaint], causes: Iterable[Cause], today: date
) -> Finding | None:
    """Return what a customer's complaints ask for, or ``None``.

    Only the newest complaint's cause can hold a whole row, so that there is one
    finding at most.

    :param complaints: newest first, at least ``longest_row(causes)`` of them if
        there are as many
    :param today: the day in the company's calendar
    """
    if not complaints:
        return None
    newest = complaints[0].cause_id
    cause = next((c for c in causes if c.id == newest and c.checks), None)
    if cause is None or len(complaints) < cause.in_a_row:
        return None
    row = tuple(complaints[: cause.in_a_row])
    if any(complaint.cause_id != cause.id for complaint in row):
        return None
    if cause.days and (today - row[-1].date).days > cause.days:
        return None
    return Finding(cause.id, cause.checks, row)
