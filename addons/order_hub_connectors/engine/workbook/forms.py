"""Labels with values around a table: the upper part of a form, and its foot."""

import re
from collections.abc import Iterable

from .header import is_known, is_label
from .model import CellValue, FormField

#: Several ``label: value`` in one cell.
PAIR = re.compile(r"([^\s:：,，;；\d][^\s:：,，;；]{0,19})\s*[:：]\s*")
NOTE = re.compile(
    r"^(?:备\s*注|注\s*[:：\d]|说明|制表|制单|审核|批准|经办|签字|打印|第\s*\d+\s*页|"
    r"remarks?\b|notes?\b|printed|page \d)",
    re.IGNORECASE,
)
LONGEST = 300


def fields(
    rows: Iterable[tuple[int, list[CellValue]]], words: bool = True
) -> tuple[list[FormField], list[str]]:
    """Return labels with their values, and the texts that are neither.

    :param rows: numbers and cells of the rows around a table, merged cells once
    :param words: a usual word is a label, too, without a colon
    """
    found: list[FormField] = []
    notes: list[str] = []
    waiting: dict[int, str] = {}
    for number, cells in rows:
        waiting = _row(number, cells, waiting, found, notes, words)
    return found, notes


def _row(number, cells, waiting, found, notes, words: bool) -> dict[int, str]:
    """Read a row; ``waiting`` are labels above without a value beside them."""
    label, at, left = "", 0, {}
    for column, cell in enumerate(cells, 1):
        if cell is None:
            continue
        if is_label(cell) or words and _is_word(cell) and not label:
            if label:
                left[at] = label
            label, at = str(cell).strip(" :："), column
        elif label:
            found.append(FormField(label, cell, number, column))
            label = ""
        elif _pairs(number, column, cell, found):
            continue
        elif column in waiting:
            found.append(FormField(waiting[column], cell, number, column))
        else:
            notes.append(str(cell)[:LONGEST])
    if label:
        left[at] = label
    return left


def _is_word(cell: CellValue) -> bool:
    return isinstance(cell, str) and is_known(cell)


def _pairs(number: int, column: int, cell: CellValue, found: list) -> bool:
    """Read ``label: value label: value`` in one cell."""
    if not isinstance(cell, str) or len(cell) > LONGEST:
        return False
    spots = [
        spot
        for spot in PAIR.finditer(cell)
        if not spot[1][-1].isdigit() and cell[spot.end() : spot.end() + 2] != "//"
    ]
    if not spots or spots[0].start():
        return False
    ends = [spot.start() for spot in spots[1:]] + [len(cell)]
    for spot, end in zip(spots, ends, strict=True):
        value = cell[spot.end() : end].strip(" \t\n,，;；")
        if value:
            found.append(FormField(spot[1], value, number, column))
    return True


def is_note(cells: list[CellValue], width: int, hangs: bool = False) -> bool:
    """Tell a note or a label from a line of a table.

    :param cells: of the row, merged ones once
    :param width: columns of the table
    :param hangs: a cell merged with ones above reaches into the row
    """
    filled = [cell for cell in cells if cell is not None]
    texts = [cell for cell in filled if isinstance(cell, str)]
    if len(filled) == 1 and width > 3 and not hangs:
        return bool(texts)
    if len(texts) > 4 or not texts:
        return False
    if len(filled) == 1 and not hangs and _pairs(0, 0, texts[0], []):
        return True
    return any(NOTE.match(text) and len(filled) <= 4 for text in texts) or (
        sum(map(is_label, texts)) * 2 >= len(filled)
    )
