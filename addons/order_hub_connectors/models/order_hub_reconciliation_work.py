from datetime import timedelta, timezone

from odoo import fields, models

from ..adapters.base import (
    AdapterError,
    AuthenticationFailed,
    ChannelDown,
    Throttled,
)

#: One job lists so much of the day.
SLICE = timedelta(hours=6)
#: Orders that one job asks the platform about.
ASKED = 50
MAX_TRIES = 6
PATIENCE = timedelta(minutes=10)


class OrderHubReconciliation(models.Model):
    """Jobs: each does one bounded piece and has the next one done.

    Where it got to is in the record, so that a job that dies is taken up again at
    that point, and a second one of the same record finds it locked and leaves.
    """

    _inherit = "order.hub.reconciliation"

    def _enqueue(self, after=None):
        """Have the next piece done in a job.

        :param after: ``timedelta`` to wait before
        """
        self.with_delay(
            description=f"Reconcile {self.channel_id.code} {self.day}",
            identity_key=f"order_hub_reconcile_{self.id}",
            eta=after and fields.Datetime.now() + after,
        )._job_piece()

    def _job_piece(self):
        """Do the next piece (a job; one transaction).

        :return: a sentence for the list of jobs
        """
        record = self.try_lock_for_update()
        if not record:
            return self.env._("Another worker is at it.")
        if record.state != "running":
            return self.env._("Nothing to do.")
        try:
            getattr(record, f"_do_{record.phase}")(record.channel_id._adapter())
        except AdapterError as error:
            return record._stopped(error)
        record.write({"tries": 0, "error": False, "moved_at": fields.Datetime.now()})
        if record.phase == "done":
            record._finish()
        else:
            record._enqueue()
        return record.phase

    def _stopped(self, error):
        """Try again later what may pass; give up, with the reason, what will not."""
        self.write({"tries": self.tries + 1, "error": str(error)[:500]})
        may_pass = isinstance(error, Throttled | ChannelDown)
        if may_pass and self.tries <= MAX_TRIES:
            seconds = getattr(error, "retry_after", PATIENCE.total_seconds())
            self._enqueue(after=timedelta(seconds=min(max(seconds, 1), 3600)))
        else:
            self.write({"state": "failed"})
        if isinstance(error, AuthenticationFailed):
            self.channel_id._failed(error)
        return str(error)

    # === PIECES === #

    def _do_list(self, adapter):
        """List a part of the day."""
        since = self.listed_until or self.since
        until = min(since + SLICE, self.until)
        aware = (moment.replace(tzinfo=timezone.utc) for moment in (since, until))
        Item = self.env["order.hub.reconciliation.item"].sudo()
        Item._keep_all(self, adapter.list_orders(*aware))
        self.write(
            {
                "listed_until": until,
                "phase": "list" if until < self.until else "compare",
            }
        )

    def _do_fetch(self, adapter):
        """Fetch orders that the hub has not got, and receive them at once."""
        lines = self._unasked("missing_here")
        if not lines:
            self.phase = "check"
            return
        messages = [adapter.fetch(line.external_ref) for line in lines]
        lines.is_asked = True
        Inbound = self.env["order.hub.inbound"].sudo()
        Inbound._receive(self.channel_id, [row for row in messages if row])
        found = Inbound.search(
            [
                ("channel_id", "=", self.channel_id.id),
                ("kind", "=", "order"),
                ("external_ref", "in", lines.mapped("external_ref")),
            ]
        )
        by_ref = {row.external_ref: row for row in found}
        for line in lines.filtered(lambda line: line.external_ref in by_ref):
            line.write({"inbound_id": by_ref[line.external_ref].id, "state": "fetched"})

    def _do_check(self, adapter):
        """Ask after orders that the channel did not list: an order of a minute before
        midnight may be of the day before there."""
        lines = self._unasked("missing_there")
        if not lines:
            self.phase = "done"
            return
        known = [
            line.id for line in lines if adapter.fetch(line.external_ref) is not None
        ]
        lines.is_asked = True
        lines.browse(known).state = "settled"

    def _unasked(self, kind):
        Line = self.env["order.hub.reconciliation.line"].sudo()
        domain = [
            ("reconciliation_id", "=", self.id),
            ("kind", "=", kind),
            ("is_asked", "=", False),
        ]
        return Line.search(domain, limit=ASKED)

    def _finish(self):
        """Close the day, and tell the one responsible about differences."""
        self._drop_items()
        self.write({"state": "done", "finished_at": fields.Datetime.now()})
        self.channel_id._worked()
        if self.open_count:
            self.channel_id._tell_differences(self)
