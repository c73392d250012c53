"""An order of WooCommerce in one spelling, and what its messages say.

Plug-ins, versions and tunnels write the same fields as numbers or as texts, with and
without a zone, wrapped or not: the document has each in one way. The keys are those of
the REST API v3; ``bundled_by`` of a line is the number of the line it belongs to.
"""

import html
from collections.abc import Mapping
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

from ..base import ReadError
from ..documents import as_decimal, as_list, as_object, as_text, first, iso, plain

MOMENTS = ("date_created", "date_modified", "date_paid", "date_completed")
AMOUNTS = (
    "total",
    "total_tax",
    "discount_total",
    "shipping_total",
    "shipping_tax",
    "cart_tax",
)
LINE_AMOUNTS = ("total", "subtotal", "total_tax", "subtotal_tax", "price")
LISTS = ("shipping_lines", "fee_lines", "coupon_lines", "tax_lines", "refunds")
CANCELLED = ("cancelled", "failed", "trash")


def order_document(payload: Any) -> dict:
    """Return the document of a whole order.

    :raise ReadError: ``not_an_order``, or a number that is none
    """
    order = unwrapped(payload)
    number_of(order)
    if not isinstance(order.get("line_items"), list):
        raise ReadError(
            "not_an_order", "This order of the shop has no lines.", "line_items"
        )
    found = {**order, **_texts(order, AMOUNTS, "")}
    found["id"] = number_of(order)
    found["number"] = first(order.get("number"), order.get("id"))
    found["status"] = status_of(order)
    found["currency"] = as_text(order.get("currency")).upper()
    for name in MOMENTS:
        found[f"{name}_gmt"] = moment_of(order, name)
    for name in ("billing", "shipping"):
        found[name] = _address(order.get(name))
    for name in LISTS:
        found[name] = as_list(order.get(name), name)
    found["customer_note"] = unescaped(order.get("customer_note"))
    found["line_items"] = _lines(order["line_items"])
    return found


def event_of(kind: str, document: Mapping) -> dict:
    """Return the small dict of one message; its keys as in ``base.py``."""
    if kind == "refund":
        event = _refund(document)
    else:
        order = unwrapped(document)
        event = {"external_ref": number_of(order)}
        at = {"paid": "date_paid", "shipped": "date_completed"}.get(kind)
        event["at"] = moment_of(order, at or "") or moment_of(order, "date_modified")
        if kind == "paid":
            event["amount"] = plain(as_decimal(order.get("total"), "total"))
            event["currency"] = as_text(order.get("currency")).upper()
        if kind == "cancel":
            event["reason"] = status_of(order) or "deleted"
    return {name: value for name, value in event.items() if value not in (None, "")}


def unwrapped(payload: Any) -> dict:
    """Return the order inside a tunnel's ``{"data": …}``."""
    row = as_object(payload)
    if set(row) <= {"data", "_links", "status"} and isinstance(row.get("data"), dict):
        return row["data"]
    return row


def number_of(order: Mapping) -> str:
    """Return the number by which the API knows an order.

    :raise ReadError: ``not_an_order``
    """
    number = first(order.get("id"))
    if not number or number == "0":
        raise ReadError(
            "not_an_order", "This order of WooCommerce has no number.", "id"
        )
    return number


def status_of(order: Mapping) -> str:
    return as_text(order.get("status")).lower().removeprefix("wc-")


def moment_of(order: Mapping, name: str) -> str | None:
    """Return a moment as ISO 8601 in UTC, ``None`` where there is none.

    Without the ``_gmt`` field the shop's own time has to do, read as UTC.
    """
    for text in (as_text(order.get(f"{name}_gmt")), as_text(order.get(name))):
        try:
            moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
        except ValueError:
            continue
        return iso(moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc))
    return None


def unescaped(value: Any) -> str:
    """Return a text without HTML entities: ``O’Conner``, not ``O&#8217;Conner``."""
    return html.unescape(as_text(value))


# === LINES === #


def _lines(rows: list) -> list[dict]:
    lines = [
        _line(row, f"line_items[{at}]")
        for at, row in enumerate(as_list(rows, "line_items"))
    ]
    carts = {
        key: line["id"] for line in lines if (key := _meta(line, "_bundle_cart_key"))
    }
    for line in lines:
        line["bundled_by"] = _bundled_by(line, carts)
    return lines


def _line(row: Mapping, field: str) -> dict:
    line = {**row, **_texts(row, LINE_AMOUNTS, f"{field}.")}
    line["id"] = as_text(row.get("id"))
    line["sku"] = as_text(row.get("sku"))
    line["name"] = unescaped(row.get("name"))
    quantity = as_decimal(row.get("quantity"), f"{field}.quantity")
    line["quantity"] = (
        int(quantity) if quantity == quantity.to_integral_value() else float(quantity)
    )
    line["meta_data"] = [
        meta for meta in row.get("meta_data") or [] if isinstance(meta, Mapping)
    ]
    return line


def _bundled_by(line: Mapping, carts: Mapping[str, str]) -> str:
    """Return the line that a line is part of, by what the bundle plug-ins leave."""
    parent = first(line.get("bundled_by"), line.get("composite_parent"))
    if parent and parent != "0":
        return parent
    return carts.get(_meta(line, "_bundled_by"), "")


def _meta(line: Mapping, key: str) -> str:
    """Return one value of a line's own fields as text."""
    return next(
        (as_text(m.get("value")) for m in line["meta_data"] if m.get("key") == key), ""
    )


def _texts(row: Mapping, names: tuple, field: str) -> dict:
    """Return amounts as texts; those that are not there stay away."""
    return {
        name: plain(as_decimal(row[name], f"{field}{name}"))
        for name in names
        if row.get(name) not in (None, "")
    }


def _address(row: Any) -> dict:
    if not isinstance(row, Mapping):
        return {}
    return {name: unescaped(value) for name, value in row.items()}


# === REFUNDS === #


def _refund(refund: Mapping) -> dict:
    """Return a refund; amounts and quantities come as negative numbers."""
    order = first(refund.get("order_id"), refund.get("parent_id"))
    if not order:
        raise ReadError("no_reference", "The refund does not say of which order.")
    amount = as_decimal(first(refund.get("amount"), refund.get("total")), "amount")
    return {
        "external_ref": order,
        "amount": plain(abs(amount)),
        "currency": as_text(refund.get("currency")).upper(),
        "reason": unescaped(refund.get("reason")),
        "at": moment_of(refund, "date_created"),
        "lines": [
            _refund_line(row) for row in as_list(refund.get("line_items"), "line_items")
        ],
    }


def _refund_line(row: Mapping) -> dict:
    line = _line(row, "line_items")
    total: Decimal = as_decimal(row.get("total"), "line_items.total")
    return {
        "external_ref": _meta(line, "_refunded_item_id") or line["id"],
        "sku": line["sku"],
        "quantity": float(abs(line["quantity"])),
        "amount": plain(abs(total)),
    }
