"""Numbers as people write them: digits, Chinese numerals, English words, vague ones.

What can be read in two ways keeps its likelier value and says why it is not sure:
``一百二`` (120 or 102), ``三五个`` and ``20-30`` (a range), ``千把个`` (about
a thousand).
"""

import re
from dataclasses import dataclass
from decimal import Decimal

DIGITS = {
    **dict(zip("零一二三四五六七八九", range(10), strict=True)),
    **dict(zip("〇壹贰叁肆伍陆柒捌玖", range(10), strict=True)),
    "两": 2,
    "俩": 2,
    "仨": 3,
}
TENS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
MYRIADS = {"万": 10**4, "亿": 10**8}
SHORT = {"廿": 20, "卅": 30}
HAN_DIGIT = "零〇一二三四五六七八九壹贰叁肆伍陆柒捌玖两"
HAN_NUMBER = rf"[{HAN_DIGIT}十拾百佰千仟万亿廿卅]+(?:点[{HAN_DIGIT}]+)?|[俩仨]"
ARABIC = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
SCALE = {
    "k": 10**3,
    "w": 10**4,
    "万": 10**4,
    "千": 10**3,
    "百": 10**2,
    "十": 10,
    "亿": 10**8,
}
ENGLISH = {
    word: number
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen "
        "fourteen fifteen sixteen seventeen eighteen nineteen".split()
    )
} | {
    word: number * 10
    for number, word in enumerate(
        "twenty thirty forty fifty sixty seventy eighty ninety".split(), 2
    )
}
ENGLISH_SCALE = {"hundred": 100, "thousand": 1000}
_WORD = "|".join([*ENGLISH, *ENGLISH_SCALE])
ENGLISH_NUMBER = (
    rf"(?<![a-z])(?:an?\s+(?=hundred|thousand))?(?:{_WORD})"
    rf"(?:(?:[\s-]|\s+and\s+)(?:{_WORD}))*(?![a-z])"
)

#: After 3k or 2w: a unit or the end, else it is ten kilo-ohm or five watts.
COUNTED = (
    r"\s*(?:[件个套只箱盒包袋条支根张把块片台颗枚米斤卷瓶桶罐对双本节粒公吨]|"
    r"pcs|[,，;；。、\n!)]|$)"
)
#: A number that says itself that it is none: 几十, 十几, 上百, 千把, 一些, a few.
VAGUE = re.compile(
    r"好?几[十百千万]?|数[十百千]|[十百千万]几|上[百千万]|[百千万]把|"
    rf"(?:{HAN_NUMBER}|"
    rf"{ARABIC}[万千百]?)(?=[来多余几](?![零一二三四五六七八九\d]))[来多余几]|"
    r"(?<![a-z])(?:a\s+few|a\s+couple(?:\s+of)?|several|some)(?![a-z])"
)
NUMBER = re.compile(
    rf"(?P<arabic>{ARABIC})(?P<scale>万(?![向能用])|亿|千(?![克瓦斤米])|百|"
    rf"[kw](?={COUNTED}))?"
    rf"(?P<rest>(?<=[万千百])\d{{1,4}}(?!\d))?"
    rf"|(?P<han>{HAN_NUMBER})|(?P<english>{ENGLISH_NUMBER})"
)
RANGE = re.compile(r"\s*(?:-|~|到|至|或者?|、|(?<![a-z])to(?![a-z])|/)\s*")


@dataclass(frozen=True)
class Number:
    """A number in a text; ``doubt`` is empty when it can be read in one way only."""

    value: Decimal
    start: int
    end: int
    doubt: str = ""
    is_han: bool = False


def number_at(text: str, start: int) -> Number | None:
    """Return the number that begins at an offset of a plain text, if one does."""
    vague = VAGUE.match(text, start)
    if vague:
        return _vague(text, vague)
    match = NUMBER.match(text, start)
    if not match:
        return None
    if len(match[0]) > 1 and match["han"] and match[0].endswith("两"):
        match = NUMBER.match(text, start, match.end() - 1)  # 二两: 两 is the unit
    value, doubt = _value(match)
    if value is None:
        return None
    return Number(value, match.start(), match.end(), doubt, bool(match["han"]))


