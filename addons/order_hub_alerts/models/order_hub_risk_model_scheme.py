from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine.risk_training import Settings

#: Below these the parts of the history are too small to prove anything.
LEAST_SAMPLES, LEAST_EACH = 100, 20


class OrderHubRiskScheme(models.Model):
    """The data that a probability takes."""

    _inherit = "order.hub.risk.scheme"

    min_samples = fields.Integer(
        "Orders for a Probability",
        default=Settings().min_samples,
        tracking=True,
        help="Orders whose outcome must be known before a probability is trained.",
    )
    min_each = fields.Integer(
        "Late Ones among Them",
        default=Settings().min_each,
        tracking=True,
        help="So many of them must have been late, and so many on time.",
    )

    @api.constrains("min_samples", "min_each")
    def _check_data_for_a_probability(self):
        for scheme in self:
            if scheme.min_samples < LEAST_SAMPLES or scheme.min_each < LEAST_EACH:
                raise ValidationError(
                    self.env._(
                        "A probability from %(samples)s orders with %(each)s late ones "
                        "would be made up. Ask for at least %(least)s orders and "
                        "%(least_each)s late ones.",
                        samples=scheme.min_samples,
                        each=scheme.min_each,
                        least=LEAST_SAMPLES,
                        least_each=LEAST_EACH,
                    )
                )
