from odoo import api, fields, models

from ..const import INTERNAL
from .order_hub_link import INSIDE


class PurchaseOrderLine(models.Model):
    """The day a line was agreed for: what its supplier is measured by.

    It is the planned day when the order is confirmed, and the day of every answer
    that is accepted after that. Nothing else moves it: neither a plan that a buyer
    shifts later on nor an early report of a delay.
    """

    _inherit = "purchase.order.line"

    hub_agreed_date = fields.Datetime(
        "Agreed For",
        copy=False,
        readonly=True,
        groups=INSIDE,
        help="The day planned when the order was confirmed, or the one of the "
        "supplier's answer that was accepted.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.filtered(lambda line: line.state == "purchase")._hub_agree()
        return lines

    def write(self, vals):
        is_answer = self.env.context.get("hub_taking") is INTERNAL
        if is_answer and vals.get("date_planned"):
            vals = {**vals, "hub_agreed_date": vals["date_planned"]}
        return super().write(vals)

    def _hub_agree(self):
        """Note the planned day of these lines as the one agreed."""
        for line in self:
            if line.hub_agreed_date != line.date_planned:
                line.sudo().hub_agreed_date = line.date_planned
