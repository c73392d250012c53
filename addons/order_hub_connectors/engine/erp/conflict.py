"""Who wins where both sides have changed the same value since they last agreed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .values import same


@dataclass(frozen=True)
class Decision:
    """What to do about one value.

    :ivar action: ``none``, ``take`` theirs, ``write`` ours, ``ask`` a person
    :ivar is_conflict: both sides had changed it, and differently
    """

    action: str
    is_conflict: bool = False


def decide(
    rule: str,
    base: Any,
    theirs: Any,
    ours: Any,
    their_time: datetime | None = None,
    our_time: datetime | None = None,
) -> Decision:
    """Decide about one value.

    :param rule: ``theirs``, ``ours``, ``newest`` or ``ask``
    :param base: what both had when they last agreed
    :param their_time, our_time: when each was changed, both naive UTC or both aware;
        *newest* without one of them asks
    """
    if same(theirs, ours):
        return Decision("none")
    if same(theirs, base):
        return Decision("write")
    if same(ours, base):
        return Decision("take")
    return Decision(_winner(rule, their_time, our_time), True)


def _winner(rule: str, theirs: datetime | None, ours: datetime | None) -> str:
    if rule == "newest":
        if theirs is None or ours is None or theirs == ours:
            return "ask"
        return "take" if theirs > ours else "write"
    return {"theirs": "take", "ours": "write"}.get(rule, "ask")
