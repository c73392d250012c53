from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Datetime
from odoo.tests import tagged

from ..models import order_hub_ecn_apply
from .ecn_common import EcnCommon


class Killed(Exception):
    """What a process that is killed leaves behind: nothing more is done."""


@tagged("post_install", "-at_install")
class TestEcnApply(EcnCommon):
    """Every order once, whatever happens on the way."""

    def _reviewed_switching(self, order, quantities):
        """Return a change in review for which a person chose: switch the order."""
        ecn = self._reviewed(quantities)
        self._row(ecn, order).choice = "switch"
        ecn.action_refresh()
        return ecn

    # === MANUFACTURING === #

    def test_orders_not_started_follow_by_odoos_own_method(self):
        order = self._frozen()
        production = self._mos(order)
        linked = []
        link = type(production)._link_bom

        def counted(mo, bom):
            linked.append((mo, bom))
            return link(mo, bom)

        with patch.object(type(production), "_link_bom", counted):
            ecn = self._applied({self.capacitor: 1, self.resistor: 0})
        self.assertEqual(linked, [(production, ecn.bom_ids.draft_bom_id)])
        taken = self._taken(production)
        self.assertEqual(taken[self.capacitor], 5)
        self.assertNotIn(self.resistor, taken)
        self.assertNotIn("draft", production.move_raw_ids.mapped("state"))
        self.assertFalse(production.is_outdated_bom)
        self.assertFalse(self._problems(order))

    def test_a_component_of_another_level_changes_for_the_order(self):
        order = self._frozen()
        self.assertEqual(self.module_bom.hub_revision_state, "released")
        ecn = self._applied({self.capacitor: 2}, bom=self.module_bom)
        [row] = self._in_force(order)
        self.assertEqual(row.bom_id, self.board_bom)
        self.assertEqual(
            row.snapshot_id._node().pins()[self.module.id],
            ecn.bom_ids.draft_bom_id.id,
        )
        module = self._mos(order, self.module)
        self.assertEqual(module.bom_id, ecn.bom_ids.draft_bom_id)
        self.assertEqual(self._taken(module)[self.capacitor], 20)

    def test_a_started_order_follows_when_that_is_chosen(self):
        order = self._frozen()
        production = self._mos(order)
        production.qty_producing = 1
        production._set_qty_producing()
        self.assertIn(production.state, ("progress", "to_close"))
        ecn = self._reviewed_switching(order, {self.capacitor: 1})
        self._approve(ecn)
        self.assertEqual(production.bom_id, ecn.bom_ids.draft_bom_id)

    def test_what_manufacturing_took_does_not_vanish_on_paper(self):
        order, other = self._frozen(), self._frozen()
        production = self._mos(order)
        move = production.move_raw_ids.filtered(
            lambda move: move.product_id == self.resistor
        )
        move.quantity, move.picked = 50, True
        ecn = self._reviewed_switching(order, {self.capacitor: 1, self.resistor: 0})
        self._approve(ecn)
        row = self._row(ecn, order)
        self.assertEqual(row.state, "failed")
        self.assertIn("Resistor", row.message)
        self.assertEqual(self._in_force(order).bom_id, self.board_bom)
        self.assertEqual(self._row(ecn, other).state, "done")
        self.assertEqual(ecn.state, "applying")
        move.quantity, move.picked = 0, False
        ecn.action_go_on()
        self.assertEqual(self._row(ecn, order).state, "done")
        self.assertEqual(ecn.state, "done")

    def test_an_order_not_frozen_yet_takes_the_new_revision_with_its_mo(self):
        order = self._order(5, product=self.board)
        order.action_confirm()
        ecn = self._applied({self.capacitor: 1})
        new = ecn.bom_ids.draft_bom_id
        self.assertEqual(self._mos(order).bom_id, new)
        order.hub_stage_id = self.preparing
        self.assertEqual(self._in_force(order).bom_id, new)

    # === ORDERS === #

    def test_an_order_cancelled_while_the_change_is_open_is_skipped(self):
        order, other = self._frozen(), self._frozen()
        ecn = self._reviewed({self.capacitor: 1})
        self._approve(ecn, self.head)
        job = patch.object(order_hub_ecn_apply, "AT_ONCE", 0)
        with job:
            ecn.with_user(self.chief).action_refresh()
            self._approve(ecn, self.chief)
        self.assertEqual(ecn.state, "applying")
        order._action_cancel()
        self._run_job()
        self.assertEqual(self._row(ecn, order).state, "skipped")
        self.assertEqual(self._row(ecn, other).state, "done")
        self.assertFalse(self._in_force(order))
        self.assertEqual(ecn.state, "done")

    def test_an_order_left_to_decide_and_then_cancelled_holds_nothing_up(self):
        careful = self.env["res.partner"].create(
            {"name": "Railway signals", "hub_must_agree": True}
        )
        order = self._frozen(partner_id=careful.id)
        ecn = self._applied({self.capacitor: 1})
        self.assertEqual(ecn.state, "applying")
        order._action_cancel()
        self._run_job()
        self.assertEqual(self._row(ecn, order).state, "skipped")
        self.assertEqual(ecn.state, "done")

    def test_an_order_frozen_on_the_old_revision_meanwhile_is_listed(self):
        self._frozen()
        ecn = self._reviewed({self.capacitor: 1})
        self._approve(ecn, self.head)
        with patch.object(order_hub_ecn_apply, "AT_ONCE", 0):
            self._approve(ecn, self.chief)
        pins = self._frozen().hub_freeze_ids
        late = pins.order_id
        node = self.env["order.hub.bom.tree"]._trees(
            self.board, boms={self.board.id: self.board_bom.id}
        )[self.board.id]
        self.env["order.hub.bom.freeze"]._switch(pins, {pins.id: node})
        self._run_job()
        row = self._row(ecn, late)
        self.assertEqual((row.choice, row.state), ("decide", "todo"))
        self.assertEqual(ecn.state, "applying")

    def test_one_order_that_fails_stops_no_other(self):
        orders = [self._frozen() for _number in range(3)]
        bad = self._mos(orders[1])
        ecn = self._reviewed({self.capacitor: 1})
        link = type(bad)._link_bom

        def failing(mo, bom):
            if mo == bad:
                words = "The work center is closed"
                raise UserError(words)
            return link(mo, bom)

        with patch.object(type(bad), "_link_bom", failing):
            self._approve(ecn)
        states = [self._row(ecn, order).state for order in orders]
        self.assertEqual(states, ["done", "failed", "done"])
        self.assertIn("work center is closed", self._row(ecn, orders[1]).message)
        self.assertEqual(self._in_force(orders[1]).bom_id, self.board_bom)
        self._row(ecn, orders[1]).with_user(self.engineer).choice = "keep"
        self.assertEqual(ecn.state, "done")

    # === THE JOB === #

    def test_a_killed_job_goes_on_and_no_order_is_switched_twice(self):
        orders = [self._frozen() for _number in range(7)]
        ecn = self._reviewed({self.capacitor: 1})
        self._approve(ecn, self.head)
        with patch.object(order_hub_ecn_apply, "AT_ONCE", 0):
            self._approve(ecn, self.chief)
        rows = ecn._inside()
        rows._rows_due(3)._apply()
        switch = type(rows.order_ids)._settle

        def killed(batch, state, message):
            """Die when MOs and freezes are written and the rows are about to be."""
            if state == "done":
                raise Killed
            return switch(batch, state, message)

        with patch.object(type(rows.order_ids), "_settle", killed):
            with self.assertRaises(Killed), self.env.cr.savepoint():
                rows._rows_due(3)._apply()
        self.env.invalidate_all()
        self.assertEqual(
            sorted(ecn.order_ids.mapped("state")), ["done"] * 3 + ["todo"] * 4
        )
        self._run_job()
        self.assertEqual(ecn.state, "done")
        for order in orders:
            self.assertEqual(len(order.hub_freeze_ids), 2)
            self.assertEqual(len(self._in_force(order)), 1)
            self.assertEqual(self._taken(self._mos(order))[self.capacitor], 5)

    def test_many_orders_are_left_to_the_job(self):
        orders = [self._frozen() for _number in range(3)]
        ecn = self._reviewed({self.capacitor: 1})
        with patch.object(order_hub_ecn_apply, "AT_ONCE", 2):
            self._approve(ecn)
        self.assertEqual(ecn.bom_ids.draft_bom_id.hub_revision_state, "released")
        self.assertEqual(self._in_force(orders[0]).bom_id, self.board_bom)
        self._run_job()
        self.assertEqual(ecn.state, "done")

    # === CHOICES === #

    def test_only_engineers_and_supervisors_choose(self):
        order = self._frozen()
        ecn = self._reviewed({self.capacitor: 1})
        row = self._row(ecn, order)
        for user in (self.operator, self.head, self.sales):
            with self.assertRaises(AccessError):
                row.with_user(user).choice = "keep"
        row.with_user(self.supervisor).choice = "keep"
        self.assertEqual(row.choice_by_id, self.supervisor)

    def test_past_the_point_of_no_return_only_a_supervisor_switches(self):
        order = self._frozen()
        order.hub_stage_id = self.soldering
        ecn = self._reviewed({self.capacitor: 1})
        row = self._row(ecn, order)
        self.assertTrue(row.is_past)
        with self.assertRaisesRegex(AccessError, "point of no return"):
            row.with_user(self.engineer).choice = "switch"
        row.with_user(self.supervisor).choice = "switch"

    def test_what_is_settled_stays_settled(self):
        order = self._frozen()
        ecn = self._applied({self.capacitor: 1})
        with self.assertRaisesRegex(UserError, "not open any more"):
            self._row(ecn, order).with_user(self.supervisor).choice = "keep"

    # === PEOPLE AND MATERIAL === #

    def test_salespeople_tell_customers_who_get_it_later(self):
        order = self._frozen()
        order.order_line.invalidate_recordset()
        ecn = self._reviewed({self.capacitor: 1})
        row = self._row(ecn, order)._inside()
        later = (order.hub_promised_date or Datetime.now()) + timedelta(days=2)
        row.write({"days_difference": 2, "new_promise": later})
        self._approve(ecn)
        todo = order.activity_ids.filtered(lambda todo: ecn.name in todo.summary)
        self.assertEqual(todo.user_id, self.sales)
        self.assertIn("2 days", todo.summary)
        self.assertEqual(order.hub_promised_date, later)

    def test_a_date_agreed_on_is_moved_by_people_only(self):
        order = self._frozen()
        agreed = Datetime.now() + timedelta(days=9)
        order.commitment_date = agreed
        ecn = self._reviewed({self.capacitor: 1})
        row = self._row(ecn, order)._inside()
        row.write({"days_difference": 2, "new_promise": agreed + timedelta(days=2)})
        self._approve(ecn)
        self.assertEqual(order.hub_promised_date, agreed.replace(microsecond=0))

    def test_buyers_get_one_list_of_what_is_short(self):
        rare = self._product("Rare part", "RARE")
        ecn = self._reviewed_switching(self._frozen(), {rare: 3})
        self._approve(ecn)
        item = ecn.item_ids.filtered(lambda item: item.product_id == rare)
        self.assertEqual(item.short_quantity, 15)
        todos = ecn.activity_ids.filtered(lambda todo: "short" in (todo.summary or ""))
        self.assertEqual(len(todos), 1)
        self.assertIn("Rare part", todos.note)

    def test_reordering_rules_buy_what_is_newly_short(self):
        supplier = self.env["res.partner"].create({"name": "Rare supply"})
        rare = self._product(
            "Rare part",
            "RARE",
            seller_ids=[Command.create({"partner_id": supplier.id, "price": 2})],
        )
        self.env["stock.warehouse.orderpoint"].create(
            {
                "product_id": rare.id,
                "location_id": self.warehouse.lot_stock_id.id,
                "product_min_qty": 0,
                "product_max_qty": 0,
                "trigger": "auto",
            }
        )
        ecn = self._reviewed_switching(self._frozen(), {rare: 3})
        self._approve(ecn)
        self._commit()
        lines = self.env["purchase.order.line"].search([("product_id", "=", rare.id)])
        self.assertEqual(sum(lines.mapped("product_qty")), 15)

    # === QUERIES === #

    def _cost_of_applying(self, count):
        orders = self._orders(
            count,
            order_line=[
                Command.create({"product_id": self.board.id, "product_uom_qty": 1})
            ],
        )
        orders.action_confirm()
        orders._hub_move(dict.fromkeys(orders, self.preparing), source="user")
        ecn = self._reviewed({self.capacitor: count})
        self._approve(ecn, self.head)
        with patch.object(order_hub_ecn_apply, "AT_ONCE", 0):
            self._approve(ecn, self.chief)
        rows = ecn._inside()._rows_due()
        self._commit()
        # Odoo's own method and the comparison of MOs cost what they cost an MO.
        mos = type(self.env["mrp.production"])
        link = patch.object(mos, "_link_bom", lambda mo, bom: None)
        with link, patch.object(mos, "_hub_watch", lambda mo: None):
            queries = self._queries(rows._apply)
        self.assertEqual(set(rows.mapped("state")), {"done"})
        return queries

    def test_applying_asks_the_database_no_oftener_for_fifty_orders(self):
        one = self._cost_of_applying(1)
        fifty = self._cost_of_applying(50)
        self.assertLessEqual(one, 75)
        self.assertLessEqual(fifty, one + 20, f"{one} queries for one order")
