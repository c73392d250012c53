"""Reading ``.xls`` (Excel 97 to 2003) by xlrd, which tells merges and formats."""

import io

import xlrd

from ..table import BadTable
from .archive import damaged
from .cells import check_cells, clean_rows, fit_merges
from .model import Book, CellValue, Doubt, Grid, Limits, Span
from .read_xlsx import TELLING

HIDDEN = ("", "hidden", "very_hidden")


def read_xls(raw: bytes, name: str, limits: Limits, clock) -> Book:
    """Return the sheets of an old workbook.

    :raise BadTable: ``not_table``, ``encrypted``, ``too_many_rows``, …
    """
    try:
        book = _open(raw)
        if book.nsheets > limits.sheets:
            raise BadTable(
                "too_many_sheets",
                f"The workbook has {book.nsheets} sheets; at most {limits.sheets} "
                "are taken. Save the ones with orders as a file of their own.",
            )
        sheets, cells = [], 0
        for number in range(book.nsheets):
            grid = _grid(book, number, limits)
            cells += grid.height * grid.width
            check_cells(cells, limits)
            sheets.append(grid)
            clock()
    except (BadTable, MemoryError):
        raise
    except Exception as error:  # whatever a damaged file makes its reader raise
        if "encrypted" in str(error).lower():
            raise BadTable(
                "encrypted", "The workbook has a password. Save it without."
            ) from error
        raise damaged() from error
    ignored = ("macros",) if b"_\x00V\x00B\x00A\x00_" in raw else ()
    epoch = 1904 if book.datemode else 1900
    return Book(name, "xls", tuple(sheets), epoch, ignored=ignored)


def _open(raw: bytes):
    arguments = {
        "file_contents": raw,
        "logfile": io.StringIO(),
        "on_demand": True,
        "ragged_rows": True,
    }
    try:
        return xlrd.open_workbook(formatting_info=True, **arguments)
    except (IndexError, AssertionError, KeyError, AttributeError):
        return xlrd.open_workbook(**arguments)  # its styles are odd, its cells not


def _grid(book, number: int, limits: Limits) -> Grid:
    sheet = book.sheet_by_index(number)
    try:
        check_cells(sheet.nrows * min(sheet.ncols, 256), limits)
        doubts: list[Doubt] = []
        formats: dict[tuple[int, int], str] = {}
        rows = clean_rows(
            [_row(book, sheet, at, formats, doubts) for at in range(sheet.nrows)],
            limits,
            doubts,
        )
        grid = Grid(
            sheet.name,
            rows,
            hidden=HIDDEN[sheet.visibility] if sheet.visibility in (1, 2) else "",
            formats=formats,
            doubts=doubts,
        )
        spans = (
            Span(top + 1, left + 1, bottom, right)
            for top, bottom, left, right in sheet.merged_cells
        )
        grid.merged = fit_merges(spans, grid, limits)
        return grid
    finally:
        book.unload_sheet(number)


def _row(book, sheet, at: int, formats: dict, doubts: list) -> list[CellValue]:
    cells: list[CellValue] = []
    for index, cell in enumerate(sheet.row(at)):
        kind, value = cell.ctype, cell.value
        if kind == xlrd.XL_CELL_DATE:
            value = _date(book, value)
        elif kind == xlrd.XL_CELL_BOOLEAN:
            value = bool(value)
        elif kind == xlrd.XL_CELL_ERROR:
            doubts.append(Doubt("error_value", at + 1, index + 1))
            value = None
        elif kind == xlrd.XL_CELL_NUMBER and (code := _format(book, cell)):
            formats[at + 1, index + 1] = code
        cells.append(value)
    return cells


def _date(book, value: float) -> CellValue:
    """Return the day or moment of a number that is shown as one."""
    try:
        moment = xlrd.xldate.xldate_as_datetime(value, book.datemode)
    except (OverflowError, ValueError):
        return value
    return moment.date() if float(value).is_integer() else moment


def _format(book, cell) -> str:
    """Return the number format of a cell when it changes what the number says."""
    if cell.xf_index is None or cell.xf_index >= len(book.xf_list):
        return ""
    kind = book.format_map.get(book.xf_list[cell.xf_index].format_key)
    code = kind.format_str[:100] if kind else ""
    return code if TELLING.search(code) else ""
