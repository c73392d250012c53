from urllib.parse import urlencode
from uuid import uuid4

from odoo import api, fields, models


class SaleOrder(models.Model):
    """The address of an order: what a QR code on paper leads to, and for whom.

    A paper travels with the goods and is read by carriers and neighbours. The access
    token of the portal would show them prices and let them accept, pay and cancel;
    the token on paper opens the page that has none of that.
    """

    _name = "sale.order"
    _inherit = ["sale.order", "order.hub.link"]

    _hub_link_scope = "order_hub-customer-page"
    _hub_link_groups = "sales_team.group_sale_salesman,order_hub.order_hub_group_user"

    @api.model
    def _hub_protected_fields(self):
        return super()._hub_protected_fields() | {"hub_link_version"}

    # === THE LINK === #

    def _hub_link_name(self):
        return self.hub_ref

    def _hub_link_is_allowed(self):
        return self.company_id.hub_customer_link

    def _hub_link_secrets(self):
        """Return the secret on paper and that of the portal, which is mailed."""
        secrets = super()._hub_link_secrets()
        return [*secrets, self.access_token] if self.access_token else secrets

    def _hub_page_path(self):
        return f"/my/hub/{self.hub_ref}"

    def _hub_closed_on(self):
        """Return the day the flow ended; outside a flow, when all was delivered."""
        if self.hub_flow_id:
            is_closed = not self.hub_is_open and self.hub_stage_since
            return self._hub_company_day(self.hub_stage_since) if is_closed else None
        done = self._hub_customer_pickings().filtered("date_done")
        if self.delivery_status != "full" or not done:
            return None
        return self._hub_company_day(max(done.mapped("date_done")))

    def _hub_forget_links(self):
        """Give orders whose portal link was mailed a new one."""
        result = super()._hub_forget_links()
        for order in self.sudo().filtered("access_token"):
            order.access_token = str(uuid4())
        return result

    # === ADDRESSES === #

    def _hub_qr_url(self, with_token=False):
        """Return the full address for a QR code, or ``False`` without a reference.

        :param with_token: for papers the customer gets: opens without a login,
            where the company allows it and the link has not expired
        """
        self.ensure_one()
        if not self.hub_ref:
            return False
        with_token = with_token and self._hub_link_lives(fields.Datetime.now())
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
