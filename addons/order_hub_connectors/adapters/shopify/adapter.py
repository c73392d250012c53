"""The adapter for one shop of Shopify."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from ..base import (
    Adapter,
    AdapterError,
    AuthenticationFailed,
    Listed,
    Message,
    Page,
    Parameter,
    ReadError,
    Refused,
    StatusUpdate,
    StockLevel,
)
from ..documents import as_object, iso, read_json, read_object, to_raw
from ..paging import resume, windows
from ..registry import register
from . import queries, sending
from .document import MONEYS, PAID, order_document, status_of
from .events import event_of
from .graphql import GraphQL, TooCostly
from .nodes import gid_of, is_node, number_of, order_of, plain, refund_of
from .receiving import check, message_of, moment_of, same_event, version_of

#: Orders and lines of one page; halved when Shopify finds a page too costly.
FIRST, LINES = 20, 20
#: Lines of one page when they are asked for apart.
MORE_LINES = 50
#: Pages of lines of one order: nobody needs more than 10,000 lines.
MAX_LINE_PAGES = 200
LISTED = 100
DOMAIN = re.compile(r"[a-z0-9][a-z0-9-]*\.myshopify\.com")
VERSION = re.compile(r"20\d\d-(01|04|07|10)|unstable")


@register
class ShopifyAdapter(Adapter):
    """Reads orders by webhook and by GraphQL, tells parcels and stock by GraphQL."""

    code = "shopify"
    label = "Shopify"
    parameters = (
        Parameter(
            "shop_domain",
            "Shop",
            help="As in the address of its administration: my-shop.myshopify.com",
        ),
        Parameter(
            "access_token",
            "Admin API Access Token",
            secret=True,
            help="Of a custom app with the rights to read orders, and to write "
            "fulfilments and stock if the hub tells them. Begins with shpat_.",
        ),
        Parameter(
            "webhook_secret",
            "Webhook Secret",
            secret=True,
            required=False,
            help="The client secret of the app; webhooks are signed with it. Without "
            "it every webhook is refused.",
        ),
        Parameter(
            "api_version",
            "API Version",
            default="2026-10",
            help="A version lives for a year. From 2026-01 on.",
        ),
        Parameter(
            "money",
            "Currency of Orders",
            required=False,
            default="shop",
            help="shop: the currency of the shop's books; presentment: the one the "
            "customer paid in.",
        ),
        Parameter(
            "location_id",
            "Location",
            required=False,
            help="Number of the location whose stock the hub sets. Empty: the first.",
        ),
        Parameter(
            "notify_customer",
            "Mail the Customer",
            required=False,
            default="yes",
            help="yes: Shopify writes to the customer when a parcel leaves; no: not.",
        ),
    )
    can_pull = can_receive = can_send_status = can_send_stock = can_list = True
    mapping_code = "shopify"
    statuses = (
        ("unfulfilled", "received"),
        ("on_hold", "received"),
        ("scheduled", "scheduled"),
        ("in_progress", "preparing"),
        ("partial", "picked"),
        ("partially_fulfilled", "picked"),
        ("fulfilled", "shipped"),
        ("delivered", "delivered"),
        ("cancelled", "cancelled"),
    )

    # === REACHING THE PLATFORM === #

    def test(self) -> str:
        shop = self._api().ask(queries.SHOP).get("shop") or {}
        return (
            f"Connected to {shop.get('name')} ({shop.get('myshopifyDomain')}), "
            f"currency {shop.get('currencyCode')}."
        )

    def pull(self, cursor: str, since: datetime, until: datetime) -> Iterator[Page]:
        """Yield orders by the moment of their last change, oldest first.

        Shopify's pages hang on the last row read, not on a count: an order that
        changes meanwhile moves behind the end and comes with the next pull.
        """
        for start, end in windows(cursor, since, until, until - since):
            filter_ = (
                f"updated_at:>='{_moment(start)}' AND updated_at:<='{_moment(end)}'"
            )
            for nodes, has_more in self._pages(filter_):
                last = moment_of(nodes[-1].get("updatedAt")) if nodes else None
                going_on = resume(last) if has_more and last else ""
                yield Page(list(self._messages(nodes)), going_on)

    def fetch(self, external_ref: str) -> Message | None:
        node = self._node(external_ref)
        return self._order_message(node) if node else None

    def list_orders(self, since: datetime, until: datetime) -> Iterator[Listed]:
        filter_ = f"created_at:>='{_moment(since)}' AND created_at:<='{_moment(until)}'"
        api, after, more = self._api(), None, True
        while more:
            page = api.ask(queries.LISTED, first=LISTED, after=after, filter=filter_)
            rows = page.get("orders") or {}
            for node in rows.get("nodes") or []:
                yield self._listed(node)
            more, after = _next(rows)

    def send_status(self, update: StatusUpdate) -> str:
        word = update.status.lower()
        api = self._api()
        if word in ("fulfilled", "partially_fulfilled", "partial"):
            return sending.fulfill(api, update, self._notifies())
        if word == "delivered":
            return sending.deliver(api, update)
        if word == "cancelled":
            return sending.cancel(api, update)
        raise Refused(
            f"Shopify cannot be told “{update.status}”: only fulfilled, delivered and "
            "cancelled. Take the word out of the status map."
        )

    def send_stock(self, levels: list[StockLevel]) -> dict[str, str]:
        return sending.set_stock(self._api(), levels, self.value("location_id"))

    # === BEING REACHED === #

    def receive(
        self, headers: Mapping[str, str], raw: bytes, query: Mapping[str, str]
    ) -> list[Message]:
        check(headers, raw, self.value("webhook_secret"), self._domain())
        message = message_of(headers, raw, read_object(raw))
        return [message] if message else []

    # === UNDERSTANDING === #

    # pylint: disable-next=method-required-super
    def read(self, raw: bytes, content_type: str, kind: str) -> Any:
        payload = as_object(read_json(raw))
        if kind == "change" and "order_edit" in payload:
            payload = self._edited(payload)
        if kind == "refund":
            return refund_of(payload) if is_node(payload) else payload
        if kind == "return":
            return plain(payload)
        if kind in ("order", "change") or is_node(payload) or "line_items" in payload:
            return order_document(payload, self._money())
        return payload

    def read_event(self, kind: str, document: Any) -> dict:
        return event_of(kind, as_object(document))

    def _edited(self, payload: dict) -> dict:
        """Return the whole order of an edit, whose message tells only what changed."""
        number = event_of("change", payload)["external_ref"]
        if not self.value("access_token"):
            raise ReadError(
                "needs_access",
                "The message of an edit has not the whole order. Subscribe to "
                "orders/updated too, or set the access token.",
            )
        node = self._node(number)
        if node is None:
            raise ReadError("gone", f"Shopify has no order {number} any more.", "id")
        return node

    # === PAGES === #

    def _pages(self, filter_: str) -> Iterator[tuple[list[dict], bool]]:
        """Yield pages of whole orders, and whether another one follows."""
        api, after, more, size = self._api(), None, True, 1
        while more:
            page, size = self._page(api, filter_, after, size)
            rows = page.get("orders") or {}
            nodes = [self._complete(api, node) for node in rows.get("nodes") or []]
            more, after = _next(rows)
            yield nodes, more

    def _page(
        self, api: GraphQL, filter_: str, after: str | None, divisor: int
    ) -> tuple[dict, int]:
        """Return one page; ask for half as much as long as it is too costly."""
        while True:
            try:
                return api.ask(
                    queries.ORDERS,
                    first=max(FIRST // divisor, 1),
                    lines=max(LINES // divisor, 1),
                    after=after,
                    filter=filter_,
                ), divisor
            except TooCostly:
                if divisor > max(FIRST, LINES):
                    raise
                divisor *= 2

    def _complete(self, api: GraphQL, node: dict) -> dict:
        """Return an order with all of its lines, however many pages they have.

        Where a line became less after something was sent, the parcels' lines tell
        whether it was taken out of the order or came back.
        """
        connection = node.get("lineItems") or {}
        lines = list(connection.get("nodes") or [])
        more, after = _next(connection)
        for _page in range(MAX_LINE_PAGES):
            if not more:
                break
            answer = api.ask(
                queries.MORE_LINES, id=node["id"], lines=MORE_LINES, after=after
            )
            connection = (answer.get("order") or {}).get("lineItems") or {}
            lines += connection.get("nodes") or []
            more, after = _next(connection)
        whole = {**node, "lineItems": {"nodes": lines}}
        if node.get("fulfillments") and any(map(_is_reduced, lines)):
            answer = api.ask(queries.PARCELS, id=node["id"]).get("order") or {}
            whole["fulfillments"] = answer.get("fulfillments") or []
        return whole

    def _node(self, number: str) -> dict | None:
        api = self._api()
        gid = gid_of("Order", number)
        node = api.ask(queries.ONE_ORDER, id=gid, lines=MORE_LINES).get("order")
        return self._complete(api, node) if node else None

    # === MESSAGES === #

    def _messages(self, nodes: list[dict]) -> Iterator[Message]:
        """Yield what the orders of a page say, as webhooks would have told it."""
        for node in nodes:
            yield self._order_message(node)
            order = order_of(node)
            for kind in self._events(order):
                yield self._message(kind, node, order)
            if node.get("refunds"):
                yield from self._refunds(node)
            if node.get("returnStatus") not in (None, "", "NO_RETURN"):
                yield from self._returns(node)

    def _order_message(self, node: dict) -> Message:
        order = order_of(node)
        kind = "cancel" if order.get("cancelled_at") else "order"
        return self._message(kind, node, order)

    def _events(self, order: dict) -> Iterator[str]:
        if order.get("cancelled_at"):
            return
        if order.get("financial_status") == PAID[0]:
            yield "paid"
        if status_of(order) == "fulfilled":
            yield "shipped"

    def _refunds(self, node: dict) -> Iterator[Message]:
        rows = self._api().ask(queries.REFUNDS, id=node["id"]).get("order") or {}
        for row in rows.get("refunds") or []:
            yield self._message("refund", row, refund_of(row))

    def _returns(self, node: dict) -> Iterator[Message]:
        """Yield returns; an app without the right to read them has webhooks only."""
        try:
            rows = self._api().ask(queries.RETURNS, id=node["id"]).get("order") or {}
        except AuthenticationFailed:
            return
        for row in (rows.get("returns") or {}).get("nodes") or []:
            yield self._message("return", row, plain(row))

    def _message(self, kind: str, node: dict, payload: dict) -> Message:
        order = payload.get("order_id") or (payload.get("order") or {}).get("id")
        return Message(
            kind,
            number_of(order or payload["id"]),
            to_raw(node),
            event_id=same_event(kind, payload),
            version=version_of(payload),
        )

    def _listed(self, node: dict) -> Listed:
        pair = node.get("totalPriceSet") or {}
        side = {"shop": "shopMoney"}.get(self._money(), "presentmentMoney")
        money = pair.get(side) or {}
        return Listed(
            number_of(node["id"]),
            float(money.get("amount") or 0),
            money.get("currencyCode") or "",
            (node.get("displayFulfillmentStatus") or "").lower(),
            moment_of(node.get("createdAt")),
            bool(node.get("cancelledAt")),
        )

    # === SETTINGS === #

    def _api(self) -> GraphQL:
        version = self.value("api_version")
        if not VERSION.fullmatch(version):
            raise Refused(f"{version} is no API version of Shopify, such as 2026-10.")
        base = self._base()
        token = self.value("access_token")
        if not token:
            raise AuthenticationFailed("The channel has no access token: set it first.")
        url = f"{base}/admin/api/{version}/graphql.json"
        return GraphQL(self.access.client, url, token)

    def _base(self) -> str:
        """Return the address of the shop.

        A token is sent to Shopify only; another address is for local stand-ins.
        """
        base = self.access.base_url
        host = (urlsplit(base).hostname or "") if base else self._domain()
        if not DOMAIN.fullmatch(host) and not self.access.client.allow_private:
            raise Refused(f"{host} is not an address of Shopify.")
        return base or f"https://{host}"

    def _domain(self) -> str:
        """Return the shop's own domain."""
        domain = self.value("shop_domain").strip().lower()
        domain = domain.removeprefix("https://").rstrip("/")
        if not DOMAIN.fullmatch(domain):
            raise AdapterError(
                "The shop is written as in the address of its administration: "
                "my-shop.myshopify.com",
                "shop_domain",
            )
        return domain

    def _money(self) -> str:
        money = self.value("money").strip().lower()
        return money if money in MONEYS else "shop"

    def _notifies(self) -> bool:
        return self.value("notify_customer").strip().lower() in ("yes", "true", "1")


def _is_reduced(line: Mapping) -> bool:
    return line.get("currentQuantity") != line.get("quantity")


def _next(connection: Mapping) -> tuple[bool, str | None]:
    """Return whether a list goes on, and from where."""
    info = connection.get("pageInfo") or {}
    after = info.get("endCursor")
    return bool(info.get("hasNextPage") and after), after


def _moment(moment: datetime) -> str:
    return iso(moment).replace("+00:00", "Z")
