from datetime import time
from zoneinfo import ZoneInfo

from odoo import api, fields, models

from ..engine.calendars import naive, next_local

#: Moments that are offered: the clock that each means.
CLOCKS = {"noon": time(14, 0), "morning": time(8, 0)}


class OrderHubWarningSnooze(models.TransientModel):
    """Until when warnings rest."""

    _name = "order.hub.warning.snooze"
    _description = "Snooze Warnings"

    warning_ids = fields.Many2many("order.hub.warning", required=True)
    choice = fields.Selection(
        [
            ("hour", "For an hour"),
            ("noon", "Until 14:00"),
            ("morning", "Until 8:00 in the morning"),
            ("other", "Until another moment"),
        ],
        "How Long",
        default="hour",
        required=True,
    )
    until = fields.Datetime(
        compute="_compute_until",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
    )

    @api.depends("choice")
    @api.depends_context("tz")
    def _compute_until(self):
        now = fields.Datetime.now()
        zone = ZoneInfo(self.env.context.get("tz") or self.env.user.tz or "UTC")
        for wizard in self:
            if wizard.choice in CLOCKS:
                wizard.until = naive(next_local(now, CLOCKS[wizard.choice], zone))
            else:
                wizard.until = fields.Datetime.add(now, hours=1)

    def action_confirm(self):
        """Let the warnings rest."""
        self.ensure_one()
        self.warning_ids.action_snooze(self.until)
        return {"type": "ir.actions.act_window_close"}
