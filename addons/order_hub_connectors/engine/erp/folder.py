"""Drop folders: CSV files instead of a database that may be called.

Below the folder that the server's configuration names, a connection has ``in``,
``work``, ``done``, ``failed`` and ``out``. A file in ``in`` is called like its table,
``SEOrder.csv`` or ``SEOrder-20260316.csv``; what is behind the dash binds the files of
one delivery together. A delivery is read when all its tables are there and nobody has
written to them for a moment; its files move by one rename each.
"""

import csv
import io
import os
import re
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.pool import StaticPool

from ..table import BadTable, decode
from .errors import BadMapping, ErpError, Forbidden, NotWritten, TooMuch
from .plan import Column, Plan, Table
from .schema import match

PLACES = ("in", "work", "done", "failed", "out")
#: Seconds that a file must have been left alone.
QUIET = 5
MAX_FILE = 64 * 1024 * 1024
MAX_ROWS, MAX_FILES = 200_000, 500
#: Name of a connection's folder, and of a file.
NAME = re.compile(r"[\w][\w .-]{0,60}", re.UNICODE)
FILE = re.compile(r"(?P<table>[\w.]{1,60}?)(?:-(?P<batch>[\w.-]{1,60}))?\.csv", re.I)


@dataclass(frozen=True)
class Delivery:
    """The files of one delivery: table of the plan → file."""

    batch: str
    files: dict[str, Path]


def place(base: str | None, name: str) -> Path:
    """Return the folder of a connection, with its places made.

    :param base: from the server's configuration, empty: there are no drop folders
    :raise Forbidden: the folder is not below the one that is allowed
    """
    if not base:
        raise Forbidden("no_folder")
    if not NAME.fullmatch(name) or ".." in name:
        raise Forbidden("bad_folder", name=name[:60])
    root = Path(base).resolve()
    found = root / name
    if not root.is_dir() or found.resolve() != found:
        raise Forbidden("bad_folder", name=name[:60])
    for each in PLACES:
        spot = found / each
        spot.mkdir(parents=True, exist_ok=True)
        if spot.resolve() != spot:
            raise Forbidden("bad_folder", name=name[:60])
    return found


def for_files(plan: Plan) -> Plan:
    """Return a plan for files: all in them is text, and each is read whole."""
    return replace(
        plan,
        tables=tuple(
            replace(table, columns=tuple(map(_for_files, table.columns)))
            for table in plan.tables
        ),
    )


def _for_files(column: Column) -> Column:
    has_days = column.test == "days"
    return replace(column, is_watermark=False, test="" if has_days else column.test)


def deliveries(folder: Path, plan: Plan, now: float | None = None) -> list[Delivery]:
    """Return the deliveries in ``in`` that are complete, the oldest first.

    :param now: seconds since 1970, in place of the clock
    """
    now = time.time() if now is None else now
    found: dict[str, dict[str, Path]] = {}
    for path in sorted((folder / "in").iterdir())[:MAX_FILES]:
        parts = FILE.fullmatch(path.name)
        if not parts or not _is_quiet(path, now):
            continue
        name = match(parts["table"], plan.names)
        if name:
            found.setdefault(parts["batch"] or "", {})[name] = path
    wanted = {table.name for table in plan.tables if table.role in ("order", "line")}
    return [
        Delivery(batch, files)
        for batch, files in sorted(found.items(), key=_age)
        if not wanted & set(files) or wanted <= set(files)
    ]


def _age(entry: tuple[str, dict[str, Path]]) -> tuple[float, str]:
    """Return what deliveries are sorted by: when the last file was written, name."""
    batch, files = entry
    return max(path.lstat().st_mtime for path in files.values()), batch


def _is_quiet(path: Path, now: float) -> bool:
    """Tell whether a file is a plain file that nobody writes to any more."""
    try:
        about = path.lstat()
    except OSError:
        return False
    is_plain = stat.S_ISREG(about.st_mode) and about.st_nlink == 1
    return is_plain and 0 < about.st_size and now - about.st_mtime >= QUIET


def take(folder: Path, delivery: Delivery) -> Delivery:
    """Move the files of a delivery to ``work``; what was there is a try that broke."""
    moved = {}
    for name, path in delivery.files.items():
        moved[name] = folder / "work" / path.name
        os.replace(path, moved[name])
    return Delivery(delivery.batch, moved)


