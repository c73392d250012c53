"""What a workbook is to the hub: sheets, tables, columns, values, doubts.

Rows and columns are counted from 1, as people count them and as evidence names them
(``{"kind": "cell", "sheet": …, "row": 12, "column": 3}``).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from openpyxl.utils import get_column_letter

from ..expression import column_key

#: What a cell may hold; ``None``: nothing.
CellValue = str | int | float | bool | date | datetime | time | timedelta | None

#: Kinds of what a column holds, see :class:`Typed`.
KINDS = (
    "code",  # numbers of orders, articles: text, zeros in front kept
    "text",
    "date",  # ``datetime.date``
    "moment",  # naive ``datetime``, in whatever zone the writer was
    "quantity",  # ``Decimal``; the unit of a cell is in ``Typed.units``
    "money",  # ``Decimal``; currency in ``Typed.currency``
    "number",  # ``Decimal``
    "percent",  # ``Decimal``, 13 for 13 %
    "flag",  # ``bool``
    "empty",
)

#: What a row is, see :class:`Row`.
ROW_KINDS = ("data", "subtotal", "total", "note", "header")


@dataclass(frozen=True, slots=True)
class Limits:
    """What is taken of a file; more is refused, never cut off in silence.

    :ivar size: bytes of the file
    :ivar rows: of one sheet, blank ones between others included
    :ivar cells: of the whole file, blank ones between others included
    :ivar text: characters of one cell; longer ones are cut, with a doubt
    :ivar seconds: for reading the file, looked at between sheets and steps
    """

    size: int = 25 * 1024 * 1024
    sheets: int = 100
    rows: int = 200_000
    columns: int = 500
    cells: int = 4_000_000
    text: int = 10_000
    merges: int = 50_000
    seconds: float = 60.0


@dataclass(frozen=True, slots=True)
class Span:
    """Cells from one corner to the other, both included."""

    top: int
    left: int
    bottom: int
    right: int

    def __contains__(self, place: tuple[int, int]) -> bool:
        row, column = place
        return self.top <= row <= self.bottom and self.left <= column <= self.right


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something a person has to look at.

    :ivar code: see ``DOUBTS`` in :mod:`.doubts`, which has the words
    :ivar row: 0 when it is about a whole column or sheet
    :ivar column: 0 when it is about a whole row or sheet
    :ivar figures: JSON values for the words
    """

    code: str
    row: int = 0
    column: int = 0
    figures: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Grid:
    """One sheet as it was written.

    :ivar rows: ``rows[row - 1][column - 1]``; rows may be of different lengths,
        empty cells are ``None``, texts are stripped and never empty
    :ivar merged: cells joined to one; only the first one holds the value
    :ivar hidden: ``""``, ``"hidden"`` or ``"very_hidden"``
    :ivar formats: number format of cells where it changes what the number says
        (zeros in front, percent, currency)
    :ivar formulas: cells that a formula filled; their value is the one that its
        program stored last, nothing is ever reckoned here
    :ivar doubts: of cells: ``no_cached_value``, ``error_value``, ``text_cut``
    """

    name: str
    rows: list[list[CellValue]]
    merged: tuple[Span, ...] = ()
    hidden: str = ""
    formats: dict[tuple[int, int], str] = field(default_factory=dict)
    formulas: set[tuple[int, int]] = field(default_factory=set)
    doubts: list[Doubt] = field(default_factory=list)
    _cover: dict[tuple[int, int], Span] | None = None

    @property
    def height(self) -> int:
        return len(self.rows)

    @property
    def width(self) -> int:
        return max(map(len, self.rows), default=0)

    def at(self, row: int, column: int) -> CellValue:
        """Return what is written in a cell itself; ``None`` outside the sheet."""
        cells = self.rows[row - 1] if 0 < row <= len(self.rows) else ()
        return cells[column - 1] if 0 < column <= len(cells) else None

    def value(self, row: int, column: int) -> CellValue:
        """Return the value of a cell, for merged ones that of their first cell."""
        span = self.span(row, column)
        return self.at(span.top, span.left) if span else self.at(row, column)

    def span(self, row: int, column: int) -> Span | None:
        """Return the merged cells that a cell belongs to."""
        return self.cover().get((row, column))

    def cover(self) -> dict[tuple[int, int], Span]:
        """Return the span of each merged cell within the sheet's rows."""
        if self._cover is None:
            height, width = self.height, self.width
            self._cover = {
                (row, column): span
                for span in self.merged
                for row in range(span.top, min(span.bottom, height) + 1)
                for column in range(span.left, min(span.right, width) + 1)
            }
        return self._cover


