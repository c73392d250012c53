"""A plain text as a row of products, quantities and words that join them."""

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from .canvas import FLAG, FREE, HARD, ITEM, SOFT, SPEC, Canvas
from .catalogue import Catalogue, Hit
from .measures import DOZEN, UNIT, kind
from .numbers import RANGE, Number, number_at
from .phrases import EACH, FLAGS, LONE, REMARK_HEAD, TOTAL
from .phrases import SOFT as SOFT_WORDS

#: Kinds of tokens.
PRODUCT, QUANTITY, NUMBER, STOP, BREAK = (
    "product",
    "quantity",
    "number",
    "stop",
    "break",
)
UNIT_BEFORE = re.compile(r"[大小整满全]?")
HALF_AFTER = re.compile(r"半(?![径轴成圆球])")
HALF = re.compile(
    r"半\s*(?P<unit>[打箱斤吨包袋桶卷盒米升件车捆扎])"
    r"|(?<![a-z])half\s+(?:an?\s+)?(?P<word>dozen|box|case|pallet|ton|bag|carton|pack|kilo|kg)(?![a-z])"
)
A_PACK = re.compile(
    r"(?<![a-z])(?:an?|one)\s+(?P<unit>dozen|box|case|pallet|bag|carton|pack|roll|bottle|"
    r"drum|set|pair|pc|piece|ton|bundle|crate|reel|barrel|tin|can|tray|sack)(?![a-z])"
)
GREETED = re.compile(
    r"(?:运费)?到付|请?于(?=\s*\d)|送达|收到请回复|再?[来补]一[批单](?=\s*[:,，])|价格?(?:按合同|照旧|不变)|"
    r"按[老原]价格?|唔该|上面的|[送发寄拉]?到[店仓厂]里?(?=[\s,，。!]|$)|"
    r"送[店厂]里?(?=[\s,，。!]|$)|来拉(?=[\s,，。!]|$)|[送发寄带]过去|"
    r"(?:^|(?<=[,，。!\n]))[ \t]{0,3}"
    r"(?:好的|嗯+)?[,，]?收到[了啦]?(?=\s*[,，。!~]|\s*$)|"
    r"(?<=[台件个只套箱瓶包袋斤吨米])整(?=[\s,，。!]|$)|不好意思|"
    r"(?:在吗|在不在|在么|在不|有人吗|好吗)\s*[?？]?|how are you\??"
)
#: thanks. Carlos: whoever signs has a capital and is nothing that we sell.
SIGNED = re.compile(
    r"(?i:thanks|thank you|regards|cheers|best|sincerely|please|pls)"
    r"[\s,.!-]+(?P<name>[A-Z][a-z]{1,14}(?: [A-Z][a-z]{1,14})?)[.\s]*$"
)
#: 2 x screws, 50x: the sign between a number and a name.
TIMES = re.compile(r"(?<![a-z])x(?![a-z])|(?<=\d)x(?=[a-z])")
#: 30+5 is a sum, or two things.
PLUS = re.compile(r"\s*\+\s*(?=\d)")
#: +5 alone adds to what was said.
MORE = re.compile(r"(?:^|(?<=[\n,，。;]))[ \t]{0,3}\+[ \t]{0,3}(?=\d)")
MAX_QUANTITY = Decimal(1_000_000)
LATIN = re.compile(r"[a-z]")


@dataclass(frozen=True)
class Amount:
    """A number with what it counts; ``doubt`` as of ``Number``."""

    value: Decimal
    unit: str = ""
    doubt: str = ""
    number_end: int = 0


@dataclass(frozen=True)
class Chunk:
    """Words that may be a product.

    :ivar hits: names of the catalogue that stand in them
    :ivar wide: the words with verbs and particles around them
    """

    words: str
    hits: tuple[Hit, ...] = ()
    has_more: bool = False
    wide: str = ""


@dataclass(frozen=True)
class Token:
    kind: str
    start: int
    end: int
    value: Any = None


