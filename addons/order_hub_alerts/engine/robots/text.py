"""Text that has to fit: cut between lines, then between words of markdown, then
between characters; never inside of a character, a link, bold or a block of code.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator

Measure = Callable[[str], int]

FENCE = "```"
#: Code points that fit into any part, so that they need not be measured.
SMALL = 8
#: What is never cut in two. Bounded, so that no text makes the search slow.
TOKEN = re.compile(
    r"!?\[[^\[\]\n]{0,300}\]\([^()\n]{0,600}\)"  # a link or picture
    r"|`[^`\n]{1,300}`"
    r"|\*\*(?:(?!\*\*)[^\n]){1,300}\*\*"
    r"|<font[^<>\n]{0,60}>[^<>\n]{0,300}</font>"
    r"|<[^<>\n]{1,120}>"
    r"|https?://[^\s<>()\[\]\"]{1,600}"
)
LINK = re.compile(r"!?\[([^\[\]\n]{0,300})\]\(([^()\n]{0,600})\)")
HEADING = re.compile(r"^ {0,3}#{1,6} +(.*?)#* *$", re.M)
BOLD = re.compile(r"\*\*((?:(?!\*\*)[^\n]){1,300})\*\*")
CODE = re.compile(r"`([^`\n]{1,300})`")
FONT = re.compile(r"</?font[^<>\n]{0,60}>")
MENTION = re.compile(r"<(?=/?at\b|@)", re.I)
#: Marks of markdown, and what is shown in their place.
LITERAL = str.maketrans("*`<>[]", "＊'＜＞［］")


def clean(text: str) -> str:
    """Return a text that can be encoded and shown: no control characters, no halves
    of characters, one kind of line break.
    """
    text = (text or "").replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    text = "".join(c for c in text if c == "\n" or unicodedata.category(c) != "Cc")
    return text.encode("utf-8", "replace").decode()


def literal(text: str) -> str:
    """Return words of somebody else as they may stand within markdown.

    A product or a customer whose name looks like a link, a mention or a heading is
    shown as a name, on one line.
    """
    one_line = " ".join(clean(text).split())
    return one_line.translate(LITERAL).replace("~~", "～～").replace("://", "：//")


def without_mentions(text: str) -> str:
    """Return a text that calls nobody: who is called is said apart from it."""
    return MENTION.sub("＜", text)


def plain(markdown: str) -> str:
    """Return markdown as text: the words and addresses stay, the marks go."""
    lines = (line for line in markdown.split("\n") if line.strip() != FENCE)
    text = FONT.sub("", HEADING.sub(r"\1", "\n".join(lines)))
    return CODE.sub(r"\1", BOLD.sub(r"\1", LINK.sub(r"\1 \2", text)))


def size(text: str) -> int:
    """Return the bytes of a text in UTF-8."""
    return len(text.encode("utf-8", "replace"))


def shorten(text: str, room: int, measure: Measure = size, mark: str = "…") -> str:
    """Return one line that fits, with a mark where something was left out."""
    line = " ".join(text.split())
    if measure(line) <= room:
        return line
    return _longest(_clusters(line), room - measure(mark), measure).rstrip() + mark


def split(
    text: str,
    room: int,
    measure: Measure = size,
    most: int = 1,
    more: str = "… (%(count)s)",
) -> list[str]:
    """Cut a text into parts that fit, between lines where that is possible.

    :param room: what one part may measure
    :param measure: of a text; of two lines together no more than of each alone with
        its line break
    :param most: parts; in the last one ``more`` says how many lines are left out
    :return: at least one part, the first may be empty
    """
    room -= 2 * measure(f"{FENCE}\n")
    if room < measure("字" * 20):
        raise ValueError("There is no room for a text.")
    parts = _packed(_pieces(text, room, measure), room, measure)
    if len(parts) > most:
        parts = _cut_off(parts, most, room, measure, more)
    return _fenced(
        ["\n".join(line for _no, line in part).strip("\n") for part in parts]
    )


# === LINES === #

#: One line or a piece of it, with the number of the line.
Piece = tuple[int, str]


def _pieces(text: str, room: int, measure: Measure) -> Iterator[Piece]:
    for number, line in enumerate(text.split("\n")):
        if measure(f"{line}\n") <= room:
            yield number, line
        else:
            yield from ((number, part) for part in _cut(line, room, measure))


def _packed(pieces: Iterable[Piece], room: int, measure: Measure) -> list[list[Piece]]:
    """Put pieces together as long as they fit."""
    parts, used = [[]], 0
    for piece in pieces:
        cost = measure(f"{piece[1]}\n")
        if parts[-1] and used + cost > room:
            parts.append([])
            used = 0
        parts[-1].append(piece)
        used += cost
    return parts


def _cut_off(
    parts: list[list[Piece]], most: int, room: int, measure: Measure, more: str
) -> list[list[Piece]]:
    """Keep the first parts; the last one says how many lines are missing."""
    kept, last = parts[: most - 1], list(parts[most - 1])
    left = {number for part in parts[most:] for number, _line in part}
    used = sum(measure(f"{line}\n") for _no, line in last)
    while last and used + measure(more % {"count": len(left) + 1}) > room - 8:
        number, line = last.pop()
        left.add(number)
        used -= measure(f"{line}\n")
    return [*kept, [*last, (-1, more % {"count": len(left)})]]


def _fenced(parts: list[str]) -> list[str]:
    """Close a block of code at the end of a part and open it again in the next."""
    result, is_open = [], False
    for part in parts:
        part = f"{FENCE}\n{part}" if is_open else part
        marks = sum(line.strip().startswith(FENCE) for line in part.split("\n"))
        is_open = marks % 2 == 1
        result.append(f"{part}\n{FENCE}" if is_open else part)
    return result


# === PARTS OF A LINE === #


def _cut(line: str, room: int, measure: Measure) -> Iterator[str]:
    """Cut one line that is too long, between tokens if they fit."""
    room -= measure("\n")
    words = _broken_up(_tokens(line), room, measure, lambda t: _clusters(plain(t)))
    atoms = list(_broken_up(words, room, measure, list))
    start = 0
    while start < len(atoms):
        end = _fitting(atoms, start, room, measure)
        yield "".join(atoms[start:end])
        start = end


def _broken_up(
    atoms: Iterable[str],
    room: int,
    measure: Measure,
    smaller: Callable[[str], list[str]],
) -> Iterator[str]:
    """Yield the atoms that fit, and what the others are made of."""
    for atom in atoms:
        if len(atom) <= SMALL or measure(atom) <= room:
            yield atom
        else:
            yield from smaller(atom)


def _fitting(atoms: list[str], start: int, room: int, measure: Measure) -> int:
    """Return where the longest run of atoms that fits ends; one always goes."""
    low, high = start + 1, min(len(atoms), start + max(room, 1))
    while low < high:
        middle = (low + high + 1) // 2
        if measure("".join(atoms[start:middle])) <= room:
            low = middle
        else:
            high = middle - 1
    return low


def _longest(atoms: list[str], room: int, measure: Measure) -> str:
    if not atoms or measure(atoms[0]) > room:
        return ""
    return "".join(atoms[: _fitting(atoms, 0, room, measure)])


def _tokens(line: str) -> Iterator[str]:
    """Yield what is not cut, and the characters between."""
    position = 0
    for match in TOKEN.finditer(line):
        yield from _clusters(line[position : match.start()])
        yield match.group()
        position = match.end()
    yield from _clusters(line[position:])


def _clusters(text: str) -> list[str]:
    """Return the characters as people count them: marks stay with their letter."""
    found: list[str] = []
    for char in text:
        if found and _continues(found[-1], char):
            found[-1] += char
        else:
            found.append(char)
    return found


def _continues(before: str, char: str) -> bool:
    """Return whether a code point belongs to the character before it."""
    if len(before) > 32:
        return False
    if before[-1] == "\u200d" or char == "\u200d":
        return True
    if unicodedata.category(char) in ("Mn", "Me", "Mc"):
        return True
    is_flag = "\U0001f1e6" <= char <= "\U0001f1ff"
    if is_flag:
        return len(before) == 1 and "\U0001f1e6" <= before <= "\U0001f1ff"
    return "\U0001f3fb" <= char <= "\U0001f3ff" or "\U000e0020" <= char <= "\U000e007f"
