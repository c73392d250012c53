from odoo import models
from odoo.exceptions import AccessError

from .order_hub_card import CONFIGURATOR


class ResUsers(models.Model):
    _inherit = "res.users"

    def action_hub_order_card(self):
        """Open the user's order card; make it first if there is none.

        :raise AccessError: for anybody else's, unless one configures the hub
        :raise ValidationError: the user does not sell
        """
        self.ensure_one()
        user = self.env.user
        is_allowed = self == user or user.has_group(CONFIGURATOR)
        if not user._is_internal() or not is_allowed:
            raise AccessError(self.env._("You may open your own order card only."))
        card = self.env["order.hub.card"]._own_card(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Order Card"),
            "res_model": "order.hub.card",
            "res_id": card.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }
