"""1688 (domestic wholesale) through open.1688.com, from the seller's side."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from ..base import (
    Listed,
    Message,
    Page,
    ReadError,
    Refused,
    SignatureError,
)
from ..documents import as_list, as_object, as_text, first, millis, read_form, to_raw
from ..documents import read_json as read_tree_of
from ..marketplace import (
    ACCESS_TOKEN,
    APPLICATION,
    TAKE_UNPAID,
    MarketplaceAdapter,
)
from ..paging import backwards, resume, windows
from ..registry import register
from . import document, events, signature
from .gateway import Gateway, is_missing, iso_of, open_time

PAGE = 20
ORDER_LIST = "alibaba.trade.getSellerOrderList"
WINDOW = timedelta(days=1)
#: Type of message → kind; the seller's messages, and the same ones as buyers and
#: forwarders see them.
TYPES = {
    "ORDER_PAY": "order",
    "ORDER_ORDER_PAY": "order",
    "ORDER_BATCH_PAY": "order",
    "ORDER_PAY_SUCCESS": "order",
    "ORDER_ORDER_STEP_PAY": "order",
    "ORDER_ORDER_PRICE_MODIFY": "change",
    "ORDER_MODIFY_MEMO": "change",
    "ORDER_ORDER_BUYER_CLOSE": "cancel",
    "ORDER_ORDER_SELLER_CLOSE": "cancel",
    "ORDER_ORDER_BOPS_CLOSE": "cancel",
    "ORDER_CANCEL": "cancel",
    "ORDER_ORDER_BUYER_REFUND": "return",
    "ORDER_ORDER_BUYER_REFUND_IN_SALES": "return",
    "ORDER_ORDER_REFUND_AFTER_SALES": "return",
    "ORDER_ANNOUNCE_SENDGOODS": "shipped",
    "ORDER_PART_PART_SENDGOODS": "shipped",
}
MADE = {"ORDER_BUYER_MAKE", "ORDER_CREATE"}
BUYER_VIEW = "ORDER_BUYER_VIEW_"
REFUNDED = {"refundsuccess", "refund_success"}


@register
class Alibaba1688Adapter(MarketplaceAdapter):
    """Orders of one 1688 shop."""

    code = "alibaba1688"
    label = "1688"
    base_url = "https://gw.open.1688.com/openapi"
    parameters = (
        *APPLICATION,
        ACCESS_TOKEN,
        TAKE_UNPAID,
    )
    can_pull = can_receive = can_list = True
    statuses = (
        ("waitsellersend", "received"),
        ("waitbuyerpay", "received"),
        ("waitselleract", "received"),
        ("waitsellerpush", "preparing"),
        ("waitlogisticstakein", "picked"),
        ("waitbuyerreceive", "shipped"),
        ("waitbuyersign", "shipped"),
        ("signinsuccess", "delivered"),
        ("signinfailed", "shipped"),
        ("confirm_goods", "delivered"),
        ("confirm_goods_but_not_fund", "delivered"),
        ("success", "closed"),
        ("cancel", "cancelled"),
        ("terminated", "cancelled"),
    )
    mapping_code = "alibaba1688"

    @property
    def gateway(self) -> Gateway:
        return Gateway(self.access, self.address)

    # === REACHING THE PLATFORM === #

    def test(self) -> str:
        """Return a sentence with the seller's name, from the newest order."""
        answer = self.gateway.call(
            "alibaba.trade.getSellerOrderList", page=1, pageSize=1
        )
        rows = as_list(answer.get("result"), "result")
        base = rows[0].get("baseInfo") if rows else None
        name = first(base.get("sellerLoginId")) if isinstance(base, dict) else ""
        total = as_text(answer.get("totalRecord")) or "0"
        return f"1688 answers for {name or 'the shop'}: {total} orders."

    def pull(self, cursor: str, since: datetime, until: datetime) -> Iterator[Page]:
        """Yield orders changed between two moments, a day at a time."""
        todo = windows(cursor, since, until, WINDOW)
        for number, (start, end) in enumerate(todo, 1):
            for messages in self._changed(start, end):
                yield Page(messages, resume(start))
            yield Page([], resume(end) if number < len(todo) else "")

    def fetch(self, external_ref: str) -> Message | None:
        """Return one order anew, or ``None`` when 1688 has it not."""
        try:
            answer = self.gateway.call(
                "alibaba.trade.get.sellerView", webSite="1688", orderId=external_ref
            )
        except Refused as error:
            if is_missing(error):
                return None
            raise
        return self._message(as_object(answer.get("result"), "result"))

    def list_orders(self, since: datetime, until: datetime) -> Iterator[Listed]:
        """Yield the orders made between two moments; unpaid ones as in pull."""
        for rows in self._pages(
            createStartTime=open_time(since), createEndTime=open_time(until)
        ):
            yield from (_listed(row) for row in rows if self._is_wanted(row))

    # === BEING REACHED === #

    def receive(
        self, headers: Mapping[str, str], raw: bytes, query: Mapping[str, str]
    ) -> list[Message]:
        """Return the messages of a form signed with the application's secret."""
        form = _form(raw)
        if not signature.is_signed(form, self.access.values.get("app_secret", "")):
            raise SignatureError("The signature of the delivery is wrong.")
        tree = read_tree_of(form.get("message", "").encode())
        rows = tree if isinstance(tree, list) else [tree]
        found = (self._notice(as_object(row, "message")) for row in rows)
        return [one for one in found if one]

    # === UNDERSTANDING === #

    def read(self, raw: bytes, content_type: str, kind: str) -> Any:
        """Return the order or message; an order's notice is fetched."""
        # No method of a model: there is nothing above it to call.
        # pylint: disable=method-required-super
        tree = document.read_tree(raw)
        if document.is_message(tree):
            told = document.message_of(tree)
            number = document.order_number(told)
            return self._fetched(number) if kind in ("order", "change") else told
        return document.order_of(tree)

    def read_event(self, kind: str, document: Any) -> dict:
        """Return what a message about a known order says, in the hub's words."""
        return events.event(kind, document)

    # === INNER === #

    def _changed(self, start: datetime, end: datetime) -> Iterator[list[Message]]:
        seen: set[tuple] = set()
        for rows in self._pages(
            modifyStartTime=open_time(start), modifyEndTime=open_time(end)
        ):
            fresh = [row for row in rows if _key(row) not in seen]
            seen.update(map(_key, fresh))
            numbers = (document.number_of(row) for row in fresh if self._is_wanted(row))
            yield [found for found in map(self.fetch, numbers) if found]

    def _pages(self, **times: str) -> Iterator[list[dict]]:
        """Yield pages of the seller's list from the last to the first."""

        def read_page(page: int) -> tuple[list[dict], int]:
            answer = self.gateway.call(ORDER_LIST, page=page, pageSize=PAGE, **times)
            total = as_text(answer.get("totalRecord"))
            rows = as_list(answer.get("result"), "result")
            return rows, int(total) if total.isdigit() else len(rows)

        return backwards(read_page, PAGE)

    def _is_wanted(self, order: dict) -> bool:
        """Tell whether an order concerns the hub; one never paid does not."""
        if self.takes_unpaid:
            return True
        status = document.status_of(order)
        base = order.get("baseInfo") or {}
        if status in document.UNPAID:
            return False
        return status not in document.CLOSED or bool(as_text(base.get("payTime")))

    def _message(self, order: dict) -> Message | None:
        if not self._is_wanted(order):
            return None
        closed = document.status_of(order) in document.CLOSED
        return Message(
            kind="cancel" if closed else "order",
            external_ref=document.number_of(order),
            raw=to_raw({"result": order}),
            version=iso_of((order.get("baseInfo") or {}).get("modifyTime")),
        )

    def _notice(self, row: dict) -> Message | None:
        """Return the message of a push, ``None`` for types of no concern."""
        if not document.is_message(row):
            return None
        told = document.message_of(row)
        kind = self._kind(told)
        if not kind:
            return None
        return Message(
            kind=kind,
            external_ref=document.order_number(told),
            raw=to_raw(row),
            event_id=as_text(told.get("msgId")),
            version=millis(told.get("gmtBorn")),
            headers={"topic": as_text(told.get("type"))},
        )

    def _kind(self, told: dict) -> str:
        """Return the kind of a push, empty if it is of no concern.

        What 1688 tells the shop as a *buyer* is about its own purchases; a forwarder
        uses the same names for what it forwards.
        """
        name, data = as_text(told.get("type")), told["data"]
        if told.get("forwarded"):
            name = name.replace(BUYER_VIEW, "ORDER_", 1)
        if name in MADE and self.takes_unpaid:
            return "order"
        status = first(data.get("currentStatus"), data.get("refundStatus")).lower()
        kind = TYPES.get(name, "")
        return "refund" if kind == "return" and status in REFUNDED else kind

    def _fetched(self, number: str) -> dict:
        found = self.fetch(number)
        if not found:
            raise ReadError(
                "gone",
                f"1688 has no order {number} that may be taken: it is unpaid, or not"
                " of this shop.",
                "orderId",
            )
        return document.order_of(document.read_tree(found.raw))


def _form(raw: bytes) -> dict[str, str]:
    """Return the fields of a delivery; what is no form cannot be signed."""
    try:
        return read_form(raw)
    except ReadError as error:
        raise SignatureError(f"The delivery is no signed form: {error}") from None


def _key(row: dict) -> tuple:
    base = row.get("baseInfo") or {}
    return document.number_of(row), base.get("modifyTime"), document.status_of(row)


def _listed(row: dict) -> Listed:
    base = as_object(row.get("baseInfo"), "baseInfo")
    made = iso_of(base.get("createTime"))
    return Listed(
        external_ref=document.number_of(row),
        amount=float(first(base.get("totalAmount")) or 0),
        currency="CNY",
        status=document.status_of(row),
        at=datetime.fromisoformat(made) if made else None,
        is_cancelled=document.status_of(row) in document.CLOSED,
    )
