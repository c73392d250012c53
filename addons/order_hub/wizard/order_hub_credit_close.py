from odoo import fields, models


class OrderHubCreditClose(models.TransientModel):
    """Rejects or revokes a temporary credit, with a reason."""

    _name = "order.hub.credit.close"
    _description = "Reject or Revoke Temporary Credit"

    grant_id = fields.Many2one(
        "order.hub.credit.grant", "Temporary Credit", required=True, readonly=True
    )
    step = fields.Selection(
        [("rejected", "Reject"), ("revoked", "Revoke")], required=True, readonly=True
    )
    reason = fields.Char(required=True)

    def action_close(self):
        """Close the temporary credit; whoever asked is told."""
        self.ensure_one()
        self.grant_id._close(self.step, self.reason)
        return {"type": "ir.actions.act_window_close"}
