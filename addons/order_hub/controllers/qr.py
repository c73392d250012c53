from odoo.http import request, route

from .portal import OrderHubPortal


class OrderHubQr(OrderHubPortal):
    """The address on paper: sends everybody to the page of the order meant for them."""

    @route(
        ["/hub/o", "/hub/o/<ref>"],
        type="http",
        auth="public",
        website=True,
        readonly=True,
        sitemap=False,
    )
    def hub_qr(self, ref=None, t=None, **_query):
        """Send an employee to the step, a customer to the page, others to log in.

        :param ref: hub reference; typed in by hand where a camera is of no use
        :param t: token of the customer page
        """
        if not (ref or "").strip():
            return self._hub_render_unknown("", 200)
        order = self._hub_find(ref, t)
        if not order:
            return self._hub_refuse(ref)
        may_read = self._hub_may_read(order)
        if may_read and request.env.user._is_internal():
            return request.redirect(order._hub_scan_url())
        return request.redirect(order._hub_page_url(None if may_read else t))
