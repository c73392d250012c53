"""Lines of an order from products and quantities in a row.

Products and quantities pair off in the order in which they stand: ``P Q P Q``,
``Q P Q P`` and ``P Q Q P`` are read alike, two by two. What does not pair off, is
named twice or does not add up to a total that is said, is a doubt.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal

from .catalogue import DIGITS, Catalogue, squeezed
from .family import sibling
from .items import SURE_NAME, is_sure_chunk, resolve
from .measures import DOZEN, is_sold_in, kind
from .specs import by_number, with_own_size, without_wishes
from .spread import spread
from .text import Plain
from .tokens import (
    BREAK,
    MAX_QUANTITY,
    NUMBER,
    PRODUCT,
    QUANTITY,
    STOP,
    Amount,
    Chunk,
    Token,
)
from .words import NOTHING, Doubt, Found, Line

#: How sure a bare number beside a product is, and one with a unit.
BARE, COUNTED = 0.94, 0.98
MIN_PART = Decimal("0.001")


@dataclass
class Bill:
    """Lines being made, with what was doubtful about them."""

    plain: Plain
    catalogue: Catalogue
    lines: list[Line] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    unread: list[Token] = field(default_factory=list)
    settled: set[int] = field(default_factory=set)
    changed: set[int] = field(default_factory=set)
    is_change: bool = False
    is_cancelled: bool = False

    def doubt(self, code: str, *tokens: Token) -> None:
        """Note why a person should look, at the words of some tokens."""
        spans = tuple(self.plain.span(t.start, t.end) for t in tokens)
        words = " ".join(self.plain.said(t.start, t.end) for t in tokens)
        self.doubts.append(Doubt(code, spans, words))


@dataclass
class Pair:
    product: Token | None
    amount: Token | None
    each: bool = False
    added: bool = False


def make_lines(bill: Bill, tokens: list[Token]) -> None:
    """Add the lines that a row of tokens says, and their doubts."""
    groups = _groups(without_wishes(bill, _with_specs(bill, tokens)))
    pairs: list[Pair] = []
    waiting: list[Token] = []
    for group in groups:
        _pair_group(bill, group, pairs, waiting)
    _pair_rest(bill, waiting, pairs)
    pairs.sort(key=lambda pair: (pair.product or pair.amount).start)
    for pair in pairs:
        _add_line(bill, pair)
    check_repeats(bill, pairs)


def _groups(tokens: Iterable[Token]) -> list[list[Token]]:
    """Return the tokens between breaks and stops, of clauses that have any."""
    groups: list[list[Token]] = [[]]
    for token in tokens:
        if token.kind in (BREAK, STOP):
            groups.append([])
        elif token.kind in (PRODUCT, QUANTITY, NUMBER, "each", "adds"):
            groups[-1].append(token)
    return [group for group in groups if group]


# === NUMBERS THAT BELONG TO A NAME === #


def _with_specs(bill: Bill, tokens: list[Token]) -> list[Token]:
    """Join numbers and sizes to a name where the catalogue's name has them."""
    result: list[Token] = []
    tokens = by_number(bill, spread(bill, tokens))
    for at, token in enumerate(tokens):
        before = result[-1] if result else None
        after = tokens[at + 1] if at + 1 < len(tokens) else None
        joined = _joined_before(bill, before, token, after) or _joined_after(
            bill, before, token
        )
        if joined:
            result[-1] = joined
        elif goes_on := continued(bill, result, token, after):
            result.append(goes_on)
        else:
            result.append(token)
    return result


def _joined_before(bill, before, token, after) -> Token | None:
    """``轴承 6205`` + ``50个``: the number is part of the name."""
    if not before or before.kind != PRODUCT or token.kind not in (NUMBER, QUANTITY):
        return None
    if not after or after.kind not in (NUMBER, QUANTITY, "each"):
        return None
    return _if_named(bill, before, token) or with_own_size(bill, before, token, after)


def _joined_after(bill, before, token) -> Token | None:
    """``10kg`` + ``大米``: the size before a product is part of its name."""
    if before and before.kind == token.kind == PRODUCT:
        gap = bill.plain.text[before.end : token.start]
        return _if_named(bill, before, token) if gap == "的" else None
    if not before or before.kind not in (NUMBER, QUANTITY) or token.kind != PRODUCT:
        return None
    return _if_named(bill, before, token)


def continued(bill: Bill, before: list[Token], token: Token, after) -> Token | None:
    """``DN20 80只`` after ``铜球阀DN15 100只``: the same thing in another size."""
    if not after or after.kind not in (NUMBER, QUANTITY, "each"):
        if token.kind != PRODUCT:
            return None
    first = next((t for t in reversed(before) if t.kind == PRODUCT), None)
    if first is None or token.kind not in (PRODUCT, NUMBER, QUANTITY):
        return None
    if token.kind == PRODUCT and resolve(bill, token).confidence >= SURE_NAME:
        return None
    words = sibling(
        bill.catalogue, first.value.words, bill.plain.text[token.start : token.end]
    )
    return words and Token(PRODUCT, token.start, token.end, Chunk(words))


