"""Whether what another system says of an order fits what the hub says.

Both sides are put as milestones. A system is held to the milestones that it has
words for: an approval system that says *approved* is not contradicted by an order
that has been shipped since.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from odoo.addons.order_hub.const import MILESTONES

CANCELLED, REFUSED = "cancelled", "refused"
RANK = {
    code: rank for rank, (code, _label) in enumerate(MILESTONES) if code != CANCELLED
}

AGREES = "agrees"
BEHIND = "behind"
AHEAD = "ahead"
CONTRADICTS = "contradicts"
UNMAPPED = "unmapped"


@dataclass(frozen=True)
class Side:
    """What one side says.

    :ivar milestone: a milestone, ``refused``, or empty: its word is not mapped
    :ivar since: naive UTC; of a foreign system, when it said so
    """

    milestone: str
    since: datetime


@dataclass(frozen=True)
class Verdict:
    """What comes of comparing two sides.

    :ivar state: one of the words above
    :ivar due: when *ahead* becomes a contradiction, naive UTC
    """

    state: str
    due: datetime | None = None


def judge(
    here: Side,
    there: Side,
    knows: frozenset[str],
    grace: timedelta,
    now: datetime,
    contradicted: bool = False,
) -> Verdict:
    """Return whether the word of another system fits where the hub has the order.

    - the same milestone, or the furthest one the system has a word for: *agrees*
    - an earlier one, said before the order got here: *behind*, old news
    - an earlier one, said after the order got here: *contradicts*
    - a later one: *ahead* for the time of grace, then *contradicts*
    - cancelled or refused on one side only: *contradicts*

    :param knows: milestones the system has words for
    :param grace: how long the two may differ
    :param contradicted: the same word contradicted the hub before: it goes on doing
        so until the sides agree, or the system says something else
    """
    verdict = _compare(here, there, knows, grace, now)
    if contradicted and verdict.state in (BEHIND, AHEAD):
        return Verdict(CONTRADICTS)
    return verdict


def _compare(here, there, knows, grace, now) -> Verdict:
    if not there.milestone:
        return Verdict(UNMAPPED)
    if not here.milestone:
        return Verdict(BEHIND)
    if CANCELLED in (here.milestone, there.milestone):
        return _cancelled(here, there, grace)
    if there.milestone == REFUSED:
        passed = RANK[here.milestone] >= RANK["approved"]
        return Verdict(CONTRADICTS if passed else AGREES)
    if RANK[there.milestone] > RANK[here.milestone]:
        due = there.since + grace
        return Verdict(CONTRADICTS) if now >= due else Verdict(AHEAD, due)
    if there.milestone == furthest(knows, here.milestone):
        return Verdict(AGREES)
    return Verdict(_older(here, there, grace))


def furthest(knows: frozenset[str], milestone: str) -> str:
    """Return the furthest milestone up to one that a system has a word for.

    That one itself where it has no word for any: then only the same will do.
    """
    reached = [code for code in knows if code in RANK and RANK[code] <= RANK[milestone]]
    return max(reached, key=RANK.__getitem__, default=milestone)


def _cancelled(here: Side, there: Side, grace: timedelta) -> Verdict:
    if here.milestone == there.milestone or there.milestone == REFUSED:
        return Verdict(AGREES)
    if there.milestone == CANCELLED:
        return Verdict(CONTRADICTS)
    return Verdict(_older(here, there, grace))


def _older(here: Side, there: Side, grace: timedelta) -> str:
    """Said again after the order got here, an earlier word is no old news."""
    return CONTRADICTS if there.since > here.since + grace else BEHIND
