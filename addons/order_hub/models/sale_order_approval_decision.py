from odoo import models

from ..engine import approval as engine


class SaleOrder(models.Model):
    """Approvals: why an order needs which, kept as a decision."""

    _inherit = "sale.order"

    def _hub_after_routing(self, fresh):
        result = super()._hub_after_routing(fresh)
        orders = self._hub_under_approval()
        if orders:
            orders._hub_keep_relief(fresh)
            orders._hub_record_need(fresh)
            if not fresh:
                orders.filtered("hub_approval_state")._hub_review_approvals()
            orders._hub_ask_short()
        return result

    def _hub_ask_short(self):
        """Ask at once where a rule leaves the approval to one person: it is urgent."""
        urgent = self.filtered(
            lambda order: (
                order.hub_approval_path == "short"
                and not order.hub_approval_state
                and order.state in ("draft", "sent")
                and order._hub_content_lines()
            )
        )
        if urgent:
            urgent._hub_ask_approval()

    def _hub_keep_relief(self, fresh):
        """Write down up to which amount a shorter way holds.

        A rule has just been asked with the amount of now; a person decided about
        the amount of then.
        """
        shorter = self.filtered(lambda o: o.hub_approval_path in ("none", "short"))
        if not shorter:
            return
        Decision = self.env["order.hub.decision"].sudo()
        known = {} if fresh else Decision._in_force(shorter, ["approval"])
        limits = {}
        for order in shorter:
            found = known.get((order.id, "approval"))
            by_hand = found and found.source == "person"
            amount = (found.figures or {}).get("amount", 0.0) if by_hand else None
            limits[order.id] = {
                "hub_approval_up_to": order._hub_approval_amount()
                if amount is None
                else amount
            }
        self.env["order.hub.writer"]._update(shorter, limits)

    def _hub_record_need(self, fresh):
        """Keep why an order needs which approvals, where no rule or person said so."""
        rows = []
        for order in self.filtered(lambda o: not o.hub_approval_path):
            need = order._hub_need()
            rows.append(
                {
                    "order": order,
                    "kind": "approval",
                    "source": "policy",
                    "value": order._hub_approval_value(need),
                    "figures": order._hub_approval_figures(),
                }
            )
        if rows:
            self.env["order.hub.decision"].sudo()._record(rows, fresh)

    def _hub_decision_rows(self, outcomes, choices, known):
        """Add to what rules decided about approval the levels that follow from it."""
        rows = super()._hub_decision_rows(outcomes, choices, known)
        plans = self.env["order.hub.approval.policy"]._plans()
        kept = []
        for row in rows:
            if row["kind"] == "approval" and row["order"].company_id.id in plans:
                if row["source"] == "default":
                    continue
                if row["source"] == "rule":
                    figures = row["order"]._hub_fresh_figures(row["value"])
                    row["figures"] = {**figures, **(row.get("figures") or {})}
            kept.append(row)
        return kept

    def _hub_fresh_figures(self, value):
        """Return the figures of a path that was decided on the amount of now."""
        figures = self._hub_approval_figures()
        amount = figures["amount"]
        path = engine.Path(value["path"], value.get("approver"), amount)
        need = engine.needed(self._hub_approval_policy(), amount, path)
        return {**figures, "needed": list(need.keys), "up_to": None}
