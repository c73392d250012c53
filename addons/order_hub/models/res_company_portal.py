from odoo import fields, models


class ResCompany(models.Model):
    """What a company lets customers do on their pages."""

    _inherit = "res.company"

    hub_portal_change_by_link = fields.Boolean(
        "Changes by Link",
        groups="base.group_user",
        help="Whoever has the link that was mailed to the customer may ask for changes "
        "and accept them without logging in. The code on paper never may.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    hub_portal_change_by_link = fields.Boolean(
        related="company_id.hub_portal_change_by_link", readonly=False
    )
