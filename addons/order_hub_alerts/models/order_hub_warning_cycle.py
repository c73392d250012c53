import logging
import time
from collections import Counter
from datetime import timedelta

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

#: First number of the locks of this cycle; the second is the rule, 0: the telling.
LOCK_SPACE = 715_001
#: A job that was cut short and goes on leaves out what has run since.
FRESH = timedelta(minutes=4)
#: Why a rule cannot be measured: the database, or what somebody typed.
MEASURE_ERRORS = (psycopg2.Error, UserError, ValueError, KeyError, TypeError)


class OrderHubWarningCycle(models.AbstractModel):
    """Runs the rules: measures, opens and closes warnings, has people told.

    Measuring again at the same moment changes nothing, and every moment that later
    decisions need is stored with the warning; so a cycle may be killed anywhere and
    begun again. Two cycles at once share the rules by advisory locks that end with
    the transaction; ``order.hub.warning`` has a unique index besides.
    """

    _name = "order.hub.warning.cycle"
    _description = "Warning Cycle"

    # === CYCLE === #

    @api.model
    def _run(self, now, rules=None):
        """Run rules once; running twice at one moment is running once.

        :param now: naive UTC
        :param rules: ``order.hub.warning.rule``; ``None``: all that are active
        :return: ``{"opened": n, "resolved": n, "told": n}``
        """
        if rules is None:
            rules = self._due_rules(now + FRESH)
        done = Counter(opened=0, resolved=0, told=0)
        for rule in rules.sudo():
            done.update(self.sudo()._run_rule(rule, now))
        return self._finish(done, now)

    @api.model
    def _cron_run(self):
        """Run all rules; called every five minutes.

        Commits after each batch and each rule. Rules that have waited longest come
        first, so that one that takes all the time does not starve the others.
        """
        now = fields.Datetime.now()
        cycle = self.sudo().with_context(hub_commits=True)
        rules, Cron = cycle._due_rules(now), self.env["ir.cron"]
        if not rules:
            return
        Cron._commit_progress(remaining=len(rules) + 1)
        for rule_id in rules.ids:
            cycle._run_rule(rules.browse(rule_id), now)
            if not Cron._commit_progress(1):
                return
        cycle._finish(Counter(), now)
        Cron._commit_progress(1)

    def _due_rules(self, now):
        """Return active rules that have not just run, the oldest run first."""
        return (
            self.env["order.hub.warning.rule"]
            .sudo()
            .search(
                [
                    "|",
                    ("last_run_at", "=", False),
                    ("last_run_at", "<=", now - FRESH),
                ],
                order="last_run_at NULLS FIRST, sequence, id",
            )
        )

    def _finish(self, done, now):
        """Silence consequences and tell what is due; return the figures."""
        cycle = self.sudo()
        cycle._silence()
        cycle._commit()
        done["told"] += cycle._tell_due(now)
        cycle._commit()
        return dict(done)

    def _run_rule(self, rule, now):
        """Measure one rule and settle its warnings.

        :return: ``Counter`` of warnings opened and resolved
        """
        begun = time.monotonic()
        if not self._claim(rule.id):
            return Counter()
        try:
            with self.env.cr.savepoint(flush=False):
                rows = self.env["order.hub.warning.measure"]._rows(rule, now)
            done = self._settle(rule, rows, now)
        except MEASURE_ERRORS as error:
            return self._note_error(rule, now, error)
        if done is not None:
            self._note_run(rule, now, time.monotonic() - begun)
        return done or Counter()

    @api.model
    def _try(self, rule, now):
        """Return what a rule would warn of now, writing nothing.

        :param rule: one ``order.hub.warning.rule``, a new one included
        :return: list of dicts ``res_id, order_id, company_id, value, threshold,
            since, figures``, the farthest beyond first
        :raise psycopg2.Error, ValueError: the rule cannot be measured
        """
        limits = rule._limits()
        rows = [
            {
                "res_id": row[0],
                "order_id": row[1],
                "company_id": row[2],
                "value": row[3],
                "threshold": rule.threshold,
                "since": row[4],
                "figures": row[5],
            }
            for row in self.env["order.hub.warning.measure"].sudo()._rows(rule, now)
            if row[3] is not None and limits.is_beyond(row[3])
        ]
        return sorted(rows, key=lambda row: -limits.excess(row["value"]))

    # === LOCKS, COMMITS, WATERMARKS === #

    def _claim(self, number):
        """Take a rule, or the telling (0), until the transaction ends.

        :return: ``False``: somebody else has it
        """
        [[taken]] = self.env.execute_query(
            SQL("SELECT pg_try_advisory_xact_lock(%s, %s)", LOCK_SPACE, number)
        )
        return taken

    def _commit(self):
        """Commit where this runs as a job; elsewhere the caller does."""
        if self.env.context.get("hub_commits"):
            self.env["ir.cron"]._commit_progress()

    def _note_run(self, rule, now, seconds):
        self.env.execute_query(
            SQL(
                """UPDATE order_hub_warning_rule SET last_run_at = %s,
                          last_run_ms = %s, last_error = NULL WHERE id = %s""",
                now,
                round(seconds * 1000),
                rule.id,
            )
        )
        rule.invalidate_recordset(
            ["last_run_at", "last_run_ms", "last_error"], flush=False
        )

    def _note_error(self, rule, now, error):
        """Keep why a rule could not be measured; its warnings stay as they are."""
        _logger.warning("Warning rule %s was not measured: %s", rule.id, error)
        text = str(error).strip().splitlines()
        rule._write({"last_run_at": now, "last_error": (text or ["?"])[0][:500]})
        rule.invalidate_recordset(["last_run_at", "last_error"], flush=False)
        return Counter()
