import re

from odoo import models

from ...engine.chat_message import is_chat
from ...engine.chat_order import words_at
from ...engine.evidence import all_from_json
from ...engine.order import get_at

SKU = re.compile(r"lines\[(\d{1,4})\]\.sku", re.ASCII)


class OrderHubInbound(models.Model):
    """Words are learned from people: what they correct, and what they confirm."""

    _inherit = "order.hub.inbound"

    def correct(self, values):
        words = self._words_to_learn(values)
        state = super().correct(values)
        self._learn_names(words)
        return state

    def confirm_understood(self, paths=None):
        words = self._words_to_learn(
            self._open_paths(all_from_json(self.sudo().evidence))
            if paths is None
            else paths
        )
        state = super().confirm_understood(paths)
        self._learn_names(words)
        return state

    def _words_to_learn(self, paths):
        """Return ``{path: words}`` of products whose names in the text are known.

        A code is no name: who types a wrong one has not said what it is called.
        """
        self.ensure_one()
        row = self.sudo()
        if not is_chat(row.content_type or "") or not isinstance(
            paths, dict | list | tuple
        ):
            return {}
        evidence = all_from_json(row.evidence)
        text = row._chat_text()
        found = {}
        for path in paths:
            if isinstance(path, str) and SKU.fullmatch(path) and path in evidence:
                if evidence[path].way not in ("code", "barcode"):
                    found[path] = words_at(text, evidence[path])
        return {path: words for path, words in found.items() if words}

    def _learn_names(self, words):
        """Keep what the words of a message mean, once it is known."""
        row = self.sudo()
        partner = row.partner_id.commercial_partner_id
        if not words or not partner or row.state == "ignored":
            return
        codes = {path: get_at(row.values or {}, path) for path in words}
        products = self.env["product.product"].sudo()
        products = products.search(
            [
                ("default_code", "in", [code for code in codes.values() if code]),
                ("company_id", "in", (False, row.company_id.id)),
            ]
        )
        by_code = {product.default_code: product for product in products}
        self.env["order.hub.product.alias"]._learn(
            row.company_id,
            partner,
            [
                (said, by_code[codes[path]])
                for path, said in words.items()
                if codes[path] in by_code
            ],
        )

    def _chat_text(self):
        """Return the text of a message; empty where it cannot be read."""
        adapter = self.channel_id._reader()
        work = self._works()[0]
        if adapter is None or not is_chat(work.content_type):
            return ""
        document = adapter.read(work.raw, work.content_type, work.kind)
        return self.channel_id._chat_message(document).text

    def _source_shown(self):
        if not is_chat(self.content_type or ""):
            return super()._source_shown()
        return {"kind": "text", "text": self._chat_text()}

    def action_bind_sender(self):
        """Have the sender's messages always be orders of this customer."""
        self.ensure_one()
        self._check_may_work()
        row = self.sudo()
        row.chat_id.partner_id = row.partner_id
        return True
