"""Names without what people leave out or put in: blanks, brackets and dashes."""

import re

from .text import key as plain_key

#: What is between digits is kept, the rest of these is squeezed out.
SQUEEZED = frozenset(" \t()[]{}<>《》【】「」'\"“”‘’_-/·.+&#:|®™")
BETWEEN_DIGITS = frozenset(" -/.*x:+")
TIMES = re.compile(r"(?<=\d)\s*[x*]\s*(?=\d)")


def squeeze(text: str) -> tuple[str, list[int]]:
    """Return a plain text squeezed, and where each of its characters stood."""
    letters, places = [], []
    for at, char in enumerate(text):
        if char in SQUEEZED or char in "*x":
            inside = 0 < at < len(text) - 1 and _digits_around(text, at)
            if char in "*x":
                char = "*" if inside else char
            elif not (inside and char in BETWEEN_DIGITS):
                continue
        letters.append(char)
        places.append(at)
    return "".join(letters), places


def _digits_around(text: str, at: int) -> bool:
    return text[at - 1].isdigit() and text[at + 1].isdigit()


def squeezed(text: str) -> str:
    """Return any text squeezed."""
    return squeeze(TIMES.sub("*", plain_key(text)))[0]
