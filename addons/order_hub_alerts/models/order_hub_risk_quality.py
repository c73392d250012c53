from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..engine import calendars, scores

#: Months that can be chosen, the present one included.
MONTHS = 13
#: What is said of a month may be shown to whoever sees all orders.
READER = "order_hub.order_hub_group_operator"


class OrderHubRiskQuality(models.AbstractModel):
    """How right the radar was, beside the plain 1.3 rule: one screen.

    Each number can be opened: the same verdicts that were counted name the orders.
    """

    _name = "order.hub.risk.quality"
    _description = "Quality of the Radar"

    # === FOR THE SCREEN === #

    @api.model
    def quality_data(self, month=None):
        """Return what the quality page shows of the user's company.

        :param str month: ``2026-03``; empty: the last whole month
        :return: dict: ``month``, ``months`` (value, label), ``company_id``,
            ``has_radar``, ``hours_ahead``, ``callers`` (name, label, figures as
            ``engine.scores.Score.as_json``), ``days`` (day, figures of red or yellow),
            ``is_open`` (the month is not over)
        :raise AccessError: for users who do not see all orders
        """
        self._check_reader()
        now = fields.Datetime.now()
        company = self.env.company
        scheme = self.env["order.hub.risk.scheme"]._of(company)
        if not scheme:
            return {"company_id": company.id, "has_radar": False, "months": []}
        months = self._months(scheme, now)
        month = self._known_month(month, months) or months[1]
        verdicts = self._verdicts(scheme, month, now)
        return {
            "company_id": company.id,
            "has_radar": True,
            "month": month,
            "months": [{"value": each, "label": self._label(each)} for each in months],
            "is_open": month == months[0],
            "hours_ahead": scheme.hours_ahead,
            "callers": self._callers(verdicts),
            "days": self._days(scheme, verdicts),
        }

    @api.model
    def quality_orders(self, month, caller, cell):
        """Return the action that lists the orders behind a number.

        :param str month: as in :meth:`quality_data`
        :param str caller: red, any, rule, model
        :param str cell: hit, false_alarm, miss, quiet, unseen, calls, late, averted
        """
        self._check_reader()
        now = fields.Datetime.now()
        scheme = self.env["order.hub.risk.scheme"]._of(self.env.company)
        known = scheme and self._known_month(month, self._months(scheme, now))
        cells = {"calls": ("hit", "false_alarm"), "late": ("hit", "miss")}
        wanted = cells.get(str(cell), (str(cell),))
        if (
            not known
            or str(caller) not in scores.CALLERS
            or set(wanted) - {*scores.CELLS, "averted"}
        ):
            raise UserError(self.env._("There is no such figure of the radar."))
        verdicts = self._verdicts(scheme, known, now)
        ids = [
            each.order
            for each in verdicts
            if each.cell(caller) in wanted
            or ("averted" in wanted and each.is_averted(caller))
        ]
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Orders Behind the Figure"),
            "res_model": "sale.order",
            "view_mode": "list,form",
            "views": [[False, "list"], [False, "form"]],
            "domain": [("id", "in", ids)],
            "context": {"create": False},
        }

    def _check_reader(self):
        if not self.env.user.has_group(READER):
            raise AccessError(
                self.env._(
                    "The quality of the radar is counted over all orders of the "
                    "company; ask an administrator for the role Operator."
                )
            )

    # === MONTHS === #

    def _months(self, scheme, now):
        """Return months as ``2026-03``, the present one first."""
        today = calendars.aware(now).astimezone(scheme._zone()).date()
        first = today.replace(day=1)
        return [
            (first - relativedelta(months=back)).isoformat()[:7]
            for back in range(MONTHS)
        ]

    @staticmethod
    def _known_month(month, months):
        return month if isinstance(month, str) and month in months else None

    def _label(self, month):
        return fields.Date.to_date(f"{month}-01").strftime("%Y-%m")

    def _span(self, scheme, month):
        """Return the naive UTC moments between which a month lies in the company."""
        first = date.fromisoformat(f"{month}-01")
        zone = scheme._zone()
        return tuple(
            calendars.naive(calendars.local_moment(day, 0, zone))
            for day in (first, first + relativedelta(months=1))
        )

    # === VERDICTS === #

    def _verdicts(self, scheme, month, now):
        """Return ``engine.scores.Verdict`` of the orders promised in a month."""
        start, stop = self._span(scheme, month)
        return self._judge(scheme, start, stop, now)

    def _judge(self, scheme, start, stop, now, colour_of=None):
        """Return the verdicts on orders promised between two moments.

        :param colour_of: in place of the stored colour: ``call row → colour``
        """
        outcomes, rows = [], []
        terms = scheme._terms()
        for call in self._calls(scheme, start, stop, terms):
            rows.append(
                scores.Row(
                    call.order_id,
                    call.at,
                    colour_of(call) if colour_of else call.colour,
                    self._answer(call.rule_call),
                    self._answer(call.model_call),
                )
            )
        for order, agreed, delivered, outcome in self._outcomes(scheme, start, stop):
            outcomes.append(
                scores.Outcome(order, agreed, delivered, outcome == "cancelled")
            )
        return scores.verdicts(rows, outcomes, terms, now)

    @staticmethod
    def _answer(word):
        return None if word is None else word == "yes"

    def _outcomes(self, scheme, start, stop):
        """Return rows (order, agreed, delivered, outcome) of the latest call each."""
        return self.env.execute_query(
            SQL(
                """SELECT * FROM (
                   SELECT DISTINCT ON (call.order_id) call.order_id, call.agreed,
                          call.delivered, call.outcome
                     FROM order_hub_risk_call call
                    WHERE call.company_id = %(company)s AND call.order_id IN (
                          SELECT order_id FROM order_hub_risk_call
                           WHERE company_id = %(company)s AND agreed >= %(start)s
                             AND agreed < %(stop)s)
                 ORDER BY call.order_id, call.day DESC) last
                    WHERE last.agreed >= %(start)s AND last.agreed < %(stop)s""",
                company=scheme.company_id.id,
                start=start,
                stop=stop,
            )
        )

    def _calls(self, scheme, start, stop, terms):
        """Return the calls of those orders that came early enough, as rows."""
        return self.env["order.hub.chain"]._cr_rows(
            SQL(
                """SELECT call.order_id, call.at, call.colour, call.rule_call,
                          call.model_call, call.hours_left, call.share_progress,
                          call.share_supplier, call.share_quality, call.share_route,
                          call.share_maintenance, call.share_load
                     FROM order_hub_risk_call call
                    WHERE call.company_id = %s AND call.agreed >= %s
                      AND call.agreed < %s AND call.at <= call.agreed - %s""",
                scheme.company_id.id,
                start,
                stop,
                timedelta(hours=terms.lead_hours),
            )
        )

    # === FIGURES === #

    def _callers(self, verdicts):
        labels = {
            "any": self.env._("Radar: red or yellow"),
            "red": self.env._("Radar: red"),
            "rule": self.env._("Plain rule: longer than the mean × 1.3"),
            "model": self.env._("Probability"),
        }
        found = scores.compare(verdicts)
        return [
            {"name": name, "label": label, "figures": found[name].as_json()}
            for name, label in labels.items()
            if name in found
        ]

    def _days(self, scheme, verdicts):
        """Return calls and late orders by the day promised, for the bars."""
        days = scores.periods(verdicts, "day", scheme._zone().key)
        return [
            {
                "day": day,
                "hits": figures.hits,
                "false_alarms": figures.false_alarms,
                "misses": figures.misses,
            }
            for day, rows in days.items()
            if (figures := scores.score(rows, "any"))
        ]
