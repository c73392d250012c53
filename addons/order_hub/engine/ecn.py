"""Who may agree to an engineering change, and what becomes of an order in it.

Plain values in, decisions out: the models fetch, ask here, and carry out.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .bom import Node

SWITCH, KEEP, DECIDE = "switch", "keep", "decide"
#: What a user is told who may not decide.
NOT_IN_ROLE, OWN_REQUEST, GIVEN = "role", "own", "given"


@dataclass(frozen=True)
class Role:
    """A role that is asked, and who fills it.

    :param key: id of the role
    :param approvers: ids of the users who fill it
    :param may_approve_own: who asked for the change may, when nobody else could
    """

    key: int
    approvers: frozenset[int]
    may_approve_own: bool = False

    def seats(self, requester: int) -> frozenset[int]:
        """Return the users who may decide about what ``requester`` asked for."""
        others = self.approvers - {requester}
        if others or not self.may_approve_own:
            return others
        return self.approvers


@dataclass(frozen=True)
class Judgement:
    """The roles (keys) a user may decide in, or why not."""

    roles: tuple[int, ...] = ()
    refusal: str = ""


def judge(
    user: int, roles: Iterable[Role], requester: int, approved: Iterable[int]
) -> Judgement:
    """Return in which of the roles asked a user may decide now.

    :param approved: keys of the roles that have agreed already
    """
    mine = [role for role in roles if user in role.approvers]
    if not mine:
        return Judgement(refusal=NOT_IN_ROLE)
    seated = [role for role in mine if user in role.seats(requester)]
    if not seated:
        return Judgement(refusal=OWN_REQUEST)
    given = frozenset(approved)
    left = tuple(role.key for role in seated if role.key not in given)
    return Judgement(left) if left else Judgement(refusal=GIVEN)


def missing(roles: Iterable[Role], approved: Iterable[int]) -> list[int]:
    """Return the keys of the roles that have not agreed yet, in their order."""
    given = frozenset(approved)
    return [role.key for role in roles if role.key not in given]


def stuck(roles: Iterable[Role], requester: int) -> list[int]:
    """Return the keys of the roles that nobody may fill for this request."""
    return [role.key for role in roles if not role.seats(requester)]


@dataclass(frozen=True)
class Case:
    """An order as it is when its turn comes.

    :param choice: switch, keep or decide
    :param is_open: neither cancelled nor closed
    :param lost: products that its running MOs took more of than they will want
    """

    choice: str
    is_open: bool = True
    lost: tuple[int, ...] = ()


def fate(case: Case) -> str:
    """Return what becomes of an order: skip, keep, wait, refuse or switch.

    An order that took more of a component than its new revision has room for does
    not switch: what lies in the board does not vanish by a change on paper.
    """
    if not case.is_open:
        return "skip"
    if case.choice != SWITCH:
        return "keep" if case.choice == KEEP else "wait"
    return "refuse" if case.lost else "switch"


def materials(node: Node, quantity: float = 1.0) -> dict[int, float]:
    """Return ``{product: own quantity}`` that an MO for ``quantity`` pieces takes.

    Kits are gone through, what is made by an MO of its own is not.
    """
    found: dict[int, float] = {}
    for line in node.lines:
        total = quantity * line.own_quantity / node.made
        is_kit = line.child is not None and line.child.kind == "phantom"
        taken = materials(line.child, total) if is_kit else {line.product: total}
        for product, part in taken.items():
            found[product] = found.get(product, 0.0) + part
    return found


def surplus(
    consumed: Mapping[int, float], wanted: Mapping[int, float], precision: float = 1e-6
) -> tuple[int, ...]:
    """Return the products of which more was taken than is wanted, sorted."""
    return tuple(
        sorted(
            product
            for product, quantity in consumed.items()
            if quantity > wanted.get(product, 0.0) + precision
        )
    )
