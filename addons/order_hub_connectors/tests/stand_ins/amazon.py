"""Amazon's Selling Partner API as its documentation describes it, for tests only."""

import hashlib
import hmac
import json
from datetime import datetime, timedelta, timezone

from odoo.addons.order_hub.tests.stand_in import Answer, Call, StandIn

REFRESH, CLIENT_ID, CLIENT_SECRET = "Atzr|of-the-seller", "amzn1.app.1", "hush-hush-app"
FORWARDER = "secret-of-the-forwarder"
US, CANADA = "ATVPDKIKX0DER", "A2EUQ1WTGCTBG2"
NOW = datetime(2026, 3, 15, 8, 0, tzinfo=timezone.utc)
PERSONAL = ("ShippingAddress", "BuyerInfo")


def zulu(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def usd(amount: str) -> dict:
    return {"CurrencyCode": "USD", "Amount": amount}


def item(number: str, sku: str = "ZXJ-0123", quantity: int = 2, **more) -> dict:
    return {
        "OrderItemId": number,
        "SellerSKU": sku,
        "ASIN": "B00TEST001",
        "Title": f"Shock absorber {sku}",
        "QuantityOrdered": quantity,
        "QuantityShipped": 0,
        "ItemPrice": usd("240.00"),
        "ItemTax": usd("14.40"),
        "ShippingPrice": usd("9.99"),
        "ShippingDiscount": usd("1.99"),
        "PromotionDiscount": usd("20.00"),
        **more,
    }


def order(number: str, updated: datetime = NOW, status="Unshipped", **more) -> dict:
    """Return an order of a buyer who does not exist, with its items."""
    return {
        "AmazonOrderId": number,
        "PurchaseDate": zulu(updated - timedelta(hours=3)),
        "LastUpdateDate": zulu(updated),
        "OrderStatus": status,
        "FulfillmentChannel": "MFN",
        "SalesChannel": "Amazon.com",
        "MarketplaceId": US,
        "OrderTotal": usd("242.40"),
        "ShipServiceLevel": "Std US D2D Dom",
        "LatestShipDate": zulu(updated + timedelta(days=2)),
        "BuyerInfo": {"BuyerEmail": "k7x@example.com", "BuyerName": "Ann Miller"},
        "ShippingAddress": {
            "Name": "Ann Miller",
            "AddressLine1": "1 Harbor Road",
            "City": "Detroit",
            "StateOrRegion": "MI",
            "PostalCode": "48201-0100",
            "CountryCode": "US",
            "Phone": "+1 313 555 0100",
        },
        "_items": [item(f"{number[-4:]}001")],
        **more,
    }


def whole(number: str, **more) -> dict:
    """Return an order with its items in it, as the adapter stores it."""
    row = order(number, **more)
    return {**row, "OrderItems": row.pop("_items")}


def errors(status: int, code: str, said: str) -> Answer:
    told = {"errors": [{"code": code, "message": said, "details": ""}]}
    return Answer(told, status)


class AmazonStandIn(StandIn):
    """A seller at Amazon; gives tokens too, as Login with Amazon does."""

    def __init__(self):
        super().__init__("")
        self.now = NOW
        self.orders: dict[str, dict] = {}
        self.page = 100
        self.item_page = 100
        self.tokens: set[str] = set()
        self.restricted: set[str] = set()
        self.refresh = REFRESH
        self.has_role = True
        self.lists_personal = True
        self.shipped: list[dict] = []
        self.stock: dict[str, int] = {}
        self.counter = 0

    def add(self, *orders: dict) -> None:
        self.orders.update((row["AmazonOrderId"], row) for row in orders)

    def end_tokens(self) -> None:
        """End the tokens that were given, before their time."""
        self.tokens.clear()
        self.restricted.clear()

    def quota(self, times: int = 1, **options) -> None:
        said = "You exceeded your quota for the requested resource."
        answer = errors(429, "QuotaExceeded", said)
        self.script(
            Answer(answer.body, 429, {"x-amzn-RateLimit-Limit": "0.0167"}),
            times,
            **options,
        )

    # --- answering ---

    def answer(self, call: Call) -> Answer:
        if call.path == "/auth/o2/token":
            return self.token_for(call.form())
        given = call.headers.get("x-amz-access-token", "")
        if given not in self.tokens | self.restricted:
            return errors(403, "Unauthorized", "The access token has expired.")
        if call.path == "/tokens/2021-03-01/restrictedDataToken":
            return self.restricted_token(call)
        if call.path == "/sellers/v1/marketplaceParticipations":
            market = {"id": US, "name": "Amazon.com", "countryCode": "US"}
            return Answer({"payload": [{"marketplace": market}]})
        if call.path.startswith("/listings/2021-08-01/items/"):
            return self.listing(call)
        return self.of_orders(call, given in self.restricted)

    def token_for(self, form: dict) -> Answer:
        if (form.get("client_id"), form.get("client_secret")) != (
            CLIENT_ID,
            CLIENT_SECRET,
        ):
            told = {"error": "invalid_client", "error_description": "unknown client"}
            return Answer(told, 401)
        if form.get("refresh_token") != self.refresh:
            told = {"error": "invalid_grant", "error_description": "token was revoked"}
            return Answer(told, 400)
        token = self.fresh("Atza|")
        self.tokens.add(token)
        return Answer(
            {"access_token": token, "token_type": "bearer", "expires_in": 3600}
        )

    def fresh(self, prefix: str) -> str:
        self.counter += 1
        return f"{prefix}number-{self.counter}"

    def restricted_token(self, call: Call) -> Answer:
        if not self.has_role:
            return errors(403, "Unauthorized", "Application does not have access")
        if not call.json().get("restrictedResources"):
            return errors(400, "InvalidInput", "restrictedResources is missing")
        token = self.fresh("Atz.sprdt|")
        self.restricted.add(token)
        return Answer({"restrictedDataToken": token, "expiresIn": 3600})

    def of_orders(self, call: Call, personal: bool) -> Answer:
        parts = call.path.removeprefix("/orders/v0/orders").strip("/").split("/")
        if not parts[0]:
            return self.listed(call.query, personal and self.lists_personal)
        found = self.orders.get(parts[0])
        if not found:
            return errors(404, "NotFound", "no such order")
        what = parts[1] if len(parts) > 1 else ""
        if what == "orderItems":
            return self.items(found, call.query)
        if what == "shipmentConfirmation":
            return self.confirm(found, call.json())
        if what in ("address", "buyerInfo") and not personal:
            return errors(403, "Unauthorized", "A restricted data token is needed.")
        number = {"AmazonOrderId": found["AmazonOrderId"]}
        if what == "address":
            address = {"ShippingAddress": found["ShippingAddress"]}
            return Answer({"payload": {**number, **address}})
        if what == "buyerInfo":
            return Answer({"payload": {**number, **found["BuyerInfo"]}})
        return Answer({"payload": self.shown(found, personal and self.lists_personal)})

    def listed(self, query: dict, personal: bool) -> Answer:
        if "MarketplaceIds" not in query:
            return errors(400, "InvalidInput", "MarketplaceIds is missing")
        name = "LastUpdated" if "LastUpdatedAfter" in query else "Created"
        key = "LastUpdateDate" if name == "LastUpdated" else "PurchaseDate"
        after, before = query.get(f"{name}After", ""), query.get(f"{name}Before", "9")
        if before > zulu(self.now - timedelta(minutes=2)):
            return errors(400, "InvalidInput", f"{name}Before is too late")
        rows = sorted(
            (row for row in self.orders.values() if after <= row[key] <= before),
            key=lambda row: row[key],
        )
        token = query.get("NextToken", "at-0")
        if not token.startswith("at-"):
            return errors(400, "InvalidInput", "NextToken is invalid")
        start = int(token.removeprefix("at-"))
        payload = {
            "Orders": [self.shown(r, personal) for r in rows[start : start + self.page]]
        }
        if start + self.page < len(rows):
            payload["NextToken"] = f"at-{start + self.page}"
        return Answer({"payload": payload}, 200, {"x-amzn-RateLimit-Limit": "0.5"})

    @staticmethod
    def shown(row: dict, personal: bool) -> dict:
        """Return what an order shows; a pending one has no amounts and no address."""
        hidden = () if personal else PERSONAL
        if row["OrderStatus"] == "Pending":
            hidden = (*PERSONAL, "OrderTotal")
        return {
            name: value
            for name, value in row.items()
            if not name.startswith("_") and name not in hidden
        }

    def items(self, row: dict, query: dict) -> Answer:
        start = int(query.get("NextToken", "0"))
        end = start + self.item_page
        payload = {
            "AmazonOrderId": row["AmazonOrderId"],
            "OrderItems": row["_items"][start:end],
        }
        if end < len(row["_items"]):
            payload["NextToken"] = str(end)
        return Answer({"payload": payload})

    def confirm(self, row: dict, body: dict) -> Answer:
        if not body.get("packageDetail", {}).get("orderItems"):
            return errors(400, "InvalidInput", "orderItems is missing")
        self.shipped.append({"number": row["AmazonOrderId"], **body})
        return Answer(b"", 204)

    def listing(self, call: Call) -> Answer:
        sku = call.path.rpartition("/")[2]
        if sku == "GONE":
            return errors(404, "NotFound", "no such listing")
        value = call.json()["patches"][0]["value"][0]
        self.stock[sku] = value["quantity"]
        return Answer({"sku": sku, "status": "ACCEPTED", "issues": []})


# === WHAT AMAZON SENDS === #


def order_change(number: str, status: str = "Unshipped", serial: int = 1, **more):
    """Return an ORDER_CHANGE notification."""
    change = {
        "NotificationLevel": "OrderLevel",
        "SellerId": "A1SELLER",
        "AmazonOrderId": number,
        "OrderChangeType": "OrderStatusChange",
        "OrderChangeTrigger": {"TimeOfOrderChange": zulu(NOW), "ChangeReason": None},
        "Summary": {
            "MarketplaceId": US,
            "OrderStatus": status,
            "FulfillmentType": "MFN",
            "OrderItems": [
                {"OrderItemId": "9001", "SellerSKU": "ZXJ-0123", "Quantity": 2}
            ],
        },
        **more,
    }
    return {
        "NotificationVersion": "1.0",
        "NotificationType": "ORDER_CHANGE",
        "EventTime": zulu(NOW),
        "Payload": {"OrderChangeNotification": change},
        "NotificationMetadata": {"NotificationId": f"notification-{serial}"},
    }


def by_bridge(notification: dict) -> dict:
    """Return it as EventBridge wraps it."""
    return {"version": "0", "detail-type": "ORDER_CHANGE", "detail": notification}


def by_queue(*notifications: dict) -> dict:
    """Return them as a function that reads SQS gets them."""
    return {"Records": [{"body": json.dumps(row)} for row in notifications]}


def delivery(body) -> tuple[dict, bytes, dict]:
    """Return headers, body and query of a delivery signed by the forwarder."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    digest = hmac.new(FORWARDER.encode(), raw, hashlib.sha256).hexdigest()
    return {"x-order-hub-signature": digest}, raw, {}
