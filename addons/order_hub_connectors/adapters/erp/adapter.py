"""Orders that a connection reads from another system's database.

There is no platform to call: ``order.hub.erp`` reads whole orders and hands them over
as JSON with the hub's own names; the mapping *erp* understands numbers and dates.
"""

from collections.abc import Mapping
from typing import Any

from ..base import Adapter
from ..documents import read_json
from ..registry import register


@register
class ErpAdapter(Adapter):
    """The database of an ERP."""

    code = "erp"
    label = "ERP Database"
    mapping_code = "erp"

    def test(self) -> str:
        return "Orders are read by the channel's ERP connection: test it there."

    def fetch(self, external_ref: str) -> None:
        return None

    def read(self, raw: bytes, content_type: str, kind: str) -> Any:
        # pylint: disable=method-required-super
        return read_json(raw)

    def read_event(self, kind: str, document: Any) -> dict:
        found = document if isinstance(document, Mapping) else {}
        names = ("external_ref", "reason")
        return {name: found[name] for name in names if found.get(name)}
