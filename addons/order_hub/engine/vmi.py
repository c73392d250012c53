"""Stock that a supplier keeps between an agreed minimum and maximum.

Quantities are in the unit of the agreement. What is on the way counts as there: two
proposals made one after the other cannot fill the same room twice.
"""

from dataclasses import dataclass

BELOW, WITHIN, ABOVE = "below", "within", "above"
#: Differences that are none.
NOTHING = 1e-6

NO_QUANTITY, NO_ROOM, TOO_MUCH, PAST = "no_quantity", "no_room", "too_much", "past"


@dataclass(frozen=True)
class Position:
    """One item of an agreement.

    :ivar stock: on hand in the warehouse
    :ivar coming: ordered or proposed and not received
    """

    stock: float
    coming: float
    minimum: float
    maximum: float

    @property
    def total(self) -> float:
        """What is there and on the way; stock below zero is counted as it is."""
        return self.stock + self.coming

    @property
    def room(self) -> float:
        """What can still be proposed without exceeding the maximum.

        >>> Position(20, 30, 40, 120).room
        70
        """
        return max(self.maximum - self.total, 0)

    @property
    def state(self) -> str:
        """Where the stock on hand is; what is on the way does not lie there yet."""
        if self.stock < self.minimum - NOTHING:
            return BELOW
        return ABOVE if self.stock > self.maximum + NOTHING else WITHIN

    @property
    def is_short(self) -> bool:
        """Whether it falls below the minimum even with what is on the way."""
        return self.total < self.minimum - NOTHING


def refusal(position: Position, quantity: float, days_ahead: int) -> str | None:
    """Return why a proposal cannot be taken, or ``None``.

    :param days_ahead: days from today to the proposed arrival

    >>> refusal(Position(20, 30, 40, 120), 80, 3)
    'too_much'
    """
    if not quantity > NOTHING:
        return NO_QUANTITY
    if days_ahead < 0:
        return PAST
    if position.room <= NOTHING:
        return NO_ROOM
    return TOO_MUCH if quantity > position.room + NOTHING else None


def is_confirmed_at_once(amount: float, limit: float) -> bool:
    """Tell whether a proposal becomes an order without anybody looking.

    :param amount: of the proposal, company currency; without a price nobody knows it
    :param limit: as agreed; 0: a buyer always looks

    >>> is_confirmed_at_once(500, 1000), is_confirmed_at_once(0, 1000)
    (True, False)
    """
    return 0 < amount <= limit


def bar(position: Position) -> dict:
    """Return the shares of a bar from 0 to whatever is most, in percent.

    :return: minimum, maximum (marks), stock and coming (lengths; together <= 100)
    """
    scale = max(position.maximum, position.total, position.stock, NOTHING)
    stock = min(max(position.stock, 0) / scale, 1) * 100
    coming = min(max(position.coming, 0) / scale * 100, 100 - stock)
    return {
        "minimum": round(min(position.minimum / scale, 1) * 100, 1),
        "maximum": round(min(position.maximum / scale, 1) * 100, 1),
        "stock": round(stock, 1),
        "coming": round(coming, 1),
    }
