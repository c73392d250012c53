from odoo import api, models

#: Fields of a line whose changes after acceptance are kept.
AUDITED_LINE_FIELDS = (
    "product_id",
    "name",
    "product_uom_qty",
    "product_uom_id",
    "price_unit",
    "discount",
    "tax_ids",
    "customer_lead",
)


#: What the customer and the company agree on about a line.
CONTENT_LINE_FIELDS = frozenset(
    {
        "product_id",
        "product_uom_qty",
        "product_uom_id",
        "price_unit",
        "discount",
        "tax_ids",
        "order_id",
        "is_downpayment",
    }
)


class SaleOrderLine(models.Model):
    _name = "sale.order.line"
    _inherit = ["sale.order.line", "order.hub.audited"]

    @api.model
    def _hub_audited_fields(self):
        """Return the names of the fields whose changes are kept."""
        return AUDITED_LINE_FIELDS

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        rows = [
            line._hub_change_row("+", None, line._hub_summary())
            for line in lines
            if line._hub_is_accepted()
        ]
        self.env["order.hub.change"].sudo()._append(rows)
        lines.order_id._hub_lines_changed()
        return lines

    def write(self, vals):
        before = self._hub_snapshot(vals)
        orders = self.order_id
        result = super().write(vals)
        self._hub_log_changes(before)
        if CONTENT_LINE_FIELDS.intersection(vals):
            (orders | self.order_id)._hub_lines_changed()
        return result

    def unlink(self):
        rows = [
            {**line._hub_change_row("-", line._hub_summary(), None), "line_id": None}
            for line in self
            if line._hub_is_accepted()
        ]
        orders = self.order_id
        result = super().unlink()
        self.env["order.hub.change"].sudo()._append(rows)
        orders.exists()._hub_lines_changed()
        return result

    def _hub_is_real_downpayment(self):
        """Tell whether the line is what Odoo makes for a down payment.

        Those have no quantity; anything else with the mark is goods in disguise.
        """
        self.ensure_one()
        return self.is_downpayment and not self.product_uom_qty

    def _hub_is_accepted(self):
        self.ensure_one()
        return (
            not self.display_type
            and bool(self.order_id)
            and self.order_id._hub_is_accepted()
        )

    def _hub_summary(self):
        self.ensure_one()
        return f"{self.product_uom_qty:g} × {self.price_unit:g}"

    def _hub_change_row(self, name, old, new, line=None):
        self.ensure_one()
        return self.order_id._hub_change_row(name, old, new, line=self)
