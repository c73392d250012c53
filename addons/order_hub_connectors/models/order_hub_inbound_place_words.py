from odoo import api, models

from ..engine.order import LINE


class OrderHubInbound(models.Model):
    """Names of the places in an order, for people who do not read paths."""

    _inherit = "order.hub.inbound"

    @api.model
    def _place_words(self, path):
        """Return ``lines[0].sku`` as *Line 1: code*, in the reader's language.

        An unknown name is shown as it is: a made-up one is better seen than hidden.
        """
        head, _dot, name = (path or "").rpartition(".")
        label = self._place_names().get(name, name)
        line = LINE.fullmatch(head)
        if line:
            return self.env._("Line %(n)s: %(what)s", n=int(line[1]) + 1, what=label)
        whose = self._place_names().get(head)
        if not whose:
            return label
        return self.env._("%(whose)s: %(what)s", whose=whose, what=label)

    def _place_names(self):
        return {
            **self._place_names_of_order(),
            "sku": self.env._("code"),
            "barcode": self.env._("barcode"),
            "quantity": self.env._("quantity"),
            "unit": self.env._("unit"),
            "unit_price": self.env._("price"),
            "discount": self.env._("discount"),
            "amount": self.env._("amount"),
            "name": self.env._("name"),
            "company": self.env._("company"),
            "email": self.env._("e-mail"),
            "phone": self.env._("phone"),
            "mobile": self.env._("mobile phone"),
            "address": self.env._("address"),
            "street": self.env._("street"),
            "district": self.env._("district"),
            "city": self.env._("city"),
            "state": self.env._("province or state"),
            "zip": self.env._("postcode"),
            "country": self.env._("country"),
            "vat": self.env._("tax number"),
            "partner_id": self.env._("which customer"),
            "checked": self.env._("checked"),
        }

    def _place_names_of_order(self):
        return {
            "customer": self.env._("Customer"),
            "ship_to": self.env._("Ship to"),
            "lines": self.env._("Lines"),
            "external_ref": self.env._("number"),
            "order_type": self.env._("order type"),
            "currency": self.env._("currency"),
            "date": self.env._("order date"),
            "promised_date": self.env._("delivery date"),
            "shipping_price": self.env._("shipping charge"),
            "prepaid_amount": self.env._("prepaid amount"),
            "total": self.env._("total"),
            "customer_ref": self.env._("customer's order number"),
            "note": self.env._("remark"),
            "special_request": self.env._("special request"),
            "paid_at": self.env._("paid on"),
        }
