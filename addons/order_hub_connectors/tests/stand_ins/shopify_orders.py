"""Made-up orders of Shopify, each shown twice: as a webhook and as the API has it.

Both come from one plain form, so that a test can ask for both and compare.
"""

from datetime import datetime, timedelta, timezone

START = datetime(2026, 3, 15, 8, 0, tzinfo=timezone.utc)

ADDRESS = {
    "first_name": "Taihu",
    "last_name": "Auto Repair",
    "name": "Taihu Auto Repair",
    "company": "Wuxi Taihu Auto Repair",
    "address1": "203 Jianzhu Road",
    "address2": None,
    "city": "Wuxi",
    "province": "Jiangsu",
    "province_code": "JS",
    "zip": "214072",
    "country": "China",
    "country_code": "CN",
    "phone": "+86 510 8510 2266",
}


def iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def line(number, sku="ZXJ-0123", quantity=2, price="160.00", off="0.00", **more):
    """Return one line of an order in the stand-in's own form."""
    return {
        "id": number,
        "sku": sku,
        "title": f"Part {sku}",
        "quantity": quantity,
        "current": quantity,
        "shipped": 0,
        "price": price,
        "off": off,
        "group": None,
        **more,
    }


def order(number: int, lines=None, at: datetime | None = None, **more) -> dict:
    """Return an order in the stand-in's own form."""
    at = at or START + timedelta(minutes=number)
    return {
        "id": 7_000_000 + number,
        "name": f"#{1000 + number}",
        "created": at,
        "updated": at,
        "cancelled": None,
        "paid": True,
        "lines": lines or [line(number * 100 + 1)],
        "shipping": "25.00",
        "rate": 1,
        "refunds": [],
        "returns": [],
        "parcels": [],
        **more,
    }


def total(row: dict) -> str:
    goods = sum(
        float(ln["price"]) * ln["current"] - float(ln["off"]) for ln in row["lines"]
    )
    return f"{goods + float(row['shipping']):.2f}"


def financial(row: dict) -> str:
    if row["refunds"]:
        return "partially_refunded"
    return "paid" if row["paid"] else "pending"


def fulfillment(row: dict) -> str | None:
    left = sum(ln["current"] - ln["shipped"] for ln in row["lines"])
    sent = sum(ln["shipped"] for ln in row["lines"])
    return None if not sent else "partial" if left > 0 else "fulfilled"


def pair(amount: str, row: dict) -> dict:
    """Return an amount as webhooks have it: the shop's money, the customer's money."""
    other = f"{float(amount) * row['rate']:.2f}"
    return {
        "shop_money": {"amount": amount, "currency_code": "CNY"},
        "presentment_money": {"amount": other, "currency_code": presentment(row)},
    }


def presentment(row: dict) -> str:
    return "CNY" if row["rate"] == 1 else "USD"


def bag(amount: str, row: dict) -> dict:
    """Return an amount as the API has it: without needless zeros."""
    shop, other = f"{float(amount)}", f"{float(amount) * row['rate']:.2f}"
    return {
        "shopMoney": {"amount": shop, "currencyCode": "CNY"},
        "presentmentMoney": {"amount": other, "currencyCode": presentment(row)},
    }


