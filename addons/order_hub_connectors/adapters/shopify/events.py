"""What Shopify's messages about a known order say, in the hub's words."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ..base import ReadError
from ..documents import as_decimal, as_list, as_text, first, plain
from .document import PAID
from .nodes import number_of


def event_of(kind: str, document: Mapping) -> dict:
    """Return the small dict of one message; its keys as in ``base.py``.

    :raise ReadError: it does not say which order it is about
    """
    readers = {
        "cancel": _cancel,
        "paid": _paid,
        "refund": _refund,
        "return": _return,
        "shipped": _shipped,
        "change": _edit,
    }
    event = readers[kind](document) if kind in readers else {}
    event["external_ref"] = reference(document)
    return {name: value for name, value in event.items() if value not in (None, "")}


def reference(document: Any) -> str:
    """Return the number of the order that a message is about.

    :raise ReadError: ``no_reference``
    """
    found = ""
    if isinstance(document, Mapping):
        order = document.get("order")
        edit = document.get("order_edit")
        inner = order.get("id") if isinstance(order, Mapping) else None
        edited = edit.get("order_id") if isinstance(edit, Mapping) else None
        found = number_of(document.get("order_id") or inner or edited)
        found = found or number_of(document.get("id"))
    if not found:
        raise ReadError("no_reference", "The message does not say which order.", "id")
    return found


def _cancel(order: Mapping) -> dict:
    return {
        "reason": as_text(order.get("cancel_reason")).lower(),
        "at": order.get("cancelled_at") or order.get("updated_at"),
    }


def _paid(order: Mapping) -> dict:
    """Return how much of an order has been paid, by what is not outstanding."""
    total = first(order.get("current_total_price"), order.get("total_price"))
    paid = as_decimal(total, "total_price") - as_decimal(order.get("total_outstanding"))
    status = as_text(order.get("financial_status")).lower()
    return {
        "amount": plain(paid),
        "currency": order.get("currency"),
        "reason": status if status not in PAID[:1] else "",
        # Only the API says when each payment was made.
        "at": (order.get("transactions") and order.get("paid_at"))
        or order.get("updated_at"),
    }


def _refund(refund: Mapping) -> dict:
    """Return what was given back.

    The amount is what was paid out, in the currency in which it was; a refund
    without a payment (only goods) has 0.
    """
    paid_out = [
        row
        for row in as_list(refund.get("transactions"), "transactions")
        if as_text(row.get("kind")).lower() == "refund"
        and as_text(row.get("status")).lower() == "success"
    ]
    amounts = (as_decimal(row.get("amount"), "transactions.amount") for row in paid_out)
    return {
        "amount": plain(sum(amounts, Decimal(0))),
        "currency": first(*(row.get("currency") for row in paid_out)),
        "reason": as_text(refund.get("note")),
        "at": first(refund.get("processed_at"), refund.get("created_at")),
        "lines": [
            _refund_line(row)
            for row in as_list(refund.get("refund_line_items"), "refund_line_items")
        ],
    }


def _count(value: Any, field: str) -> float:
    return float(as_decimal(value, field))


def _refund_line(row: Mapping) -> dict:
    item = row.get("line_item") or {}
    return {
        "external_ref": number_of(row.get("line_item_id") or item.get("id")),
        "sku": as_text(item.get("sku")),
        "quantity": float(
            as_decimal(row.get("quantity"), "refund_line_items.quantity")
        ),
        "amount": plain(as_decimal(_subtotal(row), "refund_line_items.subtotal")),
    }


def _subtotal(row: Mapping) -> Any:
    if row.get("subtotal") is not None:
        return row["subtotal"]
    pair = row.get("subtotal_set")
    half = pair.get("shop_money") if isinstance(pair, Mapping) else None
    return half.get("amount") if isinstance(half, Mapping) else None


def _return(document: Mapping) -> dict:
    rows = as_list(document.get("return_line_items"), "return_line_items")
    notes = [
        first(
            row.get("customer_note"),
            row.get("return_reason_note"),
            row.get("return_reason"),
        )
        for row in rows
    ]
    return {
        "reason": "; ".join(dict.fromkeys(filter(None, notes))),
        "at": first(document.get("updated_at"), document.get("created_at")),
        "lines": [_return_line(row) for row in rows],
    }


def _return_line(row: Mapping) -> dict:
    item = (row.get("fulfillment_line_item") or {}).get("line_item") or {}
    return {
        "external_ref": number_of(item.get("id")),
        "sku": as_text(item.get("sku")),
        "quantity": float(
            as_decimal(row.get("quantity"), "return_line_items.quantity")
        ),
    }


def _shipped(order: Mapping) -> dict:
    """Return the parcels of an order; tracking is that of the newest."""
    parcels = [
        row
        for row in as_list(order.get("fulfillments"), "fulfillments")
        if as_text(row.get("status")).lower() == "success"
    ]
    newest = max(parcels, key=lambda row: as_text(row.get("created_at")), default={})
    return {
        "tracking": as_text(newest.get("tracking_number")),
        "carrier": as_text(newest.get("tracking_company")),
        "at": first(newest.get("created_at"), order.get("updated_at")),
        "lines": [
            {
                "external_ref": number_of(row.get("id")),
                "sku": as_text(row.get("sku")),
                "quantity": _count(row.get("quantity"), "fulfillments.quantity"),
            }
            for parcel in parcels
            for row in as_list(parcel.get("line_items"), "fulfillments.line_items")
        ],
    }


def _edit(document: Mapping) -> dict:
    """Return what an edit added and took away; the new order is asked for apart."""
    edit = document.get("order_edit") or {}
    lines = edit.get("line_items") or {}
    return {
        "reason": as_text(edit.get("staff_note")),
        "at": first(edit.get("committed_at"), edit.get("created_at")),
        "lines": [
            {
                "external_ref": number_of(row.get("id")),
                "quantity": sign * _count(row.get("delta"), "line_items.delta"),
            }
            for name, sign in (("additions", 1), ("removals", -1))
            for row in as_list(lines.get(name), f"line_items.{name}")
        ],
    }
