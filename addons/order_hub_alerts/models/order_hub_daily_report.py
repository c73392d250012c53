import logging
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..engine.indicator_days import is_time, today

_logger = logging.getLogger(__name__)

REPORT = "order_hub_alerts.order_hub_daily_report_action"


class OrderHubDailyReport(models.Model):
    """Who gets the daily report of a company, and at what time of its day."""

    _name = "order.hub.daily.report"
    _description = "Daily Report"
    _order = "company_id, hour, id"
    _check_company_auto = True

    name = fields.Char(
        required=True, translate=True, default=lambda self: self.env._("Daily report")
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        ondelete="cascade",
        index=True,
    )
    hour = fields.Float(
        "Sent At",
        default=7.5,
        required=True,
        help="On the clocks of the company. A late run sends it late, never twice.",
    )
    recipient_ids = fields.Many2many(
        "res.partner",
        string="Recipients",
        domain="[('email', '!=', False)]",
        help="People of operations. They get the figures whatever they may see in "
        "the hub.",
    )
    lang = fields.Selection(
        "_selection_lang",
        "Language",
        default=lambda self: self.env.lang or "en_US",
        required=True,
    )
    has_confidential = fields.Boolean(
        "With Confidential Figures", help="Margins and credit, for managers."
    )
    issue_ids = fields.One2many(
        "order.hub.daily.report.issue", "report_id", "Sent", readonly=True
    )
    last_day = fields.Date("Sent Last", compute="_compute_last_day")

    _hour_range = models.Constraint(
        "CHECK(hour >= 0 AND hour < 24)", "The time lies between 00:00 and 23:59."
    )

    @api.model
    def _selection_lang(self):
        return self.env["res.lang"].get_installed()

    def _compute_last_day(self):
        days = dict(
            self.env["order.hub.daily.report.issue"]._read_group(
                [("report_id", "in", self.ids)], ["report_id"], ["day:max"]
            )
        )
        for report in self:
            report.last_day = days.get(report._origin, False)

    # === SENDING === #

    @api.model
    def _cron_send(self):
        """Send each report that is due; each in a transaction of its own."""
        now, cron = fields.Datetime.now(), self.env["ir.cron"]
        due = self.search(Domain.TRUE)._due(now)
        cron._commit_progress(remaining=len(due))
        for report in due:
            report._send(now)
            if not cron._commit_progress(1):
                break

    def _due(self, now):
        """Return the reports whose time has come and that were not sent today.

        :param datetime now: naive UTC
        """
        days = {report.id: report._today(now) for report in self}
        sent = {
            (issue.report_id.id, issue.day)
            for issue in self.env["order.hub.daily.report.issue"].search(
                [("report_id", "in", self.ids), ("day", "in", list(days.values()))]
            )
        }
        return self.filtered(
            lambda report: (
                report.recipient_ids
                and is_time(now, report._zone(), report.hour)
                and (report.id, days[report.id]) not in sent
            )
        )

    def _zone(self):
        return ZoneInfo(self.company_id.sudo()._hub_time_zone())

    def _today(self, now):
        """Return the day of the company's calendar; ``now`` is naive UTC."""
        self.ensure_one()
        return today(now, self._zone())

    def _send(self, now):
        """Send the report of today unless it was.

        The row that says so is claimed first: of two that run at once, one waits
        and then finds it. Paper and mail are made in the same transaction: whoever
        is killed leaves nothing, and the next run begins again.

        :return: the issue, or none when it was sent already
        """
        self.ensure_one()
        issue = self._claim(now)
        if issue:
            issue._make_mail()
        return issue

    def _claim(self, now):
        rows = self.env.execute_query(
            SQL(
                """INSERT INTO order_hub_daily_report_issue (
                       report_id, company_id, day, made_at,
                       create_uid, create_date, write_uid, write_date)
                   VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
              ON CONFLICT (report_id, day) DO NOTHING RETURNING id""",
                self.id,
                self.company_id.id,
                self._today(now),
                now,
                self.env.uid,
                now,
                self.env.uid,
                now,
            )
        )
        return self.env["order.hub.daily.report.issue"].browse(row[0] for row in rows)

    # === ACTIONS === #

    def action_preview(self):
        """Open today's report as a PDF, without sending it.

        :raise AccessError: unless one may change daily reports
        """
        self.check_access("write")
        self.ensure_one()
        return self.env.ref(REPORT).report_action(self)

    def action_send_now(self):
        """Send today's report now, if nobody has.

        :raise UserError: when it was sent already, or nobody is to get it
        """
        self.check_access("write")
        self.ensure_one()
        if not self.recipient_ids:
            raise UserError(
                self.env._("%s has no recipients: choose who gets it.", self.name)
            )
        if not self.sudo()._send(fields.Datetime.now()):
            raise UserError(
                self.env._("%s was sent today already. Open it under Sent.", self.name)
            )
        return True
