"""The foreign database's own schema: the only place that names come from."""

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from .errors import BadMapping
from .plan import Plan, Table

MAX_TABLES = 5000


@dataclass(frozen=True)
class Found:
    """One column of the foreign schema, for people to choose from."""

    table: str
    column: str
    kind: str
    is_key: bool


def table_names(connection: sa.Connection, schema: str | None = None) -> list[str]:
    """Return the names of tables and views, in the alphabet."""
    look = sa.inspect(connection)
    names = {*look.get_table_names(schema), *look.get_view_names(schema)}
    return sorted(names)[:MAX_TABLES]


def columns_of(
    connection: sa.Connection, table: str, schema: str | None = None
) -> list[Found]:
    """Return the columns of a table that :func:`table_names` gave."""
    look = sa.inspect(connection)
    keys = set(look.get_pk_constraint(table, schema).get("constrained_columns") or ())
    return [
        Found(table, row["name"], str(row["type"])[:60], row["name"] in keys)
        for row in look.get_columns(table, schema)
    ]


def match(name: str, names: Iterable[str]) -> str | None:
    """Return the name of the schema that is meant, ``None`` if none or several are.

    Older systems are moved between databases that treat capitals differently.
    """
    names = list(names)
    if name in names:
        return name
    alike = [each for each in names if each.lower() == name.lower()]
    return alike[0] if len(alike) == 1 else None


class Schema:
    """The tables of a plan as they really are there.

    :ivar tables: alias → ``sa.Table`` alias made of the reflected table
    """

    def __init__(self, plan: Plan, tables: dict[str, sa.FromClause], raw: dict):
        self.plan, self.tables, self._raw = plan, tables, raw

    def column(self, table: Table, name: str) -> sa.ColumnElement:
        """Return a column of a plan's table.

        :raise BadMapping: the table has no such column
        """
        found = match(name, self.tables[table.alias].c.keys())
        if found is None:
            raise BadMapping("unknown_column", table=table.name, column=name)
        return self.tables[table.alias].c[found]

    def raw(self, table: Table) -> sa.Table:
        """Return the table itself, for writing."""
        return self._raw[table.alias]

    def raw_column(self, table: Table, name: str) -> sa.Column:
        """Return a column of the table itself, for writing.

        :raise BadMapping: the table has no such column
        """
        return self.raw(table).c[self.column(table, name).name]


def read_schema(
    connection: sa.Connection, plan: Plan, schema: str | None = None
) -> Schema:
    """Look the tables and columns of a plan up in the database.

    :raise BadMapping: a table or column is not there
    """
    known = table_names(connection, schema)
    data, tables, raw = sa.MetaData(), {}, {}
    for table in plan.tables:
        name = match(table.name, known)
        if name is None:
            raise BadMapping("unknown_table", table=table.name)
        found = data.tables.get(f"{schema}.{name}" if schema else name)
        if found is None:
            found = sa.Table(
                name, data, schema=schema, autoload_with=connection,
                resolve_fks=False,
            )  # fmt: skip
        raw[table.alias] = found
        tables[table.alias] = found.alias(table.alias)
    result = Schema(plan, tables, raw)
    _check_columns(plan, result)
    return result


def _check_columns(plan: Plan, schema: Schema) -> None:
    for table in plan.tables:
        for column in table.columns:
            schema.column(table, column.name)
            if column.link:
                schema.column(plan.by_alias(table.parent), column.link)
