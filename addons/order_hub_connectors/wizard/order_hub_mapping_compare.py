from dataclasses import dataclass

from odoo import api, fields, models
from odoo.fields import Domain

from ..engine.mapping import resolve
from ..engine.mapping_trial import differences

MAX_PAYLOADS = 500
#: Orders shown with their differences, and differences of one order.
MAX_SHOWN = 50
MAX_DIFFERENCES = 20


@dataclass(frozen=True)
class Compared:
    """One order under two mappings."""

    name: str
    inbound_id: int
    differences: list
    more: int
    problems_before: int
    problems_after: int

    @property
    def is_worse(self):
        return self.problems_after > self.problems_before

    @property
    def is_better(self):
        return self.problems_after < self.problems_before


class OrderHubMappingCompare(models.TransientModel):
    """What would come out differently if a channel used another mapping."""

    _name = "order.hub.mapping.compare"
    _description = "Comparison of Field Mappings"

    mapping_id = fields.Many2one("order.hub.mapping", "Draft", required=True)
    channel_id = fields.Many2one("order.hub.channel", required=True)
    limit = fields.Integer(
        "Last Orders",
        default=50,
        help="How many of the channel's last payloads are tried, at most 500.",
    )
    current_id = fields.Many2one(
        "order.hub.mapping", "Used Now", compute="_compute_current_id"
    )
    tried_count = fields.Integer("Orders Tried", compute="_compute_result")
    different_count = fields.Integer("Different", compute="_compute_result")
    worse_count = fields.Integer("With More Problems", compute="_compute_result")
    better_count = fields.Integer("With Fewer Problems", compute="_compute_result")
    result = fields.Html(compute="_compute_result", sanitize=False)

    @api.depends("channel_id")
    def _compute_current_id(self):
        for compare in self:
            channel = compare.channel_id
            compare.current_id = channel._mapping() if channel else False

    @api.depends("mapping_id", "channel_id", "limit")
    def _compute_result(self):
        for compare in self:
            rows, tried = compare._compared()
            compare.tried_count = tried
            compare.different_count = len(rows)
            compare.worse_count = sum(row.is_worse for row in rows)
            compare.better_count = sum(row.is_better for row in rows)
            compare.result = compare._rendered(rows, tried)

    def _rendered(self, rows, tried):
        if not self.channel_id or not self.mapping_id:
            return False
        values = {"rows": rows[:MAX_SHOWN], "count": len(rows), "tried": tried}
        return self.env["ir.qweb"]._render(
            "order_hub_connectors.mapping_compare", values
        )

    def _compared(self):
        """Return the orders that differ, the worse ones first, and how many were
        tried."""
        if not self.channel_id or not self.mapping_id:
            return [], 0
        documents = self._payloads()._trial_documents()
        before = self._mapped(self.current_id, documents.values())
        after = self._mapped(self.mapping_id, documents.values())
        pairs = zip(documents, before, after, strict=True)
        rows = [row for row in (self._one(*pair) for pair in pairs) if row]
        rows.sort(key=lambda row: row.problems_before - row.problems_after)
        return rows, len(documents)

    def _payloads(self):
        limit = min(max(self.limit, 1), MAX_PAYLOADS)
        domain = Domain("channel_id", "=", self.channel_id.id) & Domain(
            "kind", "in", ("order", "change")
        )
        return self.env["order.hub.inbound"].search(domain, limit=limit)

    def _mapped(self, mapping, documents):
        if not mapping:
            return [None] * len(documents)
        compiled, _faults = mapping._compile()
        batch = [compiled.map(document) for document in documents]
        resolve(batch, mapping._finder(self.channel_id))
        return batch

    def _one(self, inbound, before, after):
        """Return what differs for one order, or ``None``."""
        old = before.values if before else {}
        rows = differences(old, after.values)
        problems = len(before.troubles) if before else 0
        if not rows and problems == len(after.troubles):
            return None
        return Compared(
            inbound.external_ref,
            inbound.id,
            rows[:MAX_DIFFERENCES],
            max(len(rows) - MAX_DIFFERENCES, 0),
            problems,
            len(after.troubles),
        )

    def action_use(self):
        """Give the channel the draft, from its next order on."""
        self.ensure_one()
        self.channel_id.check_access("write")
        self.channel_id.mapping_id = self.mapping_id
        return {"type": "ir.actions.act_window_close"}
