"""A field mapping: from the tree a channel sends to the order as we know it.

``compile_mapping`` turns the lines that a person set up into functions, once a
version; ``Compiled.map`` then takes a tree and gives the values and what is wrong
with it. Looking things up is left to the end, for all orders of a batch at once.
Nothing raises on what a channel sends.
"""

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from .converters import (
    SOURCELESS,
    Lookup,
    as_text,
    run,
)
from .expression import (
    Getter,
    TooMuch,
)
from .reading import Unreadable, plain_number, read_number

#: Kinds of targets without which an order is not an order: wrong means wait.
VITAL = ("quantity", "price", "percent", "list", "mapping")
TEXTS = ("word", "text", "moment")
NUMBERS = ("quantity", "price", "percent")
LINES = "lines[]."
#: Lines of orders of one mapping; more is refused.
MAX_LINES = 2000


@dataclass(frozen=True)
class Rule:
    """One line of a mapping.

    :ivar key: whatever tells the line to its maker
    :ivar source: path or columns; ``$.path`` in a line of rows means the whole tree
    :ivar target: e.g. ``currency``, ``customer.name``, ``lines[].sku``
    :ivar converter: name of the first converter, empty: as it is
    :ivar arguments: its arguments, one ``name = value`` a row
    :ivar then: further converters, one a row: ``name: argument = value; …``
    :ivar default: taken when there is nothing
    """

    key: Any
    source: str
    target: str
    converter: str = ""
    arguments: str = ""
    then: str = ""
    is_required: bool = False
    default: str = ""


@dataclass(frozen=True)
class Rows:
    """A list of the tree whose items become lines of the order."""

    key: Any
    source: str
    rules: tuple[Rule, ...] = ()


@dataclass(frozen=True)
class Fault:
    """Something wrong with a mapping itself; ``key`` as of its line or rows."""

    key: Any
    code: str
    figures: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True)
class Trouble:
    """Something wrong with what a channel sent.

    :ivar field: path in the order, e.g. ``lines[0].sku``
    """

    code: str
    source: str
    field: str
    value: str = ""
    is_blocking: bool = False
    figures: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True)
class Tried:
    """How one target came by its value, for the trial."""

    source: str
    field: str
    raw: Any
    holder: dict
    name: str

    @property
    def value(self) -> Any:
        return self.holder.get(self.name)


@dataclass
class Pending:
    """A value that waits for a look-up."""

    prepared: "Prepared"
    holder: dict
    field: str
    key: str
    troubles: list[Trouble]


@dataclass
class Mapped:
    """What became of one tree."""

    values: dict = dataclasses.field(default_factory=dict)
    troubles: list[Trouble] = dataclasses.field(default_factory=list)
    pending: list[Pending] = dataclasses.field(default_factory=list)
    tried: list[Tried] | None = None


@dataclass(frozen=True)
class Prepared:
    """A line of a mapping, ready to run."""

    rule: Rule
    get: Getter
    is_of_root: bool
    group: str
    name: str
    kind: str
    steps: list[Callable]
    lookup: Lookup | None
    after: list[Callable]

    @property
    def is_vital(self) -> bool:
        return self.rule.is_required or self.kind in VITAL


# === RUNNING === #


class Compiled:
    """A mapping ready to run; stateless, to be kept and shared."""

    def __init__(self, head: list[Prepared], rows: list[tuple], is_table: bool):
        self.head = head
        self.rows = rows
        self.is_table = is_table

    @property
    def lookups(self) -> set[Lookup]:
        rules = [*self.head, *(rule for _get, part in self.rows for rule in part)]
        return {rule.lookup for rule in rules if rule.lookup}

    def map(self, document: Any, is_trial: bool = False) -> Mapped:
        """Return the values of one tree; :func:`resolve` completes them."""
        mapped = Mapped(tried=[] if is_trial else None)
        head = document
        if self.is_table:
            head = document.get("first") if isinstance(document, dict) else None
        for rule in self.head:
            scope = document if rule.is_of_root else head
            holder = mapped.values
            if rule.group:
                holder = holder.setdefault(rule.group, {})
            _apply(rule, scope, holder, rule.rule.target, mapped)
        for group in ("customer", "ship_to"):
            if not mapped.values.get(group, True):
                del mapped.values[group]
        self._map_lines(document, mapped)
        return mapped

    def _map_lines(self, document: Any, mapped: Mapped) -> None:
        lines: list[dict] = []
        for get, rules in self.rows:
            for row in self._items(get, document, mapped):
                path, line = f"lines[{len(lines)}].", {}
                for rule in rules:
                    scope = document if rule.is_of_root else row
                    _apply(rule, scope, line, path + rule.name, mapped)
                lines.append(line)
        if len(lines) > MAX_LINES:
            mapped.troubles.append(_too_many(len(lines)))
        elif self.rows:
            mapped.values["lines"] = lines

    def _items(self, get: Getter, document: Any, mapped: Mapped) -> list:
        try:
            found = get(document)
        except TooMuch:
            mapped.troubles.append(Trouble("too_much", "", "lines", is_blocking=True))
            return []
        if isinstance(found, dict):
            found = [found]
        if not isinstance(found, list):
            return []
        rows = [row for row in found if isinstance(row, dict)]
        if len(rows) > MAX_LINES:
            mapped.troubles.append(_too_many(len(rows)))
            return []
        return rows


