"""Going through lists that change while they are read."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

from .documents import iso

#: No list is longer: a platform that says so is not believed.
MAX_PAGES = 5000


def backwards(
    read_page: Callable[[int], tuple[list[Any], int]], size: int
) -> Iterator[list[Any]]:
    """Yield the pages of a list from the last to the first.

    A list filtered by the moment of change gets *shorter* while it is read: what
    is changed again leaves it and everything behind moves forward. Read from the
    front, what moved over the border of a page that was already read is never
    seen. Read from the back, things only move towards pages still to be read.

    :param read_page: number of the page, from 1 → its rows, number of all rows
    :param size: rows of a full page
    """
    rows, total = read_page(1)
    last = min(-(-total // size), MAX_PAGES)
    for number in range(last, 1, -1):
        yield read_page(number)[0]
    if last > 1:
        # The first page was read before the others: what moved onto it since is
        # not on that copy.
        rows = read_page(1)[0]
    yield rows


def windows(
    cursor: str, since: datetime, until: datetime, longest: timedelta
) -> list[tuple[datetime, datetime]]:
    """Return the windows of time still to be read, oldest first.

    :param cursor: where an interrupted pull stood, as :func:`resume` wrote it
    :param since: aware; where a new pull begins
    :param until: aware; where it ends
    """
    start = _resumed(cursor, since, until)
    found = []
    while start < until:
        end = min(start + longest, until)
        found.append((start, end))
        start = end
    return found


def resume(start: datetime) -> str:
    """Return the cursor of a pull that has read everything before ``start``."""
    return iso(start)


def _resumed(cursor: str, since: datetime, until: datetime) -> datetime:
    try:
        start = datetime.fromisoformat(cursor)
    except ValueError:
        return since
    if start.tzinfo is None:
        start = start.replace(tzinfo=timezone.utc)
    return start if since <= start <= until else since
