"""What a header says: words, units in brackets, stars; and which rows are one."""

import re
from collections.abc import Sequence
from functools import lru_cache

from openpyxl.utils import get_column_letter

from ..units import measure, pack_words
from .model import CellValue, Column, Span
from .words import KNOWN, word_key

#: Longest text of a header cell.
LONGEST = 60
#: What says which money, and by how much numbers are to be multiplied.
MONEY = {
    "元": 1,
    "圆": 1,
    "块": 1,
    "百元": 100,
    "千元": 1000,
    "万元": 10_000,
    "百万元": 1_000_000,
    "亿元": 100_000_000,
    "万": 10_000,
    "人民币": 1,
    "rmb": 1,
    "cny": 1,
    "usd": 1,
    "eur": 1,
    "gbp": 1,
    "jpy": 1,
    "hkd": 1,
    "twd": 1,
    "aud": 1,
    "cad": 1,
    "krw": 1,
    "inr": 1,
    "lcy": 1,
    "美元": 1,
    "欧元": 1,
    "日元": 1,
    "港币": 1,
    "万美元": 10_000,
    "¥": 1,
    "￥": 1,
    "$": 1,
    "€": 1,
    "£": 1,
    "%": 1,
    "本": 1,
    "双": 1,
    "人": 1,
    "次": 1,
    "k": 1000,
}
BRACKET = re.compile(r"[(（\[【]\s*([^()（）\[\]【】]{1,12})\s*[)）\]】]\s*$")
AFTER = re.compile(r"[/／:：,，]\s*([^/／:：,，()（）]{1,8})$")
GLUED = re.compile(r"^(.*?[\u4e00-\u9fff])\s*(Pcs|PCS|pcs|KG|kg|Kg|USD|RMB|CNY|EUR|%)$")


@lru_cache(maxsize=5_000)
def split_unit(text: str) -> tuple[str, str, int]:
    """Return a header word without its unit, the unit, and the factor for numbers.

    >>> split_unit("金额（万元）")
    ('金额', '万元', 10000)
    >>> split_unit("数量(主单位)")
    ('数量(主单位)', '', 1)
    """
    text = " ".join(text.split())
    for pattern in (BRACKET, AFTER):
        found = pattern.search(text)
        if found and found.start():
            unit = found[1].strip().lstrip("+-单位：:").strip() or found[1].strip()
            if is_unit(unit):
                name = text[: found.start()].strip()
                return name, unit, MONEY.get(unit.casefold(), 1)
    glued = GLUED.match(text)
    if glued:
        return glued[1], glued[2], 1
    return text, "", 1


def is_unit(text: str) -> bool:
    """Tell whether a text is the word of a unit or a currency."""
    low = text.casefold()
    return low in MONEY or bool(measure(text)) or bool(pack_words(text))


@lru_cache(maxsize=50_000)
def is_known(text: str) -> bool:
    """Tell whether a text is a word that headers have."""
    if len(text) > LONGEST:
        return False
    key = word_key(text)
    return key in KNOWN or word_key(split_unit(text)[0]) in KNOWN


def is_label(text: CellValue) -> bool:
    """Tell whether a cell is a label: a text that ends with a colon."""
    return isinstance(text, str) and text[-1:] in (":", "：") and len(text) < 30


def score(cells: Sequence[CellValue]) -> int:
    """Return how many known words a row has when it looks like a header, else 0.

    A row of labels with values (客户 | ABC | 电话 | 138…) is none: half of it at most
    is words, and words stand beside what they name.
    """
    filled = [cell for cell in cells if cell is not None]
    texts = [cell for cell in filled if isinstance(cell, str)]
    if len(texts) < 2 or len(texts) < 0.7 * len(filled):
        return 0
    if max(map(len, texts)) > 3 * LONGEST:
        return 0
    labels = sum(map(is_label, texts))
    known = sum(map(is_known, dict.fromkeys(texts)))
    if known < 2 or labels * 2 >= len(texts):
        return 0
    share = known / len(dict.fromkeys(texts))
    return known if share > 0.5 or known >= 4 and share > 0.3 else 0


def columns(
    lines: Sequence[Sequence[CellValue]],
    left: int,
    right: int,
    spans: dict[int, tuple[Span, ...]] | None = None,
) -> tuple[Column, ...]:
    """Return the columns of a table.

    :param lines: header lines, from column 1, merged cells filled
    :param left: first column of the table
    :param right: last column of the table
    :param spans: merged cells of the header by column
    """
    found, seen = [], {}
    for index in range(left, right + 1):
        words = _words([line[index - 1] for line in lines if len(line) >= index])
        column = _column(index, words, (spans or {}).get(index, ()))
        count = seen[column.key] = seen.get(column.key, 0) + 1
        if count > 1:
            column = Column(
                index,
                f"{column.name} {column.unit or count}",
                column.words,
                column.unit,
                column.factor,
                column.required,
                column.spans,
            )
        found.append(column)
    return tuple(found)


def _words(cells: Sequence[CellValue]) -> tuple[str, ...]:
    words: list[str] = []
    for cell in cells:
        text = " ".join(str(cell).split())[:200] if cell is not None else ""
        if text and text not in words:
            words.append(text)
    return tuple(words)


def _column(index: int, words: tuple[str, ...], spans: tuple[Span, ...]) -> Column:
    names, unit, factor, is_required = [], "", 1, False
    for word in words:
        is_required = is_required or word[:1] in "*＊" or word[-1:] in "*＊"
        name, found, times = split_unit(word.strip("*＊ :："))
        unit, factor = (found, times) if found else (unit, factor)
        if name:
            names.append(name)
    name = " / ".join(names) or get_column_letter(index)
    return Column(index, name, words, unit, factor, is_required, spans)
