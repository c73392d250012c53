"""Reading one cell as what its column holds: dates, codes, quantities, money, …

Each reader gives a :class:`Reading`: the value, and what is doubtful about it. A value
that could be read in two ways with different results never goes without a doubt.
"""

import re
import unicodedata
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import cn2an

from ..reading import Unreadable, plain_number, read_number
from ..table import cell_text
from ..units import measure, pack_words
from .header import MONEY

#: A text as long as this is no number and no date.
LONGEST = 40
YEARS = range(1995, 2101)
#: Digits that spreadsheets keep; programs that write files may keep one more.
KEPT = 15
EXACT = 2**53


@dataclass(frozen=True, slots=True)
class Reading:
    """What a cell was read as.

    :ivar value: ``None`` when it could not be read
    :ivar code: of the doubt, or empty
    :ivar unit: unit or currency that the cell itself says
    """

    value: Any
    code: str = ""
    figures: Mapping[str, Any] = field(default_factory=dict)
    unit: str = ""


@dataclass(slots=True)
class Setting:
    """What a whole column says about its cells.

    :ivar epoch: 1900 or 1904
    :ivar day_first: of ``03/04/2026``; ``None``: not known
    :ivar factor: what numbers are multiplied by
    :ivar shares: plain numbers up to 1 are shares of one hundred
    :ivar decimal: mark before the decimals, empty when not known
    """

    epoch: int = 1900
    day_first: bool | None = None
    factor: int = 1
    shares: bool = False
    decimal: str = ""


def plain(value: Any) -> str:
    """Return a text with one width and single spaces."""
    return " ".join(unicodedata.normalize("NFKC", str(value)).split())


def _wrong(code: str, value: Any) -> Reading:
    return Reading(None, code, {"text": cell_text(value)[:60]})


# === CODES AND TEXTS === #

SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[eE]\+?\d{2}")
WHOLE = re.compile(r"(\d+)\.0+")


def read_text(value: Any, _setting: Setting, _form: str) -> Reading:
    """Read a cell as a person does."""
    return Reading(value if isinstance(value, str) else cell_text(value) or None)


def read_code(value: Any, _setting: Setting, form: str) -> Reading:
    """Read a number of an order or an article; zeros in front are kept."""
    if isinstance(value, str):
        text = value[1:] if value[:1] == "'" else value
        if SCIENTIFIC.fullmatch(text):
            digits = format(Decimal(text), ".0f")
            return Reading(digits, "precision_lost", {"text": text})
        whole = WHOLE.fullmatch(text)
        return Reading(whole[1] if whole else text)
    if isinstance(value, (date, time, timedelta)):
        return Reading(cell_text(value), "date_in_code", {"text": cell_text(value)})
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return Reading(cell_text(value))
    if isinstance(value, float) and not value.is_integer():
        text = plain_number(Decimal(str(value)))
        return Reading(text, "fraction_in_code", {"text": text})
    digits = str(value)
    if isinstance(value, float):
        digits = format(Decimal(format(value, ".15g")), ".0f")
    if _is_cut(digits):
        return Reading(digits, "precision_lost", {"text": f"{value:.6g}"})
    return Reading(_with_zeros(digits, form))


def _is_cut(digits: str) -> bool:
    """Tell whether a number lost its last digits when it was typed or stored."""
    beyond = len(digits.lstrip("-")) - KEPT
    if beyond <= 0:
        return False
    return abs(int(digits)) >= EXACT or digits.endswith("0" * beyond)


def _with_zeros(digits: str, form: str) -> str:
    """Write digits as a format like ``0000000`` or ``000-0000`` shows them."""
    zeros = form.count("0")
    if zeros < 3 or form.replace("-", "").strip("0") or not digits.isdigit():
        return digits
    digits = digits.zfill(zeros)
    if "-" not in form or len(digits) > zeros:
        return digits
    marks = iter(digits)
    return "".join(next(marks) if char == "0" else char for char in form)


# === DATES === #

