"""Workbooks and text files as people keep them, read into tables, columns, orders.

Plain Python, bounded, and nothing in a file is ever run: formulas give the value
that their program stored, macros, links and queries are left alone.

The way through::

    book = read_book(raw, "orders.xlsx")            # Book: sheets as written
    for grid in book.sheets:
        for table in find_tables(grid):             # Table: columns, rows, totals
            proposal = propose(table, memory)       # Proposal: column → target
            for row in map_rows(table, proposal):   # Mapped: values, doubts
                ...
    text = doubt_words(doubt)                       # English, for a person

- ``read_book(raw: bytes, name: str, limits=Limits(), encoding="", separator="")``
  → :class:`Book`; raises ``BadTable`` (code and words) of ``engine.table``.
- ``find_tables(grid) -> list[Table]``: top to bottom, left to right; empty when the
  sheet holds no table and no form; raises ``BadTable`` (``too_many_tables``).
- ``type_column(table, index, epoch=1900, kind="") -> Typed``; ``kind`` says what is
  expected (of a target), else it is found out.
- ``propose(table, memory=None, epoch=1900) -> Proposal``; ``memory``:
  ``{fingerprint: {key of the column or field: target or ""}}`` as
  ``remember(table, choices)`` gave it when a person had decided.
- ``map_rows(table, proposal, epoch=1900) -> Iterator[Mapped]``: one a data row;
  fields of the form are in every row.
- ``group(rows) -> Iterator[MappedOrder]``: rows of one order put together;
  ``head(order)``: what belongs to the whole order, ``tree(order)``: the order in the
  shape of ``engine/order.py``.
- ``decided(proposal, {(column, label): target})``: a proposal as a person changed it;
  ``remember(table, proposal.choices)`` gives what to keep of it.
- ``fingerprint(table) -> str``.
- ``TARGETS``: ``{target: Target(kind, words…)}`` of everything a column may be.
"""

from .doubts import DOUBTS, doubt_figures, doubt_words, place
from .mapped import MappedOrder, group, head, map_rows, tree
from .model import (
    KINDS,
    ROW_KINDS,
    Book,
    Candidate,
    CellValue,
    Choice,
    Column,
    Doubt,
    FormField,
    Grid,
    Limits,
    Mapped,
    Proposal,
    Row,
    Span,
    Table,
    Total,
    Typed,
)
from .propose import CERTAIN, decided, fingerprint, propose, remember
from .read import read_book
from .tables import find_tables
from .typed import type_column
from .words import NEEDED, TARGETS, Target
