import base64
from dataclasses import replace

from odoo import models

from ..adapters.base import AdapterError, ReadError
from ..adapters.offline import Offline
from ..adapters.registry import ADAPTERS


class OrderHubInbound(models.Model):
    """Received payloads as trees, for trials of mappings."""

    _inherit = "order.hub.inbound"

    def _trial_document(self):
        """Return the tree of one payload; the platform is not asked.

        :raise AdapterError: it cannot be read
        """
        self.ensure_one()
        self.check_access("read")
        channel = self.sudo().channel_id
        if channel.adapter not in ADAPTERS:
            raise ReadError("no_adapter", self.env._("The channel has no platform."))
        access = replace(channel._access(), client=Offline())
        adapter = ADAPTERS[channel.adapter](access)
        row = self.sudo().with_context(bin_size=False)
        raw = base64.b64decode(row.payload or b"")
        return adapter.read(raw, row.content_type or "", row.kind)

    def _trial_documents(self):
        """Return ``{record: tree}`` of payloads that can be read."""
        found = {}
        for row in self:
            try:
                document = row._trial_document()
            except AdapterError:
                continue
            if isinstance(document, dict):
                found[row] = document
        return found
