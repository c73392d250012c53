"""Pieces of text in straight rows, from lines that a tilted or bent page gave.

Reading is done on an imagined page that lies straight; each piece keeps its box on
the picture as it is, for whoever looks at both.
"""

import statistics
from dataclasses import dataclass, replace

from .sheet import Letter, Line, Page

#: Room between letters, in heights of the line, that parts two pieces.
GAP = 0.85
#: How much of its certainty a letter keeps that stood in a column read as one.
STOOD = 0.8
#: Lines at least so many heights long tell how a page is tilted.
LONG = 3.0
#: Slopes further than this from the middle one are somebody's scribble.
STRAY = 0.06


@dataclass(frozen=True)
class Piece:
    """A piece of text on the straight page.

    :ivar left, right, top, bottom: in pixels of the straight page
    :ivar confidence: of its least certain letter, 0 to 1
    :ivar box: ``(x0, y0, x1, y1)`` on the picture, shares of width and height
    """

    text: str
    confidence: float
    page: int
    left: float
    right: float
    top: float
    bottom: float
    box: tuple[float, float, float, float]
    letters: tuple[Letter, ...] = ()

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2

    @property
    def centre(self) -> float:
        return (self.left + self.right) / 2

    @property
    def height(self) -> float:
        return max(self.bottom - self.top, 1.0)


@dataclass(frozen=True)
class Tilt:
    """How far lines fall: ``slope + bend × (height on the page)``.

    :ivar lean: how far upright edges lean
    """

    slope: float = 0.0
    bend: float = 0.0
    width: float = 1.0
    height: float = 1.0

    def straight(self, x: float, y: float) -> tuple[float, float]:
        """Return where a point of the picture lies on the straight page."""
        fall = self.slope + self.bend * (y - self.height / 2)
        return (
            x + self.slope * (y - self.height / 2),
            y - fall * (x - self.width / 2),
        )


def pieces_of(page: Page) -> list[Piece]:
    """Return the pieces of a page, in no order."""
    tilt = _tilt(page)
    wholes = [whole for line in page.lines if (whole := _piece(page, tilt, line))]
    return [
        piece
        for whole in wholes
        for piece in (stood(whole) if _stands(whole) else apart(whole, GAP))
    ]


def rows_of(pieces: list[Piece]) -> list[list[Piece]]:
    """Return pieces in rows, from the top; each row from the left."""
    rows: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda p: p.middle):
        row = next((r for r in reversed(rows[-3:]) if _same_row(r, piece)), None)
        if row is None:
            rows.append([piece])
        else:
            row.append(piece)
    return [sorted(row, key=lambda p: p.left) for row in rows]


def _same_row(row: list[Piece], piece: Piece) -> bool:
    nearest = min(row, key=lambda p: abs(p.centre - piece.centre))
    away = abs(nearest.middle - piece.middle)
    return away < 0.5 * min(nearest.height, piece.height)


# === A COLUMN SEEN AS ONE LINE === #


def _stands(piece: Piece) -> bool:
    """Tell whether short words below one another were read as one upright line."""
    wide = max(piece.right - piece.left, 1.0)
    letters = len(piece.text.replace(" ", ""))
    return 1 < letters < 40 and piece.height > 1.4 * wide * (letters / 2)


def stood(piece: Piece) -> list[Piece]:
    """Return one piece a letter, each at its height: less sure than it looks."""
    letters = piece.text.replace(" ", "")
    step, share = piece.height / len(letters), (piece.box[3] - piece.box[1])
    return [
        replace(
            piece,
            text=letter,
            confidence=piece.confidence * STOOD,
            top=piece.top + n * step,
            bottom=piece.top + (n + 1) * step,
            box=(
                piece.box[0],
                piece.box[1] + n * share / len(letters),
                piece.box[2],
                piece.box[1] + (n + 1) * share / len(letters),
            ),
            letters=(),
        )
        for n, letter in enumerate(letters)
    ]


# === ONE LINE === #


def _piece(page: Page, tilt: Tilt, line: Line) -> Piece | None:
    text = " ".join(line.text.split())
    if not text:
        return None
    points = [tilt.straight(x * page.width, y * page.height) for x, y in line.quad]
    left = (points[0][0] + points[3][0]) / 2
    right = (points[1][0] + points[2][0]) / 2
    top = (points[0][1] + points[1][1]) / 2
    bottom = (points[2][1] + points[3][1]) / 2
    xs, ys = zip(*line.quad, strict=True)
    return Piece(
        text,
        _sure(line),
        page.number,
        min(left, right),
        max(left, right),
        min(top, bottom),
        max(top, bottom),
        (min(xs), min(ys), max(xs), max(ys)),
        line.letters if _fits(line) else (),
    )


