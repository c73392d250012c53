from odoo.http import request, route

from odoo.addons.order_hub.controllers.portal import OrderHubPortal

from .portal_order import OrderHubPortalOrder


class OrderHubPortalReorder(OrderHubPortalOrder):
    """Ordering once more what an order had: for the customer who is logged in."""

    @route(
        "/my/hub/<ref>/reorder",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
        readonly=True,
    )
    def hub_reorder(self, ref, **_query):
        """Show the order form, filled with products and quantities of an order."""
        channel = self._hub_channel()
        if not channel:
            return request.redirect("/my/hub")
        order = self._hub_find(ref, None)
        if not order or not order._hub_may_reorder(request.env.user):
            return self._hub_refuse(ref)
        Form = request.env["order.hub.portal.order"]
        again = Form._again(channel, request.env.user.partner_id, order)
        return self._hub_render_form(channel, "", again, "", order.name)


class OrderHubPortalReorderLink(OrderHubPortal):
    """The way there from the page of an order."""

    def _hub_page_values(self, order, access_token):
        values = super()._hub_page_values(order, access_token)
        may = (
            self._hub_may_read(order)
            and order._hub_may_reorder(request.env.user)
            and request.env["order.hub.portal.order"]._channel(order.company_id)
        )
        url = f"/my/hub/{order.hub_ref}/reorder" if may else ""
        return {**values, "hub_reorder_url": url}
