"""What the platforms' signatures have in common."""

import hmac
from collections.abc import Mapping


def joined(params: Mapping[str, str], *without: str) -> str:
    """Return names and values of parameters, in the order of the names' bytes.

    What has an empty name or value is left out, as the platforms do.
    """
    kept = {
        name: value
        for name, value in params.items()
        if name and value not in ("", None) and name not in without
    }
    return "".join(f"{name}{kept[name]}" for name in sorted(kept))


def is_same(one: str, other: str) -> bool:
    """Compare two hexadecimal signatures in constant time, whatever their case."""
    ours, theirs = (
        text.strip().upper().encode("utf-8", "replace") for text in (one, other)
    )
    return hmac.compare_digest(ours, theirs)
