"""Paths through the stages of a flow."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """One stage as the path finder sees it.

    ``trigger`` is the native fact that carries an order in, or ``None`` for a
    stage that somebody enters by hand. ``is_cancelled`` marks the side exit of
    the flow: no path leads through it.
    """

    id: int
    trigger: str | None = None
    is_cancelled: bool = False


@dataclass(frozen=True)
class Choice:
    """One flow as the choice for an order sees it; ``types`` empty takes any type.

    A pilot takes only orders of its teams, salespeople or customers.
    """

    id: int
    types: frozenset[int] = frozenset()
    is_pilot: bool = False
    teams: frozenset[int] = frozenset()
    users: frozenset[int] = frozenset()
    partners: frozenset[int] = frozenset()

    def takes(
        self,
        order_type: int | bool,
        team: int | bool,
        user: int | bool,
        partners: Collection[int],
    ) -> bool:
        """Tell whether the flow takes an order (ids; ``partners`` of the customer)."""
        if self.types and order_type not in self.types:
            return False
        return (
            not self.is_pilot
            or team in self.teams
            or user in self.users
            or not self.partners.isdisjoint(partners)
        )


def path(steps: Sequence[Step], current: int | None, target: int) -> tuple[int, ...]:
    """Return the ids of the stages entered on the way from current to target.

    Forward, that is every stage after ``current`` up to ``target``: skipping a
    stage does not skip its gates. Backward, or to and from the side exit, it is
    the target alone. The same stage is an empty path.
    """
    if current == target:
        return ()
    order = [step.id for step in steps if not step.is_cancelled]
    if target not in order or (current is not None and current not in order):
        return (target,)
    start = -1 if current is None else order.index(current)
    end = order.index(target)
    return tuple(order[start + 1 : end + 1]) if end > start else (target,)


def is_forward(steps: Sequence[Step], current: int | None, target: int) -> bool:
    """Tell whether target lies after current in the order of the flow."""
    order = [step.id for step in steps]
    if target not in order or current not in order:
        return True
    return order.index(target) > order.index(current)


def furthest(
    steps: Sequence[Step], current: int | None, facts: Collection[str]
) -> int | None:
    """Return the last stage after ``current`` whose trigger is a fact by now.

    Return ``None`` when nothing carries the order on. Native documents may
    outrun the flow (picked before the paper was released): the stage found
    here can lie behind stages without a fact, see :func:`outrun`.
    """
    ahead = _ahead(steps, current)
    reached = [step.id for step in ahead if step.trigger in facts]
    return reached[-1] if reached else None


def outrun(
    steps: Sequence[Step], entered: Collection[int], facts: Collection[str]
) -> frozenset[int]:
    """Return the stages of ``entered`` that no fact backs: passed out of order."""
    return frozenset(
        step.id for step in steps if step.id in entered and step.trigger not in facts
    )


def following(steps: Sequence[Step], current: int | None) -> int | None:
    """Return the stage after ``current``, or ``None`` at the end."""
    ahead = _ahead(steps, current)
    return ahead[0].id if ahead else None


def _ahead(steps: Sequence[Step], current: int | None) -> list[Step]:
    main = [step for step in steps if not step.is_cancelled]
    if current is None:
        return main
    position = next((i for i, step in enumerate(main) if step.id == current), None)
    return [] if position is None else main[position + 1 :]
