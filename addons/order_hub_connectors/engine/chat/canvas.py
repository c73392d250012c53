"""A plain text and what each of its characters was understood as."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from .text import Plain

#: Parts the words of a message; a blank does not.
STOPS = frozenset("\n\t,，、;。!?~|=*:")
HARD = frozenset("\n;。!?")
FREE, SOFT, ITEM, SPEC, FLAG = "", "soft", "item", "spec", "flag"


@dataclass(frozen=True)
class Mark:
    """Some characters of a plain text that were understood as something."""

    kind: str
    start: int
    end: int
    value: Any = None


@dataclass
class Canvas:
    """What is read so far; no character is read as two things."""

    plain: Plain
    marks: list[Mark] = field(default_factory=list)
    owners: list[str] = field(default_factory=list)

    def __post_init__(self):
        self.owners = [FREE] * len(self.text)

    @property
    def text(self) -> str:
        return self.plain.text

    def is_free(self, start: int, end: int) -> bool:
        return not any(self.owners[start:end])

    def claim(self, kind: str, start: int, end: int, value: Any = None) -> bool:
        """Take characters for something unless one is taken; return whether it was."""
        if start >= end or not self.is_free(start, end):
            return False
        self.owners[start:end] = [kind] * (end - start)
        self.marks.append(Mark(kind, start, end, value))
        return True

    def claim_all(self, kind: str, pattern: re.Pattern, value: Any = None) -> None:
        """Take every place where a pattern stands in free characters."""
        for match in pattern.finditer(self.text):
            self.claim(kind, match.start(), match.end(), value)

    def of(self, *kinds: str) -> list[Mark]:
        """Return the marks of some kinds, in the order of the text."""
        found = [mark for mark in self.marks if mark.kind in kinds]
        return sorted(found, key=lambda mark: mark.start)

    def runs(self, *kinds: str) -> Iterator[tuple[int, int]]:
        """Yield stretches of some kinds between stops, blanks around them left out."""
        start = None
        for at in range(len(self.text) + 1):
            is_in = at < len(self.text) and self.owners[at] in kinds
            is_in = is_in and not (not self.owners[at] and self.text[at] in STOPS)
            if is_in and start is None:
                start = at
            elif not is_in and start is not None:
                yield from self._stripped(start, at)
                start = None

    def _stripped(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        while start < end and not self.owners[start] and _is_blank(self.text[start]):
            start += 1
        while (
            end > start and not self.owners[end - 1] and _is_blank(self.text[end - 1])
        ):
            end -= 1
        if start < end:
            yield start, end


def _is_blank(char: str) -> bool:
    return not (char.isalnum() or char in "%℃#")
