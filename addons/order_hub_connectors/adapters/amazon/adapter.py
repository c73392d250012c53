"""Amazon through the Selling Partner API."""

import zlib
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from ..base import (
    Listed,
    Message,
    Page,
    Parameter,
    ReadError,
    Refused,
    SignatureError,
    StatusUpdate,
    StockLevel,
)
from ..documents import as_text, first, read_json, to_raw
from ..marketplace import MarketplaceAdapter
from ..registry import register
from . import document, library, messages, notification, report
from .carriers import carrier
from .seller import Seller

PAGE = 100
#: Amazon answers only for what is older than two minutes.
LAG = timedelta(minutes=2, seconds=5)
TIME = "%Y-%m-%dT%H:%M:%SZ"


@register
class AmazonAdapter(MarketplaceAdapter):
    """Orders of one seller, in the marketplaces of one region."""

    code = "amazon"
    label = "Amazon"
    base_url = "https://sellingpartnerapi-na.amazon.com"
    parameters = (
        Parameter("client_id", "Client ID", help="Of the application (LWA)."),
        Parameter("client_secret", "Client Secret", secret=True),
        Parameter("refresh_token", "Refresh Token", secret=True),
        Parameter(
            "marketplaces",
            "Marketplaces",
            default="US",
            help="Country codes or ids of one region, with commas: US,CA,MX.",
        ),
        Parameter(
            "seller_id",
            "Seller ID",
            required=False,
            help="Merchant token; needed to send stock.",
        ),
        Parameter(
            "take_fba",
            "Take Orders Shipped by Amazon",
            required=False,
            default="no",
            help="yes: orders that Amazon ships from its own warehouse come too.",
        ),
        Parameter(
            "personal_data",
            "Personal Data",
            required=False,
            default="yes",
            help="no: names and addresses of buyers are not asked for.",
        ),
        Parameter(
            "forwarder_secret",
            "Forwarder Secret",
            secret=True,
            required=False,
            help="Shared with what forwards notifications from EventBridge or SQS.",
        ),
    )
    can_pull = can_receive = can_send_status = can_send_stock = can_list = True
    statuses = (
        ("Unshipped", "received"),
        ("InvoiceUnconfirmed", "received"),
        ("PartiallyShipped", "preparing"),
        ("Shipped", "shipped"),
        ("Canceled", "cancelled"),
        ("Unfulfillable", "cancelled"),
    )
    mapping_code = "amazon"

    @cached_property
    def seller(self) -> Seller:
        """The seller's calls; one region, else no token would fit.

        :raise Refused: a marketplace is unknown, or of another region
        """
        known = library.marketplaces()
        names = [name.strip() for name in self.value("marketplaces").split(",")]
        wrong = [name for name in names if name not in known]
        if wrong:
            raise Refused(
                f"Amazon has no marketplace {', '.join(wrong)}: use codes like US,CA.",
                "marketplaces",
            )
        endpoints = {known[name][1] for name in names}
        if len(endpoints) > 1:
            raise Refused(
                "These marketplaces are of several regions: make one channel a region.",
                "marketplaces",
            )
        own = self.access.base_url not in ("", self.base_url)
        return Seller(
            self.access,
            self.access.base_url.rstrip("/") if own else endpoints.pop(),
            [known[name][0] for name in names],
            self.is_on("personal_data"),
        )

    # === REACHING THE PLATFORM === #

    def test(self) -> str:
        """Return a sentence that names the marketplaces."""
        names = ", ".join(filter(None, self.seller.names()))
        return f"Amazon answers; this seller takes part in {names or 'no marketplace'}."

    def pull(self, cursor: str, since: datetime, until: datetime) -> Iterator[Page]:
        """Yield orders updated between two moments, page by page.

        The cursor carries the filter of the interrupted pull: a page token is of
        worth only together with it.
        """
        end = min(until, self.access.now() - LAG).strftime(TIME)
        after, before, token = _filter(cursor)
        if token:
            try:
                yield from self._updated(after, before, token)
                after = before
            except Refused:
                token = ""
        if not token:
            # The last pull had to end before what it was asked for.
            after = (since - LAG).strftime(TIME)
        if after < end:
            yield from self._updated(after, end)

    def fetch(self, external_ref: str) -> Message | None:
        """Return one order anew, or ``None`` when there is none to take."""
        order = self.seller.order(external_ref)
        return self._message(order) if order else None

    def send_status(self, update: StatusUpdate) -> str:
        """Confirm a shipment: the only status that Amazon takes from a seller."""
        if update.status not in notification.SHIPPED:
            return f"Amazon is told of shipments only; {update.status} is kept here."
        if not update.tracking:
            raise Refused(
                f"Amazon wants a tracking number for {update.external_ref}: put it on"
                " the delivery.",
                "tracking",
            )
        package = self._package(update)
        self.seller.confirm_shipment(
            update.external_ref, self.seller.marketplaces[0], package
        )
        return (
            f"Amazon has {update.tracking} for {update.external_ref} as package"
            f" {package['packageReferenceId']}."
        )

    def send_stock(self, levels: list[StockLevel]) -> dict[str, str]:
        """Set the quantities of listings, one by one: the API takes no list."""
        seller_id = self.value("seller_id")
        if not seller_id:
            raise Refused("Put in the Seller ID: stock is sent by it.", "seller_id")
        return {level.sku: self._set_stock(seller_id, level) for level in levels}

    def list_orders(self, since: datetime, until: datetime) -> Iterator[Listed]:
        """Yield the orders made between two moments; pending ones are none yet."""
        before = min(until, self.access.now() - LAG)
        if since >= before:
            return
        for rows, _token in self._pages(
            "", since.strftime(TIME), before.strftime(TIME), "Created"
        ):
            yield from (messages.listed(row) for row in rows if self._is_wanted(row))

    # === BEING REACHED === #

    def receive(
        self, headers: Mapping[str, str], raw: bytes, query: Mapping[str, str]
    ) -> list[Message]:
        """Return the notifications, or the orders of a report, of a forwarder."""
        secret = self.access.values.get("forwarder_secret", "")
        if not notification.is_from_forwarder(headers, raw, secret):
            raise SignatureError("The delivery does not carry the shared secret.")
        if report.is_report(raw):
            return messages.of_report(raw)
        found = map(messages.notice, notification.notifications(raw))
        return [one for one in found if one]

    # === UNDERSTANDING === #

    def read(self, raw: bytes, content_type: str, kind: str) -> Any:
        """Return the order or notification; an order's notice is fetched."""
        # No method of a model: there is nothing above it to call.
        # pylint: disable=method-required-super
        if report.is_report(raw):
            return document.order_of(report.to_v0(raw))
        tree = read_json(raw)
        if not notification.is_notification(tree):
            return document.order_of(tree)
        change = notification.change_of(tree)
        if not change:
            raise ReadError(
                "not_an_order", "This notification tells no change of an order."
            )
        if kind in ("order", "change"):
            return self._fetched(as_text(change.get("AmazonOrderId")))
        return tree

    def read_event(self, kind: str, document: Any) -> dict:
        """Return what a message about a known order says, in the hub's words."""
        if notification.is_notification(document):
            found = notification.event(
                notification.change_of(document), notification.moment_of(document)
            )
        else:
            found = messages.event(document)
        return {name: value for name, value in found.items() if value not in ("", [])}

    # === INNER === #

    def _updated(self, after: str, before: str, token: str = "") -> Iterator[Page]:
        for rows, following in self._pages(token, after, before):
            taken = [found for found in map(self._message, rows) if found]
            resumed = "|".join((after, before, following)) if following else ""
            yield Page(taken, resumed)

    def _pages(
        self, token: str, after: str, before: str, what: str = "LastUpdated"
    ) -> Iterator[tuple[list[dict], str]]:
        """Yield rows and token of the next page, until there is none."""
        filters = {f"{what}After": after, f"{what}Before": before}
        while True:
            following = {"NextToken": token} if token else {}
            rows, token = self.seller.orders(
                **filters, MaxResultsPerPage=str(PAGE), **following
            )
            yield rows, token
            if not token:
                return

    def _is_wanted(self, order: dict) -> bool:
        if document.is_by_amazon(order) and not self.is_on("take_fba"):
            return False
        return not document.is_pending(order)

    def _message(self, order: dict) -> Message | None:
        """Return the order with its items, address and buyer as one message."""
        if not self._is_wanted(order):
            return None
        number = as_text(order.get("AmazonOrderId"))
        cancelled = document.is_cancelled(order)
        whole = {**order, "OrderItems": self.seller.items(number)}
        if self.seller.personal and not cancelled:
            whole.update(self._personal(order, number))
        return Message(
            kind="cancel" if cancelled else "order",
            external_ref=number,
            raw=to_raw(whole),
            version=messages.moment(order.get("LastUpdateDate")),
        )

    def _personal(self, order: dict, number: str) -> dict:
        """Return address and buyer, asked for only if the order came without."""
        address = document.part(order, "ShippingAddress")
        buyer = document.part(order, "BuyerInfo")
        if not address.get("AddressLine1") and not document.is_by_amazon(order):
            address = self.seller.address(number) or address
        if not buyer.get("BuyerName"):
            found = self.seller.buyer(number)
            found = {k: v for k, v in found.items() if k != "AmazonOrderId"}
            buyer = {**buyer, **found}
        return {"ShippingAddress": address, "BuyerInfo": buyer}

    def _fetched(self, number: str) -> dict:
        found = self.fetch(number)
        if not found:
            raise ReadError(
                "gone",
                f"Amazon has no order {number} that may be taken: it is pending, or"
                " Amazon ships it.",
                "AmazonOrderId",
            )
        return document.order_of(read_json(found.raw))

    def _package(self, update: StatusUpdate) -> dict:
        """Return the package of a shipment.

        Its number follows from the tracking number: told twice, it is one package.
        """
        at = (update.at or self.access.now()).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        return {
            "packageReferenceId": str(zlib.crc32(update.tracking.encode()) or 1),
            **carrier(update.carrier),
            "trackingNumber": update.tracking,
            "shipDate": at,
            "orderItems": self._shipped(update),
        }

    def _shipped(self, update: StatusUpdate) -> list[dict]:
        """Return items and quantities; Amazon wants them for a whole order too."""
        if not update.lines:
            items = self.seller.items(update.external_ref)
            pairs = [
                (row.get("OrderItemId"), row.get("QuantityOrdered")) for row in items
            ]
        else:
            pairs = [
                (row.get("external_ref"), row.get("quantity")) for row in update.lines
            ]
        shipped = [messages.shipped_item(*pair) for pair in pairs]
        return [row for row in shipped if row["quantity"] > 0]

    def _set_stock(self, seller_id: str, level: StockLevel) -> str:
        try:
            told = self.seller.set_stock(
                seller_id, level.sku, int(max(level.quantity, 0))
            )
        except Refused as error:
            return str(error)
        if first(told.get("status")) in ("", "ACCEPTED", "VALID"):
            return ""
        issues = told.get("issues") or [{}]
        said = issues[0].get("message") if isinstance(issues[0], dict) else ""
        return f"Amazon does not take the quantity: {first(said, told.get('status'))}"


def _filter(cursor: str) -> tuple[str, str, str]:
    parts = cursor.split("|", 2)
    return (parts[0], parts[1], parts[2]) if len(parts) == 3 else ("", "", "")
