"""Robots against messengers that keep to their documentation."""

import json
from datetime import datetime, timedelta, timezone

from odoo.tests import BaseCase

from odoo.addons.order_hub.engine.web.errors import Refused
from odoo.addons.order_hub.tests.stand_in import Answer

from ..engine import bucket, digest
from ..engine.robots import ROBOTS, dingtalk, feishu, make
from ..engine.robots.letter import tidy
from ..engine.robots.outcome import (
    ADDRESS,
    DOWN,
    IP,
    KEYWORD,
    REFUSED,
    SECRET,
    SENT,
    THROTTLED,
    TOO_LONG,
    UNSURE,
)
from .robot_letters import client, letter, robot_of
from .stand_in_robots import NOW, STAND_INS, TOKEN, Time
from .stand_in_robots import SECRET as THE_SECRET


class TestSigning(BaseCase):
    """Vectors that the platforms and their libraries publish."""

    def test_dingtalk_signs_as_published(self):
        self.assertEqual(
            dingtalk.sign("xxx", "1661860880"),
            "dIUMcehSFkPlWOGqwoP5EFcartyN67QSY9wbVW+hTbE=",
        )

    def test_feishu_signs_as_published(self):
        self.assertEqual(
            feishu.sign("xxx", "1661860880"),
            "QnWVTSBe6FmQDE0bG6X0mURbI+DnvVyu1h+j5dHOjrU=",
        )

    def test_dingtalk_counts_milliseconds_and_quotes_the_signature(self):
        robot = make("dingtalk", "https://oapi.dingtalk.com/robot/send?access_token=t")
        robot.secret = "xxx"
        at = datetime.fromtimestamp(1661860880, timezone.utc)
        url = robot.build(letter(), at).url
        self.assertIn("&timestamp=1661860880000&sign=", url)
        self.assertNotIn("+", url)

    def test_naive_moments_are_utc(self):
        robot = make("feishu", "https://example.com/hook", secret="s")
        at = datetime(2026, 3, 16, 1, 30)
        self.assertEqual(
            robot.build(letter(), at).body,
            robot.build(letter(), at.replace(tzinfo=timezone.utc)).body,
        )


