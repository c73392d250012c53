"""Reading whole orders, and rows of other tables, in batches of one snapshot each.

An order is given out only when its header and all its lines were read in one
snapshot of the foreign database. Where the database has none, it is read twice and
given out only if both times said the same.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from . import query
from .errors import BadMapping, TooMuch
from .plan import Plan, Table, word_of
from .query import MAX_KEYS, Position, label
from .schema import Schema
from .values import hash_of, key_text, plain

#: Lines of one order, as intake takes them.
MAX_LINES = 2000
#: What a header says of its lines: compared, and no value of the order.
CHECKS = ("line_count", "lines_total")
#: Systems keep a date a line; an order has one.
PROMISE = "promised_date"
#: Rounding of one line's amount.
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Limits:
    """What one batch may take.

    :ivar rows: headers, or rows of another table
    :ivar lines: lines of all orders of a batch
    :ivar size: bytes of all values together
    """

    rows: int = 200
    lines: int = 20_000
    size: int = 32 * 1024 * 1024


@dataclass(frozen=True)
class Record:
    """One whole order, or one row of another table.

    :ivar key: of the foreign database, as text
    :ivar raw_key: its values, to ask for it again
    :ivar values: ``{target: value}`` for an order with ``lines``
    :ivar sources: path of a value → ``(table, column)``
    :ivar columns: ``{column: value}`` of the columns that may be written
    :ivar digest: changes when, and only when, one of the values changes
    """

    key: str
    raw_key: tuple
    values: dict
    columns: dict
    digest: str
    sources: dict = field(default_factory=dict)
    mark: Any = None


@dataclass(frozen=True)
class Refusal:
    """One order that was not taken now, and why.

    :ivar code: ``no_lines``, ``ambiguous``, ``unsteady``, ``too_many_lines``,
        ``no_number``
    """

    key: str
    code: str
    raw_key: tuple = ()


@dataclass
class Batch:
    """What one snapshot gave.

    :ivar position: where the next batch begins
    :ivar is_last: nothing is left behind the position
    """

    records: list[Record]
    refused: list[Refusal]
    position: Position
    is_last: bool
    now: datetime | None = None


# === BATCHES === #


def server_now(connection: sa.Connection) -> datetime:
    """Return the foreign server's own time, naive, as its columns have it."""
    name = connection.dialect.name
    if name == "sqlite":
        text = connection.execute(
            sa.select(sa.func.datetime("now", "localtime"))
        ).scalar_one()
        return datetime.fromisoformat(text)
    clock = sa.func.current_timestamp() if name == "mssql" else sa.func.localtimestamp()
    return connection.execute(sa.select(clock)).scalar_one().replace(tzinfo=None)


def begin_at(mark: Any, overlap: timedelta) -> Position:
    """Return where a new reading begins: a little before where the last one ended.

    A transaction of the foreign system that was open then may have written an
    earlier moment than the last one that was seen.
    """
    if isinstance(mark, datetime):
        mark -= overlap
    elif mark is not None and hasattr(mark, "toordinal"):
        mark -= max(overlap, timedelta(days=1))
    return Position(mark)


def read_batch(
    connection: sa.Connection,
    schema: Schema,
    table: Table,
    after: Position,
    limits: Limits,
    settle: timedelta = timedelta(0),
) -> Batch:
    """Read the next rows of a table behind a position, orders with their lines.

    :param connection: in one snapshot (``link.snapshot``)
    :param settle: rows changed within this time are left for the next reading
    :raise TooMuch: the batch is larger than its limits
    :raise BadMapping:
    """
    now = server_now(connection)
    until = _settled(schema, table, now, settle)
    statement = query.next_rows(schema, table, after, limits.rows, now, until)
    rows = _fetch(connection, statement, limits, limits.rows)
    position = _position(table, rows, after)
    records, refused = _records(connection, schema, table, rows, limits)
    return Batch(records, refused, position, len(rows) < limits.rows, now)


def read_unmarked(
    connection: sa.Connection,
    schema: Schema,
    table: Table,
    after: Position,
    limits: Limits,
) -> Batch:
    """Read the next rows that have no watermark."""
    now = server_now(connection)
    statement = query.unmarked_rows(schema, table, after, limits.rows, now)
    rows = _fetch(connection, statement, limits, limits.rows)
    position = _position(table, rows, after)
    records, refused = _records(connection, schema, table, rows, limits)
    return Batch(records, refused, position, len(rows) < limits.rows, now)


