"""How an order as it is differs from the order as its channel now wants it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

#: Two prices or quantities closer than this are the same.
GRAIN = 1e-6


@dataclass(frozen=True)
class Line:
    """One line of an order.

    :ivar key: number of the line in the channel, empty where it has none
    :ivar product: id of the product, 0 where nothing matched
    :ivar quantity: in the unit of the order line
    :ivar price: of one unit, before discount; ``None``: not said
    :ivar discount: in percent
    """

    id: int = 0
    key: str = ""
    product: int = 0
    quantity: float = 0.0
    price: float | None = None
    discount: float = 0.0
    name: str = ""


@dataclass(frozen=True)
class Difference:
    """One thing that is to become different.

    :ivar what: ``added``, ``removed``, ``product``, ``quantity``, ``price``,
        ``discount``, or the name of a field of the order
    :ivar number: which of the wanted lines, from 0; −1: none
    """

    what: str
    line: int = 0
    number: int = -1
    old: str | float | None = None
    new: str | float | None = None
    name: str = ""

    @property
    def is_less(self) -> bool:
        return self.what == "removed" or (
            self.what == "quantity" and self.new < self.old
        )


@dataclass
class _Pairs:
    """Wanted lines with the line of the order that each one is."""

    pairs: list[tuple[int, Line, Line]] = field(default_factory=list)
    added: list[tuple[int, Line]] = field(default_factory=list)
    removed: list[Line] = field(default_factory=list)


def compare_lines(now: Sequence[Line], wanted: Sequence[Line]) -> list[Difference]:
    """Return what has to change on the lines; nothing where all is as wanted.

    Lines are the same by the channel's number, then by product and price, then by
    product: each line of either side is used once.
    """
    paired = _pair(list(now), wanted)
    found = [
        Difference("removed", line.id, old=line.quantity, new=0.0, name=line.name)
        for line in paired.removed
        if abs(line.quantity) > GRAIN
    ]
    for number, old, new in paired.pairs:
        found += _line_differences(number, old, new)
    found += [
        Difference("added", number=number, old=0.0, new=new.quantity, name=new.name)
        for number, new in paired.added
        if new.quantity > GRAIN
    ]
    return found


def _pair(left: list[Line], wanted: Sequence[Line]) -> _Pairs:
    result = _Pairs()
    todo = list(enumerate(wanted))
    for same in (_same_key, _same_product_and_price, _same_product):
        rest = []
        for number, line in todo:
            match = next((old for old in left if same(old, line)), None)
            if match is None:
                rest.append((number, line))
                continue
            left.remove(match)
            result.pairs.append((number, match, line))
        todo = rest
    result.added, result.removed = todo, left
    result.pairs.sort(key=lambda pair: pair[0])
    return result


def _same_key(old: Line, new: Line) -> bool:
    return bool(new.key) and old.key == new.key and old.product == new.product


def _same_product(old: Line, new: Line) -> bool:
    both_known = bool(old.key) and bool(new.key) and old.key != new.key
    return old.product == new.product and not both_known


def _same_product_and_price(old: Line, new: Line) -> bool:
    return _same_product(old, new) and not _differs(old.price, new.price)


def _line_differences(number: int, old: Line, new: Line) -> list[Difference]:
    found = []
    for what in ("quantity", "price", "discount"):
        before, after = getattr(old, what), getattr(new, what)
        if _differs(before, after):
            found.append(Difference(what, old.id, number, before, after, old.name))
    return found


def _differs(before: float | None, after: float | None) -> bool:
    if after is None or before is None:
        return False
    return abs(before - after) > GRAIN


def spread(amount: float, weights: Sequence[float], digits: int = 2) -> list[float]:
    """Split an amount over weights so that the parts add up to it exactly.

    The largest remainders get what rounding left over.

    :param weights: none below zero, at least one above
    :param digits: decimals of the currency
    """
    unit = 10**digits
    whole = round(amount * unit)
    total = sum(weights)
    exact = [whole * weight / total for weight in weights]
    parts = [int(share) for share in exact]
    by_rest = sorted(range(len(parts)), key=lambda i: parts[i] - exact[i])
    for position in by_rest[: whole - sum(parts)]:
        parts[position] += 1
    return [part / unit for part in parts]
