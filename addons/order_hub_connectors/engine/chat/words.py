"""What is understood of a message: plain values that say how sure they are.

Every value carries where it was read: ``spans`` are offsets into the text as it was
received, so that a screen can mark the very words.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

#: ``(start, end)`` offsets into the message as it was received.
Span = tuple[int, int]

#: What a message is about.
INTENTS = ("order", "change", "cancel", "question", "greeting", "other")

#: From this confidence on a value needs no person.
CERTAIN = 0.9


@dataclass(frozen=True)
class Found:
    """A value, how sure it is (0 to 1), how it was found and in which words.

    :param way: ``code``, ``barcode``, ``alias``, ``history``, ``name``, ``fuzzy``,
        ``said``, ``bound``, ``default``, ``previous``, or empty when nothing was found
    :param candidates: ``({"value", "label", "score"}, …)``, best first
    """

    value: Any = None
    confidence: float = 0.0
    way: str = ""
    spans: tuple[Span, ...] = ()
    candidates: tuple[dict, ...] = ()

    def __bool__(self) -> bool:
        return self.value is not None

    def at_most(self, confidence: float) -> "Found":
        """Return the same, no surer than asked."""
        return replace(self, confidence=min(self.confidence, confidence))


NOTHING = Found()


@dataclass(frozen=True)
class Doubt:
    """A reason why a person should look: its code, where, and the words meant."""

    code: str
    spans: tuple[Span, ...] = ()
    words: str = ""


@dataclass(frozen=True)
class Line:
    """One line of the order.

    :param item: the catalogue's key of the product (``None``: not known)
    :param quantity: a Decimal, in ``unit`` (``None``: not known)
    :param unit: the unit's word as the message has it, e.g. ``箱``; empty if none;
        what a box holds is left to the step that knows the product's units
    :param note: what was said about this line only, e.g. ``要黑色的``
    :param words: the words that were taken for the product
    """

    item: Found = NOTHING
    quantity: Found = NOTHING
    unit: Found = NOTHING
    note: str = ""
    spans: tuple[Span, ...] = ()
    words: str = ""

    @property
    def confidence(self) -> float:
        return min(self.item.confidence, self.quantity.confidence, self.unit.confidence)


@dataclass(frozen=True)
class Understood:
    """A message as understood.

    With a running talk (``Context.previous``), ``lines`` and the rest are the whole
    order AFTER the message: ``改成200`` gives all lines of the talk, one of them with
    200. ``change`` is an order that differs from the talk's, ``cancel`` takes all of
    it back (no lines). Without a talk, a change says only what it names.

    :param date: the day wanted (``datetime.date``); ``until`` in ``date_kind`` ways
    :param changed: positions of the lines that this message added or changed
    :param orders: how many orders the whole message holds (see ``understand_all``)
    """

    text: str = ""
    intent: str = "other"
    lines: tuple[Line, ...] = ()
    customer: Found = NOTHING
    date: Found = NOTHING
    remark: Found = NOTHING
    address: Found = NOTHING
    phone: Found = NOTHING
    receiver: Found = NOTHING
    urgent: bool = False
    doubts: tuple[Doubt, ...] = ()
    confidence: float = 0.0
    changed: tuple[int, ...] = ()
    orders: int = 1

    @property
    def is_certain(self) -> bool:
        """Return whether this may be confirmed without a person."""
        return (
            self.intent in ("order", "change", "cancel")
            and not self.doubts
            and self.confidence >= CERTAIN
        )

    def doubt_codes(self) -> frozenset[str]:
        """Return the codes of all doubts."""
        return frozenset(doubt.code for doubt in self.doubts)


@dataclass(frozen=True)
class Item:
    """A product of the catalogue.

    :param key: anything hashable that names the product, e.g. its number
    :param aliases: this customer's own names for it
    :param units: words of units it is sold in, the usual one first
    """

    key: Any
    code: str = ""
    names: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    barcodes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Person:
    """A customer of the directory: company and people, by all their names."""

    key: Any
    names: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Context:
    """What is known besides the text.

    :param now: aware time in the company's zone
    :param catalogue: a ``Catalogue``
    :param directory: the customers that may be named
    :param customer: key of the customer bound to the sender, if any
    :param previous: the running talk's order as understood so far, while it is open
    :param holidays: days off beside week-ends; ``None``: the calendar that is built in
    :param history: keys of products this customer bought, the latest first
    """

    now: datetime
    catalogue: Any
    directory: Sequence[Person] = ()
    customer: Any = None
    previous: Understood | None = None
    holidays: Any = None
    history: tuple = ()


#: Kept here so that readers of dates and of orders agree on the name.
Day = date
