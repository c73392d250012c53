"""Deliveries of WooCommerce, and the messages that one order is."""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterator, Mapping

from ..base import Message, SignatureError
from ..documents import as_decimal, as_list, as_text, plain, to_raw
from .document import CANCELLED, moment_of, number_of, status_of

#: What a new webhook sends to see whether somebody listens; it is not signed.
PING = re.compile(rb"webhook_id=\d+")
FORM = "application/x-www-form-urlencoded"
ORDER_TOPICS = ("order.created", "order.updated", "order.restored")
DELETED = "order.deleted"


def is_ping(headers: Mapping[str, str], raw: bytes) -> bool:
    """Tell whether a delivery is only a new webhook's ``webhook_id=7``.

    It comes as a form, which some servers take apart before the body is looked at.
    """
    if "x-wc-webhook-signature" in headers:
        return False
    form = headers.get("content-type", "").startswith(FORM)
    return bool(PING.fullmatch(raw.strip())) or (not raw and form)


def check(headers: Mapping[str, str], raw: bytes, secret: str) -> None:
    """Check that a delivery was signed with the webhook's secret.

    :raise SignatureError: it was not, or nobody knows for lack of a secret
    """
    if not secret:
        raise SignatureError("The channel has no webhook secret: set it first.")
    made = base64.b64encode(hmac.new(secret.encode(), raw, hashlib.sha256).digest())
    given = headers.get("x-wc-webhook-signature", "")
    if not hmac.compare_digest(made, given.encode("utf-8", "replace")):
        raise SignatureError("The signature does not fit the delivery.")


def messages_of(
    order: Mapping, raw: bytes, skip: set[str], *, is_new: bool = False, event: str = ""
) -> Iterator[Message]:
    """Yield what a whole order says.

    WooCommerce has one topic for everything that happens to an order: what it means
    is read from the order itself. The names of events are the same whether the order
    was sent or fetched.

    :param skip: statuses that are no orders yet
    :param is_new: it was just made: what is in it is no news
    :param event: the delivery's own number
    """
    number, status = number_of(order), status_of(order)
    version = moment_of(order, "date_modified") or ""

    def message(kind: str, name: str, body: bytes = raw) -> Message:
        return Message(kind, number, body, event_id=name, version=version)

    if status in CANCELLED:
        yield message("cancel", f"cancel:{number}")
        return
    if status in skip:
        return
    yield message("order", event)
    if is_new:
        return
    if moment_of(order, "date_paid"):
        total = plain(as_decimal(order.get("total"), "total"))
        yield message("paid", f"paid:{number}:{float(total):.3f}")
    if status == "completed":
        yield message("shipped", f"shipped:{number}")
    for refund in as_list(order.get("refunds"), "refunds"):
        body = refund_raw(order, refund)
        yield message("refund", f"refund:{as_text(refund.get('id'))}", body)


def refund_raw(order: Mapping, refund: Mapping) -> bytes:
    """Return a refund with the number of its order, which the API does not repeat."""
    known = {"order_id": number_of(order), "currency": order.get("currency")}
    return to_raw({**refund, **known})


def event_name(headers: Mapping[str, str], number: str, raw: bytes) -> str:
    """Return a name of its own for a delivery.

    The delivery's number is made of the webhook and the second: two orders of one
    second share it, so the order and its content belong to the name.
    """
    delivery = headers.get("x-wc-webhook-delivery-id", "")
    content = hashlib.sha256(raw).hexdigest()[:12]
    return f"{delivery}:{number}:{content}" if delivery else ""
