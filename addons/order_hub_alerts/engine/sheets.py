"""Tables as a workbook: cells are what they are, never a formula, never a link.

What stands in a cell came from somebody's keyboard, a file or another system. A
text that begins with ``=``, ``+``, ``-`` or ``@`` stays a text, whoever opens it.
"""

import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

#: Kinds of columns: how their cells are shown.
TEXT, QUANTITY, NUMBER, DAY, MOMENT = "text", "quantity", "number", "day", "moment"
FORMATS = {
    TEXT: {},
    QUANTITY: {"num_format": "#,##0.####"},
    NUMBER: {"num_format": "#,##0.00"},
    DAY: {"num_format": "yyyy-mm-dd", "align": "left"},
    MOMENT: {"num_format": "yyyy-mm-dd hh:mm", "align": "left"},
}
HEAD = {
    "bold": True,
    "text_wrap": True,
    "valign": "top",
    "bottom": 1,
    "bg_color": "#E7E9ED",
}
#: What a cell and the name of a sheet can hold.
MAX_TEXT, MAX_NAME = 32_767, 31
#: Paper: A4.
A4 = 9


@dataclass(frozen=True)
class Column:
    """One column: its title, how its cells are shown, its width in characters."""

    title: str
    kind: str = TEXT
    width: int = 14


@dataclass(frozen=True)
class Sheet:
    """One sheet: lines above the table, its columns, a row a thing.

    :ivar rows: cells in the order of columns: text, a number, a date or ``None``;
        moments as they are to be read, without a time zone
    """

    name: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]
    heading: Sequence[str] = ()


def workbook(sheets: Iterable[Sheet], title: str = "") -> bytes:
    """Return an XLSX file.

    :raise ValueError: without any sheet
    """
    import xlsxwriter

    sheets = list(sheets)
    if not sheets:
        raise ValueError("A workbook needs a sheet.")
    stream = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
    }
    names = _names(sheet.name for sheet in sheets)
    with xlsxwriter.Workbook(stream, options) as book:
        book.set_properties({"title": title})
        styles = {kind: book.add_format(look) for kind, look in FORMATS.items()}
        styles["head"] = book.add_format(HEAD)
        styles["title"] = book.add_format({"bold": True, "font_size": 14})
        for name, sheet in zip(names, sheets, strict=True):
            _fill(book.add_worksheet(name), sheet, styles)
    return stream.getvalue()


def _fill(page, sheet: Sheet, styles) -> None:
    for row, text in enumerate(sheet.heading):
        _text(page, row, 0, text, styles["title" if not row else TEXT])
    first = len(sheet.heading) + (1 if sheet.heading else 0)
    for place, column in enumerate(sheet.columns):
        page.set_column(place, place, column.width)
        _text(page, first, place, column.title, styles["head"])
    for number, cells in enumerate(sheet.rows, first + 1):
        for place, (column, cell) in enumerate(zip(sheet.columns, cells, strict=True)):
            _cell(page, number, place, cell, styles[column.kind], column.kind)
    _print(page, first, len(sheet.rows), len(sheet.columns))


def _print(page, first: int, rows: int, columns: int) -> None:
    """Let a reader filter, scroll and print the table."""
    page.freeze_panes(first + 1, 0)
    page.autofilter(first, 0, first + max(1, rows), max(0, columns - 1))
    page.set_landscape()
    page.set_paper(A4)
    page.fit_to_pages(1, 0)
    page.repeat_rows(first)


def _cell(page, row: int, place: int, cell, style, kind: str) -> None:
    if cell is None or cell == "":
        page.write_blank(row, place, None, style)
    elif kind in (DAY, MOMENT) and isinstance(cell, (date, datetime)):
        page.write_datetime(row, place, cell, style)
    elif kind in (QUANTITY, NUMBER) and isinstance(cell, (int, float)):
        page.write_number(row, place, cell, style)
    else:
        _text(page, row, place, str(cell), style)


def _text(page, row: int, place: int, text: str, style) -> None:
    page.write_string(row, place, text[:MAX_TEXT], style)


def _names(names: Iterable[str]) -> list[str]:
    """Return names as sheets may be called, no two the same."""
    found: list[str] = []
    for name in names:
        clean = re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", name).strip(" '")
        clean = clean[:MAX_NAME].strip(" '") or "Sheet"
        known = {other.lower() for other in found}
        number, given = 1, clean
        while given.lower() in known:
            number += 1
            given = f"{clean[: MAX_NAME - 4]} {number}"
        found.append(given)
    return found
