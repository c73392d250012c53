"""What stands around the table: number, dates, who buys, where to."""

import re
from dataclasses import replace

from .pieces import Piece
from .table import Cell
from .words import field_of

COLON = re.compile(r"\s*[:：;；]\s*")
COMPANY = re.compile(
    r"(公司|工厂|厂|集团|商行|经营部|门市部|co\.|ltd|inc\b|gmbh|llc|corp|company)", re.I
)
#: Words of a label at most that stands before its value without a colon.
MAX_WORDS = 3
MAX_LABEL = 24


def find_fields(rows: list[list[Piece]]) -> dict[str, Cell]:
    """Return field → what stands there.

    :param rows: rows of pieces outside the table
    """
    found: dict[str, tuple[float, Cell]] = {}
    for at, row in enumerate(rows):
        below = rows[at + 1] if at + 1 < len(rows) else []
        for n, piece in enumerate(row):
            for name, sure, value in _labelled(piece, row[n + 1 :], below):
                if sure > found.get(name, (0.0, None))[0]:
                    found[name] = (sure, _cell(value, sure))
    fields = {name: cell for name, (_sure, cell) in found.items()}
    if "buyer" not in fields:
        fields.update(_letterhead(rows, fields))
    return fields


def _labelled(piece: Piece, right: list[Piece], below: list[Piece]):
    """Yield ``(field, how sure, piece with the value)`` of a label and its value."""
    label, value = _split(piece)
    name, sure = field_of(label) if len(label) <= MAX_LABEL else ("", 0.0)
    if not name:
        return
    if value:
        yield name, sure, _tail(piece, value)
        return
    beside = right[0] if right else None
    if beside and not _is_label(beside):
        yield name, sure * 0.98, beside
        return
    under = next(
        (p for p in below if p.left < piece.right and p.right > piece.left), None
    )
    if under and not _is_label(under):
        yield name, sure * 0.9, under


def _split(piece: Piece) -> tuple[str, str]:
    """Return label and value of a piece; the value is empty for a label alone."""
    parts = COLON.split(piece.text, maxsplit=1)
    if len(parts) == 2:
        return parts[0], parts[1].strip()
    words = piece.text.split()
    for count in range(min(MAX_WORDS, len(words) - 1), 0, -1):
        label, value = " ".join(words[:count]), " ".join(words[count:])
        if field_of(label)[1] == 1.0 and any(char.isdigit() for char in value):
            return label, value
    return piece.text, ""


def _is_label(piece: Piece) -> bool:
    label, value = _split(piece)
    return bool(value and COLON.search(piece.text) and field_of(label)[0]) or (
        not value and field_of(label)[1] >= 0.9
    )


def _tail(piece: Piece, value: str) -> Piece:
    """Return the end of a piece, its box and its certainty those of the value."""
    size = len(value.replace(" ", ""))
    letters = piece.letters[-size:] if size <= len(piece.letters) else ()
    start = letters[0].start if letters else 1 - len(value) / max(len(piece.text), 1)
    x0, y0, x1, y1 = piece.box
    sure = min([m.confidence for m in letters], default=piece.confidence)
    return replace(
        piece, text=value, confidence=sure, box=(x0 + start * (x1 - x0), y0, x1, y1)
    )


def _cell(piece: Piece, sure: float) -> Cell:
    """Return a value; a label that was read with doubt makes it doubtful, too."""
    share = 1.0 if sure >= 0.88 else sure
    return Cell(piece.text, piece.confidence * share, piece.page, piece.box)


def _letterhead(rows: list[list[Piece]], fields: dict[str, Cell]) -> dict[str, Cell]:
    """Return the company at the head of the page as the buyer: a guess."""
    seller = fields["seller"].text if "seller" in fields else ""
    for row in rows[:6]:
        for piece in row:
            if COMPANY.search(piece.text) and not COLON.search(piece.text):
                if piece.text != seller:
                    guess = _cell(piece, 1.0)
                    return {"buyer": replace(guess, confidence=0.5 * guess.confidence)}
    return {}
