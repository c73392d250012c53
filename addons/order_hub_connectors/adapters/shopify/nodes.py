"""GraphQL nodes in the words of Shopify's webhooks, so that one mapping reads both."""

import re
from collections.abc import Mapping
from typing import Any

#: camelCase → snake_case.
HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")

ORDER_NAMES = {
    "currency_code": "currency",
    "presentment_currency_code": "presentment_currency",
    "display_financial_status": "financial_status",
    "display_fulfillment_status": "fulfillment_status",
    "custom_attributes": "note_attributes",
}
LINE_NAMES = {
    "original_unit_price_set": "price_set",
    "custom_attributes": "properties",
    "unfulfilled_quantity": "fulfillable_quantity",
    "is_gift_card": "gift_card",
}
#: Words that webhooks write in small letters.
SMALL = ("financial_status", "fulfillment_status", "cancel_reason", "return_status")
#: Words of the API for which webhooks have others.
FULFILLED = {"unfulfilled": None, "partially_fulfilled": "partial"}


def is_node(payload: Any) -> bool:
    """Tell whether this came from the GraphQL API."""
    number = payload.get("id") if isinstance(payload, Mapping) else ""
    return isinstance(number, str) and number.startswith("gid://")


def number_of(gid: Any) -> str:
    """Return the number in ``gid://shopify/Order/123?x=y``; a number stays one."""
    return str(gid or "").rpartition("/")[2].partition("?")[0]


def gid_of(kind: str, number: str) -> str:
    """Return the GraphQL id of a number, e.g. of kind ``Order``."""
    return number if number.startswith("gid://") else f"gid://shopify/{kind}/{number}"


def order_of(node: Mapping) -> dict:
    """Return an order node as a webhook would have brought it."""
    order = _renamed(plain(node), ORDER_NAMES)
    for name in SMALL:
        if isinstance(order.get(name), str):
            order[name] = order[name].lower()
    status = order.get("fulfillment_status")
    order["fulfillment_status"] = FULFILLED.get(status, status)
    order["tags"] = ", ".join(map(str, order.get("tags") or []))
    order["discount_codes"] = [
        {"code": code} if isinstance(code, str) else code
        for code in order.get("discount_codes") or []
    ]
    order["customer"] = _customer(order.get("customer"))
    order["line_items"] = [_line(row) for row in order.get("line_items") or []]
    order["shipping_lines"] = [
        _renamed(row, {"original_price_set": "price_set"})
        for row in order.get("shipping_lines") or []
    ]
    for name in ("billing_address", "shipping_address"):
        if isinstance(order.get(name), dict):
            order[name] = _renamed(order[name], {"country_code_v2": "country_code"})
    order["fulfillments"] = [
        _fulfillment(row) for row in order.get("fulfillments") or []
    ]
    return order


def refund_of(node: Mapping) -> dict:
    """Return a refund node as a webhook would have brought it."""
    refund = plain(node)
    order = refund.pop("order", None) or {}
    total = (refund.get("total_refunded_set") or {}).get("shop_money") or {}
    refund["order_id"] = order.get("id")
    refund["refund_line_items"] = [
        {**row, "line_item_id": (row.get("line_item") or {}).get("id")}
        for row in refund.get("refund_line_items") or []
    ]
    refund["transactions"] = [
        {
            "kind": "refund",
            "status": "success",
            "amount": total.get("amount"),
            "currency": total.get("currency_code") or order.get("currency_code"),
        }
    ]
    return refund


def plain(value: Any) -> Any:
    """Return a node with webhook-like keys: small letters, lists, plain numbers."""
    if isinstance(value, list):
        return [plain(row) for row in value]
    if not isinstance(value, Mapping):
        return value
    if "nodes" in value and set(value) <= {"nodes", "pageInfo"}:
        return [plain(row) for row in value["nodes"] or [] if row is not None]
    if "edges" in value and set(value) <= {"edges", "pageInfo"}:
        return [plain(row.get("node")) for row in value["edges"] or []]
    found = {HUMP.sub("_", key).lower(): plain(row) for key, row in value.items()}
    if is_node(value):
        found["admin_graphql_api_id"] = value["id"]
        found["id"] = _id(value["id"])
    if set(value) == {"key", "value"}:
        return {"name": value["key"], "value": value["value"]}
    return found


def _renamed(row: Mapping, names: Mapping[str, str]) -> dict:
    return {names.get(name, name): value for name, value in row.items()}


def _id(gid: str) -> int | str:
    number = number_of(gid)
    return int(number) if number.isascii() and number.isdigit() else number


def _line(row: Mapping) -> dict:
    line = _renamed(row, LINE_NAMES)
    variant, product = line.pop("variant", None), line.pop("product", None)
    line["variant_id"] = (variant or {}).get("id")
    line["barcode"] = (variant or {}).get("barcode")
    line["product_id"] = (product or {}).get("id")
    line["discount_allocations"] = [
        _renamed(part, {"allocated_amount_set": "amount_set"})
        for part in line.get("discount_allocations") or []
    ]
    return line


def _customer(row: Any) -> dict | None:
    if not isinstance(row, Mapping):
        return None
    customer = dict(row)
    email = customer.pop("default_email_address", None) or {}
    phone = customer.pop("default_phone_number", None) or {}
    customer["email"] = email.get("email_address") or customer.get("email")
    customer["phone"] = phone.get("phone_number") or customer.get("phone")
    return customer


def _fulfillment(row: Mapping) -> dict:
    """Return a fulfilment with tracking and lines where webhooks have them."""
    tracked = (row.get("tracking_info") or [{}])[0]
    lines = [
        {**(part.get("line_item") or {}), "quantity": part.get("quantity")}
        for part in row.get("fulfillment_line_items") or []
    ]
    return {
        **row,
        "status": str(row.get("status") or "").lower(),
        "tracking_number": tracked.get("number"),
        "tracking_company": tracked.get("company"),
        "tracking_url": tracked.get("url"),
        "line_items": lines,
    }
