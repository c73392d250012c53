"""The text of an address, and which words of it have been understood as what.

Every character belongs to a part, is a label or a separator, or is left over: so
nothing is lost, and a person sees which words a part came from.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from .address_table import simple
from .identity import FULL_WIDTH

MAX_TEXT = 600
LABEL, REGION, COUNTRY, OTHER = "label", "region", "country", "other"

INVISIBLE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f\u00ad\u200b-\u200f\u2028-\u202e\ufeff]"
)
HAN = r"\u3400-\u4dbf\u4e00-\u9fff"
HAS_HAN = re.compile(f"[{HAN}]")
#: Between the words of an address line. A dot or a dash may be part of a number.
SEPARATOR = re.compile(r"[\s,，、;；。|!！《》<>“”\"]+")
SEPARATORS = set(' \t\n\r,，、;；。|!！《》<>“”":：/·-–—.()（）[]【】')

LABELS = (
    ("person", "收货人姓名|收件人姓名|收货人|收件人|联系人|联络人|姓名"),
    (
        "phone",
        "联系电话|联系方式|手机号码|手机号|电话号码|收货电话|手机|电话|Tel|Mobile|Phone",
    ),
    ("zip", "邮政编码|邮编"),
    (
        "address",
        "收货地址|收件地址|详细地址|所在地区|所在地|收货地点|送货地址|地址|地区",
    ),
)
LABELLED = re.compile(
    "|".join(
        rf"(?P<{kind}>(?<![{HAN}A-Za-z])(?:{words})\s*[:：]\s*)"
        for kind, words in LABELS
    ),
    re.IGNORECASE,
)
#: The word alone is a label for numbers only: "电话13800001376".
BARE_PHONE_LABEL = re.compile(r"(联系电话|收货电话|手机号码|电话|手机)\s*[:：]?\s*$")

COUNTRY_CODE = r"(?:(?<![\d+])\+?\(?(?:00)?86\)?[-\s]*)?"
MOBILE = re.compile(
    rf"(?<!\d){COUNTRY_CODE}(?<!\d)1[3-9]\d[\s-]?\d{{4}}[\s-]?\d{{4}}(?![\d号])"
    rf"|(?<!\d){COUNTRY_CODE}1[3-9]\d{{9}}(?![\d号])"
)
LANDLINE = re.compile(
    r"(?<![\d-])(?:\+?\(?(?:00)?86\)?[-\s]?)?(?:\(0\d{2,3}\)|0\d{2,3})[-\s]?\d{3,4}[-\s]?\d{4}"
    r"(?:\s?(?:转|-|#|ext\.?)\s?\d{1,6})?(?![\d号])"
    r"|(?<![\d-])\+86[-\s]\(?[1-9]\d{1,2}\)?[-\s]\d{7,8}(?!\d)"
    r"|(?<![\d-])[48]00[-\s]?\d{3}[-\s]?\d{4}(?!\d)"
    r"|(?<!\d)\+85[23][-\s]?\d{4}[-\s]?\d{4}(?!\d)"
    r"|(?<!\d)\+886[-\s]?9?\d{2}[-\s]?\d{3}[-\s]?\d{3,4}(?!\d)"
)
MASKED_PHONE = re.compile(r"(?<!\d)1[3-9]\d[*＊●]{4,8}\d{0,4}(?!\d)")
IDENTITY_CARD = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")


@dataclass(frozen=True)
class Span:
    """A run of characters."""

    start: int
    end: int


def clean(text: str) -> str:
    """Return a text with ASCII digits and letters and without invisible signs."""
    text = text.replace("\r\n", "\n").translate(FULL_WIDTH)
    return INVISIBLE.sub(" ", text).strip()


@dataclass
class Canvas:
    """A text and the owner of each of its characters.

    :ivar text: the clean text
    :ivar plain: the same in simple characters, equally long
    :ivar owners: name of the part of each character; empty: not understood yet
    """

    text: str
    plain: str = ""
    owners: list[str] = field(default_factory=list)

    def __post_init__(self):
        self.plain = simple(self.text)
        self.owners = [""] * len(self.text)

    def own(self, start: int, end: int, owner: str) -> str:
        """Give characters to a part; return them."""
        self.owners[start:end] = [owner] * (end - start)
        return self.text[start:end]

    def is_free(self, start: int, end: int) -> bool:
        return not any(self.owners[start:end])

    def words_of(self, *owners: str) -> str:
        """Return what belongs to some owners, runs parted by a space."""
        return " ".join(self.text[s.start : s.end].strip() for s in self.runs(*owners))

    def runs(self, *owners: str) -> Iterator[Span]:
        """Yield the runs of characters that belong to one of some owners."""
        start = None
        for at, owner in enumerate([*self.owners, None]):
            if owner in owners and start is None:
                start = at
            elif start is not None and owner not in owners:
                yield Span(start, at)
                start = None

    def tokens(self) -> Iterator[Span]:
        """Yield the runs between separators of what is not understood yet."""
        for run in self.runs(""):
            at = run.start
            for gap in SEPARATOR.finditer(self.text, run.start, run.end):
                if gap.start() > at:
                    yield Span(at, gap.start())
                at = gap.end()
            if at < run.end:
                yield Span(at, run.end)

    def lost(self) -> str:
        """Return characters that are neither owned nor separators: none, at the end."""
        return "".join(
            char
            for char, owner in zip(self.text, self.owners, strict=True)
            if not owner and char not in SEPARATORS
        )


def take_phones(canvas: Canvas) -> list[str]:
    """Take identity cards and telephone numbers out of a text; return the numbers."""
    for match in IDENTITY_CARD.finditer(canvas.plain):
        canvas.own(*match.span(), OTHER)
    numbers = []
    for pattern in (MOBILE, MASKED_PHONE, LANDLINE):
        for match in pattern.finditer(canvas.plain):
            if canvas.is_free(*match.span()):
                numbers.append(canvas.own(*match.span(), "phone").strip())
                _own_bare_label(canvas, match.start())
    return numbers


def _own_bare_label(canvas: Canvas, start: int) -> None:
    label = BARE_PHONE_LABEL.search(canvas.plain[max(0, start - 8) : start])
    if label:
        begin = max(0, start - 8) + label.start()
        if canvas.is_free(begin, start):
            canvas.own(begin, start, LABEL)


def take_labels(canvas: Canvas) -> dict[str, list[int]]:
    """Take labels out of a text; return where the words after each kind begin."""
    found: dict[str, list[int]] = {}
    for match in LABELLED.finditer(canvas.plain):
        canvas.own(*match.span(), LABEL)
        found.setdefault(match.lastgroup, []).append(match.end())
    return found
