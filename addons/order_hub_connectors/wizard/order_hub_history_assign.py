from odoo import fields, models
from odoo.exceptions import UserError


class OrderHubHistoryAssign(models.TransientModel):
    """Who a customer of old lists is: asked once, remembered for the source."""

    _name = "order.hub.history.assign"
    _description = "Assignment of a Customer"

    row_ids = fields.Many2many("order.hub.history.row", string="Rows")
    names = fields.Char("Called in the List", compute="_compute_names")
    partner_id = fields.Many2one("res.partner", "Customer", required=True)

    def _compute_names(self):
        for wizard in self:
            names = dict.fromkeys(wizard.row_ids.mapped("customer"))
            wizard.names = ", ".join(name for name in list(names)[:10] if name)

    def action_assign(self):
        """Assign the customer to all rows that call one so.

        :raise UserError: the rows name several customers
        """
        self.ensure_one()
        if len(set(self.row_ids.mapped("customer"))) > 1:
            raise UserError(
                self.env._(
                    "These rows name several customers (%s). Choose rows of one.",
                    self.names,
                )
            )
        self.row_ids.assign_customer(self.partner_id.id)
        return {"type": "ir.actions.act_window_close"}
