"""What an approval of another system says, and which order it names."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

#: Characters that are looked through, and numbers that are looked up.
MAX_TEXT, MAX_NUMBERS = 20_000, 50
#: ``OH-7K3M-9QX2-R4TC``: pieces with a dash between them, nothing of it left over.
NUMBER = re.compile(
    r"(?<![A-Z0-9-])[A-Z0-9]{2,12}(?:-[A-Z0-9]{1,12}){1,6}(?![A-Z0-9-])", re.ASCII
)


@dataclass(frozen=True)
class Approval:
    """One approval as its platform knows it.

    :ivar text: title and what was entered in the form, a value a line
    :ivar is_over: nobody is asked any more
    """

    text: str = ""
    is_over: bool = False


def numbers_in(text: str) -> list[str]:
    """Return what may be the number of an order, in capitals, each once."""
    plain = unicodedata.normalize("NFKC", (text or "")[:MAX_TEXT]).upper()
    return list(dict.fromkeys(NUMBER.findall(plain)))[:MAX_NUMBERS]


def lines_of(values: Iterable) -> str:
    """Return texts as lines; what is no text is left out."""
    return "\n".join(v for v in values if isinstance(v, str) and v)[:MAX_TEXT]
