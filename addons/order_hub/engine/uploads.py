"""Which files from outside are let in: decided by their content, never by name.

Only what is needed on the pages is taken: pictures and PDF papers. A picture is made
anew from its pixels, so nothing the camera noted (place, device, time, thumbnail) and
nothing hidden behind the picture is kept. A PDF is kept byte for byte, signatures stay
valid; one that could act by itself, carries files or cannot be looked into is refused.
"""

import io
import re
import unicodedata
import zlib
from dataclasses import dataclass, field

from PIL import Image, ImageOps, WebPImagePlugin

PICTURE, PDF = "picture", "pdf"
#: What may be sent as a paper: a scan, a photo or a PDF.
PAPER = (PICTURE, PDF)

#: Bounds of one form, unless its page sets tighter ones.
MAX_FILE_BYTES = 10 * 1024 * 1024
MAX_FILES = 10
MAX_NAME = 100
#: Pixels that are decoded at most, and the longest side that is kept.
MAX_PIXELS = 50_000_000
MAX_SIDE = 4096
#: Bytes that the packed parts of a PDF may unfold to.
MAX_UNFOLDED = 100 * 1024 * 1024

#: First bytes of the files that are known, by what they are.
SIGNATURES = (
    ("jpeg", re.compile(rb"\xff\xd8\xff")),
    ("png", re.compile(rb"\x89PNG\r\n\x1a\n")),
    ("gif", re.compile(rb"GIF8[79]a")),
    ("webp", re.compile(rb"RIFF....WEBP", re.DOTALL)),
    ("heic", re.compile(rb"....ftyp(?:hei|hev|mif1|msf1|avi)", re.DOTALL)),
    ("pdf", re.compile(rb"%PDF-\d")),
)
PICTURES = ("jpeg", "png", "gif", "webp")
#: How Pillow calls them; naming the plugin registers it where only some are.
FORMATS = ("JPEG", "PNG", "GIF", WebPImagePlugin.WebPImageFile.format)

#: Names of the parts that let a PDF act, carry files or ask for a password.
ACTIVE = re.compile(
    rb"/(?:JavaScript|Launch|EmbeddedFiles?|RichMedia|Rendition|SubmitForm"
    rb"|ImportData|GoToE|XFA)(?=[\s/<>\[\]()%\d]|$)"
)
LOCKED = re.compile(rb"/Encrypt(?=[\s/<>\[\]()%\d]|$)")
STREAM = re.compile(rb"stream\r?\n")
OBJECT = re.compile(rb"\d\s+\d+\s+obj\b")
#: A stream that holds objects says how many; the only packing that is looked into.
NUMBER = re.compile(rb"/N[\s\d]")
PLAIN_PACKING = re.compile(rb"/Filter\s*(?:/FlateDecode|\[\s*/FlateDecode\s*\])")
ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")

UNPRINTABLE = ("Cc", "Cf", "Cs", "Co", "Cn")


class Refused(Exception):
    """A file that is not let in.

    :param code: ``empty``, ``large``, ``many``, ``kind``, ``heic``, ``broken``,
        ``pixels``, ``locked``, ``active`` or ``packed``
    :param name: the file, cleaned for showing
    :param figures: what a message says: ``limit`` in bytes, files or pixels
    """

    def __init__(self, code, name="", **figures):
        super().__init__(code)
        self.code = code
        self.name = name
        self.figures = figures


@dataclass(frozen=True)
class Upload:
    """A file that was let in."""

    name: str
    content: bytes = field(repr=False)
    mimetype: str


@dataclass(frozen=True)
class Limits:
    """What one form takes: kinds of files, bytes of each, how many."""

    kinds: tuple = PAPER
    limit_bytes: int = MAX_FILE_BYTES
    most: int = MAX_FILES


@dataclass
class Budget:
    """What looking into a PDF may cost: bytes that come out, bytes that are read."""

    unfolded: int
    read: int

    def spend(self, unfolded, read):
        """:raise Refused: ``packed`` when nothing is left"""
        self.unfolded -= unfolded
        self.read -= read
        if self.unfolded < 0 or self.read < 0:
            raise Refused("packed")


def checked(files, limits):
    """Return the files that are let in, made safe.

    :param files: iterable of ``(name, read)``: ``read(n)`` gives at most n bytes
    :param limits: :class:`Limits`
    :return: list of :class:`Upload`; a field left empty (no name, no bytes) is none
    :raise Refused: at the first file that is not let in
    """
    taken = []
    for name, read in files:
        content = read(limits.limit_bytes + 1)
        if not content and not name:
            continue
        shown = clean_name(name)
        if len(taken) >= limits.most:
            raise Refused("many", shown, limit=limits.most)
        taken.append(_checked_one(shown, content, limits))
    return taken


def _checked_one(name, content, limits):
    try:
        return _let_in(name, content, limits)
    except Refused as refused:
        refused.name = name
        raise


def _let_in(name, content, limits):
    if not content:
        raise Refused("empty")
    if len(content) > limits.limit_bytes:
        raise Refused("large", limit=limits.limit_bytes)
    found = sniff(content)
    if found in PICTURES and PICTURE in limits.kinds:
        content, output = remade_picture(content)
        return Upload(with_suffix(name, output), content, f"image/{output}")
    if found == PDF and PDF in limits.kinds:
        check_pdf(content)
        return Upload(with_suffix(name, "pdf"), content, "application/pdf")
    raise Refused("heic" if found == "heic" else "kind", kinds=limits.kinds)


def sniff(content):
    """Return what a file is by its first bytes: a word of ``SIGNATURES``, or ""."""
    head = content[:16]
    return next((word for word, sign in SIGNATURES if sign.match(head)), "")


# === NAMES === #


