from odoo import models

from ..engine.gates import Figures


class OrderHubGate(models.Model):
    """The gate *Credit headroom* and the check at confirmation share one formula."""

    _inherit = "order.hub.gate"

    def _figures_credit_headroom(self, orders):
        """Headroom: limit and temporary credit less what is used, without the order.

        In company currency. Of a confirmed order counts what is not invoiced yet;
        what is invoiced is owed already.
        """
        found = self.env["order.hub.credit"].sudo()._headrooms(orders)
        return {
            **dict.fromkeys(orders.ids, Figures(unlimited=True)),
            **{order.id: Figures(*figures) for order, figures in found.items()},
        }
