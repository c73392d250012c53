"""Reads a message: what is asked for, by whom, until when, and how sure that is.

The rule behind ``is_certain``: every word must be accounted for. A product, a
quantity, a date, a customer, an address, a wish for packing and what means nothing to
an order (greetings, verbs of ordering) are; anything else is named as a doubt, and a
person looks.
"""

import re
from dataclasses import replace

from .canvas import FLAG, FREE, ITEM, Canvas
from .change import THAT_ONE, apply_changes
from .dates import find_dates, wanted_date
from .intent import intent_of, settle_doubts
from .lines import Bill, check_total, make_lines
from .marks import take_names_of_numbers, take_no_quantities
from .people import find_customer, named_customers
from .phrases import CANCELS_ALL, REMARKS
from .remarks import contact_of, overlaps, remark_of
from .table import read_table
from .text import Plain, plain
from .tokens import (
    BREAK,
    NUMBER,
    PRODUCT,
    QUANTITY,
    STOP,
    Token,
    take_flags,
    take_items,
    take_quantities,
    take_remarks,
    take_signature,
    take_soft,
    tokens_of,
)
from .words import CERTAIN, NOTHING, Context, Doubt, Found, Understood

#: A message with a doubt is no surer than this.
DOUBTED = 0.8
CLAUSES = (BREAK, STOP)
#: After a name: he is the one who orders, not the one who is written to.
WANTS = re.compile(r"\s*(?:那边|这边|家|公司)?(?:[要订定买需补:]|下单|说)")
#: What stands right behind the name of a company.
OFFICE = re.compile(
    r"(?:厂|店|公司)?(?:采购部|采购处|采购科|教务处|总务处|总务科|后勤处|后勤部|财务部|物资部|"
    r"设备科|办公室)?"
)
TITLED = re.compile(r"(?:总|经理|工|哥|姐|老板|师傅|主任|老师|先生|女士|小姐|叔|阿姨)$")


def understand(text: str, context: Context) -> Understood:
    """Return what one message asks for; of several orders the first.

    Never raises on any text; only the first 4,000 characters are read.
    """
    from .relay import split_orders

    parts = split_orders(text, context)
    if len(parts) < 2:
        return understand_one(text, context)
    first = understand_all(text, context)[0]
    doubt = Doubt("several_orders", ((0, len(text)),), "")
    return replace(
        first,
        doubts=(*first.doubts, doubt),
        confidence=min(first.confidence, DOUBTED),
        orders=len(parts),
    )


def understand_all(text: str, context: Context) -> list[Understood]:
    """Return each order that a message holds: relays, several customers, speakers."""
    from .relay import split_orders, understand_parts

    parts = split_orders(text, context)
    if len(parts) < 2:
        return [understand_one(text, context)]
    return understand_parts(text, parts, context)


def understand_relay(text: str, context: Context) -> list[Understood]:
    """Return the orders of a group relay (接龙), one for each numbered reply."""
    return understand_all(text, context)


def understand_one(text: str, context: Context) -> Understood:
    """Return what a message asks for, taken as one order."""
    return _Reader(text, context).read()


