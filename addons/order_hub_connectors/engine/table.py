"""Reading tables that people send: CSV, XLSX and XLS, bounded before unpacking.

Every cell becomes a text: what a person sees, dates as ``2026-03-15 08:30:00``,
numbers without idle zeros. A formula gives the value that its program stored; a
text that begins like a formula stays a text and is made harmless when written out
again (:func:`harmless`).
"""

import csv
import io
import re
import warnings
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

import openpyxl
import xlrd
from openpyxl.utils import get_column_letter

from .reading import Unreadable, plain_number, read_number

#: It warns of styles and extensions that say nothing about the cells.
warnings.filterwarnings("ignore", category=UserWarning, module="openpyxl")

MAX_ROWS = 50_000
MAX_COLUMNS = 200
MAX_CELL = 10_000
#: Of a workbook: its parts, their size unpacked, and how far one may be packed.
MAX_PARTS = 1000
MAX_UNPACKED = 64 * 1024 * 1024
MAX_RATIO = 200
SMALL = 1024 * 1024
SEPARATORS = ",;\t|"
ENCODINGS = ("utf-8", "gb18030", "utf-16", "windows-1252", "big5")
BOMS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
#: Share of Chinese characters that must be everyday ones to believe GB 18030.
EVERYDAY = 0.9
ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


class BadTable(ValueError):
    """A file that is not taken; ``code`` says why, the message in words."""

    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Sheet:
    """Rows of a table with their numbers as a person counts them, from 1."""

    name: str
    rows: list[tuple[int, list[str]]]
    encoding: str = ""
    separator: str = ""


def read_sheet(
    raw: bytes, encoding: str = "", separator: str = "", sheet: str = ""
) -> Sheet:
    """Return the rows of a file that are not empty.

    :param encoding: of a text file; empty: found out
    :param separator: of a text file; empty: found out
    :param sheet: of a workbook; empty: the first one with something in it
    :raise BadTable: with a code and words
    """
    if raw.startswith(b"PK\x03\x04"):
        return _xlsx(raw, sheet)
    if raw.startswith(b"\xd0\xcf\x11\xe0"):
        return _xls(raw, sheet)
    text, found = decode(raw, encoding)
    return _csv(text, found, separator)


def harmless(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.lstrip()[:1] in ("=", "+", "-", "@") else text


def write_csv(rows: Iterable[Iterable[str]]) -> bytes:
    """Write a table that opens in Excel: UTF-8 with its mark, cells made harmless."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerows([harmless(str(cell)) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


# === TEXT === #


def decode(raw: bytes, encoding: str = "") -> tuple[str, str]:
    """Return a text and the encoding it was in.

    UTF-8 and UTF-16 are told by their marks or their form; GB 18030, which takes
    almost anything, is believed only where it makes everyday Chinese.
    """
    if encoding:
        return _strictly(raw, encoding), encoding
    for mark, name in BOMS:
        if raw.startswith(mark):
            return _strictly(raw, name), name
    head = raw[:400]
    if head.count(0) > len(head) // 20:
        is_little = head[1::2].count(0) > head[::2].count(0)
        name = "utf-16-le" if is_little else "utf-16-be"
        return _strictly(raw, name), name
    try:
        return _clean(raw.decode("utf-8")), "utf-8"
    except UnicodeDecodeError:
        return _chinese(raw), "gb18030"


def _strictly(raw: bytes, encoding: str) -> str:
    try:
        return _clean(raw.decode(encoding))
    except (UnicodeDecodeError, LookupError) as error:
        raise BadTable(
            "wrong_encoding",
            f"The file is not {encoding}. Save it as CSV UTF-8, or choose another "
            "encoding on the channel.",
        ) from error


def _chinese(raw: bytes) -> str:
    try:
        text = raw.decode("gb18030")
    except UnicodeDecodeError:
        text = ""
    letters = [char for char in text if ord(char) > 127 and char.isalpha()]
    everyday = sum(1 for char in letters if _is_everyday(char))
    if not letters or everyday < EVERYDAY * len(letters):
        raise BadTable(
            "wrong_encoding",
            "The encoding of the file cannot be told: it is neither UTF-8 nor "
            "Chinese (GB 18030). Save it as CSV UTF-8, or set the encoding on the "
            "channel.",
        )
    return _clean(text)


def _is_everyday(char: str) -> bool:
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def _clean(text: str) -> str:
    if "\x00" in text:
        raise BadTable("not_text", "The file holds binary data and is no table.")
    return text.lstrip("\ufeff")


def _csv(text: str, encoding: str, separator: str) -> Sheet:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    separator = separator or _separator(text)
    try:
        reader = csv.reader(io.StringIO(text), delimiter=separator)
        rows = list(_rows(enumerate(reader, 1)))
    except (csv.Error, TypeError) as error:
        raise BadTable("not_table", f"The file is not a table: {error}.") from error
    return Sheet("", rows, encoding, separator)


def _separator(text: str) -> str:
    """Return the separator that cuts the first lines into most, and as many, cells."""
    lines = [line for line in text[:50_000].split("\n") if line.strip()][:20]
    best, points = ",", 0
    for mark in SEPARATORS:
        counts = Counter(
            len(next(csv.reader([line], delimiter=mark))) for line in lines
        )
        common = counts.most_common(1) or [(1, 0)]
        cells, often = common[0]
        if (cells - 1) * often > points:
            best, points = mark, (cells - 1) * often
    return best


# === WORKBOOKS === #


def check_archive(raw: bytes) -> None:
    """Refuse an archive that would unpack to too much, or that hides something.

    Python never unpacks more of a part than its directory declares, so looking at
    the directory bounds what the reader can meet.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            parts = archive.infolist()
            _check_parts(parts)
            for part in parts:
                if part.filename.lower().endswith((".xml", ".rels")):
                    with archive.open(part) as opened:
                        _check_markup(opened.read(4096))
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError) as error:
        raise _not_workbook() from error


