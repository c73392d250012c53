"""Several products in one breath: ``M/L/XL的T恤各10``, ``M8的螺母和平垫各3000``.

Only before 各: then the quantity is each one's. Every name that comes out must be a
product for sure, and each another one.
"""

import re

from .family import GROUP_OF
from .items import SURE_NAME, resolve
from .tokens import PRODUCT, Chunk, Token

COLOURS = "红绿蓝黄白黑灰紫橙粉棕"
_SIZE = r"[a-z]{0,4}\d+(?:[.*/x]\d+)*[a-z%寸码号分升斤克米支安厘头两瓦]*"
_WORD = "|".join(re.escape(word) for word in sorted(GROUP_OF, key=len, reverse=True))
_PART = rf"(?:(?:{_WORD})码?|{_SIZE})"
_JOINT = r"\s*(?:[和与跟及、/,，&+]|and|\s)\s*"
#: 左右: words of one character need no joint.
_PARTS = (
    rf"(?P<parts>{_PART}(?:{_JOINT}{_PART})+|左右|前后|大小|男女|[{COLOURS}]{{2,4}}色?)"
)
BEFORE = re.compile(rf"{_PARTS}\s*的?\s*(?P<head>[^\d\s].*)")
AFTER = re.compile(rf"(?P<head>.*?[\u4e00-\u9fffa-z])\s*{_PARTS}")
HEADS = re.compile(
    rf"(?P<size>{_SIZE})\s*的?\s*(?P<heads>[\u4e00-\u9fff]+(?:[和与跟及、][\u4e00-\u9fff]+)+)"
)
ONE = re.compile(_PART)
JOINT = re.compile(r"[和与跟及、]")
PAIRED = re.compile(rf"左右|前后|大小|男女|[{COLOURS}]{{2,4}}色?")


def spread(bill, tokens: list[Token]) -> list[Token]:
    """Return the tokens with one of several products as so many, before 各."""
    row: list[Token] = []
    for at, token in enumerate(tokens):
        after = tokens[at + 1] if at + 1 < len(tokens) else None
        is_each = token.kind == PRODUCT and after and after.kind == "each"
        row += (_parted(bill, token) if is_each else None) or [token]
    return row


def _parted(bill, token: Token) -> list[Token]:
    """Return the products of one token, none where they are not plain."""
    if resolve(bill, token).confidence >= SURE_NAME:
        return []
    words = bill.plain.text[token.start : token.end]
    for names in _readings(words):
        found = [bill.catalogue.search(name) for _at, name in names]
        sure = [row[0][0].key for row in found if row and row[0][1] >= SURE_NAME]
        if len(sure) == len(names) == len(set(sure)):
            return [
                Token(PRODUCT, token.start + start, token.start + end, Chunk(name))
                for (start, end), name in names
            ]
    return []


def _readings(words: str):
    """Yield ``[((start, end), name), …]``: ways in which words are several names."""
    for pattern in (BEFORE, AFTER):
        match = pattern.fullmatch(words)
        parts = _parts(match) if match else []
        if not _alike([part for _at, part in parts]):
            continue
        ways = ["{part}{head}", "{head}{part}"]
        if all(part in COLOURS for _at, part in parts):
            ways += ["{part}色{head}", "{head}{part}色"]
        for name in ways:
            yield [
                (at, name.format(part=part.removesuffix("码"), head=match["head"]))
                for at, part in parts
            ]
    match = HEADS.fullmatch(words)
    if match:
        yield [(at, head + match["size"]) for at, head in _heads(match)]
        yield [(at, match["size"] + head) for at, head in _heads(match)]


def _parts(match: re.Match) -> list[tuple]:
    first, words = match.start("parts"), match["parts"]
    if PAIRED.fullmatch(words):
        chars = enumerate(words.removesuffix("色"))
        return [((first + at, first + at + 1), char) for at, char in chars]
    found = ONE.finditer(words)
    return [((first + one.start(), first + one.end()), one[0]) for one in found]


def _heads(match: re.Match) -> list[tuple]:
    at, found = match.start("heads"), []
    for head in JOINT.split(match["heads"]):
        found.append(((at, at + len(head)), head))
        at += len(head) + 1
    return found


def _alike(parts: list[str]) -> bool:
    """Tell whether parts are of one kind: all colours, all sizes in the same unit."""
    groups = {GROUP_OF.get(part.removesuffix("码")) for part in parts}
    if groups != {None}:
        return len(groups) == 1 and None not in groups
    return len({re.sub(r"\d+", "9", part) for part in parts}) == 1
