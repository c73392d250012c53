from datetime import timedelta, timezone

from odoo import api, fields, models

from ..adapters.base import AdapterError, Throttled

FIRST_DAYS = 7


class OrderHubChannel(models.Model):
    """Fetching what a platform has: a cursor, an overlap, and patience.

    The overlap asks again for the last minutes, because platforms show an order
    a little later than they say; what comes twice is stored once.
    """

    _inherit = "order.hub.channel"

    pull_minutes = fields.Integer(
        "Fetch Every (min)", default=10, help="0: only when somebody asks for it."
    )
    overlap_minutes = fields.Integer("Overlap (min)", default=15)
    pulled_at = fields.Datetime("Fetched Up To", readonly=True, copy=False)
    cursor = fields.Char(
        readonly=True,
        copy=False,
        help="Where the last fetch stopped half-way, as the platform says it.",
    )
    pull_next_at = fields.Datetime("Next Fetch", readonly=True, copy=False)

    def action_pull(self):
        """Fetch what is new, now, in a job."""
        self.check_access("write")
        for channel in self:
            channel.sudo()._delay_pull()
        return True

    def _delay_pull(self):
        self.with_delay(
            description=f"Fetch {self.code}", identity_key=f"order_hub_pull_{self.id}"
        )._job_pull()

    @api.model
    def _cron_pull(self):
        """Ask for a fetch of every channel whose time has come."""
        now = fields.Datetime.now()
        channels = self.search(
            [("intake_state", "in", ("on", "paused")), ("pull_minutes", ">", 0)]
        )
        due = channels.filtered(
            lambda c: c.can_pull and (not c.pull_next_at or c.pull_next_at <= now)
        )
        for channel in due:
            channel.pull_next_at = now + timedelta(minutes=channel.pull_minutes)
            channel._delay_pull()

    def _job_pull(self):
        """Fetch from where the last fetch ended (a job).

        What was fetched before a failure is kept, with the cursor.

        :return: a sentence for the list of jobs
        """
        self.ensure_one()
        if self.intake_state not in ("on", "paused"):
            return self.env._("%s is not on.", self.name)
        until = fields.Datetime.now()
        count = 0
        try:
            for page in self._adapter().pull(self.cursor or "", *self._window(until)):
                self.env["order.hub.inbound"].sudo()._receive(self, page.messages)
                count += len(page.messages)
                self.cursor = page.cursor
        except AdapterError as error:
            self._pull_stopped(error)
            return str(error)
        self.write({"pulled_at": until, "cursor": False})
        self._worked()
        return self.env._("%s messages.", count)

    def _window(self, until):
        since = self.pulled_at or until - timedelta(days=FIRST_DAYS)
        since -= timedelta(minutes=self.overlap_minutes)
        return tuple(moment.replace(tzinfo=timezone.utc) for moment in (since, until))

    def _pull_stopped(self, error):
        self._failed(error)
        if isinstance(error, Throttled):
            wait = timedelta(seconds=min(error.retry_after, 3600))
            self.pull_next_at = fields.Datetime.now() + wait
