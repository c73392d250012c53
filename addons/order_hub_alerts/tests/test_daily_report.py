from datetime import date, datetime

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .indicator_common import IndicatorCommon, at

#: 08:00 in Shanghai.
MORNING = datetime(2026, 3, 10, 0, 0)


@tagged("post_install", "-at_install")
class TestDailyReport(IndicatorCommon):
    """The report goes out once a day of the company, whatever the cron does."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls._user("w7_manager", "order_hub.order_hub_group_manager")
        cls.reader = cls.env["res.partner"].create(
            {"name": "Operations", "email": "operations@donghua.example"}
        )
        cls.report = cls.env["order.hub.daily.report"].create(
            {"name": "Morning report", "hour": 7.5, "lang": "en_US"}
        )
        cls.report.recipient_ids = cls.reader
        cls.Issue = cls.env["order.hub.daily.report.issue"]

    def _text(self, now=MORNING):
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "order_hub_alerts.report_daily", self.report.ids, data={"now": str(now)}
        )
        return html.decode()

    # === WHEN === #

    def test_it_is_due_from_the_set_time_of_the_company_on(self):
        # 07:29 and 07:30 in Shanghai
        self.assertFalse(self.report._due(datetime(2026, 3, 9, 23, 29)))
        self.assertTrue(self.report._due(datetime(2026, 3, 9, 23, 30)))
        self.assertTrue(self.report._due(datetime(2026, 3, 10, 15, 59)))
        # past midnight: the next day has its own
        self.assertFalse(self.report._due(datetime(2026, 3, 10, 16, 1)))

    def test_it_is_sent_once_a_day_even_if_the_cron_runs_twice(self):
        issue = self.report._send(MORNING)
        self.assertEqual(issue.day, date(2026, 3, 10))
        self.assertFalse(self.report._due(MORNING))
        self.assertFalse(self.report._send(MORNING))
        self.assertEqual(
            self.Issue.search_count([("report_id", "=", self.report.id)]), 1
        )
        self.assertTrue(self.report._due(MORNING.replace(day=11)))

    def test_nobody_to_send_it_to_is_not_due(self):
        self.report.recipient_ids = False
        self.assertFalse(self.report._due(MORNING))
        with self.assertRaisesRegex(UserError, "recipients"):
            self.report.with_user(self.manager).action_send_now()

    def test_killed_before_the_end_nothing_is_left_and_it_is_sent_again(self):
        class Killed(Exception):
            pass

        def broken(*_args):
            raise Killed

        with self.assertRaises(Killed), self.env.cr.savepoint():
            self.patch(self.env.registry[self.Issue._name], "_make_mail", broken)
            self.report._send(MORNING)
        self.assertFalse(self.Issue.search([("report_id", "=", self.report.id)]))
        self.assertTrue(self.report._due(MORNING))

    def test_the_cron_sends_what_is_due(self):
        self.env["order.hub.daily.report"].search(
            [("id", "!=", self.report.id)]
        ).active = False
        self.report.hour = 0
        cron = self.env.ref("order_hub_alerts.ir_cron_daily_report")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
            cron.method_direct_trigger()
        issue = self.Issue.search([("report_id", "=", self.report.id)])
        self.assertEqual(len(issue), 1)
        self.assertEqual(issue.mail_id.recipient_ids, self.reader)

    # === WHAT === #

    def test_the_mail_carries_the_paper_and_the_numbers(self):
        issue = self.report._send(MORNING)
        mail = issue.mail_id
        self.assertEqual(mail.attachment_ids, issue.attachment_id)
        self.assertIn("2026-03-10", mail.subject)
        self.assertIn("In flight", mail.body_html)
        self.assertIn("Morning report", issue.attachment_id.name)

    def test_a_pdf_is_really_made(self):
        Report = self.env["ir.actions.report"]
        if Report.get_wkhtmltopdf_state() == "install":
            self.assertEqual(
                self.report._send(MORNING).attachment_id.mimetype, "text/html"
            )
            return
        rendered = self.report.with_context(force_report_rendering=True)
        issue = rendered._send(MORNING)
        self.assertEqual(issue.attachment_id.mimetype, "application/pdf")
        self.assertTrue(issue.attachment_id.raw.startswith(b"%PDF"))
        self.assertGreater(len(issue.attachment_id.raw), 5000)

    def test_it_lists_late_orders_with_the_hours_they_are_over(self):
        order = self._order()
        self._set(order, hub_stage_deadline=datetime(2026, 3, 9, 20, 30))
        text = self._text()
        self.assertIn(order.name, text)
        self.assertIn("3.5", text)

    def test_it_lists_the_kinds_of_exceptions_that_came_up_most(self):
        kinds = self.env["order.hub.exception.kind"].create(
            [{"name": name, "code": name} for name in ("w7_often", "w7_rare")]
        )
        order = self._order()
        problems = self.env["order.hub.exception"].create(
            [
                {"name": "x", "order_id": order.id, "kind_id": kind.id}
                for kind in (kinds[0], kinds[0], kinds[1])
            ]
        )
        self._set(problems, create_date=at(5))
        top = self.report._figures(MORNING)["top"]
        self.assertEqual(
            [(row["kind"], row["count"], row["open"]) for row in top],
            [("w7_often", 2, 2), ("w7_rare", 1, 1)],
        )

    def test_confidential_figures_are_left_out_unless_asked_for(self):
        self._indicator("margin").active = True
        self.assertNotIn("Margin", self._text())
        self.report.has_confidential = True
        self.assertIn("Margin", self._text())

    def test_another_company_is_not_in_it(self):
        other = self.env["res.company"].create({"name": "Other"})
        order = self._order(company_id=other.id, user_id=False)
        self._set(order, hub_stage_deadline=at(9), hub_is_open=True)
        self.assertNotIn(order.name, self._text())

    # === WHO === #

    def test_only_managers_set_it_up_and_send_it(self):
        for call in (
            lambda: self.report.with_user(self.supervisor).read(["hour"]),
            lambda: self.report.with_user(self.supervisor).action_send_now(),
            lambda: self.report.with_user(self.supervisor).action_preview(),
        ):
            with self.assertRaises(AccessError):
                call()

    def test_the_row_of_today_cannot_be_deleted_to_send_it_again(self):
        report = self.report.with_user(self.manager)
        report.action_send_now()
        issue = self.Issue.search([("report_id", "=", self.report.id)])
        with self.assertRaisesRegex(UserError, "again"):
            issue.with_user(self.manager).unlink()
        with self.assertRaisesRegex(UserError, "already"):
            report.action_send_now()


@tagged("post_install", "-at_install")
class TestExceptionReport(IndicatorCommon):
    """Exceptions counted by kind, person and hour of the company's day."""

    def test_hours_are_those_of_the_company_and_kinds_are_ranked(self):
        kind = self.env["order.hub.exception.kind"].create(
            {"name": "Parts missing", "code": "w7_parts"}
        )
        problem = self.env["order.hub.exception"].create(
            {"name": "x", "order_id": self._order().id, "kind_id": kind.id}
        )
        self.env.flush_all()
        row = self.env["order.hub.exception.report"].browse(problem.id)
        self.assertEqual(row.kind_rank, 1)
        self.assertEqual(row.salesperson_id, self.sales)
        self._set(problem, create_date=at(9, 17, 5))
        self.assertEqual((row.hour, row.weekday), ("01", "2"))
        self.assertEqual(row.day, date(2026, 3, 10))
        self.assertEqual(row.action_open_exception()["res_id"], problem.id)

    def test_salespeople_see_their_own_and_operators_all(self):
        colleague = self._user(
            "w7_sales", "order_hub.order_hub_group_user,sales_team.group_sale_salesman"
        )
        kind = self.env["order.hub.exception.kind"].create(
            {"name": "Parts missing", "code": "w7_parts"}
        )
        problem = self.env["order.hub.exception"].create(
            {"name": "x", "order_id": self._order().id, "kind_id": kind.id}
        )
        self.env.flush_all()
        Report = self.env["order.hub.exception.report"]
        mine = [("id", "=", problem.id)]
        self.assertEqual(Report.with_user(self.sales).search_count(mine), 1)
        self.assertEqual(Report.with_user(self.operator).search_count(mine), 1)
        self.assertEqual(Report.with_user(colleague).search_count(mine), 0)
