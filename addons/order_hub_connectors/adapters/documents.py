"""Reading what platforms send: JSON, XML, forms and moments, bounded and safe."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import parse_qsl

from lxml import etree

from .base import ReadError

#: The time zone of Taobao and 1688; China has no summer time.
CHINA = timezone(timedelta(hours=8), "GMT+8")
MAX_DEPTH = 60
MAX_SHOWN = 80
#: An amount has fewer digits before and after its point.
MAX_DIGITS = 30


def decoded(raw: bytes) -> str:
    """Return a payload as text.

    :raise ReadError: ``empty`` or ``wrong_encoding``
    """
    try:
        text = raw.decode("utf-8-sig").strip()
    except UnicodeDecodeError as error:
        raise ReadError(
            "wrong_encoding",
            f"Byte {error.start} of the payload is not UTF-8. Ask the sender to send"
            " UTF-8.",
        ) from None
    if not text:
        raise ReadError("empty", "The payload is empty.")
    return text


def read_json(raw: bytes) -> Any:
    """Return a JSON payload; NaN and Infinity, which JSON has not, are refused.

    :raise ReadError: ``empty``, ``wrong_encoding``, ``not_json`` or ``too_deep``
    """
    text = decoded(raw)
    try:
        tree = json.loads(text, parse_constant=_no_constant)
    except RecursionError:
        raise _too_deep() from None
    except ValueError as error:
        raise ReadError("not_json", f"The payload is not JSON: {error}") from None
    if _is_deeper(tree, MAX_DEPTH):
        raise _too_deep()
    return tree


def read_object(raw: bytes) -> dict:
    """Return a JSON object, or raise :class:`ReadError`."""
    return as_object(read_json(raw))


def as_object(value: Any, field: str = "") -> dict:
    """Return ``value`` if it is an object, or raise :class:`ReadError`."""
    if not isinstance(value, dict):
        raise ReadError(
            "not_an_object", f"An object is expected, not {shown(value)}.", field
        )
    return value


def as_list(value: Any, field: str = "") -> list[dict]:
    """Return a list of objects; nothing is an empty one, one object a list of one.

    :raise ReadError: something in it is not an object
    """
    if value is None or value == "":
        return []
    rows = value if isinstance(value, list) else [value]
    return [as_object(row, f"{field}[{at}]") for at, row in enumerate(rows)]


def read_xml(raw: bytes, lists: Mapping[str, str]) -> dict:
    """Return an XML payload as the tree that the same answer in JSON would be.

    :param lists: names of elements that hold a list → the name of its items
    :raise ReadError: ``not_xml``, ``has_doctype`` (entities may be bombs) or
        ``too_deep``
    """
    text = decoded(raw)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        root = etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError as error:
        raise ReadError("not_xml", f"The payload is not XML: {error}") from None
    if root.getroottree().docinfo.doctype:
        raise ReadError("has_doctype", "A payload with a DOCTYPE is not read.")
    return {root.tag: _element(root, lists, MAX_DEPTH)}


def read_form(raw: bytes) -> dict[str, str]:
    """Return the fields of an ``application/x-www-form-urlencoded`` body."""
    try:
        pairs = parse_qsl(
            decoded(raw), keep_blank_values=True, errors="strict", max_num_fields=200
        )
    except ValueError as error:
        raise ReadError("not_a_form", f"The payload is no form: {error}") from None
    return dict(pairs)


def to_raw(tree: Any) -> bytes:
    """Return a tree as JSON bytes, the same bytes for the same tree."""
    return json.dumps(
        tree, ensure_ascii=False, sort_keys=True, separators=(",", ":")
    ).encode()


# === VALUES === #


def shown(value: Any) -> str:
    """Return a value short enough for a message."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}…"


def as_text(value: Any) -> str:
    """Return a number or text as text, anything else as an empty one."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return ""
    return str(value).strip()


def as_decimal(value: Any, field: str = "") -> Decimal:
    """Return an amount; nothing is 0.

    :raise ReadError: ``not_a_number``
    """
    text = as_text(value)
    if not text:
        return Decimal(0)
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number.adjusted()) > MAX_DIGITS:
        # Written out, 1e999999999 would fill the memory.
        raise ReadError("not_a_number", f"{shown(value)} is not a number.", field)
    return number


def plain(number: Decimal) -> str:
    """Return a decimal without exponent: ``6.3``, not ``6.3E0``."""
    return f"{number:f}"


def first(*values: Any) -> str:
    """Return the first value that says something, as text."""
    return next((text for text in map(as_text, values) if text), "")


def iso_utc(value: Any, form: str, zone: tzinfo = timezone.utc) -> str:
    """Return a platform's moment as ISO 8601 in UTC, empty if it is none.

    :param form: as for ``strptime``; a ``%z`` in it wins over ``zone``
    """
    try:
        moment = datetime.strptime(as_text(value), form)
    except ValueError:
        return ""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    return iso(moment)


def iso(moment: datetime) -> str:
    """Return an aware moment as ISO 8601 in UTC, of one width so that it sorts."""
    return moment.astimezone(timezone.utc).isoformat(timespec="milliseconds")


def millis(value: Any) -> str:
    """Return milliseconds since 1970 as ISO 8601 in UTC, empty if it is none."""
    text = as_text(value)
    if not text.isascii() or not text.isdigit() or len(text) > 14:
        return ""
    return iso(datetime.fromtimestamp(int(text) / 1000, timezone.utc))


# === INNER === #


def _no_constant(name: str):
    raise ValueError(f"{name} is not JSON")


def _too_deep() -> ReadError:
    return ReadError("too_deep", f"Nested more than {MAX_DEPTH} levels deep.")


def _is_deeper(tree: Any, levels: int) -> bool:
    """Tell whether a tree has more levels, without recursion."""
    level = [tree]
    while level and levels >= 0:
        level = [
            child
            for node in level
            if isinstance(node, (dict, list))
            for child in (node.values() if isinstance(node, dict) else node)
        ]
        levels -= 1
    return bool(level)


def _element(node, lists: Mapping[str, str], levels: int) -> Any:
    if levels <= 0:
        raise _too_deep()
    children = [child for child in node if isinstance(child.tag, str)]
    item = lists.get(node.tag)
    if item and all(child.tag == item for child in children):
        return {item: [_element(child, lists, levels - 1) for child in children]}
    if not children:
        return (node.text or "").strip()
    return _children(children, lists, levels)


def _children(children: list, lists: Mapping[str, str], levels: int) -> dict:
    """Return children by name; what comes more than once as a list."""
    tree: dict[str, Any] = {}
    for child in children:
        value = _element(child, lists, levels - 1)
        if child.tag not in tree:
            tree[child.tag] = value
        elif isinstance(tree[child.tag], list):
            tree[child.tag].append(value)
        else:
            tree[child.tag] = [tree[child.tag], value]
    return tree
