from odoo import fields, models


class OrderHubAnswerCounterLine(models.TransientModel):
    """One quantity on one day that the buyer asks for."""

    _name = "order.hub.answer.counter.line"
    _description = "Line of What Is Asked of a Supplier"

    counter_id = fields.Many2one(
        "order.hub.answer.counter", required=True, ondelete="cascade", index=True
    )
    order_id = fields.Many2one(related="counter_id.order_id")
    answer_id = fields.Many2one(
        "order.hub.supplier.answer",
        required=True,
        ondelete="cascade",
        domain="[('order_id', '=', order_id), ('state', '=', 'proposed')]",
    )
    answer_text = fields.Char("Supplier Offers", related="answer_id.answer_text")
    unit_id = fields.Many2one(related="answer_id.unit_id")
    quantity = fields.Float("We Ask For", digits="Product Unit", required=True)
    day = fields.Date("On")
