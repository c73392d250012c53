"""What reading tables of any kind needs: texts in any encoding, archives, cells.

Files are read by :mod:`.workbook`; here every cell becomes a text: what a person
sees, dates as ``2026-03-15 08:30:00``, numbers without idle zeros. A text that begins
like a formula stays a text and is made harmless when written out again
(:func:`harmless`).
"""

import csv
import io
import zipfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from openpyxl.utils import get_column_letter

from .reading import Unreadable, plain_number, read_number

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


class BadTable(ValueError):
    """A file that is not taken; ``code`` says why, the message in words."""

    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Sheet:
    """Rows of a table with their numbers as a person counts them, from 1.

    :ivar header: number of the row of names, 0 when it is still to be found
    """

    name: str
    rows: list[tuple[int, list[str]]]
    encoding: str = ""
    separator: str = ""
    header: int = 0


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


def text_separator(text: str) -> str:
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


# === ARCHIVES === #


def check_archive(raw: bytes, unpacked: int = MAX_UNPACKED) -> None:
    """Refuse an archive that would unpack to too much, or that hides something.

    Python never unpacks more of a part than its directory declares, so looking at
    the directory bounds what the reader can meet.

    :param unpacked: bytes that its parts may have together
    :raise BadTable: ``zip_bomb``, ``encrypted``, ``not_table``
    """
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            parts = archive.infolist()
            _check_parts(parts, unpacked)
            for part in parts:
                if part.filename.lower().endswith((".xml", ".rels")):
                    with archive.open(part) as opened:
                        _check_markup(opened.read(4096))
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError) as error:
        raise _not_workbook() from error


def _check_parts(parts: list[zipfile.ZipInfo], unpacked: int) -> None:
    size = sum(part.file_size for part in parts)
    packed_hard = any(
        part.file_size > SMALL and part.file_size > MAX_RATIO * part.compress_size
        for part in parts
    )
    if len(parts) > MAX_PARTS or size > unpacked or packed_hard:
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


# === CELLS === #


def cell_text(value: Any) -> str:
    """Return a cell as a person reads it."""
    if value is None:
        return ""
    if isinstance(value, str):
        text = value.replace("\x00", "").encode("utf-8", "ignore").decode()
        return text[:MAX_CELL].strip()
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


def column_letter(index: int) -> str:
    """Return the letter of a column, counted from 0."""
    return get_column_letter(index + 1)
