#!/usr/bin/env python3
"""From a Shopify order (REST Admin API or webhook) to an order of the Order Hub.

Plain Python without a library: copy it and change what your shop does otherwise.
The hub never sees a field name of the shop.

    shopify_to_hub.py CHANNEL < order.json | client_stdlib.py submit -

What becomes what
    external_ref    ``id`` (``name`` such as #1001 is the shop's to change; it goes
                    into ``customer_ref``, where people look for it)
    currency        the shop's own money; with ``money="presentment"`` what the
                    customer saw and paid
    lines           what is still ordered: removed and refunded pieces are left out.
                    Discounts of all kinds arrive in ``discount_allocations`` of a
                    line; they become a percentage where that gives the same cents,
                    else one or two lines at net prices that do
    shipping_price  all shipping lines after discounts
    total           what the shop thinks the order is worth now, without the tip.
                    The hub compares it with its own sum and holds the order when
                    they differ, for example by a tax or duty it does not know
    prepaid_amount  by ``financial_status``: only money received counts, an
                    authorisation does not
    customer        may be missing in Shopify: then the channel's stand-in is used

What is not for the hub raises :class:`NotForTheHub` with a reason: cancelled, voided
and test orders, orders of which nothing is left, and those shipped already. A first
import of past orders says ``accept={"fulfilled"}``.
"""

import base64
import hashlib
import hmac
import json
import sys
from collections.abc import Collection, Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

