"""Many warnings, few messages, each one kept with what came of it."""

import smtplib
from datetime import timedelta

from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import MockEmail

from .message_common import START, MessageCommon


@tagged("post_install", "-at_install")
class TestTell(MessageCommon):
    def _to_users(self, warnings, users, channel="inbox", **values):
        return [
            self._notice(warning, channel, users[n % len(users)].id, **values)
            for n, warning in enumerate(warnings)
        ]

    def test_one_warning_is_one_message_with_advice_and_link(self):
        warning = self._warnings(1)
        message = self.Message._tell(
            [self._notice(warning, "inbox", self.sales.id)], START
        )
        self.assertEqual(message.kind, "inbox")
        self.assertEqual(message.user_ids, self.sales)
        self.assertEqual(message.warnings, warning.ids)
        self.assertEqual(message.company_id, self.company)
        self.assertEqual(message.subject, "warning: Too long in preparing")
        self.assertIn("31 h, limit 24 h", message.body)
        self.assertIn("> Ask the purchaser.", message.body)
        self.assertIn(f"model=order.hub.warning&res_id={warning.id}", message.body)
        self.assertEqual(message.next_try_at, START)

    def test_saying_it_twice_at_one_moment_is_saying_it_once(self):
        notices = self._to_users(self._warnings(5), [self.sales, self.operator])
        first = self.Message._tell(notices, START)
        self.assertTrue(first)
        self.assertFalse(self.Message._tell(notices, START))
        later = START.replace(hour=9)
        self.assertEqual(len(self.Message._tell(notices, later)), len(first))

    def test_ten_thousand_warnings_at_once_are_fifty_messages_at_most(self):
        server = self._messenger("dingtalk")
        robot = self._robot(server)
        warnings = self._warnings(10_000)
        users = self.sales | self.operator | self.supervisor | self.user
        notices = self._to_users(warnings, users)
        notices += [self._notice(w, f"robot,{robot.id}") for w in warnings]
        made = self.Message._tell(notices, START)
        self.assertLessEqual(len(made), 50)
        for user in users:
            told = made.filtered(lambda m, u=user: m.user_ids == u)
            self.assertEqual(sum(told.mapped("warning_count")), 2_500)
        in_group = made.filtered("robot_id")
        self.assertEqual(sum(in_group.mapped("warning_count")), 10_000)
        self._send()
        self.assertFalse(server.refusals)
        self.assertEqual(set(made.mapped("state")), {"sent"})

    def test_the_cost_does_not_grow_with_the_warnings(self):
        robot = self._robot(self._messenger("webhook"))
        people = [
            self._user(f"hub_many_{n}", "order_hub.order_hub_group_user")
            for n in range(20)
        ]
        costs = []
        for count in (1, 50):
            warnings = self._warnings(count)
            notices = self._to_users(warnings, people)
            notices += self._to_users(warnings, people, "activity")
            notices += [self._notice(w, f"robot,{robot.id}") for w in warnings]
            now = START.replace(minute=count)
            costs.append(
                self._queries(lambda n=notices, t=now: self.Message._tell(n, t))
            )
        self.assertLessEqual(costs[1], 24)
        self.assertLessEqual(costs[1], costs[0] + 4)

    def test_nobody_is_told_of_another_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        foreign = self._warnings(1, company_id=other.id)
        server = self._messenger("webhook")
        ours = self._robot(server)
        everybodys = self._robot(server, company_id=False)
        made = self.Message._tell(
            [
                self._notice(foreign, "inbox", self.sales.id),
                self._notice(foreign, f"robot,{ours.id}"),
                self._notice(foreign, f"robot,{everybodys.id}"),
            ],
            START,
        )
        self.assertEqual(made.robot_id, everybodys)
        self.assertEqual(made.company_id, other)

    def test_portal_users_and_those_who_left_are_told_nothing(self):
        portal = self._user("hub_portal", "base.group_portal")
        self.operator.active = False
        warning = self._warnings(1)
        notices = [
            self._notice(warning, "inbox", user)
            for user in (portal.id, 999_999_999, "")
        ]
        notices += [self._notice(warning, "activity", self.operator.id)]
        self.assertFalse(self.Message._tell(notices, START))

    def test_who_has_no_address_for_mail_finds_it_in_the_inbox(self):
        self.sales.email = False
        warning = self._warnings(1)
        notice = self._notice(warning, "mail", self.sales.id)
        self.assertEqual(self.Message._tell([notice], START).kind, "inbox")

    def test_messages_speak_the_language_of_their_readers(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.rule.with_context(lang="fr_FR").name = "Trop long en préparation"
        self.sales.lang = "fr_FR"
        message = self.Message._tell(
            [self._notice(self._warnings(1), "inbox", self.sales.id)], START
        )
        self.assertIn("Trop long en préparation", message.subject)

    def test_other_messages_are_kept_once_for_ever(self):
        row = {
            "key": "breaker-7",
            "kind": "inbox",
            "subject": "Line 7 stands",
            "body": "**9** orders wait",
            "users": self.sales,
            "severity": "critical",
        }
        self.assertEqual(len(self.Message._post([row], START)), 1)
        self.assertFalse(self.Message._post([row], START.replace(hour=5)))


@tagged("post_install", "-at_install")
class TestToPeople(MockEmail, MessageCommon):
    def _told(self, channel, users, count=1):
        warnings = self._warnings(count)
        notices = [self._notice(w, channel, u.id) for w in warnings for u in users]
        return warnings, self.Message._tell(notices, START)

    def test_an_inbox_shows_the_message_with_its_links(self):
        self.sales.notification_type = "inbox"
        warning, message = self._told("inbox", self.sales)
        self.assertEqual(self._send(), 1)
        self.assertEqual(message.state, "sent")
        found = self.env["mail.message"].search([("message_id", "=", message.answer)])
        self.assertEqual(found.notified_partner_ids, self.sales.partner_id)
        self.assertEqual((found.model, found.res_id), (warning._name, warning.id))
        self.assertIn("<blockquote", found.body)
        self.assertIn("31 h, limit 24 h", found.body)

    def test_a_to_do_hangs_on_its_warning_and_a_digest_on_the_day(self):
        warning, message = self._told("activity", self.sales)
        _many, digest = self._told("activity", self.operator, 9)
        self.assertEqual(self._send(), 2)
        self.assertEqual(warning.activity_ids.user_id, self.sales)
        self.assertEqual(warning.activity_ids.summary, message.subject)
        todo = self.env["mail.activity"].search([("user_id", "=", self.operator.id)])
        self.assertEqual(todo.summary, digest.subject)
        self.assertFalse(todo.res_model)

    def test_what_the_database_refuses_is_tried_again_and_told_in_words(self):
        _warning, message = self._told("inbox", self.sales)
        self.patch(
            type(self.env["mail.thread"]),
            "message_notify",
            lambda *_args, **_values: 1 // 0,
        )
        with self.assertLogs("odoo.addons.order_hub_alerts", "ERROR"):
            self.assertEqual(self._send(), 0)
        self.assertEqual(message.state, "failed")
        self.assertIn("ZeroDivisionError", message.answer)
        self.assertGreater(message.next_try_at, START)

    def test_an_e_mail_is_sent_with_its_number_as_proof(self):
        self.sales.email = "sales@example.com"
        _warning, message = self._told("mail", self.sales)
        with self.mock_mail_gateway(mail_unlink_sent=True):
            self.assertEqual(self._send(), 1)
        self.assertEqual(message.state, "sent")
        self.assertIn("@", message.answer)
        self.assertIn("sales@example.com", self._mails[0]["email_to"][0])
        self.assertIn("31 h, limit 24 h", self._mails[0]["body"])

    def test_an_e_mail_that_never_gets_through_ends_in_the_inbox(self):
        self.sales.email = "sales@example.com"
        _warning, message = self._told("mail", self.sales)
        with self.mock_mail_gateway():
            self.send_email_mocked.side_effect = smtplib.SMTPServerDisconnected("gone")
            with mute_logger("odoo.addons.mail.models.mail_mail"):
                self._send()
            self.assertEqual(message.state, "failed")
            with mute_logger("odoo.addons.mail.models.mail_mail"):
                self._later(3600)
            self._later(1)
        self.assertEqual((message.kind, message.state), ("inbox", "sent"))
        self.assertEqual([row["kind"] for row in message.tries], ["unsure", "unsure"])


@tagged("post_install", "-at_install")
class TestFromRuleToGroup(MessageCommon):
    def test_a_rule_tells_the_group_chat_and_calls_whoever_has_the_order(self):
        server = self._messenger("dingtalk")
        robot = self._robot(server)
        self.env["order.hub.warning.rule"].search([]).active = False
        self.rule.write(
            {
                "active": True,
                "threshold": 24,
                "recipient_ids": [
                    Command.create({"who": "robot", "robot_id": robot.id}),
                    Command.create({"who": "salesperson"}),
                ],
            }
        )
        self.sales.phone = "13800138000"
        order = self._order()
        now = self._now()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sale_order SET hub_stage_since = %s WHERE id = %s",
            [now - timedelta(hours=31), order.id],
        )
        self.env.invalidate_all()
        self.env["order.hub.warning.cycle"]._run(now, self.rule)
        warning = self.rule.warning_ids
        self.assertEqual(warning.order_id, order)
        self.assertEqual(self._send(), 2)
        self.assertIn(f"{order.name} · Taihu Auto Repair: 31 h", server.texts[0])
        self.assertIn("@13800138000", server.texts[0])
        self.env["order.hub.warning.cycle"]._run(now, self.rule)
        self._later(120)
        self.assertEqual(len(server.taken), 1, "told once")
