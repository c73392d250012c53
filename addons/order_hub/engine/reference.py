"""Hub references: the ID that every system, paper and log line uses.

``OH-7K3M-9QX2-R4TC``: eleven random characters of Crockford's base 32 (no I, L,
O, U) and one check character. 55 random bits need no counter and no
coordination: at a million references the chance of any collision is about
1 in 70,000, and the unique index of the database catches that one. The check
character is a weighted sum over GF(32), which finds every single wrong
character and every swap of two characters.
"""

import secrets

PREFIX = "OH"
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RANDOM_LENGTH = 11
_LOOK_ALIKES = str.maketrans("OIL", "011")
_FIELD_POLYNOMIAL = 0b100101  # x^5 + x^2 + 1, primitive over GF(2)


def new_reference() -> str:
    """Return a new hub reference in printed form."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_LENGTH))
    return _printed(body + check_character(body))


def check_character(body: str) -> str:
    """Return the check character of ``body`` (characters of ``ALPHABET``)."""
    total, weight = 0, 1
    for character in body:
        weight = _multiply(weight, 2)
        total ^= _multiply(weight, ALPHABET.index(character))
    return ALPHABET[total]


def normalise(text: str) -> str | None:
    """Return the printed form of what somebody typed or scanned.

    Case, blanks and dashes do not matter, O reads as 0, I and L as 1. Return
    ``None`` when it is no hub reference or its check character is wrong.
    """
    compact = "".join(c for c in (text or "")[:64].upper() if c.isalnum())
    if not compact.startswith(PREFIX):
        return None
    body = compact[len(PREFIX) :].translate(_LOOK_ALIKES)
    return _printed(body) if _is_sound(body) else None


def _is_sound(body: str) -> bool:
    return (
        len(body) == RANDOM_LENGTH + 1
        and all(character in ALPHABET for character in body)
        and check_character(body[:-1]) == body[-1]
    )


def _printed(body: str) -> str:
    return "-".join([PREFIX, *(body[i : i + 4] for i in range(0, len(body), 4))])


def _multiply(a: int, b: int) -> int:
    """Product in GF(32)."""
    product = 0
    while b:
        if b & 1:
            product ^= a
        a <<= 1
        if a & 0b100000:
            a ^= _FIELD_POLYNOMIAL
        b >>= 1
    return product
