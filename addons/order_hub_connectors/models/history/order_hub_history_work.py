import resource
import time
from datetime import timedelta

import psycopg2

from odoo import api, fields, models
from odoo.tools import SQL

from ...const import HISTORY_WORKING
from ...engine.table import BadTable

#: First number of the advisory lock of a file that is at work.
LOCK = 8_190_054
#: A file that was at work and has not moved since is taken up again.
STALLED = timedelta(minutes=10)


class OrderHubHistoryFile(models.Model):
    """Jobs: a file goes from step to step, a chunk and a commit at a time.

    Rows and the place they were read up to are stored together, so that a worker that
    is killed loses no more than its chunk and the next one goes on there. One worker
    a file: the lock is the session's and goes with it, however it ends.
    """

    _inherit = "order.hub.history.file"

    def _enqueue(self):
        """Have the files worked on in jobs; ones that wait already count."""
        for file in self.sudo():
            file.with_delay(
                description=f"History {file.name}",
                identity_key=f"order_hub_history_{file.id}",
            )._job_work()

    def _job_work(self):
        """Do what is to be done with a file (a job that commits).

        :return: a sentence for the list of jobs
        """
        self.ensure_one()
        if not self._lock_work():
            return self.env._("Another worker is at it.")
        try:
            self.with_context(order_hub_history_seen={})._go_on()
        finally:
            self._unlock_work()
        return self.state

    def _go_on(self):
        """Do step after step until a person is asked, or none moves on."""
        while self.exists() and self.state in HISTORY_WORKING:
            before = self.state
            self._do(before)
            self._commit_piece()
            if self.state == before:
                break

    def _do(self, state):
        """Do one step; a file that cannot be read says why and waits for a person."""
        begun = time.monotonic()
        try:
            getattr(self, f"_do_{state}")()
        except BadTable as error:
            self._broken({"code": error.code, "text": str(error)[:500]})
        self.write(
            {
                "read_seconds": self.read_seconds + time.monotonic() - begun,
                "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
                "moved_at": fields.Datetime.now(),
            }
        )

    def _broken(self, problem):
        self.write({"state": "broken", "problem": problem})

    def _commit_piece(self):
        """Store what was done so far; from here on a crash loses nothing of it."""
        self.env["ir.cron"]._commit_progress()

    # === ONE WORKER === #

    def _lock_work(self):
        [[is_mine]] = self.env.execute_query(
            SQL("SELECT pg_try_advisory_lock(%s, %s)", LOCK, self.id)
        )
        return is_mine

    def _unlock_work(self):
        try:
            self.env.execute_query(
                SQL("SELECT pg_advisory_unlock(%s, %s)", LOCK, self.id)
            )
        except psycopg2.Error:
            # The transaction is lost, and what it held must not outlive it.
            self.env.cr.rollback()
            self.env.execute_query(
                SQL("SELECT pg_advisory_unlock(%s, %s)", LOCK, self.id)
            )

    @api.model
    def _cron_stalled(self):
        """Have files taken up again whose worker died."""
        since = fields.Datetime.now() - STALLED
        self.search(
            [("state", "in", HISTORY_WORKING), ("write_date", "<", since)]
        )._enqueue()
