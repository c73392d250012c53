from odoo import api, fields, models


class OrderHubCreditAsk(models.TransientModel):
    """Asks for temporary credit from an order that did not pass."""

    _name = "order.hub.credit.ask"
    _description = "Ask for Temporary Credit"

    order_id = fields.Many2one("sale.order", required=True, readonly=True)
    partner_id = fields.Many2one(
        "res.partner", "Customer", related="order_id.partner_invoice_id"
    )
    currency_id = fields.Many2one(related="order_id.company_id.currency_id")
    credit_text = fields.Text("How They Stand", compute="_compute_credit_text")
    amount = fields.Monetary(
        required=True,
        compute="_compute_terms",
        store=True,
        readonly=False,
        precompute=True,
    )
    hours = fields.Float(
        "Valid (h)",
        required=True,
        compute="_compute_terms",
        store=True,
        readonly=False,
        precompute=True,
    )
    use = fields.Selection(
        [("single", "For one order"), ("revolving", "For any order")],
        required=True,
        default="single",
    )
    reason = fields.Text(required=True)

    @api.depends("order_id")
    def _compute_terms(self):
        for wizard in self:
            company = wizard.order_id.sudo().company_id
            wizard.amount = company.hub_credit_temporary_amount
            wizard.hours = company.hub_credit_temporary_hours

    @api.depends("order_id")
    def _compute_credit_text(self):
        self.order_id.check_access("read")
        orders = self.order_id.sudo()
        verdicts, _before = self.env["order.hub.credit"].sudo()._verdicts(orders)
        for wizard in self:
            order = wizard.order_id.sudo()
            found = verdicts.get(order)
            wizard.credit_text = found and order._hub_credit_sentence(found)

    def action_ask(self):
        """Ask; the supervisors are told.

        :return: the notification that closes the dialog
        """
        self.ensure_one()
        self.env["order.hub.credit.grant"].create(
            {
                "order_id": self.order_id.id,
                "amount": self.amount,
                "hours": self.hours,
                "use": self.use,
                "reason": self.reason,
            }
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("Asked. The supervisors have been told."),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
