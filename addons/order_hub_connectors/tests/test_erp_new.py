"""New orders of other channels in the ERP that stays: whole, once, and known again."""

import threading
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from ..engine.erp.filling import VALUES
from .test_erp import ErpCommon

SEND = "odoo.addons.order_hub_connectors.models.erp.order_hub_erp_send"


class ErpNewCommon(ErpCommon):
    """K3 that takes orders of a web shop in."""

    def setUp(self):
        super().setUp()
        self.mark = self._column("order", "FNote", writes="hub_ref")
        self._column("order", "FFetchDate", writes="promised_date")
        # The units of the hub are called otherwise there.
        self._role("unit").column_ids.filtered("target").words = "件 = Units"
        self.erp.is_read_only = False
        self.erp.insert_since = fields.Datetime.now() - timedelta(days=1)
        self.erp.inserts = True
        self._on()
        self._read()
        self.order = self._confirmed()

    def _role(self, name):
        """Return the mapped table that a target names, or that has a role."""
        return self.erp.table_ids.filtered(
            lambda row: name == row.role or name in row.column_ids.mapped("target")
        )[:1]

    def _column(self, role, name, **values):
        return self.env["order.hub.erp.column"].create(
            {"table_id": self._role(role).id, "column_name": name, **values}
        )

    def _confirmed(self, **values):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "pricelist_id": self.env["product.pricelist"]
                .search([("currency_id.name", "=", "CNY")], limit=1)
                .id,
                "order_line": [
                    fields.Command.create(
                        {"product_id": product.id, "product_uom_qty": quantity,
                         "price_unit": price}
                    )
                    for product, quantity, price in zip(
                        self.products, (3, 2.5), (160.5, 88), strict=True
                    )
                ],
                **values,
            }
        )  # fmt: skip
        order.action_confirm()
        self.env.flush_all()
        return order

    def _write(self):
        with patch.object(type(self.erp), "_delay_write"):
            self.erp._job_write()
        return self.erp.write_ids.filtered("is_new").sorted("id")

    def _headers(self):
        return self.server.run(
            "k3",
            "SELECT FInterID, FBillNo, FTranType, FStatus, FCustID, FCurrencyID, FNote "
            "FROM SEOrder ORDER BY FInterID",
        )

    def _lines(self):
        return self.server.run(
            "k3",
            "SELECT FInterID, FEntryID, FItemID, FUnitID, FQty, FAuxQty, FAuxPrice, "
            "FAmount FROM SEOrderEntry ORDER BY FInterID, FEntryID",
        )


