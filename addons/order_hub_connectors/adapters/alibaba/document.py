"""Orders of Alibaba.com as one document each."""

from datetime import datetime, timezone
from typing import Any

from ..base import ReadError
from ..documents import (
    as_decimal,
    as_list,
    as_object,
    as_text,
    first,
    iso,
    plain,
    read_object,
    shown,
)

ITEM = "trade_ecology_order_product"
UNPAID = {"unpay", "to_be_audited", "draft"}
CLOSED = {"trade_close", "trade_closed", "cancel"}
#: Seconds since 1970 that a moment in milliseconds cannot be.
SECONDS_END = 100_000_000_000


def order_of(raw: bytes) -> dict:
    """Return the one order in an answer, with its derived keys.

    :raise ReadError: ``platform_error``, ``not_an_order`` or ``missing``
    """
    tree = read_object(raw)
    if first(tree.get("code")) not in ("", "0"):
        said = f"{first(tree.get('code'))} {as_text(tree.get('message'))}"
        raise ReadError(
            "platform_error", f"This is no order but an error of Alibaba.com: {said}"
        )
    for name in ("alibaba_seller_order_get_response", "value"):
        tree = as_object(tree.get(name, tree), name)
    if "trade_id" not in tree:
        names = ", ".join(sorted(tree)[:5])
        raise ReadError(
            "not_an_order", f"This is no order of Alibaba.com: it has {shown(names)}."
        )
    return _with_derived(dict(tree))


def status_of(order: dict) -> str:
    return as_text(order.get("trade_status"))


def moment_of(value: Any) -> str:
    """Return a date of the platform as ISO 8601 in UTC, empty if it is none.

    :param value: ``{"timestamp": seconds or milliseconds since 1970}``
    """
    stamp = as_text(value.get("timestamp")) if isinstance(value, dict) else ""
    if not stamp.isascii() or not stamp.isdigit() or len(stamp) > 14:
        return ""
    number = int(stamp)
    seconds = number / 1000 if number >= SECONDS_END else number
    return iso(datetime.fromtimestamp(seconds, timezone.utc))


def _with_derived(order: dict) -> dict:
    """Add the derived keys (names with ``_``); products always as one nested list."""
    number = as_text(order.get("trade_id"))
    if not number:
        raise ReadError("missing", "The order has no number.", "trade_id")
    products = order.get("order_products")
    if isinstance(products, dict):
        products = products.get(ITEM)
    rows = as_list(products, "order_products")
    if not rows:
        raise ReadError(
            "missing", f"Order {number} has no products: fetch it.", "order_products"
        )
    order["order_products"] = {ITEM: _lines(rows)}
    total = _money(order.get("total_amount"))
    order.update(
        _ref=number,
        _currency=as_text(total.get("currency")),
        _date=moment_of(order.get("create_date")),
        _shipping=_amount(order.get("shipment_fee"), "shipment_fee"),
    )
    address = order.get("shipping_address")
    if isinstance(address, dict):
        order["shipping_address"] = {**address, "_phone": _phone(address)}
    return order


def _lines(rows: list[dict]) -> list[dict]:
    """Return the products with number, code and amount.

    A product has no number of its own in older answers; product and variant name it
    then, with a counter when they come twice.
    """
    lines: list[dict] = []
    taken: set[str] = set()
    for at, row in enumerate(rows):
        number = first(row.get("id")) or "-".join(
            filter(None, (as_text(row.get("product_id")), as_text(row.get("sku_id"))))
        )
        number = number or str(at + 1)
        if number in taken:
            number = f"{number}-{at + 1}"
        taken.add(number)
        lines.append({**row, "_ref": number, **_line(row, at)})
    return lines


def _line(row: dict, at: int) -> dict[str, str]:
    field = f"order_products[{at}]"
    price = as_decimal(
        _money(row.get("unit_price")).get("amount"), f"{field}.unit_price"
    )
    quantity = as_decimal(row.get("quantity"), f"{field}.quantity")
    return {
        "_sku": first(row.get("sku_code"), row.get("sku_id"), row.get("product_id")),
        "_amount": plain(price * quantity),
    }


def _phone(address: dict) -> str:
    """Return mobile, else telephone, as one text: ``+1 415 5550100``."""
    for name in ("mobile", "telephone"):
        parts = address.get(name)
        parts = parts if isinstance(parts, dict) else {}
        number = _said(parts.get("number"))
        if number:
            area = (_said(parts.get("country")), _said(parts.get("area")), number)
            return " ".join(filter(None, area))
    return ""


def _said(value: Any) -> str:
    """Return a text; the platform writes the word ``null`` for nothing."""
    text = as_text(value)
    return "" if text == "null" else text


def _money(value: Any) -> dict:
    return value if isinstance(value, dict) else {}


def _amount(value: Any, field: str) -> str:
    return plain(as_decimal(_money(value).get("amount"), field))
