from odoo import models

from ..adapters.base import AdapterError, AuthenticationFailed, ReadError


class OrderHubInbound(models.Model):
    """Step 1: bytes become a tree with the channel's own keys."""

    _inherit = "order.hub.inbound"

    def _step_parse(self, channel, works):
        adapter = channel._reader()
        for work in works:
            if adapter is None:
                work.problem("parse", "no_adapter")
                work.outcome = "attention"
                continue
            try:
                self._parse(adapter, work)
            except AdapterError as error:
                self._cannot_read(channel, work, error)

    def _cannot_read(self, channel, work, error):
        """A payload nobody can read waits for a person; an adapter that had to ask
        the platform, and could not, is tried again."""
        code = getattr(error, "code", "unreadable")
        work.problem("parse", "unreadable", error.field, reason=str(error), why=code)
        work.outcome = "attention" if isinstance(error, ReadError) else "failed"
        if isinstance(error, AuthenticationFailed):
            channel._failed(error)

    def _parse(self, adapter, work):
        work.document = adapter.read(work.raw, work.content_type, work.kind)
        if work.kind not in ("order", "change"):
            work.values = adapter.read_event(work.kind, work.document)
        work.note("parse", "read", size=len(work.raw))
