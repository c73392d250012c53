from odoo import fields, models


class ResCompany(models.Model):
    """What a company lets customers and suppliers do on their pages."""

    _inherit = "res.company"

    hub_portal_change_by_link = fields.Boolean(
        "Changes by Link",
        groups="base.group_user",
        help="Whoever has the link that was mailed to the customer may ask for changes "
        "and accept them without logging in. The code on paper never may.",
    )
    hub_customer_link = fields.Boolean(
        "Customer Page by Link",
        default=True,
        groups="base.group_user",
        help="The code on paper and the mailed link open the page of an order without "
        "a login. Without this, customers log in.",
    )
    hub_supplier_link = fields.Boolean(
        "Supplier Page by Link",
        groups="base.group_user",
        help="The link that is mailed to a supplier opens the page of the purchase "
        "order without a login: read, confirm, announce.",
    )
    hub_link_days = fields.Integer(
        "Links Live After Closing",
        groups="base.group_user",
        help="Days after an order was closed during which its code and links still "
        "open its page without a login. 0: without end.",
    )

    hub_tell_delays = fields.Boolean(
        "Tell Customers of Delays",
        groups="base.group_user",
        help="Customers are written to within a quarter of an hour when their order "
        "comes later than they know, once for each new day.",
    )

    _hub_link_days_positive = models.Constraint(
        "CHECK (hub_link_days >= 0)",
        "Links cannot live for fewer than 0 days. Write 0 for links without end.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    hub_portal_change_by_link = fields.Boolean(
        related="company_id.hub_portal_change_by_link", readonly=False
    )
    hub_customer_link = fields.Boolean(
        related="company_id.hub_customer_link", readonly=False
    )
    hub_supplier_link = fields.Boolean(
        related="company_id.hub_supplier_link", readonly=False
    )
    hub_link_days = fields.Integer(related="company_id.hub_link_days", readonly=False)
    hub_tell_delays = fields.Boolean(
        related="company_id.hub_tell_delays", readonly=False
    )
