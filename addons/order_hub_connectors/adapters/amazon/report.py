"""The flat file of all orders, a report with tabs, as orders in the names of v0."""

import csv
import io

from ..base import ReadError
from ..documents import as_decimal

FIRST_COLUMN = "amazon-order-id"
NEEDED = (FIRST_COLUMN, "sku", "quantity")
MAX_ROWS = 100_000
CONTENT_TYPE = "text/tab-separated-values"
STATUSES = {
    "pending": "Pending",
    "unshipped": "Unshipped",
    "partiallyshipped": "PartiallyShipped",
    "shipping": "Unshipped",
    "shipped": "Shipped",
    "cancelled": "Canceled",
    "canceled": "Canceled",
}
ORDER = {
    "AmazonOrderId": FIRST_COLUMN,
    "SellerOrderId": "merchant-order-id",
    "PurchaseDate": "purchase-date",
    "LastUpdateDate": "last-updated-date",
    "SalesChannel": "sales-channel",
    "ShipServiceLevel": "ship-service-level",
}
ADDRESS = {
    "Name": "recipient-name",
    "AddressLine1": "ship-address-1",
    "AddressLine2": "ship-address-2",
    "AddressLine3": "ship-address-3",
    "City": "ship-city",
    "StateOrRegion": "ship-state",
    "PostalCode": "ship-postal-code",
    "CountryCode": "ship-country",
    "Phone": "ship-phone-number",
}
BUYER = {
    "BuyerName": "buyer-name",
    "BuyerEmail": "buyer-email",
    "PurchaseOrderNumber": "purchase-order-number",
}
MONEY = {
    "ItemPrice": "item-price",
    "ItemTax": "item-tax",
    "ShippingPrice": "shipping-price",
    "ShippingTax": "shipping-tax",
    "PromotionDiscount": "item-promotion-discount",
    "ShippingDiscount": "ship-promotion-discount",
}


def is_report(raw: bytes) -> bool:
    return raw.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(FIRST_COLUMN.encode())


def split(raw: bytes) -> dict[str, bytes]:
    """Return a report of one order each: number → header and its rows.

    :raise ReadError: ``not_a_report`` or ``too_many``
    """
    rows = _rows(raw)
    by_order: dict[str, list[dict]] = {}
    for row in rows:
        by_order.setdefault(row[FIRST_COLUMN], []).append(row)
    return {number: _written(found) for number, found in by_order.items()}


def to_v0(raw: bytes) -> dict:
    """Return the one order of a report, with the names of Orders API v0.

    :raise ReadError: it is no report, or has several orders
    """
    rows = _rows(raw)
    numbers = {row[FIRST_COLUMN] for row in rows}
    if len(numbers) != 1:
        raise ReadError(
            "several_orders", f"{len(numbers)} orders in one message; one is expected."
        )
    head = rows[0]
    status = head.get("order-status", "")
    return {
        **_named(head, ORDER),
        "OrderStatus": STATUSES.get(status.lower().replace(" ", ""), status),
        "FulfillmentChannel": _channel(head.get("fulfillment-channel", "")),
        "ShippingAddress": _named(head, ADDRESS),
        "BuyerInfo": _named(head, BUYER),
        "OrderItems": [_item(row, at) for at, row in enumerate(rows, 1)],
    }


def _item(row: dict, at: int) -> dict:
    """Return a line; older reports do not number their lines."""
    currency = row.get("currency", "")
    money = {
        name: {"CurrencyCode": currency, "Amount": row[column]}
        for name, column in MONEY.items()
        if row.get(column)
    }
    return {
        "OrderItemId": row.get("order-item-id") or str(at),
        "SellerSKU": row.get("sku", ""),
        "ASIN": row.get("asin", ""),
        "Title": row.get("product-name", ""),
        "QuantityOrdered": str(as_decimal(row.get("quantity"), f"row {at}.quantity")),
        **money,
    }


def _channel(text: str) -> str:
    return "AFN" if text.upper() in ("AFN", "AMAZON") else "MFN"


def _named(row: dict, names: dict[str, str]) -> dict[str, str]:
    return {name: row[column] for name, column in names.items() if row.get(column)}


def _rows(raw: bytes) -> list[dict[str, str]]:
    reader = csv.DictReader(
        io.StringIO(_decoded(raw), newline=""), delimiter="\t", quoting=csv.QUOTE_NONE
    )
    columns = [name.strip().lower() for name in reader.fieldnames or []]
    missing = [name for name in NEEDED if name not in columns]
    if missing:
        raise ReadError(
            "not_a_report", f"The report has no column {', '.join(missing)}."
        )
    reader.fieldnames = columns
    rows = []
    for row in reader:
        if len(rows) >= MAX_ROWS:
            raise ReadError("too_many", f"The report has more than {MAX_ROWS} rows.")
        rows.append({name: (row.get(name) or "").strip() for name in columns})
    rows = [row for row in rows if row[FIRST_COLUMN]]
    if not rows:
        raise ReadError("empty", "The report has no orders.")
    return rows


def _decoded(raw: bytes) -> str:
    """Return the text; Amazon writes UTF-8 or, for Europe, Windows-1252."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def _written(rows: list[dict[str, str]]) -> bytes:
    lines = ["\t".join(rows[0])] + ["\t".join(row.values()) for row in rows]
    return "\n".join(lines).encode()
