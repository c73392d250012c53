"""Answers that every protocol can carry."""

from typing import Any


def without_none(value: Any) -> Any:
    """Return a value with every ``None`` in it, however deep, as ``False``.

    XML-RPC knows no ``None``; Odoo says ``False`` for what is empty.
    """
    if value is None:
        return False
    if isinstance(value, dict):
        return {key: without_none(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [without_none(item) for item in value]
    return value
