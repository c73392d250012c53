from odoo import models

from ..engine.bom import Pins


class OrderHubSupply(models.AbstractModel):
    """What a frozen order needs follows from what it is frozen on."""

    _inherit = "order.hub.supply"

    def _needs(self, orders):
        needs = {}
        for group in self._hub_by_pins(orders):
            service = self._hub_following(group)
            needs |= super(OrderHubSupply, service)._needs(group)
        return needs

    def _component_needs(self, orders):
        needs = {}
        for group in self._hub_by_pins(orders):
            service = self._hub_following(group)
            needs |= super(OrderHubSupply, service)._component_needs(group)
        return needs

    def _hub_by_pins(self, orders):
        """Return orders in groups that follow the same pins, in their context."""
        Freeze = self.env["order.hub.bom.freeze"]
        inside = isinstance(self.env.context.get("order_hub_pins"), Pins)
        if inside or not Freeze._is_in_use():
            return [orders]
        pins = orders._hub_pins()
        return list(Freeze._by_pins(orders, pins)) if pins else [orders]

    def _hub_following(self, orders):
        """Return the service with the pins of a group of orders."""
        pins = orders.env.context.get("order_hub_pins")
        return self.with_context(order_hub_pins=pins) if pins else self
