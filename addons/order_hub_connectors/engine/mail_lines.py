"""Order lines in the text of an e-mail, where they stand in plain sight.

``ZXJ-0123 * 50 pcs``, ``50 x ZXJ-0123``, ``ZXJ-0123: 50``: one line of text, one
code, one number. Whatever is less plain is left to a person. Quoted text and
signatures are not read.
"""

import re

CODE = r"(?P<code>[A-Za-z0-9][\w./+-]{1,38}[A-Za-z0-9])"
NUMBER = r"(?P<quantity>\d{1,7}(?:\.\d{1,3})?)"
UNIT = (
    r"(?P<unit>pcs|pc|pieces?|sets?|boxe?s?|pairs?|件|只|个|套|箱|对|支|台|根|片|米)?"
)
BETWEEN = r"\s*(?:[*x×:：,，\t|]|\s)\s*"
PATTERNS = [
    re.compile(rf"[-•\d.)\s]{{0,6}}{CODE}{BETWEEN}{NUMBER}\s*{UNIT}[.,;。；]?", re.I),
    re.compile(rf"[-•]?\s*{NUMBER}\s*{UNIT}{BETWEEN}{CODE}[.,;。；]?", re.I),
]
SIGNATURE = re.compile(r"-- ?$|_{5,}|-{5,}|Sent from my |发自我的")
QUOTED = re.compile(r"\s*>|On .{10,80} wrote:|-----\s*Original|发件人[:：]")
MAX_TEXT = 20_000
MAX_LINES = 500


def own_text(text: str) -> str:
    """Return what the sender wrote: without quotes and signature."""
    kept = []
    for line in text[:MAX_TEXT].splitlines():
        if SIGNATURE.match(line) or (QUOTED.match(line) and not line.startswith(">")):
            break
        if not QUOTED.match(line):
            kept.append(line.rstrip())
    return "\n".join(kept).strip()


def order_lines(text: str) -> list[dict]:
    """Return ``[{"sku", "quantity", "unit"}]`` of the plain order lines of a text.

    A code has a digit, so that a word is not taken for one.
    """
    found = []
    for line in own_text(text).splitlines()[:MAX_LINES]:
        match = next(filter(None, (p.fullmatch(line.strip()) for p in PATTERNS)), None)
        if match and _is_code(match["code"]):
            found.append(
                {
                    "sku": match["code"],
                    "quantity": match["quantity"],
                    "unit": match["unit"] or "",
                }
            )
    return found


def _is_code(text: str) -> bool:
    has_digit = any(char.isdigit() for char in text)
    return has_digit and not text.replace(".", "").isdigit()
