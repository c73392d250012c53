from odoo import api, fields, models

from ..const import INTERNAL
from ..engine.carrier import Carrier

#: Carriers that Odoo prices itself; the others would be asked over the network.
PRICED_OFFLINE = ("fixed", "base_on_rule")


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
    hub_problem = fields.Char(compute="_compute_hub_problem")

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
        # pylint: disable-next=context-overridden
        anywhere = self.with_context(order_hub_any_address=INTERNAL)
        rate = anywhere.rate_shipment(order)
        if not rate.get("success"):
            return None, "price"
        return order.currency_id.round(rate["price"]), None

    def _match_address(self, partner):
        if self.env.context.get("order_hub_any_address") is INTERNAL:
            return True
        return super()._match_address(partner)
