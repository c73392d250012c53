from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import ormcache

from ..engine.nps import QUESTIONS

#: Figures of a scheme and the range that makes sense of each.
RANGES = {
    "size": (1, 10_000),
    "rest_days": (0, 365),
    "answer_days": (1, 60),
    "reminder_days": (0, 60),
    "told_hours": (0, 240),
    "low_points": (-1, 10),
}


class OrderHubSurveyScheme(models.Model):
    """How a company asks its customers: which survey, how many, what counts how much.

    Companies without one ask nobody, and nothing costs them anything.
    """

    _name = "order.hub.survey.scheme"
    _inherit = ["order.hub.plan"]
    _description = "Customer Survey"
    _order = "company_id, id"
    _rec_name = "company_id"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        ondelete="cascade",
    )
    active = fields.Boolean(default=True)
    survey_id = fields.Many2one(
        "survey.survey",
        required=True,
        ondelete="restrict",
        default=lambda self: self._default_survey_id(),
        help="Its questions say by their role which of the three each one is.",
    )
    begins_on = fields.Date(
        required=True,
        default=lambda self: fields.Date.context_today(self),
        help="Orders finished before this day are not asked about.",
    )
    size = fields.Integer(
        "Orders a Month",
        required=True,
        default=300,
        aggregator=None,
        help="So many finished orders are drawn a month, or all if there are fewer.",
    )
    rest_days = fields.Integer(
        "Leave a Contact Alone (days)",
        default=14,
        aggregator=None,
        help="Whoever was asked is not asked about another order for so long.",
    )
    answer_days = fields.Integer(
        "Days to Answer", required=True, default=14, aggregator=None
    )
    reminder_days = fields.Integer(
        "Remind After (days)",
        default=5,
        aggregator=None,
        help="One reminder, to whoever has not answered by then. 0: none.",
    )
    weight_delivery = fields.Float("Weight of Delivery", default=40)
    weight_notice = fields.Float("Weight of Notice", default=30)
    weight_recommend = fields.Float("Weight of Recommendation", default=30)
    low_points = fields.Float(
        "Low Answer Up To",
        default=4,
        help="An answer of at most so many of ten points opens a problem on the "
        "order. -1: none does.",
    )
    told_hours = fields.Float(
        "Told in Time Within (h)",
        default=2,
        help="A customer who was written to so soon after a delay became known was "
        "told at once.",
    )
    round_ids = fields.One2many("order.hub.survey.round", "scheme_id", "Months")

    _company_uniq = models.UniqueIndex(
        "(company_id) WHERE active", "This company asks its customers already."
    )

    def _default_survey_id(self):
        return self.env.ref("order_hub.survey_experience", raise_if_not_found=False)

    # === CONSTRAINTS === #

    @api.constrains(lambda self: [f"weight_{name}" for name in QUESTIONS])
    def _check_weights(self):
        for scheme in self:
            weights = scheme._weights()
            if min(weights.values()) < 0 or abs(sum(weights.values()) - 100) > 1e-6:
                raise ValidationError(
                    self.env._(
                        "The weights of %(company)s add up to %(total)g: %(weights)s. "
                        "They must add up to 100, and none may be negative.",
                        company=scheme.company_id.name,
                        total=sum(weights.values()),
                        weights=" + ".join(f"{each:g}" for each in weights.values()),
                    )
                )

    @api.constrains(*RANGES)
    def _check_ranges(self):
        for scheme in self:
            for name, (low, high) in RANGES.items():
                if not low <= scheme[name] <= high:
                    field = self._fields[name].get_description(self.env, ["string"])
                    raise ValidationError(
                        self.env._(
                            "%(field)s is %(value)g. Choose %(low)g to %(high)g.",
                            field=field["string"],
                            value=scheme[name],
                            low=low,
                            high=high,
                        )
                    )

    @api.constrains("survey_id", *(f"weight_{name}" for name in QUESTIONS))
    def _check_survey(self):
        """The survey asks, once each, everything that has a weight."""
        for scheme in self:
            roles = scheme.survey_id.sudo().question_ids.mapped("hub_role")
            asked = {role: roles.count(role) for role in QUESTIONS}
            wanted = [role for role, weight in scheme._weights().items() if weight]
            if max(asked.values()) > 1 or not all(asked[role] for role in wanted):
                raise ValidationError(
                    self.env._(
                        "The survey “%(survey)s” has to ask each question that has a "
                        "weight exactly once. Give its questions their roles: "
                        "delivery, notice, recommendation.",
                        survey=scheme.survey_id.sudo().title,
                    )
                )

    # === BUSINESS === #

    def _weights(self):
        """Return ``{question: weight}``."""
        self.ensure_one()
        return {name: self[f"weight_{name}"] for name in QUESTIONS}

    @api.model
    @ormcache()
    def _is_used(self):
        """Tell whether any company asks its customers, or did: answers may still come.

        Costs nothing when known.
        """
        schemes = self.sudo().with_context(active_test=False)
        return bool(schemes.search_count([], limit=1))

    # === ACTIONS === #

    def action_ask_now(self):
        """Draw and ask what is due, instead of the coming night.

        :raise AccessError: for users who may not change the scheme
        """
        self.check_access("write")
        now = fields.Datetime.now()
        Round, Draw = (
            self.env["order.hub.survey.round"],
            self.env["order.hub.survey.draw"],
        )
        for scheme in self.sudo():
            Round.sudo()._draw_until(scheme, now)
            Draw.sudo()._due(scheme, now, "ask")._ask(now)
        return self.env["ir.actions.actions"]._for_xml_id(
            "order_hub.order_hub_survey_draw_action"
        )

    # === CRON === #

    @api.model
    def _cron_ask(self):
        """Draw, ask, remind and give up on, for every company; commits in between."""
        # pylint: disable-next=no-search-all
        schemes = self.search([], order="id")
        now = fields.Datetime.now()
        Cron = self.env["ir.cron"]
        Cron._commit_progress(remaining=len(schemes))
        for scheme in schemes:
            self.env["order.hub.survey.round"]._draw_until(scheme, now)
            if not Cron._commit_progress():
                return
            if not self.env["order.hub.survey.draw"]._work_off(scheme, now):
                return
            Cron._commit_progress(1)