def _vague(text: str, match: re.Match) -> Number | None:
    inner = NUMBER.match(text, match.start(), match.end())
    value = _value(inner)[0] if inner else None
    if match[0] in ("几", "好几") and text[match.end() : match.end() + 1] in "点号时天":
        return None
    return Number(value or Decimal(0), match.start(), match.end(), "approx", True)


def _value(match: re.Match) -> tuple[Decimal | None, str]:
    """Return the value of a match of ``NUMBER`` and why it is not sure."""
    if match["arabic"]:
        return _arabic(match)
    if match["han"]:
        return han(match["han"])
    return english(match["english"])


def _arabic(match: re.Match) -> tuple[Decimal | None, str]:
    digits = match["arabic"].replace(",", "")
    if len(digits) > 15:
        return None, ""
    value, scale = Decimal(digits), match["scale"]
    if scale:
        value *= SCALE[scale]
    if match["rest"]:
        unit = SCALE[scale] // 10
        return value + int(match["rest"]) * unit, "approx"
    return _tidy(value), ""


def _tidy(value: Decimal) -> Decimal:
    return value.quantize(Decimal(1)) if value == value.to_integral() else value


def han(text: str) -> tuple[Decimal | None, str]:
    """Return the value of a Chinese numeral and why it is not sure.

    >>> han("一千五百二十"), han("百五十"), han("一百二")
    ((Decimal('1520'), ''), (Decimal('150'), ''), (Decimal('120'), 'approx'))
    """
    whole, _point, part = text.partition("点")
    if whole in SHORT:
        return Decimal(SHORT[whole]), ""
    if not whole or any(char not in DIGITS for char in part):
        return None, ""
    value, doubt = _whole(whole)
    if value is not None and part:
        return Decimal(f"{value}.{''.join(str(DIGITS[c]) for c in part)}"), doubt
    return (None if value is None else Decimal(value)), doubt


def _whole(text: str) -> tuple[int | None, str]:
    if text in DIGITS:
        return DIGITS[text], ""
    if all(char in DIGITS for char in text):
        return _spelled(text)
    text = text.replace("廿", "二十").replace("卅", "三十")
    return _scaled(text)


def _spelled(text: str) -> tuple[int | None, str]:
    """Digits in a row: two close ones are a range (三五), more are spelled (二〇五)."""
    value = int("".join(str(DIGITS[char]) for char in text))
    if len(text) == 2 and 0 < DIGITS[text[1]] - DIGITS[text[0]] <= 2:
        return DIGITS[text[0]], "range"
    return value, "approx"


def _scaled(text: str) -> tuple[int | None, str]:
    total = section = 0
    digit, last, had_zero, doubt = None, 0, False, ""
    for at, char in enumerate(text):
        if char in DIGITS:
            if digit is not None and not had_zero:
                doubt = "range"
            had_zero = DIGITS[char] == 0
            digit = DIGITS[char]
        elif char in TENS:
            if digit is None and at and text[at - 1] in TENS:
                doubt = "approx"
            section += (1 if digit is None else digit) * TENS[char]
            digit, last, had_zero = None, TENS[char], False
        else:
            total = (total + section + (digit or 0) or 1) * MYRIADS[char]
            section, digit, last, had_zero = 0, None, MYRIADS[char], False
    if digit is None:
        return total + section, doubt
    if last > 10 and text[-2] in (TENS | MYRIADS):
        return total + section + digit * last // 10, "approx"
    return total + section + digit, doubt


def english(text: str) -> tuple[Decimal | None, str]:
    """Return the value of an English numeral.

    >>> english("two hundred and twenty-five")
    (Decimal('225'), '')
    """
    total = current = 0
    words = [word for word in re.split(r"[\s-]+", text) if word not in ("a", "an")]
    last = 0
    for word in words:
        if word in ENGLISH_SCALE:
            current = (current or 1) * ENGLISH_SCALE[word]
            if word == "thousand":
                total, current = total + current, 0
            last = 0
        elif word in ENGLISH:
            if last and not (last >= 20 and ENGLISH[word] < 10):
                return Decimal(total + current), "approx"
            current, last = current + ENGLISH[word], ENGLISH[word]
    return Decimal(total + current), ""
