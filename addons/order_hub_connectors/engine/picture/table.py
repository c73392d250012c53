"""The table of an order: its header, its rows, what stands in which column.

Cells are put under the header by where they begin, end or lie, whichever fits best,
and never out of order; columns are followed down a page that is seen from aside.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from .figures import number
from .pieces import Piece, gaps, part
from .words import column_of, is_column, is_foot, is_total

TEXTS = ("sku", "name", "spec", "note", "barcode")
NUMBERS = ("n", "quantity", "unit_price", "amount", "tax")
#: Cost, in heights of a line, of leaving a piece out of the table.
LEFT_OUT = 7.0
#: What another cut has to save to be believed.
CUT = 1.2
#: Room between words that a cut may use, in heights of the line.
MIN_GAP = 0.2
#: Rows without figures further apart than this are no part of a row any more.
NEAR = 1.9
MAX_ROWS = 500


@dataclass(frozen=True)
class Column:
    """A column under its header.

    :ivar role: a key of ``words.COLUMNS``, empty for one of no interest
    :ivar confidence: how sure the header's word is
    """

    role: str
    title: str
    confidence: float
    left: float
    right: float

    @property
    def centre(self) -> float:
        return (self.left + self.right) / 2

    def moved(self, by: float) -> "Column":
        return replace(self, left=self.left + by, right=self.right + by)


@dataclass(frozen=True)
class Cell:
    """What stands in a cell, how sure that is, and where on which page."""

    text: str
    confidence: float
    page: int
    box: tuple[float, float, float, float]


@dataclass
class Table:
    """A table.

    :ivar rows: role → cell, one a row
    :ivar totals: the rows below, each its pieces from the left
    :ivar used: pieces that belong to it
    """

    columns: list[Column] = field(default_factory=list)
    rows: list[dict[str, Cell]] = field(default_factory=list)
    totals: list[list[Piece]] = field(default_factory=list)
    used: list[Piece] = field(default_factory=list)


@dataclass
class Placed:
    """A row of the page, its pieces by number of their column."""

    pieces: list[tuple[int, Piece]]
    middle: float
    height: float
    is_main: bool = False


def find_table(pages: list[list[list[Piece]]]) -> Table:
    """Return the table of an order that may go over several pages.

    :param pages: rows of pieces of each page
    """
    table = Table()
    for rows in pages:
        start, header = _header(rows)
        if header:
            table.columns = header
        elif not table.columns:
            continue
        _read_page(table, rows[start:])
    return table


# === HEADER === #


def _header(rows: list[list[Piece]]) -> tuple[int, list[Column]]:
    """Return where the rows below the header begin, and its columns."""
    best: tuple[int, int, list[Column]] = (0, 0, [])
    for at, row in enumerate(rows):
        choices = [(at + 1, _columns(row))]
        if at + 1 < len(rows):
            choices.append((at + 2, _columns(_stacked(row, rows[at + 1]))))
        for start, columns in choices:
            score = _score(columns)
            if score > best[0]:
                best = (score, start, columns)
    return best[1], best[2]


def _score(columns: list[Column]) -> int:
    """Return how many columns are known; 0 when these are no orders' columns."""
    roles = {column.role for column in columns if column.role}
    names_goods = roles & {"sku", "name", "spec", "barcode"}
    counts = "quantity" in roles or {"unit_price", "amount"} <= roles
    return len(roles) if names_goods and counts else 0


def _columns(row: list[Piece]) -> list[Column]:
    """Return the columns of a header; of two with one meaning, the surer one."""
    found = []
    for piece in row:
        for word in _words(piece):
            role, sure = column_of(word.text)
            found.append(Column(role, word.text, sure, word.left, word.right))
    best: dict[str, Column] = {}
    for column in found:
        if column.confidence > getattr(best.get(column.role), "confidence", 0):
            best[column.role] = column
    return [
        column if best.get(column.role) is column else replace(column, role="")
        for column in found
    ]


def _words(piece: Piece) -> list[Piece]:
    """Return a piece of a header, cut where two known words touch."""
    letters = [letter.text for letter in piece.letters]
    if is_column(piece.text) or not 3 < len(letters) < 40:
        return [piece]
    return part(piece, _word_ends(letters) or [])


