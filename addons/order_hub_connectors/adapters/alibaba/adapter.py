"""Alibaba.com (international wholesale, ICBU), from the seller's side."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from ..base import Listed, Message, Page, ReadError, Refused
from ..documents import as_list, as_object, as_text, first, to_raw
from ..marketplace import (
    ACCESS_TOKEN,
    APPLICATION,
    TAKE_UNPAID,
    MarketplaceAdapter,
)
from ..paging import backwards, resume, windows
from ..registry import register
from . import document
from .gateway import Gateway, moment

PAGE = 50
WINDOW = timedelta(days=7)
NOT_THERE = ("NotFound", "NOT_EXIST", "not_exist", "OrderNotExist")


@register
class AlibabaAdapter(MarketplaceAdapter):
    """Orders of one Alibaba.com seller; the platform pushes nothing here."""

    code = "alibaba"
    label = "Alibaba.com"
    base_url = "https://openapi-api.alibaba.com/rest"
    parameters = (
        *APPLICATION,
        ACCESS_TOKEN,
        TAKE_UNPAID,
    )
    can_pull = can_list = True
    statuses = (
        ("undeliver", "received"),
        ("paid", "received"),
        ("unpay", "received"),
        ("to_be_audited", "received"),
        ("charge_back", "received"),
        ("delivering", "shipped"),
        ("wait_confirm_receipt", "shipped"),
        ("trade_success", "closed"),
        ("trade_close", "cancelled"),
    )
    mapping_code = "alibaba"

    @property
    def gateway(self) -> Gateway:
        return Gateway(self.access, self.address)

    # === REACHING THE PLATFORM === #

    def test(self) -> str:
        """Return a sentence with the number of orders: the API tells no shop name."""
        _rows, total = self._page(1)
        return f"Alibaba.com answers: this seller has {total} orders."

    def pull(self, cursor: str, since: datetime, until: datetime) -> Iterator[Page]:
        """Yield orders changed between two moments, a week at a time."""
        todo = windows(cursor, since, until, WINDOW)
        for number, (start, end) in enumerate(todo, 1):
            for rows in self._pages("modified", start, end):
                yield Page(self._messages(rows), resume(start))
            yield Page([], resume(end) if number < len(todo) else "")

    def fetch(self, external_ref: str) -> Message | None:
        """Return one order anew, or ``None`` when the platform has it not."""
        order = self._order(external_ref)
        return self._message(order) if order else None

    def list_orders(self, since: datetime, until: datetime) -> Iterator[Listed]:
        """Yield the orders made between two moments.

        The platform's list has no amounts: every order is looked up.
        """
        for rows in self._pages("create", since, until):
            for row in filter(self._is_wanted, rows):
                order = self._order(as_text(row.get("trade_id")))
                if order:
                    yield _listed(order)

    # === UNDERSTANDING === #

    def read(self, raw: bytes, content_type: str, kind: str) -> Any:
        """Return the order."""
        # No method of a model: there is nothing above it to call.
        # pylint: disable=method-required-super
        return document.order_of(raw)

    def read_event(self, kind: str, document: Any) -> dict:
        """Return what an order that was closed says, in the hub's words."""
        total = as_object(document.get("total_amount") or {}, "total_amount")
        found = {
            "external_ref": document["_ref"],
            "reason": as_text(document.get("trade_status")),
            "amount": as_text(total.get("amount")),
            "currency": document["_currency"],
        }
        return {name: value for name, value in found.items() if value}

    # === INNER === #

    def _messages(self, rows: list[dict]) -> list[Message]:
        """Fetch the listed orders: the list has only number, status and dates."""
        numbers = (
            as_text(row.get("trade_id")) for row in filter(self._is_wanted, rows)
        )
        found = ((number, self._order(number)) for number in numbers if number)
        changed = {as_text(row.get("trade_id")): row.get("modify_date") for row in rows}
        return [
            self._message(order, document.moment_of(changed.get(number)))
            for number, order in found
            if order and self._is_wanted(order)
        ]

    def _order(self, number: str) -> dict | None:
        try:
            answer = self.gateway.call("/alibaba/order/get", e_trade_id=number)
        except Refused as error:
            if any(word in error.field for word in NOT_THERE):
                return None
            raise
        return as_object(answer.get("value"), "value")

    def _pages(self, what: str, start: datetime, end: datetime) -> Iterator[list[dict]]:
        times = {f"{what}_date_start": moment(start), f"{what}_date_end": moment(end)}
        return backwards(lambda page: self._page(page, **times), PAGE)

    def _page(self, page: int, **times) -> tuple[list[dict], int]:
        """Return rows and the number of all; the platform counts pages from 0."""
        answer = self.gateway.call(
            "/alibaba/order/list",
            role="seller",
            start_page=page - 1,
            page_size=PAGE,
            **times,
        )
        value = as_object(answer.get("value") or {}, "value")
        rows = value.get("order_list")
        if isinstance(rows, dict):
            rows = rows.get("trade_ecology_order")
        total = as_text(value.get("total_count"))
        return as_list(rows, "order_list"), int(total) if total.isdigit() else 0

    def _is_wanted(self, order: dict) -> bool:
        return self.takes_unpaid or document.status_of(order) not in document.UNPAID

    def _message(self, order: dict, version: str = "") -> Message:
        closed = document.status_of(order) in document.CLOSED
        if not as_text(order.get("trade_id")):
            raise ReadError("missing", "The order has no number.", "trade_id")
        return Message(
            kind="cancel" if closed else "order",
            external_ref=as_text(order["trade_id"]),
            raw=to_raw({"value": order}),
            version=version,
        )


def _listed(order: dict) -> Listed:
    total = as_object(order.get("total_amount") or {}, "total_amount")
    made = document.moment_of(order.get("create_date"))
    return Listed(
        external_ref=as_text(order.get("trade_id")),
        amount=float(first(total.get("amount")) or 0),
        currency=as_text(total.get("currency")),
        status=document.status_of(order),
        at=datetime.fromisoformat(made) if made else None,
        is_cancelled=document.status_of(order) in document.CLOSED,
    )
