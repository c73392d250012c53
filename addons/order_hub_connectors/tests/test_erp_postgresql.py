"""A second PostgreSQL database as the other system, and the hub's own one refused."""

import contextlib
import socket
import threading
from unittest.mock import patch

import psycopg2

from odoo import tools
from odoo.exceptions import UserError
from odoo.sql_db import connection_info_for
from odoo.tests import tagged

from odoo.addons.order_hub.tests.common import OrderHubCommon

from ..engine.erp.link import LINKS, snapshot

SHAPE = """
    CREATE TABLE head (id serial PRIMARY KEY, no text, moved timestamp DEFAULT now(),
        who text, money text DEFAULT 'CNY', hub text);
    CREATE TABLE rows (head int, pos int, code text, qty numeric(28,10),
        price numeric(28,10), PRIMARY KEY (head, pos));
"""


class Tunnel:
    """A port on 127.0.0.1 that leads to the database server of the hub.

    The server may listen on a socket only; and a tunnel is just what hides from a
    connection's address which database it really reaches.
    """

    def __init__(self, address):
        self.address, self.open = address, True
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while self.open:
            try:
                client, _who = self.listener.accept()
            except OSError:
                return
            far = self._connect()
            for one, other in ((client, far), (far, client)):
                threading.Thread(
                    target=self._carry, args=(one, other), daemon=True
                ).start()

    def _connect(self):
        if isinstance(self.address, str):
            far = socket.socket(socket.AF_UNIX)
            far.connect(self.address)
            return far
        return socket.create_connection(self.address)

    def _carry(self, one, other):
        with contextlib.suppress(OSError):
            while data := one.recv(65536):
                other.sendall(data)
        for sock in (one, other):
            with contextlib.suppress(OSError):
                sock.close()

    def close(self):
        self.open = False
        self.listener.close()


