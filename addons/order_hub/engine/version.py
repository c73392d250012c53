"""Versions of an order: what was agreed, its fingerprint, the difference of two.

The content of an order is its header and its lines, as plain JSON values: texts,
numbers, ids, addresses as they stood. ``apply(diff(a, b), a) == b`` for any two.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

#: Fields in the order in which a reader wants them; others follow by name.
HEADER_FIELDS = (
    "customer",
    "customer_ref",
    "shipping",
    "invoicing",
    "delivery",
    "carrier",
    "incoterm",
    "incoterm_place",
    "payment_term",
    "currency",
    "note",
    "untaxed",
    "tax",
    "total",
)
LINE_FIELDS = (
    "kind",
    "product",
    "name",
    "quantity",
    "unit",
    "price",
    "discount",
    "taxes",
    "lead",
    "freight",
)
#: Digits that numbers are compared with.
DIGITS = 6

ADDED, REMOVED, CHANGED = "added", "removed", "changed"


def plain(value: Any) -> Any:
    """Return a value as it is compared: no empty parts, numbers of one form.

    ``10``, ``10.0`` and ``10.0000001`` are one number; ``None``, ``False``, an empty
    text, list or dict are one nothing. Surrounding spaces of texts do not count. Yes
    is ``1``: Python and JSON do not agree on whether ``True`` equals ``1``.
    """
    if isinstance(value, bool):
        return 1 if value else None
    if isinstance(value, (int, float)):
        number = round(float(value), DIGITS)
        return int(number) if number.is_integer() else number
    if isinstance(value, str):
        return value.replace("\r\n", "\n").strip() or None
    if isinstance(value, Mapping):
        return _without_empty(value) or None
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value] or None
    return None


def _without_empty(values: Mapping[str, Any]) -> dict[str, Any]:
    known = {str(key): plain(value) for key, value in values.items()}
    return {key: value for key, value in known.items() if value is not None}


@dataclass(frozen=True)
class Content:
    """What an order says: header, and lines by the id of their line.

    :ivar header: ``{field: value}``, empty fields left out
    :ivar lines: ``{line id: {field: value}}``, in the order of their ids
    """

    header: Mapping[str, Any]
    lines: Mapping[int, Mapping[str, Any]]

    @classmethod
    def of(
        cls, header: Mapping[str, Any], lines: Mapping[int, Mapping[str, Any]]
    ) -> "Content":
        """Return the content of raw values, in the form they are compared in."""
        return cls(
            _without_empty(header),
            {int(key): _without_empty(lines[key]) for key in sorted(lines)},
        )

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Content":
        """Return the content that :meth:`to_json` told; nothing for an empty dict."""
        lines = {line["key"]: line["values"] for line in data.get("lines", ())}
        return cls.of(data.get("header", {}), lines)

    def to_json(self) -> dict[str, Any]:
        """Return the content as JSON keeps it."""
        lines = [
            {"key": key, "values": dict(values)} for key, values in self.lines.items()
        ]
        return {"header": dict(self.header), "lines": lines}

    def canonical(self) -> str:
        """Return the one text that stands for this content."""
        return json.dumps(
            self.to_json(), sort_keys=True, separators=(",", ":"), ensure_ascii=False
        )

    def content_hash(self) -> str:
        """Return the fingerprint: SHA-256 of :meth:`canonical`, 64 hex digits."""
        return hashlib.sha256(self.canonical().encode()).hexdigest()


@dataclass(frozen=True)
class FieldChange:
    """One field that differs; ``None`` stands for nothing."""

    field: str
    old: Any
    new: Any


@dataclass(frozen=True)
class LineChange:
    """One line that was added, removed or changed, with the fields that differ."""

    key: int
    kind: str
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True)
class Difference:
    """What leads from one content to another."""

    header: tuple[FieldChange, ...] = ()
    lines: tuple[LineChange, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.header or self.lines)

    def reversed(self) -> "Difference":
        """Return what leads back."""
        swap = {ADDED: REMOVED, REMOVED: ADDED, CHANGED: CHANGED}
        return Difference(
            _swapped(self.header),
            tuple(
                LineChange(line.key, swap[line.kind], _swapped(line.fields))
                for line in self.lines
            ),
        )


def _swapped(changes: tuple[FieldChange, ...]) -> tuple[FieldChange, ...]:
    return tuple(FieldChange(each.field, each.new, each.old) for each in changes)


def in_reading_order(names: Any, known: tuple[str, ...]) -> list[str]:
    """Return field names: those known in their order, then the others by name."""
    names = set(names)
    return [name for name in known if name in names] + sorted(names.difference(known))


def diff(old: Content, new: Content) -> Difference:
    """Return what leads from one content to another, in reading order."""
    return Difference(
        _field_changes(old.header, new.header, HEADER_FIELDS),
        tuple(_line_changes(old.lines, new.lines)),
    )


def _field_changes(
    old: Mapping[str, Any], new: Mapping[str, Any], known: tuple[str, ...]
) -> tuple[FieldChange, ...]:
    names = in_reading_order(old.keys() | new.keys(), known)
    return tuple(
        FieldChange(name, old.get(name), new.get(name))
        for name in names
        if old.get(name) != new.get(name)
    )


def _line_changes(
    old: Mapping[int, Mapping[str, Any]], new: Mapping[int, Mapping[str, Any]]
) -> Iterator[LineChange]:
    for key in sorted(old.keys() | new.keys()):
        if key not in old:
            kind = ADDED
        elif key not in new:
            kind = REMOVED
        else:
            kind = CHANGED
        changes = _field_changes(old.get(key, {}), new.get(key, {}), LINE_FIELDS)
        if changes or kind != CHANGED:
            yield LineChange(key, kind, changes)


def apply(difference: Difference, content: Content) -> Content:
    """Return the content that a difference leads to.

    :raise ValueError: when the difference does not start from this content
    """
    lines = dict(content.lines)
    for change in difference.lines:
        if (change.kind == ADDED) == (change.key in lines):
            raise ValueError(f"line {change.key} is not as the difference expects")
        values = _changed(lines.pop(change.key, {}), change.fields)
        if change.kind != REMOVED:
            lines[change.key] = values
    header = _changed(content.header, difference.header)
    return Content(header, {key: lines[key] for key in sorted(lines)})


def _changed(
    values: Mapping[str, Any], changes: tuple[FieldChange, ...]
) -> dict[str, Any]:
    """Return values after changes; raises ``ValueError`` where an old one differs."""
    result = dict(values)
    for change in changes:
        if result.pop(change.field, None) != change.old:
            raise ValueError(f"{change.field} is not as the difference expects")
        if change.new is not None:
            result[change.field] = change.new
    return result
