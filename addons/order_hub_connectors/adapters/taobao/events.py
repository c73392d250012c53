"""What Taobao's messages about a known trade say, in the hub's words."""

from typing import Any

from ..documents import CHINA, as_text, first, iso_utc
from .gateway import TIME
from .message import is_message, published


def event(kind: str, document: dict) -> dict:
    """Return the event of a trade, a refund or a TMC message; empty keys left out.

    :param document: what ``read`` returned for it
    """
    if is_message(document):
        found = _of_message(document)
    elif "refund_id" in document:
        found = _of_refund(document)
    else:
        found = _of_trade(document)
    return {name: value for name, value in found.items() if value not in ("", [])}


def _of_message(document: dict) -> dict:
    content = document["content"]
    amount = first(content.get("refund_fee"), content.get("payment"))
    return {
        "external_ref": as_text(content.get("tid")),
        "reason": first(content.get("close_reason"), content.get("reason")),
        "amount": amount,
        "currency": "CNY" if amount else "",
        "at": published(document),
        "lines": _line(content, first(content.get("refund_fee"))),
    }


def _of_refund(document: dict) -> dict:
    return {
        "external_ref": as_text(document.get("tid")),
        "reason": first(document.get("reason"), document.get("desc")),
        "amount": as_text(document.get("refund_fee")),
        "currency": "CNY",
        "at": iso_utc(document.get("modified"), TIME, CHINA),
        "lines": _line(document, as_text(document.get("refund_fee"))),
        "tracking": as_text(document.get("sid")),
        "carrier": as_text(document.get("company_name")),
    }


def _of_trade(document: dict) -> dict:
    lines = document["orders"]["order"] + document["_closed_orders"]
    moment = first(document.get("end_time"), document.get("modified"))
    return {
        "external_ref": document["_ref"],
        "reason": as_text(document.get("status")),
        "amount": as_text(document.get("payment")),
        "currency": "CNY",
        "at": iso_utc(moment, TIME, CHINA),
        "lines": [_trade_line(line) for line in lines],
    }


def _trade_line(line: dict) -> dict[str, Any]:
    return {
        "external_ref": line["_ref"],
        "sku": line["_sku"],
        "quantity": as_text(line.get("num")),
        "amount": line["_amount"],
    }


def _line(row: dict, amount: str) -> list[dict]:
    """Return the one sub-order that a message or refund is about."""
    number = as_text(row.get("oid"))
    if not number or number == as_text(row.get("tid")):
        return []
    line = {
        "external_ref": number,
        "sku": as_text(row.get("outer_id")),
        "quantity": as_text(row.get("num")),
        "amount": amount,
    }
    return [{name: value for name, value in line.items() if value}]
