from odoo import api, models
from odoo.tools import float_repr


class OrderHubPortalOrder(models.AbstractModel):
    """The order form, filled with what an earlier order had."""

    _inherit = "order.hub.portal.order"

    @api.model
    def _again(self, channel, partner, order):
        """Return the form of an order placed once more, at today's prices.

        The caller has checked that the customer may see the order.

        :param partner: ``res.partner`` of who is logged in
        :param order: one ``sale.order`` (sudo)
        :return: ``{"quantities": {product id as text: quantity as text}, "ship_to",
            "gone": [names of what cannot be ordered any more]}``; quantities are in
            the unit of the product, as the form is
        """
        wanted = {}
        for line in order._hub_goods_lines():
            product = line.product_id
            amount = line.product_uom_id._compute_quantity(
                line.product_uom_qty, product.uom_id
            )
            wanted[product] = wanted.get(product, 0.0) + amount
        wanted = {product: amount for product, amount in wanted.items() if amount > 0}
        allowed = self._allowed(channel, partner, {str(p.id): "" for p in wanted})
        return {
            "quantities": {
                str(product.id): self._amount_text(product, amount)
                for product, amount in wanted.items()
                if product in allowed
            },
            "ship_to": str(order.partner_shipping_id.id),
            "gone": [p.name for p in wanted if p not in allowed],
        }

    def _amount_text(self, product, amount):
        """Return a quantity as the form writes it, without digits that say nothing."""
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        text = float_repr(product.uom_id.round(amount), digits)
        return text.rstrip("0").rstrip(".") if "." in text else text

    @api.model
    def _offer_asked(self, channel, partner, quantities, words=""):
        """Return what is offered, what the form asks for on top.

        :param dict quantities: ``{product id as text: quantity as text}``
        :return: as :meth:`_offer`
        """
        rows = self._offer(channel, partner, words)
        offered = {row["product"] for row in rows}
        asked = self._allowed(channel, partner, quantities)
        missing = asked.filtered(lambda product: product.id not in offered)
        prices = self._prices(channel, partner, missing)
        added = [self._row(p, None, *prices[p.id]) for p in missing]
        first = set(asked.ids)
        return (
            added
            + [row for row in rows if row["product"] in first]
            + [row for row in rows if row["product"] not in first]
        )
