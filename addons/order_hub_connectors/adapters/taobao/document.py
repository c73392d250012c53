"""Trades, refunds and messages of Taobao and Tmall as one document each."""

from decimal import Decimal
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
    read_xml,
    shown,
)
from .gateway import failure

#: Elements that hold a list in XML → their items; the JSON answers nest alike.
LISTS = {
    "orders": "order",
    "trades": "trade",
    "refunds": "refund",
    "promotion_details": "promotion_detail",
    "service_orders": "service_order",
    "shippings": "shipping",
    "logistics_companies": "logistics_company",
}
#: Shares are rounded to it, one by one.
CENT = Decimal("0.01")
UNPAID = {"TRADE_NO_CREATE_PAY", "WAIT_BUYER_PAY", "PAY_PENDING"}
CLOSED = {"TRADE_CLOSED", "TRADE_CLOSED_BY_TAOBAO"}


def read_tree(raw: bytes) -> dict:
    """Return an answer or message of TOP, JSON or XML, without its wrapper.

    :raise ReadError: not readable, or an error that TOP answered
    """
    is_xml = raw.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
    tree = as_object(read_xml(raw, LISTS) if is_xml else read_json(raw))
    if "error_response" in tree:
        said = failure(as_object(tree["error_response"], "error_response"))
        raise ReadError("platform_error", f"This is no order but an error: {said}")
    wrappers = [name for name in tree if name.endswith("_response")]
    if len(wrappers) == 1:
        tree = as_object(tree[wrappers[0]], wrappers[0])
    return tree


def trade_of(tree: dict) -> dict:
    """Return the one trade in an answer, with its derived keys.

    :raise ReadError: ``not_an_order``, ``several_orders`` or ``missing``
    """
    if "trades" in tree:
        trades = _rows(tree["trades"], "trade", "trades")
        if len(trades) != 1:
            raise ReadError(
                "several_orders",
                f"{len(trades)} trades in one message; one is expected.",
                "trades",
            )
        tree = trades[0]
    elif "trade" in tree:
        tree = as_object(tree["trade"], "trade")
    elif "tid" not in tree:
        names = ", ".join(sorted(tree)[:5])
        raise ReadError(
            "not_an_order", f"This is no trade of Taobao: it has {shown(names)}."
        )
    return _with_derived(dict(tree))


def refund_of(tree: dict) -> dict:
    """Return the one refund in an answer.

    :raise ReadError: ``not_a_refund`` or ``missing``
    """
    if "refunds" in tree:
        refunds = _rows(tree["refunds"], "refund", "refunds")
        tree = refunds[0] if len(refunds) == 1 else {}
    elif "refund" in tree:
        tree = as_object(tree["refund"], "refund")
    if "refund_id" not in tree:
        raise ReadError("not_a_refund", "This is no refund of Taobao.")
    if not as_text(tree.get("tid")):
        raise ReadError("missing", "The refund does not name its trade.", "tid")
    return dict(tree)


def is_unpaid(trade: dict) -> bool:
    return as_text(trade.get("status")) in UNPAID


def is_closed(trade: dict) -> bool:
    return as_text(trade.get("status")) in CLOSED


def _with_derived(trade: dict) -> dict:
    """Add the derived keys (names with ``_``) and split off closed sub-orders."""
    tid = as_text(trade.get("tid"))
    if not tid:
        raise ReadError("missing", "The trade has no number.", "tid")
    rows = _rows(trade.get("orders"), "order", "orders")
    if not rows:
        raise ReadError(
            "missing", f"Trade {tid} has no sub-orders: fetch it whole.", "orders"
        )
    shipping = as_decimal(trade.get("post_fee"), "post_fee")
    lines = _lines(rows, as_decimal(trade.get("payment"), "payment") - shipping)
    open_lines = [line for line in lines if not is_closed(line)]
    if is_closed(trade):
        open_lines = lines
    trade["orders"] = {"order": open_lines}
    trade["_closed_orders"] = [line for line in lines if line not in open_lines]
    trade.update(_ref=tid, _currency="CNY", _shipping=plain(shipping))
    return trade


def _lines(rows: list[dict], goods: Decimal) -> list[dict]:
    """Return sub-orders with number, code and amount.

    :param goods: what was paid for all of them, without postage
    """
    return [
        {
            **row,
            "_ref": first(row.get("oid")) or str(at + 1),
            "_sku": first(
                row.get("outer_sku_id"),
                row.get("outer_iid"),
                row.get("sku_id"),
                row.get("num_iid"),
            ),
            "_amount": plain(amount),
        }
        for at, (row, amount) in enumerate(
            zip(rows, _amounts(rows, goods), strict=True)
        )
    ]


def _amounts(rows: list[dict], goods: Decimal) -> list[Decimal]:
    """Return what was paid for each sub-order, without postage.

    TOP has several figures for it, and each means something else in some trade: the
    ``payment`` of the only sub-order, for one, has the postage in it. Taken is the
    first figure that adds up over the whole trade; if none does, the first at all.
    """
    found = [Decimal(0)] * len(rows)
    for rule in RULES:
        amounts = [rule(row, f"orders.order[{at}]") for at, row in enumerate(rows)]
        if None in amounts:
            continue
        if abs(sum(amounts) - goods) <= CENT * len(rows):
            return amounts
        if not any(found):
            found = amounts
    return found


def _share(row: dict, field: str) -> Decimal | None:
    """What was paid, its share of the whole trade's discounts taken off."""
    return _figure(row, "divide_order_fee", field)


def _due(row: dict, field: str) -> Decimal | None:
    """What was due, less its share of the shop's discount on the whole trade."""
    due = _figure(row, "total_fee", field)
    off = _figure(row, "part_mjz_discount", field)
    return due if due is None or off is None else due - off


def _paid(row: dict, field: str) -> Decimal | None:
    return _figure(row, "payment", field)


def _price(row: dict, field: str) -> Decimal | None:
    price, pieces = _figure(row, "price", field), _figure(row, "num", field)
    return None if price is None or pieces is None else price * pieces


RULES = (_share, _due, _paid, _price)


def _figure(row: dict, name: str, field: str) -> Decimal | None:
    """Return one figure, ``None`` if the sub-order has it not."""
    if not as_text(row.get(name)):
        return None
    return as_decimal(row[name], f"{field}.{name}")


def _rows(value: Any, item: str, field: str) -> list[dict]:
    """Return the rows of ``{"order": [...]}``, or of a plain list."""
    if isinstance(value, dict):
        value = value.get(item)
    return as_list(value, field)
