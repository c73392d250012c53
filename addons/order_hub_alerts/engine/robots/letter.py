"""A message for a group chat, whatever the platform."""

from dataclasses import dataclass, replace

from ..severity import SEVERITIES
from . import text as texts

#: People that one message calls; beyond that nobody feels called.
MAX_MENTIONS = 20
#: Bytes of a subject, and of a name, a key or a keyword.
SUBJECT_BYTES, WORD_BYTES = 240, 64


@dataclass(frozen=True)
class Mention:
    """A person who is called by a message.

    :ivar mobile: as typed; see :func:`mobile_of`
    :ivar user_ref: the person's id on the platform
    :ivar name: shown where the platform cannot call by mobile
    """

    mobile: str = ""
    user_ref: str = ""
    name: str = ""


@dataclass(frozen=True)
class Letter:
    """One message, whatever the platform.

    :ivar body: markdown (bold, links, lists, headings, quotes, code) or text
    :ivar key: shown at the end, the same at every try, so that people can tell a
        repeat from a second warning
    :ivar part: of ``parts``, from 1 on
    """

    subject: str
    body: str = ""
    is_markdown: bool = True
    mentions: tuple[Mention, ...] = ()
    at_all: bool = False
    severity: str = "warning"
    key: str = ""
    part: int = 1
    parts: int = 1


def tidy(letter: Letter) -> Letter:
    """Return a letter with nothing in it that a platform stumbles over."""
    return replace(
        letter,
        subject=texts.shorten(texts.clean(letter.subject), SUBJECT_BYTES),
        body=texts.clean(letter.body),
        mentions=tuple(filter(None, map(_tidy_mention, letter.mentions)))[
            :MAX_MENTIONS
        ],
        key=bounded(letter.key),
        severity=letter.severity if letter.severity in SEVERITIES else "warning",
    )


def mobile_of(typed: str) -> str:
    """Return a mobile number as the platforms know it.

    Mainland numbers are 11 digits without a country code, others ``+`` and digits;
    what is no number becomes the empty text.
    """
    text = (typed or "").strip()
    digits = "".join(char for char in text if char in "0123456789")
    for prefix in ("0086", "86"):
        bare = digits[len(prefix) :]
        if digits.startswith(prefix) and len(bare) == 11 and bare[0] == "1":
            return bare
    if not 6 <= len(digits) <= 18:
        return ""
    return f"+{digits}" if text.startswith("+") else digits


def bounded(word: str) -> str:
    return texts.shorten(texts.clean(word or ""), WORD_BYTES, mark="")


def _tidy_mention(mention: Mention) -> Mention | None:
    kept = "".join(c for c in mention.user_ref or "" if c.isalnum() or c in "_-.@")
    name = texts.shorten(texts.literal(mention.name or ""), WORD_BYTES)
    found = Mention(mobile_of(mention.mobile), kept[:WORD_BYTES], name)
    return found if found != Mention() else None
