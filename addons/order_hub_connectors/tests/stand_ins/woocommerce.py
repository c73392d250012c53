"""A shop of WooCommerce as its documentation describes it, for tests only."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

from odoo.addons.order_hub.tests.stand_in import Answer, Call, StandIn

KEY, SECRET, HUSH = "ck_of_the_test", "cs_of_the_test", "hush-of-the-shop"
START = datetime(2026, 3, 15, 8, 0, tzinfo=timezone.utc)
API = "/wp-json/wc/v3"
BILLING = {
    "first_name": "Taihu",
    "last_name": "Auto Repair",
    "company": "Wuxi Taihu Auto Repair",
    "address_1": "203 Jianzhu Road",
    "address_2": "Yard O&#8217;Neil",
    "city": "Wuxi",
    "state": "CN10",
    "postcode": "214072",
    "country": "CN",
    "email": "taihu@customers.example",
    "phone": "+86 510 8510 2266",
}


def stamp(moment: datetime | None) -> str | None:
    """Return a moment as the API writes it: UTC without saying so."""
    return moment and moment.replace(tzinfo=None).isoformat(timespec="seconds")


def line(number, sku="ZXJ-0123", quantity=2, total="320.00", **more):
    return {
        "id": number,
        "name": f"Part {sku}",
        "product_id": 50 + number,
        "variation_id": 0,
        "quantity": quantity,
        "subtotal": total,
        "total": total,
        "total_tax": "0.00",
        "sku": sku,
        "price": float(total) / quantity,
        "meta_data": [],
        **more,
    }


def order(number: int, lines=None, modified: datetime | None = None, **more) -> dict:
    """Return an order as the API has it."""
    created = START + timedelta(minutes=number)
    lines = lines or [line(number * 10 + 1)]
    return {
        "id": number,
        "parent_id": 0,
        "number": f"W-{number}",
        "status": "processing",
        "currency": "CNY",
        "date_created": stamp(created + timedelta(hours=8)),
        "date_created_gmt": stamp(created),
        "date_modified": stamp((modified or created) + timedelta(hours=8)),
        "date_modified_gmt": stamp(modified or created),
        "date_paid_gmt": stamp(created),
        "date_completed_gmt": None,
        "discount_total": "0.00",
        "shipping_total": "25.00",
        "total": f"{sum(float(ln['total']) for ln in lines) + 25:.2f}",
        "total_tax": "0.00",
        "customer_id": 31,
        "customer_note": "Deliver before noon",
        "billing": BILLING,
        "shipping": BILLING,
        "line_items": lines,
        "shipping_lines": [{"method_title": "SF Express", "total": "25.00"}],
        "fee_lines": [],
        "coupon_lines": [],
        "refunds": [],
        **more,
    }


def refund(number: int, item: int, amount: str = "160.00", reason: str = "scratched"):
    """Return a refund as its own list of the API has it."""
    return {
        "id": number,
        "date_created_gmt": stamp(START),
        "amount": amount,
        "reason": reason,
        "line_items": [
            {
                "id": number + 1,
                "name": "Part",
                "quantity": -1,
                "total": f"-{amount}",
                "sku": "ZXJ-0123",
                "meta_data": [{"key": "_refunded_item_id", "value": str(item)}],
            }
        ],
    }


class WooCommerceStandIn(StandIn):
    """One shop: orders, notes, products.

    :ivar on_page: called after each page of orders, to change the shop meanwhile
    """

    def __init__(self, orders=(), **options):
        super().__init__(**options)
        self.orders = {row["id"]: row for row in orders}
        self.full_refunds: dict[int, list[dict]] = {}
        self.notes: dict[int, list[dict]] = {}
        self.products = {
            "ZXJ-0123": {"id": 51, "parent_id": 0, "type": "simple"},
            "LED-H7": {"id": 62, "parent_id": 60, "type": "variation"},
        }
        self.levels: dict[int, int] = {}
        self.on_page: Callable[[], None] | None = None
        self.token = self.basic(KEY, SECRET)

    @staticmethod
    def basic(key: str, secret: str) -> str:
        return "Basic " + base64.b64encode(f"{key}:{secret}".encode()).decode()

    # === ANSWERING === #

    def answer(self, call: Call) -> Answer:
        if call.path == "/wp-json/":
            return Answer({"name": "Sanjiang Parts", "namespaces": ["wc/v3"]})
        if call.headers.get("authorization") != self.token:
            return self.error(401, "woocommerce_rest_cannot_view", "Sorry, no.")
        words = call.path.removeprefix(API).strip("/").split("/")
        if words == ["orders"]:
            return self.listed(call)
        if words[0] == "orders":
            return self.one(call, int(words[1]), words[2:])
        if words[-1] == "batch":
            return self.batch(call.json(), words[1:-1])
        return self.found_products(call.query["sku"].split(","))

    def error(self, status: int, code: str, message: str) -> Answer:
        data = {"status": status}
        return Answer({"code": code, "message": message, "data": data}, status)

    def one(self, call: Call, number: int, rest: list[str]) -> Answer:
        if number not in self.orders:
            return self.error(404, "woocommerce_rest_shop_order_invalid_id", "Gone.")
        if rest == ["refunds"]:
            return Answer(self.full_refunds.get(number, []))
        if rest == ["notes"]:
            notes = self.notes.setdefault(number, [])
            if call.method == "GET":
                return Answer(notes)
            notes.append({"id": len(notes) + 1, **call.json()})
            return Answer(notes[-1], 201)
        if call.method == "PUT":
            self.orders[number].update(call.json())
        return Answer(self.orders[number])

    def listed(self, call: Call) -> Answer:
        """Return one numbered page of what the filter finds at this moment."""
        query = call.query
        rows = sorted(self.orders.values(), key=lambda row: row["id"])
        for name, field in (
            ("modified_", "date_modified_gmt"),
            ("", "date_created_gmt"),
        ):
            if low := query.get(f"{name}after"):
                rows = [row for row in rows if row[field] > low]
            if high := query.get(f"{name}before"):
                rows = [row for row in rows if row[field] < high]
        size, page = int(query["per_page"]), int(query.get("page", 1))
        shown = json.loads(json.dumps(rows[(page - 1) * size : page * size]))
        if self.on_page and "page" in query:
            self.on_page()
        pages = -(-len(rows) // size)
        headers = {"X-WP-Total": str(len(rows)), "X-WP-TotalPages": str(pages)}
        return Answer(shown, headers=headers)

    def found_products(self, codes: list[str]) -> Answer:
        rows = [
            {"sku": code, **self.products[code]}
            for code in codes
            if code in self.products
        ]
        return Answer(rows)

    def batch(self, body: dict, words: list[str]) -> Answer:
        rows = body["update"]
        if len(rows) > 100:
            return self.error(413, "woocommerce_rest_request_entity_too_large", "100.")
        parent = int(words[0]) if words else 0
        known = {
            row["id"] for row in self.products.values() if row["parent_id"] == parent
        }
        told = []
        for row in rows:
            if row["id"] in known:
                self.levels[row["id"]] = row["stock_quantity"]
                told.append({"id": row["id"]})
            else:
                said = {"code": "woocommerce_rest_invalid_id", "message": "Invalid ID."}
                told.append({"id": row["id"], "error": said})
        return Answer({"update": told})

    # === DELIVERIES === #

    def delivery(self, topic: str, body: dict, number: str = "d1", **headers):
        """Return headers (small letters) and raw body of a signed webhook."""
        raw = json.dumps(body).encode()
        return {
            "content-type": "application/json",
            "x-wc-webhook-topic": topic,
            "x-wc-webhook-signature": sign(raw),
            "x-wc-webhook-delivery-id": number,
            **headers,
        }, raw


def sign(raw: bytes) -> str:
    digest = hmac.new(HUSH.encode(), raw, hashlib.sha256).digest()
    return base64.b64encode(digest).decode()
