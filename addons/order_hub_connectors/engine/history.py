"""Orders of the past out of rows of a sheet: judged, corrected, put together.

A row comes from :mod:`.workbook` as ``{target: value}``; targets are paths of the
hub's own order (``external_ref``, ``customer.name``, ``lines[].quantity`` …). Here it
becomes JSON, gets its doubts and one confidence, and rows of one number become one
order. Plain Python; days are ``datetime.date`` of the company, amounts ``Decimal`` in
the order's currency, without tax.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

#: What a customer may be called by, best first.
CUSTOMER = ("customer.company", "customer.name", "customer.external_ref")
ARTICLE = ("lines[].sku", "lines[].name", "lines[].barcode")
#: Targets that a row needs, or something in their place.
NEEDED = (
    "external_ref",
    "date",
    "customer.name",
    "lines[].quantity",
    "lines[].unit_price",
    "lines[].amount",
    "total",
    "currency",
)
DAYS = frozenset({"date", "promised_date", "paid_at"})
NUMBERS = frozenset(
    {
        "lines[].quantity",
        "lines[].unit_price",
        "lines[].amount",
        "lines[].discount",
        "total",
        "shipping_price",
        "discount_total",
        "prepaid_amount",
    }
)
#: Nobody kept such lists before that, and what is later is not past.
FIRST_DAY = date(1980, 1, 1)
#: What lists call an order that never came to be.
CANCELLED = re.compile(r"取消|作废|撤销|cancel|void", re.IGNORECASE)
#: How sure a row is at most that has this doubt; 0: it cannot become an order so.
DOUBTS = {
    "no_customer": 0.0,
    "no_date": 0.0,
    "no_article": 0.0,
    "no_quantity": 0.5,
    "no_number": 0.5,
    "amount_differs": 0.5,
    "date_ahead": 0.3,
    "date_old": 0.3,
    "quantity_negative": 0.6,
    "cancelled": 0.4,
    "customer_unknown": 0.0,
    "customer_new": 0.8,
    "customer_several": 0.0,
    "product_several": 0.7,
    "unit_differs": 0.6,
}
#: Cents that a written amount may be off for each unit of quantity: rounded prices.
ROUNDING = Decimal("0.005")
CENT = Decimal("0.01")
MAX_TEXT = 500
MAX_NUMBER = Decimal("1e12")


class NotRead(ValueError):
    """A typed value is none of its target; ``code``: ``date`` or ``number``."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


# === VALUES === #


