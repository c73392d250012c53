"""From the rows of a table to values of orders, each with its doubts."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from .model import Choice, Doubt, Mapped, Proposal, Table, Typed
from .typed import type_column
from .values import READERS, Setting, currency_of
from .words import TARGETS

#: How sure a value is that has such a doubt; others: ``DOUBTED``.
SURE = {
    "merged_number": 0.6,
    "two_dates": 0.5,
    "odd_year": 0.4,
    "precision_lost": 0.1,
    "fraction_in_code": 0.4,
    "date_in_code": 0.2,
    "unknown_unit": 0.7,
    "two_currencies": 0.5,
    "wrong_amount": 0.5,
    "error_value": 0.0,
    "no_cached_value": 0.0,
}
DOUBTED = 0.0
CENT = Decimal("0.01")
#: Share of an amount that rounding may make.
ROUNDING = Decimal("0.005")


@dataclass(frozen=True, slots=True)
class _Source:
    """Where the values of a target come from."""

    target: str
    typed: Typed
    confidence: float
    column: int


def map_rows(table: Table, proposal: Proposal, epoch: int = 1900) -> Iterator[Mapped]:
    """Yield each row of a table with its values by target.

    Labels of a form give the same value to every row; a column has the last word.

    :param proposal: what :func:`propose` said or a person decided
    :param epoch: of the workbook
    """
    sources = [
        _Source(
            choice.target,
            type_column(table, choice.column, epoch, _kind(choice)),
            choice.confidence,
            choice.column,
        )
        for choice in proposal.choices
        if choice.target in TARGETS and choice.column
    ]
    shared, sure, columns = _form(table, proposal, epoch)
    columns = {**columns, **{each.target: each.column for each in sources}}
    cells = _cell_doubts(table)
    for at, row in enumerate(table.rows):
        yield _row(table, at, row.number, sources, shared, sure, columns, cells)


def _kind(choice: Choice) -> str:
    return TARGETS[choice.target].kind


def _form(table: Table, proposal: Proposal, epoch: int) -> tuple[dict, dict, dict]:
    """Return values, confidence and columns of what a form says above its table."""
    by_label = {each.label: each for each in reversed(table.fields)}
    values: dict[str, Any] = {}
    sure: dict[str, float] = {}
    columns: dict[str, int] = {}
    for choice in proposal.choices:
        entry = by_label.get(choice.label) if not choice.column else None
        if entry is None or choice.target not in TARGETS:
            continue
        reading = READERS[_kind(choice)](entry.value, Setting(epoch), "")
        if reading.value is None:
            continue
        values[choice.target] = reading.value
        columns[choice.target] = entry.column
        score = SURE.get(reading.code, DOUBTED) if reading.code else 1.0
        if min(score, choice.confidence) < 1:
            sure[choice.target] = min(score, choice.confidence)
    return values, sure, columns


def _cell_doubts(table: Table) -> dict[int, list[Doubt]]:
    found: dict[int, list[Doubt]] = {}
    for doubt in table.doubts:
        if doubt.row and doubt.column:
            found.setdefault(doubt.row, []).append(doubt)
    return found


def _row(
    table: Table,
    at: int,
    number: int,
    sources: list[_Source],
    shared: dict,
    sure: dict,
    columns: dict,
    cells: dict[int, list[Doubt]],
) -> Mapped:
    values, confidence = dict(shared), dict(sure)
    doubts: list[Doubt] = []
    for source in sources:
        typed = source.typed
        value = typed.values[at]
        doubt = typed.doubts.get(at) if typed.doubts else None
        if value is None and doubt is None:
            continue
        if source.target == "currency":
            value = currency_of(str(value)) or value
        values[source.target] = value
        score = source.confidence
        if doubt is not None:
            doubts.append(doubt if doubt.row else _placed(doubt, number))
            score = min(score, SURE.get(doubt.code, DOUBTED))
        elif typed.kind in ("quantity", "money") and table.filled:
            score = _merged(table, number, source, score, doubts)
        if score < 1:
            confidence[source.target] = score
        else:
            confidence.pop(source.target, None)
        if typed.units and source.target == "lines[].quantity" and at in typed.units:
            values.setdefault("lines[].unit", typed.units[at])
        if typed.currency and "currency" not in columns:
            values.setdefault("currency", typed.currency)
    _check_cells(number, cells, sources, values, confidence, doubts)
    _check_amount(number, values, confidence, columns, doubts)
    return Mapped(number, values, confidence, columns, tuple(doubts))


def _placed(doubt: Doubt, number: int) -> Doubt:
    return Doubt(doubt.code, number, doubt.column, doubt.figures)


def _merged(table: Table, number: int, source: _Source, score: float, doubts) -> float:
    """Doubt a number that a merge over several rows repeats."""
    if (number, source.column) not in table.filled:
        return score
    doubts.append(Doubt("merged_number", number, source.column))
    return min(score, SURE["merged_number"])


def _check_cells(number, cells, sources, values, confidence, doubts) -> None:
    """Take over what the sheet doubts of the cells of a row."""
    if number not in cells:
        return
    by_column = {source.column: source.target for source in sources}
    for doubt in cells[number]:
        target = by_column.get(doubt.column)
        if target and doubt.code in SURE:
            doubts.append(doubt)
            confidence[target] = SURE[doubt.code]
            values.setdefault(target, None)


def _check_amount(number, values, confidence, columns, doubts) -> None:
    """Doubt a row whose amount is not quantity times price, by any usual tax."""
    amount = values.get("lines[].amount")
    quantity, price = values.get("lines[].quantity"), values.get("lines[].unit_price")
    if not amount or not quantity or not price:
        return
    reckoned = quantity * price
    discount = values.get("lines[].discount")
    allowed = max(CENT, abs(amount) * ROUNDING)
    reads = [reckoned]
    if discount:
        reads += [reckoned * (100 - discount) / 100, reckoned * discount / 100]
    if any(abs(each - amount) <= allowed for each in reads):
        return
    figures = {"reckoned": str(reckoned), "amount": str(amount)}
    doubts.append(
        Doubt("wrong_amount", number, columns.get("lines[].amount", 0), figures)
    )
    for name in ("quantity", "unit_price", "amount"):
        target = f"lines[].{name}"
        confidence[target] = min(confidence.get(target, 1.0), SURE["wrong_amount"])


# === ORDERS === #


@dataclass(slots=True)
class MappedOrder:
    """The rows of one order.

    :ivar key: number of the order; empty where the table has none
    :ivar rows: in the order of the sheet
    """

    key: str
    rows: list[Mapped] = field(default_factory=list)


def group(rows: Iterable[Mapped]) -> Iterator[MappedOrder]:
    """Put the rows of one order together: the same number, or none below one.

    Rows with the same number belong together wherever they are; a row without a
    number belongs to the one above. Orders come in the order of their first rows.
    """
    orders: dict[str, MappedOrder] = {}
    last = ""
    for row in rows:
        key = row.values.get("external_ref") or row.values.get("customer_ref") or ""
        last = str(key) or last
        order = orders.get(last)
        if order is None:
            order = orders[last] = MappedOrder(last)
        order.rows.append(row)
    yield from orders.values()


def head(order: MappedOrder) -> dict[str, Any]:
    """Return what belongs to the whole order: the first filled value of its rows."""
    found: dict[str, Any] = {}
    for row in order.rows:
        for target, value in row.values.items():
            if value is not None and not target.startswith("lines[]"):
                found.setdefault(target, value)
    return found


def tree(order: MappedOrder) -> dict[str, Any]:
    """Return an order in the shape of ``engine/order.py``; values as they are read.

    Lines are rows with an article or a quantity.
    """
    found: dict[str, Any] = {}
    for target, value in head(order).items():
        spot = found
        *path, name = target.split(".")
        for step in path:
            spot = spot.setdefault(step, {})
        spot[name] = value
    found["lines"] = [line for row in order.rows if (line := _line(row))]
    return found


def _line(row: Mapped) -> dict[str, Any]:
    line = {
        target.partition(".")[2]: value
        for target, value in row.values.items()
        if target.startswith("lines[]") and value is not None
    }
    return line if line.keys() & {"sku", "name", "barcode", "quantity"} else {}
