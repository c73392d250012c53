"""From the rows of a table to orders: header, footers, rows of one order."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from .expression import column_key
from .table import BadTable, Sheet, column_letter

#: Rows that are looked at to find the header.
HEADER_WITHIN = 20
#: Lines of one order; the hub takes no more.
MAX_LINES = 2000
FOOTER = re.compile(
    r"(?:.{0,20}(?:合计|总计|小计|汇总|共计)|(?:grand |sub[- ]?)?totals?|sum)"
    r"[:：]?.{0,20}",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Row:
    """One row with its number as a person counts it."""

    number: int
    cells: list[str]


@dataclass
class Group:
    """The rows of one order; ``key`` is empty where the table names no order."""

    key: str
    rows: list[Row] = field(default_factory=list)


@dataclass(frozen=True)
class Grouped:
    """What was recognised in a table.

    :ivar header_row: number of the header
    :ivar columns: names as written; a letter where there is none
    :ivar key_column: name of the column that holds the order's number, or empty
    :ivar skipped: numbers of rows that are totals or notes
    """

    header_row: int
    columns: list[str]
    key_column: str
    groups: list[Group]
    skipped: list[int]


def group_orders(
    sheet: Sheet, keys: Sequence[str], known: Sequence[str], header_row: int = 0
) -> Grouped:
    """Return the orders of a table.

    :param keys: ``column_key`` of the names that the number of an order may have,
        the best one first
    :param known: ``column_key`` of names that tell a header
    :param header_row: its number; 0: found out, ``sheet.header`` where no known
        names are found
    :raise BadTable: ``no_header``, ``no_rows``, ``too_many_lines``
    """
    at = _header(sheet, {*known, *keys}, header_row)
    number, names = sheet.rows[at]
    columns = _named(names, sheet.rows[at + 1 :])
    spot = _spot(columns, keys)
    groups, skipped = _grouped(sheet.rows[at + 1 :], spot, names)
    if not groups:
        raise BadTable("no_rows", "There are no rows below the header.")
    for group in groups:
        _check_lines(group)
    key_column = columns[spot] if spot is not None else ""
    return Grouped(number, columns, key_column, groups, skipped)


def _spot(columns: list[str], keys: Sequence[str]) -> int | None:
    """Return the index of the column with the number of the order."""
    named = {column_key(name): index for index, name in reversed([*enumerate(columns)])}
    return next((named[key] for key in keys if key in named), None)


def _check_lines(group: Group) -> None:
    if len(group.rows) > MAX_LINES:
        raise BadTable(
            "too_many_lines",
            f"Order {group.key or '?'} has {len(group.rows)} lines; at most "
            f"{MAX_LINES} are taken. Split it.",
        )


def _header(sheet: Sheet, known: set[str], header_row: int) -> int:
    """Return the index of the header among the rows."""
    if header_row:
        for at, (number, _cells) in enumerate(sheet.rows):
            if number == header_row:
                return at
        raise BadTable("no_header", f"Row {header_row} is empty: it is no header.")
    scores = [
        (sum(column_key(cell) in known for cell in cells if cell), -at)
        for at, (_number, cells) in enumerate(sheet.rows[:HEADER_WITHIN])
    ]
    best, place = max(scores, default=(0, 0))
    if best >= 2:
        return -place
    for at, (number, _cells) in enumerate(sheet.rows):
        if number == sheet.header:
            return at
    for at, (_number, cells) in enumerate(sheet.rows[:HEADER_WITHIN]):
        filled = [cell for cell in cells if cell]
        if len(filled) > 1 and not any(cell[:1].isdigit() for cell in filled):
            return at
    raise BadTable(
        "no_header",
        "No row looks like column names. Put the names above the orders, or say on "
        "the channel which row they are in.",
    )


def _named(names: list[str], rows: list) -> list[str]:
    """Return a name for each column: its letter if it has none, no two alike."""
    width = max([len(names), *(len(cells) for _number, cells in rows[:100])])
    found: dict[str, int] = {}
    columns = []
    for index in range(width):
        name = names[index] if index < len(names) else ""
        name = " ".join(name.split()) or column_letter(index)
        count = found[column_key(name)] = found.get(column_key(name), 0) + 1
        columns.append(name if count == 1 else f"{name} {count}")
    return columns


def _grouped(
    rows: list, spot: int | None, header: list[str]
) -> tuple[list[Group], list[int]]:
    """Put rows together; a row without a number belongs to the one above.

    A header that comes again, as in sheets put under each other, is left out.
    """
    groups: dict[str, Group] = {}
    skipped, last = [], ""
    for number, cells in rows:
        key = cells[spot] if spot is not None and spot < len(cells) else ""
        if cells == header or _is_footer(cells, key, spot):
            skipped.append(number)
            continue
        last = key or last
        group = groups.setdefault(last, Group(last))
        group.rows.append(Row(number, cells))
    return list(groups.values()), skipped


def _is_footer(cells: list[str], key: str, spot: int | None) -> bool:
    """Tell a total or a note from a line of an order.

    Totals begin with their word; a row with nothing but one cell is a note where
    orders have a number, for that would be all there is.
    """
    filled = [cell for cell in cells if cell]
    if FOOTER.fullmatch(key or filled[0]):
        return True
    return len(filled) == 1 and spot is not None
