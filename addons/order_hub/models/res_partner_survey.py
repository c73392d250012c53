from odoo import fields, models


class ResPartner(models.Model):
    """A contact who may not want to be asked."""

    _inherit = "res.partner"

    hub_survey_optout = fields.Boolean(
        "No Surveys",
        groups="base.group_user",
        help="This contact does not want to be asked about deliveries.",
    )