@tagged("post_install", "-at_install")
class TestErpNew(ErpNewCommon):
    def test_a_confirmed_order_is_put_in_with_header_lines_and_number(self):
        [row] = self._write()
        self.assertEqual((row.state, row.message), ("written", False))
        self.assertEqual(
            self._headers(),
            ((1001, self.order.name, 81, 0, 1, 1, self.order.hub_ref),),
        )
        self.assertEqual(
            [tuple(map(float, line)) for line in self._lines()],
            [(1001, 1, 1, 1, 3, 3, 160.5, 481.5), (1001, 2, 2, 1, 2.5, 2.5, 88, 220)],
        )
        self.assertEqual(row.number, self.order.name)
        self.assertEqual(row.key_id.order_id, self.order)

    def test_numbers_come_from_the_table_that_gives_them_out(self):
        self._confirmed()
        self._write()
        self.assertEqual([header[0] for header in self._headers()], [1001, 1002])
        counters = self.server.run(
            "k3", "SELECT FMaxNum FROM ICMaxNum ORDER BY FTableName"
        )
        self.assertEqual(counters, ((7,), (1002,)), "of orders, of nothing else")

    def test_an_order_is_put_in_once_however_often_the_job_runs(self):
        self._write()
        self._write()
        self.assertEqual(len(self._headers()), 1)

    def test_a_job_that_died_after_the_commit_finds_its_order(self):
        with self.env.cr.savepoint() as savepoint:
            self._write()
            savepoint.rollback()
        self.env.invalidate_all()
        [row] = self._write()
        self.assertEqual(row.state, "known")
        self.assertEqual(len(self._headers()), 1)
        self.assertEqual(row.key_id.order_id, self.order)

    def test_what_was_put_in_does_not_come_back_as_an_order(self):
        self._write()
        self.server.run("k3", "UPDATE SEOrder SET FStatus = 1")
        self._read()
        self.assertFalse(self._inbound())
        self.server.run("k3", "UPDATE SEOrder SET FFetchAdd = 'changed there'")
        self._read()
        self.assertFalse(self._inbound(), "nor does a change of it")

    def test_what_died_before_it_was_noted_does_not_come_back_either(self):
        with self.env.cr.savepoint() as savepoint:
            self._write()
            savepoint.rollback()
        self.env.invalidate_all()
        self.server.run("k3", "UPDATE SEOrder SET FStatus = 1")
        self._read()
        self.assertFalse(self._inbound())
        self.assertFalse(self._write(), "it is tied by its hub reference")

    def test_its_state_there_is_heard_by_its_number(self):
        self._write()
        self.server.run("k3", "UPDATE SEOrder SET FStatus = 1")
        self._read()
        said = self.env["order.hub.system.state"].search(
            [("order_id", "=", self.order.id)]
        )
        self.assertEqual(said.mapped("word"), ["已审核"])

    def test_a_later_promise_follows(self):
        self._write()
        moment = fields.Datetime.now().replace(microsecond=0) + timedelta(days=9)
        self.order.commitment_date = moment
        self.env.flush_all()
        with patch.object(type(self.erp), "_delay_write"):
            self.erp._job_write()
        [[there]] = self.server.run("k3", "SELECT FFetchDate FROM SEOrder")
        self.assertEqual(there, moment + timedelta(hours=8), "by the clock there")

    def test_nothing_of_an_order_is_put_in_if_one_product_is_not_there(self):
        self.server.run("k3", "DELETE FROM t_ICItemCore WHERE FNumber = 'BZ-0456'")
        [row] = self._write()
        self.assertEqual(row.state, "refused")
        self.assertIn("BZ-0456", row.message)
        self.assertIn("BZ-0456", self.order.activity_ids.note)
        self.assertEqual((self._headers(), self._lines()), ((), ()))
        self.assertEqual(
            self.server.run(
                "k3", "SELECT FMaxNum FROM ICMaxNum WHERE FTableName = 'SEOrder'"
            ),
            ((1000,),),
            "its number is given back",
        )
        self.server.run(
            "k3", "INSERT INTO t_ICItemCore VALUES (2, 'BZ-0456', '半轴', '')"
        )
        row.with_user(self.operator).action_try_again()
        self.assertEqual(self._write().state, "written")
        self.assertFalse(self.order.activity_ids, "its to-do is done")

    def test_one_refused_order_stops_no_other(self):
        other = self.env["res.partner"].create({"name": "不在那边", "ref": "C999"})
        self._confirmed(partner_id=other.id)
        self._confirmed()
        states = self._write().mapped("state")
        self.assertEqual(states, ["written", "refused", "written"])

    def test_a_trigger_that_spoils_a_line_takes_the_whole_order_back(self):
        self.server.run(
            "k3",
            "CREATE TRIGGER spoil BEFORE INSERT ON SEOrderEntry FOR EACH ROW "
            "SET NEW.FAuxQty = 1",
        )
        [row] = self._write()
        self.assertEqual(row.state, "refused")
        self.assertIn("FAuxQty", row.message)
        self.assertEqual((self._headers(), self._lines()), ((), ()))

    def test_what_the_database_refuses_is_said_and_switches_nothing_off(self):
        self.server.run("k3", "ALTER TABLE SEOrder ADD FBiller int NOT NULL")
        [row] = self._write()
        self.assertEqual(row.state, "refused")
        self.assertIn("FBiller", row.message)
        self.assertEqual(self.erp.state, "on")
        self._column("order", "FBiller", new_text="16394")
        row.with_user(self.operator).action_try_again()
        self.assertEqual(self._write().state, "written")

    def test_another_order_with_the_same_number_is_left_alone(self):
        self.server.run(
            "k3",
            f"INSERT INTO SEOrder (FBillNo, FStatus) VALUES ('{self.order.name}', 1)",
        )
        [row] = self._write()
        self.assertEqual(row.state, "refused")
        self.assertIn(self.order.name, row.message)
        self.assertEqual(len(self._headers()), 1)

    def test_a_server_killed_in_between_has_all_or_nothing_and_it_goes_on(self):
        killer = threading.Timer(0.0, self.server.kill)
        original = type(self.erp)._insert_row

        def insert(erp, *args):
            killer.start()
            return original(erp, *args)

        with patch.object(type(self.erp), "_insert_row", insert):
            self._write()
        killer.join()
        self.server.ensure()
        headers, lines = self._headers(), self._lines()
        self.assertIn((len(headers), len(lines)), ((0, 0), (1, 2)))
        self._write()
        self.assertEqual((len(self._headers()), len(self._lines())), (1, 2))

    def test_more_orders_cost_no_more_queries_each(self):
        for _order in range(9):
            self._confirmed()
        counts = []
        for orders in (1, 9):
            with patch(f"{SEND}.BATCH", orders):
                before = self.env.cr.sql_log_count
                self._write()
                self.env.flush_all()
                counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(len(self._headers()), 10)
        self.assertLess((counts[1] - counts[0]) / 8, 9, counts)

    def test_orders_from_before_drafts_and_its_own_are_left_alone(self):
        self._confirmed(date_order=fields.Datetime.now())
        old = self._confirmed()
        old.date_order = fields.Datetime.now() - timedelta(days=3)
        self.order.copy()
        self._put(5)
        self._read()
        self.assertEqual(len(self._write()), 2)

    def test_only_orders_of_the_chosen_channels_go(self):
        shop = self.env["order.hub.channel"].create({"name": "Shop", "code": "shop-x"})
        self.erp.insert_channel_ids = shop
        self.assertFalse(self._write())

    def test_an_order_cancelled_in_the_meantime_is_not_put_in(self):
        self.erp._queue_new(10)
        self.order._action_cancel()
        [row] = self._write()
        self.assertEqual(row.state, "refused")
        self.assertFalse(self._headers())

    def test_a_connection_that_only_reads_puts_nothing_in(self):
        self.erp.is_read_only = True
        self.assertFalse(self._write())
        self.assertFalse(self._headers())

    def test_without_a_column_for_the_hub_reference_it_is_not_switched_on(self):
        self.erp.inserts = False
        self.mark.unlink()
        with self.assertRaises(UserError) as caught:
            self.erp.inserts = True
        self.assertIn("hub reference", str(caught.exception))

    def test_a_name_that_no_value_has_is_refused_when_it_is_typed(self):
        with self.assertRaises(ValidationError) as caught:
            self._column("line", "FNote", new_text="{qty}")
        self.assertIn("quantity", str(caught.exception), "it says which there are")
        self._column("line", "FNote", new_text="{quantity} of {sku}")

    def test_the_names_of_values_are_those_that_orders_have(self):
        found = self.erp._new_order(self.order, {})
        self.assertEqual(set(found.values), set(VALUES["order"]))
        self.assertEqual(set(found.lines[0]), set(VALUES["line"]))

    def test_a_drop_folder_takes_no_new_orders(self):
        with self.assertRaises(ValidationError):
            self.erp.dialect = "csv"

    def test_readers_need_no_table_of_numbers(self):
        self.erp.inserts = False
        self.server.run("k3", "DROP TABLE ICMaxNum")
        self._put(1)
        self.assertEqual(self._read().state, "done")
