from odoo import models
from odoo.fields import Domain


class ResPartner(models.Model):
    """Which partners have a supplier page."""

    _inherit = "res.partner"

    def _hub_is_supplier(self, company):
        """Tell whether the company buys from this partner (as superuser).

        :param company: ``res.company`` record whose supplier page is asked for
        :return: True when the commercial partner is in a price list of the company or
            has had an order of it
        """
        partner = self.sudo().commercial_partner_id
        theirs = Domain("partner_id", "child_of", partner.ids)
        listed = theirs & Domain("company_id", "in", (False, company.id))
        ordered = theirs & Domain("company_id", "=", company.id)
        ordered &= Domain("state", "!=", "draft")
        Supplierinfo = self.env["product.supplierinfo"].sudo()
        return bool(partner) and bool(
            Supplierinfo.search_count(listed, limit=1)
            or self.env["purchase.order"].sudo().search_count(ordered, limit=1)
        )

    def action_hub_view_as_supplier(self):
        """Open the page of expected usage as this supplier sees it."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/hub/supply/{self.commercial_partner_id.id}",
            "target": "new",
        }
