"""Notices of weather and logistics as others write them: CSV or JSON.

A row has ``title`` and may have ``reference``, ``severity``, ``start``, ``end``,
``country`` (code), ``state`` (code or name), ``city``, ``carrier`` and ``text``.
Moments with an offset are taken as they are; without one they are clock time of the
place that the caller names.
"""

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone, tzinfo
from typing import Any

from .radar_facts import SEVERITIES

#: Rows of one file or answer; more is a mistake.
MOST = 5_000
TEXT = 2_000
NAMES = {
    "id": "reference",
    "name": "title",
    "headline": "title",
    "description": "text",
    "level": "severity",
    "from": "start",
    "effective": "start",
    "to": "end",
    "expires": "end",
    "province": "state",
}
#: How others grade (the Common Alerting Protocol of OASIS, China's four colours).
GRADES = {
    "extreme": "critical",
    "severe": "critical",
    "red": "critical",
    "moderate": "warning",
    "orange": "warning",
    "minor": "info",
    "yellow": "info",
    "blue": "info",
    "unknown": "info",
}


class Unreadable(ValueError):
    """What was sent is no list of notices; its text says where."""


@dataclass(frozen=True)
class Notice:
    """:ivar start, end: naive UTC; ``None``: open on that side"""

    title: str
    reference: str = ""
    severity: str = "warning"
    start: datetime | None = None
    end: datetime | None = None
    country: str = ""
    state: str = ""
    city: str = ""
    carrier: str = ""
    text: str = ""


def read(content: bytes, tz: tzinfo) -> list[Notice]:
    """Return the notices of a CSV file or of a JSON list.

    :raise Unreadable: it is neither, a row has no title, a moment cannot be read, or
        there are more than ``MOST`` rows
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable("It is not UTF-8 text.") from error
    rows = _json_rows(text) if text.lstrip()[:1] in ("[", "{") else _csv_rows(text)
    if len(rows) > MOST:
        raise Unreadable(f"It has {len(rows)} rows; at most {MOST} are read.")
    return [_notice(number, row, tz) for number, row in enumerate(rows, 1)]


def _json_rows(text: str) -> list[Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Unreadable("It begins like JSON and is none.") from error
    if isinstance(found, dict):
        lists = [each for each in found.values() if isinstance(each, list)]
        found = lists[0] if len(lists) == 1 else None
    if not isinstance(found, list):
        raise Unreadable("There is no list of notices in it.")
    return found


def _csv_rows(text: str) -> list[Any]:
    first = text.split("\n", 1)[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    try:
        table = csv.DictReader(io.StringIO(text), delimiter=delimiter)
        rows, names = list(table), table.fieldnames or ()
    except csv.Error as error:
        raise Unreadable(f"It is no table: {error}") from error
    if "title" not in map(_column, names):
        raise Unreadable("It has no column title.")
    return rows


def _column(name: Any) -> str:
    """Return what a column is called here."""
    name = str(name or "").strip().lower()
    return NAMES.get(name, name)


def _notice(number: int, row: Any, tz: tzinfo) -> Notice:
    if not isinstance(row, Mapping):
        raise Unreadable(f"Row {number} has no columns.")
    values = {}
    for name, value in row.items():
        values.setdefault(_column(name), _text(value))
    if not values.get("title"):
        raise Unreadable(f"Row {number} has no title.")
    start, end = (_moment(number, values.get(k, ""), tz) for k in ("start", "end"))
    if start and end and end < start:
        raise Unreadable(f"Row {number} ends before it begins.")
    plain = ("title", "reference", "country", "state", "city", "carrier", "text")
    return Notice(
        **{name: values.get(name, "") for name in plain},
        severity=_severity(values.get("severity", "")),
        start=start,
        end=end,
    )


def _severity(word: str) -> str:
    word = word.lower()
    return word if word in SEVERITIES else GRADES.get(word, "warning")


def _text(value: Any) -> str:
    """Return a cell as text; the database takes no NUL character."""
    return "" if value is None else str(value).replace("\x00", "").strip()[:TEXT]


def _moment(number: int, text: str, tz: tzinfo) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text.replace("/", "-").replace("Z", "+00:00"))
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=tz)
        return moment.astimezone(timezone.utc).replace(tzinfo=None, microsecond=0)
    except (ValueError, OverflowError) as error:
        raise Unreadable(f"Row {number}: {text[:40]} is no date.") from error
