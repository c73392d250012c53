import logging
import random
from datetime import timedelta

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, UserError
from odoo.tools import SQL

from ..engine import backoff

_logger = logging.getLogger(__name__)

#: Actions taken at once: enough for few queries, few enough for a short lock.
BATCH = 200
#: Orders whose parts are looked at again at once.
LOOKED_AT = 1000
CRON = "order_hub_alerts.ir_cron_warning_actions"
#: Nothing wrong with the action: the whole transaction has to be repeated.
REPEAT = (OperationalError, ConcurrencyError)


class OrderHubWarningActionJob(models.AbstractModel):
    """Carries out what warnings ask for, and ends it when they are over.

    What is to be done stands in ``order.hub.warning.action.run``. A row is locked,
    worked and marked in one transaction: killed at any point, it is either done or
    still waiting, never done twice. Two workers skip each other's rows.
    """

    _name = "order.hub.warning.action.job"
    _description = "Job for Actions of Warnings"

    @api.model
    def _cron_run(self):
        """Carry out, end and look after everything; called every five minutes."""
        now = fields.Datetime.now()
        self._carry_out(now, self._commit)
        self._close_over(now, self._commit)
        self._look_after(now)
        self._commit(1)

    def _commit(self, done):
        """Commit; return whether there is time left to go on."""
        return bool(self.env["ir.cron"]._commit_progress(done))

    @api.model
    def _trigger(self, now):
        """Have the job run soon."""
        cron = self.env.ref(CRON, raise_if_not_found=False)
        if cron:
            cron.sudo()._trigger(at=now)

    def _look_after(self, now):
        """Keep up to date what stands open meanwhile (extended by others)."""
        self.env["order.hub.breaker"]._refresh(now)

    # === CARRY OUT === #

    @api.model
    def _carry_out(self, now, progress=None):
        """Carry out all actions that are due.

        :param now: naive UTC
        :param progress: called after each batch with its size; falsy: stop
        :return: how many rows were worked
        """
        count = 0
        while runs := self._due(now):
            self._work(runs, now)
            count += len(runs)
            if progress and not progress(len(runs)):
                break
        return count

    def _due(self, now):
        """Return the next rows to work, locked: nobody else has them.

        Those of a snoozed or silenced warning wait for it.
        """
        self.env["order.hub.warning.action.run"].flush_model()
        self.env["order.hub.warning"].flush_model(["state", "inhibited_by_id"])
        rows = self.env.execute_query(
            SQL(
                """SELECT run.id FROM order_hub_warning_action_run run
                     JOIN order_hub_warning warning ON warning.id = run.warning_id
                    WHERE run.state IN ('waiting', 'failed')
                      AND run.next_try_at <= %s
                      AND (warning.state = 'resolved'
                           OR warning.state != 'snoozed'
                              AND warning.inhibited_by_id IS NULL)
                 ORDER BY run.next_try_at, run.id
                    LIMIT %s FOR UPDATE OF run SKIP LOCKED""",
                now,
                BATCH,
            )
        )
        runs = self.env["order.hub.warning.action.run"].sudo()
        return runs.browse([row[0] for row in rows])

    def _work(self, runs, now):
        """Carry out rows that are locked, action by action."""
        runs = runs.with_context(hub_now=now)
        over = runs.filtered(lambda run: run.warning_id.state == "resolved")
        over.write({"state": "skipped", "error": False})
        for action, group in (runs - over).grouped("action_id").items():
            self._try(group, lambda rows, a=action: a._do(rows, now), now)

    def _try(self, runs, work, now):
        """Work rows together; where that fails, each alone, so that one bad row
        does not hold up the others."""
        try:
            with self.env.cr.savepoint():
                work(runs)
        except REPEAT:
            raise
        except Exception as error:
            if len(runs) > 1:
                for run in runs:
                    self._try(run, work, now)
                return
            self._failed(runs, error, now)

    def _failed(self, run, error, now):
        """Keep why a row failed, and when it is tried again."""
        words = str(error)
        if not isinstance(error, UserError):
            _logger.warning("Action %s of a warning failed", run.id, exc_info=error)
            words = f"{type(error).__name__}: {error}"
        self._refuse({run: words}, now)

    def _refuse(self, problems, now):
        """Keep why rows could not be carried out, and when they are tried again.

        :param problems: ``{row: words}``; one that is done already and could not be
            ended stays so, and is looked at again at the next run
        """
        for run, words in problems.items():
            tries = run.attempts + 1
            vals = {"attempts": tries, "error": words}
            if run.state != "done":
                wait = backoff.wait(tries, random.random)
                vals["state"] = "failed"
                vals["next_try_at"] = now + timedelta(seconds=round(wait))
            run.write(vals)

    # === OVER === #

    @api.model
    def _close_over(self, now, progress=None):
        """End everything whose warning is over, or whose parts have come.

        :param now: naive UTC
        :return: how many rows were ended
        """
        return sum(
            self._close_all(find, now, progress)
            for find in (self._resolved, self._complete)
        )

    def _close_all(self, find, now, progress):
        """End what a finder finds, batch by batch in the order of ids."""
        last = count = 0
        while True:
            looked_at, over = find(last, now)
            if not looked_at:
                return count
            last = looked_at[-1]
            for action, group in over.grouped("action_id").items():
                self._try(group, lambda rows, a=action: a._undo(rows, now), now)
            count += len(over)
            if progress and not progress(len(over)):
                return count

    def _resolved(self, last, now):
        """Return ``(ids looked at, rows to end)``: their warning is resolved."""
        ids = self._open_ids(SQL("warning.state = 'resolved'"), last, BATCH)
        return ids, self.env["order.hub.warning.action.run"].sudo().browse(ids)

    def _complete(self, last, now):
        """Return ``(ids looked at, rows to end)``: nothing is missing any more."""
        condition = SQL("action.only_missing AND warning.state != 'resolved'")
        ids = self._open_ids(condition, last, LOOKED_AT)
        runs = self.env["order.hub.warning.action.run"].sudo().browse(ids)
        if not ids:
            return ids, runs
        found = self.env["order.hub.missing.parts"]._find(runs.order_id, now)
        return ids, runs.filtered(
            lambda run: not run.order_id or not found[run.order_id.id].parts
        )

    def _open_ids(self, condition, last, limit):
        """Return ids of rows that stand open under a condition, locked, in order."""
        for model in ("order.hub.warning.action.run", "order.hub.warning"):
            self.env[model].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT run.id FROM order_hub_warning_action_run run
                     JOIN order_hub_warning warning ON warning.id = run.warning_id
                     JOIN order_hub_warning_action action ON action.id = run.action_id
                    WHERE run.state = 'done' AND run.id > %s AND %s
                 ORDER BY run.id LIMIT %s FOR UPDATE OF run SKIP LOCKED""",
                last,
                condition,
                limit,
            )
        )
        return [row[0] for row in rows]
