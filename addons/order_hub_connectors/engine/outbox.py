"""What a channel is told about an order, in which order, and when again.

A row is one thing to tell. Rows of one order go out in the order in which they
came to be; one that no longer matters is left out instead of sent late.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

#: Tries until a channel that does not answer is given up.
MAX_TRIES = 12
#: Seconds until the second try; doubled with every further one.
FIRST_WAIT = 60.0
#: No wait is longer than this, in seconds.
LONGEST_WAIT = 6 * 3600.0
#: Waits differ by up to this share, so that not everything comes back at once.
JITTER = 0.25


class FromChannel(int):
    """Id of the channel that brought a change: it is not told its own news.

    A type that no caller from outside can put into a context.
    """


@dataclass(frozen=True)
class Telling:
    """One thing to tell about an order.

    :ivar kind: ``status`` of the order, or ``tracking`` of one part of it
    :ivar word: the channel's own word
    :ivar rank: place of the milestone in the fixed list, greater is later
    :ivar part: which part (delivery) it is about, empty for the whole order
    :ivar is_partial: more goods of the order follow
    :ivar is_firm: has to be told even when something later is known
    :ivar is_sent: has been told
    """

    id: int
    kind: str
    word: str
    rank: int
    part: str = ""
    is_partial: bool = False
    is_firm: bool = False
    is_sent: bool = False


def plan(rows: Sequence[Telling]) -> tuple[list[int], dict[int, str]]:
    """Sort what is still to be told about one order.

    :param rows: all rows of the order that were sent or are still to be, oldest
        first
    :return: ids to send, in their order; and id → why not, for the others:
        ``same`` (told already), ``behind`` (more was told already), ``parts`` (its
        parts say it), ``later`` (a later one says more)
    """
    open_rows = [row for row in rows if not row.is_sent]
    send, left_out = [], {}
    for position, row in enumerate(open_rows):
        reason = _needless(row, rows, open_rows[position + 1 :])
        if reason:
            left_out[row.id] = reason
        else:
            send.append(row.id)
    return send, left_out


def _needless(
    row: Telling, rows: Sequence[Telling], later: Sequence[Telling]
) -> str | None:
    if row.kind == "tracking":
        same_part = any(
            other.kind == "tracking" and other.part == row.part for other in later
        )
        return "later" if same_part else None
    told = [other for other in rows if other.is_sent]
    if any(_says_all(other, row.word) for other in rows):
        return "parts"
    statuses = [other for other in told if other.kind == "status"]
    if statuses and statuses[-1].word == row.word:
        return "same"
    if any(other.rank > row.rank for other in told):
        return "behind"
    if not row.is_firm and any(
        other.kind == "status" and other.rank >= row.rank for other in later
    ):
        return "later"
    return None


def _says_all(row: Telling, word: str) -> bool:
    """Tell whether a shipment says with this word that everything has left."""
    return row.kind == "tracking" and row.word == word and not row.is_partial


def wait(attempts: int, chance: Callable[[], float], at_least: float = 0.0) -> float:
    """Return the seconds until the next try.

    Doubles with every try, is bounded, and differs by chance.

    :param attempts: tries so far, from 1 on
    :param chance: returns a number from 0 to 1
    :param at_least: what the platform asked to wait
    """
    doubled = FIRST_WAIT * 2 ** min(max(attempts, 1) - 1, 30)
    spread = 1 + JITTER * (2 * chance() - 1)
    return max(min(doubled, LONGEST_WAIT) * spread, at_least)


@dataclass(frozen=True)
class Move:
    """Goods of one order line that one delivery brings, in the product's unit."""

    line: int
    product: int
    delivery: int
    quantity: float
    is_done: bool


def shipped_share(moves: Iterable[Move], line: int, deliveries: Sequence[int]) -> float:
    """Return which share of a line those done deliveries have brought, 0 to 1.

    A kit has arrived as far as its scarcest component has.
    """
    asked: dict[int, float] = {}
    brought: dict[int, float] = {}
    for move in moves:
        if move.line != line:
            continue
        asked[move.product] = asked.get(move.product, 0.0) + move.quantity
        if move.is_done and move.delivery in deliveries:
            brought[move.product] = brought.get(move.product, 0.0) + move.quantity
    shares = [
        brought.get(product, 0.0) / quantity
        for product, quantity in asked.items()
        if quantity > 0
    ]
    return min(1.0, *shares, 1.0) if shares else 0.0
