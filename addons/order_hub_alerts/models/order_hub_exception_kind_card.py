from odoo import fields, models


class OrderHubExceptionKind(models.Model):
    _inherit = "order.hub.exception.kind"

    needs_card = fields.Boolean(
        "Learn From It",
        default=True,
        help="A problem that a person opened is closed as solved with a card of a "
        "problem like it, or with root cause, steps and prevention.",
    )
