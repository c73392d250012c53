"""Duty rates from a CSV file, every mistake named with its row."""

import csv
import io
import re
from dataclasses import dataclass

from .duty import MIN_PREFIX, digits

MAX_BYTES = 5 * 1024 * 1024
MAX_ROWS = 50_000
MAX_PROBLEMS = 20
REQUIRED = ("hs_code", "rate")
COLUMNS = (*REQUIRED, "origin", "threshold", "minimum", "maximum", "note")
_NUMBER = re.compile(r"\d{1,9}(\.\d{1,6})?", re.ASCII)


@dataclass(frozen=True)
class Problem:
    """What is wrong: ``size``, ``encoding``, ``columns``, ``rows``, ``hs_code``,
    ``number``, ``origin`` or ``double``; in which row (1 is the header; 0: the file)
    and with which value."""

    code: str
    row: int = 0
    value: str = ""


def read_rates(raw: bytes) -> tuple[list[dict], list[Problem]]:
    """Return the rows of a file as clean values, and what is wrong with it.

    Columns ``hs_code`` and ``rate`` (percent), and where wanted ``origin`` (two
    letters), ``threshold`` (empty: the table's; ``none``; or an amount), ``minimum``,
    ``maximum`` (amounts a unit) and ``note``. Comma, semicolon or tab; UTF-8.
    """
    if len(raw) > MAX_BYTES:
        return [], [Problem("size", value=str(MAX_BYTES // 1024**2))]
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return [], [Problem("encoding")]
    reader = csv.DictReader(io.StringIO(text, newline=""), dialect=_dialect(text))
    try:
        return _read(reader)
    except csv.Error as error:
        return [], [Problem("columns", value=str(error))]


def _dialect(text):
    """Return the dialect by the separator that the header has most of."""
    header = text.split("\n", 1)[0]

    class Dialect(csv.excel):
        delimiter = max(",;\t", key=header.count)

    return Dialect


def _read(reader):
    reader.fieldnames = [
        (name or "").strip().lower() for name in reader.fieldnames or ()
    ]
    if not set(REQUIRED) <= set(reader.fieldnames):
        return [], [Problem("columns", 1, ", ".join(reader.fieldnames))]
    rows, problems, seen = [], [], set()
    for number, raw in enumerate(reader, 2):
        if number > MAX_ROWS + 1:
            return [], [Problem("rows", value=str(MAX_ROWS))]
        cells = {name: (raw.get(name) or "").strip() for name in COLUMNS}
        if not any(cells.values()):
            continue
        row, wrong = _row(cells)
        key = row.get("prefix"), row.get("origin")
        if not wrong and key in seen:
            wrong = Problem("double", value=cells["hs_code"])
        seen.add(key)
        if wrong:
            problems.append(Problem(wrong.code, number, wrong.value[:40]))
        else:
            rows.append(row)
        if len(problems) >= MAX_PROBLEMS:
            break
    if not rows and not problems:
        problems.append(Problem("rows", value="0"))
    return rows, problems


def _row(cells):
    """Return one clean row, and its first problem."""
    prefix, origin = digits(cells["hs_code"]), cells["origin"].upper()
    if not MIN_PREFIX <= len(prefix) <= 10:
        return {}, Problem("hs_code", value=cells["hs_code"])
    if origin and not (len(origin) == 2 and origin.isascii() and origin.isalpha()):
        return {}, Problem("origin", value=cells["origin"])
    row = {
        "hs_code": cells["hs_code"],
        "prefix": prefix,
        "origin": origin,
        "note": cells["note"][:200],
        "threshold_kind": "table",
    }
    if cells["threshold"].lower() == "none":
        row["threshold_kind"], cells["threshold"] = "none", ""
    elif cells["threshold"]:
        row["threshold_kind"] = "own"
    for name in ("rate", "threshold", "minimum", "maximum"):
        value = cells[name].rstrip("%").strip() or ("" if name == "rate" else "0")
        if not _NUMBER.fullmatch(value):
            return {}, Problem("number", value=cells[name])
        row[name] = float(value)
    return row, None
