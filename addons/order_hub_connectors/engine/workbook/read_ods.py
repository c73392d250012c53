"""Reading ``.ods``: repeated and merged cells are taken as they are meant, bounded."""

from datetime import date, datetime, timedelta
from xml.parsers import expat

from ..table import BadTable
from .archive import damaged, too_much, unpack
from .cells import check_cells, clean_rows, fit_merges
from .model import Book, CellValue, Doubt, Grid, Limits, Span

DEPTH = 60
SPACES = ("text:s", "text:tab", "text:line-break")


def read_ods(raw: bytes, name: str, limits: Limits, clock) -> Book:
    """Return the sheets of an OpenDocument spreadsheet.

    :raise BadTable: with a code and words
    """
    parts, ignored = unpack(raw)
    reader = _Reader(limits, clock)
    parser = expat.ParserCreate(namespace_separator=None)
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = _refuse
    try:
        parser.Parse(parts.get("content.xml", b""), True)
    except expat.ExpatError as error:
        raise damaged() from error
    if not reader.grids:
        raise damaged()
    return Book(name, "ods", tuple(reader.grids), ignored=ignored)


def _refuse(*_declaration) -> None:
    raise BadTable("not_table", "The workbook defines entities and is refused.")


class _Reader:
    """Cells as they come by; repeated ones only as far as something is in them."""

    def __init__(self, limits: Limits, clock):
        self.limits, self.clock = limits, clock
        self.grids: list[Grid] = []
        self.cells = self.depth = self.skipped = 0
        self.hidden_styles: set[str] = set()
        self.style = ""
        self.words: list[str] | None = None

    def start(self, tag: str, given: dict) -> None:
        self.depth += 1
        if self.depth > DEPTH:
            raise damaged()
        if self.skipped or tag in ("office:annotation", "draw:frame", "table:shapes"):
            self.skipped += 1
        elif tag == "style:style":
            self.style = given.get("style:name", "")
        elif tag == "style:table-properties":
            if given.get("table:display") == "false":
                self.hidden_styles.add(self.style)
        elif tag == "table:table":
            self._sheet(given)
        elif tag == "table:table-row":
            self.row, self.repeat = [], _count(given, "table:number-rows-repeated")
        elif tag in ("table:table-cell", "table:covered-table-cell"):
            self.given, self.words = given, []
        elif tag == "text:p" and self.words:
            self.words.append("\n")
        elif (
            tag in ("text:s", "text:tab", "text:line-break") and self.words is not None
        ):
            self.words.append("\n" if tag == "text:line-break" else " ")

    def end(self, tag: str) -> None:
        self.depth -= 1
        if self.skipped:
            self.skipped -= 1
        elif tag in ("table:table-cell", "table:covered-table-cell"):
            self._cell()
        elif tag == "table:table-row":
            self._end_row()
        elif tag == "table:table":
            self._end_sheet()

    def text(self, words: str) -> None:
        if self.words is not None and not self.skipped:
            self.words.append(words)

    def _sheet(self, given: dict) -> None:
        if len(self.grids) >= self.limits.sheets:
            raise BadTable(
                "too_many_sheets",
                f"The workbook has more than {self.limits.sheets} sheets. Save the "
                "ones with orders as a file of their own.",
            )
        is_hidden = given.get("table:style-name", "") in self.hidden_styles
        self.grid = Grid(given.get("table:name", ""), [], hidden="hidden" * is_hidden)
        self.row, self.rows, self.blank, self.spans = [], [], 0, []

    def _cell(self) -> None:
        given, words = self.given, "".join(self.words or ())
        self.words = None
        value = _value(given, words)
        repeat = _count(given, "table:number-columns-repeated")
        spot = (self._row_number(), len(self.row) + 1)
        if "table:formula" in given:
            self.grid.formulas.add(spot)
            if value is None and given.get("office:value-type") != "string":
                self.grid.doubts.append(Doubt("no_cached_value", *spot))
        if given.get("office:value-type") == "percentage":
            self.grid.formats[spot] = "0%"
        if given.get("office:value-type") == "currency":
            self.grid.formats[spot] = f"[${given.get('office:currency', '')[:3]}]0.00"
        self._span(given, spot)
        if repeat > self.limits.columns - len(self.row):
            if value is not None:
                raise too_much(self.limits)
            repeat = max(0, self.limits.columns - len(self.row))
        self.row.extend([value] * repeat)

    def _span(self, given: dict, spot: tuple[int, int]) -> None:
        down = _count(given, "table:number-rows-spanned")
        right = _count(given, "table:number-columns-spanned")
        if down > 1 or right > 1:
            row, column = spot
            self.spans.append(Span(row, column, row + down - 1, column + right - 1))

    def _row_number(self) -> int:
        return len(self.rows) + self.blank + 1

    def _end_row(self) -> None:
        while self.row and self.row[-1] is None:
            self.row.pop()
        if not self.row:
            self.blank += self.repeat
            return
        count = self.blank + self.repeat
        self.cells += self.repeat * len(self.row)
        check_cells(self.cells, self.limits)
        if len(self.rows) + count > self.limits.rows:
            raise too_much(self.limits)
        self.rows.extend([] for _blank in range(self.blank))
        self.rows.extend([self.row] * self.repeat)
        self.blank = 0
        if not len(self.rows) % 1000:
            self.clock()

    def _end_sheet(self) -> None:
        self.grid.rows = clean_rows(self.rows, self.limits, self.grid.doubts)
        self.grid.merged = fit_merges(self.spans, self.grid, self.limits)
        self.grids.append(self.grid)
        self.rows = []


def _count(given: dict, name: str) -> int:
    text = given.get(name, "1")
    return max(1, int(text)) if text.isdecimal() and len(text) < 10 else 1


def _value(given: dict, words: str) -> CellValue:
    kind = given.get("office:value-type", "")
    if kind in ("float", "currency", "percentage"):
        try:
            return float(given.get("office:value", ""))
        except ValueError:
            return words or None
    if kind == "date":
        return _date(given.get("office:date-value", "")) or words or None
    if kind == "boolean":
        return given.get("office:boolean-value") == "true"
    if kind == "time":
        return _time(given.get("office:time-value", "")) or words or None
    return given.get("office:string-value") or words or None


def _date(text: str) -> date | datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found.replace(tzinfo=None) if "T" in text else found.date()


def _time(text: str) -> timedelta | None:
    """Read ``PT08H30M00S``."""
    seconds, number = 0.0, ""
    for char in text.removeprefix("PT")[:40]:
        if char.isascii() and (char.isdigit() or char == "."):
            number += char
            continue
        factor = {"H": 3600, "M": 60, "S": 1}.get(char)
        if factor is None or not number.replace(".", "", 1).isdigit():
            return None
        seconds, number = seconds + float(number) * factor, ""
    return timedelta(seconds=seconds) if seconds < 1e8 else None
