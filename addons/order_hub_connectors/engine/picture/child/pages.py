"""Pages of a file as pictures, and the words that a PDF says by itself."""

import importlib.util
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps

#: Dots per inch at which a page of a PDF is drawn.
DPI = 200
#: Letters that a page's own text has at least to be believed.
MIN_LETTERS = 40
#: Share of a page that a picture covers when the page is a scan.
SCAN = 0.5
#: How sure a text is that the file itself says.
SAID = 0.99
QUALITY = 82


class Unreadable(Exception):
    """A file that cannot be read, with a code."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


@dataclass
class Page:
    """A page: its picture, and its lines once they are known.

    :ivar lines: ``[{"text", "confidence", "quad", "marks"}]``, ``None`` when the
        picture has to be read; quads are in shares of width and height of ``picture``
    :ivar turned: quarter turns against the clock that set it upright
    """

    number: int
    picture: Image.Image
    lines: list[dict] | None = None
    turned: int = 0

    def saved(self, folder: Path) -> dict:
        """Write the picture, upright, and return the page as JSON."""
        upright = self.picture.rotate(90 * self.turned, expand=True)
        name = f"page-{self.number}.jpg"
        upright.convert("RGB").save(folder / name, "JPEG", quality=QUALITY)
        return {
            "number": self.number,
            "file": name,
            "width": upright.width,
            "height": upright.height,
            "lines": self.lines or [],
        }


def opened(path: Path, limits: dict) -> Iterator[Page]:
    """Yield the pages of a file, one at a time.

    :param limits: ``is_pdf``, ``pages`` and ``pixels`` at most
    :raise Unreadable: ``broken``, ``locked``, ``too_many_pages``, ``pixels``
    """
    if limits["is_pdf"]:
        yield from _of_pdf(path, limits)
    else:
        yield Page(1, _picture(path, limits["pixels"]))


def _picture(path: Path, pixels: int) -> Image.Image:
    try:
        picture = Image.open(path, formats=("JPEG", "PNG"))
        if picture.width * picture.height > pixels:
            picture.draft("RGB", _fitting(picture.size, pixels))
        picture = ImageOps.exif_transpose(picture)
        picture.thumbnail(_fitting(picture.size, pixels))
        return picture.convert("RGB")
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise Unreadable("broken") from error


def _fitting(size: tuple[float, float], pixels: int) -> tuple[int, int]:
    """Return a size of the same shape with at most so many pixels."""
    scale = min(1.0, math.sqrt(pixels / max(size[0] * size[1], 1)))
    return max(int(size[0] * scale), 1), max(int(size[1] * scale), 1)


# === PDF === #


def _of_pdf(path: Path, limits: dict) -> Iterator[Page]:
    if not importlib.util.find_spec("pypdfium2"):
        raise Unreadable("missing")
    # pylint: disable-next=import-outside-toplevel
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        raise Unreadable("locked" if "assword" in str(error) else "broken") from error
    if len(document) > limits["pages"]:
        raise Unreadable("too_many_pages")
    for number in range(len(document)):
        try:
            yield _page(document[number], number + 1, limits["pixels"])
        except pypdfium2.PdfiumError as error:
            raise Unreadable("broken") from error


def _page(page: Any, number: int, pixels: int) -> Page:
    width, height = page.get_size()
    wanted = (width * DPI / 72, height * DPI / 72)
    scale = _fitting(wanted, pixels)[0] / max(width, 1)
    picture = page.render(scale=max(scale, 0.05)).to_pil().convert("RGB")
    lines = None if _is_scan(page, width * height) else _said(page)
    enough = lines and sum(len(line["text"]) for line in lines) >= MIN_LETTERS
    return Page(number, picture, lines if enough else None)


def _is_scan(page: Any, area: float) -> bool:
    """Tell whether a picture fills the page: words under it are another reader's."""
    for item in page.get_objects(max_depth=4):
        if item.type == 3:
            left, bottom, right, top = item.get_bounds()
            if (right - left) * (top - bottom) > SCAN * area:
                return True
    return False


def _said(page: Any) -> list[dict]:
    """Return the lines of the page's own text; pages set on their side are drawn."""
    if page.get_rotation():
        return []
    text = page.get_textpage()
    left, bottom, right, top = page.get_bbox()
    width, height = max(right - left, 1), max(top - bottom, 1)
    lines = []
    for number in range(min(text.count_rects(), 5000)):
        x0, y0, x1, y1 = text.get_rect(number)
        words = " ".join(text.get_text_bounded(x0, y0, x1, y1).split())
        if words:
            box = [(x0 - left) / width, (top - y1) / height]
            box += [(x1 - left) / width, (top - y0) / height]
            lines.append(_line(words, box))
    return lines


def _line(words: str, box: list[float]) -> dict:
    x0, y0, x1, y1 = (round(min(max(value, 0.0), 1.0), 5) for value in box)
    quad = [[x0, y0], [x1, y0], [x1, y1], [x0, y1]]
    return {"text": words, "confidence": SAID, "quad": quad, "marks": []}
