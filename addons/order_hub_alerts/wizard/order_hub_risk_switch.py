from odoo import fields, models


class OrderHubRiskSwitch(models.TransientModel):
    """Buys what is open of a purchase line elsewhere, because an order is at risk."""

    _name = "order.hub.risk.switch"
    _inherit = ["order.hub.supplier.switch"]
    _description = "Switch the Supplier"

    risk_id = fields.Many2one("order.hub.risk", required=True, ondelete="cascade")

    def action_switch(self):
        """Switch, and judge the order anew.

        :return: the form of the new request for quotation
        :raise UserError: nothing is open any more, or the supplier is not approved
        """
        self.ensure_one()
        self.risk_id.check_access("read")
        new = self._switch()
        self.env["order.hub.risk"].sudo()._recompute(
            self.risk_id.sudo().order_id, fields.Datetime.now()
        )
        return self._open_new(new)

    def _switch_note(self, new):
        return self.env._(
            "%(quantity)g %(unit)s of %(product)s are bought from %(supplier)s instead "
            "(%(purchase)s), because of the delivery risk of %(order)s.",
            quantity=self.quantity,
            unit=self.uom_id.name,
            product=self.product_id.display_name,
            supplier=self.partner_id.name,
            purchase=new.name,
            order=self.risk_id.order_id.name,
        )