def take_items(canvas: Canvas, catalogue: Catalogue) -> None:
    """Take the names of the catalogue that stand in the text."""
    for hit in catalogue.scan(canvas.text):
        name = canvas.text[hit.start : hit.end]
        if name.isdigit() and not _is_code_here(canvas.text, hit):
            continue
        canvas.claim(ITEM, hit.start, hit.end, hit)


def _is_code_here(text: str, hit: Hit) -> bool:
    """Tell whether digits that are a code are one here, not a number."""
    if hit.end - hit.start < 4:
        return False
    return not UNIT.match(text, hit.end + (text[hit.end : hit.end + 1] == " "))


def take_flags(canvas: Canvas) -> None:
    """Take words that change what the message means."""
    canvas.claim_all(SOFT, GREETED)
    canvas.claim_all("each", EACH)
    canvas.claim_all("total", TOTAL)
    canvas.claim_all(SOFT, TIMES)
    canvas.claim_all(FLAG, MORE, "adds")
    for code, pattern in (*FLAGS.items(), *LONE.items()):
        for match in pattern.finditer(canvas.text):
            if match.end() > match.start():
                canvas.claim(FLAG, match.start(), match.end(), code)


def take_remarks(canvas: Canvas) -> None:
    """Take what follows 备注： up to the end of its line."""
    for match in REMARK_HEAD.finditer(canvas.text):
        end = canvas.text.find("\n", match.end())
        end = len(canvas.text) if end < 0 else end
        start = match.start()
        if start and canvas.text[start - 1].isalnum():
            continue
        canvas.owners[start:end] = [FREE] * (end - start)
        canvas.marks[:] = [m for m in canvas.marks if m.end <= start or m.start >= end]
        canvas.claim("remark", start, end)


def take_signature(canvas: Canvas, catalogue: Catalogue) -> None:
    """Take the name that somebody signs with."""
    match = SIGNED.search(canvas.plain.source[: canvas.plain.starts[-1]])
    if match and not catalogue.search(match["name"]):
        span = canvas.plain.inside(*match.span("name"))
        canvas.claim(SOFT, *span)


# === NUMBERS === #


def take_quantities(canvas: Canvas) -> None:
    """Take numbers with their units, then bare numbers."""
    for match in (*HALF.finditer(canvas.text), *A_PACK.finditer(canvas.text)):
        groups = match.groupdict()
        is_half = "word" in groups
        unit = groups["unit"] or groups.get("word") or ""
        value = Decimal("0.5") if is_half else Decimal(1)
        doubt = "approx" if is_half and _is_whole(unit) else ""
        canvas.claim(QUANTITY, match.start(), match.end(), Amount(value, unit, doubt))
    at = 0
    while at < len(canvas.text):
        end = _number_from(canvas, at)
        at = max(end, at + 1)


def _number_from(canvas: Canvas, at: int) -> int:
    """Take the number that begins at an offset; return where to go on."""
    if canvas.owners[at]:
        return at + 1
    if _is_in_word(canvas, at):
        return _word_end(canvas, at)
    number = number_at(canvas.text, at)
    if number is None or not canvas.is_free(number.start, number.end):
        return at + 1
    if not canvas.text[at].isalnum():
        return at + 1
    number = _signed(canvas.text, _with_range(canvas, number))
    return _take_amount(canvas, number)


def _is_in_word(canvas: Canvas, at: int) -> bool:
    """Tell whether a digit belongs to a word such as m8 or 5w40, not to a number."""
    text = canvas.text
    if not text[at].isascii() or not text[at].isalnum():
        return False
    if text[at].isalpha():
        return True if not _english_at(text, at) else False
    before = text[at - 1 : at]
    if before and LATIN.match(before) and not canvas.owners[at - 1]:
        return (
            before != "x"
            or LATIN.match(text[max(0, at - 2) : at - 1] or " ") is not None
        )
    return False


