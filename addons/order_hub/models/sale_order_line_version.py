from odoo import api, models

from .order_hub_version_content import LINE_FIELDS

WATCHED = frozenset(LINE_FIELDS)


class SaleOrderLine(models.Model):
    """Lines whose change makes a new version of their order."""

    _inherit = "sale.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.order_id._hub_mark_version()
        return lines

    def write(self, vals):
        orders = self.order_id
        result = super().write(vals)
        if WATCHED.intersection(vals):
            (orders | self.order_id)._hub_mark_version()
        return result

    def unlink(self):
        orders = self.order_id
        result = super().unlink()
        orders.exists()._hub_mark_version()
        return result
