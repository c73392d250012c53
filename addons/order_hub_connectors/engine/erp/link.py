"""Open links to foreign databases: pooled, bounded in time, read-only unless asked.

A link that reads refuses every statement that is no query, whatever the database
itself would allow; a link that writes is another engine, made only when somebody has
switched writing on.
"""

import importlib
import os
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import event, exc
from sqlalchemy.pool import QueuePool

from .errors import Denied, ErpError, Forbidden, Unreachable, cleaned
from .target import DRIVERS, OwnDatabase, Target, check, check_identity

CONNECT_SECONDS = 8
#: A statement that only reads, or that sets up the session.
READING = re.compile(r"\s*(SELECT|WITH|SHOW|SET|START TRANSACTION|BEGIN|EXEC sp_help"
                     r"|EXPLAIN|DESCRIBE|COMMIT|ROLLBACK)\b", re.I)  # fmt: skip
CHANGES = re.compile(r"\b(INSERT|UPDATE|DELETE|MERGE|INTO|DROP|ALTER|CREATE|TRUNCATE"
                     r"|CALL|GRANT)\b", re.I)  # fmt: skip
SHOWING = re.compile(r"\s*SHOW\b[^;]*\Z", re.I)
QUOTED = re.compile(r"`[^`]*`|\"[^\"]*\"|\[[^\]]*\]|'[^']*'")
#: What drivers say when it is the user who is wrong, not the line.
DENIED = re.compile(
    r"access denied|password authentication failed|login failed|\b1045\b|\b1044\b"
    r"|\b1142\b|\b1143\b|permission denied|ORA-01017|ORA-28000|28P01|28000|\b18456\b"
    r"|no pg_hba\.conf entry|role .* does not exist|\b1698\b",
    re.I,
)


@dataclass
class Link:
    """A pool of connections to one target.

    :ivar reader: engine that only reads
    """

    target: Target
    own: OwnDatabase
    reader: sa.Engine
    writer: sa.Engine | None = None

    def dispose(self) -> None:
        for engine in (self.reader, self.writer):
            if engine is not None:
                engine.dispose()

    def __repr__(self) -> str:
        return f"<link to {self.target}>"


def open_link(
    target: Target,
    own: OwnDatabase,
    writes: bool = False,
    resolve: Callable | None = None,
) -> Link:
    """Return a link; nothing is called before it is used.

    :raise Forbidden: the target must not be called
    :raise Unreachable: its name is not known
    :raise ErpError: ``no_driver``, the Python package for it is not installed
    """
    addresses = check(target, own, resolve)
    reader = _engine(target, own, addresses[0], False)
    writer = _engine(target, own, addresses[0], True) if writes else None
    return Link(target, own, reader, writer)


class Links:
    """The links of this process, one a connection record, renewed when it changes."""

    def __init__(self):
        self._rows: dict = {}
        self._lock = threading.Lock()

    def get(self, name, target: Target, own: OwnDatabase, writes: bool = False) -> Link:
        """Return the link of a name, a new one where anything about it changed.

        The address is looked at each time: a name may resolve differently now.
        """
        key = (os.getpid(), name)
        mark = (target, target.password, tuple(sorted(target.options.items())), writes,
                tuple(check(target, own)))  # fmt: skip
        with self._lock:
            known = self._rows.get(key)
            if known and known[0] == mark:
                return known[1]
            link = open_link(target, own, writes)
            self._rows[key] = (mark, link)
        if known:
            known[1].dispose()
        return link

    def drop(self, name) -> None:
        """Close the link of a name, if there is one."""
        with self._lock:
            known = self._rows.pop((os.getpid(), name), None)
        if known:
            known[1].dispose()


LINKS = Links()


# === USING === #


@contextmanager
def snapshot(link: Link) -> Iterator[sa.Connection]:
    """Yield a connection whose queries all see one moment; nothing is changed.

    :raise Unreachable, Denied, Forbidden, ErpError:
    """
    with translated(link.target), link.reader.connect() as connection:
        _begin_reading(connection, link.target.dialect)
        try:
            yield connection
        finally:
            _roll_back(connection)


@contextmanager
def writing(link: Link) -> Iterator[sa.Connection]:
    """Yield a connection in a transaction of its own, kept at the end.

    :raise Forbidden: the link only reads
    """
    if link.writer is None:
        raise Forbidden("read_only", database=link.target.database)
    with translated(link.target), link.writer.begin() as connection:
        yield connection


def _begin_reading(connection: sa.Connection, dialect: str) -> None:
    if dialect == "mysql":
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql(
            "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY"
        )
    elif dialect == "oracle":
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")


def _roll_back(connection: sa.Connection) -> None:
    if not connection.invalidated and not connection.closed:
        connection.rollback()


@contextmanager
def translated(target: Target) -> Iterator[None]:
    """Turn what the driver raises into an error of ours, without a password."""
    try:
        yield
    except exc.DBAPIError as error:
        raise _ours(error, target) from None
    except (exc.SQLAlchemyError, OSError) as error:
        said = cleaned(error, [target.password])
        raise ErpError("database", said=said) from None


def _ours(error: exc.DBAPIError, target: Target) -> ErpError:
    said = cleaned(error.orig, [target.password])
    code = getattr(error.orig, "pgcode", None) or ""
    if DENIED.search(said) or code in ("28P01", "28000", "42501"):
        return Denied("denied", said=said)
    if "timeout" in said.lower() or code == "57014" or "max_statement_time" in said:
        return Unreachable("too_slow", said=said, seconds=target.timeout)
    lost = isinstance(error, (exc.OperationalError, exc.InterfaceError))
    if error.connection_invalidated or lost:
        return Unreachable("unreachable", said=said)
    return ErpError("database", said=said)


