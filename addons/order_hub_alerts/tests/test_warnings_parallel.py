"""Cycles that meet, and cycles that die: with real transactions."""

import threading
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger

from ..models import order_hub_warning_cycle_store as store
from .warning_common import NOW

NAME = "Race 竞速 warning"
RECORDS = 5


class Killed(BaseException):
    """The process is gone: nothing catches it, nothing is committed."""


@tagged("post_install", "-at_install", "order_hub_parallel")
class TestWarningParallel(BaseCase):
    """Five records that are beyond their threshold, and cycles that fall over them.

    What is told is written into a table by the transaction that tells it.
    """

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        self.addCleanup(self._clean_up)
        with self._env() as env:
            env["res.partner"].create([{"name": NAME}] * RECORDS)
            rule = env["order.hub.warning.rule"].create(
                {
                    "name": NAME,
                    "kind": "domain",
                    "res_model": "res.partner",
                    "domain": f"[('name', '=', '{NAME}')]",
                    "minutes": 1,
                    "company_id": False,
                    "recipient_ids": [(0, 0, {"who": "user", "user_id": 2})],
                }
            )
            self.rule_id = rule.id
            self._cycle(env, NOW)
        for target, name, new in (
            (self.registry["order.hub.warning.cycle"], "_send", self._written),
            (store, "BATCH", 2),
        ):
            patcher = patch.object(target, name, new)
            patcher.start()
            self.addCleanup(patcher.stop)

    @contextmanager
    def _env(self):
        """Yield an environment of a connection of its own that commits."""
        with self.registry.cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})

    def _cycle(self, env, now):
        """Run the rule as the job does: with a commit after each batch."""
        rule = env["order.hub.warning.rule"].browse(self.rule_id)
        cycle = env["order.hub.warning.cycle"].with_context(hub_commits=True)
        return cycle._run(now, rule)

    @staticmethod
    def _written(cycle, spoken, now):
        """Instead of messages: a row for each, in the same transaction."""
        for one in spoken:
            cycle.env.cr.execute(
                """INSERT INTO ir_logging (name, type, path, func, line, message)
                   VALUES (%s, 'server', '', '', '', %s)""",
                [NAME, str(one.row.id)],
            )

    def _clean_up(self):
        with self._env() as env:
            for table, column, value in (
                ("order_hub_warning", "rule_id", self.rule_id),
                ("order_hub_warning_rule", "id", self.rule_id),
                ("res_partner", "name", NAME),
                ("ir_logging", "name", NAME),
            ):
                env.cr.execute(
                    f"DELETE FROM {table} WHERE {column} = %s",  # noqa: S608  # pylint: disable=sql-injection
                    [value],
                )

    def _again(self):
        """Put everything back to before the warnings opened."""
        with self._env() as env:
            env.cr.execute("DELETE FROM ir_logging WHERE name = %s", [NAME])
            env.cr.execute(
                "DELETE FROM order_hub_warning WHERE rule_id = %s", [self.rule_id]
            )
            self._cycle(env, NOW)

    def _facts(self):
        """Return how many warnings stand by state, and how often each was told."""
        with self._env() as env:
            env.cr.execute(
                "SELECT state, count(*) FROM order_hub_warning WHERE rule_id = %s "
                "GROUP BY state",
                [self.rule_id],
            )
            states = dict(env.cr.fetchall())
            env.cr.execute("SELECT message FROM ir_logging WHERE name = %s", [NAME])
            return states, Counter(row[0] for row in env.cr.fetchall())

    def _check_once(self):
        states, told = self._facts()
        self.assertEqual(states, {"open": RECORDS})
        self.assertEqual(set(told.values()), {1})
        self.assertEqual(len(told), RECORDS)

    def _run_and_die(self, now, statement):
        """Run a cycle whose process is killed at one of its statements.

        :return: ``False``: it had fewer statements and came to its end
        """
        cr = self.registry.cursor()
        env, left = api.Environment(cr, SUPERUSER_ID, {}), [statement]
        execute = cr._obj.execute

        def counted(query, params=None):
            if left[0] == 0:
                raise Killed
            left[0] -= 1
            return execute(query, params)

        try:
            with patch.object(type(cr), "execute", _counting(cr, counted)):
                self._cycle(env, now)
            return False
        except Killed:
            return True
        finally:
            cr._obj.connection.rollback()
            cr.close()

    @mute_logger("odoo.sql_db")
    def test_a_cycle_killed_anywhere_loses_nothing_and_doubles_nothing(self):
        later, statement, deaths = NOW + timedelta(minutes=1), 0, 0
        while True:
            self._again()
            died = self._run_and_die(later, statement)
            with self._env() as env:
                self._cycle(env, later)
            self._check_once()
            if not died:
                break
            statement, deaths = statement + 1, deaths + 1
        self.assertGreater(deaths, 10)

    @mute_logger("odoo.sql_db")
    def test_two_cycles_at_once_open_and_tell_each_warning_once(self):
        later, errors = NOW + timedelta(minutes=1), []
        cursors = [self.registry.cursor() for _number in range(2)]
        envs = [api.Environment(cr, SUPERUSER_ID, {}) for cr in cursors]
        for cr in cursors:
            cr.execute("SELECT 1")  # both see what was before either began

        def run(env):
            try:
                self._cycle(env, later)
                env.cr.commit()
            except Exception as error:
                errors.append(error)
                env.cr.rollback()
            finally:
                env.cr.close()

        workers = [threading.Thread(target=run, args=(env,)) for env in envs]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(60)
        with self._env() as env:  # the next one, five minutes later
            self._cycle(env, later + timedelta(minutes=5))
        self._check_once()

    def test_a_rule_that_another_cycle_has_is_left_to_it(self):
        later = NOW + timedelta(minutes=1)
        with self._env() as other:
            self.assertTrue(other["order.hub.warning.cycle"]._claim(self.rule_id))
            with self._env() as env:
                self._cycle(env, later)
            self.assertEqual(self._facts()[0], {"pending": RECORDS})
        with self._env() as env:
            self._cycle(env, later)
        self._check_once()


def _counting(cursor, counted):
    """Return ``Cursor.execute`` that counts the statements of one cursor."""
    whole = type(cursor).execute

    def execute(self, query, params=None, log_exceptions=True):
        if self is not cursor:
            return whole(self, query, params, log_exceptions)
        inner = self._obj

        class Through:
            def __getattr__(self, name):
                return counted if name == "execute" else getattr(inner, name)

        self._obj = Through()
        try:
            return whole(self, query, params, log_exceptions)
        finally:
            self._obj = inner

    return execute
