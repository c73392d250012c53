from datetime import timedelta

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common_ecn_impact import EcnImpactCommon

#: Queries of a report, whatever the number of orders.
QUERIES_LIMIT = 60


@tagged("post_install", "-at_install")
class TestEcnImpact(EcnImpactCommon):
    # === ORDERS === #

    def test_a_frozen_order_is_in_the_report_with_its_cost_difference(self):
        order = self._sold(10)
        order._hub_freeze_boms()
        self._impact()
        row = self._row(order)
        self.assertTrue(row.is_frozen)
        self.assertEqual(
            (row.pieces, row.suggestion, row.choice), (10, *["switch"] * 2)
        )
        # 20 resistors a board, 0.02 more each
        self.assertAlmostEqual(row.unit_cost_difference, 0.40)
        self.assertAlmostEqual(row.cost_difference, 4.0)
        self.assertAlmostEqual(self.ecn.cost_difference, 4.0)

    def test_an_order_that_is_not_frozen_yet_is_shown_apart(self):
        order = self._sold(10)
        self._impact()
        self.assertFalse(self._row(order).is_frozen)
        self.assertEqual((self.ecn.impact_orders, self.ecn.impact_frozen), (1, 0))

    def test_an_order_of_something_else_is_not_in_the_report(self):
        order = self._sold(10, product=self.product)
        self._impact()
        self.assertFalse(self._row(order))

    def test_a_delivered_a_cancelled_and_an_asked_for_order_are_not_in_it(self):
        cancelled = self._sold(1)
        cancelled._action_cancel()
        asked = self._order(1, product=self.controller)
        delivered = self._sold(1)
        self._stock(self.controller, 1)
        self._deliver(delivered)
        self._impact()
        self.assertFalse(self.ecn.order_ids.order_id & (cancelled | asked | delivered))

    def test_reserved_finished_goods_need_no_change(self):
        self._stock(self.controller, 4)
        order = self._sold(10)
        order.picking_ids.action_assign()
        self._impact()
        self.assertEqual(self._row(order).pieces, 6)

    def test_behind_the_point_of_no_return_an_order_keeps_its_revision(self):
        self.preparing.no_return = True
        before, at, behind = self._sold(1), self._sold(1), self._sold(1)
        at.hub_stage_id = self.preparing
        behind.hub_stage_id = self.shipped
        self._impact()
        self.assertEqual(
            [self._row(order).is_past for order in (before, at, behind)],
            [False, True, True],
        )
        self.assertEqual(self._row(behind).suggestion, "keep")
        self.assertFalse(self._row(behind).cost_difference)
        self.assertEqual(self._row(at).stage_id, self.preparing)

    def test_an_order_whose_board_is_made_is_behind_the_point_of_no_return(self):
        order = self._sold(2)
        self._stock(self.old_part, 40)
        self._stock(self.capacitor, 2)
        production = self._production(order, self.board, self.board_bom, 2)
        production.qty_producing = 2
        production._set_qty_producing()
        production.move_raw_ids.picked = True
        production.button_mark_done()
        self.assertEqual(production.state, "done")
        self._impact()
        row = self._row(order)
        self.assertEqual((row.is_past, row.suggestion), (True, "keep"))
        self.assertAlmostEqual(row.wip_value, 2 * (20 * 0.10 + 1.0))

    def test_consumed_parts_that_the_new_revision_has_no_use_for_are_lost(self):
        order = self._sold(2)
        self._stock(self.old_part, 100)
        production = self._production(order, self.board, self.board_bom, 2)
        move = production.move_raw_ids.filtered(
            lambda move: move.product_id == self.old_part
        )
        move.quantity, move.picked = 15, True
        self._impact()
        row = self._row(order)
        self.assertAlmostEqual(row.lost_value, 15 * 0.10)
        self.assertEqual((row.suggestion, row.production_count), ("decide", 1))
        self.assertAlmostEqual(self.ecn.mo_ids.consumed_value, 1.5)
        self.assertAlmostEqual(self.ecn.impact_wip_value, 1.5)
        # the 15 are in the board, no more in stock, and no more needed
        self.assertEqual(self._item(self.old_part).on_hand, 85)

    def test_a_customer_who_must_agree_is_asked_first(self):
        order = self._sold(1)
        self.partner.hub_must_agree = True
        self._impact()
        self.assertEqual(self._row(order).suggestion, "decide")

    # === DATES === #

    def test_material_that_has_to_be_bought_moves_the_promise(self):
        order = self._sold(10, days=6)
        self._stock(self.old_part, 200)
        self._stock(self.capacitor, 10)
        self._impact()
        row = self._row(order)
        # without: 5 days to make, promised for day 6; with: 10 to buy + 5 = day 15
        self.assertEqual((row.wait_days, row.days_difference), (10, 9))
        self.assertEqual(row.new_promise, row.promised + timedelta(days=9))
        self.assertEqual((row.suggestion, self.ecn.impact_late), ("switch", 1))

    def test_a_purchase_on_its_way_comes_before_a_new_one(self):
        order = self._sold(10, days=6)
        self._stock(self.old_part, 200)
        self._bought(self.new_part, 200, 4)
        self._impact()
        self.assertEqual(self._row(order).wait_days, 4)
        self.assertEqual(self._row(order).days_difference, 3)

    def test_a_far_promise_has_room_for_the_wait(self):
        order = self._sold(10, days=60)
        self._impact()
        row = self._row(order)
        self.assertEqual((row.wait_days, row.days_difference), (10, 0))
        self.assertEqual(row.new_promise, row.promised)

    def test_lead_times_of_the_draft_count(self):
        order = self._sold(10, days=5)
        self._stock(self.old_part, 200)
        self._stock(self.new_part, 200)
        self.draft.produce_delay = 6
        self._impact()
        self.assertEqual(self._row(order).days_difference, 4)

    def test_the_earlier_promise_gets_the_material_first(self):
        late, early = self._sold(10, days=30), self._sold(10, days=8)
        self._stock(self.new_part, 200)
        self._stock(self.old_part, 400)
        self._impact()
        self.assertEqual(self._row(early).wait_days, 0)
        self.assertEqual(self._row(late).wait_days, 10)

    def test_material_that_nobody_sells_is_for_a_person_to_decide(self):
        order = self._sold(1)
        self.new_part.seller_ids.unlink()
        self._impact()
        self.assertTrue(self._row(order).is_unsourced)
        self.assertEqual(self._row(order).suggestion, "decide")
        self.assertEqual(self._item(self.new_part).days_to_buy, -1)

    # === MATERIAL === #

    def test_what_nothing_takes_any_more_is_stranded_on_order_first(self):
        self._sold(10)
        self._stock(self.old_part, 260)
        purchase = self._bought(self.old_part, 100, 5, price=0.09)
        self._impact()
        item = self._item(self.old_part)
        self.assertEqual((item.on_hand, item.incoming), (260, 100))
        self.assertEqual((item.stranded_incoming, item.stranded_on_hand), (100, 260))
        self.assertAlmostEqual(item.stranded_value, 100 * 0.09 + 260 * 0.10)
        row = self.ecn.purchase_ids
        self.assertEqual((row.purchase_id, row.stranded_quantity), (purchase, 100))
        self.assertEqual((item.needed_old, item.needed_new), (200, 0))

    def test_what_others_still_need_is_not_stranded(self):
        self._sold(10)
        self._stock(self.old_part, 260)
        lamp = self._product("Lamp", "LMP")
        lamp_bom = self._bom(lamp, {self.old_part: 5})
        production = self.env["mrp.production"].create(
            {"product_id": lamp.id, "bom_id": lamp_bom.id, "product_qty": 6}
        )
        production.action_confirm()
        self._impact()
        item = self._item(self.old_part)
        # 260 − 30 of the lamps − 200 before the change: 30 were over anyway
        self.assertEqual((item.needed_others, item.stranded_quantity), (30, 200))

    def test_orders_that_nothing_is_made_for_yet_need_material_too(self):
        lamp = self._product("Lamp", "LMP")
        self._bom(lamp, {self.new_part: 5})
        self._stock(lamp, 2)
        self._sold(10, product=lamp)
        self._sold(1)
        self._impact()
        item = self._item(self.new_part)
        self.assertEqual((item.needed_others, item.needed_new), (40, 20))

    def test_a_part_delivered_as_such_is_needed_by_others(self):
        self._sold(7, product=self.new_part)
        self._sold(1)
        self._impact()
        self.assertEqual(self._item(self.new_part).needed_others, 7)

    def test_only_what_the_change_adds_is_short_by_it(self):
        self._sold(7, product=self.new_part)
        self._sold(10)
        self._stock(self.new_part, 3)
        self._impact()
        item = self._item(self.new_part)
        # 4 were short before the change
        self.assertEqual(item.short_quantity, 200)
        self.assertAlmostEqual(item.short_value, 24.0)

    def test_nothing_is_stranded_and_short_at_once(self):
        self._sold(10)
        self._stock(self.old_part, 5)
        self._bought(self.new_part, 30, 4)
        self._impact()
        for item in self.ecn.item_ids:
            self.assertFalse(item.stranded_quantity and item.short_quantity)

    def test_stock_is_stranded_without_a_single_order(self):
        self._stock(self.old_part, 50)
        self._impact()
        self.assertFalse(self.ecn.order_ids)
        self.assertEqual(self._item(self.old_part).stranded_on_hand, 50)

    def test_foreign_currency_is_converted_at_the_rate_of_its_day(self):
        """Purchases at the rate of their date, prices of suppliers at today's."""
        currency = self.env["res.currency"].create({"name": "TST", "symbol": "T"})
        self.env["res.currency.rate"].create(
            [
                {"currency_id": currency.id, "name": "2024-01-01", "rate": 4.0},
                {"currency_id": currency.id, "name": self._day(), "rate": 2.0},
            ]
        )
        self._sold(10)
        self._bought(
            self.old_part,
            100,
            5,
            price=0.40,
            currency_id=currency.id,
            date_order="2024-06-01 08:00:00",
        )
        self.new_part.standard_price = 0
        self.new_part.seller_ids.write({"currency_id": currency.id, "price": 0.5})
        self._impact()
        self.assertAlmostEqual(self.ecn.purchase_ids.stranded_value, 100 * 0.10)
        self.assertAlmostEqual(self._item(self.new_part).cost, 0.25)
        self.assertAlmostEqual(self.ecn.cost_difference, 10 * 20 * (0.25 - 0.10))

    def test_units_are_converted(self):
        order = self._sold(0)
        order.order_line.write(
            {
                "product_uom_qty": 2,
                "product_uom_id": self.env.ref("uom.product_uom_dozen").id,
            }
        )
        self._line(self.draft, self.new_part).write(
            {
                "product_qty": 1,
                "product_uom_id": self.env.ref("uom.product_uom_dozen").id,
            }
        )
        self._impact()
        self.assertEqual(self._row(order).pieces, 24)
        self.assertEqual(self._item(self.new_part).needed_new, 24 * 12)

    # === PEOPLE === #

    def test_suppliers_and_customers_to_tell_are_listed_with_the_reason(self):
        self._sold(10, days=6)
        self._bought(self.old_part, 100, 5)
        self._impact()
        told = {
            (row.partner_id, row.reason): row.documents for row in self.ecn.party_ids
        }
        self.assertEqual(
            told,
            {
                (self.supplier, "reduce"): 1,
                (self.other_supplier, "order"): 1,
                (self.partner, "date"): 1,
            },
        )
        self.assertEqual((self.ecn.impact_suppliers, self.ecn.impact_customers), (2, 1))
        self.assertIn("Yageo Agents", self._item(self.old_part).suppliers)

    # === STRUCTURES === #

    def test_orders_of_the_assembly_itself_and_above_are_both_in_it(self):
        board, controller = self._sold(3, product=self.board), self._sold(4)
        self._impact()
        self.assertEqual(self.ecn.order_ids.order_id, board | controller)
        self.assertEqual(self._item(self.new_part).needed_new, 7 * 20)

    def test_two_products_of_one_order_are_one_row(self):
        order = self._sold(3)
        self.env["sale.order.line"].create(
            {
                "order_id": order.id,
                "product_id": self.board.id,
                "product_uom_qty": 2,
            }
        )
        self._impact()
        self.assertEqual(self._row(order).pieces, 5)
        self.assertAlmostEqual(self._row(order).cost_difference, 5 * 0.4)

    def test_a_kit_above_the_change_counts(self):
        kit = self._product("Set", "SET", is_storable=False)
        self._bom(kit, {self.controller: 2}, type="phantom")
        order = self._sold(3, product=kit)
        self._impact()
        self.assertEqual(self._row(order).pieces, 3)
        self.assertEqual(self._item(self.new_part).needed_new, 3 * 2 * 20)

    def test_an_order_on_an_older_revision_is_reached_too(self):
        order = self._sold(10)
        order._hub_freeze_boms()
        second = self.board_bom._hub_new_revision()
        self._line(second, self.capacitor).product_qty = 2
        self.ecn.bom_ids.unlink()
        second._hub_release()
        third = self._ecn(second)
        self._line(third.bom_ids.draft_bom_id, self.old_part).product_id = self.new_part
        self._impact(third)
        row = self._row(order, third)
        self.assertTrue(row.is_frozen)
        # from revision A to C: another resistor and a second capacitor
        self.assertAlmostEqual(row.unit_cost_difference, 20 * 0.02 + 1.0)

    def test_two_bills_in_one_change_count_together(self):
        order = self._sold(10)
        order._hub_freeze_boms()
        self.ecn.bom_ids = [Command.create({"bom_id": self.controller_bom.id})]
        screw = self._part("SCREW", 0.5, self.supplier, 2)
        self.ecn.bom_ids[-1].draft_bom_id.bom_line_ids = [
            Command.create({"product_id": screw.id, "product_qty": 4})
        ]
        self._impact()
        self.assertAlmostEqual(self._row(order).unit_cost_difference, 0.4 + 2.0)

    # === ANEW === #

    def test_orders_that_came_since_are_added_and_shown(self):
        first = self._sold(1)
        self._impact()
        self.assertFalse(self._row(first).is_added)
        second = self._sold(1)
        changes = self.ecn._make_impact()
        self.assertEqual(changes[self.ecn.id], {"added": second.ids, "gone": []})
        self.assertTrue(self._row(second).is_added)
        self.assertEqual(self.ecn.impact_added, 1)

    def test_what_a_person_chose_stays_and_counts(self):
        order = self._sold(10)
        self.ecn._inside().write({"state": "review"})
        self._impact()
        self._row(order).with_user(self.supervisor).choice = "keep"
        self._impact()
        row = self._row(order)
        self.assertEqual((row.choice, row.suggestion), ("keep", "switch"))
        self.assertFalse(row.cost_difference or self.ecn.cost_difference)

    def test_an_order_that_is_cancelled_leaves_the_report(self):
        order = self._sold(10)
        self._impact()
        order._action_cancel()
        changes = self.ecn._make_impact()
        self.assertEqual(changes[self.ecn.id]["gone"], order.ids)
        self.assertFalse(self.ecn.order_ids)

    def test_a_row_that_is_settled_is_left_as_it_is(self):
        order = self._sold(10)
        self._impact()
        self._row(order)._inside().write({"state": "done", "pieces": 1})
        self._impact()
        self.assertEqual((self._row(order).state, self._row(order).pieces), ("done", 1))

    def test_totals_are_the_sums_of_the_rows(self):
        for days in (5, 9, 60):
            self._sold(7, days=days)
        self._stock(self.old_part, 123)
        self._bought(self.old_part, 50, 3, price=0.07)
        self._impact()
        rows, items = self.ecn.order_ids, self.ecn.item_ids
        self.assertEqual(self.ecn.impact_orders, len(rows))
        self.assertAlmostEqual(
            self.ecn.cost_difference, sum(rows.mapped("cost_difference"))
        )
        self.assertAlmostEqual(
            self.ecn.impact_stranded_value, sum(items.mapped("stranded_value"))
        )
        self.assertAlmostEqual(
            self.ecn.impact_short_value, sum(items.mapped("short_value"))
        )
        stages = self.ecn.impact["stages"]
        self.assertEqual(sum(row["orders"] for row in stages), len(rows))

    def test_the_rows_are_written_by_the_hub_alone(self):
        self._sold(1)
        self._impact()
        for row in (self.ecn.order_ids, self.ecn.party_ids[:1]):
            with self.assertRaises(UserError):
                row.write({"company_id": self.company.id})

    def test_the_number_of_queries_does_not_grow_with_the_orders(self):
        self._sold(1)
        few = self._queries(self.ecn._make_impact)
        for _number in range(49):
            self._sold(1)._hub_freeze_boms()
        many = self._queries(self.ecn._make_impact)
        self.assertLessEqual(many, QUERIES_LIMIT)
        self.assertLessEqual(few, QUERIES_LIMIT)
