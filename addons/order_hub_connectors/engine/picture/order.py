"""From what was read to the hub's own order, with how sure each value is and where
on the picture it stands.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from .checks import FIGURES, adds_up, fits, proposals
from .fields import find_fields
from .figures import currency, day, is_worn, number, number_and_unit
from .pieces import Piece, pieces_of, rows_of
from .sheet import Reading
from .table import Cell, Table, find_table
from .words import FREIGHT, TAX, is_whole

#: Role of a cell → field of a line of the order.
OF_LINE = {
    "sku": "sku",
    "barcode": "barcode",
    "name": "name",
    "unit": "unit",
    "quantity": "quantity",
    "unit_price": "unit_price",
    "amount": "amount",
}
#: Confidence of figures that sums confirm, of those that sums contradict, and the
#: most that a figure has which nothing checks.
CONFIRMED, CONTRADICTED, UNCHECKED = 0.99, 0.3, 0.88
#: Most that any other value of a picture has, and one that poor print has changed.
MOST, WORN = 0.97, 0.6
#: Codes in which letters and figures look alike, near each other.
ALIKE = re.compile(r"[0O]|[1lI]")
MIXED = re.compile(r"(?=.*[OIl])(?=.*\d)|(?=.*[01])(?=.*[A-Z])")
PARTIES = {
    "buyer": "customer.company",
    "contact": "ship_to.name",
    "phone": "ship_to.phone",
    "address": "ship_to.address",
}
MAX_WORD = 256


@dataclass(frozen=True)
class Sight:
    """How a value was found.

    :ivar way: ``read``, ``sum`` (confirmed by a sum), ``guess``
    :ivar text: as it stands on the paper
    :ivar candidates: ``({"value", "label", "score"}, …)``
    """

    confidence: float
    way: str
    text: str
    page: int
    box: tuple[float, float, float, float]
    candidates: tuple = ()

    def source(self) -> dict:
        """Return where on the picture it stands."""
        return {"kind": "picture", "page": self.page, "box": list(self.box)}


@dataclass
class Understood:
    """An order on paper.

    :ivar order: as ``engine.order.SHAPE``; days as ``2026-03-25``
    :ivar sights: path in the order → how it was found
    :ivar sums: one a line: ``holds``, ``fails`` or ``open`` (nothing to check with)
    :ivar total: the same for the total
    """

    order: dict = field(default_factory=lambda: {"lines": []})
    sights: dict[str, Sight] = field(default_factory=dict)
    sums: list[str] = field(default_factory=list)
    total: str = "open"


def understand(reading: Reading) -> Understood:
    """Return the order that a paper says; without lines when it says none."""
    pages = [rows_of(pieces_of(page)) for page in reading.pages]
    table = find_table(pages)
    taken = {id(piece) for piece in table.used}
    around = [row for rows in pages for row in _without(rows, taken)]
    found = Understood()
    for row in table.rows:
        _add_line(found, row)
    _add_fields(found, find_fields(around))
    _add_total(found, table)
    _add_currency(found, table)
    return found


def _without(rows: list[list[Piece]], taken: set[int]) -> list[list[Piece]]:
    left = [[piece for piece in row if id(piece) not in taken] for row in rows]
    return [row for row in left if row]


# === LINES === #


def _add_line(found: Understood, row: Mapping[str, Cell]) -> None:
    """Add a line of the order; every value keeps its sight."""
    n, line = len(found.order["lines"]), {}
    state, figures = _sum(row)
    for role, name in OF_LINE.items():
        cell = row.get(role)
        if cell is None:
            continue
        value, sight = _value(role, cell, state, figures)
        found.sights[f"lines[{n}].{name}"] = sight
        if value is not None:
            line[name] = value
    _add_spec(found, line, row, n)
    _add_unit(found, line, row, n)
    found.order["lines"].append(line)
    found.sums.append(state)


def _value(role, cell: Cell, state: str, figures: list) -> tuple[Any, Sight]:
    if role in FIGURES:
        return _figure(role, cell, state, figures)
    sure = min(cell.confidence, MOST)
    text = cell.text[:MAX_WORD]
    if role in ("sku", "barcode"):
        text = re.sub(r"\s+", "", text)
        sure *= 0.9 if ALIKE.search(text) and cell.confidence < 0.95 else 1.0
    return text, _sight(cell, sure, "read")


def _figure(role, cell: Cell, state: str, figures: list) -> tuple[Any, Sight]:
    value = number(cell.text)
    if value is None:
        value = number_and_unit(cell.text)[0]
    sure, way = min(cell.confidence, WORN if is_worn(cell.text) else UNCHECKED), "read"
    if value is None:
        sure = 0.0
    elif state == "holds":
        sure, way = CONFIRMED, "sum"
    elif state == "fails":
        sure = CONTRADICTED
    options = tuple(
        {"value": _plain(row.value), "label": _plain(row.value), "score": row.score}
        for row in figures
        if row.role == role and row.value != value
    )
    said = _plain(value) if value is not None else None
    return said, _sight(cell, sure, way, options)


def _sum(row: Mapping[str, Cell]) -> tuple[str, list]:
    """Return whether a line's sum holds, and what its figures may have been."""
    texts = {role: row[role].text for role in FIGURES if role in row}
    if len(texts) < len(FIGURES):
        return "open", []
    values = [number_and_unit(texts[role])[0] for role in FIGURES]
    if None not in values and fits(*values):
        return "holds", []
    return "fails", proposals(texts)


