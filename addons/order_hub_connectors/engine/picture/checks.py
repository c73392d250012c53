"""What arithmetic says about figures that were read.

Quantity × price = amount, and the amounts make the total: where that holds to the
cent, figures are right whatever the reader thought of them, since a misreading would
have to be wrong in several places at once and in the same measure. Where it does not
hold, the cells are marked, and the figures with which it would hold are proposed,
never put.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import combinations

from .figures import narrow, number

CENT = Decimal("0.01")
FIGURES = ("quantity", "unit_price", "amount")
#: Letters and figures that readers take for one another.
LOOK_ALIKE = {
    "O": "0",
    "o": "0",
    "Q": "0",
    "D": "0",
    "l": "1",
    "I": "1",
    "|": "1",
    "i": "1",
    "Z": "2",
    "z": "2",
    "S": "5",
    "s": "5",
    "G": "6",
    "b": "6",
    "B": "8",
    "g": "9",
    "q": "9",
}
#: Figures that are taken for other figures, poor print.
CONFUSED = {
    "0": "68",
    "1": "7",
    "2": "7",
    "3": "8",
    "4": "9",
    "5": "63",
    "6": "058",
    "7": "1",
    "8": "360",
    "9": "4",
}
MAX_PROPOSALS = 4


@dataclass(frozen=True)
class Proposal:
    """A figure with which the sum would be right.

    :ivar role: which of :data:`FIGURES`
    :ivar score: 0 to 1; letters taken for figures before figures for others
    """

    role: str
    value: Decimal
    score: float


def fits(quantity: Decimal, price: Decimal, amount: Decimal) -> bool:
    """Tell whether a line's sum is right: prices are rounded to a cent themselves."""
    room = CENT / 2 + abs(quantity) * _half(price)
    return abs(quantity * price - amount) <= max(min(room, abs(amount) / 1000), CENT)


def _half(price: Decimal) -> Decimal:
    """Return half of the last place of a price that has more than two places."""
    exponent = price.as_tuple().exponent
    places = -exponent if isinstance(exponent, int) else 2
    return Decimal(5).scaleb(-places - 1) if places > 2 else Decimal(0)


def proposals(texts: Mapping[str, str]) -> list[Proposal]:
    """Return what the figures of a line may have been, best first.

    :param texts: role → what was read, all of :data:`FIGURES`
    """
    found: dict[tuple, Proposal] = {}
    for row in [*_misread(texts), *_computed(texts)]:
        key = (row.role, row.value)
        if key not in found or found[key].score < row.score:
            found[key] = row
    ranked = sorted(found.values(), key=lambda row: (-row.score, row.role))
    return ranked[:MAX_PROPOSALS]


def _misread(texts: Mapping[str, str]) -> Iterator[Proposal]:
    """Yield figures that differ from what was read by one confusion."""
    for role in FIGURES:
        for text, score in variants(texts[role]):
            value = number(text)
            if value is not None and _holds(texts, role, value):
                yield Proposal(role, value, score)


def _computed(texts: Mapping[str, str]) -> Iterator[Proposal]:
    """Yield the figure that follows from the two others."""
    values = {role: number(texts[role]) for role in FIGURES}
    quantity, price, amount = (values[role] for role in FIGURES)
    if quantity is not None and price is not None:
        yield Proposal("amount", _cents(quantity * price), 0.5)
    if quantity and amount is not None:
        yield Proposal("unit_price", _cents(amount / quantity), 0.45)
    if price and amount is not None:
        exact = amount / price
        if exact == exact.to_integral_value() and exact > 0:
            yield Proposal("quantity", exact.quantize(Decimal(1)), 0.45)


def _holds(texts: Mapping[str, str], role: str, value: Decimal) -> bool:
    values = {name: number(texts[name]) for name in FIGURES if name != role}
    if any(known is None for known in values.values()):
        return False
    return fits(*({**values, role: value}[name] for name in FIGURES))


def variants(text: str) -> Iterator[tuple[str, float]]:
    """Yield texts that may have been meant, and how likely each confusion is."""
    said = narrow(text)[:20]
    letters = "".join(LOOK_ALIKE.get(char, char) for char in said)
    if letters != said:
        yield letters, 0.9
    yield from ((points, 0.85) for points in _points(letters))
    for at, char in enumerate(letters):
        for other in CONFUSED.get(char, ""):
            yield letters[:at] + other + letters[at + 1 :], 0.7


def _points(text: str) -> Iterator[str]:
    """Yield a number with its points and commas taken for one another."""
    bare = text.replace(",", "").replace(".", "").replace(" ", "")
    if not bare.isdigit():
        return
    for places in (0, 1, 2, 3):
        if len(bare) > places:
            cut = len(bare) - places
            yield f"{bare[:cut]}.{bare[cut:]}" if places else bare


def _cents(value: Decimal) -> Decimal:
    return value.quantize(CENT, rounding=ROUND_HALF_UP)


# === TOTAL === #


def adds_up(
    amounts: Iterable[Decimal], extras: Iterable[Decimal], total: Decimal
) -> bool:
    """Tell whether the lines make the total, with some of what stands between.

    :param extras: tax, freight and the like, as the paper says them
    """
    goods, more = sum(amounts, Decimal(0)), list(extras)[:4]
    room = CENT * 2
    for count in range(len(more) + 1):
        for chosen in combinations(more, count):
            if abs(goods + sum(chosen, Decimal(0)) - total) <= room:
                return True
    return False
