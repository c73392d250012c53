"""One shape for an order of Shopify, whichever road it took.

The keys are those of Shopify's webhooks. Money is in the currency of the shop, or in
the one that the customer paid in, as the channel wants it. ``current_quantity`` and
``current_total_price`` are what the customer is to get and to pay. Added are, on a
line, ``line_total`` (of the current quantity, after every discount) and
``line_item_group``; on the order ``status``, ``paid_at``, ``total_shipping_price``.
"""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from ..base import ReadError
from ..documents import as_decimal, as_list, as_text, plain
from .nodes import is_node, number_of, order_of

ORDER_MONEY = (
    "total_price",
    "current_total_price",
    "subtotal_price",
    "current_subtotal_price",
    "total_line_items_price",
    "total_discounts",
    "current_total_discounts",
    "total_tax",
    "current_total_tax",
    "total_outstanding",
)
LINE_MONEY = ("price", "total_discount")
SHIPPING_MONEY = ("price", "discounted_price")
PAID = ("paid", "partially_refunded", "refunded")
MONEYS = {"shop": "shop_money", "presentment": "presentment_money"}


def order_document(payload: Any, money: str = "shop") -> dict:
    """Return the document of a whole order.

    :param payload: a webhook's body or a GraphQL node
    :param money: ``shop`` or ``presentment``
    :raise ReadError: ``not_an_order``, or a number that is none
    """
    order = whole_order(payload)
    side = _side(order, money)
    found = {**order, **_moneys(order, ORDER_MONEY, side)}
    if side == MONEYS["presentment"]:
        found["currency"] = order["presentment_currency"]
        found["total_outstanding"] = _outstanding(order, found)
    found["id"] = number_of(order["id"])
    found["line_items"] = _lines(order, side)
    found["shipping_lines"] = [
        {**row, **_moneys(row, SHIPPING_MONEY, side)}
        for row in as_list(order.get("shipping_lines"), "shipping_lines")
        if not row.get("is_removed")
    ]
    found["total_shipping_price"] = _shipping(order, found, side)
    if not _is_changed(order["line_items"], found["line_items"]):
        # A refund after the goods had left makes the order no smaller.
        found["current_total_price"] = found.get("total_price")
    found["status"] = status_of(order)
    found["paid_at"] = paid_at(order)
    return found


def whole_order(payload: Any) -> dict:
    """Return a whole order in the words of webhooks, or raise :class:`ReadError`."""
    if isinstance(payload, Mapping) and isinstance(payload.get("order"), Mapping):
        payload = payload["order"] if "line_items" not in payload else payload
    if not isinstance(payload, Mapping):
        raise ReadError("not_an_order", "An order of Shopify is an object.")
    order = order_of(payload) if is_node(payload) else dict(payload)
    if not number_of(order.get("id")):
        raise ReadError("not_an_order", "This order of Shopify has no number.", "id")
    if not isinstance(order.get("line_items"), list):
        raise ReadError(
            "not_an_order", "This order of Shopify has no lines.", "line_items"
        )
    return order


def status_of(order: Mapping) -> str:
    """Return one word for where an order stands at Shopify."""
    if order.get("cancelled_at"):
        return "cancelled"
    return as_text(order.get("fulfillment_status")).lower() or "unfulfilled"


def paid_at(order: Mapping) -> str | None:
    """Return when an order was paid in full, ``None`` while it is not.

    A webhook does not say it: there it is the moment the order was processed.
    """
    if as_text(order.get("financial_status")).lower() not in PAID:
        return None
    moments = [
        as_text(row.get("processed_at"))
        for row in as_list(order.get("transactions"), "transactions")
        if as_text(row.get("kind")).upper() in ("SALE", "CAPTURE")
        and as_text(row.get("status")).upper() == "SUCCESS"
    ]
    return max(moments, default="") or order.get("processed_at")


# === MONEY === #


def _side(order: Mapping, money: str) -> str:
    """Return which half of Shopify's pairs of amounts is taken.

    Old payloads have no pairs: their amounts are in the shop's currency.
    """
    paired = isinstance(order.get("total_price_set"), Mapping)
    if money == "presentment" and paired and order.get("presentment_currency"):
        return MONEYS["presentment"]
    return MONEYS["shop"]


def _moneys(row: Mapping, names: tuple, side: str) -> dict:
    return {
        name: _amount(row, name, side)
        for name in names
        if name in row or f"{name}_set" in row
    }


def _amount(row: Mapping, name: str, side: str) -> Any:
    pair = row.get(f"{name}_set")
    half = pair.get(side) if isinstance(pair, Mapping) else None
    return half.get("amount") if isinstance(half, Mapping) else row.get(name)


def _outstanding(order: Mapping, found: Mapping) -> str | None:
    """Return what is not paid yet; a webhook says it in the shop's money only."""
    if "total_outstanding_set" in order or not order.get("total_outstanding"):
        return found.get("total_outstanding")
    open_, whole = order["total_outstanding"], order.get("total_price")
    if as_decimal(open_) == as_decimal(whole):
        return found["total_price"]
    share = as_decimal(open_) / (as_decimal(whole) or 1)
    total = as_decimal(found["total_price"])
    return plain((total * share).quantize(total, ROUND_HALF_UP))


