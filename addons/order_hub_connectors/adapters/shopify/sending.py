"""What Shopify is told: parcels, deliveries, cancellations, stock."""

import math
import uuid
from collections.abc import Iterable, Mapping

from odoo.addons.order_hub.engine.web.client import NotFound

from ..base import Refused, StatusUpdate, StockLevel
from . import queries
from .graphql import GraphQL, user_errors
from .nodes import gid_of

#: Shopify takes at most so many quantities in one call.
STOCK_BATCH = 250
#: Codes in one search for stock items; the text of a search is bounded.
SEARCH_BATCH = 40


# === STATUS === #


def fulfill(api: GraphQL, update: StatusUpdate, notify: bool) -> str:
    """Tell about a parcel; return the numbers of the fulfilments as text.

    Telling the same parcel twice is harmless: a tracking number that Shopify has, or
    an order of which nothing is left to send, is answered without a call.

    :raise Refused: nothing of what was sent is in the order
    """
    order = _order(api, update.external_ref)
    if update.tracking and update.tracking in _told(order):
        return f"parcel {update.tracking} is known"
    left = _left(order)
    if not left:
        return "nothing is left to send"
    parts = list(_parts(left, update.lines))
    if not parts:
        raise Refused(
            f"Nothing of this parcel is open in order {update.external_ref} at Shopify."
        )
    receipts = []
    for place_parts in _by_place(parts):
        made = api.change(
            queries.FULFILL,
            "fulfillmentCreate",
            fulfillment=_fulfillment(place_parts, update, notify),
        )
        receipts.append((made.get("fulfillment") or {}).get("id", ""))
    return ", ".join(receipts)


def deliver(api: GraphQL, update: StatusUpdate) -> str:
    """Tell that the parcels of an order have arrived."""
    order = _order(api, update.external_ref)
    parcels = [
        row
        for row in order.get("fulfillments") or []
        if row.get("status") == "SUCCESS"
        and (not update.tracking or update.tracking in _numbers(row))
    ]
    for parcel in parcels:
        event = {"fulfillmentId": parcel["id"], "status": "DELIVERED"}
        if update.at:
            event["happenedAt"] = update.at.isoformat()
        api.change(queries.DELIVERED, "fulfillmentEventCreate", fulfillmentEvent=event)
    return f"{len(parcels)} delivered"


def cancel(api: GraphQL, update: StatusUpdate) -> str:
    """Cancel an order in the shop; money is given back by a person, never by this."""
    order = _order(api, update.external_ref)
    if order.get("cancelledAt"):
        return "is cancelled"
    made = api.change(
        queries.CANCEL,
        "orderCancel",
        orderId=order["id"],
        restock=True,
        note=(update.note or update.hub_ref)[:255],
    )
    return (made.get("job") or {}).get("id", "")


def _order(api: GraphQL, number: str) -> dict:
    order = api.ask(queries.FULFILLABLE, id=gid_of("Order", number)).get("order")
    if not order:
        raise NotFound(f"Shopify has no order {number}.")
    return order


def _numbers(parcel: Mapping) -> list[str]:
    return [row.get("number") for row in parcel.get("trackingInfo") or []]


def _told(order: Mapping) -> set[str]:
    return {
        number
        for parcel in order.get("fulfillments") or []
        if parcel.get("status") != "CANCELLED"
        for number in _numbers(parcel)
    }


def _left(order: Mapping) -> list[dict]:
    """Return what can still be sent, one row a line of a fulfilment order."""
    return [
        {
            "part": part["id"],
            "place": ((part.get("assignedLocation") or {}).get("location") or {}).get(
                "id"
            ),
            "id": row["id"],
            "line": (row.get("lineItem") or {}).get("id", ""),
            "sku": row.get("sku") or "",
            "left": row["remainingQuantity"],
        }
        for part in (order.get("fulfillmentOrders") or {}).get("nodes") or []
        if part.get("status") in ("OPEN", "IN_PROGRESS", "SCHEDULED")
        for row in (part.get("lineItems") or {}).get("nodes") or []
        if row.get("remainingQuantity", 0) > 0
    ]


def _parts(left: list[dict], lines: Iterable[Mapping]) -> Iterable[tuple[dict, int]]:
    """Yield what is sent now and how much of it; all of it without ``lines``."""
    if not lines:
        yield from ((row, row["left"]) for row in left)
        return
    rest = {row["id"]: row["left"] for row in left}
    for line in lines:
        wanted = math.floor(float(line.get("quantity") or 0))
        for row in _matching(left, line):
            taken = min(wanted, rest[row["id"]])
            if taken > 0:
                rest[row["id"]] -= taken
                wanted -= taken
                yield row, taken


def _matching(left: list[dict], line: Mapping) -> list[dict]:
    number = str(line.get("external_ref") or "")
    if number:
        gid = gid_of("LineItem", number)
        return [row for row in left if row["line"] == gid]
    return [row for row in left if row["sku"] and row["sku"] == line.get("sku")]


