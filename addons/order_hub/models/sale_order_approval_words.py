from odoo import models
from odoo.tools import format_datetime


class SaleOrder(models.Model):
    """Approvals: where an order stands, in sentences."""

    _inherit = "sale.order"

    def _hub_asked_words(self):
        """Return a sentence an order, of the first five: what became of asking."""
        words = [order._hub_approval_sentence() for order in self[:5]]
        if len(self) > 5:
            words.append(self.env._("… and %s more orders.", len(self) - 5))
        return words

    def _hub_approval_sentence(self):
        """Return where the order stands with its approval, and what can be done."""
        self.ensure_one()
        request = self.hub_approval_id
        if self.hub_approval_state == "waiting":
            step = request.current_step_id
            return self.env._(
                "%(order)s waits for %(who)s, since %(date)s.",
                order=self.name,
                who=step._waits_for_words(),
                date=format_datetime(self.env, step.since, dt_format="short"),
            )
        if self.hub_approval_state == "rejected":
            return self._hub_rejection_words(request)
        if self.hub_approval_state == "approved":
            return self.env._("%(order)s is approved.", order=self.name)
        return self.env._("Nobody has to approve %(order)s.", order=self.name)

    def _hub_rejection_words(self, request):
        decision = request.decision_ids.sorted("id")[-1:]
        words = self.env._(
            "%(name)s rejected %(order)s on %(date)s: “%(reason)s”.",
            order=self.name,
            name=decision.user_id.name,
            date=format_datetime(self.env, decision.date, dt_format="short"),
            reason=decision.reason,
        )
        if self.state == "sale":
            return f"{words} " + self.env._(
                "Take the change back, change the order otherwise, or cancel it."
            )
        return f"{words} " + self.env._("Change the order, then ask again.")

    def _hub_outcome_words(self):
        decision = self.hub_approval_id.decision_ids.sorted("id")[-1:]
        if not decision or self.hub_approval_state not in ("approved", "rejected"):
            return ""
        if self.hub_approval_state == "rejected":
            return self._hub_rejection_words(self.hub_approval_id)
        return self.env._(
            "%(order)s is approved, last by %(name)s.",
            order=self.name,
            name=decision.user_id.name,
        )

    def _hub_refusal_words(self, standing):
        """Return why the order may not be confirmed, who approves and what to do."""
        self.ensure_one()
        if standing.is_asked or standing.rejected:
            return self._hub_approval_sentence()
        Decision = self.env["order.hub.decision"]
        figures = standing.figures
        return self.env._(
            "It has to be approved by %(people)s. Press “Ask for Approval”. %(why)s",
            people=self._hub_people_words(standing.need),
            why=Decision._approval_words(figures["value"], figures),
        )

    def _hub_people_words(self, need):
        words = []
        for key in need.keys:
            kind, _colon, id_ = key.partition(":")
            if kind == "user":
                words.append(self.env["res.users"].sudo().browse(int(id_)).name)
                continue
            level = self.env["order.hub.approval.level"].sudo().browse(int(id_))
            words.append(f"{level.name} ({level._approver_words()})")
        return ", ".join(words)
