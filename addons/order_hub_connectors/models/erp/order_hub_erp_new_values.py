from odoo import models
from odoo.tools import html2plaintext

from ...engine.erp.inserting import NewOrder
from ...engine.erp.values import plain


class OrderHubErp(models.Model):
    """What a new order says, by the same names that reading fills."""

    _inherit = "order.hub.erp"

    def _new_order(self, order, numbers):
        """Return an order as :class:`~...engine.erp.inserting.NewOrder`.

        :param numbers: as :meth:`_numbers_there` gives them
        """
        lines = self._new_lines(order)
        columns = self.table_ids.column_ids.filtered("writes")
        own = {each.column_name: self._ours(order, each) for each in columns}
        return NewOrder(
            self._new_header(order, numbers),
            tuple(
                self._new_line(line, at, numbers)
                for at, line in enumerate(lines, start=1)
            ),
            {name: value for name, value in own.items() if value is not None},
        )

    def _new_lines(self, orders):
        return orders.order_line.filtered(
            lambda line: line.product_id and not line.display_type
        )

    def _new_header(self, order, numbers):
        customer = order.partner_id.commercial_partner_id
        return {
            "external_ref": order.name,
            "hub_ref": order.hub_ref,
            "customer_ref": order.client_order_ref,
            "date": self._new_moment(order.date_order),
            "promised_date": self._new_moment(order.hub_promised_date),
            "currency": order.currency_id.name,
            "customer.external_ref": numbers.get(customer) or customer.ref,
            "customer.name": customer.name,
            "special_request": order.hub_special_request,
            "note": html2plaintext(order.note or "") or None,
            "total": _text(order.amount_total),
            **self._new_place(order.partner_shipping_id),
        }

    def _new_place(self, place):
        address = place._display_address(without_company=True) or ""
        return {
            "ship_to.name": place.name,
            "ship_to.phone": place.phone,
            "ship_to.address": " ".join(address.split()) or None,
            "ship_to.street": place.street,
            "ship_to.city": place.city,
            "ship_to.zip": place.zip,
            "ship_to.state": place.state_id.name,
            "ship_to.country": place.country_id.name,
        }

    def _new_line(self, line, at, numbers):
        product = line.product_id
        return {
            "external_ref": str(at),
            "sku": numbers.get(product) or product.default_code or product.display_name,
            "barcode": product.barcode,
            "name": line.name,
            "quantity": _text(line.product_uom_qty),
            "unit": line.product_uom_id.name,
            "unit_price": _text(line.price_reduce_taxexcl),
            "discount": _text(line.discount),
            "amount": _text(line.price_subtotal),
            "promised_date": self._new_moment(line.order_id.hub_promised_date),
        }

    def _numbers_there(self, orders):
        """Return ``{customer or product: number}`` of those that are known there."""
        customers = orders.partner_id.commercial_partner_id
        products = self._new_lines(orders).product_id
        keys = (
            self.env["order.hub.erp.key"]
            .sudo()
            .search(
                [
                    ("erp_id", "=", self.id),
                    ("number", "!=", False),
                    "|",
                    ("partner_id", "in", customers.ids),
                    ("product_id", "in", products.ids),
                ]
            )
        )
        return {key.partner_id or key.product_id: key.number for key in keys}

    def _new_moment(self, moment):
        """Return a moment as the other system's clock shows it, without an offset."""
        if not moment:
            return None
        return self._moment_there(moment).replace(tzinfo=None).isoformat()


def _text(number):
    """Return a number exactly, as text, without what binary digits add."""
    return str(plain(round(number, 6)))
