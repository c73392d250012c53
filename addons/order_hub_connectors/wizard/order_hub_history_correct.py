from odoo import api, fields, models


class OrderHubHistoryCorrect(models.TransientModel):
    """One value for many rows: a date format misread, a currency nobody wrote."""

    _name = "order.hub.history.correct"
    _description = "Correction of History Rows"

    row_ids = fields.Many2many("order.hub.history.row", string="Rows")
    target = fields.Selection("_selection_target", "What", required=True)
    value = fields.Char("Is", help="Days as 2023-05-06, numbers as 1200.50.")

    @api.model
    def _selection_target(self):
        return list(self.env["order.hub.history.words"]._targets().items())

    def action_correct(self):
        """Give all chosen rows the value; each is judged anew.

        :raise UserError: the value is none of this kind, or a row has been taken in
        """
        self.ensure_one()
        self.row_ids._correct({self.target: self.value or ""})
        return {"type": "ir.actions.act_window_close"}
