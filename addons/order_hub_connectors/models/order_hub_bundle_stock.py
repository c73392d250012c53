from odoo import models

from ..engine.bundle import BundleError


class OrderHubBundle(models.Model):
    """What one bundle takes from stock."""

    _inherit = "order.hub.bundle"

    def _stock_needs(self):
        """Return ``{product id: quantity in one bundle}``; none if it is broken."""
        try:
            parts = self._parts()
        except BundleError:
            return {}
        return {part.key[1]: float(part.quantity) for part in parts}
