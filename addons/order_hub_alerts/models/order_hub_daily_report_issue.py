from odoo import api, fields, models
from odoo.exceptions import UserError

from .order_hub_daily_report import REPORT


class OrderHubDailyReportIssue(models.Model):
    """One day's report: that it was made, its paper and its mail."""

    _name = "order.hub.daily.report.issue"
    _description = "Daily Report Sent"
    _order = "day desc, id desc"
    _rec_name = "day"

    report_id = fields.Many2one(
        "order.hub.daily.report",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    day = fields.Date(required=True, readonly=True)
    made_at = fields.Datetime("Made On", readonly=True)
    attachment_id = fields.Many2one("ir.attachment", "Paper", readonly=True)
    mail_id = fields.Many2one("mail.mail", readonly=True, ondelete="set null")

    _day_uniq = models.UniqueIndex(
        "(report_id, day)", "The report of this day was sent already."
    )

    def _make_mail(self):
        """Make the paper and the mail that carries it; the mail queue sends it."""
        self.ensure_one()
        report = self.report_id.with_context(
            lang=self.report_id.lang,
            tz=self.company_id._hub_time_zone(),
            allowed_company_ids=self.company_id.ids,
        ).with_company(self.company_id)
        self.attachment_id = self._attach(report)
        self.mail_id = report.env["mail.mail"].create(self._prepare_mail(report))

    def _attach(self, report):
        content, kind = self._render(report)
        suffix, mimetype = (
            ("pdf", "application/pdf") if kind == "pdf" else ("html", "text/html")
        )
        return self.env["ir.attachment"].create(
            {
                "name": f"{report.name} {self.day}.{suffix}",
                "raw": content,
                "mimetype": mimetype,
                "res_model": self._name,
                "res_id": self.id,
            }
        )

    def _render(self, report):
        """Return the paper and its kind; a page where no PDF can be made here."""
        Report = report.env["ir.actions.report"]
        is_pdf = Report.get_wkhtmltopdf_state() != "install"
        render = Report._render_qweb_pdf if is_pdf else Report._render_qweb_html
        moment = fields.Datetime.to_string(self.made_at)
        return render(REPORT, report.ids, data={"now": moment})

    def _prepare_mail(self, report):
        figures = report._figures(self.made_at)
        sender = self.company_id.email_formatted or self.env.user.email_formatted
        return {
            "subject": report.env._(
                "%(report)s, %(company)s, %(day)s",
                report=report.name,
                company=self.company_id.name,
                day=self.day,
            ),
            "body_html": report.env["ir.qweb"]._render(
                "order_hub_alerts.daily_report_mail",
                {"report": report, "figures": figures, "day": self.day},
            ),
            "email_from": sender,
            "recipient_ids": [(6, 0, report.recipient_ids.ids)],
            "attachment_ids": [(6, 0, self.attachment_id.ids)],
            "auto_delete": False,
        }

    @api.ondelete(at_uninstall=False)
    def _unlink_except_today(self):
        """A day that is taken away would be sent again."""
        now = fields.Datetime.now()
        for issue in self:
            if issue.day == issue.report_id._today(now):
                raise UserError(
                    self.env._(
                        "The report of today has been sent: it would be sent again. "
                        "Delete it tomorrow."
                    )
                )

    def action_open(self):
        """Open the paper as it was sent."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self.attachment_id.id}",
            "target": "new",
        }
