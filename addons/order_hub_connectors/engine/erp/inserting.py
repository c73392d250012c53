"""Putting a new order, header and lines, into a foreign database, whole or not at all.

One transaction there. The order is looked for first: a job that died after the commit
finds what it has written. Numbers are taken from the tables that give them out; rows
that look-ups lead to are looked up; header and lines are inserted, read again and
compared. After the commit another connection reads once more.
"""

from collections.abc import Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc

from .errors import BadMapping, NotWritten, cleaned
from .filling import NEXT, fitted, value_for, words_there
from .link import DENIED, Link, snapshot, writing
from .plan import Column, Plan, Table
from .query import for_update, test, typed
from .schema import Schema
from .values import plain, same
from .writing import compare

#: Targets that say which row a look-up leads to, the surest first.
NAMING = ("customer.external_ref", "sku", "currency", "unit", "customer.name")
#: What says that somebody else was faster: the same again works later.
BUSY = ("1205", "1213", "40001", "40P01", "55P03")


@dataclass(frozen=True)
class NewOrder:
    """An order to be put in.

    :ivar values: target → value of the header, ``external_ref`` among them
    :ivar lines: the same for each line
    :ivar own: column → value of header columns that are *written with* something
    """

    values: Mapping[str, Any]
    lines: tuple[Mapping[str, Any], ...]
    own: Mapping[str, Any]


@dataclass(frozen=True)
class Inserted:
    """What was put in.

    :ivar key: of the header's row
    :ivar number: what the order is called there
    :ivar header: ``{column: value as JSON}``, read after the commit
    :ivar is_known: it was there already, nothing was inserted
    """

    key: tuple
    number: str
    header: dict
    is_known: bool = False


def check_new(plan: Plan) -> Plan:
    """Check that a plan says enough for new orders.

    :raise BadMapping: ``no_orders``, ``no_mark``, ``counter_column``
    """
    if not plan.order:
        raise BadMapping("no_orders")
    if not _mark(plan.order):
        raise BadMapping("no_mark", table=plan.order.name)
    for counter in plan.of("counter"):
        if len(counter.links) != 1 or not counter.tests:
            raise BadMapping("counter_column", table=counter.name)
    return plan


def insert_order(link: Link, schema: Schema, order: NewOrder) -> Inserted:
    """Put one order in, in a transaction of its own.

    :raise NotWritten: ``number_taken``, ``no_row``, ``several_rows``, ``no_counter``,
        ``no_key_value``, ``refused_there``, ``too_long``, ``differs``,
        ``changed_after``, ``no_lines``
    :raise ErpError: as the link says
    """
    if not order.lines:
        raise NotWritten("no_lines")
    table = schema.plan.order
    with writing(link) as connection, _said(link):
        known = _found(connection, schema, order)
        if known:
            return known
        rows = _put_all(connection, schema, order)
        _verify(connection, schema, rows, "differs")
    with snapshot(link) as connection:
        [after, *_lines] = _verify(connection, schema, rows, "changed_after")
    key = tuple(after[column.name] for column in table.keys)
    return Inserted(key, _number(table, after), _plain(schema, after))


@contextmanager
def _said(link: Link):
    """Say what the database has against one order; a broken link stays one."""
    try:
        yield
    except exc.DBAPIError as error:
        said = cleaned(error.orig, [link.target.password])
        code = str(getattr(error.orig, "pgcode", "") or (error.orig.args or ("",))[0])
        if error.connection_invalidated or code in BUSY or DENIED.search(said):
            raise
        raise NotWritten("refused_there", said=said) from None


# === IS IT THERE ALREADY === #


def _mark(table: Table) -> Column | None:
    """Return the column that keeps the hub's reference."""
    return next((row for row in table.writable if row.writes == "hub_ref"), None)


def _found(connection, schema: Schema, order: NewOrder) -> Inserted | None:
    """Return the order if it is there; by its number, which has an index mostly.

    :raise NotWritten: ``number_taken``: another order has it
    """
    table = schema.plan.order
    mark = _mark(table)
    hub_ref = order.own[mark.name]
    number = _number_column(table)
    wanted = value_for(number, order.values)
    by = number if wanted and wanted != NEXT else mark
    value = fitted(schema, table, by, wanted if by is number else hub_ref)
    row = _only(connection, schema, table, {by.name: value}, _names(table))
    if row is None:
        return None
    if not same(row[mark.name], hub_ref):
        raise NotWritten("number_taken", table=table.name, number=value)
    key = tuple(row[column.name] for column in table.keys)
    return Inserted(key, _number(table, row), _plain(schema, row), is_known=True)


def _number_column(table: Table) -> Column:
    return next(row for row in table.columns if row.target == "external_ref")


def _number(table: Table, row: Mapping) -> str:
    return str(plain(row.get(_number_column(table).name)) or "")


def _names(table: Table) -> list[str]:
    return list(dict.fromkeys(column.name for column in table.columns))


def _only(connection, schema, table, by: Mapping, names: list) -> Mapping | None:
    """Return the only row with values, ``None`` if there is none."""
    raw = schema.raw(table)
    columns = [schema.raw_column(table, name).label(name) for name in names]
    where = [schema.raw_column(table, name) == value for name, value in by.items()]
    statement = sa.select(*columns).select_from(raw).where(*where)
    rows = connection.execute(statement).mappings().fetchmany(2)
    if len(rows) > 1:
        raise NotWritten("several", table=table.name)
    return rows[0] if rows else None


# === ROWS === #