@dataclass(frozen=True, slots=True)
class Book:
    """A file.

    :ivar kind: ``xlsx``, ``xls``, ``ods`` or ``csv``
    :ivar epoch: 1900 or 1904: where the file counts its days from
    :ivar encoding: of a text file
    :ivar ignored: what is in the file and was left alone: ``macros``,
        ``external_links``, ``embedded_files``, ``pictures``, ``queries``
    """

    name: str
    kind: str
    sheets: tuple[Grid, ...]
    epoch: int = 1900
    encoding: str = ""
    separator: str = ""
    ignored: tuple[str, ...] = ()


# === TABLES === #


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    :ivar index: its number on the sheet, from 1
    :ivar name: words of its header lines from top to bottom joined with `` / ``,
        without unit and star; the letter of the column where there are none
    :ivar words: the header lines as written
    :ivar unit: what the header says in brackets or after a slash: ``件``, ``kg``,
        ``USD``, ``万元``, ``%``; empty when nothing
    :ivar factor: what numbers are multiplied by (10000 for ``万元``)
    :ivar required: the header has a star
    :ivar spans: merged cells of its header
    """

    index: int
    name: str
    words: tuple[str, ...] = ()
    unit: str = ""
    factor: int = 1
    required: bool = False
    spans: tuple[Span, ...] = ()

    @property
    def key(self) -> str:
        """The name in the form in which columns are compared."""
        return column_key(self.name)

    @property
    def letter(self) -> str:
        return get_column_letter(self.index)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table; ``values`` are in the order of ``Table.columns``.

    :ivar number: on the sheet, from 1
    :ivar kind: one of ``ROW_KINDS``; only rows of kind ``data`` are in
        ``Table.rows``
    """

    number: int
    values: tuple[CellValue, ...]
    kind: str = "data"


@dataclass(frozen=True, slots=True)
class FormField:
    """A label and its value above, below or beside a table.

    :ivar label: without colon
    :ivar row: of the value
    :ivar column: of the value
    """

    label: str
    value: CellValue
    row: int
    column: int

    @property
    def key(self) -> str:
        return column_key(self.label)


@dataclass(frozen=True, slots=True)
class Total:
    """A row that sums up others, and what came of checking it.

    :ivar scope: ``subtotal`` (rows since the one before) or ``total`` (all rows)
    :ivar values: ``{number of the column: sum as written}``
    :ivar wrong: ``{number of the column: sum of the rows}`` where they differ
    """

    row: int
    label: str
    scope: str
    values: Mapping[int, Decimal]
    wrong: Mapping[int, Decimal] = field(default_factory=dict)


