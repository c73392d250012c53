"""Notifications of Amazon, brought by a forwarder that knows a shared secret."""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

from ..documents import as_list, as_object, as_text, first, read_json
from ..signing import is_same
from .document import CANCELLED, PENDING, part

KEY_HEADER = "x-order-hub-key"
SIGNATURE_HEADER = "x-order-hub-signature"
ORDER_CHANGE = "ORDER_CHANGE"
SHIPPED = {"Shipped", "PartiallyShipped"}
#: A forwarder hands on at most ten messages at once.
MAX_AT_ONCE = 100


def is_from_forwarder(headers: Mapping[str, str], raw: bytes, secret: str) -> bool:
    """Tell whether a delivery proves that it comes from the own forwarder.

    By the HMAC-SHA256 of the body in hexadecimal, or by the secret itself, which is
    all that an EventBridge destination can send.

    :param headers: names in lower case
    """
    if not secret:
        return False
    digest = hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
    signed = is_same(digest, headers.get(SIGNATURE_HEADER, ""))
    known = hmac.compare_digest(
        secret.encode(), headers.get(KEY_HEADER, "").strip().encode()
    )
    return signed or known


def notifications(raw: bytes) -> list[dict]:
    """Return the notifications of a body: one, or several in a list.

    :raise ReadError: not JSON, or of another form
    """
    tree = read_json(raw)
    rows = tree if isinstance(tree, list) else [tree]
    if isinstance(tree, dict) and isinstance(tree.get("Records"), list):
        rows = tree["Records"]
    return [unwrapped(row) for row in as_list(rows[:MAX_AT_ONCE], "Records")]


def unwrapped(tree: dict) -> dict:
    """Return a notification without EventBridge's or SQS's envelope."""
    for name in ("detail", "Body", "body"):
        inner = tree.get(name)
        if isinstance(inner, str):
            inner = read_json(inner.encode())
        if inner is not None:
            return as_object(inner, name)
    return tree


def is_notification(tree: Any) -> bool:
    return isinstance(tree, dict) and bool(_type(tree))


def change_of(tree: dict) -> dict:
    """Return the order change that a notification tells, empty if it tells none."""
    if _type(tree) != ORDER_CHANGE:
        return {}
    payload = part(tree, "Payload") or part(tree, "payload")
    return part(payload, "OrderChangeNotification")


def kind_of(change: dict) -> str:
    """Return what a change means to the hub, empty for no concern.

    A buyer who *asks* to cancel changes the order: whether it is cancelled is the
    seller's word, and comes with the status.
    """
    if not as_text(change.get("AmazonOrderId")):
        return ""
    if as_text(change.get("OrderChangeType")) == "BuyerRequestedChange":
        return "change"
    status = as_text(part(change, "Summary").get("OrderStatus"))
    if status in PENDING:
        return ""
    if status in CANCELLED:
        return "cancel"
    return "shipped" if status in SHIPPED else "order"


def event(change: dict, event_time: str) -> dict:
    """Return the event of a change, in the hub's words."""
    summary, trigger = part(change, "Summary"), part(change, "OrderChangeTrigger")
    return {
        "external_ref": as_text(change.get("AmazonOrderId")),
        "reason": first(trigger.get("ChangeReason"), summary.get("OrderStatus")),
        "at": first(trigger.get("TimeOfOrderChange"), event_time),
        "lines": [
            _line(row) for row in as_list(summary.get("OrderItems"), "OrderItems")
        ],
    }


def number_of(tree: dict) -> str:
    """Return the number of the notification itself."""
    metadata = part(tree, "NotificationMetadata") or part(tree, "notificationMetadata")
    return first(metadata.get("NotificationId"), metadata.get("notificationId"))


def moment_of(tree: dict) -> str:
    return first(tree.get("EventTime"), tree.get("eventTime"))


def _type(tree: dict) -> str:
    return first(tree.get("NotificationType"), tree.get("notificationType"))


def _line(row: dict) -> dict:
    return {
        "external_ref": as_text(row.get("OrderItemId")),
        "sku": as_text(row.get("SellerSKU")),
        "quantity": as_text(row.get("Quantity")),
    }
