"""The form of an order card, as a phone sends it: read, bounded, told again.

A phone may have kept a form for days before it found a network, and anybody with a
login may send what no phone would: every value is looked at here, before the database
is asked anything.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

MAX_LINES = 100
MAX_QUANTITY = 1_000_000
MAX_NOTE = 2000
MAX_ADDRESS = 300
#: Greatest id of a record in the database.
MAX_ID = 2**31 - 1
KEY = re.compile(r"[0-9a-f]{32}", re.ASCII)
DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class FormError(ValueError):
    """A form that cannot be an order.

    :ivar code: what is wrong: ``key``, ``customer``, ``quantity``, ``no_lines``,
        ``too_many``, ``day`` or ``past``
    :ivar figures: values for the words
    """

    def __init__(self, code: str, **figures: Any):
        super().__init__(code)
        self.code = code
        self.figures = figures


@dataclass(frozen=True)
class CardForm:
    """What a salesperson wants for a customer: five fields and the form's own key.

    :ivar key: 32 hexadecimal digits; the same form sent again has the same
    :ivar customer: id of the customer
    :ivar lines: ``((product id, quantity in the product's unit), …)``, no product twice
    :ivar ship_to: id of one of the customer's addresses, 0: the customer's own
    :ivar address: one typed in instead of it, empty for none
    :ivar day: wanted delivery, where the company is
    """

    key: str
    customer: int
    lines: tuple[tuple[int, float], ...]
    ship_to: int
    address: str
    day: date | None
    note: str


def read_form(values: Any, today: date) -> CardForm:
    """Return the form that a phone sent.

    :param values: what came, whatever it is; wanted is a mapping with ``key``,
        ``customer``, ``lines`` ``[{"product", "quantity"}]``, and maybe ``ship_to``,
        ``address``, ``day`` (ISO), ``note``
    :param today: the day where the company is
    :raise FormError: it cannot become an order
    """
    values = values if isinstance(values, Mapping) else {}
    key = values.get("key")
    if not isinstance(key, str) or not KEY.fullmatch(key):
        raise FormError("key")
    customer = _id(values.get("customer"))
    if not customer:
        raise FormError("customer")
    return CardForm(
        key=key,
        customer=customer,
        lines=_lines(values.get("lines")),
        ship_to=_id(values.get("ship_to")),
        address=_text(values.get("address"), MAX_ADDRESS),
        day=_day(values.get("day"), today),
        note=_text(values.get("note"), MAX_NOTE),
    )


def _id(value: Any) -> int:
    """Return the id of a record, 0 for what is none."""
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return value if is_number and 0 < value <= MAX_ID else 0


def _text(value: Any, most: int) -> str:
    """Return a text of bounded length without characters no database takes."""
    text = value if isinstance(value, str) else ""
    return text.replace("\0", "").encode("utf-8", "ignore").decode().strip()[:most]


def _lines(rows: Any) -> tuple[tuple[int, float], ...]:
    """Return products and quantities; a product named twice is added up."""
    rows = rows if isinstance(rows, list) else []
    if len(rows) > MAX_LINES:
        raise FormError("too_many", limit=MAX_LINES)
    wanted: dict[int, float] = {}
    for row in rows:
        row = row if isinstance(row, Mapping) else {}
        quantity = read_quantity(row.get("quantity"))
        product = _id(row.get("product"))
        if quantity and product:
            wanted[product] = round(wanted.get(product, 0.0) + quantity, 6)
    if not wanted:
        raise FormError("no_lines")
    return tuple(wanted.items())


def read_quantity(value: Any) -> float:
    """Return a quantity as typed on a phone, 0 for nothing.

    :param value: a number, or a text such as ``12``, ``2.5`` or ``2,5``
    :raise FormError: it is no quantity that can be ordered
    """
    text = "" if value is None else str(value).strip()[:40]
    try:
        quantity = float(text.replace(",", ".")) if text else 0.0
    except ValueError:
        quantity = -1.0
    if not math.isfinite(quantity) or not 0 <= quantity <= MAX_QUANTITY:
        raise FormError("quantity", value=text[:20])
    return quantity


def _day(value: Any, today: date) -> date | None:
    if value in (None, "", False):
        return None
    try:
        day = date.fromisoformat(value if DAY.fullmatch(value) else "")
    except (TypeError, ValueError) as error:
        raise FormError("day") from error
    if day < today:
        raise FormError("past", day=day)
    return day


def number_of(user_id: int, key: str, digest) -> str:
    """Return the number of a form: nobody's key leads to another one's order.

    :param digest: a hash function of ``hashlib``
    """
    return f"K-{digest(f'{user_id} {key}'.encode()).hexdigest()[:12].upper()}"


def goods_text(rows: list[tuple[float, str]]) -> list[str]:
    """Return one line of text for each ``(quantity, product)``."""
    return [f"{_short(quantity)} × {name}" for quantity, name in rows]


def _short(quantity: float) -> str:
    """Return a quantity without zeros that say nothing."""
    text = f"{quantity:,.6f}"
    return text.rstrip("0").rstrip(".")
