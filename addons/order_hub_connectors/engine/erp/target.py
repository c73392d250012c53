"""Where another system's database is, and whether it may be called at all."""

import re
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from odoo.addons.order_hub.engine.web.errors import UnknownHost
from odoo.addons.order_hub.engine.web.safe_url import LOCAL_NAMES, is_public

from .errors import Forbidden, Unreachable

#: Dialect → SQLAlchemy driver, usual port.
DRIVERS = {
    "mysql": ("mysql+pymysql", 3306),
    "postgresql": ("postgresql+psycopg2", 5432),
    "mssql": ("mssql+pymssql", 1433),
    "oracle": ("oracle+oracledb", 1521),
    "odbc": ("mssql+pyodbc", 1433),
}
#: A host as people write it: a name or an address. No socket path, no list, no DSN.
HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._:-]{0,251}[A-Za-z0-9])?", re.ASCII)
ODBC_DRIVER = re.compile(r"[A-Za-z0-9 ._-]{1,60}", re.ASCII)
DATABASE = re.compile(r"[^\x00-\x1f;'\"\\/?&=]{1,128}")


@dataclass(frozen=True)
class Target:
    """One database to call.

    :ivar options: ``odbc_driver``, ``schema``, ``tls``; never free text for a driver
    :ivar allow_internal: an administrator lets it point into the own network
    """

    dialect: str
    host: str = ""
    port: int = 0
    database: str = ""
    user: str = ""
    password: str = field(default="", repr=False)
    options: Mapping[str, str] = field(default_factory=dict)
    allow_internal: bool = False
    timeout: int = 60

    @property
    def wanted_port(self) -> int:
        return self.port or DRIVERS[self.dialect][1]

    @property
    def schema(self) -> str | None:
        return self.options.get("schema") or None

    def __str__(self) -> str:
        return f"{self.dialect} {self.database} at {self.host}:{self.wanted_port}"


@dataclass(frozen=True)
class OwnDatabase:
    """The hub's own database, which no connection may lead to.

    :ivar identity: ``system_identifier`` of the PostgreSQL cluster, empty if unknown
    """

    name: str
    hosts: tuple[str, ...] = ()
    port: int = 5432
    identity: str = ""


def check(
    target: Target, own: OwnDatabase, resolve: Callable | None = None
) -> list[str]:
    """Check a target before anything is sent to it.

    :param resolve: in place of :func:`socket.getaddrinfo`, for tests
    :return: the addresses it leads to; call one of these, as a name may resolve
        differently a second later
    :raise Forbidden: what is written is no host, or leads where it must not
    :raise Unreachable: the name service does not know the host
    """
    _check_form(target)
    addresses = _resolve(target, resolve)
    if not target.allow_internal:
        _check_public(target, addresses)
    if target.dialect == "postgresql" and target.database == own.name:
        theirs = {*addresses, target.host.lower()}
        if target.wanted_port == own.port and theirs & _own_addresses(own, resolve):
            raise Forbidden("own_database", database=target.database)
    return addresses


def check_identity(target: Target, own: OwnDatabase, identity: str, name: str) -> None:
    """Check what an open PostgreSQL connection says of itself.

    Another name, a proxy or a tunnel leads to the hub's own database, too.

    :param identity: ``system_identifier`` it says, ``name``: its database
    :raise Forbidden: it is the hub's own database, or its cluster without permission
    """
    if not identity or identity != own.identity:
        return
    if name == own.name:
        raise Forbidden("own_database", database=name)
    if not target.allow_internal:
        raise Forbidden("own_server", database=name)


def _check_form(target: Target) -> None:
    if target.dialect not in DRIVERS:
        raise Forbidden("unknown_dialect", dialect=target.dialect)
    if not HOST.fullmatch(target.host or ""):
        raise Forbidden("bad_host", host=target.host[:60])
    if not 0 <= target.port <= 65535:
        raise Forbidden("bad_port", port=target.port)
    if not DATABASE.fullmatch(target.database or ""):
        raise Forbidden("bad_database", database=target.database[:60])
    driver = target.options.get("odbc_driver", "")
    if driver and not ODBC_DRIVER.fullmatch(driver):
        raise Forbidden("bad_driver", driver=driver[:60])


def _resolve(target: Target, resolve: Callable | None) -> list[str]:
    try:
        rows = (resolve or socket.getaddrinfo)(
            target.host, target.wanted_port, type=socket.SOCK_STREAM
        )
    except (OSError, UnicodeError, UnknownHost) as error:
        raise Unreachable("unknown_host", host=target.host[:60]) from error
    found = sorted({row[4][0].partition("%")[0] for row in rows})
    if not found:
        raise Unreachable("unknown_host", host=target.host[:60])
    return found


def _check_public(target: Target, addresses: list[str]) -> None:
    host = target.host.rstrip(".").lower()
    is_local = host.rpartition(".")[2] in LOCAL_NAMES or host.endswith(".home.arpa")
    if is_local or not all(map(is_public, addresses)):
        raise Forbidden("internal_address", host=target.host[:60])


def _own_addresses(own: OwnDatabase, resolve: Callable | None) -> set[str]:
    """Return the names and addresses that the hub's own server has."""
    found = {"localhost", "127.0.0.1", "::1", "0.0.0.0", "::"}
    for host in (*own.hosts, socket.gethostname()):
        found.add(host.lower())
        try:
            rows = (resolve or socket.getaddrinfo)(
                host, own.port, type=socket.SOCK_STREAM
            )
        except (OSError, UnicodeError):
            continue
        found |= {row[4][0].partition("%")[0] for row in rows}
    return found
