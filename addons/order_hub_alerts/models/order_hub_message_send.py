import logging
import random
import time
from datetime import timedelta

from psycopg2.errors import LockNotAvailable, SerializationFailure

from odoo import api, fields, models
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

#: Seconds after which a message that is being sent counts as left by a dead worker:
#: more than one request can take.
LEASE = 240
#: Seconds that one run of the job works; the next one comes a minute later.
RUN_SECONDS = 50.0
#: Waits up to this many seconds are sat out; a messenger's window of one second.
SHORT_WAIT = 3.0
#: Times that a step is tried when another worker changes the same rows.
TRIES = 5


class OrderHubMessage(models.Model):
    """Sending: each message by one worker, and never twice without need.

    What stays in this database (inbox, to-do) is sent and marked in one transaction.
    What leaves it is claimed first: the claim is committed before anything is sent,
    so that no other worker takes it, and a worker that dies leaves a trace. After a
    while another one takes over; as nobody knows whether the message arrived, that
    happens once (``engine.backoff``).
    """

    _inherit = "order.hub.message"

    @api.model
    def _cron_send(self):
        """Send what is due (a job; every minute)."""
        cron = self.env["ir.cron"]
        self._send_due(keep=lambda: cron._commit_progress(1))
        cron._commit_progress(remaining=0)

    @api.model
    def _send_due(self, clock=fields.Datetime.now, keep=None, sleep=time.sleep):
        """Send what is due, one message after another.

        :param clock: returns now, naive UTC
        :param keep: ends the transaction; none: everything stays in this one
        :param sleep: waits some seconds
        :return: how many were sent
        """
        worker = self.sudo().with_context(hub_keep=keep)
        began, wait, count = clock(), 0.0, worker._send_here_all(clock)
        while wait is not None and (clock() - began).total_seconds() < RUN_SECONDS:
            if wait:
                sleep(wait)
            sent, wait = worker._send_away(clock)
            count += sent
        return count

    def _send_here_all(self, clock):
        """Send everything that stays in this database, batch by batch."""
        count, began = 0, clock()
        while (clock() - began).total_seconds() < RUN_SECONDS:
            sent, is_more = self._insist(lambda: self._send_here(clock()))
            count += sent
            if not is_more:
                break
        return count

    def _send_away(self, clock):
        """Send one round of what leaves this server.

        :return: how many were sent, and the seconds after which another round makes
            sense; ``None``: nothing is left that this run could send
        """
        count, waits = 0, []
        for robot_id in self._roads(clock()):
            sent, wait = self._send_by_itself(robot_id, clock)
            count += sent
            if wait is not None and wait <= SHORT_WAIT:
                waits.append(wait)
        return count, min(waits) if waits else None

    def _send_by_itself(self, robot_id, clock):
        """As :meth:`_send_by`; what goes wrong on one road stops no other one."""
        try:
            return self._send_by(robot_id, clock)
        except Exception:
            if not self.env.context.get("hub_keep"):
                raise
            self.env.cr.rollback()
            self.env.invalidate_all(flush=False)
            _logger.exception("Messages of robot %s cannot be sent", robot_id)
            return 0, None

    def _roads(self, now):
        """Return the ids of robots with something due, and ``None`` for mail."""
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT robot_id FROM order_hub_message
                    WHERE state IN ('waiting', 'failed') AND next_try_at <= %s
                      AND (kind = 'mail' OR robot_id IS NOT NULL)
                 GROUP BY robot_id ORDER BY min(rank), min(next_try_at)""",
                now,
            )
        )
        self._keep()
        return [row[0] for row in rows]

    def _send_by(self, robot_id, clock):
        """Send messages by one road until it has to wait.

        :return: how many were sent, and seconds to wait; ``None``: nothing is due
        """
        count, began = 0, clock()
        while (clock() - began).total_seconds() < RUN_SECONDS:
            job, wait = self._insist(lambda: self._claim(robot_id, clock()))
            self._keep()
            if job is None:
                return count, wait
            outcome = job.send(clock())
            now = clock()
            self._insist(
                lambda job=job, outcome=outcome, now=now: job.record(outcome, now)
            )
            self._keep()
            count += outcome.is_sent
        return count, None

    # === CLAIM === #

    def _claim(self, robot_id, now):
        """Take one message so that no other worker does.

        :return: the job of sending it, and seconds to wait; no job: nothing is due
            (``None`` seconds), or the robot has to be silent
        """
        if robot_id:
            return self._claim_of_robot(robot_id, now)
        return self._claim_mail(now), None

    def _next(self, condition, now, limit=1):
        """Lock what is due, past what other workers have; gravest first.

        What has begun to be sent in parts comes first.
        """
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """SELECT id FROM order_hub_message
                    WHERE state IN ('waiting', 'failed') AND next_try_at <= %s AND %s
                 ORDER BY parts_done DESC, rank, next_try_at, id
                    LIMIT %s FOR UPDATE SKIP LOCKED""",
                now,
                condition,
                limit,
            ),
            log_exceptions=False,
        )
        return self.browse(row[0] for row in self.env.cr.fetchall())

    def _lease(self, now):
        """Mark a message as being sent; until the lease ends nobody else takes it."""
        self.write(
            {
                "sending_since": now,
                "attempts": self.attempts + 1,
                "next_try_at": now + timedelta(seconds=LEASE),
            }
        )
        self.flush_recordset()

    # === TRANSACTIONS === #

    def _keep(self):
        """End the transaction, if this is a worker that may."""
        keep = self.env.context.get("hub_keep")
        if keep:
            keep()

    def _insist(self, step):
        """Do a step again when another worker has changed the same rows meanwhile.

        :raise SerializationFailure: again and again
        """
        keep = self.env.context.get("hub_keep")
        for number in range(1, TRIES + 1):
            try:
                result = step()
                self.env.flush_all()
                return result
            except (SerializationFailure, LockNotAvailable):
                if not keep or number == TRIES:
                    raise
                self.env.cr.rollback()
                self.env.invalidate_all(flush=False)
                _logger.info("Somebody else was at the same rows; once more.")
                time.sleep(random.uniform(0.0, 0.05 * 2**number))
        raise AssertionError("the last try returns or raises")