class _Reader:
    """One message on its way through."""

    def __init__(self, text: str, context: Context):
        self.context = context
        self.plain: Plain = plain(text)
        self.source = self.plain.source[: self.plain.starts[-1]]
        self.canvas = Canvas(self.plain)
        self.bill = Bill(self.plain, context.catalogue)
        self.tokens: list[Token] = []
        self.date = NOTHING
        self.urgent = False
        self.contact = None
        self.customer = NOTHING
        self.totals: list = []
        self.wishes: list = []

    def read(self) -> Understood:  # pylint: disable=method-required-super
        self._take()
        self.tokens = tokens_of(self.canvas)
        if not read_table(self.bill, self.canvas):
            self._lines()
        self._doubts()
        return self._result()

    # === WHAT STANDS WHERE === #

    def _take(self) -> None:
        canvas = self.canvas
        take_items(canvas, self.context.catalogue)
        self._take_contact()
        self._take_dates()
        take_names_of_numbers(canvas)
        self._take_customer()
        take_no_quantities(canvas)
        take_remarks(canvas)
        canvas.claim_all("that", THAT_ONE)
        canvas.claim_all("cancels", CANCELS_ALL)
        take_signature(canvas, self.context.catalogue)
        take_flags(canvas)
        take_quantities(canvas)
        take_soft(canvas)

    def _take_dates(self) -> None:
        found = find_dates(self.plain.text, self.context.now, self.context.holidays)
        kept = [one for one in found if self._claim_date(one)]
        date, doubt = wanted_date(kept)
        self.urgent = any(one.kind == "asap" for one in kept)
        spans = tuple(self.plain.span(*s) for one in kept for s in one.spans)
        if date and date.day:
            sure = date.confidence if not doubt else min(date.confidence, DOUBTED)
            sure = max(sure, CERTAIN) if not doubt else sure
            self.date = Found(date.day, sure, date.way or "said", spans)
        if doubt:
            self.bill.doubts.append(Doubt(doubt, spans, ""))
        if any(one.kind == "reference" for one in kept):
            self.bill.doubts.append(Doubt("past", spans, ""))

    def _claim_date(self, one) -> bool:
        taken = [self.canvas.claim("date", *span, one) for span in one.spans]
        return any(taken)

    def _take_contact(self) -> None:
        goods = [self.plain.span(m.start, m.end) for m in self.canvas.of(ITEM)]
        self.contact = self._without_items(contact_of(self.source, goods))
        for found in (self.contact.phone, self.contact.address, self.contact.receiver):
            for span in found.spans:
                self._claim("contact", *self.plain.inside(*span))

    def _without_items(self, contact):
        """Return the contact without what are names of products: 3号纸箱."""
        items = [self.plain.span(m.start, m.end) for m in self.canvas.of(ITEM)]
        wrong = {
            name: NOTHING
            for name in ("address", "phone", "receiver")
            if any(overlaps(items, *span) for span in getattr(contact, name).spans)
        }
        return replace(contact, **wrong)

    def _take_customer(self) -> None:
        self.customer = find_customer(self.source, self.context)
        named = named_customers(self.source, self.context.directory)
        for one in named:
            start, end = self.plain.inside(one.start, one.end)
            if not one.keys and ITEM in self.canvas.owners[start:end]:
                continue  # 双层工|业酒精 is no engineer
            self._claim("customer", start, self._with_office(start, end))
            if self._is_other(one) and not self._is_greeted(start, end):
                self.bill.doubts.append(Doubt("customer", ((one.start, one.end),), ""))

    def _with_office(self, start: int, end: int) -> int:
        """Return where a company's name ends with 厂, 公司 and the office behind it."""
        if end - start < 3 or "\u4e00" > self.plain.text[end - 1]:
            return end
        return OFFICE.match(self.plain.text, end).end()

    def _is_other(self, one) -> bool:
        """Tell whether a name is not the customer's that was found."""
        return self.customer.value is None or self.customer.value not in one.keys

    def _is_greeted(self, start: int, end: int) -> bool:
        """Tell whether a name is only greeted: 王总， at the beginning."""
        if WANTS.match(self.plain.text, end):
            return False
        before = self.plain.text[:start].rstrip()
        is_first = all(owner for owner in self.canvas.owners[: len(before)]) or (
            before[-1] in "\n,，。!;"
        )
        return bool(is_first and TITLED.search(self.plain.text, start, end))

    def _claim(self, kind: str, start: int, end: int) -> None:
        """Take what is still free of some words."""
        at = start
        for stop in range(start, end + 1):
            if stop == end or self.canvas.owners[stop]:
                self.canvas.claim(kind, at, stop)
                at = stop + 1

    # === LINES === #

    def _lines(self) -> None:
        tokens = self._without_totals(self.tokens)
        if not apply_changes(self.bill, tokens, self.context, self.canvas):
            make_lines(self.bill, tokens)
        for token, amount in self.totals:
            check_total(self.bill, token, amount)

    def _without_totals(self, tokens: list[Token]) -> list[Token]:
        """Return the tokens without totals that are said (共500件)."""
        self.totals, kept = [], []
        skip = None
        for at, token in enumerate(tokens):
            after = tokens[at + 1] if at + 1 < len(tokens) else None
            if token is skip:
                continue
            if token.kind == "total" and after and after.kind in (QUANTITY, NUMBER):
                later = [t for t in tokens[at + 2 : at + 4] if t.kind == PRODUCT]
                if not later and any(t.kind in (QUANTITY, NUMBER) for t in kept):
                    self.totals.append((token, after.value))
                    skip = after
                    continue
            kept.append(token)
        return kept

    # === DOUBTS === #

    def _doubts(self) -> None:
        for clause in self._clauses():
            self._doubt_clause(clause)
        kinds = ["long", "pack", "link"]
        if not self.context.previous:
            kinds += ["that", "nth"]
        if self.canvas.of(*kinds):
            self.bill.doubt("unread", *self._tokens_of(*kinds))
        if len(self.source) < len(self.plain.source):
            self.bill.doubts.append(
                Doubt("long", ((len(self.source), len(self.plain.source)),), "")
            )

    def _tokens_of(self, *kinds: str) -> list[Token]:
        return [t for t in self.tokens if t.kind in kinds]

    def _clauses(self) -> list[list[Token]]:
        clauses: list[list[Token]] = [[]]
        for token in self.tokens:
            if token.kind in CLAUSES:
                clauses.append([])
            else:
                clauses[-1].append(token)
        return [clause for clause in clauses if clause]

    def _doubt_clause(self, clause: list[Token]) -> None:
        """Doubt words that were not understood, and words that turn the meaning."""
        start, end = clause[0].start, clause[-1].end
        left = {id(token) for token in self.bill.unread}
        unread = [t for t in clause if id(t) in left]
        is_order = any(t.kind in (QUANTITY, NUMBER) for t in clause) or any(
            t.kind == PRODUCT and id(t) not in left for t in clause
        )
        is_remark = not is_order and REMARKS.search(self.plain.text, start, end)
        for token in unread:
            if is_remark or self._is_wish(token):
                self.wishes.append(
                    (start, end) if is_remark else (token.start, token.end)
                )
            else:
                self.bill.doubt("unread", token)
        for token in clause:
            if token.kind == FLAG and not self._is_settled(token, is_remark):
                self.bill.doubt(token.value, token)

    def _is_wish(self, token: Token) -> bool:
        """Tell whether unread words are about packing, papers or delivery."""
        if not REMARKS.search(self.plain.text, token.start, token.end):
            return False
        if any(t.kind == NUMBER and t.start == token.end for t in self.tokens):
            return False
        found = self.context.catalogue.search(token.value.words)
        return not found or found[0][1] < 0.6

    def _is_settled(self, token: Token, is_remark) -> bool:
        if token.value == "adds" or token.start in self.bill.settled:
            return True
        return bool(is_remark) and token.value in ("negates", "maybe", "approx", "past")

    # === RESULT === #

    def _result(self) -> Understood:
        intent = intent_of(self.bill, self.tokens, self.context, self.canvas)
        settle_doubts(self.bill, intent)
        if intent in ("order", "change", "cancel"):
            self._doubt_customer()
        lines = tuple(self.bill.lines)
        doubts = tuple(dict.fromkeys(self.bill.doubts))
        remark = self._remark()
        result = Understood(
            text=self.plain.source,
            intent=intent,
            lines=lines,
            customer=self.customer,
            date=self.date,
            remark=remark,
            address=self.contact.address,
            phone=self.contact.phone,
            receiver=self.contact.receiver,
            urgent=self.urgent,
            doubts=doubts,
            confidence=self._confidence(intent, doubts),
            changed=tuple(sorted(self.bill.changed)),
        )
        return self._with_previous(result)

    def _with_previous(self, result: Understood) -> Understood:
        """Keep what the talk said before and this message does not say."""
        previous = self.context.previous
        if not previous or result.intent not in ("change", "cancel"):
            return result
        kept = {
            name: getattr(previous, name)
            for name in ("customer", "date", "remark", "address", "phone", "receiver")
            if getattr(previous, name) and not getattr(result, name)
        }
        return replace(result, **kept, urgent=result.urgent or previous.urgent)

    def _doubt_customer(self) -> None:
        found = self.customer or (
            self.context.previous.customer if self.context.previous else NOTHING
        )
        if (
            found
            and found.confidence < CERTAIN
            or self.customer.way in ("several", "other")
        ):
            self.bill.doubts.append(Doubt("customer", self.customer.spans, ""))
        elif not found:
            self.bill.doubts.append(Doubt("customer", (), ""))

    def _remark(self) -> Found:
        used = [
            self.plain.span(mark.start, mark.end)
            for mark in self.canvas.marks
            if mark.kind not in ("remark", FLAG, FREE, "soft")
        ]
        found = remark_of(self.source, used)
        more = [
            (start, end)
            for start, end in dict.fromkeys(self.wishes)
            if self.plain.said(start, end) not in (found.value or "")
        ]
        if not more:
            return found
        words = [found.value] if found else []
        words += [self.plain.said(*span) for span in more]
        spans = found.spans + tuple(self.plain.span(*span) for span in more)
        return Found("；".join(words), max(found.confidence, CERTAIN), "said", spans)

    def _confidence(self, intent: str, doubts: tuple) -> float:
        sure = [line.confidence for line in self.bill.lines]
        if self.date:
            sure.append(self.date.confidence)
        if self.customer:
            sure.append(self.customer.confidence)
        if doubts:
            sure.append(DOUBTED)
        if intent == "order" and not self.bill.lines:
            return 0.0
        return round(min(sure, default=0.95), 3)
