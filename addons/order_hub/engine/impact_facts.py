"""The facts behind the impact of an engineering change, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

SWITCH, KEEP, DECIDE = "switch", "keep", "decide"
#: Decimals of a quantity: less is an error of floating-point numbers.
DIGITS = 6


@dataclass(frozen=True, eq=False)
class Recipe:
    """What one piece of a product takes.

    :ivar leaves: bought component → quantity in its own unit
    :ivar cost: materials and operations, company currency
    :ivar days: lead time to make it when all material is there
    """

    leaves: Mapping[int, float]
    cost: float = 0.0
    days: int = 0


@dataclass(frozen=True)
class Part:
    """One product of an order that the change reaches.

    :ivar pieces: ordered
    :ivar finished: of them delivered, or reserved as finished goods
    """

    old: Recipe
    new: Recipe
    pieces: float
    finished: float = 0.0

    @property
    def open(self) -> float:
        """Return how many pieces are still to make."""
        return max(0.0, self.pieces - self.finished)


@dataclass(frozen=True)
class Order:
    """An order as far as the change concerns it.

    :ivar promised: day promised to the customer; ``None``: none
    :ivar consumed: component → quantity its manufacturing orders took
    :ivar is_past: past the point of no return
    :ivar choice: what a person already chose, or ""
    :ivar asks: the customer has to agree first
    """

    key: int
    parts: tuple[Part, ...]
    promised: date | None = None
    consumed: Mapping[int, float] = field(default_factory=dict)
    is_past: bool = False
    choice: str = ""
    asks: bool = False

    @cached_property
    def open(self) -> float:
        """Return how many pieces are still to make."""
        return round(sum(part.open for part in self.parts), DIGITS)

    @property
    def stays(self) -> bool:
        """Tell whether the order keeps its recipe; see the module."""
        if self.choice:
            return self.choice == KEEP
        return self.is_past or self.open <= 0

    def days(self, side: str) -> int:
        """Return the lead time under the ``old`` or the ``new`` recipe."""
        return max((getattr(part, side).days for part in self.parts), default=0)

    def cost_difference(self) -> float:
        """Return what the pieces still to make cost more; negative: less."""
        return sum(part.open * (part.new.cost - part.old.cost) for part in self.parts)


@dataclass(frozen=True)
class Incoming:
    """An open purchase line: when how much comes in, at which price a unit."""

    key: int
    day: date
    quantity: float
    price: float = 0.0


@dataclass(frozen=True)
class Supply:
    """What there is of a component and who else wants it.

    :ivar others: ``(day, quantity)`` of all open demand but these orders'
    :ivar days_to_buy: days until a purchase made today comes in; ``None``: nobody
        is known who sells it
    :ivar is_used: a current bill of materials that does not change uses it
    """

    on_hand: float = 0.0
    incoming: tuple[Incoming, ...] = ()
    others: tuple[tuple[date, float], ...] = ()
    days_to_buy: int | None = None
    cost: float = 0.0
    is_used: bool = False

    @property
    def total(self) -> float:
        """Return what is in stock and on order."""
        return self.on_hand + sum(row.quantity for row in self.incoming)
