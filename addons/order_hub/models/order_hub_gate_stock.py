from odoo import models

from ..engine.gates import Figures, Part


class OrderHubGateStock(models.Model):
    """Figures of the gates about goods: in stock, on their way, or to be made."""

    _inherit = "order.hub.gate"

    def _figures_stock_coverage(self, orders):
        """Free stock plus what is reserved or delivered for the order, per product."""
        supply = self.env["order.hub.supply"]
        needs = supply._needs(orders)
        served = supply._served(orders)
        free = supply._free(needs, orders)
        return {
            order.id: self._coverage(order, needs, served, free) for order in orders
        }

    def _coverage(self, order, needs, served, free):
        parts = [
            (
                product,
                free.get((order.warehouse_id.id, product), 0.0)
                + served.get((order.id, product), 0.0),
                need,
            )
            for product, need in needs.get(order.id, {}).items()
            if need > 0
        ]
        return self._figures_of_parts(parts)

    def _figures_kit_complete(self, orders):
        """Components of what is still to be made against stock and open orders."""
        supply = self.env["order.hub.supply"]
        components = supply._component_needs(orders)
        outlook = supply._outlook(components, orders)
        return {
            order.id: self._figures_of_parts(
                [
                    (product, outlook.get((order.id, product), 0.0), need)
                    for product, need in components.get(order.id, {}).items()
                ]
            )
            for order in orders
        }

    def _figures_bom_present(self, orders):
        """Every line that is manufactured to order has a bill of materials."""
        missing = self.env["order.hub.supply"]._products_without_bom(orders)
        return {
            order.id: self._figures_of_parts(
                [(product, 0.0, 1.0) for product in missing.get(order.id, ())]
            )
            for order in orders
        }

    def _figures_of_parts(self, parts):
        """Build figures from ``(product id, have, need)``; have is the worst ratio."""
        if not parts:
            return Figures(unlimited=True)
        return Figures(
            have=min(have / need for _product, have, need in parts),
            need=1.0,
            parts=tuple(
                Part(product, have=have, need=need) for product, have, need in parts
            ),
        )