def _english_at(text: str, at: int) -> bool:
    before = text[at - 1 : at]
    return (
        not (before.isascii() and before.isalnum()) and number_at(text, at) is not None
    )


def _word_end(canvas: Canvas, at: int) -> int:
    text = canvas.text
    if text[at] == "x" and text[at + 1 : at + 2].strip()[:1].isdigit():
        before = text[at - 1 : at]
        if not before or not (before.isascii() and before.isalpha()):
            return at + 1
    while at < len(text) and text[at].isascii() and text[at].isalnum():
        at += 1
    return at


def _with_range(canvas: Canvas, number: Number) -> Number:
    """Return a number with what makes a range of it: 20-30, 2到3, 两箱或三箱."""
    plus = PLUS.match(canvas.text, number.end)
    if plus:
        other = number_at(canvas.text, plus.end())
        total = number.value + other.value if other else number.value
        end = other.end if other else plus.end()
        return Number(total, number.start, end, "sum")
    joint = RANGE.match(canvas.text, number.end)
    if not joint or not joint[0].strip() or not canvas.is_free(*joint.span()):
        return number
    if joint[0].strip() in ("、",):
        return number
    other = number_at(canvas.text, joint.end())
    if other is None or not canvas.is_free(other.start, other.end):
        return number
    if joint[0].strip() == "/":
        return Number(
            number.value / (other.value or 1), number.start, other.end, "range"
        )
    return Number(number.value, number.start, other.end, "range", number.is_han)


def _signed(text: str, number: Number) -> Number:
    """Doubt a number right after a dash: 转向节-2件 may be less, or just a dash."""
    if (
        number.start > 1
        and text[number.start - 1] == "-"
        and text[number.start - 2] != "\n"
    ):
        return replace(number, doubt=number.doubt or "approx")
    return number


def _take_amount(canvas: Canvas, number: Number) -> int:
    """Take a number as a quantity, as a bare number, or leave it: it is a word's."""
    text, end = canvas.text, number.end
    gap = end + (
        len(text[end:]) - len(text[end:].lstrip(" ")) if end < len(text) else 0
    )
    unit = UNIT.match(text, end) or (UNIT.match(text, gap) if gap - end <= 2 else None)
    if unit is None:
        size = UNIT_BEFORE.match(text, end)
        unit = UNIT.match(text, size.end()) if size and size[0] else None
    if unit and canvas.is_free(number.start, unit.end()) and not _goes_on(text, unit):
        return _take_unit(canvas, number, unit)
    if number.is_han and not _is_bare_han(text, number):
        return number.end
    tail = text[end : end + 1]
    if (
        tail
        and not canvas.owners[end]
        and LATIN.match(tail)
        and not (tail == "x" and not LATIN.match(text[end + 1 : end + 2] or " "))
    ):
        return _word_end(canvas, end)
    canvas.claim(
        NUMBER,
        number.start,
        number.end,
        Amount(number.value, "", number.doubt, number.end),
    )
    return number.end


def _goes_on(text: str, unit: re.Match) -> bool:
    """Tell whether a latin unit is only the beginning of a word or code (50m8)."""
    return (
        unit[0].isascii()
        and text[unit.end() : unit.end() + 1].isalnum()
        and text[unit.end() : unit.end() + 1].isascii()
    )


def _is_bare_han(text: str, number: Number) -> bool:
    """Tell whether a Chinese numeral without a unit is a number: 转向节三百."""
    if number.doubt == "approx" and number.end - number.start > 1:
        return True
    if number.end - number.start < 2:
        return False
    after = text[number.end : number.end + 1]
    return not ("\u4e00" <= after <= "\u9fff")