def _if_named(bill: Bill, first: Token, second: Token) -> Token | None:
    words = bill.plain.text[first.start : second.end].replace("的", "")
    if "\n" in words:
        return None
    found = bill.catalogue.search(words)
    if not found or found[0][1] < SURE_NAME:
        return None
    product = first if first.kind == PRODUCT else second
    if _same_without(bill, product, found[0][0].key):
        return None
    return Token(PRODUCT, first.start, second.end, Chunk(words))


def _same_without(bill: Bill, product: Token, key) -> bool:
    """Tell whether the product is the same, surely, without the number."""
    found = resolve(bill, product)
    return (
        found.value == key
        and found.confidence >= SURE_NAME
        and bool(product.value.hits)
    )


# === PAIRS === #


def _pair_group(bill, group, pairs, waiting) -> None:
    """Pair off one clause; what is left waits for its neighbours."""
    eaches = [t for t in group if t.kind == "each"]
    products = [t for t in group if t.kind == PRODUCT]
    amounts = [t for t in group if t.kind in (QUANTITY, NUMBER)]
    if eaches and len(amounts) == 1 and not [t for t in waiting if t.kind != PRODUCT]:
        _pair_each(bill, eaches[0], waiting, products, amounts[0], pairs)
        return
    if eaches:
        bill.doubt("each", *eaches)
    if _goes_on(waiting, group):
        waiting.extend(group)
        return
    if len(products) == len(amounts) and products and _alternates(group):
        _pair_two_by_two(group, pairs)
        return
    waiting.extend(t for t in group if t.kind in (PRODUCT, QUANTITY, NUMBER, "adds"))


def _goes_on(waiting: list[Token], group: list[Token]) -> bool:
    """Tell whether a clause begins with the quantity of the product before it.

    ``甲，600桶 乙，500箱``: the 600 are 甲's, whatever follows them.
    """
    last = waiting[-1] if waiting else None
    return bool(
        last
        and last.kind == PRODUCT
        and last.value.hits
        and group[0].kind in (QUANTITY, NUMBER)
    )


def _pair_each(bill, each, waiting, products, amount, pairs) -> None:
    """各50: every product that has no quantity yet gets one."""
    named = [*waiting, *products]
    waiting.clear()
    if len(named) < 2:
        bill.doubt("each", each)
    pairs.extend(Pair(product, amount, each=True) for product in named)
    if not named:
        bill.doubt("loose_quantity", amount)


def _alternates(group: list[Token]) -> bool:
    row = [t.kind == PRODUCT for t in group if t.kind not in ("each", "adds")]
    return all(row[at] != row[at + 1] for at in range(0, len(row), 2))


def _pair_two_by_two(group: list[Token], pairs: list[Pair]) -> None:
    row = [t for t in group if t.kind not in ("each", "adds")]
    added = [t.start for t in group if t.kind == "adds"]
    for first, second in zip(row[::2], row[1::2], strict=True):
        product, amount = (first, second) if first.kind == PRODUCT else (second, first)
        pair = Pair(product, amount)
        pair.added = any(at < second.end for at in added)
        pairs.append(pair)


def _pair_rest(bill: Bill, waiting: list[Token], pairs: list[Pair]) -> None:
    """Pair what stands alone in its clause: a product, then its quantity."""
    row = [t for t in waiting if t.kind != "adds"]
    if len(row) % 2 == 0 and _alternates(row) and _consecutive(row, pairs):
        _pair_two_by_two(row, pairs)
        return
    at = 0
    while at < len(row):
        token, after = row[at], row[at + 1] if at + 1 < len(row) else None
        if (
            token.kind == PRODUCT
            and after
            and _consecutive([token, after], pairs)
            and after.kind != PRODUCT
            and _is_only(row, at)
        ):
            pairs.append(Pair(token, after))
            at += 2
            continue
        if token.kind == PRODUCT:
            _lonely_product(bill, token, pairs)
        else:
            bill.doubt("loose_quantity", token)
        at += 1


def _consecutive(row: list[Token], pairs: list[Pair]) -> bool:
    """Tell whether no pair stands between the two tokens of one."""
    spots = [pair.product.start for pair in pairs if pair.product]
    return not any(
        a.start < spot < b.start
        for a, b in zip(row[::2], row[1::2], strict=True)
        for spot in spots
    )


def _is_only(row: list[Token], at: int) -> bool:
    """Tell whether the quantity after a product has no other product to go to."""
    return at + 2 >= len(row) or row[at + 2].kind == PRODUCT


def _lonely_product(bill: Bill, token: Token, pairs: list[Pair]) -> None:
    """A product without quantity is a line when it is known, else unread words."""
    if token.value.hits or is_sure_chunk(bill.catalogue, token.value):
        pairs.append(Pair(token, None))
    else:
        bill.unread.append(token)


# === LINES === #


