"""Cells as readers give them, made what the rest of the hub expects."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from .archive import too_much
from .model import CellValue, Doubt, Grid, Limits, Span

#: Whole numbers below are exact as a workbook stores them.
EXACT = 2**53


def clean_rows(
    rows: Iterable[Iterable[Any]], limits: Limits, doubts: list[Doubt]
) -> list[list[CellValue]]:
    """Return rows with cleaned cells, without empty ones at the end of row and sheet.

    :param doubts: gets one for each text that had to be cut
    """
    found: list[list[CellValue]] = []
    longest = limits.text
    for number, cells in enumerate(rows, 1):
        row: list[CellValue] = []
        is_long = False
        for cell in cells:
            if type(cell) is str:
                cell = clean_text(cell)
                is_long = is_long or cell is not None and len(cell) > longest
            elif type(cell) is float:
                cell = _number(cell)
            elif cell is not None:
                cell = _clean(cell)
            row.append(cell)
        while row and row[-1] is None:
            row.pop()
        if is_long:
            _cut(row, number, limits, doubts)
        found.append(row)
    while found and not found[-1]:
        found.pop()
    return found


def _clean(value: Any) -> CellValue:
    kind = type(value)
    if kind is datetime:
        return _moment(value)
    if kind in (int, bool, date, time, timedelta):
        return value
    return clean_text(str(value))


def clean_text(text: str) -> str | None:
    """Return a text without what no text has, or ``None`` when nothing is left."""
    if not text:
        return None
    text = text.strip("\ufeff\u200b \t\r\n\u3000\xa0")
    if text and not text.isprintable():
        text = text.replace("\x00", "").replace("\r\n", "\n")
        text = text.encode("utf-8", "ignore").decode().strip()
    return text or None


def _number(value: float) -> CellValue:
    if value.is_integer() and abs(value) < EXACT:
        return int(value)
    return value if value - value == 0 else None


def _moment(value: datetime) -> datetime:
    """Return a moment to the second: workbooks keep days, seconds are rounded."""
    if value.microsecond:
        rest = value.microsecond
        value = value.replace(microsecond=0)
        if rest >= 500_000:
            try:
                value += timedelta(seconds=1)
            except OverflowError:
                return value
    return value


def _cut(row: list, number: int, limits: Limits, doubts: list[Doubt]) -> None:
    for at, cell in enumerate(row):
        if isinstance(cell, str) and len(cell) > limits.text:
            doubts.append(Doubt("text_cut", number, at + 1, {"length": len(cell)}))
            row[at] = cell[: limits.text]


def fit_merges(spans: Iterable[Span], grid: Grid, limits: Limits) -> tuple[Span, ...]:
    """Return merged cells within the used part of a sheet.

    :raise BadTable: ``too_many_rows`` when they cover more than a file may have
    """
    height, width = grid.height, grid.width
    found, area = [], 0
    for span in spans:
        span = Span(
            span.top, span.left, max(span.bottom, span.top), max(span.right, span.left)
        )
        if span.top > height or span.left > width or min(span.top, span.left) < 1:
            continue
        rows = min(span.bottom, height) - span.top + 1
        area += rows * (min(span.right, width) - span.left + 1)
        found.append(span)
        if area > limits.cells or len(found) > limits.merges:
            raise too_much(limits)
    return tuple(sorted(found, key=lambda span: (span.top, span.left)))


def check_cells(count: int, limits: Limits) -> None:
    """Refuse a file whose sheets together have too many cells.

    :raise BadTable: ``too_many_rows``
    """
    if count > limits.cells:
        raise too_much(limits)