DAY = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?(?P<rest>.*)"
)
PACKED = re.compile(r"(\d{4})(\d{2})(\d{2})(?P<rest>(?:[ T]?\d{2}:?\d{2}(:?\d{2})?)?)")
MIXED = re.compile(r"(\d{1,2})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{4})(?P<rest>.*)")
SHORT = re.compile(r"(\d{2})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
NAMED = re.compile(
    r"(?:(\d{1,2})(?:st|nd|rd|th)?[\s\-/.]*([a-z]{3,9})|([a-z]{3,9})\.?\s*(\d{1,2})"
    r"(?:st|nd|rd|th)?)[\s,\-/.]*(\d{4})(?P<rest>.*)",
    re.IGNORECASE,
)
CLOCK = re.compile(
    r"[T\s]*(?:[上下]午)?\s*(\d{1,2})[:时点](\d{1,2})分?(?::?(\d{1,2})秒?(?:\.\d+)?)?"
    r"\s*(am|pm)?(?:\s*(?:Z|[+-]\d{2}:?\d{2}|CST|GMT|UTC))?",
    re.IGNORECASE,
)
WEEKDAY = re.compile(r"[\s(（]*(?:星期|周|礼拜)[一二三四五六日天][)）\s]*")
MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")


def read_date(value: Any, setting: Setting, _form: str) -> Reading:
    """Read a day, or a moment where the cell has a time."""
    if isinstance(value, datetime):
        return _dated(value.date() if value.time() == time() else value)
    if isinstance(value, date):
        return _dated(value)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _dated(_from_number(value, setting.epoch), value)
    if not isinstance(value, str) or len(value) > LONGEST:
        return _wrong("not_date", value)
    return _date_text(value, setting)


def _date_text(value: str, setting: Setting) -> Reading:
    text = WEEKDAY.sub(" ", _digits(plain(value))).strip()
    for pattern, order in ((DAY, "ymd"), (PACKED, "ymd"), (NAMED, "name")):
        found = pattern.fullmatch(text)
        if found:
            day = _named(found) if order == "name" else _day(*found.group(1, 2, 3))
            return _dated(_at(day, found["rest"]), value)
    mixed = MIXED.fullmatch(text)
    if mixed:
        return _mixed(mixed, setting, value)
    short = SHORT.fullmatch(text)
    if short:
        day = _day(f"20{short[1]}", short[2], short[3])
        return Reading(day, "two_dates" if day else "not_date", {"text": value[:40]})
    if text.replace(".", "", 1).isdigit() and text.isascii() and len(text) < 18:
        return _dated(_from_number(float(text), setting.epoch), value)
    return _wrong("not_date", value)


def _digits(text: str) -> str:
    """Write the Chinese numerals of a date as digits: 二〇二六年三月十五日."""
    if not any(char in text for char in "〇零一二三四五六七八九十"):
        return text
    text = re.sub(r"([一二三])?十([一二三四五六七八九])?", _tens, text)
    return text.translate(DIGITS)


def _tens(found: re.Match) -> str:
    tens = (found[1] or "一").translate(DIGITS)
    return tens + (found[2] or "〇").translate(DIGITS)


def _mixed(found: re.Match, setting: Setting, value: str) -> Reading:
    """Read ``03/04/2026``; which of both is the day, the column may tell."""
    first, second = int(found[1]), int(found[2])
    day_first = setting.day_first
    if first > 12 or second > 12:
        day_first = first > 12
    day, month = (first, second) if day_first in (True, None) else (second, first)
    moment = _at(_day(found[3], month, day), found["rest"])
    if moment is None:
        return _wrong("not_date", value)
    if day_first is None and first != second:
        return Reading(moment, "two_dates", {"text": value[:40]})
    return _dated(moment, value)


def _named(found: re.Match) -> date | None:
    word = (found[2] or found[3]).lower()[:3]
    if word not in MONTHS:
        return None
    return _day(found[5], MONTHS.index(word) + 1, found[1] or found[4])


def _day(year, month, day) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _at(day: date | None, rest: str) -> date | None:
    """Return a day with the time that follows it."""
    rest = rest.strip()
    if day is None or not rest:
        return day
    found = CLOCK.fullmatch(rest) or CLOCK.fullmatch(_spread(rest))
    if not found:
        return None
    hour = int(found[1])
    is_late = "下午" in rest or (found[4] or "").lower() == "pm"
    hour += 12 if is_late and hour < 12 else 0
    try:
        moment = datetime.combine(day, time(hour, int(found[2]), int(found[3] or 0)))
    except ValueError:
        return None
    return moment if moment.time() != time() else day


def _spread(digits: str) -> str:
    digits = digits.strip("T ")
    if not digits.isdigit() or len(digits) not in (4, 6):
        return digits
    return ":".join(digits[at : at + 2] for at in range(0, len(digits), 2))


def _from_number(value: float, epoch: int) -> date | None:
    """Read days since the epoch of a workbook, or ``20260315``."""
    if 19950101 <= value <= 21001231 and float(value).is_integer():
        text = str(int(value))
        return _day(text[:4], text[4:6], text[6:])
    days = value + 1462 if epoch == 1904 else value
    if not 30_000 <= days < 73_000:
        return None
    moment = datetime(1899, 12, 30) + timedelta(seconds=round(days * 86400))
    return moment if moment.time() != time() else moment.date()


def _dated(value: date | None, written: Any = "") -> Reading:
    if value is None:
        return _wrong("not_date", written)
    if value.year not in YEARS:
        return Reading(value, "odd_year", {"year": value.year})
    return Reading(value)


# === NUMBERS === #

PART = re.compile(r"(-?\d[\d,]*(?:\.\d+)?)\s*([^\d\s.,+\-]{1,8})")
TRAILING = re.compile(r"(.*?\d\)?)\s*([^\d\s.,()]{1,10})\.?")
CHINESE = re.compile(r"[零〇一二两三四五六七八九十百千万亿点]{1,16}")
SIGNS = {
    "¥": "CNY",
    "￥": "CNY",
    "元": "CNY",
    "圆": "CNY",
    "人民币": "CNY",
    "rmb": "CNY",
    "$": "USD",
    "us$": "USD",
    "美元": "USD",
    "€": "EUR",
    "欧元": "EUR",
    "£": "GBP",
    "英镑": "GBP",
    "hk$": "HKD",
    "港币": "HKD",
    "日元": "JPY",
}
ISO = frozenset("CNY USD EUR GBP JPY HKD TWD AUD CAD KRW INR SGD CHF".split())
SIGN = re.compile(
    r"US\$|HK\$|[¥￥$€£]|人民币|美元|欧元|英镑|港币|日元|[A-Za-z]{3}|元|圆"
)


def read_plain(value: Any, setting: Setting, _form: str) -> Reading:
    """Read a number."""
    number = _decimal(value, setting.decimal)
    if number is None:
        return _wrong("not_number", value)
    return Reading(number * setting.factor if setting.factor != 1 else number)


def _decimal(value: Any, decimal: str = "") -> Decimal | None:
    if type(value) is int:
        return Decimal(value)
    if type(value) is float:
        return Decimal(format(value, ".15g"))
    with suppress(Unreadable):
        return read_number(value, decimal)
    if isinstance(value, str) and CHINESE.fullmatch(value):
        try:
            return Decimal(str(cn2an.cn2an(value.replace("〇", "零"), "smart")))
        except (ValueError, ArithmeticError):
            return None
    return None


def read_quantity(value: Any, setting: Setting, form: str) -> Reading:
    """Read how many; ``300件`` says its unit, ``15件460本`` is two quantities."""
    if not isinstance(value, str):
        return read_plain(value, setting, form)
    text = plain(value)
    if len(text) > LONGEST:
        return _wrong("not_number", value)
    number = _decimal(text, setting.decimal)
    if number is not None and "%" not in text:
        return Reading(number * setting.factor)
    parts = PART.findall(text)
    if len(parts) > 1 and PART.sub("", text).strip(" +又零") == "":
        figures = {"text": text, "parts": [list(part) for part in parts]}
        return Reading(None, "two_quantities", figures, text)
    found = TRAILING.fullmatch(text)
    number = _decimal(found[1], setting.decimal) if found else None
    if number is None:
        return _wrong("not_number", value)
    is_known = measure(found[2]) or pack_words(found[2]) or found[2] in MONEY
    code = "" if is_known else "unknown_unit"
    return Reading(number * setting.factor, code, {"text": text}, found[2])


def currency_of(text: str) -> str:
    """Return the ISO code that a sign or word in a text says, or an empty text."""
    for sign in SIGN.findall(text):
        word = sign.lower()
        if word in SIGNS:
            return SIGNS[word]
        if sign.upper() in ISO:
            return sign.upper()
    return ""


def read_money(value: Any, setting: Setting, form: str) -> Reading:
    """Read an amount; signs and words of a currency are told apart from it."""
    if not isinstance(value, str):
        found = read_plain(value, setting, form)
        currency = currency_of(form) if form else ""
        return Reading(found.value, found.code, found.figures, currency)
    text = plain(value)
    if len(text) > LONGEST:
        return _wrong("not_number", value)
    currency = currency_of(text)
    number = _decimal(SIGN.sub("", text).strip().removesuffix("/").strip())
    if number is None:
        number = _decimal(text, setting.decimal)
    if number is None or "%" in text:
        return _wrong("not_number", value)
    return Reading(number * setting.factor, unit=currency)


def read_percent(value: Any, setting: Setting, form: str) -> Reading:
    """Read a share of one hundred: 13 for ``13%`` and for 0.13 shown as such."""
    number = _decimal(value, setting.decimal)
    if number is None:
        return _wrong("not_number", value)
    is_share = not isinstance(value, str) and "%" in form
    if is_share or setting.shares and "%" not in str(value):
        number *= 100
    return Reading(number)


YES = frozenset("是 有 对 y yes true t 1 √ ✓ ✔ 已 x".split())
NO = frozenset("否 无 不 没有 n no false f 0 × ✗ 未 -".split())


def read_flag(value: Any, _setting: Setting, _form: str) -> Reading:
    """Read yes or no."""
    word = plain(value).casefold()
    if word in YES or value is True:
        return Reading(True)
    if word in NO or value is False:
        return Reading(False)
    return _wrong("not_flag", value)


READERS = {
    "code": read_code,
    "text": read_text,
    "date": read_date,
    "moment": read_date,
    "number": read_plain,
    "quantity": read_quantity,
    "money": read_money,
    "percent": read_percent,
    "flag": read_flag,
}