def plain(value: Any) -> Any:
    """Return a value as JSON keeps it: days and numbers as text."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, datetime):
        return value.replace(microsecond=0).isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value.normalize(), "f") if value.is_finite() else None
    if isinstance(value, int | float):
        return plain(Decimal(str(value)))
    return _clean(str(value)) or None


def _clean(text: str) -> str:
    """Return a text that a database and JSON take, bounded."""
    text = text.encode("utf-8", "ignore").decode().replace("\x00", "")
    return " ".join(text.split())[:MAX_TEXT]


def number(value: Any) -> Decimal | None:
    """Return a kept value as a number, ``None`` when it is none."""
    if value is None or isinstance(value, bool):
        return None
    try:
        found = Decimal(str(value).replace(",", "").strip())
    except InvalidOperation:
        return None
    return found if found.is_finite() and abs(found) <= MAX_NUMBER else None


def moment(value: Any) -> datetime | None:
    """Return a kept day or moment; a day is noon of it, wherever it is shown."""
    text = str(value or "").strip()
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    if len(text) <= 10:
        found = found.replace(hour=12)
    return found.replace(tzinfo=None)


def typed(target: str, text: Any) -> Any:
    """Return what a person typed for a target as it is kept.

    :raise NotRead: it is no day (``2023-05-06``), or no number
    """
    value = plain(text)
    if value is None:
        return None
    if target in DAYS:
        found = moment(str(value).replace("/", "-").replace(".", "-"))
        if not found:
            raise NotRead("date")
        return str(value).replace("/", "-").replace(".", "-")
    if target in NUMBERS:
        found = number(value)
        if found is None:
            raise NotRead("number")
        return plain(found)
    return str(value)


# === ONE ROW === #


@dataclass(frozen=True, slots=True)
class Judged:
    """What is known of a row.

    :ivar confidence: 0..1, the lowest of what an order needs and of its doubts
    :ivar doubts: ``({"code", "target", …figures},)``, the worst first
    """

    number: str
    customer: str
    day: date | None
    article: str
    subtotal: Decimal
    confidence: float
    doubts: tuple[dict, ...]


def first(values: Mapping[str, Any], targets: Iterable[str]) -> str:
    """Return the first value of these targets that is there, as text."""
    return next((str(v) for name in targets if (v := values.get(name))), "")


def judge(
    values: Mapping[str, Any],
    confidence: Mapping[str, float],
    today: date,
    found: Iterable[Mapping[str, Any]] = (),
) -> Judged:
    """Return what a row says and how sure that is.

    :param values: as kept (:func:`plain`), corrections included
    :param confidence: of its targets, those below 1
    :param today: where the company is
    :param found: doubts of others: ``{"code", "target", …}``
    """
    when = moment(values.get("date"))
    day = when.date() if when else None
    doubts = [*found, *_holes(values, day), *_odd(values, day, today)]
    doubts.sort(key=lambda doubt: DOUBTS.get(doubt["code"], 0.5))
    sure = [float(confidence.get(name, 1.0)) for name in (*NEEDED, *ARTICLE)]
    worst = [DOUBTS.get(doubt["code"], 1.0) for doubt in doubts]
    return Judged(
        number=first(values, ["external_ref"]).strip(),
        customer=first(values, CUSTOMER),
        day=day,
        article=first(values, ARTICLE),
        subtotal=subtotal(values),
        confidence=round(min([1.0, *sure, *worst]), 4),
        doubts=tuple(doubts),
    )


def _holes(values, day):
    """Yield what an order needs and the row does not say."""
    if not values.get("external_ref"):
        yield {"code": "no_number", "target": "external_ref"}
    if not day:
        yield {"code": "no_date", "target": "date"}
    if not first(values, CUSTOMER):
        yield {"code": "no_customer", "target": "customer.name"}
    money = number(values.get("lines[].amount")) or number(values.get("total"))
    if not first(values, ARTICLE) and not money:
        yield {"code": "no_article", "target": "lines[].name"}
    elif number(values.get("lines[].quantity")) is None and first(values, ARTICLE):
        yield {"code": "no_quantity", "target": "lines[].quantity"}


def _odd(values, day, today):
    """Yield what the row says and can hardly be meant."""
    if day and day > today + timedelta(days=1):
        yield {"code": "date_ahead", "target": "date"}
    elif day and day < FIRST_DAY:
        yield {"code": "date_old", "target": "date"}
    quantity = number(values.get("lines[].quantity"))
    if quantity is not None and quantity < 0:
        yield {"code": "quantity_negative", "target": "lines[].quantity"}
    if CANCELLED.search(str(values.get("status") or "")):
        yield {"code": "cancelled", "target": "status"}
    amount, product = number(values.get("lines[].amount")), _product(values)
    if amount is not None and product is not None:
        slack = CENT + ROUNDING * abs(quantity or 0)
        if abs(amount - product) > slack:
            yield {
                "code": "amount_differs",
                "target": "lines[].amount",
                "amount": plain(amount),
                "product": plain(product.quantize(CENT)),
            }


def _product(values):
    """Return quantity × price less discount, ``None`` when one is missing."""
    quantity = number(values.get("lines[].quantity"))
    price = number(values.get("lines[].unit_price"))
    if quantity is None or price is None:
        return None
    off = number(values.get("lines[].discount")) or Decimal(0)
    return quantity * price * (100 - off) / 100


def subtotal(values: Mapping[str, Any]) -> Decimal:
    """Return the amount of a line: as written, else quantity × price, else 0."""
    amount = number(values.get("lines[].amount"))
    found = amount if amount is not None else _product(values)
    return (found or Decimal(0)).quantize(CENT)


# === ORDERS === #


@dataclass(slots=True)
class PastOrder:
    """Rows of one number.

    :ivar rows: ids of the rows
    :ivar date: naive, where the company is
    :ivar lines: ``{"product", "uom", "name", "quantity", "subtotal"}``; the product
        and unit are ids, 0: unknown
    :ivar problem: code when the rows contradict each other, else empty
    """

    number: str
    rows: list[int] = field(default_factory=list)
    partner: int = 0
    date: datetime | None = None
    agreed: datetime | None = None
    currency: str = ""
    customer_ref: str = ""
    note: str = ""
    places: list[str] = field(default_factory=list)
    lines: list[dict] = field(default_factory=list)
    problem: str = ""


def together(rows: Iterable[Mapping[str, Any]]) -> list[PastOrder]:
    """Put the rows of one number together.

    :param rows: dicts ``id``, ``key`` (the same for rows of one order), ``number``,
        ``partner``, ``product``, ``uom`` (ids, 0: unknown), ``place`` (sheet and
        row, for people), ``values``; in the order of the file
    :return: one a key, in the order in which they begin
    """
    orders: dict[str, PastOrder] = {}
    for row in rows:
        order = orders.setdefault(row["key"], PastOrder(row["number"]))
        _take_head(order, row)
        order.lines.append(_line(row))
    for order in orders.values():
        _settle_total(order)
    return list(orders.values())


def _take_head(order, row):
    """Take what the row says of the whole order; contradictions are a problem."""
    values = row["values"]
    order.rows.append(row["id"])
    order.places.append(row["place"])
    currency = str(values.get("currency") or "")
    if order.partner and row["partner"] and row["partner"] != order.partner:
        order.problem = "customers_differ"
    elif order.currency and currency and currency != order.currency:
        order.problem = "currencies_differ"
    order.partner = order.partner or row["partner"]
    order.currency = order.currency or currency
    days = [day for day in (order.date, moment(values.get("date"))) if day]
    order.date = min(days, default=None)
    order.agreed = order.agreed or moment(values.get("promised_date"))
    order.customer_ref = order.customer_ref or str(values.get("customer_ref") or "")
    note = str(values.get("note") or "")
    if note and note not in order.note:
        order.note = f"{order.note}\n{note}".strip()


def _line(row):
    values = row["values"]
    name = " ".join(
        dict.fromkeys(
            str(values[part])
            for part in ("lines[].sku", "lines[].name")
            if values.get(part)
        )
    )
    unit = str(values.get("lines[].unit") or "")
    quantity = number(values.get("lines[].quantity"))
    return {
        "product": row["product"],
        "uom": row["uom"],
        "name": f"{name} ({unit})" if unit and not row["product"] else name,
        "quantity": Decimal(1) if quantity is None else quantity,
        "subtotal": subtotal(values),
        "total": number(values.get("total")),
    }


def _settle_total(order):
    """Give an order that says only its total the amount; one line of its own if it
    has several."""
    totals = [line.pop("total") for line in order.lines]
    total = next((each for each in totals if each), None)
    if not total or any(line["subtotal"] for line in order.lines):
        return
    if len(order.lines) == 1:
        order.lines[0]["subtotal"] = total.quantize(CENT)
    else:
        order.lines.append(
            {
                "product": 0,
                "uom": 0,
                "name": "",
                "quantity": Decimal(1),
                "subtotal": total.quantize(CENT),
            }
        )


# === FOLDERS === #


def safe_parts(text: str) -> tuple[str, ...] | None:
    """Return the parts of a folder below another one; ``None`` when it leads out."""
    parts = tuple(part for part in str(text or "").strip().split("/") if part)
    if not parts or str(text).strip().startswith(("/", "~")):
        return None
    wrong = any(
        part in (".", "..") or part.startswith(".") or "\\" in part or "\x00" in part
        for part in parts
    )
    return None if wrong else parts
