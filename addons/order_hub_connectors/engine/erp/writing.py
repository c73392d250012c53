"""Writing a few values into one row of a foreign database, and making sure.

Each row is a transaction of its own. The row is locked, compared with what we last
knew of it, written, read again and compared: what differs is taken back. After the
commit it is read once more by another connection: a trigger or a job there may have
changed it in between, and that is said.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from .errors import NotWritten
from .link import Link, snapshot, writing
from .plan import Table
from .query import for_update, one_of, typed
from .schema import Schema
from .values import plain, same


@dataclass(frozen=True)
class Written:
    """What has been written.

    :ivar before: ``{column: value}`` as it was
    :ivar after: as it was read after the commit
    :ivar is_known: it was there already, nothing was written
    """

    before: dict
    after: dict
    is_known: bool = False


def write_row(
    link: Link,
    schema: Schema,
    table: Table,
    key: tuple,
    values: Mapping[str, Any],
    expected: Mapping[str, Any] | None = None,
) -> Written:
    """Write values into the row with a key, in a transaction of its own.

    :param values: ``{column: value as JSON}``, of writable columns only
    :param expected: ``{column: value as JSON}`` that we last knew; other values there
        are somebody's change
    :raise NotWritten: ``not_writable``, ``gone``, ``several``, ``changed_there``,
        ``differs``, ``changed_after``
    :raise ErpError: as the link says
    """
    wanted = _typed(schema, table, values)
    with writing(link) as connection:
        before = _locked(connection, schema, table, key, list(wanted))
        if _agree(before, wanted):
            return Written(_plain(before), _plain(before), is_known=True)
        _check_expected(schema, table, before, expected)
        _update(connection, schema, table, key, wanted)
        compare(_read(connection, schema, table, key, list(wanted)), wanted, "differs")
    with snapshot(link) as connection:
        after = _read(connection, schema, table, key, list(wanted))
    compare(after, wanted, "changed_after")
    return Written(_plain(before), _plain(after))


def _typed(schema: Schema, table: Table, values: Mapping[str, Any]) -> dict:
    writable = {column.name: column for column in table.writable}
    wanted = {}
    for name, value in values.items():
        if name not in writable:
            raise NotWritten("not_writable", table=table.name, column=name)
        column = schema.column(table, name)
        found = typed(column, value, table, writable[name])
        length = getattr(column.type, "length", None)
        if isinstance(found, str) and length and len(found) > length:
            raise NotWritten("too_long", column=name, length=length)
        wanted[name] = found
    if not wanted:
        raise NotWritten("nothing", table=table.name)
    return wanted


def _where(schema: Schema, table: Table, key: tuple):
    names = [column.name for column in table.keys]
    return one_of([schema.raw_column(table, name) for name in names], [key])


def _select(schema: Schema, table: Table, key: tuple, names: list[str]) -> sa.Select:
    columns = [schema.raw_column(table, name).label(name) for name in names]
    return sa.select(*columns).where(_where(schema, table, key))


def _locked(connection, schema, table, key, names) -> dict:
    """Lock the row and return its values."""
    statement = _select(schema, table, key, names)
    statement = for_update(connection, schema.raw(table), statement)
    return _only(connection.execute(statement).mappings().fetchmany(2), table)


def _read(connection, schema, table, key, names) -> dict:
    rows = connection.execute(_select(schema, table, key, names)).mappings()
    return _only(rows.fetchmany(2), table)


def _only(rows: list, table: Table) -> dict:
    if not rows:
        raise NotWritten("gone", table=table.name)
    if len(rows) > 1:
        raise NotWritten("several", table=table.name)
    return dict(rows[0])


def _update(connection, schema, table, key, wanted) -> None:
    raw = schema.raw(table)
    values = {schema.column(table, name).name: v for name, v in wanted.items()}
    statement = sa.update(raw).where(_where(schema, table, key)).values(values)
    done = connection.execute(statement)
    # MySQL counts rows that changed, unless the driver asks for rows that matched.
    if done.rowcount > 1:
        raise NotWritten("several", table=table.name)


def _agree(row: Mapping, wanted: Mapping) -> bool:
    return all(same(row[name], value) for name, value in wanted.items())


def compare(row: Mapping, wanted: Mapping, code: str) -> None:
    for name, value in wanted.items():
        if not same(row[name], value):
            raise NotWritten(
                code, column=name, wanted=plain(value), found=plain(row[name])
            )


def _check_expected(schema, table, row: Mapping, expected: Mapping | None) -> None:
    for name, value in (expected or {}).items():
        if name not in row:
            continue
        column = schema.column(table, name)
        last = typed(column, value, table, table.column(name))
        if not same(row[name], last):
            raise NotWritten(
                "changed_there", column=name, known=plain(last), found=plain(row[name])
            )


def _plain(row: Mapping) -> dict:
    return {name: plain(value) for name, value in row.items()}
