"""The order as intake understands it: the hub's own order and a little more.

What a channel says beyond the hub's API (``order_hub.engine.payload``) and what
steps need before products and customers are known.
"""

import re
from collections.abc import Mapping
from typing import Any

from odoo.addons.order_hub.engine.payload import (
    ADDRESS_FIELDS,
    LINE_FIELDS,
    MAX_LINES,
    ORDER_FIELDS,
    Shape,
    read_order,
)

#: Path of a line, e.g. ``lines[2]``.
LINE = re.compile(r"lines\[(\d{1,4})\]", re.ASCII)

#: What a person answers; it goes to a step, not into the order.
ANSWERS = (
    "customer.partner_id",
    "ship_to.checked",
    "customer.checked",
    "order.checked",
    "picture.checked",
)

#: A person's answer about a line: it is none.
LEFT_OUT = "left_out"

SHAPE = Shape(
    order={
        **{name: kind for name, kind in ORDER_FIELDS.items() if name != "channel"},
        "special_request": "text",
        "paid_at": "moment",
        "status": "word",
        "ship_method": "word",
        "discount_total": "price",
    },
    line={
        **LINE_FIELDS,
        "barcode": "word",
        "unit": "word",
        "amount": "price",
        "bundle": "word",
        "group": "word",
    },
    address={
        **ADDRESS_FIELDS,
        "district": "word",
        "address": "text",
        "mobile": "word",
    },
)


def clean(values: Mapping[str, Any]) -> tuple[dict, list[dict]]:
    """Return the order as clean values, and its problems (code, field, message)."""
    order, problems = read_order(values, SHAPE)
    return order, list(problems)


def is_path(path: str) -> bool:
    """Return whether a path names a value of an order that a person may answer."""
    if path in ANSWERS or left_out_line(path) is not None:
        return True
    head, _dot, name = path.rpartition(".")
    if head in ("customer", "ship_to"):
        return name in SHAPE.address
    fields = SHAPE.line if LINE.fullmatch(head) else {} if head else SHAPE.order
    return fields.get(name, "list").rstrip("!") not in ("mapping", "list")


def left_out_line(path: str) -> int | None:
    """Return the line that ``lines[2].left_out`` leaves out, ``None`` for others."""
    head, _dot, name = path.rpartition(".")
    line = LINE.fullmatch(head) if name == LEFT_OUT else None
    return int(line[1]) if line else None


def set_at(values: dict, path: str, value: Any) -> bool:
    """Put a value at a path such as ``lines[2].sku``.

    :return: whether there was a place for it; the line after the last one is new
    """
    spot, name = _spot(values, path, add=True)
    if spot is None:
        return False
    spot[name] = value
    return True


def get_at(values: dict, path: str) -> Any:
    """Return the value at a path, or ``None``."""
    spot, name = _spot(values, path)
    return spot.get(name) if spot is not None else None


def _spot(values: dict, path: str, add: bool = False) -> tuple[dict | None, str]:
    """Return the dictionary that holds the last name of a path, and that name."""
    head, dot, name = path.rpartition(".")
    if not dot:
        return values, path
    if head in ("customer", "ship_to"):
        return values.setdefault(head, {}), name
    line = LINE.fullmatch(head)
    return (_line(values, int(line[1]), add) if line else None), name


def _line(values: dict, number: int, add: bool) -> dict | None:
    """Return a line by its number, 0 for the first; if asked the next one, too."""
    lines = values.setdefault("lines", [])
    if not isinstance(lines, list):
        return None
    if add and number == len(lines) < MAX_LINES:
        lines.append({})
    return lines[number] if number < len(lines) else None
