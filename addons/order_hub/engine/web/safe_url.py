"""Which addresses the server may call when somebody else wrote them down.

A web address in an order or in a setting could point at the server's own network
(the database, a cloud's metadata service, a printer). Only addresses on the public
internet pass: the scheme, the host in each of its spellings, and every answer of the
name service are looked at. The connection is looked at once more when it is open
(``client.py``), as a name may resolve differently a second later.
"""

import ipaddress
import re
import socket
from collections.abc import Callable, Iterable
from urllib.parse import SplitResult, urlsplit

from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

from .errors import Refused, UnknownHost

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

#: A host that the C library reads as an IPv4 address: 127.1, 0x7f000001, 0177.0.0.1.
NUMERIC = re.compile(r"(0x[0-9a-f]*|[0-9]+)(\.(0x[0-9a-f]*|[0-9]+)){0,3}\.?", re.I)
#: Blanks, control characters, quotes, and the backslash that parsers disagree about.
UNSAFE = re.compile(r"[\x00-\x20\x7f\\<>\"'`{}|^\u0085\u00a0\u2028\u2029]")
#: IPv6 networks that carry an IPv4 address in their last four bytes.
TRANSLATED = tuple(
    map(ipaddress.ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "::/96"))
)
#: Names that mean this machine or its network whatever the name service says.
LOCAL_NAMES = ("localhost", "local", "internal", "intranet", "lan", "home.arpa")
MAX_URL = 2048


def check_public(url: str, resolve: Callable | None = None) -> list[str]:
    """Check that a web address leads to the public internet.

    :param resolve: in place of :func:`socket.getaddrinfo`, for tests
    :return: the addresses it resolves to
    :raise Refused: saying what is wrong, without the path and the query
    """
    parts = check_form(url)
    host = parts.hostname.rstrip(".").lower()
    if host.rpartition(".")[2] in LOCAL_NAMES or host.endswith(".home.arpa"):
        raise Refused(f"The address {host} is inside this server's own network.")
    found = _addresses(host, parts.port or _port(parts.scheme), resolve)
    if not all(map(is_public, found)):
        raise Refused(f"The address {host} is inside a private network.")
    return [str(address) for address in found]


def check_form(url: str) -> SplitResult:
    """Check how a web address is written; return its parts.

    :raise Refused: not http(s), a user or password in it, or not readable alike by
        the parsers that will see it
    """
    if not isinstance(url, str) or not url or len(url) > MAX_URL or UNSAFE.search(url):
        raise Refused("This is not a web address.")
    try:
        parts = urlsplit(url)
        port, other = parts.port, parse_url(url)
    except (ValueError, LocationParseError) as error:
        raise Refused("This is not a web address.") from error
    if parts.scheme not in ("http", "https"):
        raise Refused("Only web addresses that begin with http or https are called.")
    if "@" in parts.netloc:
        raise Refused("A web address must not contain a user name or password.")
    hosts = (_bare(parts.hostname), _bare(other.host))
    if not hosts[0] or hosts[0] != hosts[1] or (other.port or None) != (port or None):
        raise Refused("This is not a web address.")
    return parts


def is_public(address: str | Address) -> bool:
    """Return whether an address is on the public internet.

    An IPv6 address that only wraps an IPv4 address is judged by what it wraps.
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    return all(map(_is_global, _unwrapped(found)))


def _is_global(address: Address) -> bool:
    return address.is_global and not (
        address.is_multicast or address.is_reserved or address.is_unspecified
    )


def _unwrapped(address: Address) -> Iterable[Address]:
    """Return the addresses that one address leads to."""
    if address.version == 4:
        return (address,)
    if address.ipv4_mapped:
        return (address.ipv4_mapped,)
    inner = [part for part in (address.sixtofour, *(address.teredo or ())) if part]
    if any(address in network for network in TRANSLATED):
        return (ipaddress.IPv4Address(int(address) & 0xFFFFFFFF),)
    return (address, *inner)


def _addresses(host: str, port: int, resolve: Callable | None) -> list[Address]:
    try:
        if NUMERIC.fullmatch(host):
            return [ipaddress.IPv4Address(socket.inet_aton(host.rstrip(".")))]
        rows = (resolve or socket.getaddrinfo)(host, port, type=socket.SOCK_STREAM)
        found = {ipaddress.ip_address(row[4][0].partition("%")[0]) for row in rows}
    except (OSError, ValueError) as error:  # UnicodeError is a ValueError
        raise UnknownHost(f"The address {host[:100]} is not known.") from error
    if not found:
        raise UnknownHost(f"The address {host[:100]} is not known.")
    return sorted(found, key=str)


def _bare(host: str | None) -> str:
    """Return a host for comparing: no brackets, small letters."""
    return (host or "").strip("[]").lower()


def _port(scheme: str) -> int:
    return 443 if scheme == "https" else 80