def give_back(folder: Path) -> int:
    """Move what a broken try left in ``work`` to ``in`` again; return how many.

    Where newer files of these names have come meanwhile, the old ones are a delivery
    of their own: nothing is written over.
    """
    rows = list((folder / "work").iterdir())
    has_newer = any((folder / "in" / path.name).exists() for path in rows)
    suffix = f"-again{time.time_ns()}" if has_newer else ""
    for path in rows:
        os.replace(path, folder / "in" / _renamed(path.name, suffix))
    return len(rows)


def _renamed(name: str, suffix: str) -> str:
    """Return a file's name with another batch; without a suffix its own."""
    parts = FILE.fullmatch(name)
    return f"{parts['table']}{suffix}.csv" if parts and suffix else name


def put_away(folder: Path, delivery: Delivery, where: str, stamp: str) -> None:
    """Move the files of a delivery to ``done`` or ``failed``.

    :param stamp: put before their names, so that none is written over
    """
    for path in delivery.files.values():
        if path.exists():
            os.replace(path, folder / where / f"{stamp}-{path.name}")


@contextmanager
def opened(delivery: Delivery, plan: Plan) -> Iterator[sa.Connection]:
    """Yield a connection to the files of a delivery, as tables of a small database.

    :raise BadMapping, ErpError, TooMuch:
    """
    engine = sa.create_engine("sqlite://", poolclass=StaticPool, hide_parameters=True)
    try:
        with engine.connect() as connection:
            for table in plan.tables:
                _load(connection, table, delivery.files.get(table.name))
            connection.commit()
            yield connection
    finally:
        engine.dispose()


def _load(connection: sa.Connection, table: Table, path: Path | None) -> None:
    if sa.inspect(connection).has_table(table.name):
        return
    header, rows = _read(path) if path else ([c.name for c in table.columns], [])
    if len({name.lower() for name in header}) != len(header):
        raise BadMapping("same_columns", table=table.name)
    made = sa.Table(
        table.name, sa.MetaData(), *(sa.Column(name, sa.Text) for name in header)
    )
    made.create(connection)
    names = list(made.c.keys())
    if rows:
        connection.execute(
            sa.insert(made), [dict(zip(names, row, strict=True)) for row in rows]
        )


def _read(path: Path) -> tuple[list[str], list[list[str | None]]]:
    flags = os.O_RDONLY | os.O_NOFOLLOW
    with os.fdopen(os.open(path, flags), "rb") as file:
        raw = file.read(MAX_FILE + 1)
    if len(raw) > MAX_FILE:
        raise TooMuch("too_many_bytes", limit=MAX_FILE)
    try:
        text, _encoding = decode(raw, "")
    except BadTable as error:
        raise ErpError("bad_file", file=path.name, said=str(error)) from error
    return _rows(text, path.name)


def _rows(text: str, name: str) -> tuple[list[str], list[list[str | None]]]:
    first = text.partition("\n")[0]
    separator = max(",;\t|", key=first.count)
    rows = []
    try:
        for row in csv.reader(io.StringIO(text), delimiter=separator, strict=True):
            if any(cell.strip() for cell in row):
                rows.append([cell.strip() or None for cell in row])
            if len(rows) > MAX_ROWS:
                raise TooMuch("too_many_rows", limit=MAX_ROWS)
    except csv.Error as error:
        raise ErpError("bad_file", file=name, said=str(error)) from error
    if not rows or not all(rows[0]):
        raise ErpError("bad_file", file=name, said="the first row names the columns")
    width = len(rows[0])
    uneven = [at for at, row in enumerate(rows, 1) if len(row) != width]
    if uneven:
        # Half a row is what half a file looks like.
        said = f"row {uneven[0]} has {len(rows[uneven[0] - 1])} of {width} columns"
        raise ErpError("bad_file", file=name, said=said)
    return [str(cell) for cell in rows[0]], rows[1:]


def write_file(folder: Path, name: str, header: list[str], rows: list[list]) -> Path:
    """Write a file into ``out``: whole or not at all, read again before it is there.

    :raise NotWritten: ``differs``
    """
    if not FILE.fullmatch(name):
        raise Forbidden("bad_folder", name=name[:60])
    out = io.StringIO()
    csv.writer(out).writerows([header, *rows])
    raw = out.getvalue().encode("utf-8-sig")
    target, draft = folder / "out" / name, folder / "out" / f".{name}.part"
    with open(draft, "wb") as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())
    if draft.read_bytes() != raw:
        draft.unlink()
        raise NotWritten("differs", column=name, wanted=len(raw), found=0)
    os.replace(draft, target)
    return target
