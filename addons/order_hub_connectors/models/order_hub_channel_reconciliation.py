from datetime import timedelta

import pytz

from odoo import api, fields, models

#: Hour of the company's day from which the day before is reconciled.
HOUR = 2
#: A run that has not moved for so long has lost its job.
STALLED = timedelta(hours=1)


class OrderHubChannel(models.Model):
    """Every night: the day before, against what the channel says."""

    _inherit = "order.hub.channel"

    is_reconciled = fields.Boolean(
        "Reconcile Every Night",
        default=True,
        help="Compare the orders of the day before with what the channel lists, and "
        "fetch those that are missing.",
    )
    reconciliation_ids = fields.One2many("order.hub.reconciliation", "channel_id")

    @api.model
    def _cron_reconcile(self):
        """Begin the nights that are due; take up again what has lost its job."""
        now = fields.Datetime.now()
        channels = self.search(
            [("intake_state", "in", ("on", "paused")), ("is_reconciled", "=", True)]
        )
        for channel in channels.filtered("can_list"):
            day = channel._day_due(now)
            if day and day not in channel.reconciliation_ids.mapped("day"):
                self.env["order.hub.reconciliation"]._start(channel, day)
        stalled = self.env["order.hub.reconciliation"].search(
            [("state", "=", "running"), ("moved_at", "<", now - STALLED)]
        )
        for record in stalled:
            record._enqueue()

    def _day_due(self, now):
        """Return yesterday by the company's clock, once the night is far enough.

        :param now: naive UTC
        """
        zone = pytz.timezone(self.company_id.partner_id.tz or "UTC")
        local = pytz.utc.localize(now).astimezone(zone)
        return local.date() - timedelta(days=1) if local.hour >= HOUR else None

    def action_reconcile(self):
        """Reconcile yesterday, now, and show it."""
        self.ensure_one()
        self.check_access("read")
        self.env["order.hub.inbound"]._check_may_work()
        zone = pytz.timezone(self.company_id.partner_id.tz or "UTC")
        today = pytz.utc.localize(fields.Datetime.now()).astimezone(zone).date()
        record = self.env["order.hub.reconciliation"]._start(
            self, today - timedelta(days=1)
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": "order.hub.reconciliation",
            "res_id": record.id,
            "views": [(False, "form")],
        }

    def _tell_differences(self, reconciliation):
        """Give whoever is responsible a to-do about the differences of a day."""
        quiet = self.with_context(mail_activity_quick_update=True)
        for user in self._responsible():
            quiet.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=user.id,
                summary=self.env._(
                    "%(count)s differences on %(day)s",
                    count=reconciliation.open_count,
                    day=reconciliation.day,
                ),
                note=self.env._("See the reconciliation of the day."),
            )
