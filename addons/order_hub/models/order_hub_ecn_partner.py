from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    hub_must_agree = fields.Boolean(
        "Agrees to Engineering Changes",
        help="Orders of this customer switch to another BOM revision only after the "
        "customer agreed: the change leaves them to be decided.",
        groups="base.group_user",
    )
