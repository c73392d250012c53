"""Orders of Amazon as one document each: the order with its items in it."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from ..base import ReadError
from ..documents import as_decimal, as_list, as_object, as_text, first, plain, shown
from . import newer

#: Placed, not paid: no amounts, no address, and it may never come to be an order.
PENDING = {"Pending", "PendingAvailability"}
CANCELLED = {"Canceled", "Unfulfillable"}
#: Amounts are rounded to it, item by item.
CENT = Decimal("0.01")
TRUE = ("true", "yes")


def order_of(tree: Any) -> dict:
    """Return the order in an answer or in one of our own messages.

    :param tree: the order, bare or in ``payload``; Orders API v0, or 2026-01-01,
        which is put into the names of v0 so that one mapping reads both
    :raise ReadError: ``platform_error``, ``not_an_order``, ``not_yet``, ``missing``
    """
    order = as_object(tree)
    if order.get("errors"):
        said = as_list(order["errors"], "errors")[0]
        raise ReadError(
            "platform_error",
            f"This is no order but an error of Amazon: {first(said.get('code'))}"
            f" {first(said.get('message'))}",
        )
    order = as_object(order.get("payload", order), "payload")
    if newer.is_newer(order):
        order = newer.to_v0(order)
    if "AmazonOrderId" not in order:
        names = ", ".join(sorted(map(str, order))[:5])
        raise ReadError(
            "not_an_order", f"This is no order of Amazon: it has {shown(names)}."
        )
    return _with_derived(dict(order))


def is_pending(order: dict) -> bool:
    return as_text(order.get("OrderStatus")) in PENDING


def is_cancelled(order: dict) -> bool:
    return as_text(order.get("OrderStatus")) in CANCELLED


def is_by_amazon(order: dict) -> bool:
    """Tell whether Amazon ships it out of its own warehouse (AFN)."""
    return as_text(order.get("FulfillmentChannel")) == "AFN"


def part(value: dict, name: str) -> dict:
    """Return an object inside another; Amazon writes ``[]`` for an empty one."""
    found = value.get(name)
    return found if isinstance(found, dict) else {}


def _with_derived(order: dict) -> dict:
    number = as_text(order.get("AmazonOrderId"))
    if not number:
        raise ReadError("missing", "The order has no number.", "AmazonOrderId")
    if is_pending(order):
        raise ReadError(
            "not_yet",
            f"Order {number} is pending: Amazon tells amounts and address once it is"
            " paid.",
            "OrderStatus",
        )
    rows = as_list(order.get("OrderItems"), "OrderItems")
    if not rows:
        raise ReadError(
            "missing", f"Order {number} came without its items: fetch it.", "OrderItems"
        )
    items = _items(rows)
    open_items = [row for row in items if as_decimal(row.get("QuantityOrdered")) > 0]
    order["OrderItems"] = items if is_cancelled(order) else open_items
    order["_cancelled_items"] = [row for row in items if row not in open_items]
    order["BuyerInfo"] = part(order, "BuyerInfo")
    order["ShippingAddress"] = part(order, "ShippingAddress")
    return {**order, **_totals(order, number, items)}


def _totals(order: dict, number: str, items: list[dict]) -> dict[str, str]:
    """Return the derived keys of the whole order.

    ``_total`` is what the seller gets: ``OrderTotal`` less the tax, where tax comes on
    top of the prices (United States), and ``OrderTotal`` where prices include it.
    """
    goods = _sum(items, "ItemPrice", "PromotionDiscount")
    shipping = _sum(items, "ShippingPrice", "ShippingDiscount")
    tax = _sum(items, "ItemTax", "PromotionDiscountTax")
    tax += _sum(items, "ShippingTax", "ShippingDiscountTax")
    total = as_decimal(part(order, "OrderTotal").get("Amount"), "OrderTotal.Amount")
    if abs(goods + shipping + tax - total) <= CENT * len(items):
        total = goods + shipping
    return {
        "_ref": number,
        "_currency": _currency(order, items),
        "_shipping": plain(shipping),
        "_tax": plain(tax),
        "_total": plain(total) if total else "",
        "_note": _note(items),
    }


def _items(rows: list[dict]) -> list[dict]:
    """Return the items with number, code and amount.

    Two items of one order may carry the same ``OrderItemId``: the second is numbered
    on, as ``1234-2``.
    """
    counts: dict[str, int] = {}
    items = []
    for at, row in enumerate(rows):
        number = first(row.get("OrderItemId")) or str(at + 1)
        counts[number] = counts.get(number, 0) + 1
        times = counts[number]
        items.append(
            {
                **row,
                "_ref": number if times == 1 else f"{number}-{times}",
                "_sku": first(row.get("SellerSKU"), row.get("ASIN")),
                "_amount": plain(
                    _money(row, "ItemPrice", at) - _money(row, "PromotionDiscount", at)
                ),
            }
        )
    return items


def _money(row: dict, name: str, at: int) -> Decimal:
    return as_decimal(part(row, name).get("Amount"), f"OrderItems[{at}].{name}")


def _sum(items: list[dict], plus: str, minus: str) -> Decimal:
    """Return one kind of amount over all items, less its discount."""
    amounts = (
        _money(row, plus, at) - _money(row, minus, at) for at, row in enumerate(items)
    )
    return sum(amounts, Decimal(0))


def _currency(order: dict, items: list[dict]) -> str:
    codes = [part(order, "OrderTotal").get("CurrencyCode")]
    codes += [part(row, "ItemPrice").get("CurrencyCode") for row in items]
    return first(*codes)


def _note(items: list[dict]) -> str:
    """Return what buyers wrote or asked, a line each."""
    return "\n".join(dict.fromkeys(filter(None, _wishes(items))))


def _wishes(items: list[dict]) -> Iterable[str]:
    for row in items:
        wish = part(row, "BuyerRequestedCancel")
        asked = str(wish.get("IsBuyerRequestedCancel", "")).lower() in TRUE
        if asked:
            reason = as_text(wish.get("BuyerCancelReason"))
            yield f"The buyer asks to cancel {row['_sku']}: {reason or 'no reason'}"
        gift = part(row, "BuyerInfo")
        if text := as_text(gift.get("GiftMessageText")):
            yield f"Gift message for {row['_sku']}: {text}"
