"""What is written below the district: town, street, house."""

import re

from .address_parts import SURE, Split
from .address_region import Region, take_repeats, words_before
from .address_table import DISTRICT, UNDIVIDED, table
from .address_text import LABEL, OTHER, SEPARATORS, Canvas

STREET = re.compile(
    r"^(.{1,24}?(?:大道|大街|公路|马路|(?<!铁)路|街|胡同|巷|弄|(?<!通)道))"
    r"(?=[\d一二三四五六七八九十甲号]|$|\s)"
)
TOWN = re.compile(r"[\u4e00-\u9fff]{1,8}?(街道|镇|乡)(?=[\s,，、;；]|$)")
LONG_DIGITS = re.compile(r"\d{9,}")
MASKED_WORDS = re.compile(r"[*＊●]{2,}")


def check_words_before(canvas: Canvas, result: Split, region: Region) -> None:
    words = words_before(canvas, region) if region.chain else ""
    if words:
        result.doubt("words_before", words=words[:60])


def put_street(canvas: Canvas, result: Split, region: Region) -> None:
    """Put town, street and the rest; what is left over is the rest."""
    if region.chain:
        _take_town(canvas, result, region)
    detail = _rest(canvas)
    match = STREET.match(detail)
    if match:
        result.put("street", match.group(1), 0.9, "", match.group(1))
        detail = detail[match.end() :].strip()
    others = canvas.words_of(OTHER)
    result.put("other", others, 0.9, "other", others)
    result.put("detail", detail, 0.9, "", detail)
    if not result.line:
        result.doubt("no_street")


def _take_town(canvas: Canvas, result: Split, region: Region) -> None:
    code = region.chain.code
    for _time in range(2):
        at = _next_word(canvas, region.end)
        name, size = table().town_at(code, canvas.plain, at) if code else ("", 0)
        if not name:
            name, size = _unlisted_town(canvas, at, code)
        if result.value("town") not in ("", name):
            break
        if not name or not canvas.is_free(at, at + size):
            break
        words = canvas.own(at, at + size, "town")
        is_listed = name in table().towns.get(code, ())
        reason = ("town" if words != name else "") if is_listed else "unlisted"
        result.put("town", name, 0.97 if is_listed else SURE, reason, words)
        region.end = at + size
        take_repeats(canvas, region)
    if code in UNDIVIDED and not result.value("town"):
        result.doubt("no_town")
    _check_town(canvas, result, region)


def _unlisted_town(canvas: Canvas, at: int, code: str) -> tuple[str, int]:
    """Return a town that no table has, where it stands apart from what follows."""
    if not code or code in UNDIVIDED or table().level(code) != DISTRICT:
        return "", 0
    word = TOWN.match(canvas.plain, at)
    if not word:
        return "", 0
    city = table().city_of(code)
    is_elsewhere = table().districts_with_town(city, word.group())
    return ("", 0) if is_elsewhere else (word.group(), len(word.group()))


def _next_word(canvas: Canvas, at: int) -> int:
    """Return where the next word begins, after separators and labels."""
    while at < len(canvas.text) and (
        canvas.owners[at] == LABEL or canvas.text[at] in SEPARATORS
    ):
        at += 1
    return at


def _check_town(canvas: Canvas, result: Split, region: Region) -> None:
    """A town that this district has not, but a neighbour has: one of them is wrong."""
    code = region.chain.code
    is_listed = result.value("town") in table().towns.get(code, ())
    if not code or is_listed or table().level(code) != DISTRICT:
        return
    at = _next_word(canvas, region.end)
    word = re.match(r"[\u4e00-\u9fff]{1,8}?(街道|镇|乡)", canvas.plain[at : at + 12])
    if not word:
        return
    city = table().city_of(code)
    others = table().districts_with_town(city, word.group())
    if others:
        names = ", ".join(table().names[other] for other in others[:4])
        result.doubt("town_elsewhere", words=word.group(), districts=names)


def _rest(canvas: Canvas) -> str:
    """Return the words that are left, in their order, outer separators cut off."""
    pieces = []
    for run in list(canvas.runs("")):
        words = canvas.text[run.start : run.end]
        if any(char not in SEPARATORS for char in words):
            canvas.own(run.start, run.end, "detail")
            pieces.append(words)
    text = " ".join(piece.strip(" \t\n,，、;；。|:：-") for piece in pieces)
    return re.sub(r"\s*\n\s*", " ", text).strip()


def check_words(canvas: Canvas, result: Split) -> None:
    """Say what in the words below the district does not belong there."""
    line = result.line
    if MASKED_WORDS.search(line):
        result.doubt("masked", words=line[:40])
    if LONG_DIGITS.search(line):
        result.doubt("digits", words=LONG_DIGITS.search(line).group())