@tagged("post_install", "-at_install")
class TestErpPostgresql(OrderHubCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        _name, about = connection_info_for(cls.env.cr.dbname)
        names = ("host", "port", "user", "password")
        cls.login = {name: about[name] for name in names if name in about}
        cls.second = f"{cls.env.cr.dbname}_erp"[-60:]
        cls._admin(f'DROP DATABASE IF EXISTS "{cls.second}"')
        cls._admin(f'CREATE DATABASE "{cls.second}" TEMPLATE template0')
        cls.addClassCleanup(
            cls._admin, f'DROP DATABASE IF EXISTS "{cls.second}" WITH (FORCE)'
        )
        cls._run(SHAPE)
        cls.tunnel = Tunnel(cls._server())
        cls.addClassCleanup(cls.tunnel.close)
        cls.channel = cls.env["order.hub.channel"].create(
            {"name": "ERP", "code": "erp-pg", "adapter": "erp"}
        )
        cls.channel.action_switch_on()

    @classmethod
    def _server(cls):
        host = cls.login.get("host") or tools.config["db_host"] or "/var/run/postgresql"
        port = int(cls.login.get("port") or 5432)
        return f"{host}/.s.PGSQL.{port}" if host.startswith("/") else (host, port)

    @classmethod
    def _connect(cls, name):
        connection = psycopg2.connect(dbname=name, **cls.login)
        connection.autocommit = True
        return contextlib.closing(connection)

    @classmethod
    def _admin(cls, statement):
        with cls._connect("postgres") as connection, connection.cursor() as cursor:
            cursor.execute(statement)

    @classmethod
    def _run(cls, statement, values=None):
        with cls._connect(cls.second) as connection, connection.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchall() if cursor.description else None

    def setUp(self):
        super().setUp()
        self._run("TRUNCATE head, rows RESTART IDENTITY")
        self.erp = self.env["order.hub.erp"].create(
            {
                "name": "Second",
                "dialect": "postgresql",
                "host": "127.0.0.1",
                "port": self.tunnel.port,
                "database": self.second,
                "user_name": self.login.get("user") or tools.config["db_user"],
                "new_secret": self.login.get("password") or "none",
                "allow_internal": True,
                "channel_id": self.channel.id,
                "settle_seconds": 0,
                "table_ids": [(0, 0, self._heads())],
            }
        )
        lines = self.env["order.hub.erp.table"].create(
            {
                "erp_id": self.erp.id,
                "role": "line",
                "table_name": "rows",
                "parent_id": self.erp.table_ids.id,
                "column_ids": [
                    (0, 0, {"column_name": "head", "link_column": "id"}),
                    (0, 0, {"column_name": "pos", "is_key": True,
                            "target": "external_ref"}),
                    (0, 0, {"column_name": "code", "target": "sku"}),
                    (0, 0, {"column_name": "qty", "target": "quantity"}),
                    (0, 0, {"column_name": "price", "target": "unit_price"}),
                ],
            }
        )  # fmt: skip
        self.assertTrue(lines)
        self.addCleanup(LINKS.drop, self.erp._link_name())

    def _heads(self):
        return {
            "role": "order",
            "table_name": "head",
            "column_ids": [
                (0, 0, {"column_name": "id", "is_key": True}),
                (0, 0, {"column_name": "no", "target": "external_ref"}),
                (0, 0, {"column_name": "moved", "is_watermark": True}),
                (0, 0, {"column_name": "who", "target": "customer.name"}),
                (0, 0, {"column_name": "money", "target": "currency"}),
                (0, 0, {"column_name": "hub", "writes": "hub_ref"}),
            ],
        }

    def _put(self, number, moved="2026-03-16 10:00:00"):
        self._run(
            "INSERT INTO head (no, moved, who) VALUES (%s, %s, 'Taihu')",
            [number, moved],
        )
        self._run(
            "INSERT INTO rows SELECT max(id), 1, 'ZXJ', 1.2345678901, 5.8833 FROM head"
        )

    def _read(self):
        for _turn in range(60):
            with patch.object(type(self.erp), "_delay_read") as again:
                self.erp._job_read()
            if not again.called:
                return
        self.fail("it never ends")

    def _refs(self):
        inbound = self.env["order.hub.inbound"].sudo()
        return inbound.search([("channel_id", "=", self.channel.id)]).mapped(
            "external_ref"
        )

    def test_orders_of_one_moment_are_all_read_in_batches_of_two(self):
        for number in range(7):
            self._put(f"N{number}")
        self.erp.batch_size = 2
        self.erp.action_switch_on()
        self._read()
        self.assertEqual(sorted(self._refs()), [f"N{n}" for n in range(7)])

    def test_decimals_keep_all_their_digits(self):
        self._put("N1")
        self.erp.action_switch_on()
        self._read()
        raw = self.env["order.hub.inbound"].sudo().search(
            [("channel_id", "=", self.channel.id)]
        )  # fmt: skip
        self.assertIn("1.2345678901", raw._payload_text())

    def test_a_late_transaction_with_an_earlier_moment_is_not_missed(self):
        self._put("N1", "2026-03-16 10:00:00")
        self.erp.action_switch_on()
        self._read()
        self._put("N0", "2026-03-16 09:50:00")
        self._read()
        self.assertEqual(sorted(self._refs()), ["N0", "N1"])

    def test_rows_without_a_moment_are_read_too(self):
        self._put("N1", None)
        self.erp.action_switch_on()
        self._read()
        self.assertEqual(self._refs(), ["N1"])

    def test_new_orders_get_the_keys_that_the_database_gives(self):
        order = self._new_order()
        self._run("INSERT INTO head (no) VALUES ('theirs')")
        self._write()
        self.assertEqual(
            self._run("SELECT id, no, who, money, hub FROM head WHERE id > 1"),
            [(2, order.name, order.partner_id.name, order.currency_id.name,
              order.hub_ref)],
        )  # fmt: skip
        self.assertEqual(
            self._run("SELECT head, pos, code, qty, price FROM rows"),
            [(2, 1, self.product.default_code, 3, 10)],
        )

    def test_next_is_one_more_than_the_highest(self):
        self._run("INSERT INTO head (id, no) VALUES (41, 'theirs')")
        self.erp.table_ids.column_ids.filtered("is_key")[:1].new_text = "{next}"
        self._new_order()
        self._write()
        self.assertEqual(self._run("SELECT max(id) FROM head"), [(42,)])

    def _new_order(self):
        self.product.default_code = "ZXJ"
        order = self.env["sale.order"].create(
            {
                "partner_id": self.partner.id,
                "order_line": [
                    (0, 0, {"product_id": self.product.id, "product_uom_qty": 3,
                            "price_unit": 10, "tax_ids": False}),
                ],
            }
        )  # fmt: skip
        self.erp.write({"is_read_only": False, "inserts": True})
        order.action_confirm()
        self.env.flush_all()
        return order

    def _write(self):
        self.erp.insert_since = "2020-01-01"
        self.erp.action_switch_on()
        with patch.object(type(self.erp), "_delay_write"):
            self.erp._job_write()
        rows = self.erp.write_ids
        self.assertEqual(rows.mapped("state"), ["written"], rows.mapped("message"))

    def test_the_snapshot_is_read_only_in_the_database_itself(self):
        with snapshot(self.erp._link()) as connection:
            raw = connection.connection.driver_connection
            with raw.cursor() as cursor:
                with self.assertRaises(psycopg2.errors.ReadOnlySqlTransaction):
                    cursor.execute("INSERT INTO head (no) VALUES ('x')")

    def test_the_cluster_of_the_hub_needs_permission(self):
        self.erp.allow_internal = False
        with self.assertRaises(UserError):
            self.erp.action_test()

    def test_the_hubs_own_database_is_refused_through_a_tunnel(self):
        self.erp.write({"database": self.env.cr.dbname, "allow_internal": True})
        with self.assertRaises(UserError) as caught:
            self.erp.action_test()
        self.assertIn("own database", str(caught.exception))
        self.erp.is_read_only = False
        with self.assertRaises(UserError):
            self.erp.action_switch_on()
