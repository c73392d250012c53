from odoo import models
from odoo.fields import Command


class OrderHubRobot(models.Model):
    """Which other way a message takes that a robot cannot deliver."""

    _inherit = "order.hub.robot"

    def _other_way(self, company):
        """Return what to write to a message so that it takes the other way.

        The robot instead, if it works; else the one instead of that, and so on; else
        people by e-mail.

        :param company: of the message; may be empty
        :return: dict of values, empty: there is no other way
        """
        self.ensure_one()
        robot = self.sudo()
        users = robot._fallback_users(company)
        for _step in range(10):  # a chain has no circle, but may be long
            robot = robot.fallback_id
            if not robot:
                break
            if robot._is_ready(company):
                return {"kind": "robot", "robot_id": robot.id}
            users = users or robot._fallback_users(company)
        if not users:
            return {}
        return {
            "kind": "mail",
            "robot_id": False,
            "user_ids": [Command.set(users.ids)],
        }

    def _is_ready(self, company):
        """Return whether a message of a company can be sent by this robot."""
        return bool(
            self.is_active
            and self.state != "broken"
            and self.address_sealed
            and self._may_tell(company)
        )

    def _fallback_users(self, company):
        return self.fallback_user_ids.filtered(
            lambda user: (
                user.active
                and not user.share
                and user.email
                and (not company or company in user.company_ids)
            )
        )

    def _turns_away(self, company):
        """Return whether messages are not even tried: the robot is off or broken."""
        if not self.is_active:
            return True
        return self.state == "broken" and bool(self._other_way(company))