def _take_unit(canvas: Canvas, number: Number, unit: re.Match) -> int:
    word = unit[0].rstrip(".")
    if kind(word) == "spec":
        return canvas.claim(SPEC, number.start, unit.end()) and unit.end() or unit.end()
    end, value = unit.end(), number.value
    half = HALF_AFTER.match(canvas.text, end)
    if half and canvas.is_free(end, half.end()):
        value, end = value + Decimal("0.5"), half.end()
    doubt = number.doubt or ("approx" if half and _is_whole(word) else "")
    if word in DOZEN and canvas.text[end : end + 1] == "的":
        doubt = doubt or "approx"
    canvas.claim(QUANTITY, number.start, end, Amount(value, word, doubt, number.end))
    return end


def _is_whole(unit: str) -> bool:
    """Tell whether half of a unit is nothing that is sold: 半箱, 半件."""
    return kind(unit) in ("pack", "count") and unit not in DOZEN


# === WORDS === #


def take_soft(canvas: Canvas) -> None:
    """Take greetings, verbs and particles at both ends of what is still free."""
    for start, end in list(canvas.runs(FREE)):
        start = _strip_left(canvas, start, end)
        _strip_right(canvas, start, end)


def _strip_left(canvas: Canvas, start: int, end: int) -> int:
    while start < end:
        match = SOFT_WORDS.match(canvas.text, start, end)
        if not match or match.end() == start:
            if canvas.text[start].isalnum():
                return start
            start += 1
            continue
        canvas.claim(SOFT, start, match.end())
        start = match.end()
    return start


def _strip_right(canvas: Canvas, start: int, end: int) -> None:
    while start < end:
        while start < end and not canvas.text[end - 1].isalnum():
            end -= 1
        for length in range(min(20, end - start), 0, -1):
            if SOFT_WORDS.fullmatch(canvas.text, end - length, end):
                canvas.claim(SOFT, end - length, end)
                end -= length
                break
        else:
            return


# === TOKENS === #


def tokens_of(canvas: Canvas) -> list[Token]:
    """Return the text as tokens, in order."""
    found = [
        Token(_kind(mark), mark.start, mark.end, mark.value)
        for mark in canvas.marks
        if mark.kind not in (ITEM, SPEC, SOFT)
    ]
    for start, end in canvas.runs(FREE, ITEM, SPEC):
        found += _chunks(canvas, start, end)
    found += [
        Token(BREAK if char in HARD else STOP, at, at + 1, char)
        for at, char in enumerate(canvas.text)
        if not canvas.owners[at] and char in "\n;。!?,，、\t"
    ]
    return sorted(found, key=lambda token: token.start)


def _kind(mark) -> str:
    return "adds" if mark.value == "adds" else mark.kind


def _chunks(canvas: Canvas, start: int, end: int) -> list[Token]:
    """Return the products that a stretch of words may be."""
    hits = [m.value for m in canvas.of(ITEM) if start <= m.start and m.end <= end]
    if not hits and not any(c.isalnum() for c in canvas.text[start:end]):
        return []
    if hits and not _has_more(canvas, start, end):
        return [_single(canvas, hit) for hit in hits]
    words = canvas.text[start:end]
    return [
        Token(
            PRODUCT,
            start,
            end,
            Chunk(words, tuple(hits), bool(hits), _wide(canvas, start, end)),
        )
    ]


def _single(canvas: Canvas, hit: Hit) -> Token:
    words = canvas.text[hit.start : hit.end]
    return Token(PRODUCT, hit.start, hit.end, Chunk(words, (hit,)))


def _has_more(canvas: Canvas, start: int, end: int) -> bool:
    """Tell whether there are letters beside the names of the catalogue."""
    return any(
        canvas.owners[at] != ITEM
        and (canvas.text[at].isalnum() or canvas.text[at] in "%℃#")
        for at in range(start, end)
    )


def _wide(canvas: Canvas, start: int, end: int) -> str:
    """Return the words with the verbs that stand right before them: 发|动机缸盖."""
    first, last = start, end
    while first and canvas.owners[first - 1] == SOFT and start - first < 3:
        first -= 1
    while last < len(canvas.text) and canvas.owners[last] == SOFT and last - end < 3:
        last += 1
    return canvas.text[first:last]
