"""The queries of a plan, made of the reflected schema only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from .errors import BadMapping
from .plan import Column, Table
from .schema import Schema

#: Keys that one query names: SQL Server takes 2,100 parameters.
MAX_KEYS = 500


@dataclass(frozen=True)
class Position:
    """Where reading stands: everything up to this pair has been read.

    :ivar mark: value of the watermark, ``None`` where there is none
    :ivar key: values of the key; empty: all rows with this mark are still to come
    """

    mark: Any = None
    key: tuple = ()


def label(table: Table, column: Column | str) -> str:
    name = column if isinstance(column, str) else column.name
    return f"{table.alias}__{name}"


def select_rows(schema: Schema, table: Table) -> sa.Select:
    """Return a query for a table with the columns of its look-ups."""
    plan = schema.plan
    source: sa.FromClause = schema.tables[table.alias]
    picked = _picked(schema, table)
    for lookup in plan.lookups(table):
        parent = plan.by_alias(lookup.parent)
        source = source.outerjoin(
            schema.tables[lookup.alias],
            sa.and_(
                *(
                    schema.column(lookup, column.name)
                    == schema.column(parent, column.link)
                    for column in lookup.links
                )
            ),
        )
        picked += _picked(schema, lookup)
    return sa.select(*picked).select_from(source)


def _picked(schema: Schema, table: Table) -> list[sa.ColumnElement]:
    return [
        schema.column(table, column.name).label(label(table, column))
        for column in table.columns
    ]


def mark_of(schema: Schema, table: Table) -> sa.ColumnElement | None:
    """Return the watermark: the first of its columns that has a value."""
    columns = [schema.column(table, column.name) for column in table.watermarks]
    if not columns:
        return None
    return columns[0] if len(columns) == 1 else sa.func.coalesce(*columns)


def next_rows(
    schema: Schema, table: Table, after: Position, size: int, now: datetime | None,
    until: Any = None,
) -> sa.Select:  # fmt: skip
    """Return the query for the next rows behind a position, in their order.

    Rows with the same watermark are told apart by their key: none is left out where
    a batch ends between them.

    :param until: rows with a later watermark are left for the next time
    :param now: of the foreign server, for tests that count days
    """
    query = select_rows(schema, table)
    keys = [schema.column(table, column.name) for column in table.keys]
    mark = mark_of(schema, table)
    order = list(keys)
    if mark is not None:
        query = query.add_columns(mark.label("hub_mark"))
        order = [mark, *keys]
        query = query.where(_behind_mark(mark, keys, after))
        if until is not None:
            query = query.where(mark <= until)
    elif after.key:
        query = query.where(_behind(keys, after.key))
    for column in table.tests:
        query = query.where(test(schema, table, column, now))
    return query.order_by(*order).limit(size)


def unmarked_rows(
    schema: Schema, table: Table, after: Position, size: int, now: datetime | None
) -> sa.Select:
    """Return the query for rows whose watermark is empty."""
    keys = [schema.column(table, column.name) for column in table.keys]
    query = select_rows(schema, table).where(mark_of(schema, table).is_(None))
    if after.key:
        query = query.where(_behind(keys, after.key))
    for column in table.tests:
        query = query.where(test(schema, table, column, now))
    return query.order_by(*keys).limit(size)


def rows_by_key(schema: Schema, table: Table, keys: Sequence[tuple]) -> sa.Select:
    """Return the query for rows with given keys."""
    columns = [schema.column(table, column.name) for column in table.keys]
    query = select_rows(schema, table).where(one_of(columns, keys))
    for column in table.tests:
        query = query.where(test(schema, table, column, None))
    return query


def lines_of(schema: Schema, keys: Sequence[tuple]) -> sa.Select:
    """Return the query for the lines of orders with given keys."""
    line, order = schema.plan.line, schema.plan.order
    by_link = {column.link: column.name for column in line.links}
    columns = [schema.column(line, by_link[column.name]) for column in order.keys]
    own = [schema.column(line, column.name) for column in line.keys]
    query = select_rows(schema, line).where(one_of(columns, keys))
    for column in line.tests:
        query = query.where(test(schema, line, column, None))
    return query.order_by(*columns, *own)


def one_of(columns: Sequence, keys: Sequence[tuple]) -> sa.ColumnElement[bool]:
    if len(columns) == 1:
        return columns[0].in_([key[0] for key in keys])
    return sa.or_(
        *(sa.and_(*(c == v for c, v in zip(columns, key, strict=True))) for key in keys)
    )


def for_update(
    connection: sa.Connection, table: sa.Table, statement: sa.Select
) -> sa.Select:
    """Return a query that locks its rows until the transaction ends."""
    if connection.dialect.name == "mssql":
        return statement.with_hint(table, "WITH (UPDLOCK, ROWLOCK)", "mssql")
    if connection.dialect.name == "sqlite":
        return statement  # a writing transaction has the whole database to itself
    return statement.with_for_update()


def _behind_mark(mark, keys: Sequence, after: Position) -> sa.ColumnElement[bool]:
    if after.mark is None:
        return mark.is_not(None)
    if not after.key:
        return mark >= after.mark
    return sa.or_(
        mark > after.mark, sa.and_(mark == after.mark, _behind(keys, after.key))
    )


def _behind(columns: Sequence, values: Sequence) -> sa.ColumnElement[bool]:
    """Return *greater than*, in the order of several columns."""
    found = []
    for at, (column, value) in enumerate(zip(columns, values, strict=True)):
        equal = [c == v for c, v in zip(columns[:at], values[:at], strict=True)]
        found.append(sa.and_(*equal, column > value))
    return sa.or_(*found)


# === TESTS OF ROWS === #


def test(
    schema: Schema, table: Table, column: Column, now: datetime | None
) -> sa.ColumnElement[bool]:
    """Return the condition of a column; its values are bound, never written."""
    found = schema.column(table, column.name)
    if column.test == "days":
        return _is_recent(found, table, column, now)
    values = [typed(found, value, table, column) for value in column.values]
    simple = {
        "empty": lambda: _empty(found),
        "filled": lambda: sa.not_(_empty(found)),
        "in": lambda: found.in_(values),
        "not in": lambda: sa.or_(found.is_(None), found.not_in(values)),
    }
    if column.test in simple:
        return simple[column.test]()
    if not values:
        raise BadMapping("no_value", table=table.name, column=column.name)
    value = values[0]
    return {
        "=": lambda: found == value,
        "!=": lambda: sa.or_(found.is_(None), found != value),
        ">": lambda: found > value,
        "<": lambda: found < value,
    }[column.test]()


def _is_recent(found, table: Table, column: Column, now: datetime | None):
    """Return the condition *not older than so many days*; any age without a now."""
    text = column.values[0] if column.values else ""
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        raise BadMapping("no_value", table=table.name, column=column.name)
    if now is None:
        return sa.true()
    return found >= now - timedelta(days=int(text))


def _empty(column) -> sa.ColumnElement[bool]:
    if python_type(column) is str:
        return sa.or_(column.is_(None), sa.func.trim(column) == "")
    return column.is_(None)


def typed(column, text: Any, table: Table, plan_column: Column) -> Any:
    """Return a text as the type of a column.

    :raise BadMapping: it is no number, no moment …
    """
    kind = python_type(column)
    try:
        return _as_type(kind, text)
    except (ValueError, ArithmeticError) as error:
        raise BadMapping(
            "bad_value",
            table=table.name,
            column=plan_column.name,
            value=str(text)[:60],
        ) from error


def _as_type(kind: type, value: Any) -> Any:
    if value is None or not isinstance(value, str):
        return value
    if kind is bool:
        return value.strip().lower() in ("1", "true", "t", "yes", "y")
    if kind is int:
        return int(value)
    if kind in (Decimal, float):
        return Decimal(value)
    if kind is datetime:
        return datetime.fromisoformat(value)
    if kind is date:
        return date.fromisoformat(value[:10])
    return value


def python_type(column) -> type:
    try:
        return column.type.python_type
    except NotImplementedError:
        return str
