"""The product that some words of a message mean, and who else it may be."""

import re

from .catalogue import Catalogue
from .tokens import Chunk, Token
from .words import Found

#: What is said about a product in too many words is no surer than this.
EXTRA = 0.7
SURE_NAME = 0.9
#: XL码: the size is XL.
SIZE_CODE = re.compile(r"(?<=[\u4e00-\u9fff\s])((?:\d?x{0,3}[sml]))码")


def resolve(bill, token: Token) -> Found:
    """Return the product that some words mean, with who else it may be.

    A product whose code another one has, too, is never sure: orders name it by code.
    """
    found = _resolve(bill, token)
    twins = bill.catalogue.twins(found.value) if found else ()
    if not twins:
        return found
    rows = [(bill.catalogue.items[key], 0.5, "code") for key in (found.value, *twins)]
    return Found(found.value, 0.5, found.way, found.spans, _candidates(rows))


def _resolve(bill, token: Token) -> Found:
    chunk: Chunk = token.value
    span = (bill.plain.span(token.start, token.end),)
    if len(chunk.hits) == 1 and not chunk.has_more:
        return _of_hit(bill, chunk.hits[0], span)
    found: list = []
    for words in variants(chunk):
        other = bill.catalogue.search(words)
        if other and (not found or other[0][1] > found[0][1]):
            found = other
    sure = found and found[0][1] >= SURE_NAME
    if chunk.hits and not sure:
        return _of_more(bill, chunk, found, span)
    if not found:
        return Found(spans=span)
    (item, score, way), *_rest = found
    return Found(
        item.key if score >= 0.5 else None, score, way, span, _candidates(found)
    )


def variants(chunk: Chunk) -> list[str]:
    """Return the ways to look words up: as they are, with verbs, without 的 and 码."""
    words = [chunk.words, chunk.wide]
    words.append(chunk.words.replace("的", ""))
    words.append(SIZE_CODE.sub(r"\1", chunk.words))
    return [text for text in dict.fromkeys(words) if text]


def _of_hit(bill, hit, span) -> Found:
    if len(hit.keys) == 1:
        score = {"code": 1.0, "barcode": 1.0, "alias": 0.99}.get(hit.way, 0.98)
        return Found(hit.keys[0], score, hit.way, span)
    known = [key for key in bill.catalogue.history if key in hit.keys]
    first = known[0] if known else None
    rows = [(bill.catalogue.items[key], 0.5, hit.way) for key in hit.keys]
    return Found(first, 0.5 if known else 0.3, hit.way, span, _candidates(rows))


def _of_more(bill, chunk: Chunk, found: list, span) -> Found:
    """Return a product named among words that are no part of its name."""
    keys = list(dict.fromkeys(key for hit in chunk.hits for key in hit.keys))
    rows = [(bill.catalogue.items[key], EXTRA, "part") for key in keys]
    rows += [row for row in found if row[0].key not in keys]
    value = keys[0] if len(keys) == 1 else None
    return Found(
        value, EXTRA if value is not None else 0.3, "part", span, _candidates(rows)
    )


def _candidates(found: list) -> tuple[dict, ...]:
    return tuple(
        {
            "value": item.key,
            "label": (item.names or (item.code,))[0],
            "score": round(score, 2),
        }
        for item, score, _way in found[:5]
    )


def is_sure_chunk(catalogue: Catalogue, chunk: Chunk) -> bool:
    """Tell whether words alone, without a quantity, are surely a product."""
    found = catalogue.search(chunk.words)
    return bool(found) and found[0][1] >= 0.85
