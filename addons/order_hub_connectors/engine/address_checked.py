"""An address that a person has looked at: its parts, and of which words they are.

The answer counts as long as the channel says the same; another address is another
question.
"""

import json
from collections.abc import Mapping
from hashlib import sha256

from .address import split
from .address_parts import FIELDS, PARTS, Split
from .identity import FULL_WIDTH

MAX_PART = 256


def source_of(address: Mapping) -> str:
    """Return the mark of the words of an address, as the channel says it."""
    names = (*(n for n in FIELDS if n != "country"), "zip", "name")
    words = [str(address.get(name) or "") for name in names]
    joined = "\x1f".join(words).translate(FULL_WIDTH)
    return sha256(joined.encode("utf-8", "replace")).hexdigest()[:16]


def answer_of(address: Mapping, parts: Mapping[str, str]) -> str:
    """Return the answer to keep: parts that a person has accepted or typed.

    :raise ValueError: a part that there is not, or too long a text
    """
    unknown = set(parts) - set(PARTS)
    if unknown:
        raise ValueError(min(unknown))
    clean = {}
    for name, value in parts.items():
        if not isinstance(value, str) or len(value) > MAX_PART:
            raise ValueError(name)
        if value.strip():
            clean[name] = value.strip()
    return json.dumps({"of": source_of(address), **clean}, ensure_ascii=False)


def checked_split(answer: object, address: Mapping) -> Split | None:
    """Return the parts that a person gave for this very address, or nothing."""
    given = _read(answer)
    if not given or given.get("of") != source_of(address):
        return None
    result = split(address)
    checked = Split(country=result.country, code=result.code, form=result.form)
    for name in PARTS:
        if isinstance(given.get(name), str):
            checked.put(name, given[name][:MAX_PART], 1.0, "by_hand", given[name])
    return checked


def _read(answer: object) -> dict:
    try:
        given = json.loads(answer) if isinstance(answer, str) else {}
    except ValueError:
        return {}
    return given if isinstance(given, dict) else {}
