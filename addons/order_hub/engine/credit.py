"""Credit: does what is left of a customer's limit reach for these orders?

All amounts are in one currency, the company's; all moments are naive UTC.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

#: What adding up amounts as floats may leave: less than any currency's coin.
TOLERANCE = 1e-4


@dataclass(frozen=True)
class Grant:
    """A temporary credit that was approved.

    ``single_use``: for one order only, ``order_id`` once it is known which.
    """

    id: int
    amount: float
    valid_from: datetime
    valid_until: datetime
    single_use: bool = False
    order_id: int | None = None

    def holds(self, now: datetime) -> bool:
        """Tell whether the grant counts at a moment: from its start, up to its end."""
        return self.valid_from <= now < self.valid_until

    def serves(self, order_id: int | None) -> bool:
        """Tell whether an order may lean on the grant; ``None`` is no certain order."""
        return not self.single_use or self.order_id in (None, order_id)


@dataclass(frozen=True)
class Standing:
    """How a customer stands with a company, the orders in question left out.

    ``limit`` 0 is no limit. ``grants`` are those valid now.
    """

    limit: float = 0.0
    receivable: float = 0.0
    uninvoiced: float = 0.0
    in_approval: float = 0.0
    grants: tuple[Grant, ...] = ()

    @property
    def exposure(self) -> float:
        return self.receivable + self.uninvoiced + self.in_approval

    def temporary(self, order_id: int | None = None) -> float:
        """Return the temporary credit that an order can lean on."""
        return sum(grant.amount for grant in self.grants if grant.serves(order_id))

    def headroom(self, order_id: int | None = None) -> float:
        """Return what is left for an order; negative when it is used up."""
        return self.limit + self.temporary(order_id) - self.exposure


@dataclass(frozen=True)
class Demand:
    """What one order asks for."""

    order_id: int
    amount: float


@dataclass(frozen=True)
class Verdict:
    """The answer for one order, with the figures it was found with.

    ``used``: ids of the single-use grants without which it would not have held.
    """

    order_id: int
    ok: bool
    amount: float
    ratio: float
    standing: Standing
    used: tuple[int, ...] = field(default=())

    @property
    def headroom(self) -> float:
        return self.standing.headroom(self.order_id)

    @property
    def needed(self) -> float:
        return self.amount * self.ratio

    @property
    def missing(self) -> float:
        """Return how much more credit or payment would be enough; 0 when it holds."""
        return 0.0 if self.ok else max(0.0, self.needed - self.headroom)

    def to_json(self, currency: str) -> dict:
        """Return the figures as a decision keeps them."""
        return {
            "limit": round(self.standing.limit, 2),
            "receivable": round(self.standing.receivable, 2),
            "uninvoiced": round(self.standing.uninvoiced, 2),
            "in_approval": round(self.standing.in_approval, 2),
            "temporary": round(self.standing.temporary(self.order_id), 2),
            "headroom": round(self.headroom, 2),
            "order_total": round(self.amount, 2),
            "ratio": self.ratio,
            "currency": currency,
        }


def reaches(headroom: float, needed: float) -> bool:
    """Tell whether the headroom is at least what is needed, rounding forgiven.

    Nothing asked for is never too much, however deep in debt a customer is.
    """
    if needed <= 0:
        return True
    return headroom >= needed - TOLERANCE


def decide(
    standing: Standing, demands: Iterable[Demand], ratio: float = 1.0
) -> list[Verdict]:
    """Decide about orders of one customer one after the other.

    What an order that passes takes is gone for those after it; an order that does
    not pass takes nothing. Of the grants for a single use as few are spent as do,
    the first to end first.

    :param ratio: how many times its amount an order must find as headroom
    """
    verdicts = []
    for demand in demands:
        ok = reaches(standing.headroom(demand.order_id), demand.amount * ratio)
        used = _spent(standing, demand, ratio) if ok else ()
        verdicts.append(
            Verdict(demand.order_id, ok, demand.amount, ratio, standing, used)
        )
        if ok:
            standing = _after(standing, demand, used)
    return verdicts


def _spent(standing: Standing, demand: Demand, ratio: float) -> tuple[int, ...]:
    """Return the unspent single-use grants that an order cannot do without."""
    unspent = sorted(
        (g for g in standing.grants if g.single_use and g.order_id is None),
        key=lambda grant: (grant.valid_until, grant.id),
    )
    headroom = standing.headroom(demand.order_id) - sum(g.amount for g in unspent)
    used = []
    for grant in unspent:
        if reaches(headroom, demand.amount * ratio):
            break
        headroom += grant.amount
        used.append(grant.id)
    return tuple(used)


def _after(standing: Standing, demand: Demand, used: tuple[int, ...]) -> Standing:
    """Return the standing once an order has taken its part."""
    return replace(
        standing,
        uninvoiced=standing.uninvoiced + demand.amount,
        grants=tuple(
            replace(grant, order_id=demand.order_id) if grant.id in used else grant
            for grant in standing.grants
        ),
    )


def drift(
    stored: Mapping[tuple[int, int], tuple[float, ...]],
    true: Mapping[tuple[int, int], tuple[float, ...]],
    smallest: float = 0.01,
) -> dict:
    """Compare stored figures with the truth.

    :param stored: ``{(customer, company): figures}``
    :param true: the same, worked out from scratch; what is missing there is zero
    :return: ``{(customer, company): (stored figures, true figures)}`` that differ
        by at least ``smallest`` in one figure
    """
    found = {}
    for key in stored.keys() | true.keys():
        nothing = (0.0,) * len(stored.get(key) or true[key])
        kept, real = stored.get(key, nothing), true.get(key, nothing)
        if any(abs(a - b) >= smallest - 1e-9 for a, b in zip(kept, real, strict=True)):
            found[key] = (kept, real)
    return found
