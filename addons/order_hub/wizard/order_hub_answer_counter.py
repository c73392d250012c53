from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..engine.answer import Part


class OrderHubAnswerCounter(models.TransientModel):
    """What the buyer asks of a supplier instead of what was offered."""

    _name = "order.hub.answer.counter"
    _description = "Ask a Supplier for Something Else"

    order_id = fields.Many2one("purchase.order", required=True, readonly=True)
    line_ids = fields.One2many("order.hub.answer.counter.line", "counter_id")
    note = fields.Text("Message")

    @api.model
    def default_get(self, fields):
        """Offer what was asked first, for every answer that waits."""
        values = super().default_get(fields)
        order = self.env["purchase.order"].browse(values.get("order_id"))
        if "line_ids" in fields and order:
            order._hub_check_may_settle()
            values["line_ids"] = [
                Command.create(row)
                for answer in order._hub_pending()
                for row in self._rows(answer)
            ]
        return values

    def _rows(self, answer):
        return [
            {
                "answer_id": answer.id,
                "quantity": part["quantity"],
                "day": part["date"],
            }
            for part in answer.asked
        ]

    def action_ask(self):
        """Send what is asked to the supplier, as the user who calls."""
        self.ensure_one()
        asked = {}
        for line in self.line_ids:
            if not line.day:
                raise UserError(self.env._("Give a day for every quantity asked for."))
            parts = asked.setdefault(line.answer_id, [])
            parts.append(Part(line.day, line.quantity))
        self.order_id._hub_counter(asked, self.note or "")
        return {"type": "ir.actions.act_window_close"}
