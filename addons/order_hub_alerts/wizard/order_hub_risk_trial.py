from collections import Counter
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine import calendars
from ..engine import scores as engine_scores
from ..engine.radar import COLOURS, rescore
from ..engine.radar_facts import FACTORS, Scheme, Weights, problems
from ..models.order_hub_risk_scheme import SETTINGS, WEIGHT_FIELDS

TRIED = (*WEIGHT_FIELDS, "yellow", "red")


class OrderHubRiskTrial(models.TransientModel):
    """Tries other weights and thresholds on past nights; writes nothing."""

    _name = "order.hub.risk.trial"
    _description = "Try the Radar on History"

    scheme_id = fields.Many2one(
        "order.hub.risk.scheme", "Radar", required=True, ondelete="cascade"
    )
    date_from = fields.Date("Promised From", required=True)
    date_to = fields.Date("Until", required=True)
    weight_progress = fields.Float("Progress")
    weight_supplier = fields.Float("Suppliers")
    weight_quality = fields.Float("Defects")
    weight_route = fields.Float("Route")
    weight_maintenance = fields.Float("Maintenance")
    weight_load = fields.Float("Work-centre Load")
    yellow = fields.Float("Yellow from")
    red = fields.Float("Red from")
    result = fields.Html(readonly=True, sanitize=False)

    @api.model
    def default_get(self, fields):
        """Begin with what is set now, and the last three months."""
        values = super().default_get(fields)
        scheme = self.env["order.hub.risk.scheme"].browse(values.get("scheme_id"))
        if scheme:
            values |= {name: scheme[name] for name in TRIED}
        return {**values, **self._last_months()}

    def _last_months(self):
        today = fields.Date.context_today(self)
        return {"date_from": today - relativedelta(months=3), "date_to": today}

    def action_try(self):
        """Show counts and quality before and after.

        :raise AccessError: for users who may not read the radar
        """
        self.ensure_one()
        self.scheme_id.check_access("read")
        self.env["order.hub.risk.quality"]._check_reader()
        if self.scheme_id.company_id not in self.env.companies:
            raise UserError(self.env._("Choose a radar of a company you work in."))
        found = self._try(
            self.scheme_id,
            self._tried(),
            self.date_from,
            self.date_to,
            fields.Datetime.now(),
        )
        self.result = self.env["ir.qweb"]._render(
            "order_hub_alerts.order_hub_risk_trial_result", found
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Try on History"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def _tried(self):
        """Return the settings to be tried, as the engine has them."""
        scheme = self.scheme_id
        weights = Weights(**{name: self[f"weight_{name}"] for name in FACTORS})
        kept = {name: scheme[name] for name in SETTINGS}
        tried = Scheme(weights, **{**kept, "yellow": self.yellow, "red": self.red})
        found = problems(tried)
        if found:
            raise UserError(
                self.env._(
                    "These settings cannot judge: %s.",
                    "; ".join(map(scheme._problem_text, found)),
                )
            )
        return tried

    @api.model
    def _try(self, scheme, tried, date_from, date_to, now):
        """Return what past nights would have said under other settings.

        :param scheme: record; tried: ``engine.radar_facts.Scheme``
        :param date_from: first day of the promises, in the company's time zone
        :param date_to: last day
        :param now: naive UTC
        :return: dict: ``counts`` (colour → (before, after)), ``scores`` (list of
            dicts: label, before, after as ``Score.as_json``), ``judged``
        """
        zone = scheme._zone()
        start, stop = (
            calendars.naive(calendars.local_moment(day, 0, zone))
            for day in (date_from, date_to + timedelta(days=1))
        )
        counts = {"before": Counter(), "after": Counter()}

        def after(call):
            shares = {name: getattr(call, f"share_{name}") for name in FACTORS}
            over = call.hours_left is not None and call.hours_left <= 0
            colour = rescore(shares, tried, over)[1]
            counts["before"][call.colour] += 1
            counts["after"][colour] += 1
            return colour

        Quality = self.env["order.hub.risk.quality"]
        verdicts = {
            "before": Quality._judge(scheme, start, stop, now),
            "after": Quality._judge(scheme, start, stop, now, after),
        }
        return {
            "counts": [
                (
                    dict(self._colours())[colour],
                    counts["before"][colour],
                    counts["after"][colour],
                )
                for colour in reversed(COLOURS)
            ],
            "scores": [
                {
                    "label": label,
                    **{
                        side: engine_scores.score(found, caller).as_json()
                        for side, found in verdicts.items()
                    },
                }
                for caller, label in (
                    ("any", self.env._("Red or yellow")),
                    ("red", self.env._("Red")),
                )
            ],
            "judged": len(verdicts["before"]),
        }

    def _colours(self):
        return (
            self.env["order.hub.risk"]
            ._fields["colour"]
            ._description_selection(self.env)
        )
