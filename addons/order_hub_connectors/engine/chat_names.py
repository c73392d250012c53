"""What a customer calls a product, so that two spellings of it are one."""

from .chat.text import key as plain_key


def name_key(words: str) -> str:
    """Return the key of a name: plain, without blanks and signs.

    Empty for what can be no name: only digits would take every quantity for it.
    """
    key = "".join(char for char in plain_key(words[:80]) if char.isalnum())
    return "" if key.isdigit() else key
