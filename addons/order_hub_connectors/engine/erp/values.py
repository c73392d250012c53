"""Values of foreign databases as JSON keeps them, and back again."""

import hashlib
import json
import uuid
from collections.abc import Mapping
from datetime import date, datetime, time, timezone, tzinfo
from decimal import Decimal
from typing import Any

#: Whole numbers above this lose digits in JSON readers.
SAFE = 2**53
#: Dates that stand for "none" in databases without NULL.
NO_YEARS = (0, 1, 1753, 1899, 1900)


def plain(value: Any, zone: tzinfo = timezone.utc) -> Any:
    """Return a value as JSON: exact numbers as text, moments with their offset.

    :param zone: of moments without one
    :return: ``None``, ``bool``, ``int`` or ``str``
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, (datetime, date, time)):
        return _moment(value, zone)
    if isinstance(value, (int, float, Decimal)):
        return _number(value)
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value).hex()
    if isinstance(value, uuid.UUID):
        return str(value)
    return clean(str(value))


def clean(text: str) -> str:
    """Return a text without NUL, half characters and the padding of CHAR columns."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode().strip()


def _number(value: int | float | Decimal) -> int | str | None:
    found = value if isinstance(value, Decimal) else Decimal(str(value))
    if not found.is_finite():
        return None
    if found == found.to_integral_value():
        whole = int(found)
        return whole if abs(whole) <= SAFE else str(whole)
    return format(found.normalize(), "f")


def _moment(value: datetime | date | time, zone: tzinfo) -> str | None:
    if isinstance(value, time):
        return value.isoformat()
    if value.year in NO_YEARS:
        return None
    if isinstance(value, datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=zone)
        return aware.isoformat()
    return value.isoformat()


# === KEYS, POSITIONS, HASHES === #


def key_text(values: list[Any] | tuple) -> str:
    """Return a key of one or several columns as one text."""
    return json.dumps([plain(v) for v in values], ensure_ascii=False)


def coded(value: Any) -> list | None:
    """Return a value with its type, so that it can be compared with in SQL again."""
    if value is None:
        return None
    for name, kind in (("moment", datetime), ("date", date)):
        if isinstance(value, kind):
            return [name, value.isoformat()]
    if isinstance(value, (bytes, bytearray, memoryview)):
        return ["bytes", bytes(value).hex()]
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        return ["text", str(value)]
    return ["number", str(value)]


def decoded(row: list | None) -> Any:
    """Return what :func:`coded` was given.

    :raise ValueError: it is not what :func:`coded` writes
    """
    if row is None:
        return None
    kind, text = row
    readers = {
        "moment": datetime.fromisoformat,
        "date": date.fromisoformat,
        "bytes": bytes.fromhex,
        "number": _whole_or_decimal,
        "text": str,
    }
    if kind not in readers:
        raise ValueError(f"no such kind: {kind}")
    return readers[kind](text)


def _whole_or_decimal(text: str) -> int | Decimal:
    found = Decimal(text)
    return int(found) if found == found.to_integral_value() else found


def canonical(tree: Any) -> bytes:
    """Return a tree as the same bytes whatever the order of its keys."""
    return json.dumps(
        tree, ensure_ascii=False, sort_keys=True, separators=(",", ":")
    ).encode()


def hash_of(tree: Mapping | list) -> str:
    return hashlib.sha256(canonical(tree)).hexdigest()


def same(one: Any, other: Any) -> bool:
    """Tell whether two values are the same to a database.

    Texts without their padding, numbers by value, moments by the second: that is
    what columns of older systems keep.
    """
    left, right = _alike(_comparable(one), _comparable(other))
    if isinstance(left, datetime) and isinstance(right, datetime):
        if (left.tzinfo is None) != (right.tzinfo is None):
            left, right = left.replace(tzinfo=None), right.replace(tzinfo=None)
        return abs((left - right).total_seconds()) < 1
    return left == right


def _alike(left: Any, right: Any) -> tuple[Any, Any]:
    """Bring a number and its text, or a day and a moment as texts, to one kind."""
    for number, text in ((left, right), (right, left)):
        if isinstance(number, Decimal) and isinstance(text, str):
            return number, _decimal(text)
        if isinstance(number, str) and isinstance(text, str):
            if len(number) == 10 and text[10:11] == "T" and text[:10] == number:
                return number, number
    return left, right


def _decimal(text: str) -> Decimal | str:
    try:
        return Decimal(text)
    except ArithmeticError:
        return text


def _comparable(value: Any) -> Any:
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)
    if isinstance(value, bool):
        return Decimal(int(value))
    if isinstance(value, (int, float, Decimal)):
        return Decimal(str(value))
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value)
    return None if value is None else clean(str(value)) or None
