"""Patterns that cannot hang a worker.

Python's ``re`` goes back over the text whenever a later part of the pattern fails,
keeps the interpreter to itself meanwhile and cannot be stopped from outside. So
the cost is bounded before anything runs, from the pattern alone:

- within a repeat only things of fixed length and without choice are let in: ``(a+)+``
  and ``(a|aa)*`` take exponential time;
- no back references, no looking ahead or behind;
- a repeat is *ambiguous* if a character it takes could also begin what follows
  (``.*x``): every place it could end at is tried. With ``k`` such repeats a text of
  ``n`` characters costs about n^k / k! steps. A pattern that is not tied to the
  beginning counts one more, for the places it may start at, and any repeat at all
  one more. ``n`` is limited so that the steps stay under :data:`STEPS`; a longer
  text is refused with a word, not searched.
"""

import math
import re
from dataclasses import dataclass, field

try:
    from re import _compiler as compiler
    from re import _parser as parser
except ImportError:  # Python 3.10
    import sre_compile as compiler
    import sre_parse as parser

MAX_PATTERN = 200
MAX_TEXT = 10_000
STEPS = 3_000_000
#: Characters that stand for all others of their kind.
SAMPLES = "".join(map(chr, range(9, 14))) + "".join(map(chr, range(32, 127)))
SAMPLES += "\u00a0é中省，。：１Ａ￥①\u3000"
MAX_AMBIGUOUS = 4


class BadPattern(ValueError):
    """A pattern that is not taken; ``code`` says why."""

    def __init__(self, code: str, **figures):
        super().__init__(code)
        self.code = code
        self.figures = figures


@dataclass(frozen=True)
class Guarded:
    """A pattern, and the longest text it may be let loose on."""

    pattern: re.Pattern
    max_text: int


@dataclass
class _Walk:
    """What is found on the way through a pattern."""

    state: object
    flags: int
    samples: str
    cache: dict = field(default_factory=dict)

    def takes(self, node: tuple) -> frozenset:
        """Return the samples that one item of the pattern takes."""
        key = repr(node)
        if key not in self.cache:
            one = compiler.compile(parser.SubPattern(self.state, [node]), self.flags)
            self.cache[key] = frozenset(
                char for char in self.samples if one.fullmatch(char)
            )
        return self.cache[key]


#: Cost of a part: ambiguous repeats in a row, repeats in a row, factor of choices.
NOTHING = (0, 0, 1)
REPEATS = ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT")
CHARACTERS = ("LITERAL", "NOT_LITERAL", "IN", "ANY", "CATEGORY")


def guard(pattern: str) -> Guarded:
    """Return a pattern ready to be used.

    :raise BadPattern: ``bad_pattern`` (with Python's words), ``pattern_long``,
        ``pattern_nested``, ``pattern_reference``, ``pattern_heavy``
    """
    if len(pattern) > MAX_PATTERN:
        raise BadPattern("pattern_long", limit=MAX_PATTERN)
    try:
        compiled = re.compile(pattern)
        tree = parser.parse(pattern)
    except (re.error, RecursionError, OverflowError, ValueError) as error:
        raise BadPattern("bad_pattern", error=str(error)[:120]) from error
    letters = "".join(sorted(set(pattern)))
    walk = _Walk(tree.state, compiled.flags & ~re.DEBUG, SAMPLES + letters)
    _first, _may_be_empty, cost = _sequence(list(tree), frozenset(), walk)
    is_tied = bool(len(tree)) and str(tree[0][0]) == "AT" and "BEGIN" in str(tree[0][1])
    return Guarded(compiled, _max_text(cost, is_tied))


def _max_text(cost: tuple, is_tied: bool) -> int:
    """Return the longest text whose search stays under :data:`STEPS`."""
    ambiguous, repeats, factor = cost
    power = ambiguous + bool(repeats) + (not is_tied)
    steps = STEPS / factor
    if ambiguous > MAX_AMBIGUOUS or steps < 1000:
        raise BadPattern("pattern_heavy", repeats=ambiguous)
    if power <= 1:
        return min(MAX_TEXT, int(steps))
    return min(MAX_TEXT, int((steps * math.factorial(power)) ** (1 / power)))


def _sequence(nodes: list, follow: frozenset, walk: _Walk) -> tuple:
    """Return what a sequence may begin with, whether it may be empty, its cost.

    :param follow: what may come after it
    """
    may_be_empty, cost = True, NOTHING
    for node in reversed(nodes):
        first, is_empty, one = _item(node, follow, walk)
        follow = follow | first if is_empty else first
        may_be_empty = may_be_empty and is_empty
        cost = (cost[0] + one[0], cost[1] + one[1], cost[2] * one[2])
    return follow, may_be_empty, cost


def _item(node: tuple, follow: frozenset, walk: _Walk) -> tuple:
    kind, value = str(node[0]), node[1]
    if kind in CHARACTERS:
        return walk.takes(node), False, NOTHING
    if kind == "AT":
        return frozenset(), True, NOTHING
    if kind == "SUBPATTERN":
        return _sequence(list(value[-1]), follow, walk)
    if kind == "ATOMIC_GROUP":
        return _sequence(list(value), follow, walk)
    if kind == "BRANCH":
        return _branch(value[1], follow, walk)
    if kind in REPEATS:
        return _repeat(value, follow, walk)
    raise BadPattern("pattern_reference")


def _branch(branches: list, follow: frozenset, walk: _Walk) -> tuple:
    found = [_sequence(list(branch), follow, walk) for branch in branches]
    cost = (
        max(row[2][0] for row in found),
        max(row[2][1] for row in found),
        len(found) * max(row[2][2] for row in found),
    )
    return (
        frozenset().union(*(row[0] for row in found)),
        any(row[1] for row in found),
        cost,
    )


def _repeat(value: tuple, follow: frozenset, walk: _Walk) -> tuple:
    low, high, body = value
    nodes = list(body)
    first, is_empty, cost = _sequence(nodes, follow, walk)
    if high == 1:
        return first, True, (cost[0], cost[1], cost[2] * (2 if low == 0 else 1))
    if cost != NOTHING or is_empty or not _is_fixed(nodes):
        raise BadPattern("pattern_nested")
    if low == high:
        return first, low == 0, NOTHING
    is_ambiguous = len(nodes) > 1 or bool(first & follow)
    return first, low == 0, (int(is_ambiguous), 1, 1)


def _is_fixed(nodes: list) -> bool:
    """Tell whether items are single characters, in groups or not."""
    for node in nodes:
        kind = str(node[0])
        if kind == "SUBPATTERN":
            if not _is_fixed(list(node[1][-1])):
                return False
        elif kind not in CHARACTERS:
            return False
    return True
