from odoo import api, fields, models

from .order_hub_system_judge import KIND


class OrderHubException(models.Model):
    """Systems that disagree, in the words of whoever reads it.

    What is stored is one sentence in the language of the company; while the problem
    is open both sides are said anew from the last words of the systems.
    """

    _inherit = "order.hub.exception"

    sides_name = fields.Char("Who Disagrees", compute="_compute_sides")
    sides = fields.Text("Both Sides", compute="_compute_sides")

    @api.depends("state", "kind_id", "is_automatic", "description")
    @api.depends_context("lang")
    def _compute_sides(self):
        ours = self.filtered(
            lambda row: (
                row.is_automatic and row.state == "open" and row.kind_id.code == KIND
            )
        )
        said = self.env["order.hub.system"]._sides_of(ours.order_id)
        for row in self:
            row.sides_name, row.sides = False, False
            if row in ours and row.order_id in said:
                row.sides_name, row.sides = said[row.order_id]

    @api.depends("sides_name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        result = super()._compute_display_name()
        for row in self.filtered("sides_name"):
            row.display_name = row.sides_name
        return result
