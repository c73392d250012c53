from odoo import api, models


class SaleOrderLine(models.Model):
    """Lines of orders of the past: delivered and settled elsewhere, long ago.

    What Odoo works out from deliveries and invoices has none to look at here; each
    answer is given instead, so that working it out again never asks for an invoice.
    """

    _inherit = "sale.order.line"

    def _hub_of_history(self):
        """Return those of the lines whose order is history."""
        if not self.order_id._hub_history():
            return self.browse()
        return self.filtered(lambda line: line.order_id.sudo().hub_is_history)

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.order_id._hub_check_no_history()
        return lines

    def write(self, vals):
        self.order_id._hub_check_no_history()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_history(self):
        self.order_id._hub_check_no_history()

    # === WHAT FOLLOWS FROM A LINE: NOTHING === #

    def _hub_others(self, name, value):
        """Give the lines of history a value of a field; return the others."""
        past = self._hub_of_history()
        past[name] = value
        return self - past

    def _compute_qty_delivered_method(self):
        others = self._hub_others("qty_delivered_method", "manual")
        return super(SaleOrderLine, others)._compute_qty_delivered_method()

    def _compute_qty_to_invoice(self):
        others = self._hub_others("qty_to_invoice", 0.0)
        return super(SaleOrderLine, others)._compute_qty_to_invoice()

    def _compute_untaxed_amount_to_invoice(self):
        others = self._hub_others("untaxed_amount_to_invoice", 0.0)
        return super(SaleOrderLine, others)._compute_untaxed_amount_to_invoice()

    def _compute_amount_to_invoice(self):
        others = self._hub_others("amount_to_invoice", 0.0)
        return super(SaleOrderLine, others)._compute_amount_to_invoice()

    def _compute_invoice_status(self):
        others = self._hub_others("invoice_status", "no")
        return super(SaleOrderLine, others)._compute_invoice_status()

    def _action_launch_stock_rule(self, **kwargs):
        wanted = self - self._hub_of_history()
        return super(SaleOrderLine, wanted)._action_launch_stock_rule(**kwargs)
