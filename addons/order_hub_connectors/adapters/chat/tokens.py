"""Access tokens of chat platforms, kept in this process until shortly before their end.

Platforms refuse who asks too often; a token holds two hours.
"""

import hashlib
import time
from collections.abc import Callable

#: Seconds before a token's end at which a new one is asked for.
EARLY = 300
#: Tokens of this process: key → (token, monotonic second of its end).
TOKENS: dict[str, tuple[str, float]] = {}


def held(
    whose: tuple[str, ...], ask: Callable[[], tuple[str, int]], is_new: bool = False
) -> str:
    """Return a token that still holds, else the one that is asked for.

    :param whose: address, account and secret that it belongs to
    :param ask: returns token and seconds that it holds
    :param is_new: the one that is kept was refused
    """
    key = hashlib.sha256("|".join(whose).encode()).hexdigest()
    known, until = TOKENS.get(key, ("", 0.0))
    if known and until > time.monotonic() and not is_new:
        return known
    token, seconds = ask()
    TOKENS[key] = (token, time.monotonic() + max(seconds - EARLY, 0))
    return token
