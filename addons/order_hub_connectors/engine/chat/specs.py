"""Numbers and words beside a product that belong to it, not to how many are wanted."""

import re

from .items import SURE_NAME, resolve
from .measures import is_sold_in, kind
from .phrases import REMARKS
from .tokens import BREAK, NUMBER, PRODUCT, QUANTITY, STOP, Chunk, Token

AMOUNTS = (QUANTITY, NUMBER)


#: 6205的100套: what stands between a number that is a name and its quantity.
OF_NUMBER = re.compile(r"[ \t]*的?(?:我?[要来发订需]|需要)?[ \t:*x-]*")
BARE_NAME = re.compile(r"\d{4,8}")


def by_number(bill, tokens: list[Token]) -> list[Token]:
    """Return ``6205`` as the name of a product, where a name has it and 100套 follows.

    Only a number of four digits or more, with no product in front of it.
    """
    row = list(tokens)
    for at, token in enumerate(row[:-1]):
        words = bill.plain.text[token.start : token.end]
        if not _may_be_name(bill, token) or _names_before(row, at):
            continue
        gap = bill.plain.text[token.end : row[at + 1].start]
        is_counted = row[at + 1].kind in AMOUNTS and OF_NUMBER.fullmatch(gap)
        if is_counted or _is_each(bill, row, at):
            row[at] = Token(PRODUCT, token.start, token.end, Chunk(words))
    return row


def _may_be_name(bill, token: Token) -> bool:
    words = bill.plain.text[token.start : token.end]
    if token.kind != NUMBER or not BARE_NAME.fullmatch(words):
        return False
    return bill.catalogue.has_number(words)


def _is_each(bill, row: list[Token], at: int) -> bool:
    """Tell whether only such numbers stand between a position and 各."""
    rest = [t for t in row[at:] if t.kind not in (STOP,)]
    after = next((t for t in rest if not _may_be_name(bill, t)), None)
    return after is not None and after.kind == "each"


def _names_before(row: list[Token], at: int) -> bool:
    """Tell whether a product without a quantity stands before a position."""
    before = row[at - 1] if at else None
    return bool(before) and before.kind == PRODUCT and bool(before.value.hits)


def with_own_size(bill, before: Token, token: Token, after: Token) -> Token | None:
    """Return ``带鱼段1kg`` as the product, where 20包 follows and 1kg is its own size.

    Only a measure is taken in, only when the catalogue has a name of the same product
    with it, and only before a quantity in a unit that the product is sold in.
    """
    words = bill.plain.text[before.start : token.end].replace("的", "")
    if "\n" in words or kind(token.value.unit) != "size" or after.kind != QUANTITY:
        return None
    product = bill.catalogue.items.get(resolve(bill, before).value)
    unit = after.value.unit
    if product is None or not unit or kind(unit) not in ("pack", "count"):
        return None
    if not product.units or not is_sold_in(unit, product.units):
        return None
    found = bill.catalogue.search(words)
    if not found or found[0][1] < SURE_NAME or found[0][0].key != product.key:
        return None
    return Token(PRODUCT, before.start, token.end, Chunk(words))


def without_wishes(bill, tokens: list[Token]) -> list[Token]:
    """Return the tokens without wishes right behind a line: 20袋大米|到工地.

    They are left for the remark. A wish is the last of its clause, behind whole pairs,
    and no quantity follows it: in ``标签200个`` it would be a product.
    """
    row = [t for t in tokens if t.kind in (PRODUCT, *AMOUNTS, "each", BREAK, STOP)]
    wishes = {id(t) for at, t in enumerate(row) if _is_wish(bill, row, at)}
    bill.unread += [t for t in row if id(t) in wishes]
    return [t for t in tokens if id(t) not in wishes]


def _is_wish(bill, row: list[Token], at: int) -> bool:
    token = row[at]
    if token.kind != PRODUCT or token.value.hits:
        return False
    if not REMARKS.search(bill.plain.text, token.start, token.end):
        return False
    if at + 1 < len(row) and row[at + 1].kind not in (BREAK, STOP):
        return False
    if any(t.kind in (*AMOUNTS, "each") for t in row[at + 2 : at + 3]):
        return False
    if not _follows_pairs(row, at):
        return False
    found = bill.catalogue.search(token.value.words)
    return not found or found[0][1] < 0.6


def _follows_pairs(row: list[Token], at: int) -> bool:
    """Tell whether products and quantities stand two by two before a position."""
    first = at
    while first and row[first - 1].kind not in (BREAK, STOP):
        first -= 1
    kinds = [t.kind == PRODUCT for t in row[first:at]]
    pairs = list(zip(kinds[::2], kinds[1::2], strict=False))
    return len(kinds) > 1 and len(kinds) % 2 == 0 and all(a != b for a, b in pairs)
