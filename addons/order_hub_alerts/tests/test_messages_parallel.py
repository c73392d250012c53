"""Several workers and one messenger: real transactions, real deaths."""

import multiprocessing
import os
import signal
import threading
from contextlib import closing
from datetime import timedelta
from unittest.mock import patch

from odoo import SUPERUSER_ID, api, fields, sql_db
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger

from odoo.addons.order_hub.tests.stand_in import Answer, wait_until

from ..models.order_hub_message_send import LEASE
from ..models.order_hub_robot import OrderHubRobot
from .robot_letters import client
from .stand_in_robots import SECRET, WebhookStandIn

MESSAGES = 12


class Receiver(WebhookStandIn):
    """Takes everything that comes, also a second time, and counts it."""

    windows = ()

    def answer(self, call):
        self.taken.append(call.json())
        return Answer(b"", 204)

    @property
    def keys(self):
        return sorted(body["key"] for body in self.taken)


@tagged("post_install", "-at_install", "order_hub_parallel")
class TestMessagesParallel(BaseCase):
    """Workers that have each their own connection and commit."""

    def setUp(self):
        super().setUp()
        patcher = patch.object(OrderHubRobot, "_client", lambda robot: client())
        patcher.start()
        self.addCleanup(patcher.stop)
        # Two who change one row are told so by the log; the loser begins again.
        self.enterContext(mute_logger("odoo.sql_db"))
        self.registry = Registry(get_db_name())
        self.server = self.enterContext(Receiver())
        self.addCleanup(self._clean_up)
        self.other_id = 0
        self.begin = fields.Datetime.now() - timedelta(minutes=1)
        with Connection(self.registry) as env:
            self.robot_id, self.keys = self._make(env)

    def _make(self, env):
        robot = env["order.hub.robot"].create(
            {
                "name": "Race",
                "platform": "webhook",
                "new_address": self.server.address,
                "new_secret": SECRET,
            }
        )
        rows = [
            {"key": f"RACE-{n:02}", "kind": "robot", "subject": "Late", "robot": robot}
            for n in range(MESSAGES)
        ]
        made = env["order.hub.message"]._post(rows, self.begin)
        return robot.id, sorted(made.mapped("key"))

    def _clean_up(self):
        with Connection(self.registry) as env:
            env.cr.execute(
                "DELETE FROM order_hub_message WHERE robot_id = %s OR key IN %s",
                [self.robot_id, tuple(self.keys)],
            )
            env["order.hub.robot"].browse(
                (self.robot_id, self.other_id)
            ).exists().unlink()

    def _rows(self):
        """Return ``{key: (state, attempts, unsure)}``."""
        with Connection(self.registry) as env:
            found = env["order.hub.message"].search([("key", "in", self.keys)])
            return {row.key: (row.state, row.attempts, row.unsure) for row in found}

    def _worker(self, errors, clock=fields.Datetime.now):
        """Return a thread that sends what is due, on a connection opened here."""
        connection = Connection(self.registry)
        env = connection.__enter__()

        def work():
            kind = None
            try:
                env["order.hub.message"]._send_due(clock=clock, keep=env.cr.commit)
            except BaseException as error:
                kind = type(error)
                errors.append(error)
            connection.__exit__(kind, None, None)

        return threading.Thread(target=work)

    def _run(self, count, clock=fields.Datetime.now):
        errors = []
        workers = [self._worker(errors, clock) for _number in range(count)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(60)
        self.assertEqual(errors, [])

    # === RACES === #

    def test_four_workers_send_each_message_once(self):
        self.server.script(lambda call: self._slowly(call), times=MESSAGES)
        self._run(4)
        self.assertEqual(self.server.keys, self.keys)
        self.assertEqual(set(self._rows().values()), {("sent", 1, 0)})

    def _slowly(self, call):
        self.server.taken.append(call.json())
        return Answer(b"", 204, delay=0.02)

    def test_while_a_message_is_sent_no_other_worker_takes_it(self):
        """The first worker waits for its answer; the second one sends the rest."""
        arrived, free = threading.Event(), threading.Event()
        real = OrderHubRobot._make

        def make(robot, address, secret):
            engine = real(robot, address, secret)
            send = engine.send

            def slow(letter, at):
                if letter.key == self.keys[0]:
                    arrived.set()
                    free.wait(30)
                return send(letter, at)

            engine.send = slow
            return engine

        errors = []
        with patch.object(OrderHubRobot, "_make", make):
            first = self._worker(errors)
            first.start()
            self.assertTrue(arrived.wait(30))
            second = self._worker(errors)
            second.start()
            second.join(60)
            meanwhile = self.server.keys
            free.set()
            first.join(60)
        self.assertEqual(errors, [])
        self.assertEqual(meanwhile, self.keys[1:])
        self.assertEqual(self.server.keys, self.keys)

    def test_workers_together_keep_to_the_speed_of_the_robot(self):
        with Connection(self.registry) as env:
            env["order.hub.robot"].browse(self.robot_id).per_minute = 5
        self._run(3)
        self.assertEqual(len(self.server.taken), 5)

    def test_a_person_who_changes_the_robot_meanwhile_disturbs_nobody(self):
        errors = []
        worker = self._worker(errors)
        worker.start()
        for number in range(5):
            with Connection(self.registry) as env:
                robot = env["order.hub.robot"].browse(self.robot_id)
                retrying(lambda r=robot, n=number: r.write({"name": f"Race {n}"}), env)
        worker.join(60)
        self.assertEqual(errors, [])
        self.assertEqual(self.server.keys, self.keys)

    def test_what_goes_wrong_with_one_robot_stops_no_other_one(self):
        with Connection(self.registry) as env:
            other = env["order.hub.robot"].create(
                {"name": "Other race", "platform": "webhook"}
                | {"new_address": self.server.address, "new_secret": SECRET}
            )
            row = {"key": "RACE-other", "kind": "robot", "subject": "Late"}
            env["order.hub.message"]._post([row | {"robot": other}], self.begin)
            self.keys.append("RACE-other")
            self.other_id = other.id
        real = OrderHubRobot._engine

        def fail(robot):
            if robot.id == self.robot_id:
                raise ZeroDivisionError
            return real(robot)

        with (
            patch.object(OrderHubRobot, "_engine", fail),
            self.assertLogs("odoo.addons.order_hub_alerts", "ERROR"),
        ):
            self._run(1)
        self.assertEqual(self.server.keys, ["RACE-other"])

    # === DEATHS === #

    def _killed(self, when):
        """Run a worker in a process of its own; kill it when something holds."""
        context = multiprocessing.get_context("fork")
        process = context.Process(target=_work_alone, args=(get_db_name(),))
        process.start()
        self.assertTrue(wait_until(when, 30), "the worker gets there")
        os.kill(process.pid, signal.SIGKILL)
        process.join(30)
        self.assertEqual(process.exitcode, -signal.SIGKILL)

    def test_killed_before_the_answer_it_is_sent_once_more_and_no_oftener(self):
        """The messenger took the third message, but its answer never came."""
        third = self.keys[2]
        hanging = threading.Event()

        def hang(call):
            self.server.taken.append(call.json())
            hanging.set()
            return Answer(b"", 204, delay=60)

        self.server.script(hang, when=lambda call: call.json()["key"] == third)
        self._killed(hanging.is_set)
        states = self._rows()
        self.assertEqual([states[key][0] for key in self.keys[:2]], ["sent"] * 2)
        self.assertEqual(states[third], ("waiting", 1, 0))
        self._run(2)
        self.assertEqual(self.server.keys, self.keys, "not while it may be in work")
        self._run(2, _after(LEASE + 1))
        self.assertEqual(self.server.keys, sorted([*self.keys, third]))
        self.assertEqual(self._rows()[third], ("sent", 2, 1))
        self._run(2, _after(3 * LEASE))
        self.assertEqual(len(self.server.taken), MESSAGES + 1)

    def test_killed_before_each_answer_it_is_given_up_after_two(self):
        hanging = threading.Event()

        def hang(call):
            self.server.taken.append(call.json())
            hanging.set()
            return Answer(b"", 204, delay=60)

        first = self.keys[0]
        self.server.script(hang, 9, when=lambda call: call.json()["key"] == first)
        self._killed(hanging.is_set)
        with Connection(self.registry) as env:
            env.cr.execute(
                "UPDATE order_hub_message SET next_try_at = %s WHERE key = %s",
                [self.begin, first],
            )
        hanging.clear()
        self._killed(hanging.is_set)
        self._run(1, _after(LEASE + 1))
        self.assertEqual(self.server.keys.count(first), 2)
        self.assertEqual(self._rows()[first][0], "given_up")

    def test_killed_anywhere_nothing_is_lost(self):
        """Workers that die after 1, 2, 3 … messages; another one does the rest."""
        for number in range(1, 4):
            self._killed(lambda n=number: len(self.server.taken) >= 2 * n)
        self._run(1)
        self._run(1, _after(LEASE + 1))
        self.assertEqual(set(self.server.keys), set(self.keys))
        self.assertLessEqual(len(self.server.taken), MESSAGES + 3)
        self.assertEqual({state for state, _a, _u in self._rows().values()}, {"sent"})


def _after(seconds):
    """Return a clock that is ahead."""
    return lambda: fields.Datetime.now() + timedelta(seconds=seconds)


def _work_alone(name):
    """Send what is due, in a process that shares no connection with its parent."""
    sql_db._Pool = None
    registry = Registry(name)
    registry._db = sql_db.db_connect(name)
    with closing(registry.cursor()) as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        env["order.hub.message"]._send_due(keep=cr.commit)


class Connection:
    """A connection of its own that commits at the end, and rolls back if it dies."""

    def __init__(self, registry):
        self.registry = registry

    def __enter__(self):
        self.closing = closing(self.registry.cursor())
        self.cr = self.closing.__enter__()
        return api.Environment(self.cr, SUPERUSER_ID, {})

    def __exit__(self, kind, error, traceback):
        if kind is None:
            self.cr.commit()  # pylint: disable=invalid-commit
        else:
            self.cr.rollback()
        self.closing.__exit__(kind, error, traceback)
