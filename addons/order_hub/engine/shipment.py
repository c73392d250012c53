"""What a supplier announces: lots as typed, and how they fill the receipts.

Quantities are in one unit, that of the purchase line.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

#: What rounding may leave over.
NOTHING = 1e-6
#: Parts of a typed lot: number, quantity, last day of use.
SEPARATOR = re.compile(r"[\t;,，；]+")
#: So much is kept of a lot's number, and so many lots of a line.
NAME_LENGTH, MOST_LOTS = 64, 500


class Unreadable(ValueError):
    """A typed lot makes no sense.

    :ivar code: ``quantity``, ``expiry``, ``sum``, ``missing``, ``serial``, ``twice`` or
        ``many``
    :ivar text: what was typed, or the number of the lot
    """

    def __init__(self, code: str, text: str = ""):
        super().__init__(f"{code}: {text}")
        self.code, self.text = code, text


@dataclass(frozen=True)
class Lot:
    """So much of one lot; no name: goods without lots."""

    name: str
    quantity: float
    expiry: date | None = None


@dataclass(frozen=True)
class Filling:
    """So much of a lot goes into a move."""

    move: int
    lot: Lot
    quantity: float


def read_lots(text: str, quantity: float) -> list[Lot]:
    """Return the lots that somebody typed, one a line.

    ``L-0815; 12; 2027-05-31``; a single lot needs no quantity. Nothing typed is one
    nameless lot of all.

    :param quantity: of all lots together
    :raise Unreadable: which line is meant
    """
    rows = [row.strip() for row in (text or "").splitlines() if row.strip()]
    if not rows:
        return [Lot("", quantity)]
    if len(rows) > MOST_LOTS:
        raise Unreadable("many", str(len(rows)))
    lots = [_read_lot(row, quantity if len(rows) == 1 else None) for row in rows]
    if abs(sum(lot.quantity for lot in lots) - quantity) > NOTHING:
        raise Unreadable("sum", f"{sum(lot.quantity for lot in lots):g}")
    return lots


def _read_lot(row: str, whole: float | None) -> Lot:
    name, *more = (part.strip() for part in SEPARATOR.split(row))
    if not name:
        raise Unreadable("missing", row)
    quantity = _read_quantity(more[0], row) if more and more[0] else whole
    if quantity is None:
        raise Unreadable("quantity", row)
    expiry = _read_day(more[1], row) if len(more) > 1 and more[1] else None
    return Lot(name[:NAME_LENGTH], quantity, expiry)


def _read_quantity(text: str, row: str) -> float:
    try:
        quantity = float(text)
    except ValueError:
        quantity = 0.0
    if not 0 < quantity < 1e12:
        raise Unreadable("quantity", row)
    return quantity


def _read_day(text: str, row: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Unreadable("expiry", row) from None


def check_tracking(lots: Sequence[Lot], tracking: str) -> None:
    """Check lots against how the product is tracked.

    :param tracking: ``none``, ``lot`` or ``serial``
    :raise Unreadable: a lot is missing, given twice, or a serial number is not one
    """
    if tracking == "none":
        return
    if any(not lot.name for lot in lots):
        raise Unreadable("missing")
    names = [lot.name for lot in lots]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise Unreadable("twice", twice[0])
    wrong = [lot.name for lot in lots if abs(lot.quantity - 1) > NOTHING]
    if tracking == "serial" and wrong:
        raise Unreadable("serial", wrong[0])


def fill(
    lots: Iterable[Lot], room: Iterable[tuple[int, float]]
) -> tuple[list[Filling], float]:
    """Lay lots into moves, in the order of both.

    :param room: ``(move, quantity it still takes)``
    :return: what goes where, and what found no room
    """
    places = [[move, free] for move, free in room if free > NOTHING]
    found, over = [], 0.0
    for lot in lots:
        rest = lot.quantity
        while rest > NOTHING and places:
            move, free = places[0]
            taken = min(rest, free)
            found.append(Filling(move, lot, taken))
            rest -= taken
            places[0][1] -= taken
            if places[0][1] <= NOTHING:
                places.pop(0)
        over += max(rest, 0.0)
    return found, over if over > NOTHING else 0.0


def differences(
    announced: dict[str, float], received: dict[str, float]
) -> dict[str, tuple[float, float]]:
    """Return ``{lot: (announced, received)}`` where both differ."""
    return {
        name: (announced.get(name, 0.0), received.get(name, 0.0))
        for name in sorted(announced.keys() | received.keys())
        if abs(announced.get(name, 0.0) - received.get(name, 0.0)) > NOTHING
    }
