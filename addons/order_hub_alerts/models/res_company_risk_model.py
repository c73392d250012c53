from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    hub_chance_is_off = fields.Boolean(
        "Probability Switched Off",
        help="A person does not want the probability of being late to be shown; "
        "training goes on.",
    )