def _word_ends(letters: list[str]) -> list[int] | None:
    """Return where to cut so that only known words are left; ``None``: nowhere."""
    if is_column("".join(letters)):
        return []
    for at in range(1, len(letters)):
        if is_column("".join(letters[:at])):
            rest = _word_ends(letters[at:])
            if rest is not None:
                return [at, *(at + cut for cut in rest)]
    return None


def _stacked(row: list[Piece], below: list[Piece]) -> list[Piece]:
    """Return a header over two lines as one: ``Unit`` above ``Price``."""
    merged = []
    for piece in row:
        under = [p for p in below if p.left < piece.right and p.right > piece.left]
        text = " ".join([piece.text, *(p.text for p in under)])
        merged.append(
            replace(
                piece,
                text=text,
                left=min([piece.left, *(p.left for p in under)]),
                right=max([piece.right, *(p.right for p in under)]),
                letters=() if under else piece.letters,
            )
        )
    return merged


# === ROWS === #


def _read_page(table: Table, rows: list[list[Piece]]) -> None:
    """Read the rows of one page, down to where the table ends."""
    columns = table.columns
    placed: list[Placed] = []
    for row in rows:
        if is_total(row[0].text) or (len(row) > 1 and is_total(row[1].text)):
            table.totals.append(row)
            table.used += row
            continue
        if table.totals or (is_foot(row[0].text) and len(row) < 3):
            break
        line = _place(columns, row)
        if _is_end(placed, line):
            break
        columns = _followed(columns, line)
        placed.append(line)
        if len(placed) > MAX_ROWS:
            break
    _keep(table, placed)


def _place(columns: list[Column], row: list[Piece]) -> Placed:
    """Put the pieces of a row under the columns."""
    cost, pairs = _assigned(columns, row)
    for cut in _cuts(columns, row):
        other, found = _assigned(columns, cut)
        if other + CUT < cost:
            cost, pairs = other, found
    line = Placed(
        pairs,
        sum(piece.middle for piece in row) / len(row),
        max(piece.height for piece in row),
    )
    line.is_main = _is_main(columns, pairs)
    return line


def _is_main(columns: list[Column], pairs: list[tuple[int, Piece]]) -> bool:
    """Tell whether a row has figures: a quantity, or a price of something."""
    roles = {columns[at].role for at, p in pairs if any(c.isdigit() for c in p.text)}
    named = {columns[at].role for at, _p in pairs} & {"sku", "name", "spec", "barcode"}
    return bool("quantity" in roles or (named and roles & {"unit_price", "amount"}))


def _assigned(
    columns: list[Column], row: list[Piece]
) -> tuple[float, list[tuple[int, Piece]]]:
    """Return the cheapest way to put pieces under columns, in order.

    Pieces from the left go under columns from the left; several may share one, and
    one that fits nowhere is left out.
    """
    best: dict[int, tuple[float, tuple]] = {-1: (0.0, ())}
    for piece in row:
        prices = [_cost(column, piece) for column in columns]
        following: dict[int, tuple[float, tuple]] = {}
        for last, (cost, pairs) in best.items():
            _offer(following, last, cost + LEFT_OUT, pairs)
            for at in range(max(last, 0), len(columns)):
                shared = _sharing(columns[at]) if at == last else 0.0
                _offer(following, at, cost + prices[at] + shared, (*pairs, (at, piece)))
        best = following
    cost, pairs = min(best.values(), key=lambda row_: row_[0])
    return cost, list(pairs)


def _offer(best: dict, at: int, cost: float, pairs: tuple) -> None:
    if at not in best or cost < best[at][0]:
        best[at] = (cost, pairs)


def _sharing(column: Column) -> float:
    """Return what a second piece under the same column costs."""
    return 0.4 if column.role in TEXTS else 1.5


def _cost(column: Column, piece: Piece) -> float:
    """Return how badly a piece fits under a column, in heights of a line."""
    away = min(
        abs(piece.left - column.left),
        abs(piece.right - column.right),
        abs(piece.centre - column.centre),
    )
    overlap = min(piece.right, column.right) - max(piece.left, column.left)
    cost = away / piece.height * (0.5 if overlap > 0 else 1.0)
    return cost + _strangeness(column.role, piece.text)