def _put_all(connection, schema: Schema, order: NewOrder) -> list[tuple[Table, dict]]:
    """Insert header and lines; return each table with the row's ``{column: value}``."""
    table, line = schema.plan.order, schema.plan.line
    header = _row(connection, schema, table, order.values, order.own)
    _insert(connection, schema, table, header)
    rows = [(table, header)]
    for values in order.lines:
        above = {column.name: header[column.link] for column in line.links}
        row = _row(connection, schema, line, values, above)
        _insert(connection, schema, line, row)
        rows.append((line, row))
    return rows


def _row(connection, schema, table: Table, values: Mapping, own: Mapping) -> dict:
    """Return what a row gets; later sources go before earlier ones.

    :param own: what is known of columns otherwise: what they are written with, the
        key of the header
    """
    found = {**_looked_up(connection, schema, table, values), **own}
    for column in table.columns:
        value = value_for(column, values)
        if value == NEXT:
            value = _highest(connection, schema, table, column) + 1
        if value is not None and column.name not in own:
            found[column.name] = value
    found.update(_counted(connection, schema, table))
    return {
        name: fitted(schema, table, _column(table, name), value)
        for name, value in found.items()
        if value is not None
    }


def _column(table: Table, name: str) -> Column:
    """Return a column of the mapping, or one that only look-ups name."""
    found = (column for column in table.columns if column.name == name)
    return next(found, Column(name))


def _insert(connection, schema: Schema, table: Table, row: dict) -> None:
    bound = {schema.column(table, name).name: value for name, value in row.items()}
    done = connection.execute(sa.insert(schema.raw(table)).values(bound))
    _add_given_keys(schema, table, row, done)


def _add_given_keys(schema, table, row: dict, done) -> None:
    """Add keys that the database has given to the row itself."""
    given = dict(
        zip(
            (column.name for column in schema.raw(table).primary_key),
            done.inserted_primary_key or (),
            strict=False,
        )
    )
    for column in table.keys:
        name = schema.column(table, column.name).name
        if row.get(column.name) is None and given.get(name) is not None:
            row[column.name] = given[name]
        if row.get(column.name) is None:
            raise NotWritten("no_key_value", table=table.name, column=column.name)


def _highest(connection, schema, table, column: Column) -> int:
    found = schema.raw_column(table, column.name)
    return int(connection.execute(sa.select(sa.func.max(found))).scalar() or 0)


def _counted(connection, schema: Schema, table: Table) -> dict:
    """Take a number from each table that gives them out; it is locked until the end."""
    found = {}
    for counter in schema.plan.hanging(table, "counter"):
        [column] = counter.links
        spot = schema.raw_column(counter, column.name)
        where = [_tested(schema, counter, row) for row in counter.tests]
        statement = sa.select(spot).where(*where)
        statement = for_update(connection, schema.raw(counter), statement)
        rows = connection.execute(statement).fetchmany(2)
        if len(rows) != 1:
            raise NotWritten("no_counter", table=counter.name, rows=len(rows))
        value = int(rows[0][0] or 0) + 1
        change = sa.update(schema.raw(counter)).where(*where)
        connection.execute(change.values({spot.name: value}))
        found[column.link] = value
    return found


def _tested(schema, counter: Table, column: Column):
    if column.test != "=" or not column.values:
        raise BadMapping("counter_column", table=counter.name)
    there = schema.raw_column(counter, column.name)
    return there == typed(there, column.values[0], counter, column)


# === LOOK-UPS, BACKWARDS === #


def _looked_up(connection, schema: Schema, table: Table, values: Mapping) -> dict:
    """Return column → value that look-ups of a table lead to.

    :raise NotWritten: ``no_row``, ``several_rows``
    """
    found = {}
    for lookup in schema.plan.hanging(table, "lookup"):
        named = _naming(lookup, values)
        if named and not _is_given(table, lookup):
            found.update(_look_up(connection, schema, lookup, *named))
    return found


def _is_given(table: Table, lookup: Table) -> bool:
    """Tell whether the mapping says what new rows get where the look-up leads from."""
    given = {column.name for column in table.columns if column.new}
    return given.issuperset(column.link for column in lookup.links)


def _naming(lookup: Table, values: Mapping) -> tuple[Column, Any] | None:
    """Return the column that says which row is meant, and our value for it."""
    by_target = {column.target: column for column in lookup.columns}
    for target in NAMING:
        if target in by_target and values.get(target):
            return by_target[target], values[target]
    return None


def _look_up(connection, schema, lookup: Table, column: Column, value) -> dict:
    there = schema.column(lookup, column.name)
    words = [typed(there, word, lookup, column) for word in words_there(column, value)]
    links = [schema.column(lookup, row.name).label(row.link) for row in lookup.links]
    statement = sa.select(*links).where(there.in_(words)).distinct()
    for row in lookup.tests:
        statement = statement.where(test(schema, lookup, row, None))
    rows = connection.execute(statement).mappings().fetchmany(2)
    if len(rows) != 1:
        code = "several_rows" if rows else "no_row"
        raise NotWritten(code, table=lookup.name, column=column.name, value=value)
    return dict(rows[0])


# === LOOKING AGAIN === #


def _verify(connection, schema: Schema, rows: Iterable, code: str) -> list[Mapping]:
    """Read rows again and compare them with what was inserted.

    :raise NotWritten: with the code
    """
    found = []
    for table, wanted in rows:
        names = {column.name for column in table.keys}
        if table.role == "line":
            names |= {column.name for column in table.links}
        by = {name: wanted[name] for name in names}
        row = _only(connection, schema, table, by, list(wanted))
        if row is None:
            raise NotWritten("gone", table=table.name)
        compare(row, wanted, code)
        found.append(row)
    return found


def _plain(schema: Schema, row: Mapping) -> dict:
    """Return a row as reading gives it, with the offset of the plan's time zone."""
    return {name: plain(value, schema.plan.zone) for name, value in row.items()}