def webhook_body(row: dict) -> dict:
    """Return an order as a webhook has it."""
    amount = total(row)
    return {
        "id": row["id"],
        "admin_graphql_api_id": f"gid://shopify/Order/{row['id']}",
        "name": row["name"],
        "email": "taihu@customers.example",
        "phone": None,
        "note": "Deliver before noon",
        "po_number": "TH-88",
        "tags": "garage, vip",
        "created_at": row["created"].isoformat(),
        "processed_at": row["created"].isoformat(),
        "updated_at": row["updated"]
        .astimezone(timezone(timedelta(hours=-5)))
        .isoformat(),
        "cancelled_at": iso(row["cancelled"]) if row["cancelled"] else None,
        "cancel_reason": "customer" if row["cancelled"] else None,
        "currency": "CNY",
        "presentment_currency": presentment(row),
        "financial_status": financial(row),
        "fulfillment_status": fulfillment(row),
        "taxes_included": True,
        "total_price": amount,
        "total_price_set": pair(amount, row),
        "current_total_price": amount,
        "current_total_price_set": pair(amount, row),
        "total_outstanding": "0.00" if row["paid"] else amount,
        "total_shipping_price_set": pair(row["shipping"], row),
        "note_attributes": [{"name": "vin", "value": "LSV000"}],
        "customer": {
            "id": 31,
            "first_name": "Taihu",
            "last_name": "Auto Repair",
            "email": "taihu@customers.example",
            "phone": "+86 510 8510 2266",
        },
        "billing_address": ADDRESS,
        "shipping_address": ADDRESS,
        "line_items": [webhook_line(row, ln) for ln in row["lines"]],
        "sales_line_item_groups": groups(row),
        "shipping_lines": [
            {
                "title": "SF Express",
                "code": "sf",
                "price": row["shipping"],
                "price_set": pair(row["shipping"], row),
                "discounted_price": row["shipping"],
                "discounted_price_set": pair(row["shipping"], row),
                "is_removed": False,
            }
        ],
        "fulfillments": [
            {
                "id": parcel["id"],
                "status": "success",
                "created_at": iso(row["updated"]),
                "tracking_number": parcel.get("number"),
                "tracking_company": parcel.get("company"),
                "line_items": [
                    {"id": ln["id"], "sku": ln["sku"], "quantity": ln["shipped"]}
                    for ln in row["lines"]
                    if ln["shipped"]
                ],
            }
            for parcel in row["parcels"][:1]
        ],
        "refunds": [],
    }


def webhook_line(row: dict, ln: dict) -> dict:
    return {
        "id": ln["id"],
        "admin_graphql_api_id": f"gid://shopify/LineItem/{ln['id']}",
        "sku": ln["sku"],
        "name": ln["title"],
        "title": ln["title"],
        "variant_title": None,
        "quantity": ln["quantity"],
        "current_quantity": ln["current"],
        "fulfillable_quantity": ln["current"] - ln["shipped"],
        "price": ln["price"],
        "price_set": pair(ln["price"], row),
        "total_discount": "0.00",
        "discount_allocations": [
            {"amount": ln["off"], "amount_set": pair(ln["off"], row)}
        ],
        "properties": [{"name": "colour", "value": "black"}],
        "variant_id": 9000 + ln["id"],
        "product_id": 8000 + ln["id"],
        "sales_line_item_group_id": ln["group"] and ln["group"]["id"],
    }


def groups(row: dict) -> list[dict]:
    found = {ln["group"]["id"]: ln["group"] for ln in row["lines"] if ln["group"]}
    return list(found.values())


