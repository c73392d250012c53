from odoo import fields, models

#: The company's own business: customers read their companies in the portal.
INSIDE = "base.group_user"


class ResCompany(models.Model):
    """How a company treats the credit limits of its customers."""

    _inherit = "res.company"

    hub_credit_check = fields.Selection(
        [
            ("off", "Do not check"),
            ("warn", "Only note on the order"),
            ("block", "Do not confirm"),
        ],
        "When Credit Does Not Reach",
        default="block",
        required=True,
        help="Only customers with a credit limit are checked.",
        groups=INSIDE,
    )
    hub_credit_ratio = fields.Float(
        "Credit Needed per Order",
        default=1.0,
        digits=(16, 4),
        help="How many times its total an order must find as credit: 1.2 keeps a "
        "fifth in reserve.",
        groups=INSIDE,
    )
    hub_credit_temporary_amount = fields.Monetary(
        "Temporary Credit", default=50_000, groups=INSIDE
    )
    hub_credit_temporary_hours = fields.Float(
        "Valid For (h)", default=24, groups=INSIDE
    )

    _hub_credit_ratio_positive = models.Constraint(
        "CHECK(hub_credit_ratio > 0)",
        "An order must find some credit: the ratio is more than zero.",
    )
    _hub_credit_temporary_positive = models.Constraint(
        "CHECK(hub_credit_temporary_amount > 0 AND hub_credit_temporary_hours > 0)",
        "Temporary credit is more than nothing and valid for some time.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    hub_credit_check = fields.Selection(
        related="company_id.hub_credit_check", readonly=False
    )
    hub_credit_ratio = fields.Float(
        related="company_id.hub_credit_ratio", readonly=False
    )
    hub_credit_temporary_amount = fields.Monetary(
        related="company_id.hub_credit_temporary_amount",
        readonly=False,
        currency_field="currency_id",
    )
    hub_credit_temporary_hours = fields.Float(
        related="company_id.hub_credit_temporary_hours", readonly=False
    )
