"""The Orders API of 2026-01-01, put into the names of v0."""

from typing import Any

from ..documents import as_list, as_object, as_text

STATUSES = {
    "PENDING": "Pending",
    "PENDING_AVAILABILITY": "PendingAvailability",
    "UNSHIPPED": "Unshipped",
    "PARTIALLY_SHIPPED": "PartiallyShipped",
    "SHIPPED": "Shipped",
    "CANCELLED": "Canceled",
    "UNFULFILLABLE": "Unfulfillable",
}
ADDRESS = {
    "name": "Name",
    "companyName": "CompanyName",
    "addressLine1": "AddressLine1",
    "addressLine2": "AddressLine2",
    "addressLine3": "AddressLine3",
    "city": "City",
    "districtOrCounty": "District",
    "municipality": "Municipality",
    "stateOrRegion": "StateOrRegion",
    "postalCode": "PostalCode",
    "countryCode": "CountryCode",
    "phone": "Phone",
    "addressType": "AddressType",
}


def is_newer(tree: dict) -> bool:
    return "order" in tree or ("orderId" in tree and "orderItems" in tree)


def to_v0(tree: dict) -> dict:
    """Return the order with the names and values that Orders API v0 has.

    :raise ReadError: a part of it is not of the documented form
    """
    order = as_object(tree.get("order", tree), "order")
    fulfillment = _part(order, "fulfillment")
    channel, buyer = _part(order, "salesChannel"), _part(order, "buyer")
    window = _part(fulfillment, "shipByWindow")
    status = as_text(fulfillment.get("fulfillmentStatus"))
    by_amazon = as_text(fulfillment.get("fulfilledBy")) == "AMAZON"
    address = _part(_part(order, "recipient"), "deliveryAddress")
    return {
        "AmazonOrderId": as_text(order.get("orderId")),
        "SellerOrderId": _alias(order, "SELLER_ORDER_ID"),
        "PurchaseDate": as_text(order.get("createdTime")),
        "LastUpdateDate": as_text(order.get("lastUpdatedTime")),
        "OrderStatus": STATUSES.get(status, status),
        "FulfillmentChannel": "AFN" if by_amazon else "MFN",
        "SalesChannel": as_text(channel.get("marketplaceName")),
        "MarketplaceId": as_text(channel.get("marketplaceId")),
        "ShipServiceLevel": as_text(fulfillment.get("fulfillmentServiceLevel")),
        "LatestShipDate": as_text(window.get("latestDateTime")),
        "OrderTotal": _money(_part(_part(order, "proceeds"), "grandTotal")),
        "BuyerInfo": {
            "BuyerName": as_text(buyer.get("buyerName")),
            "BuyerEmail": as_text(buyer.get("buyerEmail")),
            "PurchaseOrderNumber": as_text(buyer.get("buyerPurchaseOrderNumber")),
        },
        "ShippingAddress": {
            ours: as_text(address[theirs])
            for theirs, ours in ADDRESS.items()
            if as_text(address.get(theirs))
        },
        "OrderItems": [
            _item(row) for row in as_list(order.get("orderItems"), "orderItems")
        ],
    }


def _item(row: dict) -> dict:
    product = _part(row, "product")
    gift = _part(_part(_part(row, "fulfillment"), "packing"), "giftOption")
    sums = {
        as_text(part.get("type")): _money(_part(part, "subtotal"))
        for part in as_list(_part(row, "proceeds").get("breakdowns"), "breakdowns")
    }
    item = {
        "OrderItemId": as_text(row.get("orderItemId")),
        "SellerSKU": as_text(product.get("sellerSku")),
        "ASIN": as_text(product.get("asin")),
        "Title": as_text(product.get("title")),
        "QuantityOrdered": row.get("quantityOrdered"),
        "QuantityShipped": _part(row, "fulfillment").get("quantityFulfilled"),
        "ItemPrice": sums.get("ITEM")
        or _money(_part(_part(row, "proceeds"), "proceedsTotal")),
        "ShippingPrice": sums.get("SHIPPING"),
        "PromotionDiscount": _positive(sums.get("DISCOUNT")),
        "ItemTax": sums.get("TAX"),
        "BuyerInfo": {"GiftMessageText": as_text(gift.get("giftMessage"))},
    }
    return {name: value for name, value in item.items() if value not in (None, {})}


def _alias(order: dict, kind: str) -> str:
    rows = as_list(order.get("orderAliases"), "orderAliases")
    return next(
        (as_text(row.get("aliasId")) for row in rows if row.get("aliasType") == kind),
        "",
    )


def _money(value: dict) -> dict:
    if not value:
        return {}
    return {
        "CurrencyCode": as_text(value.get("currencyCode")),
        "Amount": as_text(value.get("amount")),
    }


def _positive(money: dict | None) -> dict | None:
    """Return a discount without its sign: v0 writes what is taken off."""
    return {**money, "Amount": money["Amount"].lstrip("-")} if money else money


def _part(value: Any, name: str) -> dict:
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, dict) else {}
