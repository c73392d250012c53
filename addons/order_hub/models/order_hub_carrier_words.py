from odoo import api, models
from odoo.tools import format_amount
from odoo.tools.i18n import format_list


class OrderHubCarrierWords(models.AbstractModel):
    """Says what is decided about carriers in the reader's language."""

    _name = "order.hub.carrier.words"
    _description = "Words for Carriers"

    @api.model
    def _carrier(self, carrier_id, otherwise=""):
        """Return the name of a carrier, or the one it had when it is gone."""
        carrier = self.env["delivery.carrier"].sudo().browse(carrier_id).exists()
        return carrier.name or otherwise or "–"

    @api.model
    def _cost(self, amount, currency):
        """Return a price in a currency, or that nobody knows it."""
        if amount is None:
            return self.env._("price not known")
        return format_amount(self.env, amount, currency)

    @api.model
    def _missing(self, codes):
        """Return what a carrier lacks: *no cold chain and does not go to the state*."""
        return format_list(self.env, [self._code(code) for code in codes])

    def _code(self, code):
        if code.startswith("constraint:"):
            constraint = self.env["order.hub.shipping.constraint"].sudo()
            constraint = constraint.browse(int(code.partition(":")[2])).exists()
            return self.env._("cannot do “%s”", constraint.name or "–")
        return {
            "cold_chain": self.env._("no cold chain"),
            "country": self.env._("does not deliver to this country"),
            "state": self.env._("does not deliver to this province"),
            "zip": self.env._("does not deliver to this zip code"),
            "weight": self.env._("the order is too heavy"),
            "volume": self.env._("the order is too large"),
            "tags": self.env._("not for these products"),
            "price": self.env._("no price rule fits the order"),
        }.get(code, code)
