"""A shop of Shopify as its documentation describes it, for tests only.

Queries are known by the name of their operation. Points, pages and errors are as in
the documentation of the GraphQL Admin API.
"""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Callable
from datetime import datetime

from odoo.addons.order_hub.tests.stand_in import Answer, Call, StandIn

from .shopify_orders import (
    START,
    fulfillable,
    iso,
    line_node,
    order_node,
    parcels,
    refund_node,
    return_node,
)

DOMAIN = "sanjiang-parts.myshopify.com"
SECRET = "hush-of-the-shop"
OPERATION = re.compile(r"(?:query|mutation)\s+(\w+)")
WITHIN = re.compile(r"(\w+)_at:(>=|<=)'([^']+)'")
WORDS = re.compile(r'sku:"((?:[^"\\]|\\.)*)"')


class ShopifyStandIn(StandIn):
    """One shop: orders, stock, points to spend.

    :ivar orders: by number
    :ivar on_page: called after each page of orders, to change the shop meanwhile
    :ivar max_cost: a query that may bring more lines than this is too costly
    """

    def __init__(self, orders=(), clock: Callable[[], float] | None = None, **options):
        super().__init__(**options)
        self.orders = {row["id"]: row for row in orders}
        self.stock = {"ZXJ-0123": 501, "SCP-280": 502, "LED-H7": 503}
        self.levels: dict[str, int] = {}
        self.keys: set[str] = set()
        self.on_page: Callable[[], None] | None = None
        self.max_cost = 1000
        self.points, self.restore, self.clock = 2000.0, 100.0, clock
        self.seen_at = clock() if clock else 0.0
        self.told: list[dict] = []
        self.denied: set[str] = set()

    # === ANSWERING === #

    def answer(self, call: Call) -> Answer:
        if not re.fullmatch(r"/admin/api/20\d\d-\d\d/graphql.json", call.path):
            return Answer({"errors": "Not Found"}, 404)
        if call.headers.get("x-shopify-access-token") != self.token:
            said = "[API] Invalid API key or access token (unrecognized login)"
            return Answer({"errors": said}, 401)
        body = call.json()
        name = OPERATION.match(body["query"]).group(1)
        wanted = self.cost(name, body["variables"])
        if wanted > self.max_cost:
            return self.error("MAX_COST_EXCEEDED", "Query cost is too high")
        if not self.spend(wanted):
            return Answer(
                {
                    "errors": [
                        {"message": "Throttled", "extensions": {"code": "THROTTLED"}}
                    ],
                    "extensions": self.extensions(wanted),
                }
            )
        if name in self.denied:
            return self.error("ACCESS_DENIED", f"Access denied for {name} field.")
        data = getattr(self, f"do_{name}")(**body["variables"])
        return Answer({"data": data, "extensions": self.extensions(wanted)})

    def error(self, code: str, message: str) -> Answer:
        return Answer({"errors": [{"message": message, "extensions": {"code": code}}]})

    # === POINTS === #

    def cost(self, name: str, variables: dict) -> int:
        many = variables.get("first", 1) * variables.get("lines", 1)
        return many + 10

    def spend(self, wanted: float) -> bool:
        if self.clock:
            gained = (self.clock() - self.seen_at) * self.restore
            self.points = min(self.points + gained, 2000)
            self.seen_at = self.clock()
            if wanted > self.points:
                return False
            self.points -= wanted
        return True

    def extensions(self, wanted: float) -> dict:
        return {
            "cost": {
                "requestedQueryCost": wanted,
                "actualQueryCost": None,
                "throttleStatus": {
                    "maximumAvailable": 2000.0,
                    "currentlyAvailable": self.points,
                    "restoreRate": self.restore,
                },
            }
        }

    # === QUERIES === #

    def do_Shop(self):
        return {
            "shop": {
                "name": "Sanjiang Parts",
                "myshopifyDomain": DOMAIN,
                "currencyCode": "CNY",
            }
        }

    def do_Orders(self, first, lines, filter, after=None):  # noqa: A002
        rows = self.matching(filter, "updated")
        page = self.page(rows, first, after, "updated")
        page["nodes"] = [self.node(row, lines) for row in page["nodes"]]
        if self.on_page:
            self.on_page()
        return {"orders": page}

    def do_Listed(self, first, filter, after=None):  # noqa: A002
        page = self.page(self.matching(filter, "created"), first, after, "created")
        page["nodes"] = [self.node(row, 1) for row in page["nodes"]]
        return {"orders": page}

    def do_OneOrder(self, id, lines):  # noqa: A002
        row = self.found(id)
        return {"order": self.node(row, lines) if row else None}

    def do_MoreLines(self, id, lines, after=None):  # noqa: A002
        return {"order": {"lineItems": self.line_page(self.found(id), lines, after)}}

    def do_Parcels(self, id):  # noqa: A002
        return {"order": {"fulfillments": parcels(self.found(id))}}

    def do_Refunds(self, id):  # noqa: A002
        row = self.found(id)
        return {"order": {"refunds": [refund_node(row, r) for r in row["refunds"]]}}

    def do_Returns(self, id):  # noqa: A002
        row = self.found(id)
        rows = [return_node(row, r) for r in row["returns"]]
        return {"order": {"returns": {"nodes": rows}}}

    def do_Fulfillable(self, id):  # noqa: A002
        row = self.found(id)
        return {"order": fulfillable(row) if row else None}

    def do_Places(self):
        return {"location": {"id": "gid://shopify/Location/1"}}

    def do_StockItems(self, filter, after=None):  # noqa: A002
        codes = [json.loads(f'"{word}"') for word in WORDS.findall(filter)]
        nodes = [
            {
                "sku": code,
                "inventoryItem": {
                    "id": f"gid://shopify/InventoryItem/{self.stock[code]}"
                },
            }
            for code in codes
            if code in self.stock
        ]
        return {"productVariants": {"nodes": nodes, "pageInfo": {}}}

    # === MUTATIONS === #

    def do_Fulfill(self, fulfillment):
        number = int(
            fulfillment["lineItemsByFulfillmentOrder"][0]["fulfillmentOrderId"].split(
                "/"
            )[-1]
        )
        row = self.orders[number // 10]
        for part in fulfillment["lineItemsByFulfillmentOrder"]:
            for item in part["fulfillmentOrderLineItems"]:
                wanted = int(item["id"].split("/")[-1])
                found = next(ln for ln in row["lines"] if ln["id"] == wanted)
                if item["quantity"] > found["current"] - found["shipped"]:
                    return self.refused("fulfillmentCreate", "Invalid quantity")
                found["shipped"] += item["quantity"]
        tracking = fulfillment.get("trackingInfo") or {}
        row["parcels"].append({"id": len(row["parcels"]) + 1, **tracking})
        self.told.append(fulfillment)
        made = {
            "id": f"gid://shopify/Fulfillment/{len(self.told)}",
            "status": "SUCCESS",
        }
        return {"fulfillmentCreate": {"fulfillment": made, "userErrors": []}}

    def do_Delivered(self, fulfillmentEvent):
        self.told.append(fulfillmentEvent)
        return {"fulfillmentEventCreate": {"fulfillmentEvent": {}, "userErrors": []}}

    def do_Cancel(self, orderId, restock, note=None):
        self.found(orderId)["cancelled"] = START
        self.told.append({"cancel": orderId, "restock": restock, "note": note})
        job = {"id": "gid://shopify/Job/1"}
        return {"orderCancel": {"job": job, "orderCancelUserErrors": []}}

    def do_SetStock(self, input, key):  # noqa: A002
        name = "inventorySetQuantities"
        if len(input["quantities"]) > 250:
            return self.refused(name, "too many", ["input", "quantities"])
        known = {f"gid://shopify/InventoryItem/{i}" for i in self.stock.values()}
        errors = [
            {
                "field": ["input", "quantities", str(at), "inventoryItemId"],
                "message": "The specified inventory item could not be found.",
                "code": "INVALID_INVENTORY_ITEM",
            }
            for at, row in enumerate(input["quantities"])
            if row["inventoryItemId"] not in known or "changeFromQuantity" not in row
        ]
        if errors:
            return {name: {"inventoryAdjustmentGroup": None, "userErrors": errors}}
        if key not in self.keys:
            self.keys.add(key)
            self.told.append(input)
            for row in input["quantities"]:
                self.levels[row["inventoryItemId"].split("/")[-1]] = row["quantity"]
        return {name: {"inventoryAdjustmentGroup": {"id": "1"}, "userErrors": []}}

    def refused(self, name, message, field=None):
        return {name: {"userErrors": [{"field": field, "message": message}]}}

    # === LISTS === #

    def found(self, gid: str) -> dict | None:
        return self.orders.get(int(gid.rpartition("/")[2]))

    def matching(self, text: str, name: str) -> list[dict]:
        """Return the orders that a search finds, in the order of the moments."""
        rows = sorted(self.orders.values(), key=lambda row: (row[name], row["id"]))
        for field, sign, moment in WITHIN.findall(text):
            key = {"updated": "updated", "created": "created"}[field]
            limit = datetime.fromisoformat(moment.replace("Z", "+00:00"))
            rows = [
                row
                for row in rows
                if (row[key] >= limit if sign == ">=" else row[key] <= limit)
            ]
        return rows

    def page(self, rows, first, after, name):
        """Return what comes after the last row that was read, not after a count."""
        keys = [f"{iso(row[name])}|{row['id']:012}" for row in rows]
        start = sum(1 for key in keys if after and key <= after)
        nodes = rows[start : start + first]
        more = start + first < len(rows)
        last = keys[start + len(nodes) - 1] if nodes else None
        return {"nodes": nodes, "pageInfo": {"hasNextPage": more, "endCursor": last}}

    def line_page(self, row, first, after):
        start = int(after) if after else 0
        shown = row["lines"][start : start + first]
        end = start + len(shown)
        info = {"hasNextPage": end < len(row["lines"]), "endCursor": str(end)}
        return {"nodes": [line_node(row, ln) for ln in shown], "pageInfo": info}

    def node(self, row: dict, lines: int) -> dict:
        return {**order_node(row), "lineItems": self.line_page(row, lines, None)}

    # === DELIVERIES === #

    def delivery(self, topic: str, body: dict, event: str = "", **headers):
        """Return headers (small letters) and raw body of a signed webhook."""
        raw = json.dumps(body, ensure_ascii=False).encode()
        digest = hmac.new(SECRET.encode(), raw, hashlib.sha256).digest()
        return {
            "content-type": "application/json",
            "x-shopify-topic": topic,
            "x-shopify-hmac-sha256": base64.b64encode(digest).decode(),
            "x-shopify-shop-domain": DOMAIN,
            "x-shopify-api-version": "2026-10",
            "x-shopify-webhook-id": f"delivery-{event or body.get('id')}",
            "x-shopify-event-id": event or f"event-{body.get('id')}",
            **headers,
        }, raw
