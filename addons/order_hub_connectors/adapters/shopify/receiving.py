"""Deliveries of Shopify: whose they are, and what they are about."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ..base import Message, SignatureError
from ..documents import as_text, iso
from .document import PAID, status_of
from .events import reference

#: Topic → kind. Every other topic is taken note of and left alone.
TOPICS = {
    "orders/create": "order",
    "orders/updated": "order",
    "orders/edited": "change",
    "orders/cancelled": "cancel",
    "orders/delete": "cancel",
    "orders/paid": "paid",
    "orders/fulfilled": "shipped",
    "orders/partially_fulfilled": "shipped",
    "refunds/create": "refund",
    "returns/request": "return",
    "returns/approve": "return",
    "returns/reopen": "return",
    "returns/update": "return",
    "returns/process": "return",
    "returns/close": "return",
    "returns/decline": "return",
    "returns/cancel": "return",
}
#: Headers that are kept with a delivery.
HARMLESS = ("x-shopify-topic", "x-shopify-api-version", "x-shopify-triggered-at")


def check(headers: Mapping[str, str], raw: bytes, secret: str, domain: str) -> None:
    """Check that a delivery is from Shopify and from this shop.

    :raise SignatureError: it is not, or nobody knows for lack of a secret
    """
    if not secret:
        raise SignatureError("The channel has no webhook secret: set it first.")
    made = base64.b64encode(hmac.new(secret.encode(), raw, hashlib.sha256).digest())
    given = headers.get("x-shopify-hmac-sha256", "")
    if not hmac.compare_digest(made, given.encode("utf-8", "replace")):
        raise SignatureError("The signature does not fit the delivery.")
    if headers.get("x-shopify-shop-domain", "").lower() != domain:
        raise SignatureError("The delivery is of another shop.")


def message_of(headers: Mapping[str, str], raw: bytes, payload: Any) -> Message | None:
    """Return what a genuine delivery is about, ``None`` for an unknown topic."""
    topic = headers.get("x-shopify-topic", "").lower()
    kind = TOPICS.get(topic)
    if kind is None:
        return None
    if kind == "order" and payload.get("cancelled_at"):
        kind = "cancel"
    return Message(
        kind,
        reference(payload),
        raw,
        event_id=same_event(kind, payload) or _delivery(topic, headers),
        version=version_of(payload),
        headers={name: headers[name] for name in HARMLESS if name in headers},
    )


def same_event(kind: str, payload: Mapping) -> str:
    """Return a name by which a webhook and a pull know the same event.

    An order is cancelled once, a refund has a number; an order may be paid again
    after it grew, so its total belongs to the name.
    """
    number = reference(payload)
    if kind == "cancel":
        return f"cancel:{number}"
    if kind == "refund":
        return f"refund:{as_text(payload.get('id'))}"
    if kind == "return":
        status = as_text(payload.get("status")).lower()
        return f"return:{as_text(payload.get('id'))}:{status}"
    if kind == "paid" and as_text(payload.get("financial_status")).lower() in PAID:
        return f"paid:{number}:{_total(payload)}"
    if kind == "shipped" and status_of(payload) == "fulfilled":
        return f"shipped:{number}"
    return ""


def version_of(payload: Mapping) -> str:
    """Return the moment of a payload in UTC, so that later ones sort later."""
    edit = payload.get("order_edit")
    rows = [payload, edit] if isinstance(edit, Mapping) else [payload]
    for row in rows:
        for name in ("updated_at", "committed_at", "processed_at", "created_at"):
            if moment := moment_of(row.get(name)):
                return iso(moment)
    return ""


def moment_of(value: Any) -> datetime | None:
    """Return an ISO 8601 moment with its zone, ``None`` when it is none."""
    try:
        moment = datetime.fromisoformat(as_text(value).replace("Z", "+00:00"))
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _delivery(topic: str, headers: Mapping[str, str]) -> str:
    """Return the delivery's own number.

    One action in the shop may set off several topics with one event number, so the
    topic is part of it.
    """
    for name in ("x-shopify-event-id", "x-shopify-webhook-id"):
        if headers.get(name):
            return f"{topic}:{headers[name]}"
    return ""


def _total(payload: Mapping) -> str:
    """Return the total in shop money in one spelling: 160.0 and 160.00 are alike."""
    for name in ("current_total_price", "total_price"):
        pair = payload.get(f"{name}_set")
        half = pair.get("shop_money") if isinstance(pair, Mapping) else None
        amount = half.get("amount") if isinstance(half, Mapping) else payload.get(name)
        if amount is not None:
            try:
                return f"{float(amount):.3f}"
            except (TypeError, ValueError):
                return as_text(amount)
    return ""
