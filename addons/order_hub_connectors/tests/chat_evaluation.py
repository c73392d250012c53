"""How well messages are understood: the labelled set, the judge and the figures.

``chat_messages.json`` holds messages of the project's own writing with what a careful
clerk would enter. They were labelled before any parser had read them. Half of them
(``dev``) are for making the parser better, the other half (``held``) for judging it.
"""

import json
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

from ..engine import chat
from ..engine.units import measure, pack_words, plain

DATA = Path(__file__).parent / "data"
DOZENS = frozenset({"打", "dozen", "dozens", "doz"})
#: Words of units in Latin letters beside ``engine.units``.
SAME_UNIT = {"t": "吨", "l": "升", "pcs": "件", "pc": "件", "隻": "只"}
NO_ORDER = ("question", "greeting", "other")


@cache
def messages() -> list[dict]:
    """Return the labelled messages."""
    return json.loads((DATA / "chat_messages.json").read_text(encoding="utf-8"))


@cache
def trades() -> dict[str, dict]:
    """Return products and customers by trade."""
    return json.loads((DATA / "chat_catalogue.json").read_text(encoding="utf-8"))


@cache
def catalogue(trade: str, sender: str | None, others: int = 0) -> chat.Catalogue:
    """Return the products of a trade with the sender's own names for them.

    :param others: so many products more that nobody asks for
    """
    items = [_item(row, sender) for row in trades()[trade]["items"]]
    return chat.Catalogue([*items, *_others(others)])


def _item(row: dict, sender: str | None) -> chat.Item:
    return chat.Item(
        key=row["code"],
        code=row["code"],
        names=tuple(row["names"]),
        aliases=tuple(row.get("aliases", {}).get(sender, ())),
        units=tuple(row["units"]),
    )


