"""Rows that sum up others: told from lines, and checked against them."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from decimal import Decimal

from ..reading import Unreadable, read_number
from .model import CellValue, Row, Total

TOTAL = re.compile(
    r"(?P<what>.{0,16}?)(?P<word>小计|合\s*计|总\s*计|共\s*计|累\s*计|汇总|"
    r"(?:grand |sub[- ]?)?totals?|sum)\s*"
    r"(?:[:：].*|[(（].{0,20}[)）]|\d[\d,.]*.{0,4}|[一-龟]{0,2}[:：].*)?",
    re.IGNORECASE | re.DOTALL,
)
PART = re.compile(r"小计|sub|[月日页周年]\s*合\s*计|累", re.IGNORECASE)
PLAIN = re.compile(r"(?:[本当]?[月日页周年]|总|the|grand)?\s*", re.IGNORECASE)
CENT = Decimal("0.01")


def label(cells: Sequence[CellValue]) -> str:
    """Return the words that make a row a total, or an empty text.

    :param cells: of the row, merged ones once
    """
    texts = [cell for cell in cells[:30] if isinstance(cell, str)][:3]
    for text in texts:
        if len(text) < 60 and TOTAL.fullmatch(text):
            return text
    return ""


def scope(text: str) -> str:
    """Return ``subtotal`` or ``total`` for the words of a row of sums."""
    return "subtotal" if PART.search(text) else "total"


def is_silent(cells: Sequence[CellValue], last: Sequence[CellValue]) -> bool:
    """Tell a row of sums without words: numbers only, where lines have words, too.

    :param last: the line above
    """
    filled = [cell for cell in cells if cell is not None]
    above = [cell for cell in last if cell is not None]
    is_bare = all(type(cell) in (int, float) for cell in filled)
    return bool(
        filled and is_bare and len(filled) <= 4 and 2 * len(filled) < len(above)
    )


class Sums:
    """Sums of columns over any rows in a row, each cell read once.

    :param rows: lines of a table; more may be added at the end
    """

    def __init__(self, rows: list[Row]):
        self.rows = rows
        self._until: dict[int, list[Decimal]] = {}

    def between(self, at: int, start: int, end: int) -> Decimal:
        """Return the sum of a column over ``rows[start:end]``."""
        until = self._until.setdefault(at, [Decimal(0)])
        for row in self.rows[len(until) - 1 : end]:
            until.append(until[-1] + (amount(row.values[at]) or 0))
        return until[end] - until[start]


def are_sums(cells, places: Sequence[int], sums: Sums, start: int) -> bool:
    """Tell whether numbers are the sums of the lines above, of two at least.

    :param places: of the numbers within ``cells``
    :param start: index of the first line that is summed
    """
    end = len(sums.rows)
    return end - start > 1 and all(
        not _differ(sums.between(at, start, end), amount(cells[at]) or Decimal(0))
        for at in places
    )


def amount(value: CellValue) -> Decimal | None:
    """Return a number as a decimal, ``None`` for what is none."""
    if value is None or isinstance(value, bool):
        return None
    if type(value) is int:
        return Decimal(value)
    try:
        return read_number(value)
    except Unreadable:
        return None


def check(
    found: Sequence[tuple[Row, str, str]], sums: Sums, columns: Sequence[int]
) -> tuple[Total, ...]:
    """Return the rows of sums, compared with the rows that they sum up.

    :param found: row, words and scope
    :param sums: of the lines of the table
    :param columns: number on the sheet of each value
    """
    totals, since = [], 0
    numbers = [row.number for row in sums.rows]
    for row, text, kind in found:
        values = {
            at: number
            for at, value in enumerate(row.values)
            if not isinstance(value, str) and (number := amount(value)) is not None
        }
        end = bisect_left(numbers, row.number)
        start = since if kind == "subtotal" else 0
        wrong = _wrong(values, sums, (start, since, end), text)
        totals.append(
            Total(
                row.number,
                text,
                kind,
                {columns[at]: number for at, number in values.items()},
                {columns[at]: number for at, number in wrong.items()},
            )
        )
        since = end
    return tuple(totals)


def _wrong(values, sums: Sums, reach: tuple[int, int, int], text: str) -> dict:
    """Return the sums that differ; none where words say that only some are summed.

    :param reach: first line summed, first line since the sum before, end
    """
    match = TOTAL.fullmatch(text) if text else None
    if match and not PLAIN.fullmatch(match["what"]):
        return {}
    start, since, end = reach
    wrong = {}
    for at, number in values.items():
        whole = sums.between(at, start, end)
        if _differ(whole, number) and _differ(sums.between(at, since, end), number):
            wrong[at] = whole
    return wrong


def _differ(one: Decimal, other: Decimal) -> bool:
    return abs(one - other) > max(CENT, abs(other) * Decimal("0.000001"))
