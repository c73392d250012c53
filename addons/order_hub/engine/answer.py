"""A supplier's answer to one line of a purchase order.

What is said, whether it adds up, how far it is from what was ordered, and what an order
looks like once its lines are answered. Quantities are in the unit of the line, days in
the zone of the order. Nothing here knows Odoo.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

CONFIRM, SPLIT, REFUSE = "confirm", "split", "refuse"

#: Deliveries that one line may be split into.
MOST = 12
#: Days ahead that a date may lie; more is a slip of the finger.
HORIZON = 730

#: What a line of an order has come to.
WAITING, PROPOSED, REFUSED = "waiting", "differs", "refused"
CONFIRMED, SETTLED = "confirmed", "settled"


@dataclass(frozen=True, order=True)
class Part:
    """A quantity that comes, or is to come, on one day."""

    day: date
    quantity: float


@dataclass(frozen=True)
class Asked:
    """What is open of a line: as ordered, or as the buyer asked instead.

    :param parts: what is to come when; their sum is what is open
    :param rounding: smallest step of the unit
    """

    parts: tuple[Part, ...]
    rounding: float = 0.01

    @property
    def open(self) -> float:
        return sum(part.quantity for part in self.parts)


@dataclass(frozen=True)
class Answer:
    """What a supplier says: these parts on these days, so much not at all."""

    kind: str
    parts: tuple[Part, ...] = ()
    refused: float = 0.0
    has_reason: bool = False


@dataclass(frozen=True)
class Tolerance:
    """What is taken without asking the buyer.

    :param days: later or earlier than asked
    :param percent: of the open quantity that does not come
    """

    days: int = 0
    percent: float = 0.0


@dataclass(frozen=True)
class Difference:
    """How far an answer is from what was asked.

    :param late: days by which the latest piece comes later than it was to
    :param early: days by which the earliest piece comes earlier
    :param refused: quantity that does not come
    :param percent: the same of what is open
    """

    late: int = 0
    early: int = 0
    refused: float = 0.0
    percent: float = 0.0

    @property
    def is_none(self) -> bool:
        return not (self.late or self.early or self.refused)


# === WHAT IS SAID === #


def said(
    kind: str,
    asked: Asked,
    parts: Iterable[Part] = (),
    refused: float = 0.0,
    has_reason: bool = False,
) -> Answer:
    """Return an answer in one shape: confirmed is what was asked, parts of one day are
    one part, empty ones are none, the earliest comes first.
    """
    if kind == CONFIRM:
        return Answer(CONFIRM, merged(asked.parts, asked.rounding))
    if kind == REFUSE:
        return Answer(REFUSE, (), asked.open, has_reason)
    return Answer(SPLIT, merged(parts, asked.rounding), refused, has_reason)


def merged(parts: Iterable[Part], rounding: float = 0.01) -> tuple[Part, ...]:
    """Return one part a day, earliest first, without those of no quantity."""
    days: dict[date, float] = {}
    for part in parts:
        days[part.day] = days.get(part.day, 0.0) + part.quantity
    return tuple(
        Part(day, quantity)
        for day, quantity in sorted(days.items())
        if not _is_zero(quantity, rounding)
    )


# === DOES IT ADD UP? === #


def problems(answer: Answer, asked: Asked, today: date) -> tuple[str, ...]:
    """Return what is wrong with an answer, nothing when it may be taken down.

    ``nothing`` (nothing is open), ``negative``, ``step`` (finer than the unit),
    ``past``, ``far``, ``many``, ``sum`` (does not add up to what is open), ``reason``
    (something is refused and nobody says why).
    """
    if _is_zero(asked.open, asked.rounding):
        return ("nothing",)
    numbers = [part.quantity for part in answer.parts] + [answer.refused]
    days = [part.day for part in answer.parts]
    total = sum(numbers)
    wrong = {
        "negative": any(number < 0 for number in numbers),
        "step": any(not _is_step(number, asked.rounding) for number in numbers),
        "past": any(day < today for day in days),
        "far": any(day > today + timedelta(days=HORIZON) for day in days),
        "many": len(days) > MOST,
        "sum": not _is_zero(total - asked.open, asked.rounding),
        "reason": answer.refused > asked.rounding / 2 and not answer.has_reason,
    }
    return tuple(code for code, is_wrong in wrong.items() if is_wrong)


def _is_zero(number: float, rounding: float) -> bool:
    return abs(number) < rounding / 2


def _is_step(number: float, rounding: float) -> bool:
    steps = number / rounding
    return abs(steps - round(steps)) < 1e-4


# === HOW FAR FROM WHAT WAS ASKED? === #


def difference(answer: Answer, asked: Asked) -> Difference:
    """Return how far an answer is from what was asked.

    Piece by piece, the first that comes against the first that was to come: it does
    not matter into how many parts either side cut it.
    """
    shifts = _shifts(answer.parts, asked)
    is_all = _is_zero(answer.refused, asked.rounding)
    refused = 0.0 if is_all else answer.refused
    return Difference(
        late=max([0, *shifts]),
        early=max([0, *(-shift for shift in shifts)]),
        refused=refused,
        percent=100.0 * refused / asked.open if asked.open else 0.0,
    )


def _shifts(parts, asked):
    """Return the days between each stretch that comes and the stretch asked for."""
    coming, wanted = list(merged(parts, asked.rounding)), list(asked.parts)
    shifts, wanted = [], sorted(wanted)
    while coming and wanted:
        took = min(coming[0].quantity, wanted[0].quantity)
        shifts.append((coming[0].day - wanted[0].day).days)
        coming = _rest(coming, took, asked.rounding)
        wanted = _rest(wanted, took, asked.rounding)
    return shifts


def _rest(parts, took, rounding):
    """Return the parts after ``took`` of the first was used up."""
    first, *others = parts
    left = first.quantity - took
    return others if left < rounding / 2 else [Part(first.day, left), *others]


def is_within(difference: Difference, tolerance: Tolerance) -> bool:
    """Tell whether a difference is taken without asking the buyer."""
    return (
        difference.late <= tolerance.days
        and difference.early <= tolerance.days
        and difference.percent <= tolerance.percent + 1e-9
    )


# === THE ORDER === #


def order_state(lines: Iterable[str]) -> str:
    """Return what an order has come to by the states of its lines.

    What the buyer has to decide comes first, then what the supplier has to answer.
    """
    states = set(lines)
    for state in (PROPOSED, REFUSED, WAITING, SETTLED, CONFIRMED):
        if state in states:
            return state
    return "none"
