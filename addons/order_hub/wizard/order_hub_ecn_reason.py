from odoo import fields, models


class OrderHubEcnReason(models.TransientModel):
    """Takes the words of who decides; deciding is the change's own business."""

    _name = "order.hub.ecn.reason"
    _description = "Reason for a Decision about an Engineering Change"

    ecn_id = fields.Many2one(
        "order.hub.ecn", "Engineering Change", required=True, readonly=True
    )
    verdict = fields.Selection(
        [("approve", "Approve"), ("reject", "Reject"), ("first", "Apply First")],
        required=True,
        readonly=True,
    )
    reason = fields.Text()

    def action_decide(self):
        """Approve, reject or apply first with the reason, as the user who calls."""
        self.ensure_one()
        decide = {
            "approve": self.ecn_id.action_approve,
            "reject": self.ecn_id.action_reject,
            "first": self.ecn_id.action_apply_first,
        }[self.verdict]
        result = decide(self.reason)
        if isinstance(result, dict):
            # A report made anew is to be read: close and reload behind the message.
            result["params"]["next"] = {"type": "ir.actions.act_window_close"}
            return result
        return {"type": "ir.actions.act_window_close"}
