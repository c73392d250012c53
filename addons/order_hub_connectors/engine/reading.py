"""Numbers and moments as people and platforms write them.

Every function returns a plain value or raises :class:`Unreadable`; nothing is
guessed that could be read in two ways with different results, except where the
argument of the field mapping says which way.
"""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

UTC = timezone.utc
MAX_DIGITS = 15
MAX_DECIMALS = 12
#: Longest text that is looked at as a number or a moment.
MAX_LENGTH = 64
YEARS = range(1990, 2201)

PLAIN = re.compile(r"-?\d{1,15}(?:\.\d{1,12})?", re.ASCII)
GROUPED = re.compile(r"\d{1,3}(?:G\d{3})+", re.ASCII)
MONEY = re.compile(
    r"(?:[¥$€£₩₹฿₽₫]|[A-Z]{1,2}\$|RMB|CNY|USD|EUR|GBP|HKD|TWD|JPY|AUD|CAD|KRW|元|圆|%|\s)"
)
TIMES = {"万": Decimal(10_000), "亿": Decimal(100_000_000)}
SPACES = str.maketrans("", "", " '’_\u00a0\u202f\u2009")


class Unreadable(ValueError):
    """A value that cannot be read.

    :ivar code: what is wrong with it, e.g. ``not_number``
    :ivar figures: JSON values for the words
    """

    def __init__(self, code: str, **figures):
        super().__init__(code)
        self.code = code
        self.figures = figures


# === NUMBERS === #


def read_number(value: Any, decimal: str = "") -> Decimal:
    """Read a number.

    :param value: a number, or a text such as ``1,234.50``, ``1.234,50``, ``￥12``,
        ``１２３``, ``(5.00)`` (minus five) or ``1.5万``
    :param decimal: ``.`` or ``,`` where the writer is known; empty: the last of two
        kinds of marks is the decimal one, a single comma before exactly three
        digits groups thousands, any other single mark is the decimal one
    :raise Unreadable: ``not_number``, ``too_large``
    """
    if type(value) is Decimal:
        return _bounded(value)
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise Unreadable("not_number")
    if isinstance(value, str):
        if PLAIN.fullmatch(value) and decimal != ",":
            return Decimal(value)
        return _bounded(_from_text(value, decimal))
    try:
        return _bounded(Decimal(str(value)))
    except InvalidOperation as error:
        raise Unreadable("not_number") from error


def plain_number(number: Decimal) -> str:
    """Write a number with a point and without exponent or idle zeros."""
    text = format(round(number, MAX_DECIMALS), "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def _bounded(number: Decimal) -> Decimal:
    if not number.is_finite():
        raise Unreadable("not_number")
    if number.adjusted() >= MAX_DIGITS:
        raise Unreadable("too_large")
    return number


def _from_text(value: str, decimal: str) -> Decimal:
    if len(value) > MAX_LENGTH:
        raise Unreadable("not_number")
    text = MONEY.sub("", unicodedata.normalize("NFKC", value).translate(SPACES))
    sign, text = _sign(text)
    factor = TIMES.get(text[-1:], Decimal(1))
    if factor != 1:
        text = text[:-1]
    text = _marks(text, decimal)
    if not re.fullmatch(r"\d+(?:\.\d*)?|\.\d+", text, re.ASCII):
        raise Unreadable("not_number")
    return Decimal(text) * factor * sign


def _sign(text: str) -> tuple[int, str]:
    """Return 1 or -1, and the text without its sign."""
    text = text.replace("\u2212", "-")
    if text.startswith("(") and text.endswith(")"):
        return -1, text[1:-1]
    if text.endswith("-") and not text.startswith("-"):
        return -1, text[:-1]
    if text.startswith(("-", "+")):
        return -1 if text[0] == "-" else 1, text[1:]
    return 1, text


def _marks(text: str, decimal: str) -> str:
    """Return the digits with a point as decimal mark, thousands joined."""
    mark = decimal or _decimal_mark(text)
    group = "," if mark == "." else "."
    whole, _mark, rest = text.partition(mark)
    if group in whole:
        if not GROUPED.fullmatch(whole.replace(group, "G")):
            raise Unreadable("not_number")
        whole = whole.replace(group, "")
    return f"{whole}.{rest}" if _mark else whole


def _decimal_mark(text: str) -> str:
    """Tell which of two marks separates the decimals."""
    points, commas = text.count("."), text.count(",")
    if points and commas:
        return max(".,", key=text.rfind)
    if commas == 1:
        whole, rest = text.split(",")
        is_grouped = len(rest) == 3 and 0 < len(whole) <= 3 and whole[0] != "0"
        return "." if is_grouped else ","
    return "," if points > 1 else "."


# === MOMENTS === #

DAY = re.compile(
    r"(?P<y>\d{4})\s*[-/.年]\s*(?P<m>\d{1,2})\s*[-/.月]\s*(?P<d>\d{1,2})\s*日?"
    r"(?:[T\s]*(?P<H>\d{1,2})\s*[:时点]\s*(?P<M>\d{1,2})\s*分?"
    r"(?:\s*:?\s*(?P<S>\d{1,2})\s*秒?(?:[.,](?P<f>\d{1,9}))?)?)?"
    r"\s*(?P<z>Z|UTC|GMT|[+-]\d{2}:?\d{2})?",
    re.ASCII,
)
PACKED = re.compile(
    r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})"
    r"(?:(?P<H>\d{2})(?P<M>\d{2})(?P<S>\d{2})(?P<f>\d{3})?)?"
    r"(?P<z>Z|[+-]\d{2}:?\d{2})?",
    re.ASCII,
)
DIGITS = re.compile(r"-?\d{1,15}(?:\.\d{1,12})?", re.ASCII)
OFFSET = re.compile(r"(?:UTC|GMT)?([+-])(\d{2}):?(\d{2})", re.ASCII)


