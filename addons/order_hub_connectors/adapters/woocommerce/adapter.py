"""The adapter for one shop of WooCommerce."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import urlsplit

from odoo.addons.order_hub.engine.web.client import Answer, NotFound

from ..base import (
    Adapter,
    AuthenticationFailed,
    ChannelDown,
    Listed,
    Message,
    Page,
    Parameter,
    ReadError,
    Refused,
    StatusUpdate,
    StockLevel,
)
from ..documents import as_decimal, as_list, as_object, as_text, read_object, to_raw
from ..paging import backwards, resume, windows
from ..registry import register
from . import sending
from .document import (
    CANCELLED,
    event_of,
    moment_of,
    number_of,
    order_document,
    status_of,
    unwrapped,
)
from .receiving import (
    DELETED,
    ORDER_TOPICS,
    check,
    event_name,
    is_ping,
    messages_of,
)

#: Orders of one page; the API allows 100, an order may be large.
PER_PAGE = 50
#: A pull is cut into windows, so that one that was interrupted goes on near there.
LONGEST = timedelta(days=1)
API = "/wp-json/wc/v3"


@register
class WooCommerceAdapter(Adapter):
    """Reads orders by webhook and REST, tells statuses, parcels and stock by REST."""

    code = "woocommerce"
    label = "WooCommerce"
    parameters = (
        Parameter(
            "consumer_key",
            "Consumer Key",
            secret=True,
            help="WooCommerce, Settings, Advanced, REST API: a key that may read and "
            "write. Begins with ck_.",
        ),
        Parameter(
            "consumer_secret",
            "Consumer Secret",
            secret=True,
            help="Shown once when the key is made. Begins with cs_.",
        ),
        Parameter(
            "webhook_secret",
            "Webhook Secret",
            secret=True,
            required=False,
            help="The secret of the webhooks; all of them must have the same. Without "
            "it every delivery is refused.",
        ),
        Parameter(
            "skip_statuses",
            "Not Yet Orders",
            required=False,
            default="pending, checkout-draft, auto-draft, draft",
            help="Statuses with which an order is not taken in: carts and checkouts "
            "that nobody has paid for.",
        ),
        Parameter(
            "notify_customer",
            "Show Notes to the Customer",
            required=False,
            default="yes",
            help="yes: the note with the parcel's number is mailed to the customer; "
            "no: only the shop sees it.",
        ),
    )
    can_pull = can_receive = can_send_status = can_send_stock = can_list = True
    mapping_code = "woocommerce"
    statuses = (
        ("processing", "received"),
        ("on-hold", "received"),
        ("pending", "received"),
        ("completed", "shipped"),
        ("cancelled", "cancelled"),
        ("failed", "cancelled"),
    )

    # === REACHING THE PLATFORM === #

    def test(self) -> str:
        self._get("/orders", per_page=1)
        index = self.access.client.json("GET", f"{self._base()}/wp-json/")
        name = as_object(index).get("name") or urlsplit(self._base()).hostname
        return f"Connected to {name} ({urlsplit(self._base()).hostname})."

    def pull(self, cursor: str, since: datetime, until: datetime) -> Iterator[Page]:
        """Yield orders by the moment of their last change, window by window.

        The API numbers its pages and an order that changes leaves the window, so
        the pages are read from the last to the first: see ``paging.backwards``.
        """
        for start, end in windows(cursor, since, until, LONGEST):
            seen: set[tuple] = set()
            for rows in backwards(self._pages("modified", start, end), PER_PAGE):
                yield Page(list(self._messages(rows, seen)), resume(start))
            yield Page([], resume(end) if end < until else "")

    def fetch(self, external_ref: str) -> Message | None:
        try:
            answer = self._get(f"/orders/{_number(external_ref)}")
        except NotFound:
            return None
        order = unwrapped(answer.json())
        kind = "cancel" if status_of(order) in CANCELLED else "order"
        version = moment_of(order, "date_modified") or ""
        return Message(kind, number_of(order), to_raw(order), version=version)

    def list_orders(self, since: datetime, until: datetime) -> Iterator[Listed]:
        skip, seen = self._skip(), set()
        for rows in backwards(self._pages("created", since, until), PER_PAGE):
            for order in rows:
                if number_of(order) not in seen and status_of(order) not in skip:
                    seen.add(number_of(order))
                    yield self._listed(order)

    def send_status(self, update: StatusUpdate) -> str:
        path = f"/orders/{_number(update.external_ref)}"
        return sending.tell(self, path, update, self._notifies())

    def send_stock(self, levels: list[StockLevel]) -> dict[str, str]:
        return sending.set_stock(self, levels)

    # === BEING REACHED === #

    def receive(
        self, headers: Mapping[str, str], raw: bytes, query: Mapping[str, str]
    ) -> list[Message]:
        if is_ping(headers, raw):
            return []
        check(headers, raw, self.value("webhook_secret"))
        topic = headers.get("x-wc-webhook-topic", "").lower()
        if topic == DELETED:
            number = number_of(unwrapped(read_object(raw)))
            return [Message("cancel", number, raw, event_id=f"cancel:{number}")]
        if topic not in ORDER_TOPICS:
            return []
        order = unwrapped(read_object(raw))
        name = event_name(headers, number_of(order), raw)
        is_new = topic == ORDER_TOPICS[0]
        return list(messages_of(order, raw, self._skip(), is_new=is_new, event=name))

    # === UNDERSTANDING === #

    # pylint: disable-next=method-required-super
    def read(self, raw: bytes, content_type: str, kind: str) -> Any:
        payload = read_object(raw)
        if kind == "refund" or kind == "cancel" and "line_items" not in payload:
            return payload
        return order_document(payload)

    def read_event(self, kind: str, document: Any) -> dict:
        return event_of(kind, as_object(document))

    # === PAGES === #

    def _pages(self, moment: str, start: datetime, end: datetime):
        """Return a function that reads one page of the orders of a window.

        :param moment: ``modified`` or ``created``
        """
        prefix = "modified_" if moment == "modified" else ""
        # Both limits are outside of what is found.
        window = {
            f"{prefix}after": _moment(start - timedelta(seconds=1)),
            f"{prefix}before": _moment(end + timedelta(seconds=1)),
        }

        def read_page(number: int) -> tuple[list[dict], int]:
            answer = self._get(
                "/orders",
                page=number,
                per_page=PER_PAGE,
                orderby="id",
                order="asc",
                status="any",
                dates_are_gmt="true",
                **window,
            )
            return _rows(answer), _total(answer)

        return read_page

    def _messages(self, rows: list[dict], seen: set[tuple]) -> Iterator[Message]:
        """Yield what the orders of a page say; orders read before say it once."""
        for order in rows:
            key = number_of(order), moment_of(order, "date_modified")
            if key in seen:
                continue
            seen.add(key)
            full = {**order, "refunds": self._refunds(order)}
            raw = to_raw(order)
            yield from messages_of(full, raw, self._skip())

    def _refunds(self, order: Mapping) -> list[dict]:
        """Return the refunds of an order with their lines, asked for when needed."""
        if not order.get("refunds") or status_of(order) in CANCELLED:
            return []
        answer = self._get(f"/orders/{number_of(order)}/refunds", per_page=100)
        return _rows(answer)

    def _listed(self, order: dict) -> Listed:
        at = moment_of(order, "date_created")
        return Listed(
            number_of(order),
            float(as_decimal(order.get("total"), "total")),
            as_text(order.get("currency")).upper(),
            status_of(order),
            datetime.fromisoformat(at) if at else None,
            status_of(order) in CANCELLED,
        )

    # === CALLS === #

    def _get(self, path: str, **params) -> Answer:
        return self.call("GET", path, params=params)

    def call(self, method: str, path: str, **options) -> Answer:
        """Call the REST API with the key of the channel."""
        key = self.value("consumer_key"), self.value("consumer_secret")
        if not all(key):
            raise AuthenticationFailed("The channel has no key: set both parts first.")
        url = f"{self._base()}{API}{path}"
        return self.access.client.request(method, url, auth=key, **options)

    def _base(self) -> str:
        """Return the shop's address; the key travels over https only."""
        base = self.access.base_url.rstrip("/")
        if not base:
            raise Refused("The channel has no address. Set it: https://shop.example")
        if urlsplit(base).scheme != "https" and not self.access.client.allow_private:
            raise Refused("The address of the shop has to begin with https.")
        return base.removesuffix("/wp-json")

    def _skip(self) -> set[str]:
        words = self.value("skip_statuses").lower().replace(";", ",").split(",")
        return {word.strip().removeprefix("wc-") for word in words if word.strip()}

    def _notifies(self) -> bool:
        return self.value("notify_customer").strip().lower() in ("yes", "true", "1")


def _number(text: str) -> str:
    """Return an order's number, which becomes part of an address."""
    if not text.isascii() or not text.isdigit():
        raise ReadError("not_a_number", f"{text[:40]} is no number of WooCommerce.")
    return text


def _rows(answer: Answer) -> list[dict]:
    told = answer.json()
    rows = told.get("data") if isinstance(told, dict) else told
    if not isinstance(rows, list):
        raise ChannelDown(f"{answer.host} answered something else than a list.")
    return as_list(rows, "orders")


def _total(answer: Answer) -> int:
    text = answer.headers.get("x-wp-total", "")
    if not text.isdigit():
        raise ChannelDown(f"{answer.host} does not say how many orders it has.")
    return int(text)


def _moment(moment: datetime) -> str:
    utc = moment.astimezone(timezone.utc)
    return utc.replace(tzinfo=None).isoformat(timespec="seconds")
