from odoo import fields, models


class OrderHubSystemKeep(models.TransientModel):
    """Asks why the hub is right where another system says otherwise."""

    _name = "order.hub.system.keep"
    _description = "Keep Ours"

    state_id = fields.Many2one(
        "order.hub.system.state", required=True, ondelete="cascade", readonly=True
    )
    reason = fields.Char(
        required=True,
        size=200,
        help="Kept with the order, for example: counted in the warehouse, parcel is "
        "still here.",
    )

    def action_keep(self):
        self.ensure_one()
        self.state_id.keep_ours(self.reason)
        return {"type": "ir.actions.act_window_close"}
