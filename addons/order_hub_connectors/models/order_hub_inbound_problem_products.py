from odoo import api, fields, models
from odoo.exceptions import UserError

from .order_hub_unknown_sku import CODES


class OrderHubInboundProblem(models.Model):
    """A problem that choosing a product solves."""

    _inherit = "order.hub.inbound.problem"

    is_product = fields.Boolean(compute="_compute_is_product")

    @api.depends("step", "code")
    def _compute_is_product(self):
        for row in self:
            row.is_product = row.step == "products" and row.code in CODES

    def action_choose_product(self):
        """Open the choice of a product for the codes of this message."""
        inbound = self.inbound_id
        inbound.ensure_one()
        rows = inbound.problem_ids.filtered(lambda row: row.is_product and row.value)
        if not rows:
            raise UserError(self.env._("No code of this message waits for a product."))
        wizard = self.env["order.hub.sku.resolve"]._for_codes(
            inbound.channel_id, rows, inbound
        )
        return {
            "name": self.env._("Which Products Are These?"),
            "type": "ir.actions.act_window",
            "res_model": wizard._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
        }