def order_node(row: dict) -> dict:
    """Return an order as the API has it, without its lines."""
    amount = total(row)
    gid = f"gid://shopify/Order/{row['id']}"
    address = {
        "firstName": ADDRESS["first_name"],
        "lastName": ADDRESS["last_name"],
        "name": ADDRESS["name"],
        "company": ADDRESS["company"],
        "address1": ADDRESS["address1"],
        "address2": None,
        "city": ADDRESS["city"],
        "province": ADDRESS["province"],
        "provinceCode": ADDRESS["province_code"],
        "zip": ADDRESS["zip"],
        "country": ADDRESS["country"],
        "countryCodeV2": ADDRESS["country_code"],
        "phone": ADDRESS["phone"],
    }
    shipping = bag(row["shipping"], row)
    return {
        "id": gid,
        "name": row["name"],
        "email": "taihu@customers.example",
        "phone": None,
        "note": "Deliver before noon",
        "poNumber": "TH-88",
        "tags": ["garage", "vip"],
        "createdAt": iso(row["created"]),
        "processedAt": iso(row["created"]),
        "updatedAt": iso(row["updated"]),
        "cancelledAt": iso(row["cancelled"]) if row["cancelled"] else None,
        "cancelReason": "CUSTOMER" if row["cancelled"] else None,
        "currencyCode": "CNY",
        "presentmentCurrencyCode": presentment(row),
        "displayFinancialStatus": financial(row).upper(),
        "displayFulfillmentStatus": {
            None: "UNFULFILLED",
            "partial": "PARTIALLY_FULFILLED",
            "fulfilled": "FULFILLED",
        }[fulfillment(row)],
        "returnStatus": "RETURN_REQUESTED" if row["returns"] else "NO_RETURN",
        "taxesIncluded": True,
        "totalPriceSet": bag(amount, row),
        "currentTotalPriceSet": bag(amount, row),
        "totalOutstandingSet": bag("0.00" if row["paid"] else amount, row),
        "totalShippingPriceSet": shipping,
        "discountCodes": [],
        "customAttributes": [{"key": "vin", "value": "LSV000"}],
        "customer": {
            "id": "gid://shopify/Customer/31",
            "firstName": "Taihu",
            "lastName": "Auto Repair",
            "defaultEmailAddress": {"emailAddress": "taihu@customers.example"},
            "defaultPhoneNumber": {"phoneNumber": "+86 510 8510 2266"},
        },
        "billingAddress": address,
        "shippingAddress": address,
        "shippingLines": {
            "nodes": [
                {
                    "title": "SF Express",
                    "code": "sf",
                    "originalPriceSet": shipping,
                    "discountedPriceSet": shipping,
                }
            ]
        },
        "transactions": [
            {
                "kind": "SALE",
                "status": "SUCCESS",
                "gateway": "manual",
                "processedAt": iso(row["created"]),
                "amountSet": bag(amount, row),
            }
        ]
        * row["paid"],
        "refunds": [{"id": f"gid://shopify/Refund/{r['id']}"} for r in row["refunds"]],
        "fulfillments": [
            {
                "id": f"gid://shopify/Fulfillment/{parcel['id']}",
                "status": "SUCCESS",
                "createdAt": iso(row["updated"]),
                "trackingInfo": [
                    {k: parcel.get(k) for k in ("number", "company", "url")}
                ],
            }
            for parcel in row["parcels"]
        ],
    }


def line_node(row: dict, ln: dict) -> dict:
    group = ln["group"]
    return {
        "id": f"gid://shopify/LineItem/{ln['id']}",
        "sku": ln["sku"],
        "name": ln["title"],
        "title": ln["title"],
        "variantTitle": None,
        "quantity": ln["quantity"],
        "currentQuantity": ln["current"],
        "unfulfilledQuantity": ln["current"] - ln["shipped"],
        "originalUnitPriceSet": bag(ln["price"], row),
        "discountAllocations": [{"allocatedAmountSet": bag(ln["off"], row)}],
        "customAttributes": [{"key": "colour", "value": "black"}],
        "variant": {"id": f"gid://shopify/ProductVariant/{9000 + ln['id']}"},
        "product": {"id": f"gid://shopify/Product/{8000 + ln['id']}"},
        "lineItemGroup": group
        and {
            "id": f"gid://shopify/LineItemGroup/{group['id']}",
            "title": group["title"],
            "quantity": group["quantity"],
            "variantSku": group["variant_sku"],
        },
    }


def parcels(row: dict) -> list[dict]:
    """Return the parcels with their lines; all that was sent is in the first."""
    sent = [
        {
            "quantity": ln["shipped"],
            "lineItem": {"id": f"gid://shopify/LineItem/{ln['id']}", "sku": ln["sku"]},
        }
        for ln in row["lines"]
        if ln["shipped"]
    ]
    rows = order_node(row)["fulfillments"]
    return [
        {**parcel, "fulfillmentLineItems": {"nodes": [] if at else sent}}
        for at, parcel in enumerate(rows)
    ]


