from odoo import models


class PurchaseOrder(models.Model):
    """The page of a purchase order that its supplier opens by a link."""

    _name = "purchase.order"
    _inherit = ["purchase.order", "order.hub.link"]

    _hub_link_scope = "order_hub-supplier-page"
    _hub_link_groups = "purchase.group_purchase_user"

    def _hub_link_name(self):
        return self.name

    def _hub_link_is_allowed(self):
        return self.company_id.hub_supplier_link

    def _hub_page_path(self):
        return f"/my/supply/orders/{self.id}"

    def _hub_closed_on(self):
        """Return the day everything had come, or a cancelled order was last touched."""
        if self.state == "cancel":
            return self._hub_company_day(self.write_date)
        dates = [date for date in self.picking_ids.mapped("date_done") if date]
        if self.receipt_status != "full" or not dates:
            return None
        return self._hub_company_day(max(dates))
