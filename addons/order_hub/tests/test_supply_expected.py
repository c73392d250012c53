from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from .chain_common import ChainCommon


@tagged("post_install", "-at_install")
class TestSupplyExpected(ChainCommon):
    """What a supplier says reaches the orders that wait, at once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.now = fields.Datetime.now().replace(microsecond=0)
        cls.steel = cls._bought("Steel", "ST-1", cls.buy | cls.mto)
        cls.bar = cls._bought("Bar", "BAR-1")

    def _day(self, days):
        return self.now + timedelta(days=days)

    def _line_of(self, order):
        line = self._of_mill().order_line.filtered(
            lambda each: order.order_line.product_id & each.product_id
        )
        line.order_id.user_id = self.buyer
        line.order_id.button_confirm()
        return line

    def _stocked(self, quantity=15, days=5):
        """Buy bars for stock."""
        purchase = self.env["purchase.order"].create(
            {
                "partner_id": self.mill.id,
                "user_id": self.buyer.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.bar.id,
                            "product_qty": quantity,
                            "price_unit": 3,
                            "date_planned": self._day(days),
                        }
                    )
                ],
            }
        )
        purchase.button_confirm()
        return purchase.order_line

    def _sold(self, quantity, days=10, product=None):
        return self._confirmed(quantity, product=product or self.bar, days=days)

    def _problem(self, order):
        return order.hub_exception_ids.filtered(
            lambda hold: hold.kind_id.code == "supplier_delay" and hold.state == "open"
        )

    def _say(self, line, *parts):
        said = [(quantity, self._day(days)) for quantity, days in parts]
        return line._hub_expect({line: said or None}, self.now)

    def _receive(self, line):
        picking = line.move_ids.picking_id.filtered(lambda p: p.state != "done")
        picking.move_ids.quantity = line.product_qty
        picking.move_ids.picked = True
        picking.button_validate()

    # === WHO IS REACHED === #

    def test_an_order_whose_steel_comes_late_knows_the_day_and_why(self):
        order = self._sold(10, product=self.steel)
        line = self._line_of(order)
        changed = self._say(line, (10, 12))
        self.assertEqual(changed, order)
        self.assertEqual(order.hub_expected_date, self._day(12))
        self.assertEqual(self._problem(order).is_automatic, True)
        self.assertIn(line.order_id.name, self._problem(order).description)
        self.assertTrue(line.hub_holds_up)

    def test_an_order_that_gets_it_in_time_hears_nothing(self):
        order = self._sold(10, product=self.steel)
        self.assertFalse(self._say(self._line_of(order), (10, 9)))
        self.assertFalse(order.hub_expected_date)
        self.assertFalse(self._problem(order))

    def test_goods_from_stock_go_to_those_who_stand_first(self):
        line = self._stocked(15)
        first, second = self._sold(10), self._sold(5)
        self._say(line, (12, 8), (3, 12))
        self.assertFalse(first.hub_expected_date)
        self.assertEqual(second.hub_expected_date, self._day(12))

    def test_what_is_made_of_it_is_late_as_well(self):
        blank = self._made("Blank", "BL-1", {self.steel: 1})
        order = self._sold(4, product=blank)
        line = self._of_mill().order_line
        line.order_id.button_confirm()
        self._say(line, (4, 15))
        self.assertGreaterEqual(order.hub_expected_date, self._day(15))
        self.assertEqual(order.hub_late_line_ids, line)

    def test_what_is_made_for_stock_leads_to_whoever_takes_it(self):
        blank = self._made("Blank", "BL-2", {self.bar: 1}, self.make)
        production = self.env["mrp.production"].create(
            {"product_id": blank.id, "product_qty": 5}
        )
        production.action_confirm()
        line = self._stocked(5)
        order = self._sold(4, product=blank)
        self._say(line, (5, 15))
        self.assertEqual(order.hub_late_line_ids, line)

    def test_a_shortage_without_a_day_opens_the_problem(self):
        line = self._stocked(15)
        first, second = self._sold(10), self._sold(5)
        self._say(line, (10, 5))
        self.assertEqual(line.hub_short_qty, 5)
        self.assertFalse(self._problem(first))
        self.assertTrue(self._problem(second))
        self.assertFalse(second.hub_expected_date)

    # === ANSWERS === #

    def _answer(self, line, *parts):
        """Let the supplier answer a line with parts of (quantity, days)."""
        word = {
            "line_id": line.id,
            "kind": "split",
            "parts": [
                {"quantity": quantity, "date": self._day(days).date()}
                for quantity, days in parts
            ],
        }
        return line.order_id._hub_answer([word], "buyer", self.now)

    def test_an_answer_counts_before_the_buyer_has_decided(self):
        line = self._stocked(15)
        first, second = self._sold(10), self._sold(5)
        self._answer(line, (12, 5), (3, 14))
        self.assertFalse(first.hub_expected_date)
        self.assertEqual(second.hub_expected_date.date(), self._day(14).date())

    def test_an_accepted_answer_is_the_plan_and_orders_stay_late_by_it(self):
        line = self._stocked(15)
        first, second = self._sold(10), self._sold(5)
        self._answer(line, (12, 5), (3, 14))
        line.order_id.with_user(self.buyer).action_hub_accept_answers()
        self.assertFalse(line.hub_expected_date)
        self.assertFalse(first.hub_expected_date)
        self.assertEqual(second.hub_expected_date.date(), self._day(14).date())
        self.assertEqual(second.hub_late_line_ids, line.order_id.order_line - line)

    def test_an_answer_after_a_report_replaces_it(self):
        line = self._stocked(15)
        order = self._sold(10)
        self._say(line, (15, 20))
        self.now += timedelta(seconds=5)
        self._answer(line, (15, 5))
        self.assertFalse(order.hub_expected_date)

    # === AND BACK === #

    def test_a_better_word_closes_the_problem_by_itself(self):
        order = self._sold(10, product=self.steel)
        line = self._line_of(order)
        self._say(line, (10, 12))
        self.assertEqual(self._say(line, (10, 8)), order)
        self.assertFalse(self._problem(order))
        self.assertFalse(order.hub_expected_date)
        self.assertFalse(line.hub_holds_up)
        self.assertFalse(line.order_id.activity_ids)

    def test_one_late_purchase_does_not_hide_behind_another_in_time_again(self):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.partner.id,
                "commitment_date": self._day(10),
                "order_line": [
                    Command.create({"product_id": self.steel.id, "product_uom_qty": 2}),
                    Command.create({"product_id": self.bar.id, "product_uom_qty": 2}),
                ],
            }
        )
        order.action_confirm()
        steel = self._line_of(order)
        bar = self._stocked(2)
        self._say(steel, (2, 14))
        self._say(bar, (2, 18))
        self.assertEqual(order.hub_expected_date, self._day(18))
        self._say(bar, (2, 5))
        self.assertEqual(order.hub_expected_date, self._day(14))
        self.assertEqual(order.hub_late_line_ids, steel)

    def test_the_buyers_own_date_makes_the_word_void(self):
        order = self._sold(10, product=self.steel)
        line = self._line_of(order)
        self._say(line, (10, 12))
        line.date_planned = self._day(7)
        self.assertFalse(line.hub_expected_date)
        self.assertFalse(order.hub_expected_date)

    def test_goods_that_came_in_hold_up_nobody(self):
        line = self._stocked(15)
        order = self._sold(5)
        self._say(line, (15, 12))
        self.assertTrue(order.hub_expected_date)
        self._receive(line)
        self.assertFalse(order.hub_expected_date)
        self.assertFalse(self._problem(order))

    # === WHO IS TOLD === #

    def test_the_buyer_gets_one_to_do_and_a_note_no_supplier_reads(self):
        order = self._sold(10, product=self.steel)
        line = self._line_of(order)
        self._say(line, (10, 12))
        self._say(line, (10, 13))
        [todo] = line.order_id.activity_ids
        self.assertEqual(todo.user_id, self.buyer)
        self.assertIn(order.name, todo.note)
        notes = line.order_id.message_ids.filtered(lambda m: order.name in m.body)
        self.assertTrue(notes)
        self.assertTrue(all(notes.mapped("subtype_id.internal")))

    def test_the_same_word_again_tells_nobody(self):
        order = self._sold(10, product=self.steel)
        line = self._line_of(order)
        self._say(line, (10, 12))
        before = len(line.order_id.message_ids)
        self.assertFalse(self._say(line, (10, 12)))
        self.assertEqual(len(line.order_id.message_ids), before)

    # === COST === #

    def test_the_way_to_the_orders_costs_the_same_for_one_and_for_fifty(self):
        line = self._stocked(500)
        self._sold(1)
        Reach = self.env["order.hub.supply.reach"]
        one = self._queries(lambda: Reach._arriving(line, self.now))
        for _number in range(49):
            self._sold(1)
        self.assertEqual(len(Reach._arriving(line, self.now)), 50)
        fifty = self._queries(lambda: Reach._arriving(line, self.now))
        self.assertLessEqual(fifty, one)
