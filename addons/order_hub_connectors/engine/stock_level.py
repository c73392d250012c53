"""How many pieces of a code a channel may sell.

    level = floor(max(0, free − asked − buffer) / factor)

``free`` is Odoo's own free quantity in the warehouses chosen; ``asked`` is what
waiting orders of all channels want of it; a kit has as many as its scarcest part
allows. Quantities are in the product's own unit.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

#: Differences below this are rounding, not goods.
GRAIN = 1e-6


@dataclass(frozen=True)
class Buffer:
    """What a channel keeps back: so many pieces, and a share of what is there."""

    pieces: float = 0.0
    percent: float = 0.0

    def kept(self, quantity: float) -> float:
        """Return how much of a quantity is kept back; never less than nothing."""
        if quantity <= 0:
            return 0.0
        share = quantity * min(max(self.percent, 0.0), 100.0) / 100
        return max(max(self.pieces, 0.0), share)


def unasked(free: Mapping[int, float], asked: Mapping[int, float]) -> dict[int, float]:
    """Return product → what is free and nobody waits for; may be below zero."""
    return {
        product: quantity - asked.get(product, 0.0)
        for product, quantity in free.items()
    }


def of_kit(left: Mapping[int, float], parts: Sequence[tuple[int, float]]) -> float:
    """Return how many kits can be made of what is left of their parts.

    :param parts: ``(component, quantity for one kit)``; those without quantity or
        not kept in stock do not limit it
    """
    ways = [
        left[part] / quantity
        for part, quantity in parts
        if quantity > 0 and part in left
    ]
    return math.floor(min(ways) + GRAIN) if ways else 0.0


def level(left: float, buffer: Buffer, factor: float = 1.0) -> int:
    """Return whole pieces of a code that the channel may sell.

    :param left: what is free and nobody waits for, in the product's unit
    :param factor: how much of the product's unit one piece of the code is
    """
    if factor <= 0 or not math.isfinite(left):
        return 0
    rest = left - buffer.kept(left)
    return max(0, math.floor(rest / factor + GRAIN))
