"""Numbers and dates as they stand on paper.

Nothing is guessed here: a text that is not plainly a number is none, and which
number it may have been is proposed elsewhere, beside what was read.
"""

import re
import unicodedata
from datetime import date
from decimal import Decimal, InvalidOperation

CURRENCIES = {
    "¥": "CNY",
    "￥": "CNY",
    "元": "CNY",
    "人民币": "CNY",
    "rmb": "CNY",
    "cny": "CNY",
    "$": "USD",
    "us$": "USD",
    "usd": "USD",
    "€": "EUR",
    "eur": "EUR",
    "£": "GBP",
    "gbp": "GBP",
}
DRESS = re.compile(r"^(?:¥|￥|us\$|\$|€|£|rmb|cny|usd|eur|gbp|人民币|y(?=\d))\s*", re.I)
TAIL = re.compile(r"\s*(?:元整?|rmb|cny|usd|eur|%)$", re.I)
#: A number, and after it the unit that some write into the same cell.
WITH_UNIT = re.compile(r"([\d.,\s]+?)\s*([^\d\s.,]{1,6}\.?)?")
GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", re.ASCII)
#: A printed comma that became a point: the last group still tells which is which.
DOTTED = re.compile(r"\d{1,3}(?:[.,]\d{3})+\.\d{1,2}", re.ASCII)
CONTINENTAL = re.compile(r"\d{1,3}(?:\.\d{3})+,\d{1,2}", re.ASCII)
PLAIN = re.compile(r"\d{1,12}(?:\.\d{1,6})?", re.ASCII)
COMMA = re.compile(r"\d{1,12},\d{1,2}", re.ASCII)
DATES = re.compile(
    r"(?P<y>(?:19|20)\d\d)\s*[-/.年]\s*(?P<m>\d{1,2})\s*[-/.月]\s*(?P<d>\d{1,2})\s*日?"
)
#: Points that poor print makes of what parts a date.
WORN = re.compile(r"(?P<y>20\d\d)[-/.,:;·](?P<m>\d{1,2})[-/.,:;·](?P<d>\d{1,2})(?!\d)")
SQUEEZED = re.compile(r"(?<!\d)(?P<y>20\d\d)(?P<m>\d\d)(?P<d>\d\d)(?!\d)", re.ASCII)
MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
NAMED = re.compile(
    r"(?:(?P<d>\d{1,2})\s*[-\s]?\s*(?P<m>[a-z]{3})[a-z]*|(?P<m2>[a-z]{3})[a-z]*\.?\s*"
    r"(?P<d2>\d{1,2}))\s*[-,\s]*(?P<y>20\d\d)",
    re.I,
)
MAX = Decimal("1e12")


def narrow(text: str) -> str:
    """Return a text with wide letters narrow and without spaces at its ends."""
    return unicodedata.normalize("NFKC", text).strip()


def number(text: str) -> Decimal | None:
    """Return the number that a text says, ``None`` when it says none plainly.

    A comma before three figures parts thousands, before one or two it is the point.
    """
    value, _unit = number_and_unit(text)
    return value


def number_and_unit(text: str) -> tuple[Decimal | None, str]:
    """Return the number of a text and the word behind it, as in ``300件``."""
    said = TAIL.sub("", DRESS.sub("", narrow(text)))
    match = WITH_UNIT.fullmatch(said)
    if not match:
        return None, ""
    figures = re.sub(r"\s+", "", match[1])
    return _value(figures), match[2] or ""


def _value(figures: str) -> Decimal | None:
    if CONTINENTAL.fullmatch(figures):
        figures = figures.replace(".", "").replace(",", ".")
    elif GROUPED.fullmatch(figures):
        figures = figures.replace(",", "")
    elif DOTTED.fullmatch(figures):
        whole, _point, cents = figures.rpartition(".")
        figures = f"{re.sub('[.,]', '', whole)}.{cents}"
    elif COMMA.fullmatch(figures):
        figures = figures.replace(",", ".")
    if not PLAIN.fullmatch(figures):
        return None
    try:
        value = Decimal(figures)
    except InvalidOperation:
        return None
    return value if value <= MAX else None


def is_worn(text: str) -> bool:
    """Tell whether a number or date is written as nobody writes it on purpose."""
    said = TAIL.sub("", DRESS.sub("", narrow(text)))
    bare = re.sub(r"\s+", "", said)
    is_date = WORN.search(said) and not (DATES.search(said) or SQUEEZED.search(said))
    return bool(is_date or (DOTTED.fullmatch(bare) and not GROUPED.fullmatch(bare)))


def currency(text: str) -> str:
    """Return the currency (ISO 4217) that stands with a number, or an empty text."""
    said = narrow(text).lower()
    return next((code for sign, code in CURRENCIES.items() if sign in said), "")


def day(text: str) -> date | None:
    """Return the day that a text says, year first or with the month's name."""
    said = narrow(text)
    for pattern in (DATES, SQUEEZED, WORN):
        if match := pattern.search(said):
            return _day(match["y"], match["m"], match["d"])
    if match := NAMED.search(said):
        name = (match["m"] or match["m2"]).lower()
        if name in MONTHS:
            month = str(MONTHS.index(name) + 1)
            return _day(match["y"], month, match["d"] or match["d2"])
    return None


def _day(year: str, month: str, number_: str) -> date | None:
    try:
        return date(int(year), int(month), int(number_))
    except ValueError:
        return None
