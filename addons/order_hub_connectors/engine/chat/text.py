"""A message in one plain form, and where each of its characters came from.

Widths, cases, traditional characters, invisible characters and emoji become one
form for reading; ``spans`` leads back to the text as it was received. What a message
quotes (a reply's first lines, signatures) is blanked: it was said before.
"""

import re
import unicodedata
from bisect import bisect_left
from dataclasses import dataclass, field

from ..address_table import simple
from .simple import SIMPLE
from .words import Span

MAX_TEXT = 4_000

#: Kept as they are: they part words, a half-width comma may part thousands.
KEPT = frozenset("，、。")
SAME_SIGN = str.maketrans(
    dict.fromkeys("×✕✖╳⨉＊∗", "*")
    | dict.fromkeys("—–−‐‑﹣", "-")
    | dict.fromkeys("～〜", "~")
)
INVISIBLE = frozenset(("Cf", "Mn", "Me", "Cs", "Co", "Cn", "Cc"))
#: WeChat's emoji in words: [微笑], [OK], [Smile].
FACE = re.compile(r"\[(?:[\u4e00-\u9fff]{1,4}|[A-Za-z]{2,12})\]")
CIRCLED = re.compile("[①-⑳❶-❿㊀-㊉]|[0-9]\ufe0f?\u20e3")
#: A reply in WeChat: 「who：what」 and a line of dashes; in e-mail: > and the rest.
QUOTE = re.compile(
    r"^[「『\"“][^」』\n]{1,80}?[:：][\s\S]{0,1500}?[」』\"”]\s*\n[-— ]{5,}\s*\n"
)
MAIL_QUOTE = re.compile(r"^[ \t]*>[^\n]*$", re.M)
MAIL_END = re.compile(
    r"^(?:-- ?$|_{5,}|-{2,}\s*Original|-{2,}\s*原始邮件|On .{10,80} wrote:|"
    r"Sent from my |发自我的|Best regards|Kind regards|Regards,|发件人[:：])",
    re.M | re.I,
)
MENTION = re.compile(r"@[^\s@\u2005\d][^\s@\u2005]{0,20}[\u2005\s]")


@dataclass
class Plain:
    """A message in its plain form.

    :ivar text: for reading: one width, lower case, simple characters
    :ivar source: the message as it was received
    :ivar starts: offset in ``source`` of each character of ``text``, and the end
    """

    source: str
    text: str = ""
    starts: list[int] = field(default_factory=list)

    def span(self, start: int, end: int) -> Span:
        """Return where characters of the plain text stand in the source."""
        if start >= end:
            at = self.starts[min(start, len(self.text))]
            return at, at
        return self.starts[start], self.starts[end - 1] + 1

    def inside(self, start: int, end: int) -> tuple[int, int]:
        """Return where characters of the source stand in the plain text."""
        first = bisect_left(self.starts, start, 0, len(self.text))
        return first, bisect_left(self.starts, end, first, len(self.text))

    def said(self, start: int, end: int) -> str:
        """Return the words of the source between two offsets of the plain text."""
        first, last = self.span(start, end)
        return self.source[first:last]


def plain(source: str) -> Plain:
    """Return the plain form of a message, of a longer one its first part."""
    result = Plain(source)
    letters: list[str] = []
    for at, char in enumerate(_blanked(source[:MAX_TEXT])):
        for letter in _letters(char):
            letters.append(letter)
            result.starts.append(at)
    result.text = simple("".join(letters)).translate(SIMPLE)
    result.starts.append(min(len(source), MAX_TEXT))
    return result


def key(text: str) -> str:
    """Return a short text in the same plain form, without the way back."""
    return plain(text).text


def _letters(char: str) -> str:
    """Return what one character is in the plain form: none, one or more."""
    if char < "\x80":
        return char.lower() if char >= " " or char in "\n\t" else ""
    if char in KEPT:
        return char
    char = char.translate(SAME_SIGN)
    if unicodedata.category(char) in INVISIBLE:
        return ""
    letters = unicodedata.normalize("NFKC", char).lower()
    if letters == char and unicodedata.category(char) == "So":
        return " "
    return letters.replace("⁄", "/")


def _blanked(text: str) -> str:
    """Return the text with blanks for quotes and faces, as long as it was."""
    for pattern in (QUOTE, MAIL_QUOTE, FACE):
        text = pattern.sub(_blank, text)
    text = CIRCLED.sub(lambda m: "\n" + " " * (len(m[0]) - 1), text)
    text = MENTION.sub(_blank, text)
    end = MAIL_END.search(text)
    return text[: end.start()] if end and text[: end.start()].strip() else text


def _blank(match: re.Match) -> str:
    return re.sub(r"[^\n]", " ", match[0])
