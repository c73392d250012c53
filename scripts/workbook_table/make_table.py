#!/usr/bin/env python3
"""Write into docs/workbooks.md what comes out of every workbook of a folder.

    make_table.py FOLDER            with the project's Python, where its add-ons are

Each sheet with something in it is a line: its tables, their header rows, lines, sums,
columns that were recognised with their confidence, and doubts.
"""

import sys
from collections import Counter
from pathlib import Path

import odoo.init  # noqa: F401  completes the package ``odoo``; goes first

import odoo.addons

ROOT = Path(__file__).resolve().parents[2]
odoo.addons.__path__.append(str(ROOT / "addons"))

from odoo.addons.order_hub_connectors.engine import workbook  # noqa: E402

DOCUMENT = ROOT / "docs" / "workbooks.md"
BEGIN, END = "<!-- table: begin -->", "<!-- table: end -->"
HEAD = (
    "| Workbook, sheet | Tables: header rows, lines, sums | Recognised (confidence) | "
    "Doubts |\n| --- | --- | --- | --- |\n"
)
SHOWN = 20
WHAT = {
    "customer": "customer",
    "ship_to": "receiver",
    "lines[]": "line",
}


def main(folder: str) -> int:
    rows = [
        row
        for path in sorted(Path(folder).iterdir())
        if path.suffix.lower() in (".xlsx", ".xls", ".ods", ".csv")
        for row in lines(path)
    ]
    text = DOCUMENT.read_text()
    before, _begin, rest = text.partition(BEGIN)
    _old, _end, after = rest.partition(END)
    table = f"{BEGIN}\n{HEAD}" + "".join(rows) + f"{END}"
    DOCUMENT.write_text(before + table + after)
    print(f"{len(rows)} sheets in {DOCUMENT.relative_to(ROOT)}")
    return 0


def lines(path: Path) -> list[str]:
    """Return a row of the table for each sheet of a file."""
    try:
        book = workbook.read_book(path.read_bytes(), path.name)
    except ValueError as error:
        return [f"| {path.name} | refused: {error} | | |\n"]
    found = []
    for grid in book.sheets:
        if grid.height:
            name = path.name + (f", {grid.name}" if len(book.sheets) > 1 else "")
            hidden = " (hidden)" if grid.hidden else ""
            cells = (f"{name}{hidden}", *sheet(book, grid))
            found.append(f"| {' | '.join(map(escaped, cells))} |\n")
    return found


def sheet(book, grid) -> tuple[str, str, str]:
    """Return tables, recognised columns and doubts of a sheet in words."""
    tables, columns, doubts = [], [], Counter()
    for table in workbook.find_tables(grid):
        proposal = workbook.propose(table, None, book.epoch)
        mapped = list(workbook.map_rows(table, proposal, book.epoch))
        tables.append(shape(table))
        columns.append(recognised(proposal, len(table.columns)))
        doubts.update(doubt.code for row in mapped for doubt in row.doubts)
        doubts.update(doubt.code for doubt in table.doubts if not doubt.column)
        doubts["wrong_total"] += sum(bool(each.wrong) for each in table.totals)
    said = ", ".join(f"{code} {count}" for code, count in doubts.items() if count)
    same = list(dict.fromkeys(columns))
    return "; ".join(tables) or "none", "; ".join(same), said


def shape(table) -> str:
    if table.kind == "fields":
        return f"{len(table.fields)} labels" if table.fields else "a text, no table"
    head = (
        "–".join(map(str, sorted({table.header_rows[0], table.header_rows[-1]})))
        if table.header_rows
        else "none"
    )
    parts = [f"header {head}", f"{len(table.rows)} lines"]
    parts += [f"{len(table.totals)} sums"] if table.totals else []
    parts += [f"{len(table.fields)} labels"] if table.fields else []
    return ", ".join(parts)


def recognised(proposal, count: int) -> str:
    chosen = [choice for choice in proposal.choices if choice.target]
    said = ", ".join(
        f"{choice.label} → {target(choice.target)} {choice.confidence:.2f}"
        for choice in chosen[:SHOWN]
    )
    more = f", {len(chosen) - SHOWN} more" if len(chosen) > SHOWN else ""
    return f"{len(chosen)} of {count}: {said}{more}" if chosen else f"0 of {count}"


def target(path: str) -> str:
    head, _dot, name = path.rpartition(".")
    return f"{WHAT[head]} {name}" if head else name


def escaped(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
