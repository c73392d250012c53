"""Codes whose letters and figures look alike."""

#: Letters, and the figures that they are taken for, place by place. What ``FROM`` has
#: beyond the length of ``TO`` is left out, as ``translate`` of PostgreSQL does.
FROM = "OQDILZSGB-. _/"
TO = "000112568"
TABLE = {ord(letter): TO[n] if n < len(TO) else None for n, letter in enumerate(FROM)}


def folded(code: str) -> str:
    """Return a code with letters as the figures they look like, without dashes.

    The same as ``translate(upper(code), FROM, TO)`` in PostgreSQL.
    """
    return code.upper().translate(TABLE)