@dataclass(slots=True)
class Table:
    """A table found on a sheet.

    :ivar span: its cells, header included
    :ivar kind: ``list`` (a header and rows) or ``fields`` (labels and values only:
        ``rows`` is empty then)
    :ivar header_rows: numbers of its header lines; empty when it has none
    :ivar fields: labels with values that belong to the table: a form's upper part
    :ivar totals: rows of sums, checked against the rows
    :ivar notes: texts above and below
    :ivar filled: (number of the row, number of the column) of cells that a merge
        over several rows filled
    """

    sheet: str
    span: Span
    title: str = ""
    kind: str = "list"
    header_rows: tuple[int, ...] = ()
    columns: tuple[Column, ...] = ()
    rows: list[Row] = field(default_factory=list)
    fields: tuple[FormField, ...] = ()
    totals: tuple[Total, ...] = ()
    notes: tuple[str, ...] = ()
    filled: frozenset[tuple[int, int]] = frozenset()
    doubts: list[Doubt] = field(default_factory=list)
    hidden: str = ""
    formats: dict[tuple[int, int], str] = field(default_factory=dict)
    _formatted: frozenset[int] | None = None

    def formatted(self) -> frozenset[int]:
        """Return the columns with cells whose number format says something."""
        if self._formatted is None:
            self._formatted = frozenset(column for _row, column in self.formats)
        return self._formatted

    def position(self, index: int) -> int:
        """Return where a column of the sheet is in ``Row.values``; -1: nowhere."""
        for at, column in enumerate(self.columns):
            if column.index == index:
                return at
        return -1

    def values(self, index: int) -> Iterator[CellValue]:
        """Yield the values of a column of the sheet, row by row."""
        at = self.position(index)
        return (row.values[at] for row in self.rows)


# === WHAT COLUMNS HOLD === #


@dataclass(slots=True)
class Typed:
    """The values of a column, read as what they are.

    :ivar kind: one of ``KINDS``
    :ivar values: one for each of ``Table.rows``; ``None``: nothing, or not readable
        (then there is a doubt)
    :ivar share: of the filled cells that could be read as this kind, 0 to 1
    :ivar doubts: ``{index in values: doubt}``
    :ivar units: ``{index in values: unit}`` where the cell itself says one
    :ivar currency: ISO code, or empty
    """

    kind: str
    values: list[Any]
    share: float = 1.0
    doubts: dict[int, Doubt] = field(default_factory=dict)
    units: dict[int, str] = field(default_factory=dict)
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """What a column may be.

    :ivar target: path in the hub's own order (``engine/order.py``) with ``lines[]``
        for lines, e.g. ``external_ref``, ``customer.name``, ``lines[].quantity``
    :ivar way: ``remembered``, ``word`` (header word), ``part`` (part of a header),
        ``near`` (nearly a header word), ``shape`` (what the values look like)
    """

    target: str
    score: float
    way: str


@dataclass(frozen=True, slots=True)
class Choice:
    """What a column is taken for; ``target`` is empty when it is left out.

    :ivar column: its number on the sheet; 0: a field of the form (``label``)
    :ivar confidence: 0 to 1, how sure that is
    :ivar candidates: the best ones, best first, the chosen one included
    """

    column: int
    label: str
    target: str
    confidence: float
    way: str
    kind: str = ""
    candidates: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """How a table becomes orders.

    :ivar fingerprint: of the source: the same for files of the same form, whatever
        they hold; what a person decided is remembered by it
    :ivar remembered: whether a person decided on a table of this form before
    :ivar confidence: of the whole: the lowest of what an order needs
    :ivar missing: what an order needs and no column gives
    """

    fingerprint: str
    choices: tuple[Choice, ...]
    remembered: bool = False
    confidence: float = 0.0
    missing: tuple[str, ...] = ()

    def targets(self) -> dict[str, Choice]:
        """Return the chosen columns and fields by target."""
        return {choice.target: choice for choice in self.choices if choice.target}


@dataclass(frozen=True, slots=True)
class Mapped:
    """A row of a table, read by a mapping.

    :ivar row: its number on the sheet
    :ivar values: ``{target: value}``; values as in ``Typed.values``
    :ivar confidence: ``{target: 0..1}`` of those that are below 1
    :ivar columns: ``{target: number of the column}``, for evidence; shared by all
        rows of a table
    :ivar doubts: of this row
    """

    row: int
    values: Mapping[str, Any]
    confidence: Mapping[str, float]
    columns: Mapping[str, int]
    doubts: tuple[Doubt, ...] = ()