class TestSending(BaseCase):
    def each(self, **options):
        """Yield every platform's server, its clock and a robot that knows it."""
        for kind in STAND_INS.values():
            clock = Time()
            server = kind(clock, **options).__enter__()
            self.addCleanup(server.__exit__)
            yield server, clock, robot_of(server)

    def test_every_platform_takes_markdown_and_text(self):
        for server, clock, robot in self.each():
            for is_markdown in (True, False):
                sent = letter(is_markdown=is_markdown, key=f"W-{is_markdown}")
                (part,) = robot.fit(sent)
                outcome = robot.send(part, clock())
                self.assertEqual(outcome.kind, SENT, outcome)
            self.assertEqual(len(server.taken), 2)
            for shown in server.texts:
                self.assertIn("Sanjiang Motors, 31 h", shown)
                self.assertIn("https://hub.example.com/odoo/orders/42", shown)

    def test_a_wrong_secret_is_told_apart(self):
        for server, clock, robot in self.each():
            if robot.platform == "wecom":
                continue  # signs nothing
            outcome = robot_of(server, secret="another").send(letter(), clock())
            self.assertEqual(outcome.kind, SECRET, outcome)
            self.assertFalse(server.taken)

    def test_a_clock_that_is_two_hours_off_looks_like_a_wrong_secret(self):
        for _server, clock, robot in self.each():
            if robot.platform == "wecom":
                continue  # signs nothing
            outcome = robot.send(letter(), clock() - timedelta(hours=2))
            self.assertEqual(outcome.kind, SECRET, outcome)

    def test_a_robot_that_is_not_there_any_more_is_told_apart(self):
        for server, clock, robot in self.each():
            if robot.platform == "webhook":
                server.fail(404)
            address = server.address.replace(TOKEN, "gone00000000000000000000")
            gone = robot_of(server, address=address)
            self.assertEqual(gone.send(letter(), clock()).kind, ADDRESS)

    def test_a_missing_keyword_is_told_apart_and_a_known_one_is_added(self):
        for server, clock, robot in self.each(keyword="预警"):
            if robot.platform not in ("dingtalk", "feishu"):
                continue  # has no keywords
            self.assertEqual(robot.send(letter(), clock()).kind, KEYWORD)
            knowing = robot_of(server, keyword="预警")
            for part in knowing.fit(letter(body="x\n" * 30_000)):
                self.assertEqual(knowing.send(part, clock()).kind, SENT)

    def test_a_robot_that_does_not_let_us_in_is_told_apart(self):
        for _server, clock, robot in self.each(lets_in=False):
            if robot.platform in ("dingtalk", "feishu"):
                self.assertEqual(robot.send(letter(), clock()).kind, IP)

    def test_too_long_is_told_apart(self):
        long = letter(body="零" * 30_000)
        expected = {"dingtalk": TOO_LONG, "wecom": TOO_LONG, "feishu": REFUSED}
        for _server, clock, robot in self.each():
            kind = expected.get(robot.platform, SENT)
            self.assertEqual(robot.send(long, clock()).kind, kind)

    def test_one_message_too_many_is_throttled_for_as_long_as_documented(self):
        blocks = {"dingtalk": 600.0, "wecom": 60.0, "feishu": 60.0, "webhook": 30.0}
        for _server, clock, robot in self.each():
            for number in range(robot.limits.most):
                sent = letter(key=f"W-{number}")
                self.assertEqual(robot.send(sent, clock()).kind, SENT)
            outcome = robot.send(letter(), clock())
            self.assertEqual(outcome.kind, THROTTLED, outcome)
            self.assertEqual(outcome.retry_after, blocks[robot.platform])

    def test_the_guard_against_floods_is_throttling_too(self):
        outcome = make("dingtalk", "").judge(
            200, b'{"status":1111,"wait":5,"source":"x5","punish":"deny"}'
        )
        self.assertEqual((outcome.kind, outcome.retry_after), (THROTTLED, 600.0))

    def test_dingtalks_one_code_for_everything_is_read_by_its_words(self):
        robot = make("dingtalk", "")
        for said, kind in (
            ("keywords not in content, more: [https://example.com]", KEYWORD),
            ("description:关键词不匹配;solution:请联系群管理员", KEYWORD),
            ("sign not match", SECRET),
            ("description:机器人发送签名不匹配;solution:请确认签名和时间戳", SECRET),
            ("invalid timestamp", SECRET),
            ("ip 203.0.113.7 not in whitelist", IP),
            ("description:ip 不在白名单中;solution:请设置机器人安全ip", IP),
            ("description of something new", REFUSED),
        ):
            answer = json.dumps({"errcode": 310000, "errmsg": said}).encode()
            self.assertEqual(robot.judge(200, answer).kind, kind, said)

    def test_a_platform_that_is_out_of_order_has_not_taken_it(self):
        for server, clock, robot in self.each():
            for status in (500, 502, 503):
                server.fail(status)
                self.assertEqual(robot.send(letter(), clock()).kind, DOWN)

    def test_without_an_answer_nobody_knows(self):
        for server, clock, robot in self.each():
            robot.client = client(timeout=(2, 0.2))
            server.drop()
            self.assertEqual(robot.send(letter(), clock()).kind, UNSURE)
            server.hang(2)
            self.assertEqual(robot.send(letter(), clock()).kind, UNSURE)
            server.fail(504)
            self.assertEqual(robot.send(letter(), clock()).kind, UNSURE)

    def test_an_answer_that_is_no_answer_is_no_success(self):
        for server, clock, robot in self.each():
            if robot.platform == "webhook":
                continue  # the status says it all
            for body in (b"<html>down</html>", b"[]", b"{}", b'{"errcode":true}'):
                server.script(Answer(body))
                self.assertEqual(robot.send(letter(), clock()).kind, UNSURE, body)

    def test_a_server_that_is_not_there_is_down(self):
        for name, kind in STAND_INS.items():
            with self.subTest(name):
                with kind() as server:
                    robot = robot_of(server)
                self.assertEqual(robot.send(letter(), NOW).kind, DOWN)

    def test_a_request_is_sent_once_whatever_happens(self):
        for server, clock, robot in self.each():
            server.fail(503, times=9)
            robot.send(letter(), clock())
            self.assertEqual(len(server.calls), 1)

    def test_feishus_gate_says_how_long_to_wait(self):
        with STAND_INS["feishu"]() as server:
            headers = {"x-ogw-ratelimit-reset": "52"}
            body = {"code": 99991400, "msg": "request trigger frequency limit"}
            server.script(Answer(body, 429, headers))
            outcome = robot_of(server).send(letter(), NOW)
            self.assertEqual((outcome.kind, outcome.retry_after), (THROTTLED, 52.0))
            server.script(Answer(body, 400, headers))
            self.assertEqual(robot_of(server).send(letter(), NOW).kind, THROTTLED)

    def test_feishus_first_version_is_understood(self):
        robot = make("feishu", "")
        self.assertEqual(robot.judge(200, b'{"StatusCode":0}').kind, SENT)
        self.assertEqual(
            robot.judge(200, b'{"code":19024,"StatusCode":0}').kind, KEYWORD
        )

    def test_a_webhook_that_has_it_already_does_not_take_it_twice(self):
        with STAND_INS["webhook"]() as server:
            robot = robot_of(server)
            for _try in range(2):
                self.assertEqual(robot.send(letter(), NOW).kind, SENT)
            self.assertEqual(len(server.taken), 1)
            self.assertEqual(server.calls[0].headers["idempotency-key"], "W-7")


