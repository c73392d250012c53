"""What can go wrong with another system's database.

Each error has a code and figures: whoever shows it puts it into words. No error holds
a password; what a driver says is cleaned before it is kept.
"""

import re
from collections.abc import Iterable

MAX_SAID = 300
#: A password in an address, as drivers and libraries print it.
IN_ADDRESS = re.compile(r"(://[^:/@\s]*):[^@\s]*@")


class ErpError(Exception):
    """Something about another system's database.

    :ivar code: for programs, e.g. ``unknown_table``
    :ivar figures: what the words about it need
    """

    def __init__(self, code: str, **figures):
        self.code, self.figures = code, figures
        super().__init__(f"{code} {figures}" if figures else code)


class Unreachable(ErpError):
    """The link is broken: the same again may work later."""


class Denied(ErpError):
    """The database does not accept the user or what the user may do."""


class Forbidden(ErpError):
    """The connection must not be made, or the statement not be sent."""


class BadMapping(ErpError):
    """The mapping does not fit the database's schema."""


class TooMuch(ErpError):
    """More rows or bytes than one reading takes."""


class NotWritten(ErpError):
    """Nothing has been written; ``code`` says why."""


def cleaned(text: object, secrets: Iterable[str] = ()) -> str:
    """Return what a driver said, short, on one line, without passwords."""
    said = IN_ADDRESS.sub(r"\1:***@", " ".join(str(text).split()))
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        said = said.replace(secret, "***")
    return said[:MAX_SAID]