def _add_spec(found: Understood, line: dict, row: Mapping[str, Cell], n: int) -> None:
    """Put what a product is like behind its name."""
    spec = row.get("spec")
    if not spec:
        return
    sight = found.sights.get(f"lines[{n}].name")
    line["name"] = f"{line.get('name', '')} {spec.text}".strip()[:MAX_WORD]
    if sight is None:
        found.sights[f"lines[{n}].name"] = _sight(
            spec, min(spec.confidence, MOST), "read"
        )


def _add_unit(found: Understood, line: dict, row: Mapping[str, Cell], n: int) -> None:
    """Take the unit that stands in the cell of the quantity."""
    cell = row.get("quantity")
    unit = number_and_unit(cell.text)[1] if cell else ""
    if unit and "unit" not in line:
        line["unit"] = unit
        sure = min(cell.confidence, MOST)
        found.sights[f"lines[{n}].unit"] = _sight(cell, sure, "read")


# === AROUND === #


def _add_fields(found: Understood, fields: Mapping[str, Cell]) -> None:
    for name in ("date", "promised_date"):
        if name in fields:
            _add_day(found, name, fields[name])
    if "customer_ref" in fields:
        _add_number(found, fields["customer_ref"])
    for name, path in PARTIES.items():
        if name in fields:
            _put(found, path, fields[name].text, fields[name])
    if "ship_to" in found.order and "customer" in found.order:
        found.order["ship_to"].setdefault("company", found.order["customer"]["company"])
    if "note" in fields:
        _put(found, "note", fields["note"].text, fields["note"])


def _add_number(found: Understood, cell: Cell) -> None:
    """Put the order's number; one that begins with P0 likely begins with PO."""
    text = re.sub(r"\s+", "", cell.text)
    _put(found, "customer_ref", text, cell)
    if text[:2].upper() == "P0":
        meant = f"PO{text[2:]}"
        options = ({"value": meant, "label": meant, "score": 0.9},)
        sure = min(cell.confidence, WORN)
        found.sights["customer_ref"] = _sight(cell, sure, "read", options)


def _put(found: Understood, path: str, text: str, cell: Cell) -> None:
    """Put a text at a path of one or two names."""
    head, _dot, name = path.rpartition(".")
    spot = found.order.setdefault(head, {}) if head else found.order
    spot[name] = text[:MAX_WORD]
    found.sights[path] = _sight(cell, min(cell.confidence, MOST), "read")