# === ENGINES === #


def _engine(target: Target, own: OwnDatabase, address: str, writes: bool) -> sa.Engine:
    driver, _port = DRIVERS[target.dialect]
    _need(driver)
    url, arguments = _url(target, driver, address)
    engine = sa.create_engine(
        url,
        connect_args=arguments,
        poolclass=QueuePool,
        pool_size=1,
        max_overflow=1,
        pool_timeout=CONNECT_SECONDS,
        pool_pre_ping=True,
        pool_recycle=300,
        hide_parameters=True,
        isolation_level=_isolation(target.dialect, writes),
    )
    _listen(engine, target, own, writes)
    return engine


def _need(driver: str) -> None:
    module = driver.partition("+")[2]
    try:
        importlib.import_module(module)
    except ImportError as error:
        raise ErpError("no_driver", package=module) from error


def _isolation(dialect: str, writes: bool) -> str:
    if writes:
        return "READ COMMITTED"
    return {
        "mssql": "SNAPSHOT",
        "odbc": "SNAPSHOT",
        "oracle": "READ COMMITTED",
    }.get(dialect, "REPEATABLE READ")


def _url(target: Target, driver: str, address: str) -> tuple[sa.URL, dict]:
    """Return where to call and with what; the address that was checked is called."""
    dialect, tls = target.dialect, target.options.get("tls") == "1"
    query, arguments, host = {}, {}, address
    if dialect == "mysql":
        query["charset"] = "utf8mb4"
        arguments = {
            "connect_timeout": CONNECT_SECONDS,
            "read_timeout": target.timeout + CONNECT_SECONDS,
            "write_timeout": target.timeout,
            "local_infile": False,
        }
        if tls:
            host, arguments["ssl"] = target.host, {"check_hostname": True}
    elif dialect == "postgresql":
        host = target.host
        arguments = {
            "connect_timeout": CONNECT_SECONDS,
            "hostaddr": address,
            "sslmode": "verify-full" if tls else "prefer",
            "application_name": "order_hub",
        }
    elif dialect == "odbc":
        query = {
            "driver": target.options.get("odbc_driver")
            or "ODBC Driver 18 for SQL Server",
            "Encrypt": "yes" if tls else "optional",
        }
        arguments = {"timeout": CONNECT_SECONDS}
    elif dialect == "mssql":
        arguments = {"login_timeout": CONNECT_SECONDS, "timeout": target.timeout}
    url = sa.URL.create(
        driver,
        target.user or None,
        target.password or None,
        host,
        target.wanted_port,
        None if dialect == "oracle" else target.database,
        {"service_name": target.database} if dialect == "oracle" else query,
    )
    return url, arguments


def _listen(engine: sa.Engine, target: Target, own: OwnDatabase, writes: bool) -> None:
    event.listen(
        engine, "connect", lambda raw, _record: _set_up(raw, target, own, writes)
    )
    if not writes:
        event.listen(engine, "before_cursor_execute", _refuse_changes)


def _refuse_changes(_conn, _cursor, statement, _parameters, _context, _many) -> None:
    bare = QUOTED.sub("", statement)
    if not READING.match(bare):
        raise Forbidden("not_a_query")
    # SHOW CREATE TABLE tells MySQL's columns; nothing after SHOW changes anything.
    if CHANGES.search(bare) and not SHOWING.match(bare):
        raise Forbidden("not_a_query")


def _set_up(raw, target: Target, own: OwnDatabase, writes: bool) -> None:
    """Bound a new connection in time, make it read-only, see whom it reached."""
    if target.dialect == "mysql":
        _set_up_mysql(raw, target.timeout, writes)
    elif target.dialect == "postgresql":
        _set_up_postgresql(raw, target, own, writes)
    elif target.dialect == "oracle":
        raw.call_timeout = target.timeout * 1000


def _set_up_mysql(raw, seconds: int, writes: bool) -> None:
    with raw.cursor() as cursor:
        cursor.execute("SELECT VERSION()")
        is_maria = "mariadb" in str(cursor.fetchone()[0]).lower()
        limit = (
            f"max_statement_time = {int(seconds)}"
            if is_maria
            else f"max_execution_time = {int(seconds) * 1000}"
        )
        cursor.execute(f"SET SESSION {limit}")
        cursor.execute(
            f"SET SESSION innodb_lock_wait_timeout = {min(int(seconds), 20)}"
        )
        cursor.execute(f"SET SESSION TRANSACTION READ {'WRITE' if writes else 'ONLY'}")
    raw.commit()


def _set_up_postgresql(raw, target: Target, own: OwnDatabase, writes: bool) -> None:
    from psycopg2.extensions import DECIMAL, register_type

    # Another part of the process may have all decimals read as floats.
    register_type(DECIMAL, raw)
    with raw.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('statement_timeout', %s, false), "
            "set_config('lock_timeout', '20s', false), "
            "set_config('default_transaction_read_only', %s, false)",
            [f"{int(target.timeout)}s", "off" if writes else "on"],
        )
        cursor.execute("SELECT current_database()")
        name = cursor.fetchone()[0]
        identity = _identity(cursor)
    raw.commit()
    check_identity(target, own, identity, name)


def _identity(cursor) -> str:
    """Return what names the cluster, empty for a user who may not ask."""
    cursor.execute(
        "SELECT has_function_privilege('pg_catalog.pg_control_system()', 'execute')"
    )
    if not cursor.fetchone()[0]:
        return ""
    cursor.execute("SELECT system_identifier FROM pg_catalog.pg_control_system()")
    return str(cursor.fetchone()[0])
