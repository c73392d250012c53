from odoo import api, fields, models

from .sale_order import INSIDE


class SaleOrder(models.Model):
    """What the order form says about approval."""

    _inherit = "sale.order"

    hub_approval_text = fields.Char(
        "Approval Says", compute="_compute_hub_approval_text", groups=INSIDE
    )
    hub_can_ask_approval = fields.Boolean(
        "Approval Can Be Asked For",
        compute="_compute_hub_can_ask_approval",
        groups=INSIDE,
    )

    @api.depends("hub_approval_state", "hub_approval_id.current_step_id")
    @api.depends_context("lang", "tz")
    def _compute_hub_approval_text(self):
        for order in self:
            asked = order.sudo()
            said = asked.hub_approval_state and asked._hub_approval_sentence()
            order.hub_approval_text = said

    @api.depends("hub_approval_state", "state", "order_line", "amount_total")
    def _compute_hub_can_ask_approval(self):
        """Show the button where somebody has to approve and nobody was asked."""
        self.hub_can_ask_approval = False
        asking = self.filtered(
            lambda o: (
                isinstance(o.id, int)
                and o.state in ("draft", "sent", "sale")
                and o.hub_approval_state not in ("waiting", "approved", "free")
            )
        )._hub_under_approval()
        if asking:
            for order, found in asking._hub_standings().items():
                wanted = found.is_due and (order.state != "sale" or found.rejected)
                order.hub_can_ask_approval = wanted
