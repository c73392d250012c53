"""What a column holds, told by its header and its values, and read as that."""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, time
from itertools import islice

from ..units import measure, pack_words
from .header import MONEY
from .model import CellValue, Column, Doubt, Table, Typed
from .values import (
    MIXED,
    READERS,
    Reading,
    Setting,
    currency_of,
    plain,
    read_date,
    read_flag,
    read_money,
    read_percent,
    read_quantity,
)
from .words import BY_WORD, TARGETS, word_key

#: Filled cells that are looked at to tell what a column holds.
SAMPLE = 300
CODE = re.compile(r"[A-Za-z0-9#*][A-Za-z0-9\-_/.#*()+]{2,39}")
ZEROS = re.compile(r"0\d+")
DIGITS = re.compile(r"\d{6,}")
NUMERIC = re.compile(r"[-+(]?[\d,.']+\)?")
#: Share of a column's cells that must be of a kind.
MOST = 0.8


def type_column(table: Table, index: int, epoch: int = 1900, kind: str = "") -> Typed:
    """Return the values of a column, read.

    :param index: number of the column on the sheet
    :param epoch: of the workbook
    :param kind: what is expected; empty: found out
    """
    position = table.position(index)
    column = table.columns[position]
    values = [row.values[position] for row in table.rows]
    filled = [value for value in islice(_filled(values), SAMPLE)]
    if not filled:
        return Typed("empty", [None] * len(values))
    form = _usual_form(table, index)
    kind = kind or _expected(filled, column) or guess(filled, column, form)
    setting = Setting(
        epoch,
        _day_first(filled) if kind in ("date", "moment") else None,
        column.factor if kind in ("money", "quantity", "number") else 1,
        kind == "percent" and _are_shares(filled, column),
    )
    typed = _read(table, index, kind, values, setting)
    typed.currency = _currency(typed, column, form) if kind == "money" else ""
    if kind in ("date", "moment"):
        _level(typed)
    return typed


def _expected(filled: list, column: Column) -> str:
    """Return the kind that the words of a header say, when most values are of it."""
    key = word_key(column.name.rpartition(" / ")[2])
    for target, _rank in BY_WORD.get(key, ()):
        kind = TARGETS[target].kind
        setting = Setting(day_first=True)
        if kind == "text":
            continue
        if kind == "code":
            return kind if not any(map(_is_spoken, filled)) else ""
        readings = [READERS[kind](value, setting, "") for value in filled]
        good = sum(found.value is not None for found in readings)
        return kind if good >= MOST * len(filled) else ""
    return ""


def _is_spoken(value: CellValue) -> bool:
    """Tell whether a value is no code: a day, or words."""
    return isinstance(value, (date, bool)) or len(str(value)) > 60


def _filled(values: Sequence[CellValue]):
    return (value for value in values if value is not None)


def _read(table: Table, index: int, kind: str, values: list, setting: Setting) -> Typed:
    """Read each value; the same value is read once."""
    reader, numbers = READERS[kind], [row.number for row in table.rows]
    formats = table.formats if index in table.formatted() else {}
    known: dict = {}
    typed = Typed(kind, [])
    out, failed, count = typed.values, 0, 0
    for at, value in enumerate(values):
        if value is None:
            out.append(None)
            continue
        count += 1
        form = formats.get((numbers[at], index), "") if formats else ""
        key = (value.__class__, value, form)
        found = known.get(key)
        if found is None:
            found = known[key] = reader(value, setting, form)
        out.append(found.value)
        failed += found.value is None
        if found.code or found.unit:
            _note(typed, at, found, numbers[at], index)
    typed.share = round(1 - failed / count, 4) if count else 1.0
    return typed


def _note(typed: Typed, at: int, found: Reading, row: int, index: int) -> None:
    if found.code:
        typed.doubts[at] = Doubt(found.code, row, index, found.figures)
    if found.unit:
        typed.units[at] = found.unit


def _usual_form(table: Table, index: int) -> str:
    forms = Counter(
        form
        for (_row, column), form in islice(table.formats.items(), 20_000)
        if column == index
    )
    return forms.most_common(1)[0][0] if forms else ""


