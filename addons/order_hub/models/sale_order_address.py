from urllib.parse import urlencode

from odoo import models
from odoo.tools import consteq
from odoo.tools.misc import hmac


class SaleOrder(models.Model):
    """The address of an order: what a QR code on paper leads to, and for whom."""

    _inherit = "sale.order"

    def _hub_page_token(self):
        """Return the secret that opens the customer page of this order, no more.

        A paper travels with the goods and is read by carriers and neighbours. The
        access token of the portal would show them prices and let them accept,
        pay and cancel; this one is derived from the reference, opens the page
        that has none of that, and needs no column.
        """
        self.ensure_one()
        message = (self.id, self.hub_ref)
        return hmac(self.sudo().env, "order_hub-customer-page", message)[:32]

    def _hub_opens_with(self, token):
        """Tell whether a token opens the customer page: its own or the portal's."""
        self.ensure_one()
        if not token or not isinstance(token, str) or not token.isascii():
            return False
        order = self.sudo()
        known = [order._hub_page_token(), order.access_token]
        return any(consteq(secret, token) for secret in known if secret)

    def _hub_page_url(self, token=None):
        """Return the path of the customer page.

        :param token: what the visitor came with; handed on, never invented
        """
        self.ensure_one()
        query = f"?{urlencode({'access_token': token})}" if token else ""
        return f"/my/hub/{self.hub_ref}{query}"

    def _hub_qr_url(self, with_token=False):
        """Return the full address for a QR code, or ``False`` without a reference.

        :param with_token: for papers the customer gets: opens without a login
        """
        self.ensure_one()
        if not self.hub_ref:
            return False
        query = f"?{urlencode({'t': self._hub_page_token()})}" if with_token else ""
        return f"{self.get_base_url()}/hub/o/{self.hub_ref}{query}"

    def _hub_scan_url(self):
        """Return where an employee who scans the code works on the order."""
        self.ensure_one()
        return f"/odoo/order-scan?{urlencode({'code': self.hub_ref})}"

    # === PAPERS === #

    def _hub_paper_marks(self, reader=None):
        """Return what a paper made for these orders carries.

        :param reader: the ``res.partner`` the paper goes to; empty for papers that
            stay in the house or go to a supplier. Only the order's own customer
            gets the address that opens without a login.
        :return: list of ``{"ref", "url"}``
        """
        return [
            {"ref": order.hub_ref, "url": order._hub_qr_url(order._hub_is_for(reader))}
            for order in self.sudo()
            if order.hub_ref
        ]

    def _hub_is_for(self, reader):
        """Tell whether a partner is the customer, or where goods or bill go."""
        self.ensure_one()
        if not reader:
            return False
        own = self.partner_id | self.partner_shipping_id | self.partner_invoice_id
        return reader.sudo().commercial_partner_id in own.commercial_partner_id
