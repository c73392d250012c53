from odoo import fields, models


class OrderHubWarningAssign(models.TransientModel):
    """Who is to look after warnings."""

    _name = "order.hub.warning.assign"
    _description = "Assign Warnings"

    warning_ids = fields.Many2many("order.hub.warning", required=True)
    user_id = fields.Many2one(
        "res.users",
        "Person",
        required=True,
        domain=[("share", "=", False)],
        default=lambda self: self.env.user,
    )

    def action_confirm(self):
        """Give the warnings to the person."""
        self.ensure_one()
        self.warning_ids.action_assign(self.user_id.id)
        return {"type": "ir.actions.act_window_close"}
