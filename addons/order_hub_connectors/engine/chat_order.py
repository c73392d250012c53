"""A message as understood becomes the hub's order, with evidence, and comes back.

What :mod:`engine.chat` finds is about products and customers by key; the order that
intake works on names them by code, and keeps how sure each value is, by its path.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from .chat import NOTHING, Found, Item, Line, Understood
from .evidence import CUSTOMER, Evidence

#: Where a person says that the message as a whole was looked at.
CHECKED = "order.checked"
#: Confidence of a doubt that belongs to no single value.
DOUBTED = 0.5
#: Doubts that the value they are about says already, by its own confidence.
OF_A_VALUE = ("customer", "no_quantity")


def to_order(
    said: Understood, items: Mapping[Any, Item], customer_name: str = ""
) -> tuple[dict, dict[str, Evidence]]:
    """Return the hub's order of a message, and what speaks for each value.

    :param items: the products by key
    :param customer_name: of the customer found; empty where nobody was
    """
    order: dict[str, Any] = {"lines": []}
    evidence: dict[str, Evidence] = {CUSTOMER: _evidence(said.customer)}
    if customer_name:
        order["customer"] = {"name": customer_name}
    for number, line in enumerate(said.lines):
        row, found = _line(line, items, number)
        order["lines"].append(row)
        evidence.update(found)
    _add_header(said, order, evidence)
    _add_doubts(said, evidence)
    return order, evidence


def _line(line: Line, items: Mapping, number: int) -> tuple[dict, dict]:
    item = items.get(line.item.value)
    path = f"lines[{number}]"
    row: dict[str, Any] = {"sku": _code(item) if item else ""}
    evidence = {f"{path}.sku": _evidence(_by_code(line.item, items), line.spans)}
    if line.quantity:
        row["quantity"] = plain_number(line.quantity.value)
    evidence[f"{path}.quantity"] = _evidence(line.quantity, line.spans)
    if line.unit and line.unit.value:
        row["unit"] = str(line.unit.value)
        evidence[f"{path}.unit"] = _evidence(line.unit, line.spans)
    return row, evidence


def _by_code(found: Found, items: Mapping) -> Found:
    """Return a product found, its candidates by their codes: what a person types."""
    rows = []
    for row in found.candidates:
        item = items.get(row.get("value"))
        if item and _code(item):
            name = item.names[0] if item.names else ""
            label = f"{_code(item)} {name}".strip()
            rows.append({**row, "value": _code(item), "label": label})
    return Found(found.value, found.confidence, found.way, found.spans, tuple(rows))


def _code(item: Item) -> str:
    return item.code or (item.barcodes[0] if item.barcodes else "")


def _add_header(said: Understood, order: dict, evidence: dict) -> None:
    if said.date:
        order["promised_date"] = said.date.value.isoformat()
        evidence["promised_date"] = _evidence(said.date)
    words = [str(said.remark.value or "")] if said.remark else []
    words += [f"{n}: {line.note}" for n, line in enumerate(said.lines, 1) if line.note]
    if words:
        order["special_request"] = "\n".join(words)
        evidence["special_request"] = _evidence(said.remark or Found("", 1.0, "said"))
    ship_to = {
        name: str(found.value)
        for name, found in (
            ("address", said.address),
            ("phone", said.phone),
            ("name", said.receiver),
        )
        if found
    }
    if "address" in ship_to:
        order["ship_to"] = ship_to
        evidence["ship_to.address"] = _evidence(said.address)


def _add_doubts(said: Understood, evidence: dict) -> None:
    """Have a person look at a message whose doubts belong to no single value.

    Where there is no line a person enters them, and has looked.
    """
    if not said.lines:
        return
    open_doubts = [d for d in said.doubts if d.code not in OF_A_VALUE]
    is_least = min(e.confidence for e in evidence.values()) <= DOUBTED
    if open_doubts or not (said.is_certain or is_least):
        spans = [list(span) for doubt in said.doubts for span in doubt.spans]
        sure = min(said.confidence, DOUBTED)
        evidence[CHECKED] = Evidence(sure, "guess", _source(spans))


def _evidence(found: Found, spans: tuple = ()) -> Evidence:
    marked = [list(span) for span in found.spans or (spans if not found else ())]
    return Evidence(
        found.confidence if found else 0.0,
        found.way,
        _source(marked),
        tuple(found.candidates),
    )


def _source(spans: list) -> dict:
    return {"kind": "text", "spans": spans} if spans else {}


def plain_number(value: Any) -> int | float:
    """Return a quantity as JSON has it."""
    number = Decimal(str(value))
    return int(number) if number == number.to_integral_value() else float(number)


# === BACK === #


def previous_of(
    order: Mapping, evidence: Mapping[str, Evidence], partner_id: Any, key_of: Callable
) -> Understood:
    """Return the order of a talk as its next message sees it.

    Its words stood in another message, so nothing has a place in this one.

    :param partner_id: key of the customer, or nothing
    :param key_of: code → key of the product, ``None`` where there is none
    """

    def found(path: str, value: Any) -> Found:
        sure = evidence[path].confidence if path in evidence else 1.0
        return NOTHING if value in (None, "") else Found(value, sure, "previous")

    lines = tuple(
        Line(
            found(f"lines[{n}].sku", key_of(row.get("sku") or "")),
            found(f"lines[{n}].quantity", _decimal(row.get("quantity"))),
            Found(row.get("unit") or "", 1.0, "previous"),
        )
        for n, row in enumerate(order.get("lines") or ())
    )
    ship_to = order.get("ship_to") or {}
    return Understood(
        intent="order",
        lines=lines,
        customer=found(CUSTOMER, partner_id or None),
        date=found("promised_date", _day(order.get("promised_date"))),
        remark=found("special_request", order.get("special_request")),
        address=found("ship_to.address", ship_to.get("address")),
        phone=found("ship_to.phone", ship_to.get("phone")),
        receiver=found("ship_to.name", ship_to.get("name")),
        confidence=min((line.confidence for line in lines), default=0.0),
    )


def _decimal(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _day(value: Any):
    from datetime import date, datetime

    if isinstance(value, datetime):
        return value.date()
    try:
        return date.fromisoformat(str(value or "")[:10])
    except ValueError:
        return None


def words_at(text: str, found: Evidence) -> str:
    """Return the words of a text that a value was read from."""
    spans = found.source.get("spans") if found.source.get("kind") == "text" else ()
    pieces = [
        text[start:end]
        for start, end in (span for span in spans or () if len(span) == 2)
        if isinstance(start, int) and isinstance(end, int)
    ]
    return " ".join(piece.strip() for piece in pieces if piece.strip())[:120]
