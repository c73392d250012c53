from odoo.http import route

from .portal_supply import OrderHubSupply


class OrderHubSupplyUsage(OrderHubSupply):
    """The supplier's first page: what will be needed of the supplier's items."""

    @route("/my/supply", type="http", auth="user", website=True)
    def supply_usage(self, **_query):
        """Show the supplier what is needed in the coming weeks."""
        if not self._supply_partner():
            return self._supply_refuse()
        return self._supply_render("order_hub.portal_supply_usage", "usage", items=[])
