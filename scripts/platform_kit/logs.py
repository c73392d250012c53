"""Odoo's log must be clean: what counts as trouble, and what is known."""

import re
from pathlib import Path

LINE = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} \d+ ([A-Z]+) ")
TROUBLE = {"WARNING", "ERROR", "CRITICAL"}
# Lines of Odoo and its libraries that say nothing about our add-ons.
ALLOWED = [
    # Odoo 19.0 and its pinned libraries use what has since been deprecated.
    r"py\.warnings: (?!\S*/addons/order_hub)\S+: \w*DeprecationWarning",
    # Two requests met on one record; Odoo runs the later one again by itself.
    r"odoo\.sql_db: bad query:.*could not serialize access",
    # XML-RPC is announced to go in Odoo 20; the tests use it on purpose.
    r"The /(xmlrpc|xmlrpc/2|jsonrpc).* deprecated",
    # Debian's wkhtmltopdf is built without patched Qt.
    r"wkhtmltopdf",
]


def entries(text: str) -> list:
    """The log as (level, entry), continuation lines joined to their entry."""
    result = []
    for line in text.splitlines():
        match = LINE.match(line)
        if match:
            result.append([match[1], line])
        elif result:
            result[-1][1] += "\n" + line
    return result


def trouble(text: str, allowed: list | tuple = ()) -> list:
    """The entries of a log that must not be there."""
    known = [re.compile(pattern, re.DOTALL) for pattern in [*ALLOWED, *allowed]]
    return [
        entry
        for level, entry in entries(text)
        if (level in TROUBLE or "Traceback (most recent call last)" in entry)
        and not any(pattern.search(entry) for pattern in known)
    ]


def summary(found: list) -> str:
    """The entry that tells most, in one line: the last exception, or the first."""
    raised = [entry for entry in found if "Traceback (most recent call last)" in entry]
    lines = (raised[-1] if raised else found[0]).splitlines()
    first = LINE.sub("", lines[0]).strip()
    return f"{first} … {lines[-1].strip()}" if raised else first


def last_error(file: Path) -> str:
    """The last trouble of a log file, in one line, for an error message."""
    text = file.read_text(errors="replace") if file.exists() else ""
    found = trouble(text)
    if found:
        return summary(found)
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "the log is empty"