def _sure(line: Line) -> float:
    """Return how sure the least certain letter is."""
    return min([line.confidence, *(letter.confidence for letter in line.letters)])


def _fits(line: Line) -> bool:
    """Tell whether the letters are those of the text."""
    said = "".join(letter.text for letter in line.letters)
    return said.replace(" ", "") == line.text.replace(" ", "")


def apart(piece: Piece, gap: float) -> list[Piece]:
    """Return the pieces of a piece, parted where letters stand far apart.

    :param gap: in heights of the line
    """
    cuts = [n for n, room in gaps(piece) if room >= gap * piece.height]
    return part(piece, cuts)


def gaps(piece: Piece) -> list[tuple[int, float]]:
    """Return ``(number of the letter after it, pixels)`` of each gap."""
    width = piece.right - piece.left
    letters = piece.letters
    return [
        (n, (letters[n].start - letters[n - 1].end) * width)
        for n in range(1, len(letters))
    ]


def part(piece: Piece, cuts: list[int]) -> list[Piece]:
    """Return a piece cut before the letters with these numbers."""
    if not cuts:
        return [piece]
    edges = [0, *cuts, len(piece.letters)]
    spans = zip(edges, edges[1:], strict=False)
    return [_between(piece, start, end) for start, end in spans if end > start]


def _between(piece: Piece, start: int, end: int) -> Piece:
    """Return the part of a piece that some of its letters make."""
    letters = piece.letters[start:end]
    first, last = letters[0].start, letters[-1].end
    width, share = piece.right - piece.left, piece.box[2] - piece.box[0]
    length = max(last - first, 0.001)
    moved = tuple(
        replace(m, start=(m.start - first) / length, end=(m.end - first) / length)
        for m in letters
    )
    return replace(
        piece,
        text=_text(piece, start, end),
        confidence=min(letter.confidence for letter in letters),
        left=piece.left + first * width,
        right=piece.left + last * width,
        box=(
            max(piece.box[0] + first * share, 0.0),
            piece.box[1],
            min(piece.box[0] + last * share, 1.0),
            piece.box[3],
        ),
        letters=moved,
    )


def _text(piece: Piece, start: int, end: int) -> str:
    """Return the text of some letters, with the spaces that stand between them."""
    at, kept = 0, []
    for n, letter in enumerate(piece.letters):
        found = piece.text.find(letter.text, at) if letter.text else -1
        begin = at if found < 0 else found
        at = begin + len(letter.text)
        if start <= n < end:
            kept.append((begin, at))
    return piece.text[kept[0][0] : kept[-1][1]].strip()


# === TILT === #


def _tilt(page: Page) -> Tilt:
    """Return how a page is tilted, by its long lines."""
    slopes = []
    for line in page.lines:
        (x0, y0), (x1, y1), (x2, y2), (x3, y3) = (
            (x * page.width, y * page.height) for x, y in line.quad
        )
        length, height = (x1 - x0 + x2 - x3) / 2, abs(y3 - y0 + y2 - y1) / 2
        if length > LONG * max(height, 1.0):
            slopes.append(((y1 - y0 + y2 - y3) / 2 / length, (y0 + y2) / 2, length))
    if not slopes:
        return Tilt(width=page.width, height=page.height)
    middle = statistics.median(slope for slope, _y, _length in slopes)
    kept = [row for row in slopes if abs(row[0] - middle) < STRAY]
    return _fitted(page, kept or slopes)


def _fitted(page: Page, slopes: list[tuple[float, float, float]]) -> Tilt:
    """Return the straight line through slopes, long lines counting more."""
    weight = sum(length for _s, _y, length in slopes)
    half = page.height / 2
    mean = sum(s * length for s, _y, length in slopes) / weight
    place = sum((y - half) * length for _s, y, length in slopes) / weight
    spread = sum(((y - half) - place) ** 2 * n for _s, y, n in slopes)
    slant = sum(((y - half) - place) * (s - mean) * n for s, y, n in slopes)
    has_many = len(slopes) >= 6 and spread > weight * (page.height * 0.08) ** 2
    bend = slant / spread if has_many else 0.0
    return Tilt(mean - bend * place, bend, page.width, page.height)