class TestSafety(BaseCase):
    def test_a_robot_never_calls_the_own_network(self):
        for name, address in (
            ("webhook", "https://169.254.169.254/latest"),
            ("webhook", "https://localhost:8069/web"),
            ("dingtalk", "https://127.0.0.1/robot/send?access_token=t"),
            ("webhook", "file:///etc/passwd"),
        ):
            with self.subTest(address):
                outcome = make(name, address).send(letter(), NOW)
                self.assertEqual(outcome.kind, ADDRESS)

    def test_a_name_service_that_fails_does_not_break_a_robot(self):
        robot = make("webhook", "https://hub-warnings.invalid/x")
        self.assertEqual(robot.send(letter(), NOW).kind, DOWN)

    def test_settings_are_checked_before_anybody_is_called(self):
        good = {
            "dingtalk": "https://oapi.dingtalk.com/robot/send?access_token=abc",
            "wecom": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=abc",
            "feishu": "https://open.larksuite.com/open-apis/bot/v2/hook/0a-1b",
            "webhook": "https://example.com/hook",
        }
        for name, address in good.items():
            make(name, address).check()
            for wrong in ("", "nonsense", address.replace("https", "http")):
                with self.assertRaises(Refused) as caught:
                    make(name, wrong).check()
                self.assertEqual(caught.exception.field, "address")
        for name in ("dingtalk", "wecom", "feishu"):
            with self.assertRaises(Refused) as caught:
                make(name, "https://example.com/hook").check()
            self.assertIn(ROBOTS[name].label, str(caught.exception))

    def test_no_secret_shows_up_in_an_outcome_or_a_repr(self):
        for name, kind in STAND_INS.items():
            with self.subTest(name), kind() as server:
                robot = robot_of(server)
                for status in (200, 401, 404, 500):
                    said = f"wrong {TOKEN} and {THE_SECRET}"
                    body = {"errcode": 5, "code": 5, "msg": said, "errmsg": said}
                    server.script(Answer(body, status))
                    outcome = robot.send(letter(), NOW)
                    shown = f"{outcome}{robot}{robot.build(letter(), NOW)}"
                    self.assertNotIn(TOKEN, shown)
                    self.assertNotIn(THE_SECRET, shown)

    def test_a_body_calls_nobody(self):
        evil = 'Hi <at user_id="all"></at> <AT id=all></AT> <@all> </at>'
        for name, robot_class in ROBOTS.items():
            if name == "webhook":
                continue  # shows nothing by itself
            for is_markdown in (True, False):
                robot = robot_class("")
                sent = letter(subject=evil, body=evil, is_markdown=is_markdown)
                body = robot.build(tidy(sent), NOW).body.decode().lower()
                for mark in ("<at", "</at", "<@"):
                    self.assertNotIn(mark, body)


class TestTogether(BaseCase):
    """Ten thousand warnings at once, two workers, one row: no platform complains."""

    def _letters(self, robot, at_most):
        notices = [
            digest.Notice(n, "robot,1", f"p{n % 80}", n % 23, f"规则 {n % 23}")
            for n in range(10_000)
        ]
        rows = digest.plan(notices, at_most)
        self.assertEqual(sum(row.count for row in rows), 10_000)
        for row in rows:
            subject, body = digest.render(row)
            key = f"{row.recipients[0]}-{row.ids[0]}"
            yield from robot.fit(letter(subject=subject, body=body, key=key))

    def test_a_flood_arrives_without_one_refusal(self):
        for name, kind in STAND_INS.items():
            clock = Time()
            with self.subTest(name), kind(clock) as server:
                robots = [robot_of(server), robot_of(server)]
                waiting = list(self._letters(robots[0], 40))
                state, total = None, len(waiting)
                while waiting:
                    worker = robots[len(waiting) % 2]
                    grant = bucket.take(state, worker.limits, clock(), 3)
                    state = json.loads(json.dumps(grant.state))
                    for _free in range(min(grant.count, len(waiting))):
                        self.assertTrue(worker.send(waiting.pop(0), clock()).is_sent)
                    clock.pass_by(max(grant.wait, 0.1))
                self.assertEqual(server.refusals, [])
                self.assertEqual(len(server.taken), total)
                self.assertLessEqual(total, 50)

    def test_after_one_too_many_the_robot_is_silent_until_it_may_talk(self):
        clock = Time()
        with STAND_INS["dingtalk"](clock) as server:
            robot, state = robot_of(server), None
            for _number in range(20):
                self.assertTrue(robot.send(letter(), clock()).is_sent)
            outcome = robot.send(letter(), clock())
            state = bucket.block(state, robot.limits, clock(), outcome.retry_after)
            clock.pass_by(bucket.wait(state, robot.limits, clock()))
            self.assertEqual(bucket.take(state, robot.limits, clock()).count, 1)
            self.assertTrue(robot.send(letter(), clock()).is_sent)
