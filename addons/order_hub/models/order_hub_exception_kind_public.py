from odoo import fields, models

from ..engine import why


class OrderHubExceptionKind(models.Model):
    """What customers are told of a kind of problem, and no more than that."""

    _inherit = "order.hub.exception.kind"

    public_cause = fields.Selection(
        [
            ("payment", "A payment is missing"),
            ("details", "A question about the order"),
            ("address", "A question about the address"),
            ("supply", "Material comes later"),
            ("production", "Production takes longer"),
            ("quality", "Quality is looked at once more"),
            ("transport", "Transport takes longer"),
            ("damage", "Goods arrived damaged"),
            ("stock", "Goods are not complete"),
            ("checking", "Something is being checked"),
            (why.HIDDEN, "Nothing"),
        ],
        "Customers Are Told",
        help="The cause on the page of the customer while such a problem is open. "
        "Empty: what fits a kind of the hub, else that something is being checked. "
        "The text of the problem is never shown.",
    )

    def _public_cause(self):
        """Return a cause of ``engine.why.CAUSES``, or ``None`` to tell nothing."""
        self.ensure_one()
        return why.cause_of(self.code, self.public_cause)
