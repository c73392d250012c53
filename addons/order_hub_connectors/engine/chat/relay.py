"""Several orders in one text: group relays (接龙), customers, speakers."""

import re
from dataclasses import dataclass, replace

from .people import named_customers
from .text import MAX_TEXT
from .words import NOTHING, Context, Doubt, Found, Understood

RELAY = re.compile(r"#\s*接龙|接龙|群接龙")
REPLY = re.compile(r"^[ \t]{0,4}(\d{1,3})[ \t]?[.、．)）:：][ \t]{0,4}(\S.*)$", re.M)
LEGEND = re.compile(r"^[ \t]{0,4}([A-Za-z])[ \t]?[:：.、=][ \t]{0,4}(\S.{0,40})$", re.M)
SAMPLE = re.compile(r"例\s*[:：]?|格式|示例|比如")
#: A forwarded talk: who, a time, then what was said below.
SPEAKER = re.compile(
    r"^[ \t]{0,4}(?P<who>[^\s:：\d][^\n\t:：\d]{0,20}?)[ \t]{1,4}"
    r"(?:\d{4}[-/年]\d{1,2}[-/月]\d{1,2}日?[ \t]{1,4})?"
    r"\d{1,2}[:：]\d{2}(?:[:：]\d{2})?[ \t]{0,4}$",
    re.M,
)


@dataclass(frozen=True)
class Part:
    """One order's words in the text, and whose they are.

    :param before: words of the text's head that belong to each order (a legend)
    """

    start: int
    end: int
    who: str = ""
    kind: str = ""
    head: str = ""


def split_orders(text: str, context: Context) -> list[Part]:
    """Return where each order of a text stands; one or none: it is a single order."""
    text = text[:MAX_TEXT]
    if RELAY.search(text[:200]):
        return _relay(text)
    speakers = _speakers(text)
    if speakers:
        return speakers
    return _customers(text, context)


def _relay(text: str) -> list[Part]:
    """Return the numbered replies of a relay."""
    replies = list(REPLY.finditer(text))
    if not replies:
        return []
    head = text[: replies[0].start()]
    parts = []
    for at, match in enumerate(replies):
        end = replies[at + 1].start() if at + 1 < len(replies) else len(text)
        if not SAMPLE.match(match[2]):
            parts.append(Part(match.start(2), end, kind="relay", head=head))
    return parts if len(parts) > 1 else []


def _speakers(text: str) -> list[Part]:
    found = list(SPEAKER.finditer(text))
    parts = []
    for at, match in enumerate(found):
        end = found[at + 1].start() if at + 1 < len(found) else len(text)
        parts.append(Part(match.end(), end, match["who"].strip(), "speakers"))
    return parts if len({part.who for part in parts}) > 1 else []


def _customers(text: str, context: Context) -> list[Part]:
    """Return a part for each customer that begins a line or a sentence."""
    named = [
        one
        for one in named_customers(text, context.directory)
        if len(one.keys) == 1 and _begins(text, one.start)
    ]
    if len({one.keys for one in named}) < 2:
        return []
    parts, starts = [], []
    last = None
    for one in named:
        if one.keys != last:
            starts.append(one.start)
            last = one.keys
    starts[0] = 0
    for at, start in enumerate(starts):
        end = starts[at + 1] if at + 1 < len(starts) else len(text)
        parts.append(Part(start, end, kind="customers"))
    return parts


def _begins(text: str, at: int) -> bool:
    """Tell whether a customer's name begins an order: after a break, or 给, 发."""
    before = text[:at].rstrip(" \t")
    return (
        not before
        or before[-1] in "\n;；。,，、给帮发送.!！:："
        or before[-1].isdigit()
    )


def understand_parts(
    text: str, parts: list[Part], context: Context
) -> list[Understood]:
    """Return the order of each part, its offsets those of the whole text."""
    from .reader import understand_one

    result = []
    for part in parts:
        own = context
        if part.kind in ("customers", "relay"):
            own = replace(context, customer=None, previous=None)
        found = understand_one(text[part.start : part.end], _with_legend(own, part))
        found = _moved(found, part.start, text)
        if part.kind == "customers":
            result.append(replace(found, orders=len(parts)))
            continue
        result.append(_doubted(found, part, len(parts)))
    if parts[0].kind != "speakers":
        return result
    return [
        one for one in result if one.intent in ("order", "change", "cancel")
    ] or result[:1]


def _doubted(found: Understood, part: Part, count: int) -> Understood:
    doubt = Doubt(part.kind, ((part.start, part.end),), part.who)
    return replace(
        found,
        doubts=(*found.doubts, doubt),
        confidence=min(found.confidence, 0.8),
        orders=count,
    )


def _with_legend(context: Context, part: Part) -> Context:
    """Return the context with the relay's letters as names of its products."""
    from .catalogue import Catalogue

    letters = {}
    for match in LEGEND.finditer(part.head):
        found = context.catalogue.search(match[2])
        if found and found[0][1] >= 0.5:
            letters[found[0][0].key] = match[1]
    if not letters:
        return context
    items = [
        replace(item, aliases=(*item.aliases, letters[item.key]))
        if item.key in letters
        else item
        for item in context.catalogue.items.values()
    ]
    return replace(context, catalogue=Catalogue(items, context.catalogue.history))


def _moved(found: Understood, by: int, text: str) -> Understood:
    """Return the same with offsets into the whole text."""
    moved = {
        name: _shift(getattr(found, name), by)
        for name in ("customer", "date", "remark", "address", "phone", "receiver")
    }
    lines = tuple(
        replace(
            line,
            item=_shift(line.item, by),
            quantity=_shift(line.quantity, by),
            unit=_shift(line.unit, by),
            spans=_by(line.spans, by),
        )
        for line in found.lines
    )
    doubts = tuple(replace(d, spans=_by(d.spans, by)) for d in found.doubts)
    return replace(found, text=text, lines=lines, doubts=doubts, **moved)


def _shift(found: Found, by: int) -> Found:
    return (
        replace(found, spans=_by(found.spans, by)) if found.spans else found or NOTHING
    )


def _by(spans, by: int):
    return tuple((start + by, end + by) for start, end in spans)
