"""Where a name that stands in a text begins and ends: not amid a word or a code."""

import re
from collections.abc import Sequence

#: A code in a text has at least so many characters.
MIN_CODE = 3


def plural(text: str, end: int) -> int:
    """Return how many letters of an English plural follow."""
    if not text[end - 1 : end].isascii() or not text[end - 1 : end].isalpha():
        return 0
    match = re.compile(r"(?:es|s)(?![a-z\d])").match(text, end)
    return len(match[0]) if match else 0


def stands_alone(text: str, start: int, end: int, names: Sequence) -> bool:
    """Tell whether a name found is not just the middle of a longer word or code."""
    first, last = text[start], text[end - 1]
    before = text[start - 1 : start]
    if first.isdigit() and (before.isdigit() or _joins(text, start, -1)):
        return False
    if before == "x" and start > 1 and text[start - 2].isdigit():
        before = "*"
    if _is_latin(first) and _is_latin(before):
        return False
    if _is_latin(first) and before.isdigit():
        return False
    if first.isascii() and first.isalnum() and before in "-_/" and before:
        if start > 1 and _is_latin_or_digit(text[start - 2]):
            return False
    return not (last.isascii() and last.isalnum() and _goes_on(text, end, last, names))


def _joins(text: str, at: int, step: int) -> bool:
    """Tell whether a digit at an offset is one of a number with a point or a scale."""
    sign = text[at + step : at + step + 1] if step > 0 else text[at - 1 : at]
    far = text[at + 1 : at + 2] if step > 0 else text[max(0, at - 2) : at - 1]
    return sign in (".", "/") and far.isdigit()


def _goes_on(text: str, end: int, last: str, names: Sequence) -> bool:
    after, far = text[end : end + 1], text[end + 1 : end + 2]
    if not after:
        return False
    if _is_latin_or_digit(after):
        if _is_latin(last) and plural(text, end):
            return False
        is_times = after == "x" and (far.isdigit() or far == " ")
        return not (is_times and names[0].way in ("code", "barcode", "alias"))
    if after == "*" and far.isdigit():
        return names[0].way == "name" or len(names[0].text) < MIN_CODE + 1
    return after in "-_/." and _is_latin_or_digit(far) and bool(far)


def _is_latin(char: str) -> bool:
    return "a" <= char <= "z"


def _is_latin_or_digit(char: str) -> bool:
    return _is_latin(char) or "0" <= char <= "9"
