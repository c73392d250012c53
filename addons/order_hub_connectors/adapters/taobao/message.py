"""Messages of TOP's message service (TMC): what each topic means to the hub."""

from ..base import KINDS, ReadError
from ..documents import CHINA, as_object, as_text, iso_utc, read_json
from .gateway import TIME

#: Topic without ``taobao_trade_`` or ``taobao_refund_`` → kind of message.
#: An unpaid trade is no order yet: ``TradeCreate`` is told by ``take_unpaid``.
TOPICS = {
    "TradeBuyerPay": "order",
    "TradeBuyerStepPay": "order",
    "TradeModifyFee": "change",
    "TradeMemoModified": "change",
    "TradeChanged": "change",
    "TradeLogisticsAddressChanged": "change",
    "TradeClose": "cancel",
    "TradeSellerShip": "shipped",
    "TradePartlySellerShip": "shipped",
    "RefundCreated": "return",
    "RefundBuyerReturnGoods": "return",
    "RefundSuccess": "refund",
}
CREATED = "TradeCreate"
assert set(TOPICS.values()) <= set(KINDS)


def read_message(raw: bytes) -> list[dict]:
    """Return TMC messages of a body that has one, or several in a list.

    :raise ReadError: not JSON, or no message
    """
    tree = read_json(raw)
    if isinstance(tree, dict):
        tree = tree.get("messages", tree)
    if isinstance(tree, dict):
        tree = tree.get("tmc_message", tree)
    rows = tree if isinstance(tree, list) else [tree]
    return [as_object(row, f"messages[{at}]") for at, row in enumerate(rows)]


def is_message(tree: dict) -> bool:
    return "topic" in tree and "content" in tree


def topic_of(message: dict) -> str:
    """Return ``TradeBuyerPay`` for ``taobao_trade_TradeBuyerPay``."""
    return as_text(message.get("topic")).rpartition("_")[2]


def content_of(message: dict) -> dict:
    """Return the content, which is JSON in a text.

    :raise ReadError: it is not
    """
    content = message.get("content")
    if isinstance(content, str):
        content = read_json(content.encode())
    return as_object(content, "content")


def trade_number(message: dict) -> str:
    """Return the trade that a message is about.

    :raise ReadError: it names none
    """
    number = as_text(content_of(message).get("tid"))
    if not number:
        raise ReadError("missing", "The message names no trade.", "content.tid")
    return number


def published(message: dict) -> str:
    """Return when the message was made, ISO 8601 in UTC."""
    return iso_utc(message.get("pub_time"), TIME, CHINA)
