from odoo import api, fields, models

from ..engine.carrier import Carrier

#: Carriers that Odoo prices itself; the others would be asked over the network.
PRICED_OFFLINE = ("fixed", "base_on_rule")


class Prices(dict):
    """What Odoo's rating read already while a batch of orders is priced.

    Carriers that have one in their context are asked what a place outside their
    cover would cost. No caller from outside can put this type into a context.
    """


class DeliveryCarrier(models.Model):
    """Carriers with a cold chain, their cover and their price for an order."""

    _inherit = "delivery.carrier"

    hub_is_cold_chain = fields.Boolean(
        "Cold Chain", help="Keeps goods cold all the way to where it delivers."
    )
    hub_is_preferred = fields.Boolean(
        "Preferred",
        help="Takes orders with shipping constraints wherever it delivers; the others "
        "only where it does not go, the cheapest first.",
    )
    hub_constraint_ids = fields.Many2many(
        "order.hub.shipping.constraint",
        "order_hub_shipping_constraint_carrier_rel",
        "carrier_id",
        "constraint_id",
        "Can Do",
    )
    hub_problem = fields.Char("Problem", compute="_compute_hub_problem")

    @api.depends("hub_is_cold_chain", "country_ids", "state_ids", "zip_prefix_ids")
    def _compute_hub_problem(self):
        for carrier in self:
            endless = carrier.hub_is_cold_chain and not (
                carrier.country_ids or carrier.state_ids or carrier.zip_prefix_ids
            )
            carrier.hub_problem = endless and self.env._(
                "This cold chain goes everywhere: no country, state or zip code limits "
                "it. Fill in where it delivers under Availability, or orders are "
                "promised to places it does not reach."
            )

    # === FOR THE ENGINE === #

    def _hub_as_engine_carrier(self):
        self.ensure_one()
        return Carrier(
            id=self.id,
            sequence=self.sequence,
            has_cold_chain=self.hub_is_cold_chain,
            is_preferred=self.hub_is_preferred,
            countries=frozenset(self.country_ids.ids),
            states=frozenset(self.state_ids.ids),
            zips=tuple(self.zip_prefix_ids.mapped("name")),
        )

    def _hub_limits(self, order):
        """Return the words of Odoo's own limits that an order exceeds."""
        self.ensure_one()
        checks = {
            "weight": self._match_weight,
            "volume": self._match_volume,
            "tags": self._hub_match_tags,
        }
        return tuple(word for word, holds in checks.items() if not holds(order))

    def _hub_match_tags(self, order):
        return self._match_must_have_tags(order) and self._match_excluded_tags(order)

    def _hub_price(self, order):
        """Return the price of bringing an order, in its currency, wherever it goes.

        Odoo's own rate, with margins and taxes; asked for places outside the cover
        too, to tell what a plan costs more. Nothing is asked over the network.

        :return: ``(price or None, word or None)``: no price and no word where the
            price is not known here, the word ``price`` where no price rule fits
        """
        self.ensure_one()
        if self.delivery_type not in PRICED_OFFLINE:
            return None, None
        rate = self.rate_shipment(order)
        if not rate.get("success"):
            return None, "price"
        return order.currency_id.round(rate["price"]), None

    @api.model
    def _hub_of_company(self, company):
        """Return the carriers of a company (sudo), ready to price a batch."""
        # pylint: disable-next=context-overridden
        pricing = self.sudo().with_context(order_hub_prices=Prices())
        return pricing.search([("company_id", "in", (False, company.id))])

    def _hub_prices(self):
        """Return the prices of the batch, ``None`` outside one."""
        known = self.env.context.get("order_hub_prices")
        return known if isinstance(known, Prices) else None

    def _match_address(self, partner):
        return self._hub_prices() is not None or super()._match_address(partner)

    def fixed_rate_shipment(self, order):
        """In a batch, ask each price list once: nothing else of an order counts."""
        known = self._hub_prices()
        if known is None:
            return super().fixed_rate_shipment(order)
        key = (self.id, order.pricelist_id.id)
        if key not in known:
            known[key] = super().fixed_rate_shipment(order)
        return dict(known[key])

    def _get_conversion_currencies(self, order, conversion):
        """In a batch, look the main company up once."""
        known = self._hub_prices()
        if known is None or self.company_id:
            return super()._get_conversion_currencies(order, conversion)
        key = (order.currency_id.id, conversion)
        if key not in known:
            known[key] = super()._get_conversion_currencies(order, conversion)
        return known[key]
