"""Orders that salespeople enter on their phones, with their order card.

There is no platform behind it: the form is ours, and the server writes the canonical
order of it, with the rights of the salesperson who is logged in.
"""

from typing import Any

from ..base import Adapter
from ..documents import read_json
from ..registry import register


@register
class CardAdapter(Adapter):
    """The phone form of the salespeople."""

    code = "card"
    label = "Order Card"

    def test(self) -> str:
        return "Salespeople order at the address on their card."

    def read(self, raw: bytes, content_type: str, kind: str) -> Any:
        # pylint: disable=method-required-super
        return read_json(raw)