def _currency(typed: Typed, column: Column, form: str) -> str:
    """Return the currency of a column of money; cells of another get a doubt."""
    said = Counter(typed.units.values())
    usual = said.most_common(1)[0][0] if said else ""
    currency = currency_of(column.unit) or currency_of(form) or usual
    for at, unit in typed.units.items():
        if currency and unit != currency and at not in typed.doubts:
            typed.doubts[at] = Doubt("two_currencies", 0, column.index, {"text": unit})
    return currency


def _level(typed: Typed) -> None:
    """Make a column of days and moments one of moments."""
    has_time = any(type(value) is datetime for value in typed.values)
    typed.kind = "moment" if has_time else "date"
    if has_time:
        typed.values[:] = [
            datetime.combine(value, time()) if type(value) is date else value
            for value in typed.values
        ]


def _day_first(filled: list) -> bool | None:
    """Tell from a column of ``03/04/2026`` whether the day is first."""
    found = [
        match
        for value in filled
        if isinstance(value, str) and (match := MIXED.fullmatch(plain(value)))
    ]
    first = any(int(match[1]) > 12 for match in found)
    second = any(int(match[2]) > 12 for match in found)
    return first if first != second else None


def _are_shares(filled: list, column: Column) -> bool:
    """Tell whether plain numbers up to 1 mean shares of one hundred."""
    numbers = [value for value in filled if type(value) in (int, float)]
    return bool(numbers) and max(numbers) <= 1 and column.unit != "%"


# === TELLING THE KIND === #


def guess(filled: list, column: Column, form: str = "") -> str:
    """Return what a column holds.

    :param filled: some of its values, at least one
    :param form: number format that most of its cells have
    """
    unit = column.unit
    shares = Counter(_nature(value) for value in filled)
    nature, count = shares.most_common(1)[0]
    if shares["date"] + shares["number"] == len(filled) and shares["date"]:
        nature, count = "date", len(filled)
    if count < MOST * len(filled):
        return "text"
    if nature == "number":
        return _number_kind(filled, unit, form)
    if nature == "text":
        return _text_kind([value for value in filled if isinstance(value, str)], unit)
    return {"date": "date", "flag": "flag"}.get(nature, "text")


def _nature(value: CellValue) -> str:
    if isinstance(value, bool):
        return "flag"
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, date):
        return "date"
    return "text"


def _number_kind(filled: list, unit: str, form: str) -> str:
    numbers = [value for value in filled if type(value) in (int, float)]
    if "%" in form or unit == "%":
        return "percent"
    if form and not form.replace("-", "").strip("0"):
        return "code"
    if currency_of(form) or unit.casefold() in MONEY and currency_of(unit):
        return "money"
    if measure(unit) or pack_words(unit):
        return "quantity"
    whole = all(float(value).is_integer() for value in numbers)
    if whole and min(numbers) >= 10**7:
        return "code"
    return "number"


def _text_kind(filled: list[str], unit: str) -> str:
    setting = Setting()
    for kind, reader, looks in (
        ("date", read_date, lambda text: len(text) > 5),
        ("percent", read_percent, lambda text: text[-1:] in "%％"),
        ("code", None, lambda text: bool(ZEROS.fullmatch(text))),
        ("code", None, lambda text: bool(DIGITS.fullmatch(text))),
        ("money", read_money, lambda text: bool(currency_of(text)) and len(text) < 30),
        ("number", None, lambda text: bool(NUMERIC.fullmatch(text))),
        ("quantity", read_quantity, lambda text: text[:1].isdigit()),
        ("flag", read_flag, lambda text: len(text) < 6),
        ("code", None, lambda text: bool(CODE.fullmatch(text)) and _has_digit(text)),
    ):
        if _share(filled, reader, looks, setting) >= _needed(kind, reader):
            is_amount = kind == "number" and unit and currency_of(unit)
            return "money" if is_amount else kind
    return "text"


def _needed(kind: str, reader) -> float:
    """Return the share that makes a kind: one code with zeros makes all codes."""
    return 0.3 if kind == "code" and reader is None else MOST


def _share(filled: list[str], reader, looks, setting: Setting) -> float:
    count = 0
    for text in filled:
        if looks(text):
            found = reader(text, setting, "") if reader else None
            good = found is None or found.value is not None
            good = good or bool(found) and found.code == "two_quantities"
            count += good and not (found and found.code == "unknown_unit")
    return count / len(filled)


def _has_digit(text: str) -> bool:
    return any(char.isdigit() for char in text)
