"""Messages to group chats, against messengers that keep to their documentation."""

from datetime import timedelta
from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.mail.tests.common import MockEmail
from odoo.addons.order_hub.tests.stand_in import Answer

from ..engine.robots.outcome import SENT
from .message_common import MessageCommon
from .stand_in_robots import STAND_INS


@tagged("post_install", "-at_install")
class TestToRobots(MockEmail, MessageCommon):
    def test_each_messenger_takes_a_message_and_its_answer_is_kept(self):
        for platform in STAND_INS:
            with self.subTest(platform):
                server = self._messenger(platform)
                robot = self._robot(server)
                message = self._tell_robot(robot)
                self.assertEqual(self._send(), 1)
                self.assertEqual(message.state, "sent")
                self.assertEqual(message.sent_at, self._now())
                self.assertEqual(message.attempts, 1)
                self.assertEqual(message.tries[0]["kind"], SENT)
                self.assertIn("31 h, limit 24 h", server.texts[0])
                self.assertIn(message.key, str(server.taken[0]))
                self.assertEqual(robot.state, "ok")

    def test_whoever_has_the_order_is_called_by_the_group_chat(self):
        server = self._messenger("dingtalk")
        robot = self._robot(server)
        self.sales.phone = "+86 138 0013 8000"
        order = self._order()
        warning = self._warnings(1, order_id=order.id)
        notice = self._notice(warning, f"robot,{robot.id}")
        self.Message._tell([notice], self._now())
        self._send()
        self.assertEqual(server.taken[0]["at"]["atMobiles"], ["13800138000"])
        self.assertIn("@13800138000", server.texts[0])

    def test_an_account_comes_before_the_phone_and_may_be_silenced(self):
        server = self._messenger("feishu")
        robot = self._robot(server)
        self.env["order.hub.robot.account"].create(
            {"user_id": self.sales.id, "platform": "feishu", "user_ref": "ou_7d8a"}
        )
        warning = self._warnings(2, user_id=self.sales.id)
        channel = f"robot,{robot.id}"
        self.Message._tell([self._notice(warning[0], channel)], self._now())
        self._send()
        self.assertIn("<at id=ou_7d8a>", server.texts[0])
        robot.is_calling = False
        self.Message._tell([self._notice(warning[1], channel)], self._now())
        self._later(60)
        self.assertNotIn("<at", server.texts[1])

    # === LIMITS === #

    def test_more_than_a_minute_takes_is_told_together(self):
        """30 urgent words, 20 a minute: 19 go as they are, 11 by one message."""
        server = self._messenger("dingtalk")
        robot = self._robot(server)
        for _number in range(30):
            self._tell_robot(robot)
        self._send()
        self.assertFalse(server.refusals, "not one too many")
        self.assertEqual(len(server.taken), 20)
        messages = self.Message.search([("robot_id", "=", robot.id)])
        together = messages.filtered(lambda m: m.state == "digested")
        self.assertEqual(len(together), 11)
        self.assertEqual(together.digest_id.warning_count, 11)
        self.assertEqual(together.digest_id.state, "sent")
        self.assertIn("11 warnings: ", server.texts[-1])

    def test_the_gravest_goes_first(self):
        server = self._messenger("wecom")
        robot = self._robot(server)
        grave = self._tell_robot(robot, severity="info") | self._tell_robot(robot)
        grave |= self._tell_robot(robot, severity="critical")
        self._send()
        keys = [next(m.key for m in grave if m.key in text) for text in server.texts]
        self.assertEqual(keys, grave[::-1].mapped("key"))

    def test_windows_of_a_second_are_sat_out(self):
        server = self._messenger("feishu")
        robot = self._robot(server)
        for _number in range(12):
            self._tell_robot(robot)
        self.assertEqual(self._send(), 12)
        self.assertFalse(server.refusals)

    def test_a_robot_that_talks_elsewhere_too_is_kept_slower(self):
        server = self._messenger("dingtalk")
        robot = self._robot(server, per_minute=3)
        for _number in range(8):
            self._tell_robot(robot)
        self._send()
        self.assertEqual(len(server.taken), 3)
        self.assertEqual(robot.limits_text, "3 a minute")

    def test_a_messenger_that_wants_silence_gets_it_and_the_message_later(self):
        server = self._messenger("dingtalk")
        robot = self._robot(server)
        server.blocked_until = self.clock() + timedelta(seconds=600)
        message = self._tell_robot(robot) | self._tell_robot(robot)
        self._send()
        self.assertEqual(len(server.refusals), 1, "the second one does not even try")
        self.assertEqual(message.mapped("attempts"), [0, 0], "it does not count")
        self._later(300)
        self.assertEqual(len(server.refusals), 1)
        self._later(700)
        self.assertEqual(set(message.mapped("state")), {"sent"})
        self.assertEqual(robot.state, "ok")

    def test_a_message_that_is_too_long_goes_in_parts(self):
        server = self._messenger("wecom")
        robot = self._robot(server)
        lines = "\n".join(f"- S{n:05} 缺料，等待采购确认交期" for n in range(250))
        message = self.Message._post(
            [
                {"key": "long", "kind": "robot", "subject": "缺料", "body": lines}
                | {"robot": robot}
            ],
            self._now(),
        )
        self._send()
        self.assertEqual(message.state, "sent")
        self.assertEqual(message.parts_done, 3)
        self.assertEqual(len(server.taken), 3)
        self.assertIn("(1/3)", server.texts[0])
        self.assertFalse(server.refusals)

    def test_parts_that_were_sent_are_not_sent_again(self):
        server = self._messenger("wecom")
        robot = self._robot(server)
        body = "\n".join(f"- S{n:05} 缺料，等待采购确认" for n in range(120))
        row = {"key": "long", "kind": "robot", "subject": "x", "body": body}
        message = self.Message._post([row | {"robot": robot}], self._now())
        server.fail(503, when=lambda call: len(server.taken) == 1)
        self._send()
        self.assertEqual((message.state, message.parts_done), ("failed", 1))
        self._later(120)
        self.assertEqual(message.state, "sent")
        firsts = [text for text in server.texts if "S00000" in text]
        self.assertEqual(len(firsts), 1)

    def test_what_the_messenger_finds_too_long_is_shortened_once(self):
        server = self._messenger("dingtalk")
        robot = self._robot(server)
        too_long = {"errcode": 460101, "errmsg": "message too long"}
        server.script(Answer(too_long))
        body = "\n".join(f"- S{n:05} waits" for n in range(200))
        row = {"key": "long", "kind": "robot", "subject": "x", "body": body}
        message = self.Message._post([row | {"robot": robot}], self._now())
        self._send()
        self.assertTrue(message.is_short)
        self.assertEqual(message.state, "sent")
        self.assertIn("more lines", server.texts[0])

    # === TROUBLE === #

    def test_a_server_that_is_down_is_tried_again_later_and_later(self):
        server = self._messenger("webhook")
        robot = self._robot(server)
        message = self._tell_robot(robot)
        server.fail(503, times=3)
        waits = []
        for _number in range(3):
            self._send()
            self.assertEqual(message.state, "failed")
            waits.append((message.next_try_at - self._now()).total_seconds())
            self.clock.pass_by(waits[-1] + 1)
        self.assertLess(waits[0], waits[1])
        self.assertLess(waits[1], waits[2])
        self._send()
        self.assertEqual((message.state, message.attempts), ("sent", 4))
        self.assertEqual(len(message.tries), 4)
        self.assertIn("503", message.tries_text)

    def test_without_an_answer_it_is_sent_once_more_and_no_oftener(self):
        server = self._messenger("webhook")
        robot = self._robot(server)
        message = self._tell_robot(robot)
        server.drop(times=9)
        for _number in range(6):
            self._later(4000)
        self.assertEqual(len(server.calls), 2)
        self.assertEqual((message.state, message.unsure), ("given_up", 1))
        self.assertEqual([row["kind"] for row in message.tries], ["unsure", "unsure"])

    def test_wrong_settings_break_the_robot_and_say_why_in_words(self):
        cases = {
            "secret": ({"secret": "SECother"}, {}),
            "keyword": ({"keyword": "预警"}, {}),
            "ip": ({"lets_in": False}, {}),
        }
        for name, (options, vals) in cases.items():
            with self.subTest(name):
                robot = self._robot(self._messenger("dingtalk", **options), **vals)
                message = self._tell_robot(robot)
                self._send()
                self.assertEqual((message.state, robot.state), ("failed", "broken"))
                self.assertIn("310000", robot.reason)
                self.assertTrue(robot.activity_ids)
                self.assertIn(self.configurator, robot.activity_ids.user_id)

    def test_a_clock_that_is_wrong_is_said_to_be(self):
        server = self._messenger("feishu")
        robot = self._robot(server)
        self._tell_robot(robot)
        server.clock = lambda: self.clock() + timedelta(hours=2)
        self._send()
        self.assertEqual(robot.state, "broken")
        self.assertIn("clock", robot.reason)

    def test_a_mended_robot_says_at_once_what_waited(self):
        server = self._messenger("dingtalk", secret="SECnew")
        robot = self._robot(server)
        message = self._tell_robot(robot)
        self._send()
        self.assertEqual(robot.state, "broken")
        with patch("odoo.fields.Datetime.now", self._now):
            robot.new_secret = "SECnew"
        self.assertEqual(robot.state, "new")
        self._send()
        self.assertEqual((message.state, robot.state), ("sent", "ok"))
        self.assertFalse(robot.activity_ids)

    def test_a_broken_robot_is_asked_every_half_hour_only(self):
        server = self._messenger("dingtalk", secret="SECnew")
        robot = self._robot(server)
        for _number in range(5):
            self._tell_robot(robot)
        for _number in range(10):
            self._later(60)
        self.assertEqual(len(server.calls), 1)

    def test_what_the_platforms_say_is_understood(self):
        """HTTP says 200 to all of it; codes as documented."""
        cases = [
            ("dingtalk", {"errcode": 130101, "errmsg": "send too fast"}, "throttled"),
            (
                "dingtalk",
                {"errcode": 300005, "errmsg": "token is not exist"},
                "address",
            ),
            ("dingtalk", {"status": 1111, "wait": 5}, "throttled"),
            (
                "wecom",
                {"errcode": 45009, "errmsg": "api freq out of limit"},
                "throttled",
            ),
            ("wecom", {"errcode": 93000, "errmsg": "invalid webhook url"}, "address"),
            ("feishu", {"code": 11232, "msg": "frequency limited"}, "throttled"),
            ("feishu", {"code": 9499, "msg": "Bad Request"}, "refused"),
            ("feishu", {"code": 19021, "msg": "sign match fail"}, "secret"),
        ]
        for platform, answer, kind in cases:
            with self.subTest(answer=answer):
                server = self._messenger(platform)
                message = self._tell_robot(self._robot(server))
                server.script(Answer(answer))
                self._send()
                self.assertEqual(message.tries[-1]["kind"], kind)
                given_up = kind == "refused"
                self.assertEqual(
                    message.state, "given_up" if given_up else "failed", answer
                )

    def test_somebody_is_told_of_messages_that_are_lost_until_it_works_again(self):
        server = self._messenger("feishu")
        robot = self._robot(server)
        self._tell_robot(robot)
        server.script(Answer({"code": 9499, "msg": "Bad Request"}))
        self._send()
        self.assertIn(self.configurator, robot.activity_ids.user_id)
        self._tell_robot(robot)
        self._later(60)
        self.assertFalse(robot.activity_ids)

    # === ANOTHER WAY === #

    def test_a_broken_robot_is_stood_in_for_at_once(self):
        other = self._messenger("wecom")
        instead = self._robot(other)
        server = self._messenger("dingtalk", secret="SECnew")
        robot = self._robot(server, fallback_id=instead.id)
        messages = self._tell_robot(robot) | self._tell_robot(robot)
        self._send()
        self._later(1)
        self.assertEqual(set(messages.mapped("state")), {"sent"})
        self.assertEqual(messages.robot_id, instead)
        self.assertEqual(messages.first_robot_id, robot)
        self.assertEqual(len(server.calls), 1)
        self.assertEqual(len(other.taken), 2)

    def test_people_get_by_e_mail_what_no_robot_delivers(self):
        self.supervisor.email = "boss@example.com"
        server = self._messenger("dingtalk", secret="SECnew")
        robot = self._robot(server, fallback_user_ids=self.supervisor.ids)
        message = self._tell_robot(robot)
        with self.mock_mail_gateway():
            self._send()
            self._later(1)
        self.assertEqual((message.kind, message.state), ("mail", "sent"))
        self.assertEqual(message.user_ids, self.supervisor)

    def test_a_robot_that_is_off_says_nothing_and_hides_nothing(self):
        server = self._messenger("webhook")
        robot = self._robot(server)
        message = self._tell_robot(robot)
        robot.is_active = False
        self._send()
        self.assertFalse(server.calls)
        self.assertEqual(message.state, "given_up")
        self.assertIn("not in use", message.answer)

    def test_what_waits_for_a_robot_that_is_deleted_takes_the_other_way(self):
        server = self._messenger("webhook")
        instead = self._robot(server)
        robot = self._robot(server, fallback_id=instead.id)
        alone = self._robot(server)
        handed, lost = self._tell_robot(robot), self._tell_robot(alone)
        (robot | alone).unlink()
        self.assertEqual((handed.robot_id, handed.state), (instead, "waiting"))
        self.assertEqual(lost.state, "given_up")
        self.assertIn("deleted", lost.answer)
        with patch("odoo.fields.Datetime.now", self._now):
            handed.next_try_at = self._now()
        self.assertEqual(self._send(), 1)

    def test_robots_do_not_stand_in_for_each_other_in_a_circle(self):
        server = self._messenger("webhook")
        first = self._robot(server)
        second = self._robot(server, fallback_id=first.id)
        with self.assertRaisesRegex(Exception, "in a circle"):
            first.fallback_id = second

    def test_nothing_is_tried_for_ever(self):
        server = self._messenger("webhook")
        robot = self._robot(server)
        message = self._tell_robot(robot)
        server.fail(503, times=999)
        for _number in range(40):
            self._later(3601)
        self.assertEqual(message.state, "given_up")
        self.assertLess(len(server.calls), 40)

    # === PEOPLE === #

    def test_what_was_given_up_may_be_tried_again_by_supervisors(self):
        server = self._messenger("webhook")
        robot = self._robot(server)
        message = self._tell_robot(robot)
        message.with_user(self.supervisor).action_give_up()
        self.assertEqual(message.state, "given_up")
        self.assertEqual(self._send(), 0)
        with patch("odoo.fields.Datetime.now", self._now):
            message.with_user(self.supervisor).action_retry()
        self.assertEqual(self._send(), 1)
        self.assertEqual(message.state, "sent")

    def test_the_test_button_says_what_the_messenger_answered(self):
        with patch("odoo.fields.Datetime.now", self._now):
            server = self._messenger("dingtalk")
            robot = self._robot(server).with_user(self.configurator)
            self.assertEqual(robot.action_test()["params"]["type"], "success")
            self.assertEqual(robot.state, "ok")
            server.secret = "SECother"
            said = robot.action_test()["params"]
        self.assertEqual(said["type"], "danger")
        self.assertIn("secret", said["message"])
        kept = self.Message.search([("robot_id", "=", robot.id)], order="id")
        self.assertEqual(kept.mapped("state"), ["sent", "given_up"])
        self.assertTrue(all(kept.mapped("is_test")))
