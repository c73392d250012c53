from datetime import timedelta

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .usage_common import UsageCommon


@tagged("post_install", "-at_install")
class TestUsage(UsageCommon):
    """Where the need of a bought item comes from, each need once."""

    # === FIRM === #

    def test_a_delivery_of_the_item_itself_is_firm(self):
        self._sell(self.sheet, 3000, 1)
        self.assertEqual(self._tons("firm")[:3], [0, 3, 0])

    def test_components_of_confirmed_manufacturing_are_firm(self):
        self._make(100, 2)
        self.assertEqual(self._tons("firm")[:4], [0, 0, 2, 0])

    def test_an_order_that_nobody_makes_yet_needs_its_components(self):
        self.bom.produce_delay = 7
        self._sell(self.frame, 50, 3)
        self.assertEqual(self._tons("firm")[:4], [0, 0, 1, 0])

    def test_an_order_that_is_being_made_is_counted_once(self):
        self._sell(self.frame, 50, 3)
        self._make(50, 2)
        self.assertEqual(sum(self._tons("firm")), 1)
        self.assertEqual(self._tons("firm")[2], 1)

    def test_finished_goods_in_stock_need_no_components(self):
        self._stock(self.frame, 30)
        self._sell(self.frame, 50, 3)
        self.assertEqual(self._tons("firm")[3], 0.4)

    def test_a_kit_in_between_is_looked_through(self):
        kit = self._product("Frame kit", "KIT", is_storable=False)
        self.bom.copy({"product_tmpl_id": kit.product_tmpl_id.id, "type": "phantom"})
        self._sell(kit, 10, 1)
        self.assertEqual(self._tons("firm")[1], 0.2)

    def test_a_quotation_needs_nothing(self):
        self._order(50, product=self.frame)
        for part in ("ordered", "firm", "planned", "forecast"):
            self.assertFalse(sum(self._tons(part)))

    def test_what_is_overdue_is_needed_this_week(self):
        self._sell(self.sheet, 1000, -3)
        self.assertEqual(self._tons("firm")[0], 1)

    def test_a_delivery_in_two_steps_is_counted_once(self):
        self.warehouse.delivery_steps = "pick_ship"
        self._sell(self.sheet, 1000, 1)
        self.assertEqual(sum(self._tons("firm")), 1)

    def test_weeks_begin_at_midnight_of_the_company(self):
        order = self._sell(self.sheet, 1000, 0)
        sunday = self._at(0, day=6)
        order.picking_ids.move_ids.date = sunday.replace(hour=15, minute=59)
        self.assertEqual(self._tons("firm")[:2], [1, 0])
        order.picking_ids.move_ids.date = sunday.replace(hour=16)
        self.assertEqual(self._tons("firm")[:2], [0, 1])

    def test_another_company_needs_nothing_here(self):
        other = self.env["res.company"].create({"name": "Other Works"})
        order = self._sell(self.sheet, 1000, 1)
        order.picking_ids.move_ids.flush_recordset()
        self.env.cr.execute(
            "UPDATE stock_move SET company_id = %s WHERE id = ANY(%s)",
            (other.id, order.picking_ids.move_ids.ids),
        )
        self.assertFalse(sum(self._tons("firm")))

    # === PLANNED === #

    def test_components_of_draft_manufacturing_are_planned(self):
        self._make(100, 2, confirm=False)
        self.assertEqual(self._tons("planned")[2], 2)
        self.assertFalse(sum(self._tons("firm")))

    def test_manufacturing_of_a_reordering_rule_is_planned_until_begun(self):
        rule = self.env["stock.warehouse.orderpoint"].create(
            {"product_id": self.frame.id, "product_min_qty": 0}
        )
        production = self._make(100, 2, orderpoint_id=rule.id)
        self.assertEqual(self._tons("planned")[2], 2)
        production.state = "progress"
        self.assertEqual(self._tons("firm")[2], 2)

    # === FORECAST === #

    def _foresee(self, product, week, quantity):
        return self.env["order.hub.forecast"].create(
            {
                "product_id": product.id,
                "week": self._at(week).date(),
                "quantity": quantity,
            }
        )

    def test_a_forecast_is_what_orders_leave_of_it(self):
        self._foresee(self.sheet, 1, 5000)
        self._sell(self.sheet, 2000, 1)
        self.assertEqual(self._tons("firm")[1], 2)
        self.assertEqual(self._tons("forecast")[1], 3)

    def test_a_forecast_of_the_finished_product_reaches_the_item(self):
        self._foresee(self.frame, 2, 100)
        self.assertEqual(self._tons("forecast")[2], 2)

    def test_without_a_forecast_the_last_13_weeks_are_the_estimate(self):
        move = self._sell(self.sheet, 13000, 0).picking_ids.move_ids
        move.write({"quantity": 13000, "picked": True})
        move._action_done()
        self._stock(self.sheet, 13000)
        move.date = self._at(-2)
        self.assertEqual(self._tons("forecast"), [1] * 8)
        move.date = self._at(-14)
        self.assertFalse(sum(self._tons("forecast")))

    # === SUPPLY === #

    def test_stock_is_taken_by_firm_needs_first(self):
        self._stock(self.sheet, 2500)
        self._foresee(self.sheet, 0, 1000)
        self._sell(self.sheet, 2000, 3)
        self.assertEqual(sum(self._tons("firm")), 0)
        self.assertEqual(self._tons("forecast")[0], 0.5)

    def test_own_orders_are_shown_and_those_of_others_only_netted(self):
        self._buy(self.steel, 2000, 1)
        self._buy(self.rival, 1000, 1)
        self._sell(self.sheet, 4000, 2)
        self.assertEqual(self._tons("ordered")[:3], [0, 2, 0])
        self.assertEqual(self._tons("firm")[2], 1)

    def test_what_comes_too_late_is_said_and_not_asked_for_again(self):
        self._buy(self.steel, 2000, 4)
        self._sell(self.sheet, 2000, 1)
        self.assertFalse(sum(self._tons("firm")))
        self.assertEqual(sum(self._tons("late")), 2)

    def test_a_request_for_quotation_supplies_nothing(self):
        order = self._buy(self.steel, 2000, 1)
        order.button_cancel()
        order.button_draft()
        self._sell(self.sheet, 2000, 2)
        self.assertEqual(self._tons("firm")[2], 2)
        self.assertFalse(sum(self._tons("ordered")))

    # === WHOSE === #

    def test_the_first_vendor_has_all_of_it(self):
        self._seller(self.rival, self.sheet, sequence=5)
        self._sell(self.sheet, 1000, 1)
        self.assertEqual(self._tons("firm")[1], 1)
        self.assertFalse(
            self.usage._weeks(self.rival, self.company, self.today),
        )

    def test_shares_split_the_need(self):
        self.seller.hub_share = 70
        self._seller(self.rival, self.sheet, sequence=5, hub_share=30)
        self._sell(self.sheet, 1000, 1)
        self.assertEqual(self._tons("firm")[1], 0.7)
        self.assertEqual(self._tons("firm", self.rival)[1], 300)

    def test_a_price_list_that_has_ended_shows_nothing(self):
        self.seller.date_end = self.today - timedelta(days=1)
        self.assertFalse(self.usage._weeks(self.steel, self.company, self.today))

    def test_what_is_on_order_is_shown_without_a_price_list(self):
        self._buy(self.rival, 500, 1)
        self._sell(self.sheet, 5000, 1)
        self.assertEqual(self._tons("ordered", self.rival)[1], 500)
        self.assertFalse(sum(self._tons("firm", self.rival)))

    # === COST === #

    def test_the_number_of_queries_does_not_grow(self):
        self._sell(self.frame, 1, 1)
        self._sell_plates(2)
        few = self._queries()
        self._sell_plates(20)
        self.assertLessEqual(self._queries(), few)
        self.assertLessEqual(few, 28)

    def _sell_plates(self, count):
        for number in range(count):
            product = self._product(f"Plate {number}", f"P{count}-{number}")
            self._seller(self.steel, product)
            self._sell(product, 5, number % 8)
            self._sell(self.frame, 2, number % 8)

    def _queries(self):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.usage._weeks(self.steel, self.company, self.today)
        return self.env.cr.sql_log_count - before