def _shipping(order: Mapping, found: Mapping, side: str) -> str | None:
    """Return what shipping costs after discounts."""
    rows = found["shipping_lines"]
    if not rows:
        return _amount(order, "total_shipping_price", side)
    costs = [
        as_decimal(
            row.get("price")
            if row.get("discounted_price") is None
            else row["discounted_price"],
            "shipping_lines.price",
        )
        for row in rows
    ]
    return plain(sum(costs, Decimal(0)))


# === LINES === #


def _lines(order: Mapping, side: str) -> list[dict]:
    """Return the lines that are still wanted.

    When an order was cancelled or given back as a whole none would be left: then
    the lines are as they were ordered, and the message about it says the rest.
    """
    shipped = _shipped(order)
    groups = _groups(order)
    rows = as_list(order["line_items"], "line_items")
    lines = [
        _line(row, f"line_items[{at}]", shipped, groups, side)
        for at, row in enumerate(rows)
    ]
    wanted = [line for line, row in zip(lines, rows, strict=True) if _is_wanted(line)]
    if wanted or not rows:
        return wanted
    return [
        _line({**row, "current_quantity": None}, "line_items", {}, groups, side)
        for row in rows
    ]


def _line(row: Mapping, field: str, shipped: dict, groups: dict, side: str) -> dict:
    line = {**row, **_moneys(row, LINE_MONEY, side), "id": number_of(row.get("id"))}
    ordered = as_decimal(row.get("quantity"), f"{field}.quantity")
    wanted = _wanted(row, ordered, shipped.get(line["id"], Decimal(0)))
    line["discount_allocations"] = _discounts(row, line, field, side)
    line["quantity"], line["current_quantity"] = _number(ordered), _number(wanted)
    line["line_total"] = _total(line, ordered, wanted, field)
    line["properties"] = _properties(row.get("properties"))
    line["line_item_group"] = _group(row, groups)
    return line


def _discounts(row: Mapping, line: Mapping, field: str, side: str) -> list[dict]:
    """Return the discounts of a line, also of payloads that only have their sum."""
    if isinstance(row.get("discount_allocations"), list):
        parts = as_list(row["discount_allocations"], f"{field}.discount_allocations")
        return [{**part, "amount": _amount(part, "amount", side)} for part in parts]
    if line.get("total_discount"):
        return [{"amount": line["total_discount"]}]
    return []


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def _wanted(row: Mapping, ordered: Decimal, shipped: Decimal) -> Decimal:
    """Return how many pieces the customer is to get.

    What was taken out of the order counts no more; what was shipped and came back
    does: a return is a message of its own and changes no quantity.
    """
    if row.get("current_quantity") is None:
        return ordered
    return min(max(as_decimal(row["current_quantity"]), shipped), ordered)


def _total(line: Mapping, ordered: Decimal, wanted: Decimal, field: str) -> str:
    """Return the price of the wanted pieces after every discount.

    total = (price × ordered − Σ discounts) × wanted / ordered, rounded like the price
    """
    price = as_decimal(line.get("price"), f"{field}.price")
    parts = [
        as_decimal(part.get("amount"), f"{field}.discount_allocations")
        for part in line["discount_allocations"]
    ]
    total = price * ordered - sum(parts, Decimal(0))
    if wanted == ordered or not ordered:
        return plain(total)
    grain = Decimal(1).scaleb(min(total.as_tuple().exponent, 0))
    return plain((total * wanted / ordered).quantize(grain, ROUND_HALF_UP))


def _is_wanted(line: Mapping) -> bool:
    return bool(line["current_quantity"]) or not line["quantity"]


def _is_changed(ordered: list, lines: list[dict]) -> bool:
    """Tell whether something was taken out of an order that still has lines."""
    return len(ordered) != len(lines) or any(
        line["quantity"] != line["current_quantity"] for line in lines
    )


def _shipped(order: Mapping) -> dict[str, Decimal]:
    """Return line → pieces that left the house, by the lines of the parcels."""
    found: dict[str, Decimal] = {}
    for parcel in as_list(order.get("fulfillments"), "fulfillments"):
        if as_text(parcel.get("status")).lower() != "success":
            continue
        for row in as_list(parcel.get("line_items"), "fulfillments.line_items"):
            line = number_of(row.get("id"))
            found[line] = found.get(line, Decimal(0)) + as_decimal(row.get("quantity"))
    return found


def _properties(rows: Any) -> list[dict]:
    """Return a line's own fields as name and value; what is neither is left out."""
    if not isinstance(rows, list):
        return []
    return [row for row in rows if isinstance(row, Mapping) and row.get("name")]


def _groups(order: Mapping) -> dict[str, Mapping]:
    """Return the bundles of an order by number, as webhooks list them."""
    for name in ("sales_line_item_groups", "line_item_groups"):
        if isinstance(order.get(name), list):
            return {number_of(g.get("id")): g for g in as_list(order[name], name)}
    return {}


def _group(row: Mapping, groups: Mapping) -> dict | None:
    """Return the bundle that a line is part of, ``None`` for a line of its own."""
    inner = row.get("line_item_group")
    if isinstance(inner, Mapping):
        number, group = number_of(inner.get("id")), inner
    else:
        number = number_of(row.get("sales_line_item_group_id"))
        group = groups.get(number, {})
    if not number:
        return None
    return {
        "id": number,
        "title": as_text(group.get("title")),
        "quantity": as_text(group.get("quantity")),
        "variant_sku": as_text(group.get("variant_sku")),
    }
