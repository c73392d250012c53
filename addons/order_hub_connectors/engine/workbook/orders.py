"""Sheets of orders for the field mapping of files: texts by column name.

A sheet with one table under one line of names is handed on as it was written, with
merged cells filled. Names over several lines become one line; tables stacked on a
sheet become a sheet each, with the labels of their form as further columns.
"""

from collections.abc import Collection, Iterator

from ..table import MAX_COLUMNS, MAX_ROWS, BadTable, Sheet, cell_text
from .model import Book, CellValue, Grid, Limits, Table
from .read import read_book
from .tables import View, find_tables
from .values import Setting, read_code

LIMITS = Limits()


def read_sheets(
    raw: bytes,
    encoding: str = "",
    separator: str = "",
    sheet: str = "",
    as_written: bool = False,
    known: Collection[str] = (),
) -> list[Sheet]:
    """Return the tables of the first sheet with something in it, at least one.

    :param encoding: of a text file; empty: found out
    :param separator: of a text file; empty: found out
    :param sheet: of a workbook; empty: the first one shown that holds something
    :param as_written: all rows as one sheet, names are not looked for
    :param known: keys of the labels of a form that are wanted as columns
    :raise BadTable: with a code and words
    """
    book = read_book(raw, "", LIMITS, encoding, separator)
    grid = _chosen(book, sheet)
    tables = [] if as_written else _lists(grid)
    if len(tables) > 1:
        return [_of_table(book, table, known) for table in tables]
    return [_of_grid(book, grid, tables[0] if tables else None, known)]


def read_sheet(
    raw: bytes, encoding: str = "", separator: str = "", sheet: str = ""
) -> Sheet:
    """Return the rows of a file that are not empty; see :func:`read_sheets`."""
    return read_sheets(raw, encoding, separator, sheet, as_written=True)[0]


def _lists(grid: Grid) -> list[Table]:
    return [
        table
        for table in find_tables(grid)
        if table.kind == "list" and table.header_rows and table.rows
    ]


def _chosen(book: Book, name: str) -> Grid:
    if name:
        for grid in book.sheets:
            if grid.name.strip() == name.strip() or book.kind == "csv":
                return _filled(grid)
        known = ", ".join(grid.name for grid in book.sheets[:10])
        raise BadTable("no_sheet", f"There is no sheet {name}. There are: {known}.")
    shown = [grid for grid in book.sheets if grid.height and not grid.hidden]
    some = shown or [grid for grid in book.sheets if grid.height]
    return _filled(some[0] if some else Grid("", []))


def _filled(grid: Grid) -> Grid:
    if not grid.height:
        raise BadTable("empty", "The file holds no rows.")
    return grid


def _of_grid(book: Book, grid: Grid, table: Table | None, known) -> Sheet:
    """Return all rows; header lines become one, lines have their merged cells filled.

    Other rows stay as they were written: a note over several columns is one note.
    """
    headers = table.header_rows if table else ()
    lines = {row.number for row in table.rows} if table and grid.merged else set()
    rows = dict(_texts(grid, lines))
    if table and len(headers) > 1:
        for number in headers:
            rows.pop(number, None)
        rows[headers[-1]] = _names(table, table.columns[0].index)
    if table:
        _add_labels(rows, table, _labels(table, known))
    header = headers[-1] if headers else 0
    return Sheet(grid.name, sorted(rows.items()), book.encoding, book.separator, header)


def _names(table: Table, first: int) -> list[str]:
    """Return names as written, lines joined, from the first column of the sheet."""
    return [""] * (first - 1) + [" / ".join(column.words) for column in table.columns]


def _labels(table: Table, known: Collection[str]) -> dict[str, str]:
    """Return the labels of a form that are known, with their values."""
    columns = {column.key for column in table.columns}
    return {
        field.label: cell_text(field.value)
        for field in table.fields
        if field.key in known and field.key not in columns
    }


def _add_labels(rows: dict[int, list[str]], table: Table, labels: dict) -> None:
    """Add the labels of a form as columns to the right of a table's own."""
    if not labels:
        return
    lines = [row.number for row in table.rows if row.number in rows]
    numbers = [table.header_rows[-1], *lines]
    width = max(len(rows[number]) for number in numbers)
    for number in numbers:
        more = labels if number == numbers[0] else labels.values()
        blank = [""] * (width - len(rows[number]))
        rows[number] = [*rows[number], *blank, *more]


def _texts(grid: Grid, lines: set[int]) -> Iterator[tuple[int, list[str]]]:
    filled = View(grid).cells if lines else grid.rows
    count = 0
    for number, written in enumerate(grid.rows, 1):
        cells = filled[number - 1] if number in lines else written
        texts = _row(grid, number, cells)
        while texts and not texts[-1]:
            texts.pop()
        if texts:
            count += 1
            if count > MAX_ROWS:
                raise BadTable(
                    "too_many_rows",
                    f"More than {MAX_ROWS} rows. Send the file in parts.",
                )
            yield number, texts


def _row(grid: Grid, number: int, cells: list[CellValue]) -> list[str]:
    return [
        _text(value, grid.formats.get((number, at), "") if grid.formats else "")
        for at, value in enumerate(cells[:MAX_COLUMNS], 1)
    ]


def _text(value: CellValue, form: str) -> str:
    """Return a cell as a person reads it, zeros in front included."""
    if form and form.strip("0-") == "" and isinstance(value, int):
        return str(read_code(value, Setting(), form).value)
    return cell_text(value)


def _of_table(book: Book, table: Table, known: Collection[str]) -> Sheet:
    """Return a table of several; labels of its form are columns of every row."""
    header = table.header_rows[-1]
    rows = {header: _names(table, 1)}
    for row in table.rows:
        rows[row.number] = [_text(value, "") for value in row.values]
    _add_labels(rows, table, _labels(table, known))
    return Sheet(table.sheet, list(rows.items()), book.encoding, book.separator, header)
