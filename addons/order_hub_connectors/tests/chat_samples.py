"""Messages of others, outside of the project, and what came out of them.

They lie beside the project (``../shared/samples/g_chat``) and are no part of it. Each
becomes a ``Sample``: read right or not, certain or not, and whether it may be certain.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from ..engine import chat
from ..engine.chat.dates import find_dates, wanted_date

SAMPLES = Path(__file__).parents[4] / "shared" / "samples" / "g_chat"
ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 18, 10, tzinfo=ZONE)


@dataclass(frozen=True)
class Sample:
    """One message of others as read."""

    source: str
    text: str
    is_right: bool
    is_certain: bool
    may_be_certain: bool
    answer: object = None

    @property
    def is_silent_error(self) -> bool:
        return self.is_certain and not (self.is_right and self.may_be_certain)


def load(name: str):
    return json.loads((SAMPLES / name).read_text(encoding="utf-8"))


def all_samples() -> list[Sample]:
    """Return what came out of every message."""
    readers = (line_orders, text_orders, wecom, talks, whatsapp, no_orders, dealers)
    return [sample for reader in readers for sample in reader()]


def _named(*names: str) -> chat.Catalogue:
    return chat.Catalogue(chat.Item(name, "", (name,)) for name in names)


def _lines(answer: chat.Understood) -> dict:
    return {line.item.value: line.quantity.value for line in answer.lines}


def _decimal(lines: dict) -> dict:
    return {item: Decimal(str(quantity)) for item, quantity in lines.items()}


# -- order texts ----------------------------------------------------------------------


def line_orders() -> Iterator[Sample]:
    """Orders of restaurants in Taiwan, most of them with something to doubt."""
    data = load("line_order_messages_zh_tw.json")
    rows = data["context"]["products"]
    items = [
        chat.Item(row["sku"], row["sku"], (row["name"],), (), (row["unit"],))
        for row in rows
    ]
    zone = ZoneInfo(data["context"]["timezone"])
    now = datetime.fromisoformat(data["context"]["today"]).replace(hour=10, tzinfo=zone)
    context = chat.Context(now, chat.Catalogue(items), customer="restaurant")
    for case in data["cases"]:
        answer = chat.understand(case["text"], context)
        yield _line_order(case, answer)


def _line_order(case: dict, answer: chat.Understood) -> Sample:
    want = case["expected"]
    items = want.get("items")
    right = True
    if items is not None:
        right = _lines(answer) == _decimal({row[0]: row[1] for row in items})
    if want.get("deliveryDate"):
        right &= str(answer.date.value) == want["deliveryDate"]
    open_fields = [
        name
        for name in ("product", "quantity", "second_quantity", "third_product")
        if name in want and want[name] is None
    ]
    # A new address is nothing to doubt for a hub that takes addresses from orders.
    issue = want.get("issue") or want.get("issues")
    doubtful = open_fields or issue and "registered" not in issue
    return Sample("line", case["text"], right, answer.is_certain, not doubtful, answer)


def text_orders() -> Iterator[Sample]:
    rows = load("text_to_order_examples.json")
    catalogue = _named("猪肉", "牛肉", "苹果")
    for row in rows:
        answer = chat.understand(row["text"], chat.Context(NOW, catalogue, customer=1))
        want = {line["name"]: line["quantity"] for line in row["products"]}
        # Two liang are 0.2 jin there; here the unit stays what was said.
        same_unit = "两" not in row["text"]
        right = not same_unit or _lines(answer) == _decimal(want)
        yield Sample("text", row["text"], right, answer.is_certain, bool(want), answer)


def wecom() -> Iterator[Sample]:
    catalogue = _named("矿泉水", "酱油", "可乐")
    people = (chat.Person("老张家", ("老张家",)), chat.Person("便利店", ("便利店",)))
    for row in load("wecom_order_training_samples.json"):
        answer = chat.understand(
            row["input_text"], chat.Context(NOW, catalogue, people)
        )
        want = row["expected_entities"]
        lines = {line["name"]: line.get("quantity") for line in want.get("items", ())}
        right = {name: quantity for name, quantity in _lines(answer).items()} == {
            name: None if quantity is None else Decimal(quantity)
            for name, quantity in lines.items()
        }
        if "customer" in want:
            right &= answer.customer.value == want["customer"]
        whole = row["sample_type"] == "order_complete"
        yield Sample(
            "wecom", row["input_text"], right, answer.is_certain, whole, answer
        )


def talks() -> Iterator[Sample]:
    """Running talks: the whole order after each message."""
    items = [
        chat.Item("五花肉", "", ("五花肉",), ("猪肉",), ("斤",)),
        *(chat.Item(name, "", (name,), (), ("斤",)) for name in ("土豆", "上海青")),
        chat.Item("大白菜", "", ("大白菜",), (), ("斤", "颗")),
    ]
    for talk in load("multi_turn_order_dialogue.json")["dialogues"]:
        context = chat.Context(NOW, chat.Catalogue(items), customer=1)
        for turn in talk["turns"]:
            answer = chat.understand(turn["text"], context)
            want = _decimal(turn["draft_after"])
            got = _lines(answer)
            if "大白菜" in want:  # a head is two jin there
                want["大白菜"] = Decimal(2)
            if "capped" in turn.get("note", ""):
                want = {"土豆": Decimal(99999)}
            right = got == want
            may = "clarify" not in turn
            yield Sample("talk", turn["text"], right, answer.is_certain, may, answer)
            context = chat.Context(**{**vars(context), "previous": answer})


def whatsapp() -> Iterator[Sample]:
    for row in load("whatsapp_orders_with_model_output.json"):
        order = row["extracted_order"]
        names = [item["product_name"].lower() for item in order["items"]]
        person = chat.Person(order["customer_organization"], ())
        context = chat.Context(NOW, _named(*names), (person,), customer=1)
        answer = chat.understand(row["message"], context)
        want = {i["product_name"].lower(): i["quantity"] for i in order["items"]}
        right = _lines(answer) == _decimal(want)
        clear = not order["requires_clarification"]
        yield Sample(
            "whatsapp", row["message"], right, answer.is_certain, clear, answer
        )


# -- texts that order nothing, or not all ----------------------------------------------


def no_orders() -> Iterator[Sample]:
    """What shoppers and buyers write that nobody may take for an order unseen."""
    catalogue = _named(
        "16K练习本",
        "16K大方格本",
        "420格语文本",
        "无线耳机",
        "空气炸锅",
        "婴儿车",
        "面霜",
    )
    texts = list(load("1688_buyer_messages_2024-08_09.json"))
    texts += [case["text"] for case in load("goal_extraction_cases.json")["cases"]]
    for row in load("shopping_dialogues_1.json"):
        texts += row["turns"]
    context = chat.Context(NOW, catalogue, customer=1)
    for text in texts:
        answer = chat.understand(text, context)
        certain = answer.is_certain and bool(answer.lines)
        yield Sample("no order", text, True, certain, False, answer)


def dealers() -> Iterator[Sample]:
    """What book dealers write: mostly where to, seldom how many of what."""
    catalogue = _named(
        "物理必修二",
        "物理必修一",
        "同步训练英语必修三",
        "同步训练英语选修四",
        "同步训练高一历史",
    )
    orders = {"物理必修二": 9, "同步训练英语必修三": 1390, "同步训练高一历史": 560}
    for text in load("dealer_order_messages.json"):
        context = chat.Context(NOW, catalogue, customer=1)
        answer = chat.understand(text, context)
        want = {name: n for name, n in orders.items() if f"{name}{n}" in text}
        want = want or {n: q for n, q in orders.items() if n in text and str(q) in text}
        clear = bool(want) and "教用" not in text
        right = not want or _lines(answer) == _decimal(want)
        certain = answer.is_certain and bool(answer.lines)
        yield Sample("dealer", text, right, certain, clear, answer)


# -- dates -----------------------------------------------------------------------------


def dates() -> Iterator[Sample]:
    """Dates in sentences; of years long past and of past tense nothing is asked."""
    for name in ("DateParser", "HolidayParser"):
        for row in load(f"recognizers_DateTime_zh_{name}.json"):
            told = [r["Value"].get("FutureResolution", {}) for r in row["Results"]]
            days = [value.get("date") for value in told if value]
            now = datetime.fromisoformat(row["Context"]["ReferenceDateTime"])
            if len(days) != 1 or not days[0] or days[0][:4] < "2000":
                continue
            now = now.replace(tzinfo=ZONE)
            found, doubt = wanted_date(find_dates(row["Input"], now))
            certain = bool(found and found.day and not doubt)
            right = bool(found) and str(found.day) == days[0]
            yield Sample(name, row["Input"], right, certain, True, found)
