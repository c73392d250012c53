"""What a look-up of a field mapping may read: nothing but what is listed here."""

from .converters import Lookup

#: Model → fields to search by, fields to take. No prices, no stock, no persons.
READABLE = {
    "res.currency": (("name", "symbol"), ("name",)),
    "res.country": (("code", "name"), ("code",)),
    "res.country.state": (("code", "name"), ("code", "name")),
    "uom.uom": (("name",), ("name",)),
    "product.product": (("default_code", "barcode"), ("default_code",)),
    "res.partner": (("ref", "vat"), ("ref", "vat")),
    "delivery.carrier": (("name",), ("name",)),
    "order.hub.order.type": (("code", "name"), ("code",)),
}


def fault_of(lookup: Lookup) -> str:
    """Return the code of what is wrong with a look-up, or an empty text.

    A name without a point is a table of ours: whether there is one is seen when it
    is used, so that mapping and table can be set up in any order.
    """
    if "." not in lookup.table:
        return "lookup_fields" if lookup.by else ""
    if lookup.table not in READABLE:
        return "lookup_model"
    by, give = READABLE[lookup.table]
    if lookup.by not in by or lookup.give not in give:
        return "lookup_fields"
    return ""
