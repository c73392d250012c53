from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from ..engine.bom import Node
from .freeze_common import FreezeCommon


@tagged("post_install", "-at_install")
class TestFreezeProduction(FreezeCommon):
    """Manufacturing orders of frozen orders are made from what is pinned."""

    def _pinned_before_making(self, quantity=5):
        """Return an order frozen before anything was procured, and newer revisions
        of all its bills."""
        self.received.freezes_bom = True
        order = self._order(quantity, product=self.board)
        newer = {
            "board": self._revise(self.board_bom, {self.resistor: 12, self.coil: 1}),
            "module": self._revise(self.module_bom, {self.chip: 4}),
            "kit": self._revise(self.kit_bom, {self.washer: 5}),
        }
        return order, newer

    def test_all_levels_are_made_from_the_frozen_revisions(self):
        order, _newer = self._pinned_before_making()
        order.action_confirm()
        board, module = self._mos(order), self._mos(order, self.module)
        self.assertEqual(board.bom_id, self.board_bom)
        self.assertEqual(module.bom_id, self.module_bom)
        self.assertEqual(
            self._taken(board),
            {self.module: 10, self.screw: 20, self.washer: 10, self.resistor: 50},
        )
        self.assertEqual(self._taken(module), {self.chip: 30})
        self.assertEqual(board.workorder_ids.operation_id, self.board_bom.operation_ids)
        self.assertFalse(self._problems(order))

    def test_an_order_that_is_not_frozen_takes_the_new_revisions(self):
        _order, newer = self._pinned_before_making()
        self.received.freezes_bom = False
        order = self._order(1, product=self.board)
        order.action_confirm()
        self.assertEqual(self._mos(order).bom_id, newer["board"])
        self.assertEqual(self._mos(order, self.module).bom_id, newer["module"])
        self.assertEqual(self._taken(self._mos(order))[self.washer], 5)

    def test_orders_on_both_revisions_are_procured_together(self):
        old, newer = self._pinned_before_making()
        new = self._order(5, product=self.board)
        (old | new).action_confirm()
        self.assertEqual(self._mos(old).bom_id, self.board_bom)
        self.assertEqual(self._mos(new).bom_id, newer["board"])
        self.assertEqual(self._taken(self._mos(old))[self.washer], 10)
        self.assertEqual(self._taken(self._mos(new))[self.washer], 25)

    def test_a_frozen_kit_is_delivered_as_frozen(self):
        self.received.freezes_bom = True
        order = self._order(3, product=self.screws)
        self._revise(self.kit_bom, {self.washer: 5})
        order.action_confirm()
        moves = order.order_line.move_ids
        self.assertEqual(
            {move.product_id: move.product_uom_qty for move in moves},
            {self.screw: 12, self.washer: 6},
        )
        order.order_line.product_uom_qty = 5
        moves = order.order_line.move_ids
        washers = moves.filtered(lambda move: move.product_id == self.washer)
        self.assertEqual(sum(washers.mapped("product_uom_qty")), 10)
        self._deliver(order)
        self.assertEqual(order.order_line.qty_delivered, 5)

    def test_a_component_that_became_a_kit_since_is_made_as_frozen(self):
        order, _newer = self._pinned_before_making()
        self._bom(self.module, {self.coil: 9}, type="phantom", sequence=-9)
        order.action_confirm()
        self.assertEqual(self._taken(self._mos(order))[self.module], 10)
        self.assertEqual(self._mos(order, self.module).bom_id, self.module_bom)
        self.assertFalse(self._problems(order))

    def test_more_of_a_frozen_product_is_made_from_the_same_revision(self):
        order, _newer = self._pinned_before_making()
        order.action_confirm()
        order.order_line.product_uom_qty = 8
        boards = self._mos(order)
        self.assertEqual(boards.bom_id, self.board_bom)
        self.assertEqual(sum(boards.mapped("product_qty")), 8)
        self.assertEqual(self._taken(boards)[self.resistor], 80)
        self.assertEqual(self._mos(order, self.module).bom_id, self.module_bom)
        self.assertFalse(self._problems(order))

    def test_a_backorder_is_made_from_the_frozen_revision(self):
        order, _newer = self._pinned_before_making()
        order.action_confirm()
        production = self._mos(order)
        with Form(production) as form:
            form.qty_producing = 2
        action = production.with_context(skip_consumption=True).button_mark_done()
        wizard = Form.from_action(self.env, action).save()
        wizard.action_backorder()
        boards = self._mos(order)
        self.assertEqual(len(boards), 2)
        self.assertEqual(boards.bom_id, self.board_bom)
        backorder = boards - production
        self.assertEqual(self._taken(backorder)[self.resistor], 30)
        self.assertFalse(self._problems(order))

    def test_split_orders_are_made_from_the_frozen_revision(self):
        order, _newer = self._pinned_before_making(6)
        order.action_confirm()
        production = self._mos(order)
        production._split_productions({production: [2, 2, 2]})
        boards = self._mos(order)
        self.assertEqual(boards.mapped("product_qty"), [2, 2, 2])
        self.assertEqual(boards.bom_id, self.board_bom)
        for board in boards:
            self.assertEqual(self._taken(board)[self.washer], 4)
        self.assertFalse(self._problems(order))

    def test_merged_orders_are_made_from_the_frozen_revision(self):
        one, two = self._frozen(2), self._frozen(3)
        self._revise(self.board_bom, {self.resistor: 12})
        self._revise(self.kit_bom, {self.washer: 5})
        boards = self._mos(one) | self._mos(two)
        merged = self.env["mrp.production"].browse(boards.action_merge()["res_id"])
        self.assertEqual(merged.bom_id, self.board_bom)
        self.assertEqual(self._taken(merged)[self.washer], 10)
        self.assertEqual(merged.hub_bom_label, "A")
        self.assertFalse(self._problems(one) | self._problems(two))

    def test_orders_frozen_on_different_content_are_not_merged(self):
        one = self._frozen(2)
        newer = self._revise(self.kit_bom, {self.washer: 5})
        two = self._frozen(3)
        self.assertEqual(two._hub_pins()[two.id][self.screws.id], newer.id)
        with self.assertRaisesRegex(UserError, "cannot be merged"):
            (self._mos(one) | self._mos(two)).action_merge()

    def test_a_copy_is_for_the_order_and_made_like_it(self):
        order, _newer = self._pinned_before_making()
        order.action_confirm()
        copied = self._mos(order).copy()
        self.assertEqual(copied.bom_id, self.board_bom)

    # === FROM THE WRONG SIDE === #

    def test_the_button_update_bom_does_not_swap_the_recipe(self):
        order = self._frozen()
        production = self._mos(order)
        self._revise(self.board_bom, {self.resistor: 12})
        with self.assertRaisesRegex(UserError, "engineering change"):
            production.with_user(self.maker).action_update_bom()
        self.assertEqual(self._taken(production)[self.resistor], 50)

    def test_a_frozen_order_is_never_marked_as_outdated(self):
        order = self._frozen()
        free = self._order(1, product=self.board)
        free.action_confirm()
        both = self._mos(order) | self._mos(free)
        both.write({"is_outdated_bom": True})
        self.assertFalse(self._mos(order).is_outdated_bom)
        self.assertTrue(self._mos(free).is_outdated_bom)

    def test_nobody_gives_a_frozen_order_another_bill(self):
        self.received.freezes_bom = True
        order = self._order(1, product=self.board)
        other = self._bom(self.board, {self.resistor: 1}, sequence=50)
        order.action_confirm()
        production = self._mos(order)
        for user in (self.maker, self.engineer, self.env.ref("base.user_admin")):
            mine = production.with_user(user)
            with self.assertRaisesRegex(UserError, order.name):
                mine.write({"bom_id": other.id})
            with self.assertRaisesRegex(UserError, order.name):
                mine._link_bom(other)
        with self.assertRaisesRegex(UserError, order.name):
            production.with_context(order_hub_bom=True).write({"bom_id": other.id})

    def test_a_draft_for_a_frozen_order_takes_no_other_bill_nor_product(self):
        order = self._frozen()
        other = self._bom(self.board, {self.resistor: 1}, sequence=50)
        make = self.env["mrp.production"].with_user(self.maker)
        vals = {
            "product_id": self.board.id,
            "product_qty": 1,
            "reference_ids": [Command.set(order.stock_reference_ids.ids)],
        }
        with self.assertRaisesRegex(UserError, order.name):
            make.create({**vals, "bom_id": other.id})
        draft = make.create(vals)
        self.assertEqual(draft.bom_id, self.board_bom)
        with self.assertRaisesRegex(UserError, order.name):
            draft.product_id = self.module
        with self.assertRaisesRegex(UserError, order.name):
            draft.bom_id = other

    def test_odoo_s_own_steps_are_given_the_frozen_bill(self):
        order = self._frozen()
        other = self._bom(self.board, {self.resistor: 1}, sequence=50)
        made = (
            self.env["mrp.production"]
            .sudo()
            .create(
                {
                    "product_id": self.board.id,
                    "product_qty": 1,
                    "bom_id": other.id,
                    "reference_ids": [Command.set(order.stock_reference_ids.ids)],
                }
            )
        )
        self.assertEqual(made.bom_id, self.board_bom)

    def test_untying_a_manufacturing_order_does_not_thaw_it(self):
        order = self._frozen()
        production = self._mos(order, self.module)
        self.assertFalse(production.sale_line_id)
        references = order.stock_reference_ids
        attempts = (
            lambda: production.write({"reference_ids": [Command.clear()]}),
            lambda: references.write({"production_ids": [Command.clear()]}),
            lambda: references.write({"sale_ids": [Command.clear()]}),
            lambda: order.write({"stock_reference_ids": [Command.clear()]}),
            references.unlink,
        )
        for attempt in attempts:
            with self.assertRaisesRegex(UserError, order.name), self.cr.savepoint():
                attempt()
            self.env.invalidate_all()
            self.assertEqual(production.hub_frozen_bom_id, self.module_bom)
        self._mos(order).sale_line_id = False  # its reference ties it still
        self.assertEqual(self._mos(order).hub_frozen_bom_id, self.board_bom)

    # === WHAT IS TAKEN === #

    def test_taking_something_else_is_reported_and_settled_when_mended(self):
        order = self._frozen()
        production = self._mos(order)
        resistors = production.move_raw_ids.filtered(
            lambda move: move.product_id == self.resistor
        )
        resistors.product_uom_qty = 40
        [hold] = self._problems(order)
        self.assertIn("40 instead of 50", hold.description)
        self.assertIn(production.name, hold.description)
        self.assertIn("40 instead of 50", production.hub_bom_mismatch)
        resistors.product_uom_qty = 50
        self.assertFalse(self._problems(order))
        self.assertFalse(production.hub_bom_mismatch)

    def test_a_replaced_component_is_reported_and_rebuilt(self):
        order = self._frozen()
        production = self._mos(order)
        production.move_raw_ids.filtered(
            lambda move: move.product_id == self.resistor
        ).product_id = self.coil
        [hold] = self._problems(order)
        self.assertIn("none of 50", hold.description)
        self.assertIn("not in the frozen BOM", hold.description)
        production.with_user(self.maker).action_hub_rebuild()
        self.assertFalse(self._problems(order))
        self.assertEqual(self._taken(production)[self.resistor], 50)

    def test_a_removed_component_is_reported(self):
        order = self._frozen()
        self._mos(order).move_raw_ids.filtered(
            lambda move: move.product_id == self.resistor
        ).unlink()
        self.assertIn("none of 50", self._problems(order).description)

    def test_what_was_consumed_counts_when_it_is_done(self):
        order = self._frozen()
        production = self._mos(order, self.module)
        production.qty_producing = 10
        production._set_qty_producing()
        production.move_raw_ids.quantity = 25
        production.move_raw_ids.picked = True
        production.with_context(skip_consumption=True).button_mark_done()
        self.assertEqual(production.state, "done")
        [hold] = self._problems(order)
        self.assertIn("25 instead of 30", hold.description)

    def test_what_a_person_closed_is_not_opened_again(self):
        order = self._frozen()
        resistors = self._mos(order).move_raw_ids.filtered(
            lambda move: move.product_id == self.resistor
        )
        resistors.product_uom_qty = 40
        self._problems(order).action_solve()
        resistors.product_uom_qty = 40.0
        self.assertFalse(self._problems(order))
        resistors.product_uom_qty = 30
        self.assertTrue(self._problems(order))

    def test_a_started_order_that_differs_is_reported_not_rebuilt(self):
        self.board_bom._hub_release()
        order = self._order(5, product=self.board)
        order.action_confirm()
        production = self._mos(order)
        production.workorder_ids.button_start()
        self.assertEqual(production.state, "progress")
        self._revise(self.board_bom, {self.resistor: 12})
        order.hub_stage_id = self.preparing
        self.assertEqual(production.bom_id, self.board_bom)
        self.assertIn("50 instead of 60", self._problems(order).description)
        with self.assertRaisesRegex(UserError, "has been started"):
            production.action_hub_rebuild()

    # === SWITCH === #

    def test_switching_gives_new_rows_and_keeps_the_old_ones(self):
        order = self._frozen()
        newer = self._revise(self.board_bom, {self.resistor: 12})
        row = order.hub_freeze_ids
        nodes = self.env["order.hub.bom.tree"]._trees(self.board)
        new = row._switch(row, {row.id: nodes[self.board.id]})
        self.assertEqual((row.state, new.state), ("switched", "frozen"))
        self.assertEqual(new.bom_id, newer)
        self.assertEqual(new.quantity, row.quantity)
        self.assertIn("made from revision A", self._problems(order).description)
        self._mos(order)._hub_rebuild()
        self.assertEqual(self._mos(order).bom_id, newer)
        self.assertEqual(self._taken(self._mos(order))[self.resistor], 60)
        self.assertFalse(self._problems(order))
        self.assertIsInstance(row.snapshot_id._node(), Node)