def _add_day(found: Understood, name: str, cell: Cell) -> None:
    when = day(cell.text)
    if when:
        found.order[name] = when.isoformat()
    most = WORN if is_worn(cell.text) else MOST
    sure = min(cell.confidence, most) if when else 0.0
    found.sights[name] = _sight(cell, sure, "read")


# === TOTAL === #


def _add_total(found: Understood, table: Table) -> None:
    """Put the total, and say whether the lines make it."""
    wholes, extras = _totals(table)
    if not wholes:
        return
    amounts = [number(str(line.get("amount", ""))) for line in found.order["lines"]]
    cell = wholes[-1]
    value = number(cell.text)
    complete = bool(amounts) and None not in amounts
    if complete:
        for each in reversed(wholes):
            if adds_up(amounts, extras, number(each.text)):
                cell, value, found.total = each, number(each.text), "holds"
                break
        else:
            found.total = "fails"
    found.order["total"] = _plain(value)
    sure = {"holds": CONFIRMED, "fails": CONTRADICTED}.get(
        found.total, min(cell.confidence, UNCHECKED)
    )
    options = _total_options(found, amounts, value)
    way = "sum" if found.total == "holds" else "read"
    found.sights["total"] = _sight(cell, sure, way, options)
    _confirm_amounts(found)


def _total_options(found, amounts, value) -> tuple:
    """Return what the total would be, where lines that hold make another one."""
    if found.total != "fails" or "fails" in found.sums:
        return ()
    computed = _plain(sum(amounts, Decimal(0)))
    return ({"value": computed, "label": computed, "score": 0.5},)


def _confirm_amounts(found: Understood) -> None:
    """Take amounts for confirmed that no line's sum checks and the total does."""
    if found.total != "holds":
        return
    for n, state in enumerate(found.sums):
        path = f"lines[{n}].amount"
        if state == "open" and path in found.sights:
            found.sights[path] = _surer(found.sights[path])


def _surer(sight: Sight) -> Sight:
    return Sight(CONFIRMED, "sum", sight.text, sight.page, sight.box, ())


def _totals(table: Table) -> tuple[list[Cell], list[Decimal]]:
    """Return what may be the total, and what stands between lines and total."""
    wholes, extras = [], []
    for row in table.totals:
        words = "".join(piece.text for piece in row)
        figures = [piece for piece in row if _money(piece) is not None]
        if not figures:
            continue
        last = figures[-1]
        cell = Cell(_said(last), last.confidence, last.page, last.box)
        if is_whole(words):
            wholes.append(cell)
        elif TAX.search(words.lower()) or FREIGHT.search(words.lower()):
            extras.append(number(cell.text))
    return wholes, extras


def _said(piece: Piece) -> str:
    """Return the number that ends a piece such as ``合计：¥1,200.00``."""
    match = re.search(r"[\d,.，．\s]*\d$", piece.text.strip().rstrip("元整"))
    return match[0].strip() if match else ""


def _money(piece: Piece) -> Decimal | None:
    return number(_said(piece))


def _add_currency(found: Understood, table: Table) -> None:
    """Take the currency that stands with the prices, where all agree."""
    texts = [column.title for column in table.columns]
    texts += [
        row[role].text for row in table.rows for role in FIGURES[1:] if role in row
    ]
    texts += [piece.text for row in table.totals for piece in row]
    said = {currency(text) for text in texts} - {""}
    if len(said) == 1:
        found.order["currency"] = said.pop()


def _sight(cell: Cell, sure: float, way: str, candidates: tuple = ()) -> Sight:
    box = tuple(round(min(max(v, 0.0), 1.0), 4) for v in cell.box)
    return Sight(round(sure, 3), way, cell.text, cell.page, box, candidates)


def _plain(value: Decimal) -> str:
    """Return a number as text without dress: ``1200``, ``95.5``."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
