from odoo import models
from odoo.tools.i18n import format_list

from ..const import EVIDENCE_KINDS


class SaleOrder(models.Model):
    """Hand-overs: what stands against one, in sentences."""

    _inherit = "sale.order"

    def _hub_forbidden_message(self, check):
        stage = self.env["order.hub.stage"].sudo().browse(check.stage_id)
        groups = format_list(self.env, stage.group_ids.mapped("full_name"))
        if not groups:
            return self.env._(
                "Your role does not allow this hand-over to “%s”. Ask a supervisor.",
                stage.name,
            )
        return self.env._(
            "Your role does not allow to move an order into “%(stage)s”. "
            "It is done by: %(groups)s.",
            stage=stage.name,
            groups=groups,
        )

    def _hub_blocked_message(self, blocked):
        lines = []
        for order, reasons in list(blocked.items())[:5]:
            lines.append(self.env._("Order %s cannot go on:", order.name))
            lines.extend(f"• {reason}" for reason in reasons)
        if len(blocked) > 5:
            lines.append(self.env._("… and %s more orders.", len(blocked) - 5))
        return "\n".join(lines)

    def _hub_reasons(self, checks):
        """Return the sentences that say what stops one order."""
        self.ensure_one()
        reasons = []
        if self.hub_is_held:
            holds = self.sudo().hub_exception_ids.filtered(
                lambda hold: hold.state == "open" and hold.is_blocking
            )
            reasons += [self.env._("On hold: %s.", hold.name) for hold in holds]
        Gate = self.env["order.hub.gate"].sudo()
        for check in checks:
            reasons += [
                Gate.browse(result.gate_id)._explain(result, self.currency_id)
                for result in check.results
                if result.blocks
            ]
            if check.missing:
                reasons.append(self._hub_missing_evidence_message(check))
        return reasons

    def _hub_missing_evidence_message(self, check):
        Evidence = self.env["order.hub.evidence"]
        labels = dict(Evidence._fields["kind"]._description_selection(self.env))
        stage = self.env["order.hub.stage"].sudo().browse(check.stage_id)
        wanted = [labels[k] for k, _label in EVIDENCE_KINDS if k in check.missing]
        return self.env._(
            "“%(stage)s” wants: %(kinds)s.",
            stage=stage.name,
            kinds=format_list(self.env, wanted),
        )
