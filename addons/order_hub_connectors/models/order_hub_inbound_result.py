from odoo import fields, models
from odoo.tools import SQL

from ..const import FINAL_STATES


class OrderHubInbound(models.Model):
    """Storing what the steps found, in a few queries for the whole batch."""

    _inherit = "order.hub.inbound"

    def _store_results(self, channel, works):
        writer = self.env["order.hub.writer"]
        now = fields.Datetime.now()
        values = {work.inbound_id: self._result(work, now) for work in works}
        writer._update(self, values)
        self._store_problems(channel, works)
        self._after_results(channel, works)

    def _result(self, work, now):
        steps = list(work.seconds)
        return {
            "state": work.outcome or "attention",
            "step": steps[-1] if steps else None,
            "trace": work.trace(),
            "values": _plain(work.values),
            "order_id": work.order_id or None,
            "partner_id": work.found.get("partner_id") or None,
            "processed_at": now,
            "attempts": work.attempts + 1 if work.outcome == "failed" else 0,
            "error": None,
        }

    def _store_problems(self, channel, works):
        """Replace the problems of the works by those of this run."""
        self.env.cr.execute(
            SQL(
                "DELETE FROM order_hub_inbound_problem WHERE inbound_id IN %s",
                tuple(self.ids),
            )
        )
        rows = [
            self._problem_row(channel, work, finding)
            for work in works
            if work.outcome not in FINAL_STATES or work.problems
            for finding in work.problems
        ]
        Problem = self.env["order.hub.inbound.problem"]
        if rows:
            self.env["order.hub.writer"]._insert(Problem, rows)
        self.invalidate_recordset(["problem_ids"], flush=False)
        Problem.invalidate_model(flush=False)

    def _problem_row(self, channel, work, finding):
        return {
            "inbound_id": work.inbound_id,
            "company_id": channel.company_id.id,
            "channel_id": channel.id,
            "step": finding.step,
            "code": finding.code,
            "field": finding.field or None,
            "value": finding.value or None,
            "is_blocking": finding.blocking,
            "figures": finding.figures,
        }

    def _after_results(self, channel, works):
        """Wake messages that waited for an order of this batch."""
        done = [w.external_ref for w in works if w.kind == "order" and w.order_id]
        if not done:
            return
        self.env.cr.execute(
            SQL(
                """UPDATE order_hub_inbound SET state = 'received'
                    WHERE channel_id = %s AND state = 'waiting'
                      AND external_ref IN %s""",
                channel.id,
                tuple(done),
            )
        )
        if self.env.cr.rowcount:
            self.invalidate_model(["state"], flush=False)

    def _store_failure(self, error):
        """Keep the message of one that fails for a reason nobody foresaw."""
        self.ensure_one()
        self.write(
            {
                "state": "failed",
                "attempts": self.attempts + 1,
                "error": f"{type(error).__name__}: {error}"[:500],
                "processed_at": fields.Datetime.now(),
            }
        )


def _plain(values):
    """Return values as JSON takes them: moments as text, UTC."""
    if isinstance(values, dict):
        return {name: _plain(value) for name, value in values.items()}
    if isinstance(values, list | tuple):
        return [_plain(value) for value in values]
    if hasattr(values, "isoformat"):
        return values.isoformat()
    return values
