"""Codes of channels: how they are compared, and how alike they are."""

from .units import plain

#: Longest code that is looked at.
MAX_LENGTH = 128


def sku_key(text: str) -> str:
    """Return what two spellings of one code have in common: width, case, spaces."""
    return plain(text)[:MAX_LENGTH]
