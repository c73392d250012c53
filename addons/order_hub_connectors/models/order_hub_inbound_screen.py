import base64
import json

from odoo import models

from ..adapters.base import ReadError
from ..adapters.documents import read_json
from ..const import FINAL_STATES

#: Characters of a payload that a screen shows; the whole can be downloaded.
MAX_SHOWN = 40_000
#: Bytes of a payload that are set out in lines; indented, it may be far longer.
MAX_SET_OUT = 300_000


class OrderHubInbound(models.Model):
    """What the screen of one inbound order shows, in one answer."""

    _inherit = "order.hub.inbound"

    def screen(self):
        """Return the steps, the order as understood and the payload of one record.

        :return: ``{"steps": trace_words(), "order": {…}, "payload": text,
            "is_cut": bool, "can_correct": bool}``
        """
        self.ensure_one()
        steps = self.trace_words()
        text = self._payload_text()
        is_operator = self.env.user.has_group("order_hub.order_hub_group_operator")
        return {
            "steps": steps,
            "order": self.sudo().values or {},
            "payload": text[:MAX_SHOWN],
            "is_cut": len(text) > MAX_SHOWN,
            "can_correct": is_operator and self.state not in FINAL_STATES,
        }

    def _payload_text(self):
        """Return the payload as a person reads it; bytes that are no text as dots."""
        raw = base64.b64decode(self.sudo().with_context(bin_size=False).payload or b"")
        text = raw.decode("utf-8", "replace").replace("\x00", "·")
        if len(raw) > MAX_SET_OUT:
            return text
        try:
            return json.dumps(read_json(raw), indent=2, ensure_ascii=False)
        except ReadError:
            return text