def _strangeness(role: str, text: str) -> float:
    """Return what it costs that a text does not look like its column."""
    has_digit = any(char.isdigit() for char in text)
    if role in NUMBERS:
        return 0.0 if number(text) is not None else 0.7 if has_digit else 3.0
    if role == "unit":
        return 2.0 if has_digit else 1.5 if len(text) > 5 else 0.0
    if role == "name":
        return 2.0 if number(text) is not None else 0.0
    if role == "sku":
        return 0.0 if has_digit else 1.0
    return 0.0


def _cuts(columns: list[Column], row: list[Piece]) -> Iterator[list[Piece]]:
    """Yield the row with one of its pieces cut between two columns."""
    for n, piece in enumerate(row):
        for left, right in zip(columns, columns[1:], strict=False):
            if piece.left < left.right and piece.right > right.left:
                halves = _halves(piece, left.right, right.left)
                if halves:
                    yield [*row[:n], *halves, *row[n + 1 :]]


def _halves(piece: Piece, start: float, end: float) -> list[Piece]:
    """Return a piece cut at its widest gap near a place; nothing without one."""
    width, room = piece.right - piece.left, 2.0 * piece.height
    near = [
        (space, at)
        for at, space in gaps(piece)
        if space >= MIN_GAP * piece.height
        and start - room < piece.left + piece.letters[at].start * width < end + room
    ]
    return part(piece, [max(near)[1]]) if near else []


def _followed(columns: list[Column], line: Placed) -> list[Column]:
    """Return the columns moved to where this row has them."""
    moved = list(columns)
    for at, piece in line.pieces:
        column = columns[at]
        by = min(
            piece.left - column.left,
            piece.right - column.right,
            piece.centre - column.centre,
            key=abs,
        )
        if abs(by) < piece.height:
            moved[at] = column.moved(0.5 * by)
    return moved


def _is_end(placed: list[Placed], line: Placed) -> bool:
    """Tell whether the table was over before this row."""
    if not placed:
        return False
    away = (line.middle - placed[-1].middle) / line.height
    if line.is_main:
        return away > 6 * max(_pitch(placed) / line.height, 1.0)
    return not line.pieces or away > max(NEAR, 1.6 * _pitch(placed) / line.height)


def _pitch(placed: list[Placed]) -> float:
    """Return the usual distance between rows, in pixels."""
    middles = [line.middle for line in placed if line.is_main]
    steps = sorted(b - a for a, b in zip(middles, middles[1:], strict=False))
    return steps[len(steps) // 2] if steps else 0.0


# === CELLS === #


def _keep(table: Table, placed: list[Placed]) -> None:
    """Add rows to a table; rows without figures go to the nearest row with some."""
    mains = [line for line in placed if line.is_main]
    lines = {id(line): list(line.pieces) for line in mains}
    for line in placed:
        if not line.is_main and mains:
            nearest = min(mains, key=lambda m: abs(m.middle - line.middle))
            if abs(nearest.middle - line.middle) < NEAR * line.height:
                lines[id(nearest)] += line.pieces
    for line in mains:
        pieces = lines[id(line)]
        table.used += [piece for _at, piece in pieces]
        table.rows.append(_cells(table.columns, pieces))


def _cells(columns: list[Column], pieces: list[tuple[int, Piece]]) -> dict[str, Cell]:
    found: dict[str, Cell] = {}
    for at, piece in sorted(pieces, key=lambda row: (row[0], row[1].top, row[1].left)):
        role = columns[at].role
        if role:
            sure = piece.confidence * (1.0 if columns[at].confidence >= 0.9 else 0.9)
            cell = Cell(piece.text, sure, piece.page, piece.box)
            found[role] = joined(found[role], cell, role) if role in found else cell
    return found


def joined(first: Cell, second: Cell, role: str = "") -> Cell:
    """Return two cells as one; codes go on without a space."""
    between = "" if role in (*NUMBERS, "sku", "barcode") else " "
    return Cell(
        f"{first.text}{between}{second.text}",
        min(first.confidence, second.confidence),
        first.page,
        (
            min(first.box[0], second.box[0]),
            min(first.box[1], second.box[1]),
            max(first.box[2], second.box[2]),
            max(first.box[3], second.box[3]),
        ),
    )
