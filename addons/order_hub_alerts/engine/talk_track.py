"""A text for a customer with the facts of his order in it.

``{{ name }}`` stands for a fact, ``{{ name ||| otherwise }}`` for a fact or, where
it is empty, for other words. That is all: nothing is evaluated, no field is read, no
method called, and what a fact says is never read as a template again. Who writes
such a text can put into it what is on the list of facts and nothing else.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

_PLACE = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_NAME = re.compile(r"[a-z][a-z0-9_]{0,40}\Z")
_OTHERWISE = "|||"
#: Characters that a text may have.
MAX_BODY = 5_000


@dataclass(frozen=True)
class Place:
    """A fact in a text, with the words for where it is empty."""

    name: str
    otherwise: str = ""


@dataclass(frozen=True)
class Mistake:
    """What is wrong: a code and what it is about.

    ``unknown``  there is no such fact
    ``form``     this is no name of a fact
    ``open``     braces are opened and not closed, or the other way round
    ``long``     the text is too long
    """

    code: str
    detail: str = ""


def mistakes(body: str, known: Collection[str]) -> list[Mistake]:
    """Return what is wrong with a text; empty: it can be used.

    :param known: names of facts
    """
    if len(body) > MAX_BODY:
        return [Mistake("long", str(MAX_BODY))]
    found = []
    for piece in _pieces(body):
        if isinstance(piece, str):
            found += [Mistake("open", sign) for sign in ("{{", "}}") if sign in piece]
        elif not _NAME.match(piece.name):
            found.append(Mistake("form", piece.name[:80]))
        elif piece.name not in known:
            found.append(Mistake("unknown", piece.name))
    return found


def names(body: str) -> set[str]:
    """Return the names of the facts that a text uses."""
    return {piece.name for piece in _pieces(body) if isinstance(piece, Place)}


def render(body: str, facts: Mapping[str, str]) -> str:
    """Return the text with its facts; what nobody knows is its other words.

    :param facts: name → text
    """
    return "".join(
        piece if isinstance(piece, str) else (facts.get(piece.name) or piece.otherwise)
        for piece in _pieces(body)
    )


def _pieces(body: str) -> Iterator[str | Place]:
    """Yield a text's words and places, in order."""
    done = 0
    for found in _PLACE.finditer(body):
        if found.start() > done:
            yield body[done : found.start()]
        name, _bars, otherwise = found.group(1).partition(_OTHERWISE)
        yield Place(name.strip(), otherwise.strip())
        done = found.end()
    if done < len(body):
        yield body[done:]
