from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine.likeness import COMPONENTS, DAYS, THRESHOLD, Weights


class OrderHubLikeness(models.Model):
    """How alike orders must be before a person is asked: weights and a threshold.

    ``engine.likeness`` has the formula.
    """

    _name = "order.hub.likeness"
    _description = "Likeness of Orders"
    _order = "name, id"

    name = fields.Char(required=True, translate=True)
    company_id = fields.Many2one("res.company", ondelete="cascade", index=True)
    threshold = fields.Float(
        "Ask From",
        default=THRESHOLD,
        required=True,
        help="Score (of 100) from which a person is asked whether it is a repeat.",
    )
    days = fields.Integer(
        "Days Around",
        default=DAYS,
        required=True,
        help="Orders so many days before and after are compared.",
    )
    customer = fields.Float(default=Weights.customer, help="Who ordered.")
    phone = fields.Float(default=Weights.phone, help="A phone in common.")
    products = fields.Float(default=Weights.products, help="Which products.")
    quantities = fields.Float(default=Weights.quantities, help="How many of each.")
    date = fields.Float(default=Weights.date, help="How near in time.")
    amount = fields.Float(default=Weights.amount, help="The total, in one currency.")
    remark = fields.Float(default=Weights.remark, help="What the customer wrote.")
    reference = fields.Float(
        default=Weights.reference,
        help="The customer's own number, where both orders say one.",
    )

    _threshold_sane = models.Constraint(
        "CHECK (threshold > 0 AND threshold <= 100)",
        "A score is between 0 and 100.",
    )
    _days_sane = models.Constraint(
        "CHECK (days BETWEEN 1 AND 60)", "Look at 1 to 60 days around an order."
    )

    @api.constrains(*COMPONENTS)
    def _check_weights(self):
        for scheme in self:
            weights = [scheme[name] for name in COMPONENTS]
            if min(weights) < 0 or scheme.customer <= 0 or scheme.products <= 0:
                raise ValidationError(
                    self.env._(
                        "“%s”: no weight is below zero, and those of customer and "
                        "products are above it: nothing else proves a repeat.",
                        scheme.name,
                    )
                )

    def _weights(self):
        """Return the engine's weights; those of nobody are the standard ones."""
        if not self:
            return Weights()
        return Weights(**{name: self[name] for name in COMPONENTS})
