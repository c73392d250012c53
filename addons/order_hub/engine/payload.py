"""Shape of an order as integrations send it: read, bounded, nothing guessed.

Every problem is collected, each with a code that a program can act on and the
path of the field, so that one answer says everything that is wrong.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

MAX_LINES = 2000
MAX_TEXT = 10_000
MAX_WORD = 256
MAX_PROBLEMS = 100
MAX_QUANTITY = 1e9
MAX_PRICE = 1e12

ORDER_FIELDS = {
    "channel": "word!",
    "external_ref": "word!",
    "order_type": "word",
    "currency": "word",
    "date": "moment",
    "promised_date": "moment",
    "customer": "mapping",
    "ship_to": "mapping",
    "lines": "list!",
    "shipping_price": "price",
    "prepaid_amount": "price",
    "total": "price",
    "customer_ref": "word",
    "note": "text",
    "confirm": "flag",
}
LINE_FIELDS = {
    "sku": "word",
    "name": "text",
    "quantity": "quantity!",
    "unit_price": "price",
    "discount": "percent",
    "external_ref": "word",
}
ADDRESS_FIELDS = {
    "external_ref": "word",
    "name": "word",
    "company": "word",
    "email": "word",
    "phone": "word",
    "street": "word",
    "street2": "word",
    "city": "word",
    "zip": "word",
    "state": "word",
    "country": "word",
    "vat": "word",
}


#: A number in a text: plain decimal notation, nothing that only Python reads.
NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d{1,12})?", re.ASCII)


class Problems(list):
    """Problems found so far, at most ``MAX_PROBLEMS`` of them."""

    def add(self, code: str, field: str, message: str) -> None:
        if len(self) < MAX_PROBLEMS:
            self.append({"code": code, "field": field[:60], "message": message})


def clean_text(value: str) -> str:
    """Return a text that every database takes: no NUL, no half characters."""
    return value.replace("\x00", "").encode("utf-8", "replace").decode().strip()


@dataclass(frozen=True)
class Shape:
    """The fields of an order, of its lines and of its addresses, with their kinds."""

    order: Mapping[str, str]
    line: Mapping[str, str]
    address: Mapping[str, str]


SHAPE = Shape(ORDER_FIELDS, LINE_FIELDS, ADDRESS_FIELDS)


def read_order(payload: Any, shape: Shape = SHAPE) -> tuple[dict, Problems]:
    """Return the order as clean values, and what is wrong with it.

    Unknown fields are a problem, not ignored: a misspelt ``promissed_date`` would
    otherwise be lost without anybody noticing.
    """
    problems = Problems()
    order = _read(payload, shape.order, "", problems)
    for name in ("customer", "ship_to"):
        if name in order:
            order[name] = _read(order[name], shape.address, f"{name}.", problems)
    lines = order.get("lines", [])
    if len(lines) > MAX_LINES:
        problems.add("too_many", "lines", f"More than {MAX_LINES} lines.")
        lines = []
    elif "lines" in order and not lines:
        problems.add("required", "lines", "An order needs at least one line.")
    order["lines"] = [
        _read(line, shape.line, f"lines[{i}].", problems)
        for i, line in enumerate(lines)
    ]
    return order, problems


def _read(raw: Any, spec: Mapping[str, str], prefix: str, problems: Problems) -> dict:
    if not isinstance(raw, Mapping):
        problems.add("type", prefix.rstrip("."), "An object with fields is expected.")
        return {}
    for name in raw:
        if name not in spec:
            label = clean_text(str(name)[:60])
            problems.add("unknown_field", f"{prefix}{label}", "No such field.")
    clean = {}
    for name, kind in spec.items():
        value = _value(raw.get(name), kind, f"{prefix}{name}", problems)
        if value is not None:
            clean[name] = value
    return clean


def _value(raw: Any, kind: str, field: str, problems: Problems) -> Any:
    """Return one clean value, or ``None`` when it is empty or wrong."""
    value = None
    try:
        if raw is not None and raw != "":
            value = READERS[kind.rstrip("!")](raw)
    except (ValueError, TypeError, OverflowError) as error:
        problems.add("invalid", field, str(error))
        return None
    if value is None or value == "":
        if kind.endswith("!"):
            problems.add("required", field, "This field is required.")
        return None
    return value


def _word(value: Any) -> str:
    text = _text(value)
    if len(text) > MAX_WORD:
        raise ValueError(f"Longer than {MAX_WORD} characters.")
    return text


def _text(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise ValueError("A text is expected.")
    text = clean_text(str(value))
    if len(text) > MAX_TEXT:
        raise ValueError(f"Longer than {MAX_TEXT} characters.")
    return text


def _number(low: float, high: float, low_is_in: bool = True) -> Callable[[Any], float]:
    def read(value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, (int, float, str)):
            raise ValueError("A number is expected.")
        if isinstance(value, str) and not NUMBER.fullmatch(value.strip()):
            raise ValueError("A number is expected.")
        number = float(value)
        if not math.isfinite(number):
            raise ValueError("A finite number is expected.")
        if number > high or number < low or (number == low and not low_is_in):
            raise ValueError(f"A number between {low:g} and {high:g} is expected.")
        return number

    return read


def _moment(value: Any) -> datetime:
    """Read ISO 8601 into naive UTC; a time without a zone is UTC."""
    if not isinstance(value, str):
        raise ValueError("A date and time such as 2026-03-15T16:00:00Z is expected.")
    try:
        moment = datetime.fromisoformat(value.strip().replace("Z", "+00:00"))
    except ValueError as error:
        raise ValueError(
            "A date and time such as 2026-03-15T16:00:00Z is expected."
        ) from error
    if moment.tzinfo:
        moment = moment.astimezone(timezone.utc).replace(tzinfo=None)
    if not 1990 <= moment.year <= 2200:
        raise ValueError("A date between 1990 and 2200 is expected.")
    return moment.replace(microsecond=0)


def _flag(value: Any) -> bool:
    if not isinstance(value, (bool, int)) or value not in (0, 1):
        raise ValueError("true or false is expected.")
    return bool(value)


def _mapping(value: Any) -> Mapping:
    if not isinstance(value, Mapping):
        raise ValueError("An object with fields is expected.")
    return value


def _list(value: Any) -> list:
    if not isinstance(value, (list, tuple)):
        raise ValueError("A list is expected.")
    return list(value)


READERS = {
    "word": _word,
    "text": _text,
    "quantity": _number(0, MAX_QUANTITY, low_is_in=False),
    "price": _number(0, MAX_PRICE),
    "percent": _number(0, 100),
    "moment": _moment,
    "flag": _flag,
    "mapping": _mapping,
    "list": _list,
}
