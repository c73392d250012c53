from odoo import fields, models

from ..adapters.registry import ADAPTERS


class OrderHubChannel(models.Model):
    """How sure the hub has to be before it asks nobody."""

    _inherit = "order.hub.channel"

    certain_from = fields.Float(
        default=0.9,
        digits=(3, 2),
        required=True,
        help="From this confidence on, what was understood of a message, a picture or "
        "a sheet becomes an order without a person: 0.9 is the measured limit below "
        "which errors begin. 1: a person looks at nearly everything.",
    )

    _certain_from_bounded = models.Constraint(
        "CHECK (certain_from >= 0.5 AND certain_from <= 1)",
        "Certain From is a share between 0.5 and 1.",
    )

    def _mapping(self):
        """What is understood already is not mapped: its paths are the order's own."""
        adapter = ADAPTERS.get(self.adapter)
        if adapter and adapter.understands:
            return self.env["order.hub.mapping"].sudo()
        return super()._mapping()
