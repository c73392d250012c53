"""Pictures as strangers may see them: small, made anew, with a mark on them.

The mark is text on a dark band at the foot of the picture, so that it is read on
light and dark pictures alike. What comes out holds pixels and nothing else: no place,
no camera, no comment, no thumbnail of the original.
"""

import io
from collections import OrderedDict

from PIL import Image, ImageDraw, ImageFont, ImageOps

#: Formats of pictures that are opened at all.
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
#: Pixels of a picture that is opened at most.
MAX_PIXELS = 50_000_000
#: Letters are this part of the picture's width high, within the bounds below.
LETTER = 1 / 32
SMALLEST, LARGEST = 9, 40
BAND, TEXT = (0, 0, 0, 170), (255, 255, 255, 255)


class NoPicture(Exception):
    """What was given is no picture that can be shown."""


def marked(content, text, side, output="JPEG"):
    """Return a picture as bytes: at most ``side`` long, upright, marked.

    :param bytes content: JPEG, PNG, WebP or GIF
    :param str text: Latin letters, figures and signs
    :param int side: pixels of the longer side at most; smaller ones stay small
    :param output: ``"JPEG"`` or ``"PNG"``
    :raise NoPicture: for anything else, broken or too large pictures
    """
    try:
        picture = _opened(content, side)
        stream = io.BytesIO()
        _with_mark(picture, text).save(stream, output, quality=82)
    except (OSError, SyntaxError, ValueError, EOFError, MemoryError) as error:
        raise NoPicture from error
    except Image.DecompressionBombError as error:
        raise NoPicture from error
    return stream.getvalue()


def _opened(content, side):
    """Return the pixels on white; a photo is read no larger than it is shown."""
    picture = Image.open(io.BytesIO(content), formats=FORMATS)
    if picture.width * picture.height > MAX_PIXELS:
        raise NoPicture
    if picture.format == "JPEG":
        picture.draft("RGB", (side, side))
    picture = ImageOps.exif_transpose(picture)
    picture.thumbnail((side, side))
    pixels = picture.convert("RGBA")
    clean = Image.new("RGB", pixels.size, "white")
    clean.paste(pixels, mask=pixels.getchannel("A"))
    return clean


def _with_mark(picture, text):
    """Return the picture with a band and the text on it."""
    font, words = _font(picture.width, text)
    height = min(picture.height, round(font.size * 1.6) * len(words))
    band = Image.new("RGBA", (picture.width, height), BAND)
    draw = ImageDraw.Draw(band)
    for number, word in enumerate(words):
        middle = round(height * (number + 0.5) / len(words))
        draw.text((font.size * 0.5, middle), word, TEXT, font, anchor="lm")
    foot = (0, picture.height - height)
    picture.paste(band, foot, mask=band.getchannel("A"))
    return picture


def _font(width, text):
    """Return the font and the lines of a text for a picture so wide."""
    size = min(LARGEST, max(SMALLEST, round(width * LETTER)))
    font = ImageFont.load_default(size)
    if font.getlength(text) + size <= width:
        return font, [text]
    return font, text.split("  ")


class Cache:
    """Keeps what was made last, by key, within a number of bytes.

    :param int limit: bytes kept at most; in this process only
    """

    def __init__(self, limit):
        self.limit = limit
        self.size = 0
        self._kept = OrderedDict()

    def get(self, key, make):
        """Return what is kept under ``key``, else what ``make()`` returns."""
        known = self._kept.get(key)
        if known is not None:
            self._kept.move_to_end(key)
            return known
        made = make()
        self._keep(key, made)
        return made

    def _keep(self, key, made):
        self.size += len(made) - len(self._kept.pop(key, b""))
        self._kept[key] = made
        while self.size > self.limit and self._kept:
            _key, dropped = self._kept.popitem(last=False)
            self.size -= len(dropped)

    def clear(self):
        """Forget everything."""
        self._kept.clear()
        self.size = 0
