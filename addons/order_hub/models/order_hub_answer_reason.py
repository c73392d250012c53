from odoo import api, fields, models


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

    @api.model
    def _choices(self):
        """Return the reasons to choose from, as ``[{"id": int, "name": str}]``."""
        # pylint: disable-next=no-search-all
        return [{"id": reason.id, "name": reason.name} for reason in self.search([])]
