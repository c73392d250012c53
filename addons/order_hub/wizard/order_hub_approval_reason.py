from odoo import fields, models
from odoo.exceptions import UserError


class OrderHubApprovalReason(models.TransientModel):
    """Takes the reason of an approver; deciding is the approval's own business."""

    _name = "order.hub.approval.reason"
    _description = "Reason of an Approver"

    approval_ids = fields.Many2many(
        "order.hub.approval", string="Approvals", required=True, readonly=True
    )
    verdict = fields.Selection(
        [("approve", "Approve"), ("reject", "Reject")], required=True, readonly=True
    )
    reason = fields.Text()

    def action_decide(self):
        """Approve or reject with the reason, as the user who calls."""
        self.ensure_one()
        requests = self.approval_ids
        if not requests:
            raise UserError(
                self.env._("Nothing is chosen. Open this from an approval.")
            )
        if self.verdict == "approve":
            requests.action_approve(self.reason)
        else:
            requests.action_reject(self.reason)
        return {"type": "ir.actions.act_window_close"}
