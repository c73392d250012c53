from odoo import models


class SaleOrder(models.Model):
    """Orders that their customers place once more."""

    _inherit = "sale.order"

    def _hub_may_reorder(self, user):
        """Tell whether a user may fill the order form with this order: its customer,
        logged in. Its own goods are all the order tells, no matter how it ended.

        The caller has checked that the user may read the order.
        """
        self.ensure_one()
        own = user.partner_id.sudo().commercial_partner_id
        return (
            user._is_portal()
            and self.sudo().partner_id.commercial_partner_id == own
            and self.sudo().state in ("sent", "sale", "cancel")
        )
