"""What a line of a field mapping can do to a value on its way.

A converter is made once, from the arguments that a person typed, into a function
from value to value. Making it raises :class:`BadArguments`; the function itself
raises :class:`Unreadable` and nothing else.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import time
from decimal import Decimal
from typing import Any

from .expression import is_empty
from .reading import Unreadable, iso, plain_number, read_moment, read_number, read_zone
from .regex_guard import BadPattern, Guarded, guard

#: Longest text that a line of a mapping may make.
MAX_RESULT = 10_000
MAX_ARGUMENTS = 200
#: What an enumeration says of values it does not name; ``* = *`` keeps them.
OTHERS = "*"

Step = Callable[[Any], Any]


class BadArguments(ValueError):
    """Arguments that a converter does not take; ``code`` says why."""

    def __init__(self, code: str, **figures):
        super().__init__(code)
        self.code = code
        self.figures = figures


@dataclass(frozen=True)
class Lookup:
    """A value that is looked up in a table, for all orders of a batch at once.

    :ivar table: code of a table of ours, or a model of the white list
    :ivar by: field of the model that holds the key
    :ivar give: field of the model whose value is taken
    :ivar default: taken when there is no such row; ``None``: that is a problem
    """

    table: str
    by: str = ""
    give: str = ""
    default: str | None = None


@dataclass(frozen=True)
class Converter:
    """One kind of converter.

    :ivar make: from arguments to the function
    :ivar needs: arguments that must be given
    :ivar takes: those that may be
    :ivar is_free: any name is an argument (the keys of an enumeration)
    :ivar example: arguments as one would type them
    """

    make: Callable[[Mapping[str, str]], Step | Lookup]
    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    is_free: bool = False
    example: str = ""


# === ARGUMENTS === #


def read_arguments(text: str, separator: str = "\n") -> dict[str, str]:
    """Return ``name = value`` rows as a dictionary, in their order.

    Blank rows are left out; a value keeps what comes after its first ``=``; a
    value in double quotes keeps its blanks.

    :raise BadArguments: ``argument_row``, ``argument_twice``, ``argument_many``
    """
    found: dict[str, str] = {}
    for row in (text or "").split(separator):
        if not row.strip():
            continue
        name, equals, value = row.partition("=")
        name, value = name.strip(), value.strip()
        if len(value) > 1 and value[0] == value[-1] == '"':
            value = value[1:-1]
        if not equals or not name:
            raise BadArguments("argument_row", row=row.strip()[:60])
        if name in found:
            raise BadArguments("argument_twice", name=name[:60])
        found[name] = value
    if len(found) > MAX_ARGUMENTS:
        raise BadArguments("argument_many", limit=MAX_ARGUMENTS)
    return found


def make_step(name: str, arguments: Mapping[str, str]) -> Step | Lookup:
    """Return the function of a converter.

    :raise BadArguments: with the example of how it is done
    """
    kind = CONVERTERS.get(name)
    if kind is None:
        raise BadArguments("unknown_converter", name=name[:40])
    missing = [need for need in kind.needs if not arguments.get(need)]
    if missing:
        raise BadArguments("argument_missing", name=missing[0], example=kind.example)
    known = {*kind.needs, *kind.takes}
    unknown = [given for given in arguments if given not in known]
    if unknown and not kind.is_free:
        raise BadArguments(
            "argument_unknown", name=unknown[0][:40], example=kind.example
        )
    return kind.make(arguments)


# === VALUES === #


def as_text(value: Any) -> str:
    """Return a single value as text; whole numbers without a point."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (float, Decimal)):
        return plain_number(read_number(value))
    if isinstance(value, int):
        return str(value) if abs(value) < 10**40 else ""
    raise Unreadable("not_single")


def _text(arguments: Mapping[str, str]) -> Step:
    limit = _whole(arguments, "longest", MAX_RESULT)
    case = arguments.get("case", "")
    if case not in ("", "upper", "lower"):
        raise BadArguments("argument_value", name="case", example="case = upper")

    def convert(value):
        text = as_text(value)[:limit]
        return getattr(text, case)() if case else text

    return convert


def _whole(arguments: Mapping[str, str], name: str, default: int) -> int:
    value = arguments.get(name, "")
    if not value:
        return default
    if not (value.isascii() and value.isdigit() and 0 < int(value[:9]) <= MAX_RESULT):
        raise BadArguments("argument_value", name=name, example=f"{name} = 40")
    return int(value)


def _number(arguments: Mapping[str, str]) -> Step:
    decimal = arguments.get("decimal", "")
    if decimal not in ("", ".", ","):
        raise BadArguments("argument_value", name="decimal", example="decimal = ,")
    divisor = _divisor(arguments.get("divide by", "1"))

    def convert(value):
        number = read_number(value, decimal)
        return plain_number(number / divisor if divisor != 1 else number)

    return convert


def _divisor(text: str) -> Decimal:
    try:
        divisor = read_number(text)
    except Unreadable:
        divisor = Decimal(0)
    if not Decimal("0.000001") <= divisor <= 1_000_000_000:
        raise BadArguments(
            "argument_value", name="divide by", example="divide by = 100"
        )
    return divisor


def _date(arguments: Mapping[str, str]) -> Step:
    try:
        zone = read_zone(arguments.get("zone", "UTC"))
    except Unreadable as error:
        raise BadArguments(error.code, **error.figures) from error
    formats = arguments.get("format", "auto").split("|")
    try:
        at = time.fromisoformat(arguments.get("time", "00:00"))
    except ValueError as error:
        raise BadArguments(
            "argument_value", name="time", example="time = 18:00"
        ) from error
    names = tuple(name.strip() for name in formats if name.strip()) or ("auto",)

    def convert(value):
        return iso(read_moment(value, names, zone, at.replace(tzinfo=None)))

    return convert


def _enum(arguments: Mapping[str, str]) -> Step:
    exact = {key: value for key, value in arguments.items() if key != OTHERS}
    folded = {key.casefold(): value for key, value in exact.items()}
    others = arguments.get(OTHERS)
    if not arguments:
        raise BadArguments(
            "argument_missing", name="=", example=CONVERTERS["enum"].example
        )

    def convert(value):
        text = as_text(value)
        found = exact.get(text, folded.get(text.casefold(), others))
        if found == OTHERS:
            return text
        if found is None:
            raise Unreadable("unknown_value", known=", ".join(list(exact)[:10]))
        return found

    return convert


def _constant(arguments: Mapping[str, str]) -> Step:
    value = arguments["value"]
    return lambda _value: value


def _concat(arguments: Mapping[str, str]) -> Step:
    separator = arguments.get("separator", " ")

    def convert(value):
        parts = value if isinstance(value, list) else [value]
        texts = [as_text(part) for part in parts[:1000] if not is_empty(part)]
        return separator.join(text for text in texts if text)[:MAX_RESULT]

    return convert


def _flag(arguments: Mapping[str, str]) -> Step:
    true = {word.strip().casefold() for word in arguments["true"].split("|")}
    return lambda value: as_text(value).casefold() in true


# === PATTERNS === #


def _guarded(arguments: Mapping[str, str]) -> Guarded:
    try:
        return guard(arguments["pattern"])
    except BadPattern as error:
        raise BadArguments(error.code, **error.figures) from error


def _extract(arguments: Mapping[str, str]) -> Step:
    """The first group of a pattern, or all of it where it has no group."""
    guarded = _guarded(arguments)
    group = min(guarded.pattern.groups, 1)
    missing = arguments.get("no match", "problem")
    if missing not in ("problem", "empty", "keep"):
        raise BadArguments("argument_value", name="no match", example="no match = keep")

    def convert(value):
        text = _short(as_text(value), guarded)
        found = guarded.pattern.search(text)
        if found:
            return found.group(group) or ""
        if missing == "problem":
            raise Unreadable("no_match", pattern=guarded.pattern.pattern)
        return text if missing == "keep" else ""

    return convert


def _replace(arguments: Mapping[str, str]) -> Step:
    guarded, words = _guarded(arguments), arguments.get("with", "")

    def convert(value):
        text = _short(as_text(value), guarded)
        return guarded.pattern.sub(lambda _found: words, text)[:MAX_RESULT]

    return convert


def _short(text: str, guarded: Guarded) -> str:
    if len(text) > guarded.max_text:
        raise Unreadable("text_long", limit=guarded.max_text)
    return text


def _lookup(arguments: Mapping[str, str]) -> Lookup:
    by, give = arguments.get("by", ""), arguments.get("give", "")
    if bool(by) != bool(give):
        raise BadArguments(
            "argument_missing",
            name="give" if by else "by",
            example="table = res.currency\nby = symbol\ngive = name",
        )
    return Lookup(arguments["table"], by, give, arguments.get("default"))


def run(steps: list[Step], value: Any) -> Any:
    """Send a value through converters; what became empty stays empty."""
    for step in steps:
        value = step(value)
        if value is None or value == "":
            return None
    return value


CONVERTERS: dict[str, Converter] = {
    "text": Converter(_text, takes=("longest", "case"), example="longest = 40"),
    "number": Converter(
        _number, takes=("decimal", "divide by"), example="divide by = 100"
    ),
    "date": Converter(
        _date,
        takes=("format", "zone", "time"),
        example="zone = Asia/Shanghai\nformat = %d/%m/%Y | auto",
    ),
    "enum": Converter(
        _enum, is_free=True, example="WAIT_SELLER_SEND_GOODS = paid\n* = other"
    ),
    "constant": Converter(_constant, needs=("value",), example="value = CNY"),
    "concat": Converter(_concat, takes=("separator",), example="separator = , "),
    "extract": Converter(
        _extract,
        needs=("pattern",),
        takes=("no match",),
        example="pattern = ^([A-Z0-9-]+)\nno match = keep",
    ),
    "replace": Converter(
        _replace,
        needs=("pattern",),
        takes=("with",),
        example='pattern = ^86-?\nwith = ""',
    ),
    "lookup": Converter(
        _lookup,
        needs=("table",),
        takes=("by", "give", "default"),
        example="table = units\ndefault = Units",
    ),
    "flag": Converter(_flag, needs=("true",), example="true = yes | 是 | 1"),
}
#: Those that give a value whatever the source says.
SOURCELESS = ("constant",)
