from odoo import fields, models


class ResCompany(models.Model):
    """Which differences in suppliers' answers nobody has to look at."""

    _inherit = "res.company"

    hub_answer_days = fields.Integer(
        "Days Taken",
        groups="base.group_user",
        help="An answer that is this many days later or earlier than asked is taken "
        "without asking the buyer. 0: only the day asked for.",
    )
    hub_answer_percent = fields.Float(
        "Shortfall Taken (%)",
        groups="base.group_user",
        help="An answer that leaves out up to this share of what is open is taken "
        "without asking the buyer. 0: only the whole quantity.",
    )

    _hub_answer_days_positive = models.Constraint(
        "CHECK (hub_answer_days >= 0)",
        "Answers cannot be taken fewer than 0 days off. Write 0 for the day itself.",
    )
    _hub_answer_percent_share = models.Constraint(
        "CHECK (hub_answer_percent >= 0 AND hub_answer_percent <= 100)",
        "The shortfall taken is a share of what is open: between 0 and 100 %.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    hub_answer_days = fields.Integer(
        related="company_id.hub_answer_days", readonly=False
    )
    hub_answer_percent = fields.Float(
        related="company_id.hub_answer_percent", readonly=False
    )
