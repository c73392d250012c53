from datetime import datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine.radar_facts import FACTORS, Scheme, Weights, problems
from ..engine.scores import Terms

WEIGHT_FIELDS = tuple(f"weight_{name}" for name in FACTORS)
#: Settings with the name that the engine has for them.
SETTINGS = (
    "yellow",
    "red",
    "hours_ahead",
    "prior",
    "cushion_hours",
    "unconfirmed",
    "full_defects",
    "load_calm",
    "load_full",
    "pace_hours",
    "pace_most",
)


class OrderHubRiskScheme(models.Model):
    """How the radar of a company judges: weights, thresholds, hours."""

    _name = "order.hub.risk.scheme"
    _description = "Radar"
    _inherit = ["mail.thread"]
    _order = "company_id, id"
    _rec_name = "company_id"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        ondelete="cascade",
    )
    active = fields.Boolean(default=True)
    weight_progress = fields.Float(
        "Progress",
        default=0.95,
        tracking=True,
        help="What is left to do against what is left of the promise.",
    )
    weight_supplier = fields.Float(
        "Suppliers",
        default=0.9,
        tracking=True,
        help="How often the suppliers of open purchases are on time.",
    )
    weight_quality = fields.Float(
        "Defects",
        default=0.4,
        tracking=True,
        help="Complaints about deliveries of similar products.",
    )
    weight_route = fields.Float(
        "Route", default=0.6, tracking=True, help="Notices on the way to the customer."
    )
    weight_maintenance = fields.Float(
        "Maintenance",
        default=0.6,
        tracking=True,
        help="Work centres still needed that stand still before the promise.",
    )
    weight_load = fields.Float(
        "Work-centre Load",
        default=0.5,
        tracking=True,
        help="How full the work centres are that the order still needs.",
    )
    yellow = fields.Float("Yellow from", default=30, tracking=True)
    red = fields.Float("Red from", default=60, tracking=True)
    hours_ahead = fields.Float(
        default=48,
        tracking=True,
        help="An order is risky as soon as it could not stand still for so long and "
        "yet be on time. A call counts as early enough at this distance.",
    )
    run_hour = fields.Float(
        "Every Night at", default=2, help="Clock time of the company."
    )
    grace_hours = fields.Float(
        "Grace (h)", help="So long after the promise an order does not count as late."
    )
    prior = fields.Float(
        "Deliveries of Trust",
        default=10,
        help="For so many deliveries the mean of the company stands.",
    )
    cushion_hours = fields.Float(
        "Cushion (h)",
        default=168,
        help="A purchase expected so long before it is needed is safe.",
    )
    unconfirmed = fields.Float(
        default=0.2,
        help="Chance from 0 to 1 that a date nobody confirmed is none.",
    )
    needs_acknowledgement = fields.Boolean(
        "Suppliers Confirm",
        help="A purchase order counts as confirmed only once its supplier has "
        "acknowledged it.",
    )
    full_defects = fields.Float(
        "Full at Defects",
        default=0.2,
        help="Share of bad deliveries, 0 to 1, at which the factor is full.",
    )
    load_calm = fields.Float(
        "Calm up to", default=0.8, help="Planned hours / capacity that harm nobody."
    )
    load_full = fields.Float("Full from", default=1.2)
    pace_hours = fields.Float(
        "Trust the Plan (h)",
        default=24,
        help="Hours of work for which the plan is trusted against what was seen.",
    )
    pace_most = fields.Float("Times Slower at Most", default=3)
    history_days = fields.Integer(
        "History (days)",
        default=365,
        help="How far on-time and defect rates look back.",
    )
    stage_days = fields.Integer(
        "Mean of Stages (days)",
        default=30,
        help="How far the mean time in a stage looks back.",
    )
    keep_days = fields.Integer(
        "Keep Calls (days)",
        default=400,
        help="Older calls are deleted: they fill the disk and say little.",
    )
    transfer_days = fields.Float(
        "Transfer (days)",
        default=2,
        help="How long goods of another warehouse take to be here.",
    )
    has_chinese_holidays = fields.Boolean(
        "Chinese Public Holidays",
        help="Working time follows China's public holidays and make-up working days.",
    )

    _company_uniq = models.UniqueIndex(
        "(company_id) WHERE active", "This company has a radar already."
    )

    # === CONSTRAINTS === #

    @api.constrains(*WEIGHT_FIELDS, *SETTINGS)
    def _check_scheme(self):
        for scheme in self:
            found = problems(scheme._scheme())
            if found:
                raise ValidationError(
                    self.env._(
                        "The radar of %(company)s cannot judge like this: "
                        "%(problems)s.",
                        company=scheme.company_id.name,
                        problems="; ".join(map(scheme._problem_text, found)),
                    )
                )

    @api.constrains(
        "run_hour",
        "history_days",
        "stage_days",
        "keep_days",
        "grace_hours",
        "transfer_days",
    )
    def _check_days(self):
        for scheme in self:
            days = (scheme.history_days, scheme.stage_days, scheme.keep_days)
            if scheme.grace_hours < 0 or scheme.transfer_days < 0:
                raise ValidationError(
                    self.env._("Grace and the days of a transfer cannot be negative.")
                )
            if not 0 <= scheme.run_hour < 24:
                raise ValidationError(
                    self.env._(
                        "The radar runs at %s. Choose a time from 00:00 to 23:59.",
                        scheme.run_hour,
                    )
                )
            if min(days) < 1 or max(days) > 3660:
                raise ValidationError(
                    self.env._(
                        "The radar looks back %(days)s days. Choose 1 day to ten "
                        "years (3660).",
                        days=", ".join(map(str, days)),
                    )
                )

    def _problem_text(self, problem):
        """Return what is wrong with a setting, as ``radar_facts.problems`` names it."""
        if problem == "thresholds":
            return self.env._("yellow must be above 0, red above yellow, at most 100")
        if problem == "load":
            return self.env._("the full load must be above the calm one")
        name = problem.replace("weights.", "weight_")
        label = self._fields[name].get_description(self.env, ["string"])["string"]
        if problem.startswith("weights.") or problem == "unconfirmed":
            return self.env._("%s must be from 0 to 1", label)
        if problem == "pace_most":
            return self.env._("%s must be at least 1", label)
        return self.env._("%s must be above zero", label)

    # === BUSINESS === #

    def _scheme(self):
        """Return the settings as the engine wants them."""
        self.ensure_one()
        weights = Weights(**{name: self[f"weight_{name}"] for name in FACTORS})
        return Scheme(weights, **{name: self[name] for name in SETTINGS})

    def _terms(self):
        """Return what counts as a call and as late."""
        self.ensure_one()
        return Terms(self.hours_ahead, self.grace_hours)

    @api.model
    def _of(self, company):
        """Return the radar of a company, or none."""
        return self.sudo().search([("company_id", "=", company.id)], limit=1)

    def _zone(self):
        """Return the time zone of the company."""
        self.ensure_one()
        company = self.sudo().company_id
        return ZoneInfo(
            company.resource_calendar_id.tz or company.partner_id.tz or "UTC"
        )

    def _due_day(self, now):
        """Return the day whose night run is due at a moment.

        Before the hour of the run that is yesterday: a night that was missed is made
        up for until the next one comes. Clock times that a change of daylight saving
        skips or shows twice change nothing: a day has one run.

        :param now: naive UTC
        """
        local = now.replace(tzinfo=timezone.utc).astimezone(self._zone())
        begins = timedelta(hours=self.run_hour)
        clock = datetime.combine(local.date(), local.time()) - datetime.combine(
            local.date(), time()
        )
        return local.date() if clock >= begins else local.date() - timedelta(days=1)

    def action_run_now(self):
        """Judge all orders in flight at once instead of tonight.

        :raise AccessError: for users who may not change the radar
        """
        self.check_access("write")
        now = fields.Datetime.now()
        Run = self.env["order.hub.risk.run"].sudo()
        for scheme in self:
            Run._begin(scheme, "asked", scheme._due_day(now), now)
        self.env.ref("order_hub_alerts.ir_cron_risk").sudo()._trigger()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": self.env._(
                    "The radar is at work. Delivery Risk shows what it has judged."
                ),
                "type": "info",
            },
        }

    def action_try(self):
        """Open the trial of other weights and thresholds on history."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Try on History"),
            "res_model": "order.hub.risk.trial",
            "view_mode": "form",
            "target": "new",
            "context": {"default_scheme_id": self.id},
        }
