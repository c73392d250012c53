import contextlib
import json
import os
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import config

from .test_order_history import workbook

CHILD = Path(__file__).with_name("history_child.py")
ORDERS, PIECE, PAUSE = 120, 10, 0.3
PATIENCE = 120
CUSTOMER, SKU = "History Killed 宏达", "HISTORY-KILLED"


@tagged("post_install", "-at_install", "order_hub_parallel")
class TestHistoryKilled(BaseCase):
    """A worker of its own process is killed with work in hand; another goes on."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        model = self.registry["order.hub.history.file"]
        self.startPatcher(patch.object(model, "_enqueue", lambda files: None))
        self.addCleanup(self._clean_up)
        with self._env() as env:
            partner = env["res.partner"].create({"name": CUSTOMER, "is_company": True})
            product = env["product.product"].create({"name": SKU, "default_code": SKU})
            source = env["order.hub.history.source"].create({"name": CUSTOMER})
            file, _new = env["order.hub.history.file"]._receive(
                source, "killed.xlsx", self._workbook(), "upload"
            )
            self.ids = (partner.id, product.product_tmpl_id.id, source.id, file.id)

    @contextlib.contextmanager
    def _env(self):
        """Yield an environment of a connection of its own that commits."""
        with self.registry.cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})

    @contextlib.contextmanager
    def _file(self):
        with self._env() as env:
            yield env["order.hub.history.file"].browse(self.ids[3])

    def _workbook(self):
        """Return a list of orders of two rows each."""
        days = [date(2019, 1, 1) + timedelta(days=n) for n in range(ORDERS)]
        return workbook(
            [
                [f"HK-{n:04}", day, CUSTOMER, SKU, piece, 10, 10 * piece, None]
                for n, day in enumerate(days)
                for piece in (1, 2)
            ]
        )

    def _clean_up(self):
        """Take away what was committed."""
        partner_id, product_id, source_id, _file_id = self.ids
        with self._file() as file:
            file.state = "undoing"
            file._job_work()
            file.row_ids.unlink()
            file.unlink()
        with self._env() as env:
            env["order.hub.history.source"].browse(source_id).unlink()
            env["product.template"].browse(product_id).unlink()
            env["res.partner"].browse(partner_id).unlink()

    # === A WORKER === #

    def _start(self):
        """Start a process that works on the file, slowly; it ends with the test."""
        asked = {
            "options": self._options(),
            "database": get_db_name(),
            "file": self.ids[3],
            "piece": PIECE,
            "pause": PAUSE,
        }
        child = subprocess.Popen(
            [sys.executable, str(CHILD), json.dumps(asked)],
            env={**os.environ, "PGPASSWORD": config["db_password"] or ""},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.addCleanup(child.wait)
        self.addCleanup(child.kill)
        return child

    def _options(self):
        options = ["--no-http", "--max-cron-threads=0", "--log-level=critical"]
        for name in ("db_host", "db_port", "db_user", "data_dir"):
            if config[name]:
                flag = name.replace("_", "-") if name == "data_dir" else name
                options.append(f"--{flag}={config[name]}")
        return [*options, f"--addons-path={','.join(config['addons_path'])}"]

    def _killed_half_way(self, done, total):
        """Have a worker killed (SIGKILL) once something is stored, and not all.

        :param done: function of the file: how much is stored
        :return: how much it was
        """
        child = self._start()
        self._until(lambda: self._count(done) or child.poll() is not None)
        self.assertIsNone(child.poll(), "the worker ended before it was killed")
        child.kill()
        child.wait()
        stored = self._count(done)
        self.assertTrue(0 < stored < total, f"{stored} of {total}")
        return stored

    def _count(self, done):
        with self._file() as file:
            return done(file)

    def _go_on(self, state):
        """Work as another worker until the file has come to a state."""

        def work():
            with self._file() as file:
                file._job_work()
                return file.state == state

        self._until(work)

    def _until(self, holds):
        end = time.monotonic() + PATIENCE
        while not holds():
            self.assertLess(time.monotonic(), end, "waited too long")
            time.sleep(0.05)

    # === TEST === #

    def test_killed_in_reading_taking_and_undoing_nothing_is_lost_or_doubled(self):
        with self._file() as file:
            file._job_work()
            file.action_confirm_columns()
        stored = self._killed_half_way(lambda file: len(file.row_ids), 2 * ORDERS)
        with self._file() as file:
            self.assertEqual((file.state, file.position), ("reading", stored))
        self._go_on("review")
        self._check_rows()
        with self._file() as file:
            file.action_approve_certain()
            file.action_take_in()
        self._killed_half_way(lambda file: len(self._orders(file)), ORDERS)
        with self._file() as file:
            pieces = [len(order.order_line) for order in self._orders(file)]
            self.assertEqual(set(pieces), {2}, "never half an order")
        self._go_on("done")
        self._check_orders()
        with self._file() as file:
            file.action_undo()
        gone = self._killed_half_way(self._gone, ORDERS)
        with self._file() as file:
            waiting = file.row_ids.filtered(lambda row: row.state == "new")
            self.assertEqual((file.state, len(waiting)), ("undoing", 2 * gone))
        self._go_on("review")
        self.assertEqual(self._count(lambda file: len(self._orders(file))), 0)

    def _orders(self, file):
        return file.env["sale.order"].search([("hub_history_file_id", "=", file.id)])

    def _gone(self, file):
        return ORDERS - len(self._orders(file))

    def _check_rows(self):
        """Each row of the list is there once, in its order."""
        with self._file() as file:
            rows = file.row_ids.sorted("row_no").mapped("number")
        numbers = [f"HK-{n:04}" for n in range(ORDERS) for _piece in (1, 2)]
        self.assertEqual(rows, numbers)

    def _check_orders(self):
        """Each order is there once, with both of its lines."""
        with self._file() as file:
            orders = self._orders(file).sorted("name")
            self.assertEqual(
                orders.mapped("name"), [f"HK-{n:04}" for n in range(ORDERS)]
            )
            self.assertEqual(set(orders.mapped("amount_untaxed")), {30.0})
