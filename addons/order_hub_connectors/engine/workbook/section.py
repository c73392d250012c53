"""Cutting a sheet into sections: a header, what is above it, what is below it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..table import BadTable
from . import header, totals
from .forms import fields, is_note
from .model import CellValue

if TYPE_CHECKING:
    from .tables import View

#: Lines of one header.
MAX_LINES = 4
#: Rows that are looked at for a header without known words, and for labels.
WITHIN = 30
#: Rows above a header that may belong to it, and tables of one sheet.
MAX_ABOVE = 200
MAX_TABLES = 500


@dataclass(slots=True)
class Section:
    """Rows of one table.

    :ivar left: first column
    :ivar right: last column
    :ivar above: numbers of the rows above the header that belong to it
    :ivar headers: numbers of the header lines; empty when there is none
    :ivar body: first row below the header
    :ivar bottom: last row
    :ivar foot: from this row on there are no lines
    :ivar skipped: headers that come again, as on every page
    :ivar group: the first header line has words over several columns, not merged
    """

    left: int
    right: int
    above: tuple[int, ...]
    headers: tuple[int, ...]
    body: int
    bottom: int
    foot: int = 1 << 30
    skipped: set[int] = field(default_factory=set)
    group: bool = False

    def width(self, sheet: View) -> int:
        """Return how many columns have a name, or how many there are."""
        if not self.headers:
            return self.right - self.left + 1
        names = sheet.row(self.headers[-1], self.left, self.right)
        return sum(1 for name in names if name is not None)


def find_sections(sheet: View, left: int, right: int) -> list[Section]:
    """Return the sections of some columns of a sheet, top to bottom."""
    heads = _known(sheet, left, right) or _unknown(sheet, left, right)
    if not heads:
        return _without_header(sheet, left, right)
    return _cut(sheet, left, right, heads)


@dataclass(slots=True)
class _Head:
    lines: tuple[int, ...]
    names: list
    group: bool = False


def _known(sheet: View, left: int, right: int) -> list[_Head]:
    """Return the headers with known words; further ones must look like them.

    Within a long table only rows are looked at whose first words are known ones, for
    looking at every cell takes as long as reading the file.
    """
    found: list[_Head] = []
    last = 0
    for number in range(1, sheet.height + 1):
        if number <= last or not _may_be(sheet.own[number - 1], left, right):
            continue
        cells = sheet.row(number, left, right)
        if header.score(cells):
            found.append(_head(sheet, number, left, right))
            last = found[-1].lines[-1]
    return found


def _may_be(cells: list[CellValue], left: int, right: int) -> bool:
    seen = 0
    for cell in cells[left - 1 : right]:
        if isinstance(cell, str):
            if header.is_known(cell):
                return True
            seen += 1
            if seen == 6:
                return False
    return False


def _head(sheet: View, number: int, left: int, right: int) -> _Head:
    """Return a header with the lines above and below that belong to it."""
    lines = [number]
    while len(lines) < MAX_LINES and _goes_on(sheet, lines[0], lines[-1], left, right):
        lines.append(lines[-1] + 1)
    is_group = False
    if lines[0] > 1 and _is_group(sheet, lines[0] - 1, lines[0], left, right):
        lines.insert(0, lines[0] - 1)
        is_group = not any(
            span.right > span.left for span in sheet.by_row.get(lines[0], ())
        )
    return _Head(
        tuple(lines), [sheet.row(line, left, right) for line in lines], is_group
    )


def _goes_on(sheet: View, first: int, last: int, left: int, right: int) -> bool:
    """Tell whether the row below belongs to a header, too.

    It does when a merged cell of the header reaches into it, or when it has words
    below a word that is over several columns.
    """
    if last >= sheet.height:
        return False
    below = sheet.written(last + 1, left, right)
    filled = [cell for cell in below if cell is not None]
    if any(not isinstance(cell, str) for cell in filled):
        return False
    spans = [
        span
        for number in range(first, last + 1)
        for span in sheet.by_row.get(number, ())
        if left <= span.left <= right
    ]
    down = [span.bottom for span in spans if span.top == first]
    if any(bottom > last for bottom in down):
        usual = Counter(bottom for bottom in down if bottom > first)
        return max(usual, key=lambda bottom: (usual[bottom], bottom)) > last
    wide = [span for span in spans if span.right > span.left and span.top == last]
    under = {
        below[at - left]
        for span in wide
        for at in range(span.left, min(span.right, right) + 1)
        if below[at - left] is not None
    }
    return len(under) > 1 and sum(map(header.is_known, under)) > 0


def _is_group(sheet: View, above: int, number: int, left: int, right: int) -> bool:
    """Tell whether a row has words over several columns of the header below it."""
    cells = sheet.written(above, left, right)
    filled = [cell for cell in cells if cell is not None]
    if not filled or any(not isinstance(cell, str) for cell in filled):
        return False
    if any(map(header.is_label, filled)) or fields([(above, cells)], False)[0]:
        return False
    wide = [
        span
        for span in sheet.by_row.get(above, ())
        if left <= span.left and span.left < span.right <= right
    ]
    full = [span for span in wide if span.right - span.left >= (right - left) * 0.9]
    names = [cell for cell in sheet.row(number, left, right) if cell is not None]
    if wide and not full:
        return True
    return len(filled) > 1 and len(names) > len(set(names)) and not wide


def _unknown(sheet: View, left: int, right: int) -> list[_Head]:
    """Return the first row that looks like a header though its words are unknown."""
    for number in range(1, min(sheet.height, WITHIN) + 1):
        cells = sheet.written(number, left, right)
        filled = [cell for cell in cells if cell is not None]
        if not filled or not all(isinstance(cell, str) for cell in filled):
            continue
        if left == right and _is_over_numbers(sheet, number, left):
            return [_head(sheet, number, left, right)]
        if _is_group_alone(sheet, number, left, right, filled):
            return [_head(sheet, number, left, right)]
        if len(filled) < 2 or len(set(filled)) < len(filled):
            continue
        if sum(map(header.is_label, filled)) * 2 >= len(filled):
            continue
        if max(map(len, filled)) > header.LONGEST or _is_like(sheet, number, filled):
            continue
        if not any(cell[:1].isdigit() for cell in filled):
            return [_head(sheet, number, left, right)]
    return []


def _is_group_alone(sheet: View, number: int, left: int, right: int, filled) -> bool:
    """Tell whether a row is one word over several columns, but not over all."""
    spans = [span for span in sheet.by_row.get(number, ()) if span.right > span.left]
    cells = sheet.written(number, left, right)
    is_field = header.is_label(filled[0]) or fields([(number, cells)])[0]
    return len(filled) == len(spans) == 1 and spans[0].left > left and not is_field


def _is_over_numbers(sheet: View, number: int, column: int) -> bool:
    """Tell whether a word is above numbers or days only, in a single column."""
    below = [sheet.grid.at(row, column) for row in range(number + 1, sheet.height + 1)]
    return bool(below) and not any(isinstance(cell, str) for cell in below)


def _is_like(sheet: View, number: int, filled: list) -> bool:
    """Tell whether a row of labels and values: two columns, words left of values."""
    if len(filled) != 2 or number >= sheet.height:
        return False
    below = [cell for cell in sheet.own[number] if cell is not None]
    words = [filled[0], *(below[:1] if len(below) == 2 else ())]
    is_form = all(isinstance(word, str) and header.is_known(word) for word in words)
    return is_form and len(words) == 2 and not header.is_known(filled[1])


def _without_header(sheet: View, left: int, right: int) -> list[Section]:
    """Return a section of labels and values, or of rows without names."""
    numbers = [
        number
        for number in range(1, min(sheet.height, 2000) + 1)
        if any(cell is not None for cell in sheet.written(number, left, right))
    ]
    if not numbers:
        return []
    written = ((number, sheet.written(number, left, right)) for number in numbers)
    found, _notes = fields(written)
    if found and len(found) * 2 >= len(numbers) or len(numbers) == 1:
        return [Section(left, right, tuple(numbers), (), numbers[-1] + 1, numbers[-1])]
    top = numbers[0]
    return [Section(left, right, (), (), top, sheet.height)]


# === FROM ONE HEADER TO THE NEXT === #


def _cut(sheet: View, left: int, right: int, heads: list[_Head]) -> list[Section]:
    sections: list[Section] = []
    start = 1
    ends = [head.lines[0] - 1 for head in heads[1:]] + [sheet.height]
    labels: set[str] = set()
    for at, head in enumerate(heads):
        last = sections[-1] if sections else None
        above = range(start, head.lines[0])
        if last is not None:
            foot, above = _parted(sheet, last, above, labels)
            if _continues(sheet, last, head, foot, above, left, right):
                _extend(last, head, ends[at], sheet)
                start = last.bottom + 1
                continue
            last.foot, last.bottom = foot, above.start - 1
        sections.append(_section(sheet, left, right, head, above))
        last = sections[-1]
        last.bottom = ends[at]
        if len(sections) > MAX_TABLES:
            raise _too_many_tables()
        start = last.body
        labels = labels or _labels(sheet, above, left, right)
    _foot(sheet, sections[-1])
    return sections


def _too_many_tables() -> BadTable:
    return BadTable(
        "too_many_tables",
        f"A sheet has more than {MAX_TABLES} tables. Send it in parts.",
    )


def _section(sheet, left: int, right: int, head: _Head, above: range) -> Section:
    body = head.lines[-1] + 1
    return Section(
        left,
        right,
        tuple(above[-MAX_ABOVE:]),
        head.lines,
        body,
        sheet.height,
        group=head.group,
    )


def _labels(sheet: View, numbers: Iterable[int], left: int, right: int) -> set[str]:
    rows = ((number, sheet.written(number, left, right)) for number in numbers)
    return {each.label for each in fields(rows)[0]}


def _continues(sheet, last: Section, head, foot: int, above, left, right) -> bool:
    """Tell whether a header is the one above once more, as printed on each page."""
    names = [sheet.row(number, left, right) for number in last.headers]
    if head.names != names:
        return False
    if any(any(sheet.written(row, left, right)) for row in range(foot, above.start)):
        return False
    rows = [number for number in above if any(sheet.written(number, left, right))]
    first = [
        sheet.written(number, left, right)
        for number in last.above
        if any(sheet.written(number, left, right))
    ]
    said = [sheet.written(number, left, right) for number in rows]
    return not rows or said == first[-len(said) :]


def _extend(last: Section, head: _Head, end: int, sheet: View) -> None:
    """Let a table go on below a header that comes again.

    :param end: its last row
    """
    said = range(head.lines[0] - len(last.above), head.lines[-1] + 1)
    repeated = set(head.lines)
    for number, first in zip(reversed(said), reversed(last.above), strict=False):
        if number > 0 and number not in repeated:
            same = sheet.own[number - 1] == sheet.own[first - 1]
            repeated |= {number} if same and any(sheet.own[number - 1]) else set()
    last.skipped |= repeated
    last.bottom = end


def _parted(
    sheet: View, last: Section, between: range, labels: set[str]
) -> tuple[int, range]:
    """Part the rows between two headers.

    :param between: from below a header to above the next
    :return: first row of the foot of the upper table; rows above the lower one
    """
    left, right = last.left, last.right
    end = _end_of_lines(sheet, last, between)
    rest = range(end + 1, between.stop)
    start = _start_of_next(sheet, rest, left, right, labels)
    return end + 1, range(start, between.stop)


def _end_of_lines(sheet: View, last: Section, numbers: range) -> int:
    """Return the last row that is a line or a sum."""
    left, right = last.left, last.right
    for number in reversed(numbers):
        written = sheet.written(number, left, right)
        if not any(written):
            continue
        if totals.label(written):
            return number
        hangs = sheet.hangs(number, left, right)
        if not is_note(written, last.width(sheet), hangs) and (
            hangs or not _is_title(sheet, number, last)
        ):
            return number
    return numbers.start - 1


def _is_title(sheet: View, number: int, last: Section) -> bool:
    """Tell whether a row is one text below a blank row."""
    filled = [cell for cell in sheet.own[number - 1] if cell is not None]
    above = sheet.written(number - 1, last.left, last.right) if number > 1 else []
    return len(filled) == 1 and isinstance(filled[0], str) and not any(above)


def _start_of_next(sheet, rest: range, left: int, right: int, labels: set[str]) -> int:
    """Return where what belongs to the next table begins.

    At a text that stands alone over several columns (a title), or at a label that
    the first table begins with, or below a blank row; else nothing does.
    """
    blank = 0
    for number in rest:
        cells = sheet.written(number, left, right)
        filled = [cell for cell in cells if cell is not None]
        if not filled:
            blank = number
            continue
        found, _notes = fields([(number, cells)])
        if any(each.label in labels for each in found):
            return number
        wide = any(span.right - span.left >= 2 for span in sheet.by_row.get(number, ()))
        if len(filled) == 1 and (wide or blank) and not found:
            return number
    return blank + 1 if blank else rest.stop


def _foot(sheet: View, last: Section) -> None:
    """Note where the lines of the last table end."""
    numbers = range(max(last.body, last.bottom - 200), last.bottom + 1)
    if len(numbers):
        last.foot = _end_of_lines(sheet, last, numbers) + 1
        if last.foot <= numbers.start and last.body < numbers.start:
            last.foot = 1 << 30
