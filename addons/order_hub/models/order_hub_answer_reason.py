from odoo import fields, models


class OrderHubAnswerReason(models.Model):
    """Why a supplier delivers later, less or not at all: chosen, never typed."""

    _name = "order.hub.answer.reason"
    _description = "Reason of a Supplier's Answer"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True,
        copy=False,
        help="How programs name the reason. Lower case, no blanks.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _code_unique = models.UniqueIndex(
        "(code)", "Another reason has this code. Choose a different one."
    )