def _others(count: int) -> Iterable[chat.Item]:
    """Yield products of other shelves, each with a name of its own."""
    first = "珐琅 榆木 竹编 亚麻 藤制 陶瓷 水晶 羊毛 软木 黄杨".split()
    second = "花瓶 茶几 窗帘 地毯 灯罩 相框 果盘 屏风 书架 烛台 摆件 挂钟".split()
    for at in range(count):
        name = first[at % 10] + second[at // 10 % 12]
        yield chat.Item(f"QT{at:05d}", f"QT{at:05d}", (f"{name}{at // 120 + 1}款",))


@cache
def directory(trade: str) -> tuple[chat.Person, ...]:
    return tuple(
        chat.Person(row["key"], tuple(row["names"]))
        for row in trades()[trade]["people"]
    )


def context_of(message: dict, others: int = 0) -> chat.Context:
    """Return what is known when a message comes."""
    trade, sender = message["trade"], message["sender"]
    return chat.Context(
        now=datetime.fromisoformat(message["now"]),
        catalogue=catalogue(trade, sender, others),
        directory=directory(trade),
        customer=sender,
    )


# -- judging ---------------------------------------------------------------------------


@dataclass
class Verdict:
    """What came out of one message.

    :ivar fields: name → right or wrong, of the fields that the label names
    :ivar doubt: ``must`` (whoever is certain here is wrong), ``may`` or ``no``
    """

    message: dict
    fields: dict[str, bool]
    is_certain: bool
    doubt: str
    seconds: float
    answers: Sequence = ()

    @property
    def is_right(self) -> bool:
        return all(self.fields.values())

    @property
    def is_silent_error(self) -> bool:
        """Return whether it would be confirmed unseen and should not be."""
        return self.is_certain and (not self.is_right or self.doubt == "must")


def judge(message: dict, others: int = 0) -> Verdict:
    """Read one labelled message and compare."""
    expected, context = message["expect"], context_of(message, others)
    for earlier in message.get("talk", ()):
        context = _after(context, chat.understand(earlier, context))
    started = time.thread_time()
    if "orders" in expected:
        answers = chat.understand_all(message["text"], context)
    else:
        answers = [chat.understand(message["text"], context)]
    seconds = time.thread_time() - started
    certain = bool(answers) and all(answer.is_certain for answer in answers)
    fields = _fields(message, expected, answers)
    return Verdict(message, fields, certain, expected["doubt"], seconds, answers)


def _after(context: chat.Context, previous: chat.Understood) -> chat.Context:
    return chat.Context(**{**vars(context), "previous": previous})


def _fields(message: dict, expected: dict, answers: Sequence) -> dict[str, bool]:
    fields = {}
    if expected["intent"]:
        fields["intent"] = {answer.intent for answer in answers} == {expected["intent"]}
        if expected["intent"] in NO_ORDER:
            fields["intent"] = all(answer.intent in NO_ORDER for answer in answers)
            return fields
    orders = expected.get("orders") or [expected]
    if not expected["intent"] and not expected["lines"]:
        return {"intent": not any(answer.is_certain for answer in answers)}
    if len(orders) != len(answers):
        return {**fields, "orders": False}
    for order, answer in zip(orders, answers, strict=True):
        for name, right in _order_fields(order, answer).items():
            fields[name] = fields.get(name, True) and right
    fields.update(_said_once(expected, answers))
    return fields


def _order_fields(order: dict, answer: chat.Understood) -> dict[str, bool]:
    fields = _line_fields(order["lines"], answer.lines)
    if "customer" in order:
        fields["customer"] = answer.customer.value == order["customer"]
    if "date" in order:
        day = answer.date.value
        fields["date"] = (day and day.isoformat()) == order["date"]
    return fields


def _said_once(expected: dict, answers: Sequence) -> dict[str, bool]:
    fields = {}
    if expected.get("urgent"):
        fields["urgent"] = any(answer.urgent for answer in answers)
    if expected.get("remark"):
        words = " ".join(_words(answer) for answer in answers).casefold()
        fields["remark"] = all(word.casefold() in words for word in expected["remark"])
    return fields


def _words(answer: chat.Understood) -> str:
    notes = (line.note for line in answer.lines)
    parts = (answer.remark.value, answer.address.value, *notes)
    return " ".join(part for part in parts if part)


def _line_fields(expected: Sequence[dict], lines: Sequence) -> dict[str, bool]:
    """Compare lines, whatever their order; a part that is not labelled may be any."""
    wanted = [(row["item"], row["quantity"], row.get("unit", "")) for row in expected]
    if any(item is None or quantity is None for item, quantity, _unit in wanted):
        return {"product": _some_products(wanted, lines)}
    got = _summed((ln.item.value, ln.quantity.value, _unit_of(ln)) for ln in lines)
    want = _summed(wanted)
    same = got.keys() == want.keys()
    fields = {"product": same}
    if same:
        fields["quantity"] = all(got[key][0] == want[key][0] for key in want)
        fields["unit"] = all(_same_unit(want[key][1], got[key][1]) for key in want)
    return fields


def _some_products(wanted: Sequence, lines: Sequence) -> bool:
    """Return whether the labelled products are there; what else is there is open."""
    known = {item for item, _quantity, _unit in wanted if item}
    return known <= {line.item.value for line in lines}


def _unit_of(line: chat.Line) -> str | None:
    return None if line.unit.way == "default" else line.unit.value or None


def _summed(rows: Iterable[tuple]) -> dict:
    """Return quantity and unit by product; dozens in pieces."""
    summed: dict = defaultdict(lambda: (Decimal(0), None))
    for item, quantity, unit in rows:
        quantity, unit = Decimal(str(quantity or 0)), unit or None
        if unit in DOZENS:
            quantity, unit = quantity * 12, None
        summed[item] = (summed[item][0] + quantity, unit or summed[item][1])
    return dict(summed)


def _same_unit(wanted: str | None, got: str | None) -> bool:
    if wanted in (None, "~") or got is None or plain(wanted) == plain(got):
        return True
    wanted, got = (SAME_UNIT.get(plain(word), word) for word in (wanted, got))
    if measure(wanted) and measure(wanted) == measure(got):
        return True
    return bool(pack_words(wanted) & pack_words(got))


# -- figures ----------------------------------------------------------------------


@dataclass
class Figures:
    """Shares, 0 to 1, over some verdicts; milliseconds of a message."""

    messages: int = 0
    fields: dict[str, float] = field(default_factory=dict)
    right: float = 0.0
    certain: float = 0.0
    certain_of_clear: float = 0.0
    precision: float = 1.0
    silent: float = 0.0
    milliseconds: float = 0.0
    slowest: float = 0.0


def figures(verdicts: Sequence[Verdict]) -> Figures:
    """Return what many verdicts come to."""
    count = len(verdicts)
    certain = [verdict for verdict in verdicts if verdict.is_certain]
    clear = [verdict for verdict in verdicts if _is_clear(verdict)]
    silent = sum(verdict.is_silent_error for verdict in verdicts)
    return Figures(
        messages=count,
        fields=_shares(verdicts),
        right=sum(verdict.is_right for verdict in verdicts) / count,
        certain=len(certain) / count,
        certain_of_clear=sum(v.is_certain for v in clear) / max(1, len(clear)),
        precision=1 - silent / len(certain) if certain else 1.0,
        silent=silent / count,
        milliseconds=1000 * sum(verdict.seconds for verdict in verdicts) / count,
        slowest=1000 * max(verdict.seconds for verdict in verdicts),
    )


def _is_clear(verdict: Verdict) -> bool:
    """Return whether a clerk would enter the message without asking."""
    return verdict.doubt == "no" and verdict.message["expect"]["intent"] in (
        "order",
        "change",
        "cancel",
    )


def _shares(verdicts: Sequence[Verdict]) -> dict[str, float]:
    right, of = Counter(), Counter()
    for verdict in verdicts:
        for name, is_right in verdict.fields.items():
            right[name] += is_right
            of[name] += 1
    return {name: right[name] / of[name] for name in sorted(of)}


def evaluate(half: str | None = None, others: int = 0) -> list[Verdict]:
    """Return the verdicts on one half of the set, or on all of it."""
    return [
        judge(message, others)
        for message in messages()
        if half is None or message["half"] == half
    ]
