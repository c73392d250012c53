from odoo import api, fields, models
from odoo.fields import Domain


class PurchaseOrder(models.Model):
    """What suppliers announce, prove and report of an order."""

    _inherit = "purchase.order"

    hub_notice_ids = fields.One2many(
        "order.hub.shipment.notice",
        "order_id",
        "Shipment Notices",
        groups="base.group_user",
    )
    hub_report_ids = fields.One2many(
        "order.hub.supply.report",
        "order_id",
        "Early Reports",
        readonly=True,
        groups="base.group_user",
    )

    @api.model
    def _hub_of_supplier(self, partner, company):
        """Return the domain of confirmed orders that a supplier works on.

        :param partner: commercial partner of the visitor
        """
        theirs = Domain("partner_id.commercial_partner_id", "=", partner.id)
        theirs &= Domain("company_id", "=", company.id)
        return theirs & Domain("state", "=", "purchase")

    def _hub_reportable(self):
        """Return the lines of which something is still to come."""
        return self.order_line.filtered(lambda line: line._hub_is_answerable())

    def action_hub_notices(self):
        """Open the shipments that were announced for this order."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "order_hub.order_hub_shipment_notice_action"
        )
        return {
            **action,
            "domain": [("order_id", "=", self.id)],
            "context": {"default_order_id": self.id},
        }
