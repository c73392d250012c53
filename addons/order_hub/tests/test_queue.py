import random
from datetime import datetime, timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from ..engine import queue as engine
from .common import OrderHubCommon


class QueueCommon(OrderHubCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.grading = cls.env["order.hub.grade.scheme"].create({})
        cls.scheme = cls.env["order.hub.queue.scheme"].create({})
        cls.queue = cls.env["order.hub.queue"]
        cls.rush_type = cls.env["order.hub.order.type"].create(
            {"name": "Rush", "code": "test_rush", "is_rush": True}
        )
        cls.flow.order_type_ids += cls.rush_type
        cls.best = cls._graded("Best customer", "a")
        cls.worst = cls._graded("Worst customer", "d")

    @classmethod
    def _graded(cls, name, grade):
        """Create a customer with a grade."""
        partner = cls.env["res.partner"].create({"name": name})
        cls.env.cr.execute(
            "INSERT INTO order_hub_grade (partner_id, company_id, grade) "
            "VALUES (%s, %s, %s)",
            [partner.id, cls.company.id, grade],
        )
        return partner

    @classmethod
    def _rush(cls, partner=None, **vals):
        return cls._order(
            1,
            partner_id=(partner or cls.best).id,
            hub_order_type_id=cls.rush_type.id,
            **vals,
        )

    def _in(self, hours):
        return fields.Datetime.now() + timedelta(hours=hours)

    def _places(self):
        """Return the confirmed orders in the queue, first one first."""
        places = self.queue._places(self.company)
        ids = sorted(places, key=places.get)
        return self.env["sale.order"].browse(ids)


@tagged("post_install", "-at_install")
class TestQueue(QueueCommon):
    # === SCORE === #

    def test_the_statement_gives_what_the_reference_gives(self):
        dice = random.Random(11)
        self.product.standard_price = 100
        orders = self.env["sale.order"]
        for number in range(14):
            orders |= self._random_order(dice, number)
        scheme = self.scheme._to_engine()
        for days in (0, 3, 11, 30):
            now = fields.Datetime.now() + timedelta(days=days)
            self.queue._rescore(self.company, now=now)
            figures = self.queue._figures(orders)
            self.assertEqual(set(figures), set(orders.ids))
            for order in orders:
                self.assertAlmostEqual(
                    order.hub_queue_score,
                    engine.score(figures[order.id], scheme, now),
                    delta=0.051,
                )

    def _random_order(self, dice, number):
        promised = dice.choice([False, dice.randint(-200, 600)])
        order = self._order(
            dice.randint(1, 3),
            partner_id=dice.choice([self.best, self.worst, self.partner]).id,
            hub_order_type_id=dice.choice([self.rush_type, self.order_type]).id,
            commitment_date=promised and self._in(promised),
        )
        order.order_line.price_unit = dice.choice([90, 120, 400])
        if number % 4:
            order.action_confirm()
        priority = {"hub_priority": dice.choice("012")}
        self.env["order.hub.writer"]._update(order, {order.id: priority})
        return order

    def test_a_better_customer_a_nearer_promise_and_rush_come_first(self):
        plain = self._order(1)
        near = self._order(1, commitment_date=self._in(3))
        rush = self._rush(self.partner, commitment_date=self._in(3))
        best = self._order(1, partner_id=self.best.id, commitment_date=self._in(3))
        orders = plain | near | rush | best
        orders.action_confirm()
        self.assertEqual(self._places(), best + rush + near + plain)
        self.assertEqual(plain.hub_queue_position, 4)

    def test_the_score_is_there_when_the_order_is_made_and_when_it_changes(self):
        order = self._order(1)
        self.assertTrue(order.hub_queue_score)
        self.assertFalse(order.hub_queue_date)
        order.action_confirm()
        self.assertTrue(order.hub_queue_date)
        before = order.hub_queue_score
        order.commitment_date = self._in(2)
        self.assertGreater(order.hub_queue_score, before + 30)
        order.write({"hub_order_type_id": self.rush_type.id})
        self.assertGreater(order.hub_queue_score, before + 50)

    def test_only_rows_that_change_are_written(self):
        orders = self._orders(3)
        orders.action_confirm()
        now = fields.Datetime.now()
        self.queue._rescore(self.company, now=now)
        self.assertFalse(self.queue._rescore(self.company, now=now))
        later = now + timedelta(days=1)
        self.assertEqual(
            set(self.queue._rescore(self.company, now=later)), set(orders.ids)
        )

    def test_waiting_moves_an_order_ahead_until_nobody_newer_is_before_it(self):
        old = self._order(1, partner_id=self.worst.id)
        old.action_confirm()
        new = self._rush(commitment_date=self._in(1))
        new.action_confirm()
        self.assertEqual(self._places()[0], new)
        now = fields.Datetime.now() + timedelta(days=self.scheme.limit_days)
        self.env.cr.execute(
            "UPDATE sale_order SET hub_queue_date = %s WHERE id = %s",
            [now - timedelta(days=1), new.id],
        )
        self.queue._rescore(self.company, now=now)
        self.assertEqual(self._places()[0], old)
        self.env.invalidate_all()
        self.assertEqual(old.hub_queue_mark, "waited")

    def test_the_wait_begins_again_when_an_order_is_cancelled_and_reopened(self):
        order = self._order(1)
        order.action_confirm()
        self.env.cr.execute(
            "UPDATE sale_order SET hub_queue_date = '2020-01-01' WHERE id = %s",
            [order.id],
        )
        order.invalidate_recordset()
        self.assertFalse(order.copy().hub_queue_date)
        order._action_cancel()
        order.action_draft()
        order.action_confirm()
        self.assertGreater(order.hub_queue_date, datetime(2020, 1, 2))

    def test_scores_are_renewed_by_the_job(self):
        order = self._order(1)
        order.action_confirm()
        self.env.cr.execute("UPDATE sale_order SET hub_queue_score = 0")
        order.invalidate_recordset()
        with self.enter_registry_test_mode():
            self.env.ref("order_hub.ir_cron_queue").method_direct_trigger()
        order.invalidate_recordset()
        self.assertTrue(order.hub_queue_score)

    # === GREEN LANE === #

    def test_rush_orders_of_the_best_customers_jump_the_queue(self):
        first = self._rush(self.partner, commitment_date=self._in(1))
        plain = self._order(1, partner_id=self.best.id)
        green = self._rush()
        (first | plain | green).action_confirm()
        self.assertEqual(self._places(), green + first + plain)
        self.assertEqual(green.hub_queue_mark, "green")
        self.assertEqual(first.hub_queue_mark, "rush")
        self.assertTrue(green.hub_is_queue_jump)
        self.assertEqual(
            self.env["sale.order"].search(
                [("hub_is_queue_jump", "=", True), ("company_id", "=", self.company.id)]
            ),
            green,
        )

    def test_no_customer_jumps_more_often_a_day_than_allowed(self):
        self.scheme.jumps_a_day = 2
        together = self._rush() | self._rush() | self._rush()
        together.action_confirm()
        self.assertEqual(len(together.filtered("hub_is_queue_jump")), 2)
        further = self._rush()
        further.action_confirm()
        self.assertFalse(further.hub_is_queue_jump)
        self.env.cr.execute("UPDATE order_hub_grade SET jump_date = '2020-01-01'")
        tomorrow = self._rush()
        tomorrow.action_confirm()
        self.assertTrue(tomorrow.hub_is_queue_jump)

    def test_a_quotation_takes_no_jump(self):
        self.scheme.jumps_a_day = 1
        self.assertFalse(self._rush().hub_queue_jump_date)
        order = self._rush()
        order.action_confirm()
        self.assertTrue(order.hub_is_queue_jump)

    def test_the_jump_can_be_switched_off(self):
        self.scheme.is_jump_on = False
        order = self._rush()
        order.action_confirm()
        self.assertFalse(order.hub_is_queue_jump)

    def test_a_jump_ends_with_the_rush_and_is_not_taken_twice(self):
        self.scheme.jumps_a_day = 1
        order = self._rush()
        order.action_confirm()
        order.write({"hub_order_type_id": self.order_type.id})
        self.assertFalse(order.hub_is_queue_jump)
        self.assertLess(order.hub_queue_score, engine.GREEN_LANE)
        order.write({"hub_order_type_id": self.rush_type.id})
        self.assertTrue(order.hub_is_queue_jump)
        graded = self.best.hub_grade_id
        self.assertEqual(graded.jump_count, 1)

    # === FOLLOWED BY STOCK AND PRODUCTION === #

    def _two_for_the_last_piece(self):
        self.last = self._product("Last piece", "LAST-1")
        plain = self._order(1, product=self.last)
        first = self._order(
            1, product=self.last, partner_id=self.best.id, commitment_date=self._in(2)
        )
        (plain | first).action_confirm()
        self.assertFalse((plain | first).order_line.move_ids.filtered("quantity"))
        self._stock(self.last, 1)
        return plain, first

    def test_assigning_many_moves_serves_the_queue_in_order(self):
        plain, first = self._two_for_the_last_piece()
        moves = plain.order_line.move_ids + first.order_line.move_ids
        moves._action_assign()
        self.assertEqual(first.order_line.move_ids.state, "assigned")
        self.assertEqual(plain.order_line.move_ids.state, "confirmed")

    def test_the_scheduler_serves_the_queue_in_order(self):
        plain, first = self._two_for_the_last_piece()
        self.env["stock.rule"].run_scheduler(company_id=self.company.id)
        self.assertEqual(first.order_line.move_ids.state, "assigned")
        self.assertEqual(plain.order_line.move_ids.state, "confirmed")

    def test_goods_that_come_in_go_to_the_first_in_the_queue(self):
        self.last = self._product("Last piece", "LAST-1")
        plain = self._order(1, product=self.last)
        first = self._order(1, product=self.last, partner_id=self.best.id)
        (plain | first).action_confirm()
        self._receive(self.last)
        self.assertEqual(first.order_line.move_ids.state, "assigned")
        self.assertEqual(plain.order_line.move_ids.state, "confirmed")

    def test_goods_bought_for_an_order_go_to_that_order(self):
        self.last = self._product("Last piece", "LAST-1")
        plain = self._order(1, product=self.last)
        first = self._order(1, product=self.last, partner_id=self.best.id)
        (plain | first).action_confirm()
        self._receive(self.last, plain.stock_reference_ids)
        self.assertEqual(plain.order_line.move_ids.state, "assigned")
        self.assertEqual(first.order_line.move_ids.state, "confirmed")

    def _receive(self, product, references=None):
        """Receive a piece of a product, for an order if references say so."""
        places = {
            "location_id": self.env.ref("stock.stock_location_suppliers").id,
            "location_dest_id": self.warehouse.lot_stock_id.id,
        }
        receipt = self.env["stock.picking"].create(
            {
                **places,
                "picking_type_id": self.warehouse.in_type_id.id,
                "move_ids": [
                    Command.create(
                        {
                            **places,
                            "product_id": product.id,
                            "product_uom_qty": 1,
                            "reference_ids": [
                                Command.set(references.ids if references else [])
                            ],
                        }
                    )
                ],
            }
        )
        receipt.action_confirm()
        receipt.move_ids.write({"quantity": 1, "picked": True})
        receipt.button_validate()

    def test_a_star_by_hand_still_comes_first(self):
        plain, first = self._two_for_the_last_piece()
        plain.picking_ids.priority = "1"
        (plain | first).order_line.move_ids._action_assign()
        self.assertEqual(plain.order_line.move_ids.state, "assigned")

    def test_without_a_queue_moves_keep_odoo_s_order_and_cost_nothing(self):
        plain, first = self._two_for_the_last_piece()
        self.scheme.active = False
        moves = plain.order_line.move_ids + first.order_line.move_ids
        moves._hub_in_queue_order()
        with self.assertQueryCount(0):
            self.assertEqual(moves._hub_in_queue_order(), moves)
            self.assertFalse((plain | first)._hub_queued())
            (plain | first)._hub_requeue()

    def test_sorting_moves_costs_one_query_however_many(self):
        orders = self._orders(51)
        orders[0].partner_id = self.best
        orders.action_confirm()
        moves = orders.order_line.move_ids
        moves.mapped("priority")
        self.env.flush_all()
        with self.assertQueryCount(1):
            self.assertEqual(
                moves._hub_in_queue_order()[0].sale_line_id.order_id, orders[0]
            )

    def test_transfers_carry_the_score_and_urgent_ones_a_star(self):
        self.warehouse.delivery_steps = "pick_ship"
        plain, rush = self._order(1), self._rush()
        (plain | rush).action_confirm()
        pickings = self.env["stock.picking"].search(
            [("reference_ids.sale_ids", "in", rush.ids)]
        )
        self.assertTrue(pickings)
        self.assertEqual(set(pickings.mapped("priority")), {"1"})
        self.assertEqual(
            set(pickings.mapped("hub_queue_score")), {rush.hub_queue_score}
        )
        self.assertEqual(plain.picking_ids.mapped("priority"), ["0"])
        self.assertEqual(
            plain.picking_ids.mapped("hub_queue_score"), [plain.hub_queue_score]
        )

    def test_an_order_that_becomes_rush_stars_its_documents(self):
        order = self._order(1)
        order.action_confirm()
        self.assertEqual(order.picking_ids.priority, "0")
        order.write({"hub_order_type_id": self.rush_type.id})
        self.assertEqual(order.picking_ids.priority, "1")

    def test_manufacturing_for_urgent_orders_has_a_star(self):
        self.env["mrp.bom"].create(
            {
                "product_tmpl_id": self.product.product_tmpl_id.id,
                "bom_line_ids": [
                    Command.create({"product_id": self._product("Bolt", "B-1").id})
                ],
            }
        )
        make = self.warehouse.manufacture_pull_id.route_id
        to_order = self.warehouse.mto_pull_id.route_id
        to_order.active = True
        self.product.route_ids = make | to_order
        plain, rush = self._order(1), self._rush()
        (plain | rush).action_confirm()
        self.assertEqual(rush.mrp_production_ids.priority, "1")
        self.assertEqual(plain.mrp_production_ids.priority, "0")
        self.assertIn("Manufacturing", rush.hub_waits_for)

    # === SHOWN === #

    def test_the_place_is_explained_with_its_figures(self):
        order = self._order(1, partner_id=self.best.id, commitment_date=self._in(3.5))
        order.action_confirm()
        found = order.with_user(self.sales).hub_queue_explained()
        points = {each["name"]: each["points"] for each in found["components"]}
        self.assertEqual(points["grade"], 30)
        self.assertAlmostEqual(points["promise"], 40 * (1 - 3.5 / 240), places=1)
        self.assertEqual(found["position"], 1)
        self.assertIn("grade A 30.0", found["text"])
        self.assertIn("3.5 h left 39.4", found["text"])
        self.assertAlmostEqual(sum(points.values()), found["score"], delta=0.06)

    def test_a_quotation_has_no_place(self):
        order = self._order(1)
        self.assertFalse(order.hub_queue_position)
        self.assertIn("before it is confirmed", order.hub_queue_text)

    def test_an_order_says_what_it_waits_for(self):
        self.last = self._product("Last piece", "LAST-1")
        draft, short, full = (
            self._order(1),
            self._order(1, product=self.last),
            self._order(1),
        )
        (short | full).action_confirm()
        self.assertEqual(draft.hub_waits_for, "Confirmation")
        self.assertEqual(short.hub_waits_for, "Stock for 1 of 1 lines")
        full.picking_ids.action_assign()
        full.invalidate_recordset(["hub_waits_for"])
        self.assertEqual(full.hub_waits_for, "Picking")

    def test_orders_are_found_by_the_grade_of_their_customer(self):
        best = self._order(1, partner_id=self.best.id)
        other = self._order(1)
        Order = self.env["sale.order"]
        self.assertEqual(best.hub_customer_grade, "a")
        self.assertEqual(other.hub_customer_grade, "c")
        found = Order.search([("hub_customer_grade", "=", "a")])
        self.assertIn(best, found)
        self.assertNotIn(other, found)
        self.assertIn(other, Order.search([("hub_customer_grade", "=", "c")]))

    def test_the_columns_of_the_queue_cost_a_fixed_number_of_queries(self):
        orders = self._orders(51)
        orders.action_confirm()
        names = [
            "hub_queue_position",
            "hub_customer_grade",
            "hub_queue_mark",
            "hub_waits_for",
            "hub_queue_date",
        ]
        orders[0].read(names)
        one = self._queries(lambda: orders[0].read(names))
        fifty = self._queries(lambda: orders[1:].read(names))
        self.assertLessEqual(fifty, one)

    def test_requeuing_costs_a_fixed_number_of_queries(self):
        orders = self._orders(51)
        orders.action_confirm()
        orders[0]._hub_requeue()
        one = self._queries(lambda: orders[0]._hub_requeue())
        fifty = self._queries(lambda: orders[1:]._hub_requeue())
        self.assertLessEqual(fifty, one)
        self.assertLessEqual(fifty, 6)

    # === FROM THE WRONG SIDE === #

    def test_nobody_writes_a_score(self):
        order = self._order(1)
        order.action_confirm()
        for name, value in (
            ("hub_queue_score", 1e9),
            ("hub_queue_date", "2020-01-01"),
            ("hub_queue_jump_date", "2020-01-01"),
        ):
            for user in (self.sales, self.supervisor):
                with self.assertRaises(UserError):
                    order.with_user(user).with_context(
                        order_hub_routing=True, order_hub_incoming=[1]
                    ).write({name: value})
            with self.assertRaises(UserError):
                self._order(1, **{name: value})
        for picking in (order.picking_ids, order.picking_ids.with_user(self.operator)):
            with self.assertRaises(UserError):
                picking.write({"hub_queue_score": 1e9})
        with self.assertRaises(UserError):
            order.picking_ids.copy({"hub_queue_score": 1e9})

    def test_a_caller_s_context_changes_no_turn(self):
        plain, first = self._two_for_the_last_piece()
        forged = plain.stock_reference_ids.ids
        moves = (plain | first).order_line.move_ids.with_context(
            order_hub_incoming=forged, order_hub_scheduler=True
        )
        moves._action_assign()
        self.assertEqual(first.order_line.move_ids.state, "assigned")

    def test_a_salesperson_changes_no_queue(self):
        with self.assertRaises(AccessError):
            self.scheme.with_user(self.sales).write({"ageing": 100})
        self.assertTrue(self.scheme.with_user(self.sales).ageing)

    def test_companies_have_their_own_queues(self):
        other = self.env["res.company"].create({"name": "Other Works"})
        foreigner = new_test_user(
            self.env,
            "queue_foreigner",
            groups="order_hub.order_hub_group_configurator",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        self.assertFalse(self.scheme.with_user(foreigner).has_access("read"))
        order = self._order(1)
        self.assertFalse(order.with_user(foreigner).has_access("read"))
        with self.assertRaises(AccessError):
            order.with_user(foreigner).hub_queue_explained()
        self.assertFalse(self.queue._rescore(other))

    def test_a_queue_that_would_let_orders_starve_is_refused(self):
        for vals, words in (
            ({"ageing": 0}, "would starve"),
            ({"limit_days": 0}, "would starve"),
            ({"horizon_hours": -1}, "would starve"),
            ({"full_margin": 0}, "at most 100"),
            ({"points_rush": -1}, "from 0 to 1000"),
            ({"points_grade": 5000}, "from 0 to 1000"),
            ({"jumps_a_day": -1}, "jumps a day 0"),
        ):
            with self.assertRaises(ValidationError) as caught:
                self.scheme.write(vals)
            self.assertIn(words, str(caught.exception))
