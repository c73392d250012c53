"""What is read from a foreign database and what may be written: the mapping."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timezone, tzinfo
from functools import cached_property
from typing import Any

from .errors import BadMapping

#: What a table holds. A look-up adds columns to the table it hangs on; a counter keeps
#: the last number that was given to the rows of another table.
ROLES = ("order", "line", "lookup", "customer", "product", "status", "counter")
#: Roles of tables that hang on another one.
HANGING = ("line", "lookup", "counter")
#: Roles that are read for themselves, row by row.
OWN_ROLES = ("order", "customer", "product", "status")
RULES = ("theirs", "ours", "newest", "ask")
TESTS = ("=", "!=", "in", "not in", ">", "<", "empty", "filled", "days")
MAX_TABLES, MAX_COLUMNS = 30, 400


@dataclass(frozen=True)
class Column:
    """One column and what it means.

    :ivar target: field of the order, of the customer … that it fills; empty: none
    :ivar link: column of the table above that has the same value
    :ivar test: one of :data:`TESTS`, rows that fail it are not read
    :ivar words: value there → word here, e.g. ``{"1": "approved"}``
    :ivar writes: what of ours is written into it, e.g. ``promised_date``
    :ivar rule: who wins where both sides changed it
    :ivar new: what a new row gets, see :mod:`.filling`; empty: what the rest says
    """

    name: str
    target: str = ""
    is_key: bool = False
    is_watermark: bool = False
    link: str = ""
    test: str = ""
    values: tuple[str, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)
    writes: str = ""
    rule: str = "theirs"
    new: str = ""


@dataclass(frozen=True)
class Table:
    """One table or view of the foreign database.

    :ivar alias: unique in the plan, ``t1``
    :ivar parent: alias of the table that a line or a look-up hangs on
    """

    role: str
    name: str
    alias: str
    columns: tuple[Column, ...]
    parent: str = ""
    schema: str = ""

    @property
    def keys(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.is_key)

    @property
    def links(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.link)

    @property
    def watermarks(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.is_watermark)

    @property
    def tests(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.test)

    @property
    def writable(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.writes)

    def column(self, name: str) -> Column:
        for column in self.columns:
            if column.name == name:
                return column
        raise BadMapping("unknown_column", table=self.name, column=name)


@dataclass(frozen=True)
class Plan:
    """All tables of a connection, checked for sense, not yet against the schema."""

    tables: tuple[Table, ...]
    zone: tzinfo = timezone.utc

    @cached_property
    def order(self) -> Table | None:
        return self.first("order")

    @cached_property
    def line(self) -> Table | None:
        return self.first("line")

    def first(self, role: str) -> Table | None:
        return next(iter(self.of(role)), None)

    def of(self, role: str) -> tuple[Table, ...]:
        return tuple(table for table in self.tables if table.role == role)

    def by_alias(self, alias: str) -> Table:
        return next(table for table in self.tables if table.alias == alias)

    def hanging(self, table: Table, role: str) -> tuple[Table, ...]:
        """Return the tables of a role that hang on a table itself."""
        return tuple(each for each in self.of(role) if each.parent == table.alias)

    def lookups(self, table: Table) -> tuple[Table, ...]:
        """Return the look-ups of a table, those they hang on before them."""
        found = []
        for alias in (table.alias,):
            found += self._below(alias)
        return tuple(found)

    def cells(self, alias: str) -> tuple[tuple, ...]:
        """Return ``(column, name in the result, group, name, (table, column))``.

        Of all columns with a target, those of look-ups included; made once a plan,
        as it is asked for with each row.
        """
        if alias not in self._cells:
            table = self.by_alias(alias)
            self._cells[alias] = tuple(
                (column, f"{each.alias}__{column.name}", *_split(column.target),
                 (each.name, column.name))
                for each in (table, *self.lookups(table))
                for column in each.columns
                if column.target
            )  # fmt: skip
        return self._cells[alias]

    @cached_property
    def _cells(self) -> dict[str, tuple]:
        return {}

    def _below(self, alias: str) -> list[Table]:
        rows = []
        for table in self.tables:
            if table.role == "lookup" and table.parent == alias:
                rows += [table, *self._below(table.alias)]
        return rows

    @cached_property
    def names(self) -> frozenset[str]:
        return frozenset(table.name for table in self.tables)


def _split(target: str) -> tuple[str, str]:
    group, _dot, name = target.rpartition(".")
    return group, name


def check(plan: Plan) -> Plan:
    """Check that a plan makes sense for itself.

    :raise BadMapping: with a code, and the table it is about
    """
    if not plan.tables:
        raise BadMapping("no_tables")
    columns = sum(len(table.columns) for table in plan.tables)
    if len(plan.tables) > MAX_TABLES or columns > MAX_COLUMNS:
        raise BadMapping("too_large", tables=MAX_TABLES, columns=MAX_COLUMNS)
    if len(plan.of("order")) > 1 or len(plan.of("line")) > 1:
        raise BadMapping("two_of_a_kind")
    if bool(plan.order) != bool(plan.line):
        raise BadMapping("order_without_lines")
    for table in plan.tables:
        _check_table(plan, table)
    if plan.order:
        _check_targets(plan.order, ("external_ref",))
        if plan.line.parent != plan.order.alias:
            raise BadMapping("line_parent", table=plan.line.name)
    return plan


def _check_table(plan: Plan, table: Table) -> None:
    if table.role in OWN_ROLES or table.role == "line":
        if not table.keys:
            raise BadMapping("no_key", table=table.name)
    if table.role in HANGING:
        _check_parent(plan, table)
    if table.role == "status" and not any(
        column.target in ("hub_ref", "external_ref") for column in _reach(plan, table)
    ):
        raise BadMapping("no_target", table=table.name, target="external_ref")
    for column in table.columns:
        if column.test and column.test not in TESTS:
            raise BadMapping("unknown_test", table=table.name, column=column.name)
        if column.rule not in RULES:
            raise BadMapping("unknown_rule", table=table.name, column=column.name)
        if column.writes and table.role != "order":
            raise BadMapping("not_writable", table=table.name, column=column.name)
        if column.writes and (column.is_key or column.is_watermark or column.link):
            raise BadMapping("not_writable", table=table.name, column=column.name)


def _reach(plan: Plan, table: Table) -> Iterable[Column]:
    for each in (table, *plan.lookups(table)):
        yield from each.columns


def _check_parent(plan: Plan, table: Table) -> None:
    parents = {each.alias: each for each in plan.tables if each is not table}
    if table.parent not in parents or not table.links:
        raise BadMapping("no_link", table=table.name)
    seen = {table.alias}
    above = parents[table.parent]
    while above.role in HANGING and above.parent:
        if above.alias in seen:
            raise BadMapping("circle", table=table.name)
        seen.add(above.alias)
        if above.parent not in parents:
            break
        above = parents[above.parent]
    parent = parents[table.parent]
    if table.role == "line":
        links = {column.link for column in table.links}
        if links != {column.name for column in parent.keys}:
            raise BadMapping("line_link", table=table.name, parent=parent.name)


def _check_targets(table: Table, wanted: tuple[str, ...]) -> None:
    targets = {column.target for column in table.columns}
    for target in wanted:
        if target not in targets:
            raise BadMapping("no_target", table=table.name, target=target)


def word_of(column: Column, value: Any) -> Any:
    """Return the word here of a value there; without words the value itself."""
    if not column.words:
        return value
    key = "" if value is None else str(value)
    return column.words.get(key, column.words.get("*", value))
