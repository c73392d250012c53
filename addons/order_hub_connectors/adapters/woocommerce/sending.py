"""What WooCommerce is told: statuses, notes with parcels, stock."""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..base import Refused, StatusUpdate, StockLevel
from ..documents import as_list, as_object, as_text
from .document import status_of, unwrapped

if TYPE_CHECKING:
    from .adapter import WooCommerceAdapter

#: Products in one call, and codes in one search.
STOCK_BATCH = 100
SEARCH_BATCH = 50
#: They say whether the customer has paid, which the shop knows and the hub does not.
PAYMENT = ("pending", "on-hold", "processing", "failed", "refunded")


# === STATUS === #


def tell(
    shop: "WooCommerceAdapter", path: str, update: StatusUpdate, notify: bool
) -> str:
    """Set the status and leave a note; what is there already is not done again."""
    order = unwrapped(shop.call("GET", path).json())
    word = status_of({"status": update.status})
    done = []
    if note := _note(update):
        done.append(_leave_note(shop, path, note, update.tracking, notify))
    if update.is_partial:
        # "completed" would tell the customer that everything is on its way.
        done.append("status left: more follows")
    elif word in PAYMENT or not word:
        done.append("status left as it is")
    elif status_of(order) == word:
        done.append(f"is {word}")
    else:
        shop.call("PUT", path, json={"status": word})
        done.append(f"set to {word}")
    return ", ".join(done)


def _note(update: StatusUpdate) -> str:
    parcel = " ".join(
        filter(None, (update.carrier, update.tracking, update.tracking_url))
    )
    return ". ".join(filter(None, (parcel, update.note)))


def _leave_note(
    shop: "WooCommerceAdapter", path: str, note: str, tracking: str, notify: bool
) -> str:
    """Leave a note unless the order has it; a parcel is noted once."""
    notes = as_list(shop.call("GET", f"{path}/notes").json(), "notes")
    if any((tracking or note) in as_text(row.get("note")) for row in notes):
        return "the note is there"
    body = {"note": note, "customer_note": notify and bool(tracking)}
    made = as_object(shop.call("POST", f"{path}/notes", json=body).json())
    return f"note {as_text(made.get('id'))}"


# === STOCK === #


def set_stock(shop: "WooCommerceAdapter", levels: list[StockLevel]) -> dict[str, str]:
    """Set what may be sold; return code → what went wrong, empty if nothing did."""
    places = _places(shop, levels)
    result = {level.sku: "WooCommerce has no such SKU." for level in levels}
    by_parent: dict[str, list[tuple[StockLevel, str]]] = {}
    for level in levels:
        if level.sku in places:
            parent, number = places[level.sku]
            by_parent.setdefault(parent, []).append((level, number))
    for parent, rows in by_parent.items():
        path = f"/products/{parent}/variations" if parent else "/products"
        for start in range(0, len(rows), STOCK_BATCH):
            result.update(_set(shop, path, rows[start : start + STOCK_BATCH]))
    return result


def _set(
    shop: "WooCommerceAdapter", path: str, rows: list[tuple[StockLevel, str]]
) -> dict[str, str]:
    """Set one batch; setting the same twice does no harm, so a lost answer is asked
    for again."""
    body = {
        "update": [
            {
                "id": int(number),
                "manage_stock": True,
                "stock_quantity": max(math.floor(level.quantity), 0),
            }
            for level, number in rows
        ]
    }
    try:
        answer = shop.call("POST", f"{path}/batch", json=body, repeatable=True)
    except Refused as error:
        return {level.sku: str(error) for level, _number in rows}
    told = as_list(as_object(answer.json()).get("update"), "update")
    errors = {
        as_text(row.get("id")): as_text((row.get("error") or {}).get("message"))
        for row in told
    }
    return {
        level.sku: errors.get(number, "WooCommerce did not answer for it.")
        for level, number in rows
    }


def _places(
    shop: "WooCommerceAdapter", levels: list[StockLevel]
) -> dict[str, tuple[str, str]]:
    """Return code → (product that it is a variation of, or empty; own number)."""
    places = {
        level.sku: place
        for level in levels
        if (place := _known_place(level.external_ids))
    }
    missing = [level.sku for level in levels if level.sku not in places]
    # A comma separates codes: one that has a comma in it is searched by itself.
    alone = [sku for sku in missing if "," in sku]
    plain = [sku for sku in missing if "," not in sku]
    batches = [[sku] for sku in alone] + [
        plain[start : start + SEARCH_BATCH]
        for start in range(0, len(plain), SEARCH_BATCH)
    ]
    for batch in batches:
        places.update(_search(shop, batch))
    return places


def _search(shop: "WooCommerceAdapter", codes: list[str]) -> dict[str, tuple[str, str]]:
    """Search codes; of two products with one code the first counts."""
    params = {"sku": ",".join(codes), "per_page": 100}
    found: dict[str, tuple[str, str]] = {}
    for row in as_list(shop.call("GET", "/products", params=params).json(), "products"):
        parent = as_text(row.get("parent_id"))
        is_variation = as_text(row.get("type")) == "variation"
        place = (parent if is_variation else "", as_text(row.get("id")))
        if as_text(row.get("sku")) in codes:
            found.setdefault(as_text(row.get("sku")), place)
    return found


def _known_place(ids: Mapping[str, str]) -> tuple[str, str] | None:
    product, variation = ids.get("product_id"), ids.get("variation_id")
    if variation and variation != "0":
        return (str(product), str(variation)) if product else None
    return ("", str(product)) if product else None
