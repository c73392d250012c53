from odoo import api, models
from odoo.tools import SQL

#: Stock is scarce when it is enough for fewer than so many more such orders.
SCARCE = 20


class StockQuant(models.Model):
    """The last pieces are reserved one after the other.

    Odoo does not wait for a quant that another transaction is reserving: it writes
    the reservation beside it, so that two orders can both hold the last piece. Where
    sourcing is used, whoever reserves scarce stock waits; if the stock has changed
    meanwhile, Odoo repeats the whole request on fresh figures, and the order finds
    another way.
    """

    _inherit = "stock.quant"

    @api.model
    def _update_reserved_quantity(
        self,
        product_id,
        location_id,
        quantity,
        lot_id=None,
        package_id=None,
        owner_id=None,
        strict=True,
    ):
        if quantity > 0 and self._hub_is_guarded(location_id):
            self._hub_lock_scarce(product_id, location_id, quantity)
        return super()._update_reserved_quantity(
            product_id, location_id, quantity, lot_id, package_id, owner_id, strict
        )

    def _hub_is_guarded(self, location):
        company = location.sudo().company_id
        return location.usage == "internal" and self.env[
            "order.hub.sourcing.policy"
        ]._is_used(company)

    def _hub_lock_scarce(self, product, location, quantity):
        """Lock what little there is; plenty is left to Odoo, which does not wait."""
        self.flush_model(["quantity", "reserved_quantity"])
        self.env.execute_query(
            SQL(
                """SELECT id FROM stock_quant
                    WHERE product_id = %s AND location_id = %s AND quantity > 0
                      AND quantity - reserved_quantity < %s
                 ORDER BY id FOR NO KEY UPDATE""",
                product.id,
                location.id,
                quantity * (SCARCE + 1),
            )
        )
