"""From the bytes of a file to its sheets, by what the bytes are."""

import csv
import io
import time
import zipfile
from collections.abc import Callable

from ..table import BadTable, decode, text_separator
from .archive import damaged
from .cells import check_cells, clean_rows
from .model import Book, Doubt, Grid, Limits
from .read_ods import read_ods
from .read_xls import read_xls
from .read_xlsx import read_xlsx

ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MARKUP = (b"<?xml", b"<html", b"<table", b"<!doctype", b"<style", b"<head", b"<meta")
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def read_book(
    raw: bytes,
    name: str = "",
    limits: Limits | None = None,
    encoding: str = "",
    separator: str = "",
) -> Book:
    """Return the sheets of a file; what it is tell its bytes, not its name.

    :param encoding: of a text file; empty: found out
    :param separator: of a text file; empty: found out
    :raise BadTable: ``too_large``, ``empty``, ``not_table``, ``encrypted``,
        ``zip_bomb``, ``too_many_rows``, ``too_many_sheets``, ``too_slow``,
        ``wrong_encoding``, ``not_text``
    """
    limits = limits or Limits()
    if len(raw) > limits.size:
        raise BadTable(
            "too_large",
            f"The file has more than {limits.size // 1024 // 1024} MB. Send it in "
            "parts.",
        )
    if not raw.strip():
        raise BadTable("empty", "The file is empty.")
    clock = _clock(limits)
    if raw.startswith(ZIP):
        return _archive(raw)(raw, name, limits, clock)
    if raw.startswith(OLE[:4]):
        return _ole(raw, name, limits, clock)
    return _text(raw, name, limits, encoding, separator)


def _archive(raw: bytes) -> Callable[..., Book]:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            return read_ods if "content.xml" in archive.NameToInfo else read_xlsx
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise damaged() from error


def _ole(raw: bytes, name: str, limits: Limits, clock) -> Book:
    if ENCRYPTED in raw[:200_000] or ENCRYPTED in raw[-200_000:]:
        raise BadTable("encrypted", "The workbook has a password. Save it without.")
    return read_xls(raw, name, limits, clock)


def _text(raw, name: str, limits: Limits, encoding: str, separator: str) -> Book:
    if raw[:400].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(MARKUP):
        raise BadTable(
            "not_table",
            "The file is a web page that was given the name of a workbook. Open it "
            "and save it as .xlsx.",
        )
    text, encoding = decode(raw, encoding)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text[:4].lower() == "sep=" and text[5:6] == "\n":
        separator, text = separator or text[4], f"\n{text[6:]}"
    separator = separator or text_separator(text)
    doubts: list[Doubt] = []
    try:
        rows = clean_rows(_rows(text, separator, limits), limits, doubts)
    except (csv.Error, TypeError) as error:
        raise BadTable("not_table", f"The file is not a table: {error}.") from error
    grid = Grid("", rows, doubts=doubts)
    return Book(name, "csv", (grid,), encoding=encoding, separator=separator)


def _rows(text: str, separator: str, limits: Limits):
    cells = 0
    for number, row in enumerate(csv.reader(io.StringIO(text), delimiter=separator), 1):
        cells += len(row)
        if number > limits.rows or len(row) > limits.columns:
            check_cells(limits.cells + 1, limits)
        check_cells(cells, limits)
        yield row


def _clock(limits: Limits) -> Callable[[], None]:
    """Return a function that raises once the time is over."""
    end = time.monotonic() + limits.seconds

    def check() -> None:
        if time.monotonic() > end:
            raise BadTable(
                "too_slow",
                f"Reading the file took more than {limits.seconds:.0f} seconds. Save "
                "it as CSV, or send it in parts.",
            )

    return check
