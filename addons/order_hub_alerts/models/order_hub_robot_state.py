from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..engine import bucket
from ..engine.robots import Letter
from ..engine.robots.outcome import ADDRESS, IP, KEYWORD, SECRET, Outcome

STATES = [("new", "Not Tried Yet"), ("ok", "Works"), ("broken", "Broken")]


class OrderHubRobot(models.Model):
    """Whether a robot gets through, and what is done when it does not."""

    _inherit = "order.hub.robot"

    state = fields.Selection(
        STATES, default="new", required=True, readonly=True, copy=False, tracking=True
    )
    reason = fields.Char("Why", readonly=True, copy=False)
    state_since = fields.Datetime("Since", readonly=True, copy=False)
    last_sent_at = fields.Datetime("Talked Last", compute="_compute_last_sent_at")
    message_open_count = fields.Integer(
        "Waiting Messages", compute="_compute_message_open_count"
    )

    @api.constrains("fallback_id")
    def _check_fallback(self):
        if self._has_cycle("fallback_id"):
            raise ValidationError(
                self.env._(
                    "Robots cannot stand in for each other in a circle. Choose "
                    "another one instead, or people who get an e-mail."
                )
            )

    def _compute_message_open_count(self):
        counts = dict(
            self.env["order.hub.message"]
            .sudo()
            ._read_group(
                [("robot_id", "in", self.ids), ("state", "in", ("waiting", "failed"))],
                ["robot_id"],
                ["__count"],
            )
        )
        for robot in self:
            robot.message_open_count = counts.get(robot._origin, 0)

    def _compute_last_sent_at(self):
        """From the messages: sending writes nothing to the robot itself."""
        sent = dict(
            self.env["order.hub.message"]
            .sudo()
            ._read_group(
                [("robot_id", "in", self.ids), ("state", "=", "sent")],
                ["robot_id"],
                ["sent_at:max"],
            )
        )
        for robot in self:
            robot.last_sent_at = sent.get(robot._origin, False)

    @api.ondelete(at_uninstall=False)
    def _unlink_hands_over(self):
        """What waits for a robot that goes takes the other way."""
        now = fields.Datetime.now()
        for robot in self.sudo():
            answer = self.env._("%s was deleted.", robot.name)
            robot.is_active = False
            for message in robot._waiting():
                message._go_elsewhere(answer, now)

    def _waiting(self):
        """Return what waits for these robots (sudo)."""
        return (
            self.env["order.hub.message"]
            .sudo()
            .search(
                [("robot_id", "in", self.ids), ("state", "in", ("waiting", "failed"))]
            )
        )

    # === BROKEN === #

    def _break(self, outcome, now):
        """Say that nothing gets through before somebody mends the settings.

        :param outcome: ``engine.robots.Outcome``
        :param now: naive UTC
        """
        self.ensure_one()
        reason = self._why(outcome)
        was_broken, robot = self.state == "broken", self.sudo()
        if was_broken and self.reason == reason:
            return
        robot.write({"state": "broken", "reason": reason, "state_since": now})
        if not was_broken:
            robot._tell_broken(reason)

    def _why(self, outcome):
        """Return in words what is wrong with the settings, and what to do."""
        words = {
            SECRET: self.env._(
                "The signature is refused. Enter the secret again, and check the "
                "clock of this server."
            ),
            ADDRESS: self.env._(
                "There is no such robot, or it was removed or switched off in its "
                "group. Enter its address again."
            ),
            KEYWORD: self.env._(
                "The robot demands a word in every message. Enter it as keyword."
            ),
            IP: self.env._(
                "The robot does not listen to this server. Add the server's address "
                "to the list of the robot."
            ),
        }.get(outcome.kind, "")
        said = " ".join(filter(None, (outcome.code, outcome.said)))
        return " ".join(filter(None, (words, f"({said})" if said else "")))

    def _tell_broken(self, reason):
        """Have those who can mend it do so: a to-do for each."""
        title = self.env._("%s does not get through", self.name)
        for user in self._menders():
            self.activity_schedule(
                "mail.mail_activity_data_warning",
                user_id=user.id,
                summary=title,
                note=reason,
            )

    def _tell_given_up(self, answer):
        """Have somebody look at a robot whose messages are lost; once is enough."""
        for robot in self.sudo().filtered("is_active"):
            if not robot.activity_ids:
                robot._tell_broken(answer)

    def _menders(self):
        """Return the configurators who may work in the company of the robot."""
        group = self.env.ref("order_hub.order_hub_group_configurator")
        return group.sudo().all_user_ids.filtered(
            lambda user: (
                user.active
                and user != self.env.ref("base.user_root")
                and (not self.company_id or self.company_id in user.company_ids)
            )
        )

    def _works(self, now):
        """Remember that the robot got through, if that is news."""
        robot = self.sudo()
        if robot.state == "ok" and not robot.activity_ids:
            return
        robot._calm()
        robot.write({"state": "ok", "reason": False, "state_since": now})

    def _calm(self):
        self.activity_feedback(
            ["mail.mail_activity_data_warning"], feedback=self.env._("It works again.")
        )

    def _mended(self):
        """Let what waits try again at once: the settings have changed."""
        now = fields.Datetime.now()
        broken = self.filtered(lambda robot: robot.state == "broken").sudo()
        if not broken:
            return
        broken.write({"state": "new", "reason": False, "state_since": now})
        broken._calm()
        broken._go_on(now)
        broken._hurry(now)

    def _hurry(self, now):
        """Make due at once whatever waits for these robots."""
        waiting = self._waiting().filtered(lambda message: not message.sending_since)
        waiting.write({"next_try_at": now})

    # === TRY IT === #

    def action_test(self):
        """Send a test message now and say what the messenger answered."""
        self.ensure_one()
        self.check_access("write")
        now = fields.Datetime.now()
        outcome = self._try(now)
        if outcome.is_sent:
            self._works(now)
            self._go_on(now)
            self._hurry(now)
        self.env["order.hub.message"].sudo()._keep_test(self, outcome, now)
        return self._notice(outcome)

    def _try(self, now):
        """Send a test message if the robot may talk now; return the outcome."""
        engine = self._engine()
        self._take_one(now)
        there = self.with_context(lang=self.lang or self.env.lang)
        letter = Letter(
            subject=there.env._("Order Hub: test message"),
            body=there.env._(
                "**%(robot)s** is connected. Warnings of %(company)s come here.",
                robot=self.name,
                company=(self.company_id or self.env.company).name,
            ),
            severity="info",
        )
        outcome = engine.send(engine.fit(letter)[0], now)
        if outcome.retry_after:
            self._pause(now, outcome.retry_after)
        return outcome

    def _take_one(self, now):
        """Take one message from what the robot may say.

        :raise UserError: it has to be silent for a while
        """
        pace = self.env["order.hub.robot.pace"].sudo()
        _locked, state = pace._lock(self, wait=True)
        grant = bucket.take(state, self._limits(), now)
        if not grant.count and self.state != "broken":
            raise UserError(
                self.env._(
                    "“%(robot)s” has said as much as the messenger allows. Try again "
                    "in %(seconds)s seconds.",
                    robot=self.name,
                    seconds=round(grant.wait) or 1,
                )
            )
        pace._keep(self, grant.state)

    def _notice(self, outcome: Outcome):
        """Return the notification that says what came of a test."""
        if outcome.is_sent:
            text = self.env._("The messenger has taken the test message.")
        else:
            text = self._why(outcome) or self.env._("No answer can be read.")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": self.name,
                "message": text,
                "type": "success" if outcome.is_sent else "danger",
                "sticky": not outcome.is_sent,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_view_messages(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "order_hub_alerts.order_hub_message_action"
        )
        return {**action, "domain": [("robot_id", "=", self.id)], "context": {}}