def read_moment(
    value: Any,
    formats: Sequence[str] = ("auto",),
    zone: tzinfo = UTC,
    at: time = time(0),
) -> datetime:
    """Read a moment.

    :param formats: tried in turn; ``auto``, ``epoch``, ``epoch_ms``, ``excel``,
        ``excel_1904`` or a pattern of ``strptime``
    :param zone: of a text that names none
    :param at: time of day, in that zone, of a date without one
    :return: aware moment in UTC, whole seconds
    :raise Unreadable: ``not_date``
    """
    for name in formats:
        reader = MOMENTS.get(name)
        try:
            moment = reader(value, zone, at) if reader else _strp(value, name, at)
        except (ValueError, OverflowError, OSError, ArithmeticError):
            continue
        if moment is None:
            continue
        try:
            moment = _utc(moment, zone)
        except (ValueError, OverflowError):
            continue
        if moment.year in YEARS:
            return moment
    raise Unreadable("not_date")


def iso(moment: datetime) -> str:
    """Write an aware moment in UTC."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


@lru_cache(maxsize=64)
def read_zone(name: str) -> tzinfo:
    """Return a time zone by its name (``Asia/Shanghai``) or offset (``+08:00``).

    :raise Unreadable: ``unknown_zone``
    """
    offset = OFFSET.fullmatch(name.strip())
    try:
        if offset:
            return _offset(*offset.groups())
        return ZoneInfo(name.strip() or "UTC")
    except (ValueError, OSError, LookupError) as error:
        raise Unreadable("unknown_zone", zone=name[:40]) from error


def _offset(sign: str, hours: str, minutes: str) -> tzinfo:
    span = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(-span if sign == "-" else span)


def _utc(moment: datetime, zone: tzinfo) -> datetime:
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    return moment.astimezone(UTC).replace(microsecond=0)


def _auto(value: Any, zone: tzinfo, at: time) -> datetime | None:
    """Read what can be read in one way only: year first, or a known number."""
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime.combine(value, at)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _number_moment(float(value))
    if not isinstance(value, str) or len(value) > MAX_LENGTH:
        return None
    text = unicodedata.normalize("NFKC", value).strip()
    found = DAY.fullmatch(text) or PACKED.fullmatch(text)
    if found:
        return _from_parts(found, at)
    return _number_moment(float(text)) if DIGITS.fullmatch(text) else None


def _number_moment(number: float) -> datetime | None:
    """Read seconds, milliseconds or days of Excel: their ranges do not meet."""
    if 6e8 <= number <= 7.3e9:
        return datetime.fromtimestamp(number, UTC)
    if 6e11 <= number <= 7.3e12:
        return datetime.fromtimestamp(number / 1000, UTC)
    if 32_000 <= number <= 110_000:
        return _excel_days(number, date(1899, 12, 30))
    return None


def _from_parts(found: re.Match, at: time) -> datetime:
    part = found.groupdict()
    day = date(int(part["y"]), int(part["m"]), int(part["d"]))
    if part["H"] is None:
        return datetime.combine(day, at)
    clock = time(int(part["H"]), int(part["M"]), int(part["S"] or 0))
    moment = datetime.combine(day, clock)
    offset = part["z"]
    if offset:
        moment = moment.replace(tzinfo=_named(offset))
    return moment


def _named(offset: str) -> tzinfo:
    found = OFFSET.fullmatch(offset)
    return _offset(*found.groups()) if found else UTC


def _strp(value: Any, pattern: str, at: time) -> datetime | None:
    if not isinstance(value, (str, int)) or isinstance(value, bool):
        return None
    text = unicodedata.normalize("NFKC", str(value)).strip()
    if len(text) > MAX_LENGTH:
        return None
    moment = datetime.strptime(text, pattern)
    has_time = any(f"%{letter}" in pattern for letter in "HIMSfcXTs")
    return moment if has_time else datetime.combine(moment.date(), at)


def _float(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise ValueError("no number")
    if isinstance(value, str) and not DIGITS.fullmatch(value.strip()):
        raise ValueError("no number")
    return float(value)


def _excel_days(days: float, start: date) -> datetime:
    """Return the moment of a number of days: local, rounded to the second."""
    return datetime.combine(start, time()) + timedelta(seconds=round(days * 86400))


MOMENTS = {
    "auto": _auto,
    "epoch": lambda value, zone, at: datetime.fromtimestamp(_float(value), UTC),
    "epoch_ms": lambda value, zone, at: datetime.fromtimestamp(
        _float(value) / 1000, UTC
    ),
    "excel": lambda value, zone, at: _excel_days(_float(value), date(1899, 12, 30)),
    "excel_1904": lambda value, zone, at: _excel_days(_float(value), date(1904, 1, 1)),
}
