"""The adapters there are, by code."""

from .base import Adapter

ADAPTERS: dict[str, type[Adapter]] = {}


def register(adapter: type[Adapter]) -> type[Adapter]:
    """Make an adapter known (class decorator)."""
    if adapter.code in ADAPTERS and ADAPTERS[adapter.code] is not adapter:
        raise ValueError(f"two adapters have the code {adapter.code}")
    ADAPTERS[adapter.code] = adapter
    return adapter
