"""A connection in the hub: real orders out of a real MariaDB, both ways, and killed."""

import contextlib
import logging
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import file_open, mute_logger

from odoo.addons.order_hub.tests.common import OrderHubCommon

from ..engine.erp import link as link_module
from ..engine.erp.link import LINKS
from . import erp_server

STATE = "odoo.addons.order_hub_connectors.models.erp.order_hub_erp_state"


class ErpCommon(OrderHubCommon):
    """A server with K3, a channel, a connection that is on."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = erp_server.shared()
        cls.addClassCleanup(cls.server.halt)
        cls.configurator = cls._user(
            "erp_configurator", "order_hub.order_hub_group_configurator"
        )
        cls.customer = cls.env["res.partner"].create(
            {"name": "太湖汽修", "ref": "C001", "email": "buy@taihu.example.com"}
        )
        cls.product.default_code = "ZXJ-OTHER"
        yuan = cls.env.ref("base.CNY")
        yuan.active = True
        cls.env["product.pricelist"].create({"name": "CNY", "currency_id": yuan.id})
        cls.products = cls.env["product.product"].create(
            [
                {"name": name, "default_code": code, "is_storable": True,
                 "taxes_id": False}
                for name, code in (("转向节", "ZXJ-0123"), ("半轴", "BZ-0456"))
            ]
        )  # fmt: skip
        cls.channel = cls.env["order.hub.channel"].create(
            {
                "name": "K3",
                "code": "k3",
                "adapter": "erp",
                "auto_confirm": True,
                "unsure_address": "accept",
            }
        )
        cls.channel.action_switch_on()
        cls.system = cls.env["order.hub.system"].create(
            {"name": "K3", "code": "k3", "words_of": "k3", "channel_id": cls.channel.id}
        )

    def setUp(self):
        super().setUp()
        self.server.ensure()
        self.server.run(None, "DROP DATABASE IF EXISTS k3")
        self.server.make("k3", erp_server.K3)
        self.erp = self._connection()

    def _connection(self, **values):
        erp = self.env["order.hub.erp"].create(
            {
                "name": "Kingdee K3",
                "dialect": "mysql",
                "host": "127.0.0.1",
                "port": self.server.port,
                "database": "k3",
                "user_name": "hub",
                "new_secret": self.server.password,
                "allow_internal": True,
                "channel_id": self.channel.id,
                "system_id": self.system.id,
                "preset": "k3",
                "settle_seconds": 0,
                **values,
            }
        )
        self.addCleanup(LINKS.drop, erp._link_name())
        erp.action_apply_preset()
        return erp

    def _on(self):
        self.erp.action_switch_on()
        return self.erp

    def _read(self):
        """Read until there is nothing more; return the finished reading."""
        with patch.object(type(self.erp), "_delay_write"):
            for _turn in range(60):
                with patch.object(type(self.erp), "_delay_read") as again:
                    self.erp._job_read()
                if not again.called:
                    break
        inbound = self._inbound()
        inbound.filtered(lambda row: row.state == "received")._process_now()
        inbound.invalidate_recordset()
        return self.env["order.hub.erp.run"].search(
            [("erp_id", "=", self.erp.id)], limit=1
        )

    def _inbound(self):
        return (
            self.env["order.hub.inbound"]
            .sudo()
            .search([("channel_id", "=", self.channel.id)], order="id")
        )

    def _orders(self):
        return self.env["sale.order"].search(
            [("hub_channel_id", "=", self.channel.id)], order="hub_external_ref"
        )

    def _put(self, number, **values):
        self.server.run("k3", *erp_server.k3_order(number, **values))


@tagged("post_install", "-at_install")
class TestErpReading(ErpCommon):
    def test_orders_become_orders_with_the_column_each_value_came_from(self):
        self._put(1)
        self._on()
        run = self._read()
        [order] = self._orders()
        self.assertEqual(order.hub_external_ref, "SEORD000001")
        self.assertEqual(order.partner_id.commercial_partner_id, self.customer)
        self.assertEqual(order.order_line.product_id, self.products)
        self.assertEqual(sorted(order.order_line.mapped("price_unit")), [160.5, 160.5])
        self.assertEqual(run.state, "done")
        evidence = self._inbound().evidence
        self.assertEqual(
            evidence["lines[0].sku"]["source"],
            {"kind": "column", "table": "t_ICItem", "column": "FNumber"},
        )

    def test_the_same_again_takes_nothing_twice(self):
        self._put(1)
        self._on()
        self._read()
        run = self._read()
        self.assertEqual(run.new_count + run.changed_count, 0)
        self.assertEqual(len(self._inbound()), 1)

    def test_what_readings_said_is_forgotten_after_ninety_days(self):
        Run = self.env["order.hub.erp.run"]
        values = {"erp_id": self.erp.id, "company_id": self.erp.company_id.id}
        now = fields.Datetime.now()
        old = Run.create(values | {"began_at": now - timedelta(days=91)})
        young = Run.create(values | {"began_at": now - timedelta(days=89)})
        self.assertEqual(Run._gc_runs(), (1, False))
        self.assertFalse(old.exists())
        self.assertTrue(young.exists())

    def test_half_an_order_waits_until_its_lines_are_there(self):
        header, lines = erp_server.k3_order(7)
        self.server.run("k3", header)
        self._on()
        run = self._read()
        self.assertFalse(self._inbound())
        self.assertEqual(run.refused_count, 1)
        self.server.run("k3", lines)
        self._read()
        self.assertEqual(self._orders().mapped("hub_external_ref"), ["SEORD000007"])
        self.assertEqual(len(self._orders().order_line), 2)

    def test_a_change_there_changes_the_order_and_so_does_taking_it_back(self):
        self._put(1, lines=1)
        self._on()
        self._read()
        for quantity in (5, 1, 5):
            self.server.run(
                "k3", f"UPDATE SEOrderEntry SET FAuxQty={quantity}, "
                f"FAmount={quantity}*160.5 WHERE FInterID=1"
            )  # fmt: skip
            run = self._read()
            self.assertEqual(run.changed_count, 1)
        kinds = self._inbound().mapped("kind")
        self.assertEqual(kinds, ["order", "change", "change", "change"])

    def test_cancelled_there_cancels_and_what_was_never_here_is_left_out(self):
        self._put(1)
        self._put(2)
        self.server.run("k3", "UPDATE SEOrder SET FCancellation=1 WHERE FInterID=2")
        self._on()
        self._read()
        self.assertEqual(self._orders().mapped("hub_external_ref"), ["SEORD000001"])
        self.server.run("k3", "UPDATE SEOrder SET FCancellation=1 WHERE FInterID=1")
        self._read()
        self.assertEqual(self._inbound().mapped("kind"), ["order", "cancel"])
        self.assertEqual(self._orders().state, "cancel")

    def test_states_are_heard_as_the_systems_word(self):
        self._put(1)
        self._on()
        self._read()
        self.server.run("k3", "UPDATE SEOrder SET FStatus=3 WHERE FInterID=1")
        self._read()
        self.assertEqual(self._orders().hub_system_state_ids.word, "全部关联")

    def test_customers_and_products_are_tied_by_their_numbers(self):
        self._on()
        self._read()
        keys = self.env["order.hub.erp.key"].search([("erp_id", "=", self.erp.id)])
        self.assertEqual(keys.partner_id, self.customer)
        self.assertEqual(keys.product_id, self.products)

    def test_a_dry_run_counts_and_keeps_nothing(self):
        self._put(1)
        before = self.env["order.hub.erp.key"].search_count([])
        run = self.env["order.hub.erp.run"].browse(self.erp.action_trial()["res_id"])
        self.assertEqual((run.new_count, run.is_trial), (1, True))
        self.assertIn("SEORD000001: new", run.rows_text)
        self.assertFalse(self._inbound())
        self.assertEqual(self.env["order.hub.erp.key"].search_count([]), before)

    def test_a_dry_run_shows_what_would_change(self):
        self._put(1, lines=1)
        self._on()
        self._read()
        self.server.run("k3", "UPDATE SEOrderEntry SET FAuxQty=9 WHERE FInterID=1")
        run = self.env["order.hub.erp.run"].browse(self.erp.action_trial()["res_id"])
        self.assertEqual(run.changed_count, 1)
        self.assertIn("lines[0].quantity “1” → “9”", run.rows_text)

    def test_many_orders_in_small_batches_are_each_taken_once(self):
        for number in range(1, 12):
            self._put(number, lines=1)
        self.erp.batch_size = 3
        self._on()
        run = self._read()
        self.assertEqual(len(self._orders()), 11)
        self.assertGreaterEqual(run.new_count, 11)


@tagged("post_install", "-at_install")
class TestErpBroken(ErpCommon):
    def test_a_server_that_is_killed_pauses_and_the_reading_goes_on_afterwards(self):
        for number in range(1, 9):
            self._put(number, lines=2)
        self.erp.batch_size = 3
        self._on()
        with patch.object(type(self.erp), "_delay_read"):
            for _turn in range(6):  # customers, products, and a part of the orders
                self.erp._job_read()
        taken = len(self._inbound())
        self.assertTrue(0 < taken < 8, taken)
        self.server.kill()
        self.erp._job_read()
        self.assertEqual(self.erp.state, "paused")
        self.assertTrue(self.erp.next_at > fields.Datetime.now())
        self.assertEqual(len(self._inbound()), taken)
        self.server.start()
        self._read()
        self.assertEqual(self.erp.state, "on")
        self.assertEqual(len(self._orders()), 8)
        for order in self._orders():
            self.assertEqual(len(order.order_line), 2, "never half an order")

    def test_a_job_that_dies_has_read_nothing(self):
        self._put(1)
        self._on()
        with patch.object(type(self.erp), "_delay_read"):
            self.erp._job_read()
            self.erp._job_read()

        def die(*_args):
            raise RuntimeError("killed")

        with contextlib.suppress(RuntimeError), self.env.cr.savepoint():
            with patch.object(type(self.erp), "_advance", die):
                for _turn in range(10):
                    self.erp._job_read()
        self.env.invalidate_all()
        self.assertFalse(self._inbound())
        self._read()
        self.assertEqual(len(self._orders()), 1)

    @mute_logger(STATE)
    def test_it_gets_loud_after_five_failures_and_calm_again(self):
        self._on()
        self.server.kill()
        for _turn in range(5):
            self.erp._job_read()
        self.assertEqual(self.erp.failures, 5)
        self.assertTrue(self.erp.activity_ids)
        self.server.start()
        self._read()
        self.assertFalse(self.erp.activity_ids)

    def test_a_wrong_password_stops_before_the_user_is_locked(self):
        self._on()
        self.erp.new_secret = "wrong-password-xyz"
        for _turn in range(3):
            self.erp._job_read()
        self.assertEqual(self.erp.state, "broken")
        self.assertNotIn("wrong-password-xyz", self.erp.reason)

    def test_a_table_that_is_gone_says_so(self):
        self._on()
        self.server.run("k3", "DROP TABLE SEOrderEntry")
        with patch.object(type(self.erp), "_delay_read"):
            self.erp._job_read()
        self.assertEqual(self.erp.state, "broken")
        self.assertIn("SEOrderEntry", self.erp.reason)


@tagged("post_install", "-at_install")
class TestErpWriting(ErpCommon):
    def setUp(self):
        super().setUp()
        orders = self.erp.table_ids.filtered(lambda row: row.role == "order")
        self.env["order.hub.erp.column"].create(
            [
                {"table_id": orders.id, "column_name": "FNote", "writes": "hub_ref"},
                {
                    "table_id": orders.id,
                    "column_name": "FFetchDate",
                    "target": "promised_date",
                    "writes": "promised_date",
                    "rule": "ask",
                },
            ]
        )
        self.erp.is_read_only = False
        self._put(1)
        self._on()
        self._read()
        self.order = self._orders()

    def _there(self, column):
        return self.server.run("k3", f"SELECT {column} FROM SEOrder")[0][0]

    def _write(self):
        with patch.object(type(self.erp), "_delay_write"):
            self.erp._job_write()
        return self.erp.write_ids

    def test_the_hub_reference_is_written_and_read_back(self):
        row = self._write()[:1]
        self.assertEqual(row.state, "written")
        self.assertEqual(self._there("FNote"), self.order.hub_ref)
        self.assertEqual(row.after["FNote"], self.order.hub_ref)

    def test_what_was_written_does_not_come_back_as_a_change(self):
        self._write()
        before = len(self._inbound())
        self._read()
        self.assertEqual(len(self._inbound()), before)

    def test_writing_twice_finds_it_there(self):
        row = self._write()[:1]
        row.write({"state": "waiting"})
        self._write()
        self.assertEqual(row.state, "known")

    def test_a_trigger_that_changes_it_is_found_and_taken_back(self):
        self.server.run(
            "k3",
            "CREATE TRIGGER spoil BEFORE UPDATE ON SEOrder FOR EACH ROW "
            "SET NEW.FNote = 'spoilt'",
        )
        row = self._write()[:1]
        self.assertEqual(row.state, "refused")
        self.assertIn("spoilt", row.message)
        self.assertIsNone(self._there("FNote"))

    def test_somebody_elses_change_is_not_written_over(self):
        self.server.run("k3", "UPDATE SEOrder SET FNote = 'theirs'")
        row = self._write()[:1]
        self.assertEqual(row.state, "conflict")
        self.assertEqual(self._there("FNote"), "theirs")

    def test_both_sides_changed_asks_and_a_person_decides(self):
        self._write()
        moment = fields.Datetime.now().replace(microsecond=0) + timedelta(days=30)
        self.order.commitment_date = moment
        self.env.flush_all()
        self.server.run("k3", "UPDATE SEOrder SET FFetchDate = '2031-01-02 00:00:00'")
        self._read()
        conflict = self.env["order.hub.erp.conflict"].search(
            [("erp_id", "=", self.erp.id)]
        )
        self.assertEqual(conflict.state, "open")
        self.assertIn("2031-01-02", conflict.theirs)
        self.assertEqual(self.order.commitment_date, moment, "nothing is overwritten")
        conflict.with_user(self.operator).action_keep_ours()
        self._write()
        self.assertNotIn("2031", str(self._there("FFetchDate")))
        self.assertEqual(conflict.state, "ours")

    def test_a_connection_that_only_reads_never_writes(self):
        self.erp.is_read_only = True
        self._write()
        self.assertFalse(self.erp.write_ids)
        self.assertIsNone(self._there("FNote"))
        self.assertIsNone(self.erp._link().writer)

    def test_a_server_killed_before_the_note_is_noted_afterwards(self):
        with contextlib.suppress(RuntimeError), self.env.cr.savepoint():
            with patch.object(
                type(self.erp), "_note_written", side_effect=RuntimeError
            ):
                self.erp._job_write()
        self.env.invalidate_all()
        self.assertEqual(self._there("FNote"), self.order.hub_ref)
        self.assertEqual(self._write()[:1].state, "known")


@tagged("post_install", "-at_install")
class TestErpSafety(ErpCommon):
    def test_an_internal_address_is_refused_without_an_administrator(self):
        self.erp.allow_internal = False
        for host in ("127.0.0.1", "localhost", "10.1.2.3", "169.254.169.254", "::1"):
            self.erp.host = host
            with self.subTest(host=host), self.assertRaises(UserError):
                self.erp.action_test()

    def test_only_administrators_allow_an_internal_address(self):
        erp = self.erp.with_user(self.configurator)
        with self.assertRaises(AccessError):
            erp.allow_internal = True
        with self.assertRaises(AccessError):
            erp.create(
                {"name": "x", "host": "10.0.0.1", "allow_internal": True,
                 "database": "x", "dialect": "mysql"}
            )  # fmt: skip

    def test_another_host_takes_permission_and_password_away(self):
        self.erp.with_user(self.configurator).host = "10.9.9.9"
        self.assertFalse(self.erp.allow_internal)
        self.assertFalse(self.erp.has_secret)

    def test_a_forgotten_password_is_gone(self):
        self.erp.new_secret = "once"
        self.assertTrue(self.erp.has_secret)
        self.erp.with_user(self.configurator).action_forget_secret()
        self.assertFalse(self.erp.has_secret)
        self.assertEqual(self.erp._secret(), "")

    def test_the_hubs_own_database_is_refused_under_any_name(self):
        self.erp.write(
            {"dialect": "postgresql", "database": self.env.cr.dbname, "port": 0}
        )
        self.erp.allow_internal = True
        for host in ("127.0.0.1", "localhost"):
            self.erp.write({"host": host, "allow_internal": True})
            with self.subTest(host=host), self.assertRaises(UserError) as caught:
                self.erp.action_test()
            self.assertIn("own database", str(caught.exception))

    def test_the_password_is_sealed_and_in_no_log_or_error(self):
        secret = "Secr3t-" + self.server.password
        with self.assertLogs(level=logging.DEBUG) as logs:
            logging.getLogger("sqlalchemy").setLevel(logging.DEBUG)
            self.addCleanup(logging.getLogger("sqlalchemy").setLevel, logging.WARNING)
            self.erp.new_secret = secret
            self.env.flush_all()
            with self.assertRaises(UserError) as caught:
                self.erp.action_test()
        said = " ".join(logs.output) + str(caught.exception) + repr(self.erp._target())
        self.assertNotIn(secret, said)
        self.env.cr.execute(
            "SELECT sealed FROM order_hub_erp WHERE id=%s", [self.erp.id]
        )
        self.assertNotIn(secret, self.env.cr.fetchone()[0])
        with self.assertRaises(AccessError):
            self.erp.with_user(self.configurator).read(["sealed"])
        self.assertFalse(self.erp.with_user(self.configurator).new_secret)

    def test_names_that_people_type_are_looked_up_and_never_sent(self):
        table = self.erp.table_ids.filtered(lambda row: row.role == "order")
        table.table_name = "SEOrder; DROP TABLE SEOrderEntry; --"
        with self.assertRaises(UserError):
            self.erp.action_trial()
        table.table_name = "SEOrder"
        column = table.column_ids.filtered(lambda row: row.column_name == "FBillNo")
        column.column_name = "FBillNo` FROM mysql.user -- "
        with self.assertRaises(UserError):
            self.erp.action_trial()
        column.column_name = "FBillNo"
        status = table.column_ids.filtered(lambda row: row.column_name == "FNumber")
        self.assertFalse(status)
        self.assertTrue(self.server.run("k3", "SHOW TABLES LIKE 'SEOrderEntry'"))

    def test_values_of_tests_are_bound(self):
        table = self.erp.table_ids.filtered(lambda row: row.role == "order")
        column = table.column_ids.filtered(lambda row: row.column_name == "FBillNo")
        column.write({"test": "=", "test_values": "x' OR '1'='1"})
        self._put(1)
        run = self.env["order.hub.erp.run"].browse(self.erp.action_trial()["res_id"])
        self.assertEqual(run.read_count, 0)

    def test_other_companies_and_portal_users_see_nothing(self):
        other = self.env["res.company"].create({"name": "Other"})
        stranger = new_test_user(
            self.env,
            "erp_stranger",
            "order_hub.order_hub_group_configurator",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        portal = new_test_user(self.env, "erp_portal", "base.group_portal")
        self.assertFalse(self.env["order.hub.erp"].with_user(stranger).search([]))
        for model in ("order.hub.erp", "order.hub.erp.key", "order.hub.erp.write"):
            with self.subTest(model=model), self.assertRaises(AccessError):
                self.env[model].with_user(portal).search([])
        with self.assertRaises(AccessError):
            self.erp.with_user(stranger).action_test()
        with self.assertRaises(AccessError):
            self.erp.with_user(portal).action_read_now()

    def test_operators_look_and_do_not_change(self):
        self.erp.with_user(self.operator).read(["name", "state"])
        with self.assertRaises(AccessError):
            self.erp.with_user(self.operator).host = "erp.example.com"
        with self.assertRaises(AccessError):
            self.erp.with_user(self.operator).action_switch_on()

    def test_no_more_queries_for_fifty_orders_than_for_one(self):
        self._on()
        counts = []
        for first, last in ((1, 2), (2, 52)):
            for number in range(first, last):
                self._put(number, lines=1)
            with patch.object(type(self.erp), "_delay_read"):
                for _turn in range(10):
                    run = self.env["order.hub.erp.run"]._open(self.erp)
                    if run.table_id.role == "order" and run.phase == "marked":
                        break
                    self.erp._job_read()
                counts.append(self._queries(self.erp._job_read))
            self._read()
        self.assertLessEqual(counts[1], counts[0] + 4)


@tagged("post_install", "-at_install")
class TestErpLink(ErpCommon):
    def test_a_changed_connection_gets_a_new_link(self):
        first = self.erp._link()
        self.assertIs(self.erp._link(), first)
        self.erp.timeout = 30
        self.assertIsNot(self.erp._link(), first)
        self.assertTrue(link_module.LINKS)

    def test_a_copied_database_reads_and_writes_nothing(self):
        self.erp.is_read_only = False
        self._on()
        self.env.flush_all()
        with file_open("order_hub_connectors/data/neutralize.sql") as file:
            self.env.cr.execute(file.read())
        self.env.invalidate_all()
        self.assertEqual(
            (self.erp.state, self.erp.is_read_only, self.erp.has_secret),
            ("off", True, False),
        )
