from odoo import api, fields, models

from ..engine import bucket, robots
from ..engine.bucket import Limit, Limits


class OrderHubRobot(models.Model):
    """How fast a robot may talk."""

    _inherit = "order.hub.robot"

    limits_text = fields.Char("Speed", compute="_compute_limits_text")

    @api.depends("platform", "per_minute")
    @api.depends_context("lang")
    def _compute_limits_text(self):
        for robot in self:
            limits = robot._limits() if robot.platform else None
            windows = limits.windows if limits else ()
            robot.limits_text = ", ".join(map(robot._limit_words, windows))

    def _limit_words(self, limit):
        if limit.seconds == 60:
            return self.env._("%s a minute", limit.count)
        if limit.seconds == 1:
            return self.env._("%s a second", limit.count)
        return self.env._(
            "%(count)s in %(seconds)s s", count=limit.count, seconds=limit.seconds
        )

    def _limits(self):
        """Return how fast the robot may talk (``engine.bucket.Limits``)."""
        self.ensure_one()
        known = robots.ROBOTS[self.platform].limits
        if not self.per_minute:
            return known
        windows = tuple(
            Limit(min(limit.count, self.per_minute), limit.seconds)
            if limit.seconds == 60
            else limit
            for limit in known.windows
        )
        return Limits(windows, known.block, known.margin)

    def _pause(self, now, seconds):
        """Let nothing through for a while, whatever waits.

        :param now: naive UTC
        """
        pace = self.env["order.hub.robot.pace"].sudo()
        _locked, state = pace._lock(self, wait=True)
        pace._keep(self, bucket.block(state, self._limits(), now, seconds))

    def _go_on(self, now):
        """End a pause; what was said lately still counts."""
        pace = self.env["order.hub.robot.pace"].sudo()
        for robot in self:
            _locked, state = pace._lock(robot, wait=True)
            pace._keep(robot, bucket.unblock(state, robot._limits(), now))
