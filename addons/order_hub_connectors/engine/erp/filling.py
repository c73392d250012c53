"""What the columns of a new row get, from the order and from the mapping.

The mapping is read backwards: a column that fills *quantity* when it is read gets the
quantity. What reading does not need has a text of its own: ``81``, or ``{quantity}``.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from .errors import NotWritten
from .plan import Column, Table
from .query import python_type, typed
from .schema import Schema

#: A place for a value of the order, e.g. ``{quantity}``.
PLACE = re.compile(r"\{([a-z_][a-z_.]{0,60})\}", re.ASCII)
#: In place of a value: one more than the highest that the column has.
NEXT = "{next}"
#: Values of an order and of its lines, by the names that reading fills.
VALUES = {
    "order": (
        "external_ref", "hub_ref", "customer_ref", "date", "promised_date", "currency",
        "customer.external_ref", "customer.name", "special_request", "note", "total",
        "ship_to.name", "ship_to.phone", "ship_to.address", "ship_to.street",
        "ship_to.city", "ship_to.zip", "ship_to.state", "ship_to.country",
    ),
    "line": (
        "external_ref", "sku", "barcode", "name", "quantity", "unit", "unit_price",
        "discount", "amount", "promised_date",
    ),
}  # fmt: skip
#: Texts that may lose their end where a column is short; others are refused.
FREE = ("special_request", "note", "name", "ship_to.address", "ship_to.street")


def value_for(column: Column, values: Mapping[str, Any]) -> Any:
    """Return what a column of a new row gets, ``None`` where nothing says it.

    :param values: target → value, e.g. ``{"quantity": "5", "customer.name": "…"}``
    """
    if column.new:
        return NEXT if column.new == NEXT else filled(column.new, values)
    if column.target and values.get(column.target) not in (None, ""):
        return words_there(column, values[column.target])[0]
    if column.test == "=" and column.values:
        return column.values[0]
    return None


def filled(text: str, values: Mapping[str, Any]) -> str | None:
    """Return a text with the values in their places; ``None``: there is none of it.

    >>> filled("HUB-{external_ref}", {"external_ref": "S1"})
    'HUB-S1'
    """
    names = PLACE.findall(text)
    if names and all(values.get(name) in (None, "") for name in names):
        return None
    return PLACE.sub(lambda spot: str(values.get(spot[1]) or ""), text)


def unknown_places(text: str, role: str) -> list[str]:
    """Return the names in a text that no value of the role has.

    >>> unknown_places("{quantity} {qty}", "line")
    ['qty']
    """
    if text == NEXT:
        return []
    return [name for name in PLACE.findall(text) if name not in VALUES.get(role, ())]


def words_there(column: Column, value: Any) -> list[str]:
    """Return the words there that mean a value here, itself if there are none."""
    found = [there for there, here in column.words.items() if here == str(value)]
    return [word for word in found if word != "*"] or [value]


def fitted(schema: Schema, table: Table, column: Column, value: Any) -> Any:
    """Return a value as the type of its column: rounded to its places, bounded.

    :raise NotWritten: ``too_long``
    :raise BadMapping: ``bad_value``
    """
    there = schema.column(table, column.name)
    found = typed(there, value, table, column)
    if isinstance(found, str):
        return _short(there, column, found)
    scale = getattr(there.type, "scale", None)
    is_exact = isinstance(found, Decimal) and python_type(there) is Decimal
    return round(found, scale) if is_exact and scale is not None else found


def _short(there, column: Column, text: str) -> str:
    length = getattr(there.type, "length", None)
    if not length or len(text) <= length:
        return text
    if column.target in FREE and not column.is_key:
        return text[:length].rstrip()
    raise NotWritten("too_long", column=column.name, length=length)
