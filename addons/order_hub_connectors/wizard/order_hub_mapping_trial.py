from dataclasses import dataclass

from odoo import api, fields, models

from ..adapters.base import Access, AdapterError, ReadError
from ..adapters.documents import read_json
from ..adapters.offline import Offline
from ..adapters.registry import ADAPTERS
from ..engine.mapping import resolve
from ..engine.mapping_trial import leaves, shown, watched

#: Longest payload that is pasted.
MAX_PASTED = 2 * 1024 * 1024


@dataclass(frozen=True)
class Shown:
    """One target and how it came by its value, as the screen shows it."""

    label: str
    path: str
    source: str
    raw: str
    value: str
    problem: str
    is_blocking: bool


class OrderHubMappingTrial(models.TransientModel):
    """A mapping on a payload, side by side, before it is used. Nothing is stored."""

    _name = "order.hub.mapping.trial"
    _description = "Trial of a Field Mapping"

    mapping_id = fields.Many2one("order.hub.mapping", required=True)
    inbound_id = fields.Many2one(
        "order.hub.inbound",
        "Inbound Order",
        domain="[('kind', 'in', ('order', 'change'))]",
        help="A payload that was received.",
    )
    payload = fields.Text(
        "Or Paste One", help="JSON as the platform sends it, or the rows of a CSV file."
    )
    problem_count = fields.Integer("Problems", compute="_compute_result")
    value_count = fields.Integer("Values", compute="_compute_result")
    unused_count = fields.Integer("Not Used", compute="_compute_result")
    result = fields.Html(compute="_compute_result", sanitize=False)

    @api.depends("mapping_id", "inbound_id", "payload")
    def _compute_result(self):
        for trial in self:
            vals = trial._tried() if trial.mapping_id else {}
            trial.result = vals.get("result", False)
            for name in ("problem_count", "value_count", "unused_count"):
                trial[name] = vals.get(name, 0)

    def _tried(self):
        """Return what the screen shows."""
        try:
            document = self._document()
        except AdapterError as error:
            return self._rendered({"error": str(error)})
        if document is None:
            return {}
        if not isinstance(document, dict):
            error = self.env._("The payload is no object: a list of orders, maybe?")
            return self._rendered({"error": error})
        return self._mapped(document)

    def _mapped(self, document):
        seen = set()
        compiled, faults = self.mapping_id._compile()
        mapped = compiled.map(watched(document, "", seen), is_trial=True)
        channel = self.inbound_id.channel_id or self._any_channel()
        resolve([mapped], self.mapping_id._finder(channel))
        mapping = self.mapping_id
        rows = self._rows(mapped)
        found = leaves(document, seen, mapping.source_kind == "column")
        return self._rendered(
            {
                "targets": rows,
                "leaves": found,
                "faults": [
                    mapping._fault_words(fault.code, fault.figures) for fault in faults
                ],
                "others": self._elsewhere(mapped, rows),
            },
            problem_count=len(mapped.troubles) + len(faults),
            value_count=sum(1 for row in rows if row.value),
            unused_count=sum(1 for leaf in found if not leaf.is_used),
        )

    def _rendered(self, values, **counts):
        template = "order_hub_connectors.mapping_trial"
        return {"result": self.env["ir.qweb"]._render(template, values), **counts}

    def _rows(self, mapped):
        """Return the targets with values or problems, in the mapping's order."""
        words = self._words(mapped)
        labels = self.mapping_id._target_labels()
        rows = []
        for tried in mapped.tried:
            problem, is_blocking = words.get(tried.field, ("", False))
            value = shown(tried.value)
            if value or problem:
                path = self.mapping_id._target_of(tried.field)
                rows.append(
                    Shown(
                        labels.get(path, path),
                        tried.field,
                        tried.source,
                        shown(tried.raw),
                        value,
                        problem,
                        is_blocking,
                    )
                )
        return rows

    def _words(self, mapped):
        """Return ``{path: (sentence, is blocking)}``."""
        inbound = self.env["order.hub.inbound"]
        words = inbound._inbound_words()
        return {
            trouble.field: (
                inbound._in_words(
                    words,
                    "map",
                    trouble.code,
                    {"source": trouble.source, **trouble.figures},
                    trouble.value,
                ),
                trouble.is_blocking,
            )
            for trouble in mapped.troubles
        }

    def _elsewhere(self, mapped, rows):
        """Return problems that belong to no target, such as too many lines."""
        known = {row.path for row in rows}
        words = self._words(mapped)
        return [text for path, (text, _stop) in words.items() if path not in known]

    # === PAYLOADS === #

    def _document(self):
        """Return the tree of the chosen or pasted payload, ``None`` without one.

        :raise AdapterError: it cannot be read
        """
        if self.payload:
            return self._pasted(self.payload)
        if self.inbound_id:
            return self.inbound_id._trial_document()
        return None

    def _pasted(self, text):
        raw = text.encode()
        if len(raw) > MAX_PASTED:
            raise ReadError("too_large", self.env._("The payload is larger than 2 MB."))
        adapter = self._pasted_adapter()
        if adapter is None:
            return read_json(raw)
        if hasattr(adapter, "split"):
            raw = adapter.split(raw, "pasted")[0].raw
        return adapter.read(raw, "application/json", "order")

    def _pasted_adapter(self):
        """Return an adapter that reads and knows no shop."""
        adapter = ADAPTERS.get(self.mapping_id.adapter)
        now = self.env["order.hub.channel"]._now
        return adapter(Access("", {}, now, Offline())) if adapter else None

    def _any_channel(self):
        """Return a channel whose tables are looked into for a pasted payload."""
        channels = self.mapping_id.channel_ids
        return channels[:1] or self.env["order.hub.channel"].search([], limit=1)
