"""Drop folders in the hub: exports of K3 as files become orders, once and whole."""

import csv
import io
import os
import shutil
import tempfile
from pathlib import Path
from unittest.mock import patch

from odoo.tests import tagged

from ..engine.erp import folder as folders
from .test_erp import ErpCommon

TABLES = ("SEOrder", "SEOrderEntry", "t_Organization", "t_ICItem")


@tagged("post_install", "-at_install")
class TestErpFolder(ErpCommon):
    def setUp(self):
        super().setUp()
        self.base = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.base)
        self.startPatcher(
            patch.object(type(self.erp), "_drop_folder", lambda _erp: self.base)
        )
        self.erp = self._connection(
            name="K3 by files",
            dialect="csv",
            folder="k3",
            **dict.fromkeys(("host", "database", "user_name", "new_secret"), False),
            port=0,
            allow_internal=False,
        )
        self.place = folders.place(self.base, "k3")

    def _columns(self, table):
        rows = self.server.run(
            "k3",
            "SELECT COLUMN_NAME FROM information_schema.COLUMNS WHERE "
            f"TABLE_SCHEMA = 'k3' AND TABLE_NAME = '{table}' "
            "ORDER BY ORDINAL_POSITION",
        )
        return [name for [name] in rows]

    def _export(self, table, batch="1", encoding="utf-8-sig", age=60):
        """Write a table as the other system exports it; return the file."""
        names = self._columns(table)
        rows = self.server.run("k3", f"SELECT {', '.join(names)} FROM {table}")
        text = io.StringIO()
        csv.writer(text).writerows([names, *rows])
        return self._file(f"{table}-{batch}.csv", text.getvalue(), encoding, age)

    def _file(self, name, text, encoding="utf-8-sig", age=60):
        path = self.place / "in" / name
        path.write_bytes(text.encode(encoding))
        moment = path.stat().st_mtime - age
        os.utime(path, (moment, moment))
        return path

    def _deliver(self, *numbers, **how):
        for number in numbers:
            self._put(number)
        for table in TABLES:
            self._export(table, **how)

    def _names(self, where):
        return sorted(path.name for path in (self.place / where).iterdir())

    def test_a_delivery_of_files_becomes_orders_once(self):
        self._deliver(1, 2)
        self._on()
        self._read()
        orders = self._orders()
        numbers = ["SEORD000001", "SEORD000002"]
        self.assertEqual(orders.mapped("hub_external_ref"), numbers)
        self.assertEqual(orders.partner_id.commercial_partner_id, self.customer)
        self.assertEqual(orders.order_line.product_id, self.products)
        self.env.cr.postcommit.run()
        self.assertEqual((len(self._names("done")), self._names("in")), (4, []))
        self._deliver(batch="2")
        self._read()
        self.assertEqual(len(self._inbound()), 2)

    def test_files_in_a_chinese_encoding_are_read(self):
        self._deliver(1, encoding="gb18030")
        self._on()
        self._read()
        self.assertEqual(self._orders().mapped("hub_external_ref"), ["SEORD000001"])

    def test_half_a_delivery_and_one_still_written_wait(self):
        self._put(1)
        self._export("SEOrder")
        self._on()
        self._read()
        self._export("SEOrderEntry", age=0)
        self._read()
        self.assertFalse(self._inbound())
        self._deliver()
        self._read()
        self.assertEqual(len(self._orders().order_line), 2)

    def test_a_broken_file_is_put_aside_and_said(self):
        self._deliver(1)
        lines = self.place / "in" / "SEOrderEntry-1.csv"
        self._file(lines.name, lines.read_text("utf-8-sig")[:-20])
        self._on()
        run = self._read()
        self.assertFalse(self._inbound())
        self.assertEqual(run.state, "failed")
        self.assertIn("SEOrderEntry-1.csv", run.message)
        self.assertEqual((len(self._names("failed")), self._names("work")), (4, []))

    def test_a_job_that_died_has_lost_and_doubled_nothing(self):
        self._deliver(1)
        self._on()
        plan = self.erp._plan()
        folders.take(self.place, folders.deliveries(self.place, plan)[0])
        self.assertEqual(self._names("in"), [])
        self._read()
        self.assertEqual(len(self._orders()), 1)
        self.env.cr.postcommit.run()
        self.assertEqual(self._names("work"), [])

    def test_a_newer_file_of_the_same_name_is_not_written_over(self):
        self._deliver(1)
        self._on()
        plan = self.erp._plan()
        folders.take(self.place, folders.deliveries(self.place, plan)[0])
        self.server.run("k3", "DELETE FROM SEOrder", "DELETE FROM SEOrderEntry")
        self._deliver(2, age=30)
        while self._names("in") or self._names("work"):
            self._read()
            self.env.cr.postcommit.run()
        numbers = ["SEORD000001", "SEORD000002"]
        self.assertEqual(self._orders().mapped("hub_external_ref"), numbers)

    def test_no_folder_but_one_below_the_allowed_is_read(self):
        outside = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, outside)
        (Path(self.base) / "evil").symlink_to(outside)
        self._deliver(1)
        self.erp.folder = "evil"
        self.erp.state = "on"
        self.erp._job_read()
        self.assertFalse(self._inbound())
        self.assertEqual(list(outside.iterdir()), [])
