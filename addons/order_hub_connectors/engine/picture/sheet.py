"""What was read of a picture: pages with lines of text and where they stand.

Places are shares of the page's width and height, 0 at the left and at the top, so
that they hold at every size at which the picture is shown.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Letter:
    """A letter, how sure it is (0 to 1), and where in its line (share of it)."""

    text: str
    confidence: float
    start: float
    end: float


@dataclass(frozen=True)
class Line:
    """A piece of text that the reader saw as one.

    :ivar quad: its four corners, from top left with the clock
    :ivar letters: empty where the reader does not tell
    """

    text: str
    confidence: float
    quad: tuple[tuple[float, float], ...]
    letters: tuple[Letter, ...] = ()


@dataclass(frozen=True)
class Page:
    """One page, set upright.

    :ivar width, height: of its picture, in pixels
    """

    number: int
    width: int
    height: int
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True)
class Reading:
    """All pages of a file."""

    pages: tuple[Page, ...] = ()

    def to_json(self) -> dict:
        return {"pages": [_page_json(page) for page in self.pages]}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Reading":
        return cls(tuple(page_of(row) for row in kept.get("pages") or ()))


def page_of(row: Mapping[str, Any]) -> Page:
    """Return a page as the reader or :meth:`Reading.to_json` wrote it."""
    return Page(
        int(row["number"]),
        int(row["width"]),
        int(row["height"]),
        tuple(_line_of(line) for line in row["lines"]),
    )


def _line_of(row: Mapping[str, Any]) -> Line:
    quad = tuple((_share(x), _share(y)) for x, y in row["quad"])
    letters = tuple(
        Letter(t, float(c), float(a), float(b)) for t, c, a, b in row["marks"]
    )
    return Line(row["text"], float(row["confidence"]), quad, letters)


def _share(value: float) -> float:
    return min(max(float(value), 0.0), 1.0) if math.isfinite(value) else 0.0


def _page_json(page: Page) -> dict:
    return {
        "number": page.number,
        "width": page.width,
        "height": page.height,
        "lines": [
            {
                "text": line.text,
                "confidence": line.confidence,
                "quad": [list(point) for point in line.quad],
                "marks": [[m.text, m.confidence, m.start, m.end] for m in line.letters],
            }
            for line in page.lines
        ],
    }
