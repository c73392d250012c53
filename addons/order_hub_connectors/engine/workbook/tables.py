"""Finding the tables of a sheet: where they begin, what belongs to them.

A sheet is read from top to bottom. A row of header words begins a table; rows above
it that are no lines are its title and the upper part of its form; the table ends
where the next one begins. Columns that are empty through the whole sheet part tables
that stand side by side.
"""

from dataclasses import dataclass, field

from . import header, totals
from .forms import fields, is_note
from .model import CellValue, Column, Doubt, Grid, Row, Span, Table
from .section import Section, find_sections
from .totals import Sums

#: Parts of a sheet that are looked at on their own.
MAX_BANDS = 12
MAX_NOTES = 50


def find_tables(grid: Grid) -> list[Table]:
    """Return the tables of a sheet, top to bottom within bands from left to right."""
    if not grid.height:
        return []
    sheet = View(grid)
    found: list[Table] = []
    for left, right in _bands(sheet):
        for section in find_sections(sheet, left, right):
            found += _tables(sheet, section)
    for table in found:
        table.hidden = grid.hidden
        table.formats = grid.formats
    _hand_out_doubts(grid, found)
    return found


class View:
    """A sheet with what merged cells hold filled in.

    :ivar own: rows as written, merged cells once
    :ivar cells: rows with merged cells filled
    """

    def __init__(self, grid: Grid):
        self.grid = grid
        self.own = grid.rows
        self.height, self.width = grid.height, grid.width
        self.cells = self._filled() if grid.merged else grid.rows
        self.by_row: dict[int, list[Span]] = {}
        for span in grid.merged:
            self.by_row.setdefault(span.top, []).append(span)

    def _filled(self) -> list[list[CellValue]]:
        rows = list(self.grid.rows)
        copied: set[int] = set()
        for (row, column), span in self.grid.cover().items():
            if row not in copied:
                copied.add(row)
                rows[row - 1] = list(rows[row - 1])
            cells = rows[row - 1]
            if len(cells) < column:
                cells.extend([None] * (column - len(cells)))
            cells[column - 1] = self.grid.at(span.top, span.left)
        return rows

    def row(self, number: int, left: int, right: int) -> list[CellValue]:
        """Return cells with merged ones filled, padded to the same length."""
        return _cut(self.cells[number - 1], left, right)

    def written(self, number: int, left: int, right: int) -> list[CellValue]:
        """Return cells with merged ones once."""
        return _cut(self.own[number - 1], left, right)

    def hangs(self, number: int, left: int, right: int) -> bool:
        """Tell whether a cell merged with ones above reaches into a row."""
        if not self.grid.merged:
            return False
        cover = self.grid.cover()
        return any(
            (span := cover.get((number, column))) is not None and span.top < number
            for column in range(left, right + 1)
        )


def _cut(cells: list[CellValue], left: int, right: int) -> list[CellValue]:
    part = cells[left - 1 : right]
    missing = right - left + 1 - len(part)
    return part + [None] * missing if missing else part


# === SIDE BY SIDE === #


def _bands(sheet: View) -> list[tuple[int, int]]:
    """Return first and last column of the parts of a sheet that stand side by side."""
    used = bytearray(sheet.width)
    for cells in sheet.own:
        for at, cell in enumerate(cells):
            if cell is not None:
                used[at] = 1
    bands, start = [], 0
    for at, flag in enumerate(used + b"\x00", 1):
        if flag and not start:
            start = at
        elif not flag and start:
            bands.append((start, at - 1))
            start = 0
    if not bands:
        return []
    whole = [(bands[0][0], bands[-1][1])]
    if not 1 < len(bands) <= MAX_BANDS:
        return whole
    return bands if _stand_alone(sheet, bands) else whole


