"""Taobao and Tmall through the Taobao Open Platform (TOP)."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, timezone
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
from ..documents import CHINA, as_list, as_text, first, iso_utc, to_raw
from ..marketplace import APPLICATION, TAKE_UNPAID, MarketplaceAdapter
from ..paging import backwards, resume, windows
from ..registry import register
from . import document, events, message, signature
from .carriers import company_code
from .gateway import TIME, Gateway, is_missing, top_time

PAGE = 50
#: The longest window of ``trades.sold.increment.get``.
WINDOW = timedelta(days=1)
#: A delivery older or newer than this is not believed, as TOP does itself.
MAX_AGE = timedelta(minutes=10)
LIST_FIELDS = "tid,status,created,modified,pay_time,payment"
TRADE_FIELDS = (
    "tid,type,status,payment,post_fee,discount_fee,adjust_fee,total_fee,created,"
    "pay_time,modified,consign_time,end_time,buyer_nick,buyer_open_uid,buyer_email,"
    "buyer_message,buyer_memo,seller_nick,seller_memo,seller_flag,receiver_name,"
    "receiver_country,receiver_state,receiver_city,receiver_district,receiver_town,"
    "receiver_address,receiver_zip,receiver_mobile,receiver_phone,oaid,"
    "shipping_type,invoice_name,promotion_details,orders"
)
REFUND_FIELDS = (
    "refund_id,tid,oid,status,refund_fee,reason,desc,created,modified,"
    "has_good_return,num,outer_id,sid,company_name"
)
SENT_IN_PART = "SELLER_CONSIGNED_PART"
SHIPPED = {"WAIT_BUYER_CONFIRM_GOODS", SENT_IN_PART}
ALREADY = ("已发货", "已经发货", "already")
NO_REFUND = {"CLOSED", "SELLER_REFUSE_BUYER"}


@register
class TaobaoAdapter(MarketplaceAdapter):
    """Trades of one Taobao or Tmall shop."""

    code = "taobao"
    label = "Taobao / Tmall"
    base_url = "https://gw.api.taobao.com/router/rest"
    parameters = (
        *APPLICATION,
        Parameter(
            "session",
            "Session Key",
            secret=True,
            help="Token that the shop gave to the application.",
        ),
        Parameter(
            "sign_method",
            "Signature Method",
            required=False,
            default=signature.HMAC_SHA256,
            help="md5, hmac or hmac-sha256.",
        ),
        TAKE_UNPAID,
    )
    can_pull = can_receive = can_send_status = can_send_stock = can_list = True
    statuses = (
        ("WAIT_SELLER_SEND_GOODS", "received"),
        ("WAIT_BUYER_PAY", "received"),
        ("TRADE_NO_CREATE_PAY", "received"),
        ("PAY_PENDING", "received"),
        ("PAID_FORBID_CONSIGN", "received"),
        ("SELLER_CONSIGNED_PART", "preparing"),
        ("WAIT_BUYER_CONFIRM_GOODS", "shipped"),
        ("TRADE_BUYER_SIGNED", "delivered"),
        ("TRADE_FINISHED", "closed"),
        ("TRADE_CLOSED", "cancelled"),
        ("TRADE_CLOSED_BY_TAOBAO", "cancelled"),
    )
    mapping_code = "taobao"

    @property
    def gateway(self) -> Gateway:
        method = self.value("sign_method")
        if method not in signature.METHODS:
            raise Refused(
                f"{method} is no signature method of TOP: set md5, hmac or"
                " hmac-sha256.",
                "sign_method",
            )
        return Gateway(self.access, self.address, method)

    # === REACHING THE PLATFORM === #

    def test(self) -> str:
        """Return a sentence with the name of the shop."""
        answer = self.gateway.call("taobao.user.seller.get", fields="nick,user_id")
        user = answer.get("user") if isinstance(answer.get("user"), dict) else {}
        return f"The shop of {as_text(user.get('nick'))} answers."

    def pull(self, cursor: str, since: datetime, until: datetime) -> Iterator[Page]:
        """Yield trades and refunds changed between two moments, a day at a time."""
        todo = windows(cursor, since, until, WINDOW)
        for number, (start, end) in enumerate(todo, 1):
            for messages in self._changed(start, end):
                yield Page(messages, resume(start))
            yield Page(
                self._refunds(start, end), resume(end) if number < len(todo) else ""
            )

    def fetch(self, external_ref: str) -> Message | None:
        """Return one trade anew, or ``None`` when TOP has it not."""
        try:
            answer = self.gateway.call(
                "taobao.trade.fullinfo.get", tid=external_ref, fields=TRADE_FIELDS
            )
        except Refused as error:
            if is_missing(error):
                return None
            raise
        return self._message(answer.get("trade") or {})

    def send_status(self, update: StatusUpdate) -> str:
        """Tell TOP that a trade, or some of its sub-orders, was sent off."""
        if update.status not in SHIPPED:
            return f"Taobao is told of shipments only; {update.status} is kept here."
        if not update.tracking:
            raise Refused(
                f"Taobao wants a waybill number for {update.external_ref}: put it on"
                " the delivery.",
                "tracking",
            )
        try:
            self.gateway.call("taobao.logistics.offline.send", **self._shipment(update))
        except Refused as error:
            if not any(word in str(error) for word in ALREADY):
                raise
            return f"Taobao had {update.external_ref} as sent already."
        return f"Taobao has {update.tracking} for {update.external_ref}."

    def send_stock(self, levels: list[StockLevel]) -> dict[str, str]:
        """Set quantities one by one; TOP takes no list over several items."""
        return {level.sku: self._set_stock(level) for level in levels}

    def list_orders(self, since: datetime, until: datetime) -> Iterator[Listed]:
        """Yield the trades made between two moments; unpaid ones as in pull."""
        for rows in backwards(
            lambda page: self._page(
                "taobao.trades.sold.get",
                "trades",
                page,
                fields=LIST_FIELDS,
                start_created=top_time(since),
                end_created=top_time(until),
            ),
            PAGE,
        ):
            yield from (_listed(row) for row in rows if self._is_wanted(row))

    # === BEING REACHED === #

    def receive(
        self, headers: Mapping[str, str], raw: bytes, query: Mapping[str, str]
    ) -> list[Message]:
        """Return the messages of a delivery signed with the application's secret."""
        if not signature.is_signed(
            query, headers, raw, self.access.values.get("app_secret", "")
        ):
            raise SignatureError("The signature of the delivery is wrong.")
        self._check_age(query.get("timestamp", ""))
        found = (self._notice(row) for row in message.read_message(raw))
        return [one for one in found if one]

    # === UNDERSTANDING === #

    def read(self, raw: bytes, content_type: str, kind: str) -> Any:
        """Return the trade, refund or message; an order's notice is fetched."""
        # No method of a model: there is nothing above it to call.
        # pylint: disable=method-required-super
        tree = document.read_tree(raw)
        if message.is_message(tree):
            if kind not in ("order", "change"):
                return {**tree, "content": message.content_of(tree)}
            return self._fetched(message.trade_number(tree))
        if kind in ("return", "refund"):
            return document.refund_of(tree)
        return document.trade_of(tree)

    def read_event(self, kind: str, document: Any) -> dict:
        """Return what a message about a known trade says, in the hub's words."""
        return events.event(kind, document)

    # === INNER === #

    def _changed(self, start: datetime, end: datetime) -> Iterator[list[Message]]:
        """Yield pages of trades that were changed in one window."""
        seen: set[tuple] = set()
        for rows in backwards(
            lambda page: self._page(
                "taobao.trades.sold.increment.get",
                "trades",
                page,
                fields=LIST_FIELDS,
                start_modified=top_time(start),
                end_modified=top_time(end),
            ),
            PAGE,
        ):
            fresh = [row for row in rows if _key(row) not in seen]
            seen.update(map(_key, fresh))
            wanted = (as_text(row.get("tid")) for row in fresh if self._is_wanted(row))
            yield [found for found in map(self.fetch, wanted) if found]

    def _refunds(self, start: datetime, end: datetime) -> list[Message]:
        messages = {}
        for rows in backwards(
            lambda page: self._page(
                "taobao.refunds.receive.get",
                "refunds",
                page,
                fields=REFUND_FIELDS,
                start_modified=top_time(start),
                end_modified=top_time(end),
            ),
            PAGE,
        ):
            messages.update((_refund_key(row), _refund_message(row)) for row in rows)
        return [found for found in messages.values() if found]

    def _page(self, method: str, name: str, page: int, **params) -> tuple[list, int]:
        """Return the rows of a page and the number of all rows."""
        answer = self.gateway.call(
            method, page_no=page, page_size=PAGE, use_has_next=False, **params
        )
        rows = answer.get(name) or {}
        rows = rows.get(name.rstrip("s")) if isinstance(rows, dict) else rows
        total = as_text(answer.get("total_results"))
        return as_list(rows, name), int(total) if total.isdigit() else 0

    def _is_wanted(self, trade: dict) -> bool:
        """Tell whether a listed trade concerns the hub.

        One that was never paid is none yet, and none any more once it is closed.
        """
        if self.takes_unpaid:
            return True
        if document.is_unpaid(trade):
            return False
        return not document.is_closed(trade) or bool(as_text(trade.get("pay_time")))

    def _message(self, trade: dict) -> Message | None:
        if not self._is_wanted(trade):
            return None
        return Message(
            kind="cancel" if document.is_closed(trade) else "order",
            external_ref=as_text(trade.get("tid")),
            raw=to_raw({"trade": trade}),
            version=iso_utc(trade.get("modified"), TIME, CHINA),
        )

    def _notice(self, row: dict) -> Message | None:
        """Return the message of one TMC message, ``None`` for unknown topics."""
        topic = message.topic_of(row)
        kind = message.TOPICS.get(topic)
        if topic == message.CREATED and self.takes_unpaid:
            kind = "order"
        if not kind:
            return None
        return Message(
            kind=kind,
            external_ref=message.trade_number(row),
            raw=to_raw(row),
            event_id=as_text(row.get("id")),
            version=message.published(row),
            headers={"topic": topic},
        )

    def _fetched(self, number: str) -> dict:
        found = self.fetch(number)
        if not found:
            raise ReadError(
                "gone",
                f"Taobao has no trade {number} that may be taken: it is unpaid, or the"
                " shop's permission does not reach it.",
                "tid",
            )
        return document.trade_of(document.read_tree(found.raw))

    def _check_age(self, timestamp: str) -> None:
        try:
            made = datetime.strptime(timestamp, TIME).replace(tzinfo=CHINA)
        except ValueError:
            raise SignatureError("The delivery does not say when it was made.") from (
                None
            )
        if abs(self.access.now() - made) > MAX_AGE:
            raise SignatureError("The delivery is older than ten minutes.")

    def _shipment(self, update: StatusUpdate) -> dict:
        """Return the parameters of ``taobao.logistics.offline.send``.

        A part names its sub-orders; so does the last part of a trade of which others
        were sent before.
        """
        fields = {
            "tid": update.external_ref,
            "out_sid": update.tracking,
            "company_code": company_code(update.carrier),
        }
        numbers = [first(line.get("external_ref")) for line in update.lines]
        numbers = list(filter(None, numbers))
        is_part = update.is_partial or update.status == SENT_IN_PART
        if numbers and (is_part or self._is_begun(update.external_ref)):
            fields.update(is_split=1, sub_tid=",".join(numbers))
        return fields

    def _is_begun(self, number: str) -> bool:
        answer = self.gateway.call(
            "taobao.trade.fullinfo.get", tid=number, fields="tid,status"
        )
        trade = answer.get("trade")
        status = trade.get("status") if isinstance(trade, dict) else ""
        return as_text(status) == SENT_IN_PART

    def _set_stock(self, level: StockLevel) -> str:
        ids = level.external_ids
        if not ids.get("num_iid"):
            return f"{level.sku} has no item number (num_iid) of Taobao."
        where = {"sku_id": ids["sku_id"]} if ids.get("sku_id") else {}
        try:
            self.gateway.call(
                "taobao.item.quantity.update",
                num_iid=ids["num_iid"],
                quantity=int(max(level.quantity, 0)),
                type=1,
                **where,
            )
        except Refused as error:
            return str(error)
        return ""


def _key(row: dict) -> tuple:
    return row.get("tid"), row.get("modified")


def _refund_key(row: dict) -> tuple:
    return row.get("refund_id"), row.get("status")


def _refund_message(row: dict) -> Message | None:
    status = as_text(row.get("status"))
    if status in NO_REFUND or not as_text(row.get("tid")):
        return None
    return Message(
        kind="refund" if status == "SUCCESS" else "return",
        external_ref=as_text(row.get("tid")),
        raw=to_raw({"refund": row}),
        event_id=f"refund-{first(row.get('refund_id'))}-{status}",
        version=iso_utc(row.get("modified"), TIME, CHINA),
    )


def _listed(row: dict) -> Listed:
    made = iso_utc(row.get("created"), TIME, CHINA)
    return Listed(
        external_ref=as_text(row.get("tid")),
        amount=float(first(row.get("payment")) or 0),
        currency="CNY",
        status=as_text(row.get("status")),
        at=datetime.fromisoformat(made).astimezone(timezone.utc) if made else None,
        is_cancelled=document.is_closed(row),
    )
