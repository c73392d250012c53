"""Addresses and secrets stay in, messages stay with their people."""

import logging
from contextlib import contextmanager

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import file_open

from ..engine.robots import make
from ..models.order_hub_robot import OrderHubRobot
from .message_common import START, MessageCommon
from .stand_in_robots import SECRET, TOKEN

REFUSED = (AccessError, UserError, ValueError, KeyError)


@tagged("post_install", "-at_install")
class TestRobotSecrets(MessageCommon):
    def setUp(self):
        super().setUp()
        self.server = self._messenger("dingtalk")
        self.robot = self._robot(self.server)

    @contextmanager
    def _refused(self):
        try:
            with self.env.cr.savepoint():
                yield
        except REFUSED:
            self.env.invalidate_all()
        else:
            self.fail("this was not refused")

    def _assert_silent(self, told):
        for secret in (
            TOKEN,
            SECRET,
            self.robot.sudo().address_sealed,
            self.robot.sudo().secret_sealed,
        ):
            self.assertNotIn(secret, str(told))

    def test_address_and_secret_are_read_by_no_road(self):
        self.configurator.group_ids += self.env.ref("base.group_allow_export")
        robot = self.robot.with_user(self.configurator)
        names = ["name", "new_address", "new_secret", "host", "is_secret_set"]
        told = [
            robot.read(),
            robot.web_read({name: {} for name in names}),
            robot.export_data(names).get("datas"),
            robot.name_search(TOKEN),
            robot.fields_get(),
            robot.default_get(list(robot._fields)),
            robot.search_read([("name", "ilike", "group")]),
            robot.copy().read(),
            robot.onchange({"name": "x"}, ["name"], {n: {} for n in names}),
            robot.message_ids.mapped("body"),
            repr(robot._engine()),
            robot.action_test(),
            self.env["mail.tracking.value"].search_read([]),
        ]
        self.assertTrue(robot.is_address_set and robot.is_secret_set)
        self.assertEqual(robot.host, "127.0.0.1")
        for answer in told:
            self._assert_silent(answer)

    def test_the_sealed_columns_are_closed_to_everybody(self):
        robot = self.robot.with_user(self.configurator)
        for name in ("address_sealed", "secret_sealed"):
            self.assertNotIn(name, robot.fields_get())
            for attack in (
                lambda n=name: robot.read([n]),
                lambda n=name: robot.web_read({n: {}}),
                lambda n=name: robot.search([(n, "=like", "g%")]),
                lambda n=name: robot.search([("fallback_id." + n, "!=", False)]),
                lambda n=name: robot.search([], order=n),
                lambda n=name: robot.formatted_read_group([], [n], ["__count"]),
                lambda n=name: robot._read_group([], [], [f"{n}:array_agg"]),
                lambda n=name: robot.export_data([n]),
                lambda n=name: robot.write({n: "x"}),
                lambda n=name: robot.create({"name": "x", n: "x"}),
                lambda n=name: robot.mapped(n),
                lambda n=name: robot.filtered_domain([(n, "!=", False)]),
            ):
                with self._refused():
                    attack()

    def test_a_copy_has_no_address(self):
        copied = self.robot.copy()
        self.assertFalse(copied.is_address_set or copied.is_secret_set)

    def test_neither_log_nor_message_nor_error_shows_them(self):
        message = self._tell_robot(self.robot)
        self.server.secret = "SECother"
        with self.assertLogs(level=logging.DEBUG) as logs:
            logging.getLogger().debug("begin")
            self._send()
            self.server.drop(times=5)
            self.robot.action_test()
        self._assert_silent(logs.output)
        self._assert_silent(message.read())
        self._assert_silent(self.robot.with_user(self.configurator).read())
        self._assert_silent(self.robot.activity_ids.mapped("note"))

    def test_a_secret_goes_to_no_other_host_or_platform(self):
        robot = self.robot
        with self.assertRaises(ValidationError):
            robot.new_address = "http://evil.example.com/other"
        other = "https://evil.example.com/robot/send?access_token=x"
        robot.with_user(self.configurator).new_address = other
        self.assertFalse(robot.is_secret_set, "another host")
        robot.write({"new_address": self.server.address, "new_secret": SECRET})
        self.assertTrue(robot.is_secret_set, "entered together")
        robot.platform = "feishu"
        self.assertFalse(robot.is_address_set or robot.is_secret_set)

    def test_an_address_that_is_none_of_the_platform_is_refused_in_words(self):
        for platform, address in (
            ("dingtalk", "https://oapi.dingtalk.com/robot/send"),
            ("wecom", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send"),
            ("feishu", "https://open.feishu.cn/open-apis/bot/v1/x"),
            ("webhook", "ftp://example.com/x"),
            ("webhook", "https://user:password@example.com/x"),
        ):
            with self.subTest(address), self.assertRaises(ValidationError) as caught:
                self.env["order.hub.robot"].create(
                    {"name": "x", "platform": platform, "new_address": address}
                )
            self.assertNotIn(address, str(caught.exception))

    def test_addresses_inside_the_own_network_are_not_called(self):
        """Not from a setting: only code of a test lets a robot call this machine."""
        self.patch(OrderHubRobot, "_client", lambda robot: None)
        for host in ("127.0.0.1", "169.254.169.254", "[::1]", "10.0.0.7", "localhost"):
            robot = self.env["order.hub.robot"].create(
                {
                    "name": host,
                    "platform": "webhook",
                    "new_address": f"https://{host}/x",
                }
            )
            self._tell_robot(robot)
            self._send()
            self.assertEqual(robot.state, "broken", host)
            self.assertIn("network", robot.reason)
        with self.assertRaises(ValidationError):
            robot.new_address = self.server.address  # http

    def test_only_configurators_change_robots(self):
        for user in (self.sales, self.operator):
            with self._refused():
                self.robot.with_user(user).read(["name"])
        for user in (self.sales, self.operator, self.supervisor):
            robot = self.robot.with_user(user)
            for attack in (
                lambda r=robot: r.write({"new_address": "https://x.example.com"}),
                lambda r=robot: r.write({"is_active": False}),
                lambda r=robot: r.action_test(),
                lambda r=robot: r.action_forget(),
                lambda r=robot: r.unlink(),
            ):
                with self._refused():
                    attack()
            for model in ("order.hub.robot.pace",):
                with self._refused():
                    self.env[model].with_user(user).search([])

    def test_robots_of_another_company_are_out_of_sight_and_reach(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.robot.company_id = other
        robot = self.robot.with_user(self.configurator)
        self.assertFalse(robot.search([("id", "=", robot.id)]))
        with self._refused():
            robot.read(["name"])
        with self._refused():
            robot.action_test()
        with self.assertRaises(ValidationError):
            self.env["order.hub.warning.recipient"].create(
                {"rule_id": self.rule.id, "who": "robot", "robot_id": self.robot.id}
            )

    def test_a_group_chat_hears_of_its_company_only(self):
        rule = self.rule.copy({"company_id": False})
        other = self.env["res.company"].create({"name": "Other"})
        ours, theirs = (
            self._warnings(1, rule),
            self._warnings(1, rule, company_id=other.id),
        )
        recipient = self.env["order.hub.warning.recipient"].create(
            {"rule_id": rule.id, "who": "robot", "robot_id": self.robot.id}
        )
        found = recipient._robots(ours | theirs)
        self.assertEqual(tuple(found[ours.id]), (self.robot.id,))
        self.assertEqual(tuple(found[theirs.id]), ())

    def test_another_key_of_the_server_asks_for_the_secret_again(self):
        message = self._tell_robot(self.robot)
        self.env["ir.config_parameter"].set_param("database.secret", "another")
        self._send()
        self.assertEqual(self.robot.state, "broken")
        self.assertIn("Enter", self.robot.reason)
        self.assertEqual(message.state, "failed")
        with self.assertRaises(UserError):
            self.robot.action_test()


@tagged("post_install", "-at_install")
class TestMessagesFromTheWrongSide(MessageCommon):
    def setUp(self):
        super().setUp()
        notices = [
            self._notice(warning, "inbox", user.id)
            for warning, user in zip(
                self._warnings(2), (self.sales, self.operator), strict=True
            )
        ]
        self.mine, self.others = self.Message._tell(notices, START)
        if self.mine.user_ids != self.sales:
            self.mine, self.others = self.others, self.mine

    def test_people_see_their_own_supervisors_those_of_their_company(self):
        messages = self.mine | self.others
        domain = [("id", "in", messages.ids)]
        for user, seen in ((self.sales, self.mine), (self.supervisor, messages)):
            self.assertEqual(self.Message.with_user(user).search(domain), seen)
        with self.assertRaises(AccessError):
            self.others.with_user(self.sales).read(["body"])
        portal = self._user("hub_portal", "base.group_portal")
        with self.assertRaises(AccessError):
            self.Message.with_user(portal).search([])

    def test_supervisors_of_another_company_see_nothing(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.supervisor.write({"company_ids": other.ids, "company_id": other.id})
        messages = (self.mine | self.others).with_user(self.supervisor)
        self.assertFalse(messages.search([("id", "in", messages.ids)]))
        with self.assertRaises(AccessError):
            messages.action_give_up()

    def test_nobody_writes_makes_or_deletes_messages(self):
        for user in (self.sales, self.supervisor, self.configurator):
            mine = self.mine.with_user(user)
            for attack in (
                lambda m=mine: m.write({"state": "sent"}),
                lambda m=mine: m.write({"body": "x"}),
                lambda m=mine: m.create(
                    {"key": "x", "kind": "inbox", "subject": "x", "severity": "info"}
                ),
                lambda m=mine: m.unlink(),
            ):
                with self.assertRaises(AccessError):
                    attack()
        with self.assertRaises(UserError):
            self.mine.sudo().unlink()

    def test_only_supervisors_try_again_or_give_up(self):
        for action in ("action_retry", "action_give_up"):
            with self.assertRaises(AccessError):
                getattr(self.mine.with_user(self.sales), action)()
        self.assertTrue(self.mine.with_user(self.supervisor).action_retry())

    def test_a_message_that_is_being_sent_is_left_to_its_worker(self):
        self.mine.sudo().sending_since = START
        for action in ("action_retry", "action_give_up"):
            with self.assertRaises(UserError):
                getattr(self.mine.with_user(self.supervisor), action)()

    def test_everybody_enters_the_own_account_and_nobody_elses(self):
        Account = self.env["order.hub.robot.account"]
        mine = Account.with_user(self.sales).create(
            {"platform": "feishu", "user_ref": "ou_1"}
        )
        self.assertEqual(mine.user_id, self.sales)
        vals = {"user_id": self.operator.id, "platform": "feishu"}
        with self.assertRaises(AccessError):
            Account.with_user(self.sales).create(vals)
        with self.assertRaises(AccessError):
            mine.with_user(self.sales).user_id = self.operator
        with self.assertRaises(AccessError):
            mine.with_user(self.operator).read(["user_ref"])
        self.assertTrue(Account.with_user(self.configurator).create(vals))
        with self.assertRaises(ValidationError):
            mine.mobile = "call me"


@tagged("post_install", "-at_install")
class TestMessengersNeutralize(MessageCommon):
    def test_a_copied_database_writes_into_no_group_chat(self):
        server = self._messenger("dingtalk")
        robot = self._robot(server)
        sent = self._tell_robot(robot)
        self._send()
        waiting = self._tell_robot(robot)
        self.env.flush_all()
        for _twice in range(2):
            with file_open("order_hub_alerts/data/neutralize.sql") as queries:
                self.env.cr.execute(queries.read())
        self.env.invalidate_all()
        self.assertFalse(robot.is_active or robot.is_address_set or robot.is_secret_set)
        self.assertEqual((sent.state, waiting.state), ("sent", "given_up"))
        with self.assertRaises(UserError):
            robot.action_test()
        self._tell_robot(robot)
        self._later(3600)
        self.assertEqual(len(server.calls), 1)


@tagged("post_install", "-at_install")
class TestRobotEngine(MessageCommon):
    def test_every_platform_that_can_be_chosen_can_be_spoken_with(self):
        field = self.env["order.hub.robot"]._fields["platform"]
        for platform, _label in field.selection:
            self.assertEqual(make(platform, "https://example.com").platform, platform)
