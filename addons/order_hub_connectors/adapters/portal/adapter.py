"""Orders that customers enter themselves, on their portal page.

There is no platform behind it: the form is ours, and what it sends is the
canonical order already, written by the server for the customer who is logged in.
"""

from typing import Any

from ..base import Adapter
from ..documents import read_json
from ..registry import register


@register
class PortalAdapter(Adapter):
    """The order form of the customer portal."""

    code = "portal"
    label = "Customer Portal"

    def test(self) -> str:
        return "Customers order at /my/hub/new."

    def read(self, raw: bytes, content_type: str, kind: str) -> Any:
        # pylint: disable=method-required-super
        return read_json(raw)