def _check_parts(parts: list[zipfile.ZipInfo]) -> None:
    size = sum(part.file_size for part in parts)
    packed_hard = any(
        part.file_size > SMALL and part.file_size > MAX_RATIO * part.compress_size
        for part in parts
    )
    if len(parts) > MAX_PARTS or size > MAX_UNPACKED or packed_hard:
        raise BadTable(
            "zip_bomb",
            "The workbook would unpack to far more than a list of orders. Save it "
            "as CSV, or send fewer orders at a time.",
        )
    if any(part.flag_bits & 1 for part in parts):
        raise BadTable("encrypted", "The workbook has a password. Save it without.")


def _check_markup(head: bytes) -> None:
    if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
        raise BadTable("not_table", "The workbook defines entities and is refused.")


def _not_workbook() -> BadTable:
    return BadTable(
        "not_table", "The file is damaged or no workbook. Open it and save it again."
    )


def _xlsx(raw: bytes, name: str) -> Sheet:
    check_archive(raw)
    try:
        book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
        for sheet in _chosen(book.worksheets, name, lambda one: one.title):
            sheet.reset_dimensions()
            cells = sheet.iter_rows(max_col=MAX_COLUMNS, values_only=True)
            rows = list(_rows(enumerate(cells, 1)))
            if rows:
                return Sheet(sheet.title, rows)
    except BadTable:
        raise
    except Exception as error:  # whatever a damaged file makes its reader raise
        raise _not_workbook() from error
    raise _empty()


def _xls(raw: bytes, name: str) -> Sheet:
    try:
        book = xlrd.open_workbook(file_contents=raw, logfile=io.StringIO())
        for sheet in _chosen(book.sheets(), name, lambda one: one.name):
            numbered = ((n + 1, _xls_row(book, sheet, n)) for n in range(sheet.nrows))
            rows = list(_rows(numbered))
            if rows:
                return Sheet(sheet.name, rows)
    except BadTable:
        raise
    except Exception as error:  # whatever a damaged file makes its reader raise
        raise _not_workbook() from error
    raise _empty()


def _xls_row(book, sheet, number: int) -> list:
    cells = []
    for cell in sheet.row(number)[:MAX_COLUMNS]:
        value = cell.value
        if cell.ctype == xlrd.XL_CELL_DATE:
            value = xlrd.xldate.xldate_as_datetime(value, book.datemode)
        elif cell.ctype == xlrd.XL_CELL_BOOLEAN:
            value = bool(value)
        elif cell.ctype == xlrd.XL_CELL_ERROR:
            value = None
        cells.append(value)
    return cells


def _chosen(sheets: list, name: str, title) -> list:
    if not name:
        return sheets
    chosen = [sheet for sheet in sheets if title(sheet).strip() == name.strip()]
    if not chosen:
        known = ", ".join(title(sheet) for sheet in sheets[:10])
        raise BadTable("no_sheet", f"There is no sheet {name}. There are: {known}.")
    return chosen


def _empty() -> BadTable:
    return BadTable("empty", "The file holds no rows.")


# === CELLS === #


def _rows(numbered: Iterable[tuple[int, Iterable]]) -> Iterator[tuple[int, list[str]]]:
    """Yield rows that are not empty, as texts, without empty cells at their end."""
    count = 0
    for number, cells in numbered:
        texts = [cell_text(cell) for cell in list(cells)[:MAX_COLUMNS]]
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
        elif number > 20 * MAX_ROWS:
            return


def cell_text(value: Any) -> str:
    """Return a cell as a person reads it."""
    if value is None:
        return ""
    if isinstance(value, str):
        return _unescaped(value)[:MAX_CELL].strip()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return _moment_text(value)
    if isinstance(value, (date, time)):
        return value.isoformat()
    try:
        return plain_number(read_number(value))
    except Unreadable:
        return str(value)[:MAX_CELL]


def _moment_text(value: datetime) -> str:
    is_day = (value.hour, value.minute, value.second) == (0, 0, 0)
    return value.strftime("%Y-%m-%d" if is_day else "%Y-%m-%d %H:%M:%S")


def _unescaped(text: str) -> str:
    """Undo Excel's ``_x000D_``; NUL and half characters are dropped."""
    if "_x" in text:
        text = ESCAPE.sub(lambda found: chr(int(found.group(1), 16)), text)
    return text.replace("\x00", "").encode("utf-8", "ignore").decode()


def column_letter(index: int) -> str:
    """Return the letter of a column, counted from 0."""
    return get_column_letter(index + 1)
