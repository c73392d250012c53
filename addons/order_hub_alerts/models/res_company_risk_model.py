from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    hub_chance_is_off = fields.Boolean(
        "Probability Switched Off",
        groups="order_hub.order_hub_group_user",
        help="A person does not want the probability of being late to be shown; "
        "training goes on.",
    )