def _by_place(parts: list[tuple[dict, int]]) -> Iterable[list[tuple[dict, int]]]:
    """Yield the parts by the place they leave from: a fulfilment has one place."""
    places: dict = {}
    for row, quantity in parts:
        places.setdefault(row["place"], []).append((row, quantity))
    return places.values()


def _fulfillment(
    parts: list[tuple[dict, int]], update: StatusUpdate, notify: bool
) -> dict:
    orders: dict[str, dict[str, int]] = {}
    for row, quantity in parts:
        lines = orders.setdefault(row["part"], {})
        lines[row["id"]] = lines.get(row["id"], 0) + quantity
    made = {
        "notifyCustomer": notify,
        "lineItemsByFulfillmentOrder": [
            {
                "fulfillmentOrderId": part,
                "fulfillmentOrderLineItems": [
                    {"id": line, "quantity": quantity}
                    for line, quantity in lines.items()
                ],
            }
            for part, lines in orders.items()
        ],
    }
    tracking = {
        "number": update.tracking,
        "company": update.carrier,
        "url": update.tracking_url,
    }
    if any(tracking.values()):
        made["trackingInfo"] = {k: text for k, text in tracking.items() if text}
    return made


# === STOCK === #


def set_stock(api: GraphQL, levels: list[StockLevel], location: str) -> dict[str, str]:
    """Set what may be sold; return code → what went wrong, empty if nothing did."""
    place = gid_of("Location", location) if location else _first_place(api)
    items = _items(api, levels)
    result = {
        level.sku: "" if items.get(level.sku) else "Shopify has no such SKU."
        for level in levels
    }
    known = [level for level in levels if items.get(level.sku)]
    for start in range(0, len(known), STOCK_BATCH):
        result.update(_set(api, known[start : start + STOCK_BATCH], items, place))
    return result


def _set(
    api: GraphQL, levels: list[StockLevel], items: Mapping[str, str], place: str
) -> dict[str, str]:
    """Set one batch; when some are wrong nothing was set, so set the others again."""
    wrong: dict[str, str] = {}
    for _number in range(2):
        rest = [level for level in levels if level.sku not in wrong]
        if not rest:
            break
        # A key of its own: a retry of this call is done once, the same figures an
        # hour later are set again.
        answer = api.try_change(
            queries.SET_STOCK,
            "inventorySetQuantities",
            repeatable=True,
            input=_quantities(rest, items, place),
            key=str(uuid.uuid4()),
        )
        errors = user_errors(answer)
        if not errors:
            return {level.sku: wrong.get(level.sku, "") for level in levels}
        found = _blamed(errors, rest)
        if not found:
            said = str(errors[0].get("message"))
            return {level.sku: said for level in levels}
        wrong.update(found)
    unsent = "Shopify refused other SKUs of the same batch."
    return {level.sku: wrong.get(level.sku, unsent) for level in levels}


def _quantities(levels: list[StockLevel], items: Mapping[str, str], place: str) -> dict:
    return {
        "name": "available",
        "reason": "correction",
        "quantities": [
            {
                "inventoryItemId": items[level.sku],
                "locationId": place,
                "quantity": max(math.floor(level.quantity), 0),
                # The hub knows the stock: no comparing with what Shopify believes.
                "changeFromQuantity": None,
            }
            for level in levels
        ],
    }


def _blamed(errors: list[dict], levels: list[StockLevel]) -> dict[str, str]:
    """Return code → error from paths such as ``input.quantities.3.locationId``."""
    found = {}
    for error in errors:
        for step in error.get("field") or []:
            if str(step).isdigit() and int(step) < len(levels):
                found[levels[int(step)].sku] = str(error.get("message"))
    return found


def _first_place(api: GraphQL) -> str:
    place = api.ask(queries.PLACES).get("location")
    if not place:
        raise Refused("The shop has no location. Set one in the channel's settings.")
    return place["id"]


def _items(api: GraphQL, levels: list[StockLevel]) -> dict[str, str]:
    """Return code → id of the stock item, asking only for what is not known."""
    items = {
        level.sku: gid_of("InventoryItem", str(level.external_ids["inventory_item_id"]))
        for level in levels
        if level.external_ids.get("inventory_item_id")
    }
    missing = [level.sku for level in levels if level.sku not in items]
    for start in range(0, len(missing), SEARCH_BATCH):
        items.update(_found(api, missing[start : start + SEARCH_BATCH]))
    return items


def _found(api: GraphQL, codes: list[str]) -> dict[str, str]:
    """Search codes; of two variants with one code the first counts."""
    terms = " OR ".join(f"sku:{quoted(code)}" for code in codes)
    found: dict[str, str] = {}
    after = None
    while True:
        page = api.ask(queries.STOCK_ITEMS, filter=terms, after=after)
        rows = page.get("productVariants") or {}
        for row in rows.get("nodes") or []:
            if row.get("sku") in codes and row.get("inventoryItem"):
                found.setdefault(row["sku"], row["inventoryItem"]["id"])
        info = rows.get("pageInfo") or {}
        if not info.get("hasNextPage"):
            return found
        after = info.get("endCursor")


def quoted(text: str) -> str:
    """Return a text as one word of Shopify's search language."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