def _stand_alone(sheet: View, bands: list[tuple[int, int]]) -> bool:
    """Tell whether parts with an empty column between are tables of their own.

    They are when each has a header, and the headers have words in common or are in
    different rows, or one part ends before the other.
    """
    heads = [_head(sheet, *band) for band in bands]
    if not all(heads):
        return False
    rows = {number for number, _words in heads}
    words = [word for _number, words in heads for word in words]
    ends = {_last(sheet, *band) for band in bands}
    return len(rows) > 1 or len(words) > len(set(words)) or len(ends) > 1


def _head(sheet: View, left: int, right: int) -> tuple[int, list[str]] | None:
    for number in range(1, min(sheet.height, 40) + 1):
        cells = sheet.row(number, left, right)
        if header.score(cells):
            return number, [str(cell) for cell in cells if cell is not None]
    return None


def _last(sheet: View, left: int, right: int) -> int:
    for number in range(sheet.height, 0, -1):
        if any(cell is not None for cell in sheet.written(number, left, right)):
            return number
    return 0


# === ONE TABLE === #


@dataclass(slots=True)
class _Parts:
    """What the rows of a section turned out to be."""

    rows: list[Row] = field(default_factory=list)
    totals: list[tuple[Row, str, str]] = field(default_factory=list)
    others: list[int] = field(default_factory=list)
    filled: set[tuple[int, int]] = field(default_factory=set)
    since: int = 0
    sums: Sums = field(init=False)

    def __post_init__(self):
        self.sums = Sums(self.rows)


def _tables(sheet: View, section: Section) -> list[Table]:
    """Return the table of a section; two where its header says the same twice."""
    lines = [sheet.cells[number - 1] for number in section.headers]
    if section.group:
        lines[0] = _filled_right(lines[0], section.right)
    spans = _header_spans(sheet, section)
    found = header.columns(lines, section.left, section.right, spans)
    halves = _halves(lines, section)
    if not halves:
        return [_table(sheet, section, found)]
    tables = []
    for left, right in halves:
        part = Section(
            left, right, section.above, section.headers, section.body, section.bottom
        )
        columns = header.columns(lines, left, right, spans)
        tables.append(_table(sheet, part, columns))
    return tables


def _filled_right(cells: list[CellValue], right: int) -> list[CellValue]:
    """Return a line of groups with each word over the columns up to the next."""
    found, last = [], None
    for at in range(right):
        cell = cells[at] if at < len(cells) else None
        last = cell if cell is not None else last
        found.append(last)
    return found


def _header_spans(sheet: View, section: Section) -> dict[int, tuple[Span, ...]]:
    found: dict[int, tuple[Span, ...]] = {}
    for number in section.headers:
        for span in sheet.by_row.get(number, ()):
            for index in range(span.left, span.right + 1):
                found[index] = (*found.get(index, ()), span)
    return found


