from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine.reminder import Plan
from ..engine.supplier_score import COMPONENTS, Terms, Weights

INSIDE = "base.group_user"
WEIGHTS = [f"hub_score_{name}" for name in COMPONENTS]


class ResCompany(models.Model):
    """How a company reminds its suppliers and how it scores them."""

    _inherit = "res.company"

    hub_remind = fields.Boolean(
        "Remind Suppliers",
        groups=INSIDE,
        help="Suppliers are reminded of answers and goods that are missing. Odoo's own "
        "reminder is not sent for the orders of this company any more.",
    )
    hub_remind_answer_days = fields.Integer(
        "Ask for an Answer After",
        default=2,
        groups=INSIDE,
        help="Days after the order until a missing answer is asked for. 0: never.",
    )
    hub_remind_due_days = fields.Integer(
        "Announce What Is Due",
        default=3,
        groups=INSIDE,
        help="Days before the goods are due on which the supplier is reminded once. "
        "0: never.",
    )
    hub_remind_every_days = fields.Integer(
        "Repeat Every",
        default=3,
        groups=INSIDE,
        help="Days between two reminders of the same kind, until everything is there.",
    )
    hub_score_on_time = fields.Float("On Time", default=40, groups=INSIDE)
    hub_score_quantity = fields.Float("Right Quantity", default=20, groups=INSIDE)
    hub_score_quality = fields.Float("Goods without Trouble", default=30, groups=INSIDE)
    hub_score_answer = fields.Float("Answers", default=10, groups=INSIDE)
    hub_score_samples = fields.Integer(
        "Fewest Samples",
        default=3,
        groups=INSIDE,
        help="A component with fewer samples is left out: too little is known.",
    )
    hub_score_full_hours = fields.Float(
        "Answer for Full Points",
        default=24,
        groups=INSIDE,
        help="Hours from order to answer that earn everything.",
    )
    hub_score_none_hours = fields.Float(
        "Answer for No Points",
        default=96,
        groups=INSIDE,
        help="Hours after which an answer earns nothing any more.",
    )

    _hub_remind_days_positive = models.Constraint(
        "CHECK (hub_remind_answer_days >= 0 AND hub_remind_due_days >= 0 "
        "AND hub_remind_every_days >= 1)",
        "Days of reminders cannot be negative, and two reminders of the same kind are "
        "at least one day apart.",
    )
    _hub_score_terms = models.Constraint(
        "CHECK (hub_score_samples >= 1 AND hub_score_full_hours >= 0 "
        "AND hub_score_none_hours > hub_score_full_hours)",
        "A score needs at least one sample, and an answer for no points has to be "
        "later than one for full points.",
    )

    @api.constrains(*WEIGHTS)
    def _check_score_weights(self):
        for company in self:
            weights = [company[name] for name in WEIGHTS]
            if min(weights) < 0 or abs(sum(weights) - 100) > 1e-6:
                raise ValidationError(
                    self.env._(
                        "The weights of the supplier score of %(company)s add up to "
                        "%(total)g: %(weights)s. They must add up to 100, and none "
                        "may be negative.",
                        company=company.name,
                        total=sum(weights),
                        weights=" + ".join(f"{each:g}" for each in weights),
                    )
                )

    def _hub_reminder_plan(self):
        """Return the :class:`engine.reminder.Plan` of a company."""
        self.ensure_one()
        company = self.sudo()
        return Plan(
            company.hub_remind_answer_days,
            company.hub_remind_due_days,
            company.hub_remind_every_days,
        )

    def _hub_score_terms_of(self):
        """Return the :class:`engine.supplier_score.Terms` of a company."""
        self.ensure_one()
        company = self.sudo()
        return Terms(
            Weights(*(company[name] for name in WEIGHTS)),
            company.hub_score_samples,
            company.hub_score_full_hours,
            company.hub_score_none_hours,
        )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    hub_remind = fields.Boolean(related="company_id.hub_remind", readonly=False)
    hub_remind_answer_days = fields.Integer(
        related="company_id.hub_remind_answer_days", readonly=False
    )
    hub_remind_due_days = fields.Integer(
        related="company_id.hub_remind_due_days", readonly=False
    )
    hub_remind_every_days = fields.Integer(
        related="company_id.hub_remind_every_days", readonly=False
    )
    hub_score_on_time = fields.Float(
        related="company_id.hub_score_on_time", readonly=False
    )
    hub_score_quantity = fields.Float(
        related="company_id.hub_score_quantity", readonly=False
    )
    hub_score_quality = fields.Float(
        related="company_id.hub_score_quality", readonly=False
    )
    hub_score_answer = fields.Float(
        related="company_id.hub_score_answer", readonly=False
    )
    hub_score_samples = fields.Integer(
        related="company_id.hub_score_samples", readonly=False
    )
    hub_score_full_hours = fields.Float(
        related="company_id.hub_score_full_hours", readonly=False
    )
    hub_score_none_hours = fields.Float(
        related="company_id.hub_score_none_hours", readonly=False
    )