def read_keys(
    connection: sa.Connection,
    schema: Schema,
    table: Table,
    keys: Iterable[tuple],
    limits: Limits,
) -> tuple[list[Record], list[Refusal]]:
    """Read rows by their keys, orders with their lines."""
    keys = list(keys)
    records, refused = [], []
    for chunk in _chunks(keys, MAX_KEYS):
        statement = query.rows_by_key(schema, table, chunk)
        rows = _fetch(connection, statement, limits, None)
        got, not_got = _records(connection, schema, table, rows, limits)
        records += got
        refused += not_got
    return records, refused


def steady(first: Batch, again: Iterable[Record]) -> Batch:
    """Keep of a batch what a second reading says as well.

    For databases without snapshots: an order that somebody is writing just now looks
    different the second time.
    """
    digests = {record.key: record.digest for record in again}
    kept = [r for r in first.records if digests.get(r.key) == r.digest]
    moved = [
        Refusal(r.key, "unsteady", r.raw_key)
        for r in first.records
        if digests.get(r.key) != r.digest
    ]
    return Batch(kept, first.refused + moved, first.position, first.is_last, first.now)


def needs_second_look(connection: sa.Connection, schema: Schema) -> bool:
    """Tell whether the tables of a plan see one moment in one transaction."""
    if connection.dialect.name == "sqlite":
        return False
    if connection.dialect.name != "mysql":
        return connection.dialect.name not in ("postgresql", "oracle", "mssql")
    names = sorted({schema.raw(table).name for table in schema.plan.tables})
    rows = connection.execute(
        sa.text(
            "SELECT count(*) FROM information_schema.tables "
            "WHERE table_schema = database() AND table_name IN :names "
            "AND engine IS NOT NULL AND engine <> 'InnoDB'"
        ).bindparams(sa.bindparam("names", names, expanding=True))
    )
    return bool(rows.scalar_one())


def _settled(
    schema: Schema, table: Table, now: datetime, settle: timedelta
) -> datetime | None:
    if not settle or not table.watermarks:
        return None
    column = schema.column(table, table.watermarks[0].name)
    try:
        is_moment = column.type.python_type is datetime
    except NotImplementedError:
        is_moment = False
    return now - settle if is_moment else None


def _fetch(
    connection: sa.Connection, statement: sa.Select, limits: Limits, most: int | None
) -> list[Mapping]:
    """Return rows as mappings; stop before they are too many for the memory."""
    rows, size = [], 0
    bound = most or limits.lines
    options = {"yield_per": 500}
    for row in connection.execute(statement.execution_options(**options)).mappings():
        size += sum(_weight(value) for value in row.values())
        if size > limits.size:
            raise TooMuch("too_many_bytes", limit=limits.size)
        if len(rows) >= bound:
            raise TooMuch("too_many_rows", limit=bound)
        rows.append(row)
    return rows


def _weight(value: Any) -> int:
    return len(value) if isinstance(value, (str, bytes)) else 16


def _position(table: Table, rows: list[Mapping], before: Position) -> Position:
    if not rows:
        return before
    last = rows[-1]
    key = tuple(last[label(table, column)] for column in table.keys)
    return Position(last.get("hub_mark"), key)


def _chunks(items: list, size: int) -> Iterator[list]:
    for at in range(0, len(items), size):
        yield items[at : at + size]


# === RECORDS === #


def _records(connection, schema, table, rows, limits):
    if table.role != "order":
        return _single(schema.plan, table, rows)
    keys = [_key(table, row) for row in rows]
    lines: dict[tuple, list] = {}
    for chunk in _chunks(sorted(set(keys), key=str), MAX_KEYS):
        # One more than the limit: nothing endless is on its way when it is too much.
        statement = query.lines_of(schema, chunk).limit(limits.lines + 1)
        for row in _fetch(connection, statement, limits, None):
            lines.setdefault(_link(schema.plan, row), []).append(row)
    return _whole(schema.plan, rows, lines)


def _key(table: Table, row: Mapping) -> tuple:
    return tuple(row[label(table, column)] for column in table.keys)


def _link(plan: Plan, row: Mapping) -> tuple:
    """Return the key of the order that a line belongs to."""
    by_link = {column.link: column.name for column in plan.line.links}
    return tuple(
        row[label(plan.line, by_link[column.name])] for column in plan.order.keys
    )


def _single(plan: Plan, table: Table, rows: list[Mapping]):
    """Return one record a row; rows of one key that differ are refused."""
    by_key: dict[str, list] = {}
    for row in rows:
        by_key.setdefault(key_text(_key(table, row)), []).append(row)
    records, refused = [], []
    for key, each in by_key.items():
        if len(each) > 1:
            refused.append(Refusal(key, "ambiguous", _key(table, each[0])))
            continue
        values, sources = _values(plan, table, each[0])
        records.append(_record(plan, table, key, each[0], values, sources))
    return records, refused


