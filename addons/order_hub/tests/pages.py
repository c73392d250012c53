"""What a page says, for tests that look for what it must not say."""

import re

#: Tokens, checksums of assets and of the registry: any digits may stand in them.
HASH = re.compile(r"[0-9a-f]{7,}")


def without_hashes(text: str) -> str:
    """Return a page without its tokens and checksums.

    >>> without_hashes("/web/assets/71a2715/web.js 4321")
    '/web/assets//web.js 4321'
    """
    return HASH.sub("", text)
