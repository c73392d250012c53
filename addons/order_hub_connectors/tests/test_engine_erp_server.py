"""A real MariaDB: whole orders while others write, and processes killed half-way."""

import contextlib
import multiprocessing
import os
import signal
import threading
import time

import pymysql

from ..engine.erp import link, writing
from ..engine.erp.errors import Denied, ErpError, Forbidden, NotWritten, Unreachable
from ..engine.erp.query import Position
from ..engine.erp.reading import Limits, needs_second_look, read_batch
from ..engine.erp.schema import read_schema
from . import erp_server
from .engine_erp_case import NOTE, OWN, EngineErpCase


class TestEngineErpServer(EngineErpCase):
    def setUp(self):
        super().setUp()
        self.server.run("k3e", *erp_server.k3_order(1, lines=3))

    def _batch(self, open_link, size=200):
        with link.snapshot(open_link) as connection:
            schema = read_schema(connection, NOTE)
            return read_batch(
                connection, schema, NOTE.order, Position(), Limits(rows=size)
            )

    def _schema(self, open_link):
        with link.snapshot(open_link) as connection:
            return read_schema(connection, NOTE)

    def _note(self, number=1):
        sql = f"SELECT FNote FROM SEOrder WHERE FInterID = {number}"
        return self.server.run("k3e", sql)[0][0]

    def test_orders_are_whole_while_somebody_writes_them(self):
        stop = threading.Event()

        def client():
            with contextlib.closing(self.server.admin("k3e")) as connection:
                connection.autocommit(False)
                number = 100
                while not stop.is_set():
                    number += 1
                    with connection.cursor() as cursor:
                        for statement in erp_server.k3_order(number, lines=3):
                            cursor.execute(statement)
                            time.sleep(0.002)
                    connection.commit()

        writer = threading.Thread(target=client)
        writer.start()
        try:
            open_link = self._link()
            for _turn in range(8):
                batch = self._batch(open_link, size=2000)
                self.assertFalse(batch.refused)
                for record in batch.records:
                    self.assertEqual(len(record.values["lines"]), 3)
        finally:
            stop.set()
            writer.join()

    def test_tables_without_transactions_are_looked_at_twice(self):
        open_link = self._link()
        with link.snapshot(open_link) as connection:
            self.assertFalse(
                needs_second_look(connection, read_schema(connection, NOTE))
            )
        self.server.run("k3e", "ALTER TABLE SEOrderEntry ENGINE=MyISAM")
        with link.snapshot(open_link) as connection:
            self.assertTrue(
                needs_second_look(connection, read_schema(connection, NOTE))
            )

    def test_the_database_itself_is_told_to_read_only(self):
        with link.snapshot(self._link()) as connection:
            raw = connection.connection.driver_connection
            with self.assertRaises(pymysql.err.MySQLError), raw.cursor() as cursor:
                cursor.execute("UPDATE SEOrder SET FNote = 'x'")

    def test_a_writer_killed_before_its_commit_has_written_nothing(self):
        schema = self._schema(self._link())
        ready, told = multiprocessing.Pipe(duplex=False)

        def child():
            def stay(*_args):
                told.send(1)
                time.sleep(60)

            writing.compare = stay  # between the writing and the commit
            open_link = link.open_link(self.target, OWN, True)
            writing.write_row(open_link, schema, NOTE.order, (1,), {"FNote": "half"})

        process = multiprocessing.get_context("fork").Process(target=child)
        process.start()
        self.assertTrue(ready.poll(30))
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        done = writing.write_row(
            self._link(True), schema, NOTE.order, (1,), {"FNote": "whole"},
            {"FNote": None},
        )  # fmt: skip
        self.assertEqual(
            (done.before, done.after), ({"FNote": None}, {"FNote": "whole"})
        )

    def test_a_server_killed_while_it_writes_has_all_or_nothing(self):
        open_link = self._link(True)
        schema = self._schema(open_link)
        read = writing._read

        def kill(*args):
            self.server.kill()
            return read(*args)

        writing._read = kill
        try:
            with self.assertRaises(Unreachable):
                writing.write_row(
                    open_link, schema, NOTE.order, (1,), {"FNote": "half"}
                )
        finally:
            writing._read = read
            self.server.start()
        self.assertIsNone(self._note())
        writing.write_row(open_link, schema, NOTE.order, (1,), {"FNote": "again"})
        self.assertEqual(self._note(), "again")

    def test_a_link_that_reads_cannot_write(self):
        open_link = self._link()
        schema = self._schema(open_link)
        with self.assertRaises(Forbidden):
            writing.write_row(open_link, schema, NOTE.order, (1,), {"FNote": "x"})

    def test_only_columns_that_the_mapping_names_are_written(self):
        open_link = self._link(True)
        schema = self._schema(open_link)
        for name in ("FStatus", "FBillNo", "FInterID", "FNote = 1 --"):
            with self.subTest(name=name), self.assertRaises(NotWritten):
                writing.write_row(open_link, schema, NOTE.order, (1,), {name: "9"})

    def test_a_value_that_the_column_cuts_is_not_written(self):
        open_link = self._link(True)
        schema = self._schema(open_link)
        with self.assertRaises(NotWritten):
            writing.write_row(open_link, schema, NOTE.order, (1,), {"FNote": "x" * 31})
        self.assertIsNone(self._note())

    def test_a_trigger_is_found_before_the_commit(self):
        self.server.run(
            "k3e",
            "CREATE TRIGGER spoil BEFORE UPDATE ON SEOrder FOR EACH ROW "
            "SET NEW.FNote = CONCAT(NEW.FNote, '!')",
        )
        open_link = self._link(True)
        schema = self._schema(open_link)
        with self.assertRaises(NotWritten) as caught:
            writing.write_row(open_link, schema, NOTE.order, (1,), {"FNote": "mine"})
        self.assertEqual(caught.exception.code, "differs")
        self.assertIsNone(self._note())

    def test_a_row_that_somebody_has_locked_is_waited_for_not_forever(self):
        open_link = self._link(True, timeout=1)
        schema = self._schema(open_link)
        with contextlib.closing(self.server.admin("k3e")) as other:
            other.autocommit(False)
            with other.cursor() as cursor:
                cursor.execute("UPDATE SEOrder SET FNote = 'locked'")
                with self.assertRaises(ErpError):
                    writing.write_row(
                        open_link, schema, NOTE.order, (1,), {"FNote": "x"}
                    )
            other.rollback()
        self.assertIsNone(self._note())

    def test_a_wrong_password_is_said_without_it(self):
        with self.assertRaises(Denied) as caught:
            with link.snapshot(self._link(password="not-the-p4ssword")):
                self.fail("it let us in")
        self.assertNotIn("p4ssword", str(caught.exception))
        self.assertIsNone(caught.exception.__cause__)

    def test_a_slow_query_ends(self):
        with self.assertRaises(Unreachable) as caught:
            with link.snapshot(self._link(timeout=1)) as connection:
                connection.exec_driver_sql("SELECT SLEEP(20), a.* FROM SEOrder a")
        self.assertEqual(caught.exception.code, "too_slow")
