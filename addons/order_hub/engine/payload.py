"""Shape of an order as integrations send it: read, bounded, nothing guessed.

Every problem is collected, each with a code that a program can act on and the
path of the field, so that one answer says everything that is wrong.
"""

import math
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from typing import Any

MAX_LINES = 2000
MAX_TEXT = 10_000
MAX_QUANTITY = 1e9
MAX_PRICE = 1e12

ORDER_FIELDS = {
    "channel": "text!",
    "external_ref": "text!",
    "order_type": "text",
    "currency": "text",
    "date": "moment",
    "promised_date": "moment",
    "customer": "mapping",
    "ship_to": "mapping",
    "lines": "list!",
    "shipping_price": "price",
    "prepaid_amount": "price",
    "total": "price",
    "customer_ref": "text",
    "note": "text",
    "confirm": "flag",
}
LINE_FIELDS = {
    "sku": "text",
    "name": "text",
    "quantity": "quantity!",
    "unit_price": "price",
    "discount": "percent",
    "external_ref": "text",
}
ADDRESS_FIELDS = {
    "external_ref": "text",
    "name": "text",
    "company": "text",
    "email": "text",
    "phone": "text",
    "street": "text",
    "street2": "text",
    "city": "text",
    "zip": "text",
    "state": "text",
    "country": "text",
    "vat": "text",
}


class Problems(list):
    """Problems found so far."""

    def add(self, code: str, field: str, message: str) -> None:
        self.append({"code": code, "field": field, "message": message})


def read_order(payload: Any) -> tuple[dict, Problems]:
    """Return the order as clean values, and what is wrong with it.

    Unknown fields are a problem, not ignored: a misspelt ``promissed_date`` would
    otherwise be lost without anybody noticing.
    """
    problems = Problems()
    order = _read(payload, ORDER_FIELDS, "", problems)
    for name in ("customer", "ship_to"):
        if name in order:
            order[name] = _read(order[name], ADDRESS_FIELDS, f"{name}.", problems)
    lines = order.get("lines", [])
    if len(lines) > MAX_LINES:
        problems.add("too_many", "lines", f"More than {MAX_LINES} lines.")
        lines = []
    elif "lines" in order and not lines:
        problems.add("required", "lines", "An order needs at least one line.")
    order["lines"] = [
        _read(line, LINE_FIELDS, f"lines[{i}].", problems)
        for i, line in enumerate(lines)
    ]
    return order, problems


def _read(raw: Any, spec: Mapping[str, str], prefix: str, problems: Problems) -> dict:
    if not isinstance(raw, Mapping):
        problems.add("type", prefix.rstrip("."), "An object with fields is expected.")
        return {}
    for name in raw:
        if name not in spec:
            problems.add("unknown_field", f"{prefix}{name}", "No such field.")
    clean = {}
    for name, kind in spec.items():
        value = raw.get(name)
        if value is None or value == "":
            if kind.endswith("!"):
                problems.add("required", f"{prefix}{name}", "This field is required.")
            continue
        reader = READERS[kind.rstrip("!")]
        try:
            clean[name] = reader(value)
        except (ValueError, TypeError, OverflowError) as error:
            problems.add("invalid", f"{prefix}{name}", str(error))
    return clean


def _text(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise ValueError("A text is expected.")
    text = str(value).replace("\x00", "").strip()
    if len(text) > MAX_TEXT:
        raise ValueError(f"Longer than {MAX_TEXT} characters.")
    return text


def _number(low: float, high: float, low_is_in: bool = True) -> Callable[[Any], float]:
    def read(value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, (int, float, str)):
            raise ValueError("A number is expected.")
        try:
            number = float(value)
        except ValueError as error:
            raise ValueError("A number is expected.") from error
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
    if not isinstance(value, (bool, int)):
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
    "text": _text,
    "quantity": _number(0, MAX_QUANTITY, low_is_in=False),
    "price": _number(0, MAX_PRICE),
    "percent": _number(0, 100),
    "moment": _moment,
    "flag": _flag,
    "mapping": _mapping,
    "list": _list,
}
