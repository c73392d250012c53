from datetime import timedelta
from unittest.mock import patch

from psycopg2.errors import CheckViolation

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.queue_job.exception import RetryableJobError

from ..adapters.base import AuthenticationFailed, ChannelDown, Refused
from .common import PaperShop
from .outward import OutwardCommon


@tagged("post_install", "-at_install")
class TestStockOut(OutwardCommon):
    """What channels may sell: nothing twice, only what has changed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.channel.is_stock_sent = True
        for product, sku, factor in (
            (cls.knuckle, "ZXJ-0123", 1),
            (cls.shaft, "BOX-456", 12),
        ):
            cls._map_code(cls.channel, product, sku, factor)
        cls._settle()

    @classmethod
    def _map_code(cls, channel, product, sku, factor=1.0):
        return cls.env["order.hub.channel.product"].create(
            {
                "channel_id": channel.id,
                "product_id": product.id,
                "sku": sku,
                "factor": factor,
            }
        )

    @classmethod
    def _settle(cls):
        """Forget what was marked so far."""
        cls.env.cr.precommit.data.pop("order_hub.stock", None)
        cls.env.cr.execute("DELETE FROM order_hub_stock_dirty")

    def _commit_marks(self):
        self.env["order.hub.stock.dirty"].sudo()._keep_marks()

    def _push(self, channel=None):
        """Tell a channel its stock; return ``{code: pieces}`` of what was told."""
        PaperShop.sent = []
        (channel or self.channel)._job_stock()
        return {level.sku: level.quantity for level in PaperShop.sent}

    def _push_all(self, channel=None):
        channel = channel or self.channel
        self.env["order.hub.stock.dirty"]._mark_all(channel)
        return self._push(channel)

    def _levels(self, channel=None):
        rows = (channel or self.channel)._stock_rows()
        return {row["sku"]: row["quantity"] for row in rows}

    # === HOW MUCH === #

    def test_a_channel_is_told_what_is_free_in_its_own_units(self):
        self.assertEqual(self._push_all(), {"ZXJ-0123": 100, "BOX-456": 8})

    def test_what_is_kept_back_is_never_offered(self):
        self.channel.stock_buffer = 10
        self.assertEqual(self._levels(), {"ZXJ-0123": 90, "BOX-456": 7})
        self.channel.write({"stock_buffer": 0, "stock_buffer_percent": 50})
        self.assertEqual(self._levels(), {"ZXJ-0123": 50, "BOX-456": 4})
        self.channel.stock_buffer = 1000
        self.assertEqual(self._levels(), {"ZXJ-0123": 0, "BOX-456": 0})

    def test_reserved_goods_are_not_offered(self):
        self._sold("K-1", ("ZXJ-0123", 30))
        self.assertEqual(self._levels()["ZXJ-0123"], 70)

    def test_quotations_that_a_channel_sold_are_not_offered_again(self):
        self.channel.auto_confirm = False
        self._sold("K-2", ("ZXJ-0123", 30))
        self.assertEqual(self._levels()["ZXJ-0123"], 70)

    def test_confirmed_orders_without_reservation_are_not_offered_again(self):
        self.warehouse.out_type_id.reservation_method = "manual"
        order = self._order(quantity=30, product=self.knuckle)
        order.action_confirm()
        self.assertEqual(self.knuckle.free_qty, 100)
        self.assertEqual(self._levels()["ZXJ-0123"], 70)

    def test_an_order_that_waits_for_a_person_keeps_its_pieces(self):
        lines = [{"sku": "ZXJ-0123", "quantity": 99}, {"sku": "?", "quantity": 1}]
        row = self._take(self._message("K-3", lines=lines))
        self.assertEqual(row.state, "attention")
        self.assertEqual(self._levels()["ZXJ-0123"], 1)
        row.with_user(self.operator).action_ignore()
        self.assertEqual(self._levels()["ZXJ-0123"], 100)

    def test_a_waiting_order_of_one_channel_counts_on_all_with_their_own_codes(self):
        other = self._paper_channel("other", is_stock_sent=True)
        self._map_code(other, self.knuckle, "their-knuckle", 10)
        lines = [{"sku": "their-knuckle", "quantity": 4}, {"sku": "?", "quantity": 1}]
        self._take(
            self._message("K-4", lines=lines),
            channel=other,
        )
        self.assertEqual(self._levels()["ZXJ-0123"], 60)
        self.assertEqual(self._levels(other), {"their-knuckle": 6})

    def test_two_channels_and_one_piece_left(self):
        """As soon as one channel's order is in the hub, the other is told none."""
        other = self._paper_channel("other", is_stock_sent=True)
        last = self._product("Last one", "LAST-1", stock=1)
        for channel in (self.channel, other):
            self._map_code(channel, last, "LAST-1")
        self.assertEqual(self._levels()["LAST-1"], 1)
        self.assertEqual(self._push_all(other), {"LAST-1": 1})
        self._settle()
        lines = [{"sku": "LAST-1", "quantity": 1}, {"sku": "?", "quantity": 1}]
        self._take(self._message("K-5", lines=lines))
        self._commit_marks()
        self.assertEqual(self._push(other), {"LAST-1": 0})
        self.assertEqual(self._levels()["LAST-1"], 0)

    def test_an_order_nobody_has_read_yet_is_waited_for(self):
        Inbound = self.env["order.hub.inbound"].sudo()
        new = Inbound._receive(self.channel, [self._message("K-6")])["new"]
        self.env["order.hub.stock.dirty"]._mark_all(self.channel)
        with self.assertRaises(RetryableJobError):
            self._push()
        later = fields.Datetime.now() + timedelta(minutes=16)
        with patch.object(fields.Datetime, "now", lambda: later):
            self.assertTrue(self._push())
        self.assertTrue(new)

    def test_only_the_warehouses_of_the_channel_count(self):
        second = self.env["stock.warehouse"].create({"name": "Two", "code": "WH2"})
        self.env["stock.quant"]._update_available_quantity(
            self.knuckle, second.lot_stock_id, 7
        )
        self.assertEqual(self._levels()["ZXJ-0123"], 107)
        self.channel.stock_warehouse_ids = second
        self.assertEqual(self._levels()["ZXJ-0123"], 7)

    def test_a_kit_has_as_many_as_its_scarcest_part_allows(self):
        kit = self._product("Brake kit", "KIT-1")
        self.env["mrp.bom"].create(
            {
                "product_tmpl_id": kit.product_tmpl_id.id,
                "type": "phantom",
                "bom_line_ids": [
                    Command.create({"product_id": self.knuckle.id, "product_qty": 3}),
                    Command.create({"product_id": self.pads.id, "product_qty": 2}),
                ],
            }
        )
        self._map_code(self.channel, kit, "KIT-1")
        self.assertEqual(self._levels()["KIT-1"], 33)
        self._sold("K-7", ("ZXJ-0123", 90))
        self.assertEqual(self._levels()["KIT-1"], 3)
        self._settle()
        self.env["order.hub.stock.dirty"]._mark(self.knuckle.ids)
        self._commit_marks()
        self.assertEqual(self._push()["KIT-1"], 3)

    def test_a_bundle_has_as_many_as_its_contents_allow(self):
        self.env["order.hub.bundle"].create(
            {
                "sku": "SET-1",
                "name": "Set",
                "line_ids": [
                    Command.create({"product_id": self.knuckle.id, "quantity": 2}),
                    Command.create({"product_id": self.pads.id, "quantity": 30}),
                ],
            }
        )
        self.assertEqual(self._levels()["SET-1"], 3)

    def test_every_coded_product_is_told_where_that_is_chosen(self):
        self.channel.stock_scope = "all"
        levels = self._levels()
        self.assertEqual(levels["SCP-0789"], 100)
        self.assertEqual(levels["ZXJ-0123"], 100)

    # === WHEN === #

    def test_only_what_differs_from_the_last_time_is_told(self):
        self._push_all()
        self._sold("T-1", ("ZXJ-0123", 5))
        self.assertEqual(self._push_all(), {"ZXJ-0123": 95})
        self.assertEqual(self._push_all(), {})

    def test_stock_that_moves_is_told_by_itself(self):
        self._push_all()
        self._stock(self.knuckle, 11)
        self._commit_marks()
        self.assertEqual(self._push(), {"ZXJ-0123": 111})
        self.assertFalse(self.env["order.hub.stock.dirty"].search([]))

    def test_stock_that_moves_costs_one_insert(self):
        self.env["order.hub.stock.dirty"]._listening()
        self._stock(self.knuckle, 1)
        self._stock(self.shaft, 1)
        before = self.cr.sql_log_count
        self._commit_marks()
        self.assertEqual(self.cr.sql_log_count - before, 1)

    def test_stock_that_moves_costs_nothing_where_nobody_listens(self):
        self.channel.is_stock_sent = False
        self.env["order.hub.stock.dirty"]._listening()
        before = self.cr.sql_log_count
        self.env["order.hub.stock.dirty"]._mark(self.knuckle.ids)
        self._commit_marks()
        self.assertEqual(self.cr.sql_log_count, before)

    def test_a_code_the_channel_refuses_is_shown_and_told_again(self):
        with patch.object(
            PaperShop, "send_stock", lambda self, levels: {"ZXJ-0123": "No such item."}
        ):
            self._push_all()
        told = {row.sku: row for row in self.channel.stock_ids}
        self.assertEqual(told["ZXJ-0123"].error, "No such item.")
        self.assertTrue(told["BOX-456"].is_told)
        self.assertEqual(self._push_all(), {"ZXJ-0123": 100})

    def test_a_channel_that_is_down_is_told_later_and_nothing_is_forgotten(self):
        PaperShop.error = ChannelDown("down")
        self.env["order.hub.stock.dirty"]._mark_all(self.channel)
        with self.assertRaises(RetryableJobError):
            self._push()
        PaperShop.error = None
        self.assertEqual(self._push(), {"ZXJ-0123": 100, "BOX-456": 8})

    def test_refused_credentials_are_counted(self):
        PaperShop.error = AuthenticationFailed("no")
        self._push_all()
        self.assertEqual(self.channel.failed_logins, 1)
        PaperShop.error = Refused("whole call refused")
        self._push_all()
        self.assertEqual(self.channel.stock_ids[0].error, "whole call refused")

    def test_a_job_that_dies_tells_the_same_again(self):
        Told = self.env.registry["order.hub.channel.stock"]
        self.env["order.hub.stock.dirty"]._mark_all(self.channel)
        with patch.object(Told, "_keep", side_effect=KeyboardInterrupt):
            with self.assertRaises(KeyboardInterrupt), self.env.cr.savepoint():
                self._push()
        self.assertEqual(self._push(), {"ZXJ-0123": 100, "BOX-456": 8})

    def test_switching_on_tells_everything(self):
        self._push_all()
        self._settle()
        self.channel.is_stock_sent = False
        self.channel.is_stock_sent = True
        self.assertTrue(self.env["order.hub.stock.dirty"].search([]))

    # === FROM THE WRONG SIDE === #

    def test_a_salesperson_neither_reads_nor_sends_stock_figures(self):
        self._push_all()
        with self.assertRaises(AccessError):
            self.channel.stock_ids.with_user(self.sales).read(["quantity"])
        with self.assertRaises(AccessError):
            self.channel.with_user(self.sales).action_send_stock()
        with self.assertRaises(AccessError):
            self.channel.stock_ids.with_user(self.configurator).write({"quantity": 9})

    def test_a_buffer_below_zero_or_above_a_hundred_percent_is_refused(self):
        for values in ({"stock_buffer": -1}, {"stock_buffer_percent": 101}):
            with (
                self.assertRaises(CheckViolation),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                self.channel.write(values)
                self.env.flush_all()

    def test_quantities_that_are_no_numbers_in_the_inbox_harm_nothing(self):
        lines = [{"sku": "ZXJ-0123", "quantity": "many"}]
        self._take(self._message("X", lines=lines))
        self.assertEqual(self._levels()["ZXJ-0123"], 100)

    # === COST === #

    def test_fifty_codes_cost_as_many_queries_as_one(self):
        one = self._queries(lambda: self.channel._stock_rows(set(self.knuckle.ids)))
        products = self.env["product.product"].create(
            [
                {"name": f"P{n}", "default_code": f"P-{n}", "is_storable": True}
                for n in range(50)
            ]
        )
        for product in products:
            self._stock(product, 5)
            self._map_code(self.channel, product, f"P-{product.default_code}")
        many = self._queries(lambda: self.channel._stock_rows())
        self.assertLessEqual(many, one + 3)
