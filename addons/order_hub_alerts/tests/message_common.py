"""Robots that talk to stand-ins, and warnings to tell of."""

from unittest.mock import patch

from odoo.addons.order_hub.tests.common import OrderHubCommon

from ..engine.digest import Notice
from ..models.order_hub_robot import OrderHubRobot
from .robot_letters import client
from .stand_in_robots import NOW, SECRET, STAND_INS, Time

START = NOW.replace(tzinfo=None)


class MessageCommon(OrderHubCommon):
    """A rule with warnings, and robots whose messengers are on this machine."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.configurator = cls._user(
            "hub_configurator", "order_hub.order_hub_group_configurator"
        )
        cls.rule = cls.env["order.hub.warning.rule"].create(
            {
                "name": "Too long in preparing",
                "advice": "Ask the purchaser.",
                "kind": "stage_fixed",
            }
        )
        cls.Message = cls.env["order.hub.message"]

    def setUp(self):
        super().setUp()
        self.clock = Time(NOW)
        patcher = patch.object(OrderHubRobot, "_client", lambda robot: client())
        patcher.start()
        self.addCleanup(patcher.stop)

    # === BUILDERS === #

    def _messenger(self, platform, **options):
        """Return the stand-in of a platform, running until the test ends."""
        return self.enterContext(STAND_INS[platform](self.clock, **options))

    def _robot(self, server, **vals):
        """Return a robot that talks to a stand-in."""
        platform = next(n for n, kind in STAND_INS.items() if type(server) is kind)
        secret = {} if platform == "wecom" else {"new_secret": SECRET}
        return self.env["order.hub.robot"].create(
            {
                "name": f"Shift group ({platform})",
                "platform": platform,
                "new_address": server.address,
                "lang": "en_US",
                **secret,
                **vals,
            }
        )

    @classmethod
    def _warnings(cls, count, rule=None, **vals):
        """Return open warnings about partners: any record does here."""
        rule = rule or cls.rule
        common = {
            "rule_id": rule.id,
            "res_model": "res.partner",
            "company_id": cls.company.id,
            "severity": rule.severity,
            "state": "open",
            "seen_count": 1,
            **vals,
        }
        first = cls.env["order.hub.warning"].sudo().search([], limit=1).id or 0
        rows = [{**common, "res_id": first + n} for n in range(1, count + 1)]
        ids = []
        for start in range(0, count, 1000):
            ids += cls.env["order.hub.writer"]._insert(
                cls.env["order.hub.warning"], rows[start : start + 1000]
            )
        return cls.env["order.hub.warning"].browse(ids)

    def _notice(self, warning, channel, recipient="", **values):
        return Notice(
            **{
                "id": warning.id,
                "channel": channel,
                "recipient": str(recipient),
                "rule": self.rule.id,
                "rule_name": "rule",
                "severity": "warning",
                "subject": f"S{warning.id:05}",
                "figures": "31 h, limit 24 h",
                **values,
            }
        )

    def _tell_robot(self, robot, count=1, **values):
        channel = f"robot,{robot.id}"
        return self.Message._tell(
            [self._notice(w, channel, **values) for w in self._warnings(count)],
            self._now(),
        )

    # === TIME === #

    def _now(self):
        return self.clock().replace(tzinfo=None)

    def _send(self):
        """Send what is due; waiting moves the clock of the test."""
        return self.Message._send_due(clock=self._now, sleep=self.clock.pass_by)

    def _later(self, seconds):
        self.clock.pass_by(seconds)
        return self._send()