def _halves(lines: list, section: Section) -> list[tuple[int, int]]:
    """Return the parts of a header that says the same words again and again."""
    if len(lines) != 1:
        return []
    cells = _cut(lines[0], section.left, section.right)
    count = len(cells)
    for size in range(2, count // 2 + 1):
        if count % size:
            continue
        first = cells[:size]
        is_whole = None not in first and len(set(map(str, first))) == size
        if is_whole and first * (count // size) == cells:
            starts = range(section.left, section.right + 1, size)
            return [(start, start + size - 1) for start in starts]
    return []


def _table(sheet: View, section: Section, columns: tuple[Column, ...]) -> Table:
    parts = _sorted_rows(sheet, section)
    columns, rows = _used(columns, parts)
    found, notes = fields(_written(sheet, section, section.above))
    below, more = fields(_written(sheet, section, parts.others), words=False)
    found, notes = found + below, notes + more
    title = _title(sheet, section)
    notes = [note for note in notes if note != title][:MAX_NOTES]
    indexes = [column.index for column in columns]
    checked = totals.check(parts.totals, Sums(rows), indexes)
    top = min([*section.headers, section.body])
    table = Table(
        sheet.grid.name,
        Span(top, section.left, max(section.bottom, top), section.right),
        title,
        "list" if section.headers or rows else "fields",
        section.headers,
        columns,
        rows,
        tuple(found),
        checked,
        tuple(notes),
        frozenset(parts.filled),
    )
    table.doubts = _doubts(table)
    return table


def _written(sheet: View, section: Section, numbers) -> list:
    return [
        (number, sheet.written(number, section.left, section.right))
        for number in numbers
    ]


def _doubts(table: Table) -> list[Doubt]:
    found = [
        Doubt("wrong_total", total.row, column, {"sum": str(number)})
        for total in table.totals
        for column, number in total.wrong.items()
    ]
    if table.kind == "list" and not table.header_rows:
        found.append(Doubt("no_header", table.span.top))
    return found


def _title(sheet: View, section: Section) -> str:
    """Return the first text above a table that stands alone and is no label."""
    for number in section.above:
        cells = sheet.written(number, section.left, section.right)
        filled = [cell for cell in cells if cell is not None]
        if len(filled) == 1 and isinstance(filled[0], str):
            text = filled[0]
            if not fields([(number, [text])])[0] and not header.is_label(text):
                return " ".join(text.split())[:200]
    return ""


def _sorted_rows(sheet: View, section: Section) -> _Parts:
    """Tell lines, sums, notes, repeated headers and blank rows apart."""
    parts = _Parts()
    left, right = section.left, section.right
    width = section.width(sheet)
    names = [sheet.row(number, left, right) for number in section.headers]
    last: list[CellValue] = []
    for number in range(section.body, section.bottom + 1):
        written = sheet.written(number, left, right)
        if not any(written) or number in section.skipped:
            continue  # blank, or nothing but zeros that a template brings
        cells = sheet.row(number, left, right) if sheet.grid.merged else written
        if cells in names:
            continue
        text = totals.label(written)
        if text or last and _is_silent(sheet, parts, number, left, written, last):
            kind = totals.scope(text) if text else "subtotal"
            parts.totals.append((Row(number, tuple(cells), kind), text, kind))
            parts.since = len(parts.rows)
        elif number >= section.foot or is_note(
            written, width, sheet.hangs(number, left, right)
        ):
            parts.others.append(number)
        else:
            parts.rows.append(Row(number, tuple(cells)))
            last = cells
            if cells is not written:
                _note_filled(parts, number, left, written, cells)
    return parts


def _is_silent(sheet, parts: _Parts, number: int, left: int, written, last) -> bool:
    """Tell a row of sums without words: formulas and one number at most (a line has
    two of its own, how many and for how much), or what the lines come to.
    """
    if not totals.is_silent(written, last):
        return False
    places = [at for at, cell in enumerate(written) if cell is not None]
    formulas = sheet.grid.formulas
    typed = [at for at in places if (number, left + at) not in formulas]
    if len(typed) < 2 and any(
        (number, left + at) in formulas for at in range(len(written))
    ):
        return True
    return totals.are_sums(written, places, parts.sums, parts.since)


def _note_filled(parts: _Parts, number: int, left: int, written, cells) -> None:
    for at, (own, full) in enumerate(zip(written, cells, strict=True)):
        if own is None and full is not None:
            parts.filled.add((number, left + at))


def _used(
    columns: tuple[Column, ...], parts: _Parts
) -> tuple[tuple[Column, ...], list[Row]]:
    """Leave out columns that have neither a name nor a value."""
    keep = [
        at
        for at, column in enumerate(columns)
        if column.words or any(row.values[at] is not None for row in parts.rows)
    ]
    if len(keep) == len(columns):
        return columns, parts.rows
    parts.totals = [
        (Row(row.number, tuple(row.values[at] for at in keep), row.kind), text, kind)
        for row, text, kind in parts.totals
    ]
    rows = [Row(row.number, tuple(row.values[at] for at in keep)) for row in parts.rows]
    return tuple(columns[at] for at in keep), rows


def _hand_out_doubts(grid: Grid, tables: list[Table]) -> None:
    """Give each table the doubts about its cells."""
    for doubt in grid.doubts:
        for table in tables:
            if (doubt.row, doubt.column) in table.span:
                table.doubts.append(doubt)
                break
