"""What 1688's messages about a known order say, in the hub's words."""

from decimal import Decimal

from ..documents import CHINA, as_decimal, as_text, first, iso_utc, millis, plain
from .document import is_message
from .gateway import iso_of

FORWARDED_TIME = "%Y-%m-%d %H:%M:%S"


def event(kind: str, document: dict) -> dict:
    """Return the event of a message or of a whole order; empty keys left out.

    :param document: what ``read`` returned for it
    """
    found = _of_message(document) if is_message(document) else _of_order(document)
    return {name: value for name, value in found.items() if value not in ("", [])}


def _of_message(document: dict) -> dict:
    data = document["data"]
    amount = _refunded(data, bool(document.get("forwarded")))
    sent = iso_utc(data.get("msgSendTime"), FORWARDED_TIME, CHINA)
    return {
        "external_ref": first(data.get("orderId"), document.get("bizKey")),
        "reason": first(
            data.get("closeReason"), data.get("currentStatus"), document.get("type")
        ),
        "amount": amount,
        "currency": "CNY" if amount else "",
        "at": sent or millis(document.get("gmtBorn")),
        "lines": [],
    }


def _refunded(data: dict, in_fen: bool) -> str:
    """Return the money given back, in yuan: forwarders count in fen (1/100)."""
    text = first(data.get("refundAmount"), data.get("refundPayment"))
    if not text or as_decimal(text) == 0:
        return ""
    amount = as_decimal(text, "refundAmount")
    return plain(amount / Decimal(100) if in_fen else amount)


def _of_order(document: dict) -> dict:
    base = document["baseInfo"]
    lines = document["productItems"] + document["_closed_items"]
    return {
        "external_ref": document["_ref"],
        "reason": first(base.get("closeReason"), base.get("status")),
        "amount": as_text(base.get("totalAmount")),
        "currency": "CNY",
        "at": iso_of(first(base.get("completeTime"), base.get("modifyTime"))),
        "lines": [
            {
                "external_ref": line["_ref"],
                "sku": line["_sku"],
                "quantity": as_text(line.get("quantity")),
                "amount": line["_amount"],
            }
            for line in lines
        ],
    }
