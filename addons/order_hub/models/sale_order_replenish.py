from odoo import models
from odoo.tools import SQL


class SaleOrder(models.Model):
    """Confirmed orders start the replenishment of what they leave short."""

    _inherit = "sale.order"

    def _hub_confirmed(self):
        result = super()._hub_confirmed()
        self._hub_replenish()
        return result

    def _hub_replenish(self):
        """Run the automatic reordering rules that these orders broke through.

        All orders of a batch at once, components of what is made for them included.

        :return: the rules that were run (sudo)
        """
        moves = SQL(
            """SELECT rel.move_id FROM stock_reference_sale_rel sale
                 JOIN stock_reference_move_rel rel
                      ON rel.reference_id = sale.reference_id
                WHERE sale.sale_id = ANY(%s)""",
            self.ids,
        )
        return self.env["stock.warehouse.orderpoint"]._hub_replenish(moves)
