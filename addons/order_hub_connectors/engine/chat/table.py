"""Tables pasted into a chat: cells parted by tabs, with or without a header."""

import re
from decimal import Decimal, InvalidOperation

from .canvas import Canvas
from .lines import Bill, Pair, _add_line, check_repeats
from .measures import UNIT
from .tokens import PRODUCT, QUANTITY, Amount, Chunk, Token

HEADERS = {
    "quantity": "数量|数目|订购数量|订货数量|采购数量|需求数量|qty|quantity|q'ty|pcs",
    "unit": "单位|unit|uom|计量单位",
    "code": (
        "编码|编号|货号|料号|产品编码|产品编号|物料编码|商品编码|型号|代码|code|sku|"
        "item no|item no.|part no|part no.|part number|model"
    ),
    "name": (
        "品名|名称|产品|产品名称|商品|商品名称|物料名称|货品|item|name|product|"
        "description|product name"
    ),
    "spec": "规格|规格型号|spec|specification|size|尺寸|颜色|colour|color",
    "skip": (
        "序号|行号|no|no.|#|单价|价格|金额|总价|price|unit price|amount|total|备注|"
        "remark|note|含税单价|税率|交期|合计"
    ),
}
ROLES = {word: role for role, words in HEADERS.items() for word in words.split("|")}
NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")
SUMS = re.compile(r"合计|总计|小计|共计|total|sum")
MAX_ROWS = 500


def read_table(bill: Bill, canvas: Canvas) -> bool:
    """Read a pasted table into lines; return whether the text was one."""
    rows = _rows(canvas.text)
    if len(rows) < 1 or sum(len(row) > 1 for row in rows) < max(1, len(rows) // 2):
        return False
    head, roles = _header(rows)
    if roles is None:
        roles = _guessed(bill, rows)
    if roles is None:
        return False
    pairs = []
    for at, row in enumerate(rows):
        if at <= head:
            if at < head:
                _left_over(bill, row)
            continue
        pair = _pair(bill, canvas.text, row, roles)
        if pair:
            pairs.append(pair)
    for pair in pairs:
        _add_line(bill, pair)
    check_repeats(bill, pairs)
    return bool(pairs)


def _rows(text: str) -> list[list[tuple[int, str]]]:
    """Return the cells of each line as ``(offset, text)``; only if there are tabs."""
    if "\t" not in text:
        return []
    rows, at = [], 0
    for line in text.split("\n")[:MAX_ROWS]:
        cells, spot = [], at
        for cell in line.split("\t"):
            cells.append((spot, cell))
            spot += len(cell) + 1
        if line.strip():
            rows.append(cells)
        at += len(line) + 1
    return rows


def _header(rows) -> tuple[int, dict[int, str] | None]:
    """Return the row with the headings, and what each column is."""
    for at, row in enumerate(rows[:5]):
        roles = {
            column: ROLES[re.sub(r"[(（].*", "", cell).strip()]
            for column, (_spot, cell) in enumerate(row)
            if re.sub(r"[(（].*", "", cell).strip() in ROLES
        }
        if "quantity" in roles.values() and {"code", "name"} & set(roles.values()):
            return at, roles
    return -1, None


def _guessed(bill: Bill, rows) -> dict[int, str] | None:
    """Return what the columns of a table without headings are, if that is plain.

    Every row has as many cells; one column is products that are surely known, one
    numbers, a third at most units. Anything else is left to be read as words.
    """
    widths = {len(row) for row in rows}
    if widths not in ({2}, {3}):
        return None
    roles = {}
    for column in range(widths.pop()):
        cells = [row[column][1].strip() for row in rows]
        roles[column] = _role(bill, cells)
    plain = sorted(filter(None, roles.values()))
    wanted = ["name", "quantity"] if len(roles) == 2 else ["name", "quantity", "unit"]
    return roles if plain == wanted else None


def _role(bill: Bill, cells: list[str]) -> str:
    """Return the one thing that all cells of a column are, or nothing."""
    if all(NUMBER.fullmatch(cell) for cell in cells):
        return "quantity"
    if all(UNIT.fullmatch(cell) for cell in cells):
        return "unit"
    found = [bill.catalogue.search(cell) for cell in cells]
    return "name" if all(hits and hits[0][1] >= 0.9 for hits in found) else ""


def _pair(bill: Bill, text: str, row, roles) -> Pair | None:
    """Return product and quantity of a row, in tokens where they stand."""
    cells = {}
    for column, role in roles.items():
        if column < len(row) and row[column][1].strip() and role not in cells:
            cells[role] = row[column]
    words = " ".join(cell for _spot, cell in row)
    if SUMS.search(words) and "code" not in cells:
        return None
    product = _product(bill, cells)
    if product is None:
        _left_over(bill, row)
        return None
    return Pair(product, _amount(bill, cells))


def _product(bill: Bill, cells: dict) -> Token | None:
    """Return the product by code, else by name and what the size column says."""
    found = None
    for role in ("code", "name"):
        if role not in cells:
            continue
        token = _token(cells[role])
        hits = bill.catalogue.search(token.value.words)
        if hits and hits[0][1] >= 0.9:
            if found and found[1] != hits[0][0].key:
                bill.doubt("conflict", token)
            found = found or (token, hits[0][0].key)
    if found:
        return found[0]
    parts = [cells[role] for role in ("code", "name", "spec") if role in cells]
    if not parts:
        return None
    start, end = parts[0][0], parts[0][0] + len(parts[0][1])
    return Token(
        PRODUCT, start, end, Chunk(" ".join(cell for _s, cell in parts).strip())
    )


def _token(cell) -> Token:
    spot, words = cell
    start = spot + len(words) - len(words.lstrip())
    return Token(PRODUCT, start, start + len(words.strip()), Chunk(words.strip()))


def _amount(bill: Bill, cells: dict) -> Token | None:
    if "quantity" not in cells:
        return None
    spot, words = cells["quantity"]
    match = NUMBER.search(words)
    if not match:
        return None
    unit = cells.get("unit", (0, ""))[1].strip()
    rest = words[match.end() :].strip()
    if rest:
        unit = rest if UNIT.fullmatch(rest) else unit
    try:
        value = Decimal(match[0].replace(",", ""))
    except InvalidOperation:
        return None
    doubt = (
        ""
        if not words[: match.start()].strip() and (not rest or UNIT.fullmatch(rest))
        else "approx"
    )
    start = spot + match.start()
    return Token(
        QUANTITY,
        start,
        spot + match.end(),
        Amount(value, unit, doubt, spot + match.end()),
    )


def _left_over(bill: Bill, row) -> None:
    """Doubt a row that is no line of the order."""
    words = "".join(cell for _spot, cell in row).strip()
    if words and any(c.isdigit() for c in words):
        bill.doubt("unread", Token("row", row[0][0], row[-1][0] + len(row[-1][1])))
