"""What an order is frozen on, and how what is built differs from it.

Quantities are in each product's own unit.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .bom import Node, Pins, digest

#: Share of a quantity below which a difference is noise of floating point.
NOISE = 1e-6


@dataclass(frozen=True)
class Need:
    """What one piece of a product takes of a component.

    :param quantity: for one piece
    :param spread: own units in one unit of each line it stands on, summed: what
        rounding by one digit of every line can make of it
    """

    quantity: float
    spread: float


@dataclass(frozen=True)
class Difference:
    """A component of which more or less is taken than was frozen."""

    product: int
    expected: float
    actual: float

    @property
    def kind(self) -> str:
        """``missing``, ``extra`` or ``quantity``."""
        if not self.actual:
            return "missing"
        return "quantity" if self.expected else "extra"


def needs(node: Node) -> dict[int, Need]:
    """Return ``{component id: Need}`` of one manufacturing order for a node.

    A kit is no order of its own: its components count.
    """
    found: dict[int, Need] = {}
    _add_needs(node, 1.0, found)
    return found


def _add_needs(node, pieces, found):
    for line in node.lines:
        quantity = pieces * line.own_quantity / node.made
        if line.child and line.child.kind == "phantom":
            _add_needs(line.child, quantity, found)
            continue
        known = found.get(line.product, Need(0.0, 0.0))
        ratio = line.own_quantity / line.quantity if line.quantity else 0.0
        found[line.product] = Need(known.quantity + quantity, known.spread + ratio)


def parts(root: Node) -> dict[int, dict]:
    """Return what is worth knowing at once about everything that is made.

    :return: ``{product id: {bom, label, hash, needs}}`` as JSON can say it; needs
        are ``{component id: [quantity, spread]}``
    """
    return {
        node.product: {
            "bom": node.bom,
            "label": node.label,
            "hash": node.content_hash(),
            "needs": {
                product: [need.quantity, need.spread]
                for product, need in needs(node).items()
            },
        }
        for node in root.nodes()
    }


def differences(
    part: Mapping, pieces: float, actual: Mapping[int, float], rounding: float
) -> list[Difference]:
    """Return how what a manufacturing order takes differs from a frozen part.

    :param part: one value of :func:`parts`, as read from JSON
    :param pieces: how many the order makes
    :param actual: component id → what it takes
    :param rounding: smallest step of a quantity in any unit
    """
    frozen = {int(product): Need(*row) for product, row in part["needs"].items()}
    found = []
    for product in sorted(frozen.keys() | actual.keys()):
        need = frozen.get(product, Need(0.0, 0.0))
        expected, taken = need.quantity * pieces, actual.get(product, 0.0)
        slack = rounding * max(1.0, need.spread) + NOISE * abs(expected)
        if not expected:
            slack = 0.0
        if abs(taken - expected) > slack:
            found.append(Difference(product, expected, taken))
    return found


def agreed(pins_of_orders: Iterable[Mapping[int, int]]) -> Pins:
    """Return what all orders agree on; products they disagree on are left out."""
    found, open_ones = Pins(), set()
    for pins in pins_of_orders:
        for product, bom in pins.items():
            if found.setdefault(product, bom) != bom:
                open_ones.add(product)
    for product in open_ones:
        del found[product]
    return found


def key(pins: Mapping[int, int]) -> str:
    """Return the sha256 of pins: the same for the same revisions."""
    return digest(sorted((int(product), bom) for product, bom in pins.items()))


def from_json(pins: Mapping[str, int] | None) -> Pins:
    """Return pins from JSON, whose keys are text."""
    return Pins({int(product): bom for product, bom in (pins or {}).items()})


def as_frozen(text: str, length: int = 10) -> str:
    """Return a content hash as people read it on paper."""
    return text[:length]