def refund_body(row: dict, refund: dict) -> dict:
    """Return a refund as its webhook has it."""
    return {
        "id": refund["id"],
        "order_id": row["id"],
        "created_at": iso(row["updated"]),
        "note": refund["note"],
        "refund_line_items": [
            {
                "line_item_id": refund["line"],
                "quantity": 1,
                "restock_type": "return",
                "subtotal": refund["amount"],
                "line_item": {"id": refund["line"], "sku": "ZXJ-0123"},
            }
        ],
        "transactions": [
            {
                "kind": "refund",
                "status": "success",
                "amount": refund["amount"],
                "currency": "CNY",
            }
        ],
    }


def refund_node(row: dict, refund: dict) -> dict:
    return {
        "id": f"gid://shopify/Refund/{refund['id']}",
        "createdAt": iso(row["updated"]),
        "note": refund["note"],
        "order": {"id": f"gid://shopify/Order/{row['id']}", "currencyCode": "CNY"},
        "totalRefundedSet": bag(refund["amount"], row),
        "refundLineItems": {
            "nodes": [
                {
                    "quantity": 1,
                    "restockType": "RETURN",
                    "lineItem": {
                        "id": f"gid://shopify/LineItem/{refund['line']}",
                        "sku": "ZXJ-0123",
                    },
                    "subtotalSet": bag(refund["amount"], row),
                }
            ]
        },
    }


def return_body(row: dict, back: dict) -> dict:
    """Return a return as its webhook has it."""
    return {
        "id": back["id"],
        "order": {"id": row["id"]},
        "status": "requested",
        "name": f"{row['name']}-R1",
        "return_line_items": [
            {
                "quantity": 1,
                "return_reason": "defective",
                "customer_note": back["note"],
                "fulfillment_line_item": {
                    "line_item": {"id": back["line"], "sku": "ZXJ-0123"}
                },
            }
        ],
    }


def return_node(row: dict, back: dict) -> dict:
    return {
        "id": f"gid://shopify/Return/{back['id']}",
        "name": f"{row['name']}-R1",
        "status": "REQUESTED",
        "createdAt": iso(row["updated"]),
        "order": {"id": f"gid://shopify/Order/{row['id']}"},
        "returnLineItems": {
            "nodes": [
                {
                    "quantity": 1,
                    "customerNote": back["note"],
                    "fulfillmentLineItem": {
                        "lineItem": {
                            "id": f"gid://shopify/LineItem/{back['line']}",
                            "sku": "ZXJ-0123",
                        }
                    },
                }
            ]
        },
    }


def fulfillable(row: dict) -> dict:
    """Return what can still be sent; each line leaves from its own place."""
    places: dict[int, list] = {}
    for ln in row["lines"]:
        places.setdefault(ln.get("place", 1), []).append(ln)
    return {
        "id": f"gid://shopify/Order/{row['id']}",
        "cancelledAt": iso(row["cancelled"]) if row["cancelled"] else None,
        "fulfillments": [
            {
                "id": f"gid://shopify/Fulfillment/{parcel['id']}",
                "status": "SUCCESS",
                "trackingInfo": [{"number": parcel.get("number")}],
            }
            for parcel in row["parcels"]
        ],
        "fulfillmentOrders": {
            "nodes": [
                {
                    "id": f"gid://shopify/FulfillmentOrder/{row['id'] * 10 + place}",
                    "status": "OPEN",
                    "assignedLocation": {
                        "location": {"id": f"gid://shopify/Location/{place}"}
                    },
                    "lineItems": {
                        "nodes": [
                            {
                                "id": f"gid://shopify/FulfillmentOrderLineItem/{ln['id']}",
                                "remainingQuantity": ln["current"] - ln["shipped"],
                                "sku": ln["sku"],
                                "lineItem": {
                                    "id": f"gid://shopify/LineItem/{ln['id']}"
                                },
                            }
                            for ln in lines
                        ]
                    },
                }
                for place, lines in places.items()
            ]
        },
    }