#: Currencies without cents, and with mills. All others have two decimals.
DECIMALS = {
    **dict.fromkeys(("CLP", "ISK", "JPY", "KRW", "PYG", "UGX", "VND", "XAF", "XOF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}


class NotForTheHub(Exception):
    """This order is none that the hub should work on.

    :ivar reason: cancelled, voided, test, fulfilled, nothing_left or unreadable
    """

    def __init__(self, reason: str, message: str):
        super().__init__(message)
        self.reason = reason


def is_genuine(body: bytes, signature: str, secret: str) -> bool:
    """Tell whether a webhook came from Shopify (header X-Shopify-Hmac-Sha256)."""
    made = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    return hmac.compare_digest(base64.b64encode(made), signature.encode())


def orders_in(document: Mapping) -> Iterator[Mapping]:
    """Yield the orders of an answer (``orders``, ``order``) or of a webhook."""
    if isinstance(document.get("orders"), list):
        yield from document["orders"]
    else:
        yield document.get("order") or document


def to_hub(
    order: Mapping,
    channel: str,
    *,
    money: str = "shop",
    accept: Collection[str] = (),
    confirm: bool = True,
) -> dict:
    """Return the payload for ``submit_order``.

    :param order: one order as Shopify sends it
    :param channel: code of the channel in the hub
    :param money: ``shop`` or ``presentment``
    :param accept: of the reasons to refuse, those that do not count here
    :param confirm: make it a confirmed sale at once, if nothing speaks against it
    :raise NotForTheHub: with the reason
    """
    _refuse_unwanted(order, accept)
    reader = _Reader(order, money)
    lines = reader.lines()
    if not lines:
        raise NotForTheHub("nothing_left", "every piece was removed or refunded")
    address = order.get("billing_address") or {}
    return _without_empty(
        {
            "channel": channel,
            "external_ref": str(order["id"]),
            "customer_ref": order.get("name"),
            "date": order.get("processed_at") or order.get("created_at"),
            "currency": reader.currency,
            "customer": _customer(order, address),
            "ship_to": _address(order.get("shipping_address") or {}),
            "lines": lines,
            "shipping_price": reader.plain(reader.shipping()),
            "total": None if reader.is_partial else reader.plain(reader.total()),
            "prepaid_amount": reader.plain(reader.prepaid()),
            "note": _note(order),
            "confirm": confirm,
        }
    )


def _refuse_unwanted(order: Mapping, accept: Collection[str]) -> None:
    if not isinstance(order, Mapping) or not order.get("id"):
        raise NotForTheHub("unreadable", "this is no order of Shopify")
    why = order.get("cancel_reason") or "no reason given"
    found = {
        "cancelled": order.get("cancelled_at") and f"cancelled in the shop: {why}",
        "voided": order.get("financial_status") == "voided" and "payment voided",
        "test": order.get("test") and "a test order",
        "fulfilled": order.get("fulfillment_status") == "fulfilled"
        and "the shop has shipped everything already",
    }
    for reason, message in found.items():
        if message and reason not in accept:
            raise NotForTheHub(reason, message)


# -- money and lines ---------------------------------------------------------------


class _Reader:
    """Reads the amounts of one order, all in one of its two currencies."""

    def __init__(self, order: Mapping, money: str):
        self.order = order
        self.money = f"{money}_money"
        shop = order.get("currency") or ""
        presentment = order.get("presentment_currency") or shop
        self.currency = presentment if money == "presentment" else shop
        self.is_foreign = self.currency != shop
        self.cent = Decimal(1).scaleb(-DECIMALS.get(self.currency, 2))
        self.is_partial = order.get("fulfillment_status") == "partial"

    def amount(self, holder: Mapping, name: str) -> Decimal | None:
        """Return an amount from ``name_set`` or ``name``; None if it is not there."""
        both = holder.get(f"{name}_set") or {}
        value = (both.get(self.money) or {}).get("amount")
        if value is None:
            if self.is_foreign and holder.get(name) is not None:
                raise NotForTheHub("unreadable", f"{name} is not in {self.currency}")
            value = holder.get(name)
        return None if value in (None, "") else _decimal(value)

    def discounts(self, holder: Mapping) -> Decimal:
        parts = holder.get("discount_allocations") or []
        return sum((self.amount(part, "amount") or Decimal(0) for part in parts), 0)

    def lines(self) -> list[dict]:
        items = self.order.get("line_items")
        if not isinstance(items, list):
            raise NotForTheHub("unreadable", "an order without line_items")
        gone = _refunded_quantities(self.order)
        lines = []
        for item in items:
            quantity = self.quantity(item, gone)
            if quantity > 0:
                lines += self.priced(item, quantity)
        return lines

    def quantity(self, item: Mapping, gone: Mapping[int, int]) -> int:
        """Return how many pieces are still wanted (and not yet shipped)."""
        if self.is_partial and item.get("fulfillable_quantity") is not None:
            return int(item["fulfillable_quantity"])
        if item.get("current_quantity") is not None:
            return int(item["current_quantity"])
        return int(item.get("quantity") or 0) - gone.get(item.get("id"), 0)

    def priced(self, item: Mapping, quantity: int) -> list[dict]:
        """Return the hub's line for an item; two where one price does not do."""
        price = self.amount(item, "price")
        if price is None:
            raise NotForTheHub("unreadable", f"line {item.get('id')} has no price")
        share = Decimal(quantity) / int(item["quantity"])
        net = self.round(price * quantity - self.discounts(item) * share)
        base = {
            "sku": item.get("sku") or None,
            "name": _line_name(item),
            "external_ref": str(item["id"]) if item.get("id") else None,
        }
        gross = price * quantity
        percent = _percent(gross - net, gross)
        if self.round(gross * (100 - percent) / 100) == net:
            priced = [(quantity, price, percent)]
        else:
            priced = [(n, each, Decimal(0)) for n, each in self.split(net, quantity)]
        return [
            _without_empty(
                {
                    **base,
                    "quantity": number,
                    "unit_price": float(each),
                    "discount": float(less) or None,
                }
            )
            for number, each, less in priced
        ]

    def split(self, net: Decimal, quantity: int) -> list[tuple[int, Decimal]]:
        """Split an amount into pieces whose prices differ by one cent at most."""
        low, rest = divmod(int(net / self.cent), quantity)
        parts = [(rest, (low + 1) * self.cent), (quantity - rest, low * self.cent)]
        return [part for part in parts if part[0]]

    def shipping(self) -> Decimal:
        return sum(
            (
                self.shipping_line(line)
                for line in self.order.get("shipping_lines") or []
                if not line.get("is_removed")
            ),
            Decimal(0),
        )

    def shipping_line(self, line: Mapping) -> Decimal:
        now = self.amount(line, "current_discounted_price")
        if now is not None:
            return now
        if line.get("discount_allocations"):
            return (self.amount(line, "price") or Decimal(0)) - self.discounts(line)
        return (
            self.amount(line, "discounted_price")
            or self.amount(line, "price")
            or Decimal(0)
        )

    def total(self) -> Decimal | None:
        """Return what the order is worth now, without the tip."""
        total = self.amount(self.order, "current_total_price")
        if total is None:
            total = self.amount(self.order, "total_price")
        if total is None:
            return None
        tip = self.order.get("total_tip_received")
        return total - (_decimal(tip) if tip and not self.is_foreign else 0)

    def prepaid(self) -> Decimal | None:
        """Return the money that has been received and not given back."""
        status, total = self.order.get("financial_status"), self.total()
        if total is None:
            return None
        if status in ("paid", "partially_refunded"):
            return total
        owed = self.amount(self.order, "total_outstanding")
        if status == "partially_paid" and owed is not None:
            return max(total - owed, Decimal(0))
        return None

    def round(self, amount: Decimal) -> Decimal:
        return amount.quantize(self.cent, ROUND_HALF_UP)

    def plain(self, amount: Decimal | None) -> float | None:
        """Return an amount as JSON has it; nothing for zero."""
        return float(amount) if amount else None


def _decimal(value) -> Decimal:
    try:
        number = Decimal(str(value))
    except InvalidOperation as error:
        raise NotForTheHub("unreadable", f"{value!r} is no amount") from error
    if not number.is_finite():
        raise NotForTheHub("unreadable", f"{value!r} is no amount")
    return number


def _percent(less: Decimal, gross: Decimal) -> Decimal:
    """Return a discount in percent, with the two decimals that the hub keeps."""
    if not gross:
        return Decimal(0)
    return (less * 100 / gross).quantize(Decimal("0.01"), ROUND_HALF_UP)


def _refunded_quantities(order: Mapping) -> dict[int, int]:
    """Return ``{line id: pieces given back}``: older API versions say it only here."""
    gone: dict[int, int] = {}
    for refund in order.get("refunds") or []:
        for item in refund.get("refund_line_items") or []:
            line = item.get("line_item_id")
            gone[line] = gone.get(line, 0) + int(item.get("quantity") or 0)
    return gone


def _line_name(item: Mapping) -> str:
    """Return the line's text with what the customer chose or had engraved."""
    rows = [item.get("name") or item.get("title") or ""]
    for chosen in item.get("properties") or []:
        name, value = str(chosen.get("name") or ""), chosen.get("value")
        if name and not name.startswith("_") and value not in (None, ""):
            rows.append(f"{name}: {value}")
    return "\n".join(rows)


# -- people ------------------------------------------------------------------------


def _customer(order: Mapping, billing: Mapping) -> dict:
    """Return who buys: the customer record, the bill, or only an e-mail address."""
    person = order.get("customer") or {}
    where = billing or person.get("default_address") or {}
    known = _without_empty(
        {
            **_address(where),
            "external_ref": str(person["id"]) if person.get("id") else None,
            "name": _full_name(person) or _full_name(where),
            "company": where.get("company"),
            "email": order.get("email") or person.get("email"),
            "phone": order.get("phone") or person.get("phone") or where.get("phone"),
        }
    )
    return known if known.get("name") or known.get("email") else {}


def _address(address: Mapping) -> dict:
    return _without_empty(
        {
            "name": _full_name(address),
            "company": address.get("company"),
            "phone": address.get("phone"),
            "street": address.get("address1"),
            "street2": address.get("address2"),
            "city": address.get("city"),
            "zip": address.get("zip"),
            "state": address.get("province_code") or address.get("province"),
            "country": address.get("country_code") or address.get("country"),
        }
    )


def _full_name(person: Mapping) -> str:
    names = (person.get("first_name"), person.get("last_name"))
    return " ".join(filter(None, names)) or person.get("name") or ""


def _note(order: Mapping) -> str:
    """Return the note of the buyer and the fields that the shop's apps added."""
    rows = [order.get("note") or ""]
    for extra in order.get("note_attributes") or []:
        rows.append(f"{extra.get('name')}: {extra.get('value')}")
    return "\n".join(filter(None, rows))


def _without_empty(fields: dict) -> dict:
    return {
        name: value for name, value in fields.items() if value not in (None, "", {})
    }


def main(words: list[str]) -> int:
    if len(words) != 1:
        print("usage: shopify_to_hub.py CHANNEL < order.json", file=sys.stderr)
        return 2
    for order in orders_in(json.load(sys.stdin)):
        try:
            print(json.dumps(to_hub(order, words[0]), ensure_ascii=False))
        except NotForTheHub as refused:
            print(f"{order.get('id')}: {refused.reason}: {refused}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