@tagged("post_install", "-at_install")
class TestUsageFrozen(UsageCommon):
    def test_a_frozen_order_needs_what_it_was_frozen_on(self):
        self.preparing.freezes_bom = True
        order = self._sell(self.frame, 50, 3)
        order.hub_stage_id = self.preparing
        self.assertTrue(order.hub_freeze_ids)
        draft = self.bom._hub_new_revision()
        draft.bom_line_ids[0].product_qty = 40
        draft._hub_release()
        self.assertEqual(self._tons("firm")[3], 1)
        self._sell(self.frame, 50, 4)
        self.assertEqual(self._tons("firm")[4], 2)


@tagged("post_install", "-at_install")
class TestForecast(UsageCommon):
    def _create(self, **vals):
        return self.env["order.hub.forecast"].create(
            {"product_id": self.sheet.id, "quantity": 5, **vals}
        )

    def test_any_day_of_a_week_is_its_monday(self):
        row = self._create(week=self.monday + timedelta(days=6))
        self.assertEqual(row.week, self.monday)
        row.week = self.monday + timedelta(days=8)
        self.assertEqual(row.week, self.monday + timedelta(days=7))

    @mute_logger("odoo.sql_db")
    def test_one_forecast_a_product_and_week(self):
        self._create(week=self.monday)
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self._create(week=self.monday + timedelta(days=1))

    def test_an_import_is_known_as_one(self):
        loaded = (
            self.env["order.hub.forecast"]
            .with_context(import_file=True)
            .load(
                ["product_id", "week", "quantity"],
                [[self.sheet.display_name, self.monday.isoformat(), "12"]],
            )
        )
        row = self.env["order.hub.forecast"].browse(loaded["ids"])
        self.assertEqual((row.source, row.quantity), ("imported", 12))
        row.quantity = 13
        self.assertEqual(row.source, "entered")

    def test_buyers_plan_and_others_only_read(self):
        buyer = self._user("hub_buyer", "purchase.group_purchase_user")
        row = self._create(week=self.monday).with_user(buyer)
        row.quantity = 7
        with self.assertRaises(AccessError):
            row.with_user(self.operator).quantity = 8

    def test_another_company_sees_no_forecast(self):
        other = self.env["res.company"].create({"name": "Other Works"})
        row = self._create(week=self.monday)
        stranger = self._user("hub_other_buyer", "purchase.group_purchase_user")
        stranger.write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        with self.assertRaises(AccessError):
            row.with_user(stranger).read(["quantity"])
