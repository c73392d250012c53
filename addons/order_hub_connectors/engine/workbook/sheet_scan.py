"""Looking over the markup of a sheet before a reader gets it.

The reader (calamine) is fast and gives values; how far the cells reach, which of
them a formula filled without a stored value, which hold an error and which number
formats change what a number says, it does not give.
"""

import re
from collections import Counter
from dataclasses import dataclass, field

from openpyxl.utils import column_index_from_string

from ..table import BadTable
from .archive import too_much
from .model import Limits

COLUMNS = re.compile(rb"[\s\"']r\s*=\s*[\"']\s*\$?([A-Za-z]{0,9})\$?\d")
ROWS = re.compile(rb"[\s\"']r\s*=\s*[\"']\s*\$?[A-Za-z]{0,9}\$?(\d+)")
CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
ROW = re.compile(rb"<(?:\w+:)?row[\s/>]")
USUAL = re.compile(rb'<c r="([A-Z]{1,9})(\d{1,9})"')
USUAL_ROW = re.compile(rb'<row r="(\d+)"')
#: What begins like a cell and is none.
NOT_CELLS = (b"<col", b"<con", b"<cf", b"<cu", b"<ce", b"<ch", b"<cl", b"<co>")
#: Names with a prefix.
ODD = (b":c ", b":c>", b":c/", b":c\n", b":c\t", b":c\r", b":row")
MERGE = re.compile(rb"<(?:\w+:)?mergeCell\s")
VALUE = re.compile(rb"<(?:\w+:)?v[\s/>]")
INDEX = re.compile(rb"<(?:\w+:)?v>\s*(\d{1,9})\s*</")
NUMBER = re.compile(rb"<(?:\w+:)?v>[^<>&]*</")
AT = rb"<c\s(?=[^<>]*?\br=\"([A-Z]{1,3})(\d{1,7})\")"
ERROR = re.compile(AT + rb"(?=[^<>]*?\bt=\"e\")")
FORMULA = re.compile(
    AT + rb"([^<>]*)>\s*<f(?:\s[^<>]*)?(?:/>|>[^<]*</f>)\s*"
    rb"(?:<v\s*/>|<v>\s*</v>)?\s*(</c>)?"
)
#: Characters of all cells of a sheet together, shared ones counted each time.
MAX_TEXT = 256 * 1024 * 1024


@dataclass(slots=True)
class Scan:
    """What was found; places are (row, column) from 1."""

    formats: dict[tuple[int, int], str] = field(default_factory=dict)
    formulas: set[tuple[int, int]] = field(default_factory=set)
    unreckoned: list[tuple[int, int]] = field(default_factory=list)
    errors: list[tuple[int, int]] = field(default_factory=list)


def check_extent(part: bytes, limits: Limits) -> int:
    """Return how many cells a reader would reserve for a sheet.

    :param part: markup of the sheet
    :raise BadTable: ``too_many_rows``
    """
    rows, columns = _usual_extent(part, limits) or _any_extent(part, limits)
    merges = len(MERGE.findall(part)) if b"mergeCell" in part else 0
    if (
        rows > limits.rows
        or columns > limits.columns
        or rows * columns > limits.cells
        or merges > limits.merges
    ):
        raise too_much(limits)
    return rows * columns


def _usual_extent(part: bytes, limits: Limits) -> tuple[int, int] | None:
    """Return rows and columns of markup as spreadsheets write it, else ``None``.

    Each cell and row must say where it is in its first attribute.
    """
    cells, rows = part.count(b"<c"), part.count(b"<row")
    others = sum(map(part.count, NOT_CELLS))
    if any(mark in part for mark in ODD) or part.count(b'<row r="') != rows:
        return None
    spots = USUAL.findall(part)
    if len(spots) != cells - others:
        return None
    letters = {letter for letter, _row in spots}
    columns = max((_column(letter, limits) for letter in letters), default=0)
    last = max(map(int, {row for _letter, row in spots}), default=0)
    heights = {text[:9] for text in USUAL_ROW.findall(part)}
    return max(last, max(map(int, heights), default=0), rows), columns


def _any_extent(part: bytes, limits: Limits) -> tuple[int, int]:
    """Return rows and columns of markup of any kind; too many rather than too few."""
    rows = max(
        max(map(int, {text[:9] for text in ROWS.findall(part)}), default=0),
        len(ROW.findall(part)),
    )
    letters = {text.upper() for text in COLUMNS.findall(part)} - {b""}
    columns = max((_column(text, limits) for text in letters), default=0)
    return rows, max(columns, _widest(part, columns))


def _column(letters: bytes, limits: Limits) -> int:
    if len(letters) > 3:
        return limits.columns + 1
    try:
        return column_index_from_string(letters.decode())
    except ValueError:
        return limits.columns + 1


def _widest(part: bytes, columns: int) -> int:
    """Return the most cells of a row, for cells that do not say where they are."""
    cells = len(CELL.findall(part))
    named = len(COLUMNS.findall(part)) - len(ROW.findall(part))
    if cells <= named or not columns and not cells:
        return 0
    starts = [found.start() for found in ROW.finditer(part)] + [len(part)]
    return max(
        (
            len(CELL.findall(part, start, end))
            for start, end in zip(starts, starts[1:], strict=False)
        ),
        default=cells,
    )


def check_texts(part: bytes, strings: list[int]) -> None:
    """Refuse a sheet that shows a long shared text so often that memory ends.

    :param strings: length of each shared text
    :raise BadTable: ``zip_bomb``
    """
    longest = max(strings, default=0)
    values = part.count(b"<v") + part.count(b":v")
    if longest * values <= MAX_TEXT:
        return
    if len(NUMBER.findall(part)) == len(VALUE.findall(part)):
        counts = Counter(INDEX.findall(part))
        known = len(strings)
        shown = sum(
            strings[int(index)] * count
            for index, count in counts.items()
            if int(index) < known
        )
        if shown <= MAX_TEXT:
            return
    raise BadTable(
        "zip_bomb",
        "The workbook would unpack to far more text than a list of orders has. Save "
        "it as CSV, or send fewer orders at a time.",
    )


def scan(part: bytes, styles: dict[int, str]) -> Scan:
    """Return what the reader does not tell.

    :param styles: number formats worth knowing by the number of their style
    """
    found = Scan()
    if styles:
        found.formats = _formats(part, styles)
    if b"<f" in part:
        for match in FORMULA.finditer(part):
            spot = _spot(match)
            found.formulas.add(spot)
            if match[4] and b't="str"' not in match[3]:
                found.unreckoned.append(spot)
    if b't="e"' in part:
        found.errors = [_spot(match) for match in ERROR.finditer(part)]
    return found


def _formats(part: bytes, styles: dict[int, str]) -> dict[tuple[int, int], str]:
    numbers = b"|".join(str(number).encode() for number in styles)
    pattern = re.compile(AT + rb"(?=[^<>]*?\bs=\"(" + numbers + rb")\")")
    return {_spot(match): styles[int(match[3])] for match in pattern.finditer(part)}


def _spot(match) -> tuple[int, int]:
    return int(match[2]), _index(match[1])


_INDEXES: dict[bytes, int] = {}


def _index(letters: bytes) -> int:
    found = _INDEXES.get(letters)
    if found is None:
        found = _INDEXES[letters] = column_index_from_string(letters.decode())
    return found
