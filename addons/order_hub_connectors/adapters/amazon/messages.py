"""Messages and rows that the adapter makes of what Amazon sent."""

from datetime import datetime
from typing import Any

from ..base import Listed, Message
from ..documents import as_text, first, iso, to_raw
from . import document, notification, report


def moment(value: Any) -> str:
    """Return one of Amazon's moments in UTC, of one width so that it sorts."""
    text = as_text(value)
    try:
        return iso(datetime.fromisoformat(text.replace("Z", "+00:00")))
    except ValueError:
        return ""


def notice(tree: dict) -> Message | None:
    change = notification.change_of(tree)
    kind = notification.kind_of(change)
    if not kind:
        return None
    return Message(
        kind=kind,
        external_ref=as_text(change.get("AmazonOrderId")),
        raw=to_raw(tree),
        event_id=notification.number_of(tree),
        version=moment(notification.moment_of(tree)),
        headers={"topic": notification.ORDER_CHANGE},
    )


def of_report(raw: bytes) -> list[Message]:
    """Return one message an order; pending ones are none yet."""
    messages = []
    for number, rows in report.split(raw).items():
        order = report.to_v0(rows)
        if document.is_pending(order):
            continue
        messages.append(
            Message(
                kind="cancel" if document.is_cancelled(order) else "order",
                external_ref=number,
                raw=rows,
                content_type=report.CONTENT_TYPE,
                version=moment(order.get("LastUpdateDate")),
            )
        )
    return messages


def event(order: dict) -> dict:
    return {
        "external_ref": order["_ref"],
        "reason": as_text(order.get("OrderStatus")),
        "amount": as_text(document.part(order, "OrderTotal").get("Amount")),
        "currency": order["_currency"],
        "at": moment(order.get("LastUpdateDate")),
        "lines": [
            {
                "external_ref": row["_ref"],
                "sku": row["_sku"],
                "quantity": as_text(row.get("QuantityOrdered")),
                "amount": row["_amount"],
            }
            for row in order["OrderItems"]
        ],
    }


def listed(order: dict) -> Listed:
    total = document.part(order, "OrderTotal")
    made = moment(order.get("PurchaseDate"))
    return Listed(
        external_ref=as_text(order.get("AmazonOrderId")),
        amount=float(first(total.get("Amount")) or 0),
        currency=as_text(total.get("CurrencyCode")),
        status=as_text(order.get("OrderStatus")),
        at=datetime.fromisoformat(made) if made else None,
        is_cancelled=document.is_cancelled(order),
    )


def shipped_item(number: Any, quantity: Any) -> dict:
    """Return an item of a package; ``1234-2`` is the hub's name for another 1234."""
    return {
        "orderItemId": first(number).partition("-")[0],
        "quantity": int(float(first(quantity) or 0)),
    }
