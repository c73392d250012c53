from odoo import models


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "order.hub.document"]

    _hub_order_path = "line_ids.sale_line_ids.order_id"

    def _post(self, soft=True):
        posted = super()._post(soft=soft)
        posted._hub_carry_on()
        return posted

    def _invoice_paid_hook(self):
        result = super()._invoice_paid_hook()
        self._hub_carry_on()
        return result
