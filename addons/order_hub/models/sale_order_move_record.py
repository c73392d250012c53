from odoo import fields, models

from ..engine.handover import StageCheck


class SaleOrder(models.Model):
    """Hand-overs: the events and columns that a move leaves behind."""

    _inherit = "sale.order"

    def _hub_common_columns(self, source, document):
        return {
            "date": fields.Datetime.now(),
            "source": source,
            "document": document and f"{document._name},{document.id}",
            "user_id": self.env.uid,
        }

    def _hub_rows(self, paths, checks, facts, common):
        """Return the event rows of all moves, in the order of events."""
        rows = []
        for order in self:
            of_stage = {check.stage_id: check for check in checks[order.id]}
            known = facts.get(order.id) if facts else None
            rows += order._hub_event_rows(paths[order.id], of_stage, known, common)
        return rows

    def _hub_record(self, rows, paths, now, note, overruled):
        """Write events, evidence links and stage columns: one query each."""
        if not self:
            return
        self._hub_close_rows(rows, note, overruled)
        ids = self.env["order.hub.stage.event"].sudo()._append(rows)
        self._hub_link_evidence(rows, ids)
        self.env["order.hub.writer"]._update(
            self, {o.id: o._hub_stage_values(paths[o.id][-1], now) for o in self}
        )
        self._hub_announce()

    def _hub_event_rows(self, path, checks, facts, common):
        """Return one event row per stage entered; the first one carries the time."""
        self.ensure_one()
        rows, previous = [], self.hub_stage_id
        hours = self._hub_hours_in_stage(common["date"])
        backed = self._hub_backed(facts) if facts is not None else None
        for stage in path:
            check = checks.get(stage.id, StageCheck(stage.id))
            rows.append(
                {
                    **common,
                    "order_id": self.id,
                    "hub_ref": self.hub_ref,
                    "company_id": self.company_id.id,
                    "stage_id": stage.id,
                    "from_stage_id": previous.id,
                    "milestone": stage.milestone,
                    "duration": 0.0 if rows else hours,
                    "is_out_of_order": backed is not None and stage.id not in backed,
                    "gate_results": [r.to_json() for r in check.results] or None,
                    "is_overruled": any(result.blocks for result in check.results),
                }
            )
            previous = stage
        return rows

    def _hub_close_rows(self, rows, note, overruled):
        """Put the note on the last row of each order, and on overruled ones."""
        last = {row["order_id"]: row for row in rows}
        for row in rows:
            row["is_overruled"] = overruled and row["is_overruled"]
            if note and (row["is_overruled"] or last[row["order_id"]] is row):
                row["note"] = note

    def _hub_link_evidence(self, rows, event_ids):
        """Tie the evidence given for a stage to the event of entering it."""
        event_of = {
            (row["order_id"], row["stage_id"]): event_id
            for row, event_id in zip(rows, event_ids, strict=True)
        }
        evidence = (
            self.env["order.hub.evidence"]
            .sudo()
            .search([("order_id", "in", self.ids), ("event_id", "=", False)])
        )
        links = {
            item.id: {"event_id": event_of.get((item.order_id.id, item.stage_id.id))}
            for item in evidence
        }
        self.env["order.hub.writer"]._update(
            evidence, {key: link for key, link in links.items() if link["event_id"]}
        )

    def _hub_hours_in_stage(self, now):
        self.ensure_one()
        if not self.hub_stage_since:
            return 0.0
        return max(0.0, (now - self.hub_stage_since).total_seconds() / 3600)

    def _hub_record_entry(self, source, now):
        """Write the first event of orders that have just entered their flow."""
        rows = [
            {
                "order_id": order.id,
                "hub_ref": order.hub_ref,
                "company_id": order.company_id.id,
                "stage_id": order.hub_stage_id.id,
                "milestone": order.hub_milestone,
                "date": now,
                "user_id": self.env.uid,
                "source": source,
            }
            for order in self
        ]
        self.env["order.hub.stage.event"].sudo()._append(rows)
        self._hub_announce()