def clean_name(name):
    """Return a file's name without path, control and direction characters.

    :return: 1 to ``MAX_NAME`` printable characters; ``file`` if nothing is left
    """
    text = unicodedata.normalize("NFC", str(name or ""))
    text = re.split(r"[/\\]", text)[-1]
    text = "".join(
        letter if unicodedata.category(letter) not in UNPRINTABLE else " "
        for letter in text[: MAX_NAME * 4]
    )
    text = re.sub(r"""[<>:"|?*]""", " ", text)
    return " ".join(text.split()).lstrip(". ")[:MAX_NAME].rstrip(". ") or "file"


def with_suffix(name, output):
    """Return a name that ends as what the file is, whatever it was called before."""
    suffix = {"jpeg": ".jpg", "png": ".png", "pdf": ".pdf"}[output]
    stem = re.sub(r"(\.[A-Za-z0-9]{1,5})+$", "", name) or "file"
    return stem[: MAX_NAME - len(suffix)] + suffix


# === PICTURES === #


def remade_picture(content):
    """Return a picture made anew from its pixels, and what it is now.

    Turned upright first, then without EXIF, place, device, comments, colour profile
    and thumbnail; at most ``MAX_SIDE`` long.

    :return: ``(bytes, "jpeg" or "png")``: PNG for what is see-through or drawn
    :raise Refused: ``pixels`` or ``broken``
    """
    try:
        picture = _upright(_opened(content))
        return _encoded(picture)
    except Image.DecompressionBombError as error:
        raise Refused("pixels", limit=MAX_PIXELS) from error
    except (OSError, SyntaxError, ValueError, EOFError, MemoryError) as error:
        raise Refused("broken") from error


def _opened(content):
    """Return the picture, its pixels not read yet: a huge one is refused before."""
    picture = Image.open(io.BytesIO(content), formats=FORMATS)
    if picture.width * picture.height > MAX_PIXELS:
        raise Refused("pixels", limit=MAX_PIXELS)
    if picture.format == "JPEG":
        picture.draft(None, (MAX_SIDE, MAX_SIDE))
    return picture


def _upright(picture):
    picture = ImageOps.exif_transpose(picture)
    picture.thumbnail((MAX_SIDE, MAX_SIDE))
    return picture


def _encoded(picture):
    """Write the pixels, and nothing else, into a new file."""
    see_through = picture.has_transparency_data
    drawn = see_through or picture.mode in ("1", "P")
    pixels = picture.convert("RGBA" if see_through else "RGB")
    clean = Image.new(pixels.mode, pixels.size)
    clean.paste(pixels)
    stream = io.BytesIO()
    if drawn:
        clean.save(stream, "PNG", optimize=False)
        return stream.getvalue(), "png"
    clean.save(stream, "JPEG", quality=88)
    return stream.getvalue(), "jpeg"


# === PDF === #


def check_pdf(content):
    """Check that a PDF is only to be read.

    The bytes are looked through, not the tables of objects: a viewer that mends a
    broken file finds objects that no table names.

    :raise Refused: ``active`` (scripts, programs to start, files within, forms that
        send), ``locked`` (password), ``packed`` (unfolds to too much, or in a way
        that cannot be looked into) or ``broken``
    """
    if b"%%EOF" not in content[-1024:]:
        raise Refused("broken")
    plain = _unescaped(content)
    if LOCKED.search(plain):
        raise Refused("locked")
    if ACTIVE.search(plain):
        raise Refused("active")
    _check_streams(content, plain)


def _check_streams(content, plain):
    """Look into what is packed, within bounds of work and memory."""
    holders, budget = 0, Budget(MAX_UNFOLDED, 4 * len(content))
    for head, start in _streams(content):
        holders += _holds_objects(head)
        if ACTIVE.search(_unescaped(_unfolded(content, start, budget))):
            raise Refused("active")
    if holders < plain.count(b"/ObjStm"):
        raise Refused("packed")


def _unescaped(content):
    """Return names as a viewer reads them: ``/J#61va`` is ``/Java``."""
    return ESCAPED.sub(lambda match: bytes([int(match[1], 16)]), content)


def _streams(content):
    """Yield ``(dictionary, offset)`` of each stream of a PDF."""
    previous = 0
    for match in STREAM.finditer(content):
        if content[match.start() - 3 : match.start()] != b"end":
            head = content[previous : match.start()]
            begins = [found.end() for found in OBJECT.finditer(head)]
            yield _unescaped(head[begins[-1] if begins else 0 :]), match.end()
        previous = match.end()


def _holds_objects(head):
    """Tell whether a stream is called a holder of objects.

    :raise Refused: ``packed`` when it is packed in a way that is not looked into
    """
    is_called_so = b"/ObjStm" in head
    is_one = is_called_so or (b"/First" in head and NUMBER.search(head))
    if is_one and b"/Filter" in head:
        if not PLAIN_PACKING.search(head) or b"/DecodeParms" in head:
            raise Refused("packed")
    return is_called_so


def _unfolded(content, start, budget):
    """Return a stream's content, or what could be read of it.

    Nothing for what is not deflated. The word that ends a stream may stand within
    it by chance, so reading goes on behind it until the stream itself says it ends.

    :raise Refused: ``packed`` when the budget is used up
    """
    unpacker, unfolded = zlib.decompressobj(), []
    while not unpacker.eof and start < len(content):
        end = content.find(b"endstream", start)
        end = len(content) if end < 0 else end + len(b"endstream")
        piece = memoryview(content)[start:end]
        try:
            unfolded.append(unpacker.decompress(piece, budget.unfolded + 1))
        except zlib.error:
            break
        budget.spend(len(unfolded[-1]), len(piece))
        start = end
    return b"".join(unfolded)