def _add_line(bill: Bill, pair: Pair) -> None:
    item = resolve(bill, pair.product)
    amount: Amount | None = pair.amount.value if pair.amount else None
    spans = [bill.plain.span(t.start, t.end) for t in (pair.product, pair.amount) if t]
    words = bill.plain.said(pair.product.start, pair.product.end)
    quantity = unit = NOTHING
    if amount:
        quantity, unit = _measured(bill, pair.amount, item, pair.product)
    line = Line(item, quantity, unit, spans=tuple(sorted(set(spans))), words=words)
    _doubt_item(bill, line, pair.product)
    if not amount:
        bill.doubt("no_quantity", pair.product)
    bill.lines.append(line)


def _measured(bill: Bill, token: Token, item: Found, product: Token):
    """Return quantity and unit as found, with doubts about them noted."""
    amount: Amount = token.value
    sure = COUNTED if amount.unit else BARE
    if amount.doubt:
        bill.doubt(amount.doubt, token)
        sure = 0.5
    if (
        _is_name(bill, token, product)
        or _is_broken(amount)
        or _runs_on(bill, token, item, product)
    ):
        bill.doubt("quantity", token)
        sure = 0.5
    if not MIN_PART <= amount.value <= MAX_QUANTITY:
        bill.doubt("quantity", token)
        sure = 0.3
    span = (bill.plain.span(token.start, amount.number_end or token.end),)
    unit_span = (bill.plain.span(token.start, token.end),) if amount.unit else ()
    unit = Found(amount.unit, COUNTED, "said" if amount.unit else "default", unit_span)
    sold = bill.catalogue.items.get(item.value)
    if sold and not is_sold_in(amount.unit, sold.units):
        bill.doubt("unit", token)
        unit = unit.at_most(0.5)
    value = amount.value if amount.value else None
    return Found(value, sure, "said", span), unit


def _is_name(bill: Bill, token: Token, said: Token) -> bool:
    """Tell whether a bare number may name another product: 6205 6206."""
    words = bill.plain.text[token.start : token.end]
    if token.kind != NUMBER or not re.fullmatch(r"\d{4,8}", words):
        return False
    known = {len(number) for number in DIGITS.findall(squeezed(said.value.words))}
    return len(words) in known and bill.catalogue.has_number(words)


def _is_broken(amount: Amount) -> bool:
    """Tell whether a part of something is meant that is sold whole: 12.5 转向节."""
    whole = amount.value == amount.value.to_integral()
    return not whole and kind(amount.unit) != "size" and amount.unit not in DOZEN


def _runs_on(bill: Bill, token: Token, item: Found, said: Token) -> bool:
    """Tell whether a number may begin with one of the name: 固化剂650200桶.

    Not with one that was said as part of the name: M8*20的螺丝200.
    """
    product = bill.catalogue.items.get(item.value)
    text, at = bill.plain.text, token.start
    if not product or not at or not text[at - 1].isalnum():
        return False
    digits = re.match(r"\d*", text[at : token.end])[0]
    known = DIGITS.findall(squeezed(said.value.words))
    return any(
        len(number) > 1 and digits.startswith(number) and digits != number
        for name in product.names
        for number in DIGITS.findall(squeezed(name))
        if number not in known
    )


def _doubt_item(bill: Bill, line: Line, token: Token) -> None:
    item = line.item
    if item.confidence >= SURE_NAME and item:
        return
    if not item:
        bill.doubt(
            "ambiguous_item" if len(item.candidates) > 1 else "unknown_item", token
        )
    elif (
        len(item.candidates) > 1
        and item.candidates[1]["score"] > item.confidence - 0.08
    ):
        bill.doubt("ambiguous_item", token)
    else:
        bill.doubt("extra_words" if token.value.has_more else "fuzzy_item", token)


# === CHECKS === #


def check_repeats(bill: Bill, pairs: list[Pair]) -> None:
    """The same product twice is a doubt; ``再加`` before the second adds it up."""
    seen: dict = {}
    kept: list[Line] = []
    for line, pair in zip(bill.lines, pairs, strict=True):
        first = seen.get(line.item.value) if line.item else None
        if first is None:
            seen[line.item.value] = len(kept)
            kept.append(line)
        elif pair.added and _adds_up(kept[first], line):
            kept[first] = add_up(kept[first], line)
        else:
            kept.append(line)
            bill.doubt("repeated", pair.product)
    bill.lines = kept


def _adds_up(first: Line, second: Line) -> bool:
    return (
        bool(first.quantity and second.quantity)
        and first.unit.value == second.unit.value
    )


def add_up(first: Line, second: Line) -> Line:
    """Return one line with the sum of two."""
    total = Found(
        first.quantity.value + second.quantity.value,
        min(first.quantity.confidence, second.quantity.confidence),
        "sum",
        first.quantity.spans + second.quantity.spans,
    )
    return replace(first, quantity=total, spans=first.spans + second.spans)


def check_total(bill: Bill, token: Token, amount: Amount) -> None:
    """A total that is said must be the sum of the lines."""
    quantities = [line.quantity.value or 0 for line in bill.lines]
    if sum(quantities) != amount.value or not quantities:
        bill.doubt("total", token)