def _too_many(count: int) -> Trouble:
    figures = {"count": count, "limit": MAX_LINES}
    return Trouble("too_many_lines", "", "lines", str(count), True, figures)


def _apply(rule: Prepared, scope: Any, holder: dict, path: str, mapped: Mapped) -> None:
    """Put the value of one line into its place, or note what is wrong."""
    raw = None
    try:
        raw = rule.get(scope)
        if mapped.tried is not None:
            mapped.tried.append(Tried(rule.rule.source, path, raw, holder, rule.name))
        value = None if _is_nothing(raw) else raw
        if value is not None or rule.rule.converter in SOURCELESS:
            value = run(rule.steps, value) if rule.steps else value
        if value is not None and rule.lookup:
            key = as_text(value)
            mapped.pending.append(Pending(rule, holder, path, key, mapped.troubles))
            return
        _put(rule, value, holder, path, mapped.troubles)
    except Unreadable as error:
        _trouble(rule, path, raw, error.code, error.figures, mapped.troubles)
    except TooMuch:
        _trouble(rule, path, "", "too_much", {}, mapped.troubles)


def _is_nothing(value: Any) -> bool:
    """Tell whether a source says nothing; ``false`` and nought say something."""
    if isinstance(value, str):
        return not value or value.isspace()
    return value is None or value in ([], {})


def _put(rule: Prepared, value: Any, holder: dict, path: str, troubles: list) -> None:
    if value is None and rule.rule.default:
        value = rule.rule.default
    if value is None:
        if rule.rule.is_required:
            _trouble(rule, path, "", "missing", {}, troubles)
        return
    holder[rule.name] = _fitted(value, rule.kind)


def _fitted(value: Any, kind: str) -> Any:
    """Return a value as its target wants it: texts as text, money exact."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if kind in TEXTS:
        return value.strip() if isinstance(value, str) else as_text(value)
    if kind in NUMBERS:
        if isinstance(value, Decimal):
            return plain_number(value)
        if isinstance(value, float):
            return plain_number(read_number(value))
    if isinstance(value, (dict, list)):
        raise Unreadable("not_single")
    return value


def _trouble(rule, path, raw, code, figures, troubles) -> None:
    shown = raw if isinstance(raw, (str, int, float, bool)) else _shown(raw)
    troubles.append(
        Trouble(code, rule.rule.source, path, str(shown)[:200], rule.is_vital, figures)
    )


def _shown(raw: Any) -> str:
    if raw is None:
        return ""
    if isinstance(raw, (list, dict)):
        return f"{'[…]' if isinstance(raw, list) else '{…}'} ({len(raw)})"
    return str(raw)


def resolve(
    batch: Iterable[Mapped], find: Callable[[Lookup, set[str]], Mapping[str, Any]]
) -> None:
    """Complete the values that wait for a look-up, one call a table.

    :param find: from a table and keys to ``{key: value}`` of those there are
    """
    waiting: dict[Lookup, list[Pending]] = {}
    for mapped in batch:
        for pending in mapped.pending:
            waiting.setdefault(pending.prepared.lookup, []).append(pending)
        mapped.pending = []
    for lookup, rows in waiting.items():
        found = find(lookup, {row.key for row in rows})
        for row in rows:
            _resolve(row, found.get(row.key, lookup.default))


def _resolve(row: Pending, value: Any) -> None:
    rule = row.prepared
    if value is None or value == "":
        figures = {"table": rule.lookup.table}
        return _trouble(rule, row.field, row.key, "not_found", figures, row.troubles)
    try:
        value = run(rule.after, value)
        _put(rule, value, row.holder, row.field, row.troubles)
    except Unreadable as error:
        _trouble(rule, row.field, row.key, error.code, error.figures, row.troubles)