def _whole(plan: Plan, rows: list[Mapping], lines: Mapping):
    """Return orders with all their lines, and those that are not whole."""
    records, refused, by_key = [], [], {}
    for row in rows:
        by_key.setdefault(key_text(_key(plan.order, row)), []).append(row)
    # SQL may compare texts without regard to capitals and padding; keys are compared
    # as they are written in the lines.
    by_text = {key_text(key): each for key, each in lines.items()}
    for key, each in by_key.items():
        own = by_text.get(key, [])
        code = _not_whole(plan, each, own)
        if code:
            refused.append(Refusal(key, code, _key(plan.order, each[0])))
            continue
        record = _order(plan, key, each[0], own)
        if record.values.get("external_ref") in (None, ""):
            refused.append(Refusal(key, "no_number", record.raw_key))
        else:
            records.append(record)
    return records, refused


def _not_whole(plan: Plan, headers: list, lines: list) -> str:
    """Return why an order cannot be given out, empty if it is whole."""
    if len(headers) > 1:
        return "ambiguous"
    if not lines:
        return "no_lines"
    if len(lines) > MAX_LINES:
        return "too_many_lines"
    keys = {key_text(_key(plan.line, row) + _link(plan, row)) for row in lines}
    if len(keys) != len(lines):
        return "ambiguous"
    return _lacking(plan, headers[0], lines)


def _lacking(plan: Plan, header: Mapping, lines: list) -> str:
    """Compare what the header says about its lines with the lines themselves."""
    for column in plan.order.columns:
        stated = header[label(plan.order, column)]
        if column.target == "line_count" and stated is not None:
            if int(stated) != len(lines):
                return "lines_missing"
        if column.target == "lines_total" and stated is not None:
            if abs(Decimal(str(stated)) - _sum(plan, lines)) > CENT * len(lines):
                return "lines_missing"
    return ""


def _sum(plan: Plan, lines: list) -> Decimal:
    """Return the amounts of lines together."""
    names = [label(plan.line, c) for c in plan.line.columns if c.target == "amount"]
    found = (row[name] for row in lines for name in names)
    return sum((Decimal(str(value)) for value in found if value is not None), Decimal())


def _order(plan: Plan, key: str, header: Mapping, lines: list) -> Record:
    values, sources = _values(plan, plan.order, header)
    for check in CHECKS:
        values.pop(check, None)
    values["lines"] = []
    for number, row in enumerate(lines):
        line, places = _values(plan, plan.line, row)
        _lift(values, sources, line, places)
        values["lines"].append(line)
        sources.update({f"lines[{number}].{p}": s for p, s in places.items()})
    return _record(plan, plan.order, key, header, values, sources)


def _lift(values: dict, sources: dict, line: dict, places: dict) -> None:
    """Give an order the latest date of its lines: all of it is there only then."""
    found, place = line.pop(PROMISE, None), places.pop(PROMISE, None)
    if found is None or sources.get(PROMISE, place)[0] != place[0]:
        return
    if str(found) > str(values.get(PROMISE) or ""):
        values[PROMISE], sources[PROMISE] = found, place


def _record(plan, table, key, row, values, sources) -> Record:
    columns = _columns(plan, table, row)
    mark = row.get("hub_mark")
    return Record(
        key, _key(table, row), values, columns, hash_of(values), sources, mark
    )


def _columns(plan: Plan, table: Table, row: Mapping) -> dict:
    """Return what columns hold that may be written: to see who changed them."""
    return {
        column.name: plain(row[label(table, column)], plan.zone)
        for column in table.writable
    }


def _values(plan: Plan, table: Table, row: Mapping) -> tuple[dict, dict]:
    """Return ``{target: value}`` as a tree, and where each value was read.

    Of several columns with one target the first that says something counts.
    """
    values: dict[str, Any] = {}
    sources: dict[str, tuple] = {}
    for column, key, group, name, source in plan.cells(table.alias):
        if column.target in sources:
            continue
        found = plain(row[key], plan.zone)
        if column.words:
            found = word_of(column, found)
        if found is None or found == "":
            continue
        place = values.setdefault(group, {}) if group else values
        if not isinstance(place, dict):
            raise BadMapping("bad_target", column=column.name, target=column.target)
        place[name], sources[column.target] = found, source
    return values, sources
