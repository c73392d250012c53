"""Orders and messages of 1688 as one document each."""

from typing import Any

from ..base import ReadError
from ..documents import (
    as_decimal,
    as_list,
    as_object,
    as_text,
    first,
    plain,
    read_json,
    read_object,
    shown,
)

UNPAID = {"waitbuyerpay"}
CLOSED = {"cancel", "terminated"}
CLOSED_LINE = CLOSED | {"terminate"}


def read_tree(raw: bytes) -> dict:
    """Return one answer or message of 1688.

    :raise ReadError: not readable, or an error that 1688 answered
    """
    tree = read_json(raw)
    if isinstance(tree, list):
        if len(tree) != 1:
            raise several(len(tree))
        tree = tree[0]
    tree = as_object(tree)
    code = first(tree.get("error_code"), tree.get("errorCode"))
    if code and not tree.get("result"):
        said = first(tree.get("error_message"), tree.get("errorMessage"))
        raise ReadError(
            "platform_error", f"This is no order but an error of 1688: {code} {said}"
        )
    return tree


def several(count: int) -> ReadError:
    return ReadError(
        "several_orders", f"{count} things in one message; one is expected."
    )


def order_of(tree: dict) -> dict:
    """Return the one order in an answer, with its derived keys.

    :raise ReadError: ``not_an_order``, ``several_orders`` or ``missing``
    """
    found = tree.get("result", tree)
    if isinstance(found, list):
        if len(found) != 1:
            raise several(len(found))
        found = found[0]
    order = dict(as_object(found, "result"))
    if "baseInfo" not in order:
        names = ", ".join(sorted(order)[:5])
        raise ReadError(
            "not_an_order", f"This is no order of 1688: it has {shown(names)}."
        )
    return _with_derived(order)


def number_of(order: dict) -> str:
    """Return the number of an order, empty if it has none.

    ``id`` is a number of 18 digits that passed through JavaScript somewhere: its
    last digits are rounded. ``idOfStr`` is right.
    """
    base = order.get("baseInfo")
    base = base if isinstance(base, dict) else {}
    return first(base.get("idOfStr"), base.get("id"))


def status_of(order: dict) -> str:
    base = order.get("baseInfo")
    return as_text(base.get("status")) if isinstance(base, dict) else ""


# --- messages ---


def is_message(tree: dict) -> bool:
    """Tell whether this is a pushed message, of 1688 itself or of a forwarder."""
    return ("type" in tree and "data" in tree) or "messageBody" in tree


def message_of(tree: dict) -> dict:
    """Return a pushed message in one form: ``type``, ``data``, ``msgId``, ``gmtBorn``.

    Forwarders send ``messageType`` and a ``messageBody`` that is JSON in a text.

    :raise ReadError: its content cannot be read
    """
    if "messageBody" not in tree:
        return {**tree, "data": as_object(tree["data"], "data")}
    body = tree["messageBody"]
    if isinstance(body, str):
        body = read_object(body.encode())
    return {
        "type": as_text(tree.get("messageType")),
        "data": as_object(body, "messageBody"),
        "msgId": "",
        "gmtBorn": as_text(tree.get("timestamp")),
        "forwarded": True,
    }


def order_number(message: dict) -> str:
    """Return the order that a message is about.

    :raise ReadError: it names none
    """
    number = first(message["data"].get("orderId"), message.get("bizKey"))
    if not number:
        raise ReadError("missing", "The message names no order.", "data.orderId")
    return number


# === INNER === #


def _with_derived(order: dict) -> dict:
    """Add the derived keys (names with ``_``) and split off closed lines."""
    base = as_object(order["baseInfo"], "baseInfo")
    number = number_of(order)
    if not number:
        raise ReadError("missing", "The order has no number.", "baseInfo.idOfStr")
    rows = as_list(order.get("productItems"), "productItems")
    if not rows:
        raise ReadError(
            "missing", f"Order {number} has no products: fetch it.", "productItems"
        )
    lines = [_line(dict(row), at) for at, row in enumerate(rows)]
    kept = [line for line in lines if as_text(line.get("status")) not in CLOSED_LINE]
    if status_of(order) in CLOSED:
        kept = lines
    order["productItems"] = kept
    order["_closed_items"] = [line for line in lines if line not in kept]
    shipping = as_decimal(base.get("shippingFee"), "baseInfo.shippingFee")
    order.update(_ref=number, _currency="CNY", _shipping=plain(shipping))
    return order


def _line(line: dict, at: int) -> dict[str, Any]:
    field = f"productItems[{at}]"
    amount = as_text(line.get("itemAmount"))
    if not amount:
        price = as_decimal(line.get("price"), f"{field}.price")
        amount = plain(price * as_decimal(line.get("quantity"), f"{field}.quantity"))
    line["_ref"] = first(line.get("subItemIDString"), line.get("subItemID")) or str(
        at + 1
    )
    line["_sku"] = first(
        line.get("cargoNumber"),
        line.get("productCargoNumber"),
        line.get("skuID"),
        line.get("productID"),
    )
    line["_amount"] = plain(as_decimal(amount, f"{field}.itemAmount"))
    return line
