from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .freeze_common import FreezeCommon


@tagged("post_install", "-at_install")
class TestFreeze(FreezeCommon):
    """An order keeps the bill of materials it has at the freezing stage."""

    def test_freezing_pins_every_level_with_its_operations(self):
        order = self._frozen()
        [row] = order.hub_freeze_ids
        node = row.snapshot_id._node()
        self.assertEqual(row.state, "frozen")
        self.assertEqual(row.revision_label, "A")
        self.assertEqual(row.content_hash, node.content_hash())
        self.assertEqual(
            node.pins(),
            {
                self.board.id: self.board_bom.id,
                self.module.id: self.module_bom.id,
                self.screws.id: self.kit_bom.id,
            },
        )
        self.assertEqual([step.name for step in node.operations], ["Soldering"])
        self.assertEqual(order._hub_pins(), {order.id: node.pins()})
        self.assertTrue(order.hub_is_frozen)

    def test_freezing_releases_first_drafts_and_says_by_which_order(self):
        self.assertEqual(self.board_bom.hub_revision_state, "draft")
        order = self._frozen()
        boms = self.board_bom | self.module_bom | self.kit_bom
        self.assertEqual(set(boms.mapped("hub_revision_state")), {"released"})
        for bom in boms:
            self.assertIn(order.name, "".join(bom.message_ids.mapped("body")))

    def test_an_order_before_the_stage_follows_the_newest_revision(self):
        order = self._order(1, product=self.board)
        order.action_confirm()
        self.assertFalse(order.hub_is_frozen)
        self.assertFalse(self._mos(order).hub_frozen_bom_id)
        self.assertFalse(self._mos(order).hub_bom_mark)

    def test_not_started_orders_are_brought_to_what_is_frozen(self):
        self.board_bom._hub_release()
        order = self._order(5, product=self.board)
        order.action_confirm()
        newer = self._revise(self.board_bom, {self.resistor: 12})
        order.hub_stage_id = self.preparing
        production = self._mos(order)
        self.assertEqual(production.bom_id, newer)
        self.assertEqual(self._taken(production)[self.resistor], 60)

    def test_the_bill_that_manufacturing_was_begun_with_is_frozen(self):
        alternative = self._bom(self.board, {self.resistor: 9}, sequence=50)
        order = self._order(5, product=self.board)
        order.action_confirm()
        self._mos(order)._link_bom(alternative)
        order.hub_stage_id = self.preparing
        self.assertEqual(order.hub_freeze_ids.bom_id, alternative)

    def test_a_product_without_a_bill_is_left_out(self):
        order = self._frozen(product=self.product)
        self.assertFalse(order.hub_freeze_ids)
        self.assertFalse(order.hub_is_frozen)

    def test_freezing_twice_is_freezing_once(self):
        order = self._frozen()
        before = order.hub_freeze_ids
        order._hub_freeze_boms()
        order._hub_move({order: self.approved}, source="user")
        order.hub_stage_id = self.preparing
        self.assertEqual(order.hub_freeze_ids, before)

    def test_orders_frozen_on_the_same_content_share_one_snapshot(self):
        one, two = self._frozen(), self._frozen(3)
        self.assertEqual(one.hub_freeze_ids.snapshot_id, two.hub_freeze_ids.snapshot_id)

    def test_two_orders_are_frozen_on_two_revisions_at_once(self):
        old = self._frozen()
        newer = self._revise(self.board_bom, {self.resistor: 12})
        new = self._frozen()
        self.assertEqual(self._mos(old).bom_id, self.board_bom)
        self.assertEqual(self._mos(new).bom_id, newer)
        self.assertEqual(old.hub_freeze_ids.revision_label, "A")
        self.assertEqual(new.hub_freeze_ids.revision_label, "B")
        self.assertNotEqual(
            old.hub_freeze_ids.content_hash, new.hub_freeze_ids.content_hash
        )

    def test_a_first_stage_may_freeze(self):
        self.received.freezes_bom = True
        order = self._order(1, product=self.board)
        self.assertTrue(order.hub_is_frozen)
        newer = self._revise(self.board_bom, {self.resistor: 12})
        self.assertEqual(newer.hub_revision_state, "released")
        order.action_confirm()
        self.assertEqual(self._mos(order).bom_id, self.board_bom)

    # === THE ORDER'S LIFE === #

    def test_a_cancelled_order_is_let_go_and_frozen_anew_when_it_comes_again(self):
        order = self._frozen()
        order._action_cancel()
        self.assertEqual(order.hub_freeze_ids.state, "ended")
        self.assertEqual(order.hub_freeze_ids.end_reason, "cancelled")
        self.assertFalse(order.hub_is_frozen)
        self.assertFalse(order._hub_pins())
        newer = self._revise(self.board_bom, {self.resistor: 12})
        order.action_draft()
        self.assertFalse(order.hub_is_frozen)
        order.action_confirm()
        order.hub_stage_id = self.preparing
        frozen = order.hub_freeze_ids.filtered(lambda row: row.state == "frozen")
        self.assertEqual(frozen.bom_id, newer)

    def test_a_closed_order_still_says_what_it_was_built_to(self):
        order = self._frozen()
        order._hub_move({order: self.signed}, source="user")
        self.assertEqual(order.hub_freeze_ids.end_reason, "closed")
        self.assertFalse(order._hub_pins())
        production = self._mos(order)
        self.assertEqual(production.hub_bom_label, "A")
        self.assertEqual(
            production.hub_bom_hash, order.hub_freeze_ids.content_hash[:10]
        )

    def test_an_order_opened_again_after_closing_keeps_its_revision(self):
        order = self._frozen()
        order._hub_move({order: self.signed}, source="user")
        self._revise(self.board_bom, {self.resistor: 12})
        order.with_user(self.supervisor)._hub_move({order: self.shipped}, note="wrong")
        self.assertTrue(order.hub_is_frozen)
        frozen = order.hub_freeze_ids.filtered(lambda row: row.state == "frozen")
        self.assertEqual(frozen.bom_id, self.board_bom)

    def test_a_line_added_later_is_frozen_with_the_reason(self):
        order = self._frozen()
        order.order_line = [
            Command.create({"product_id": self.module.id, "product_uom_qty": 2})
        ]
        row = order.hub_freeze_ids.filtered(lambda row: row.product_id == self.module)
        self.assertEqual(row.bom_id, self.module_bom)
        self.assertTrue(row.reason)

    def test_a_changed_quantity_is_frozen_on_the_same_revisions(self):
        order = self._frozen()
        self._revise(self.board_bom, {self.resistor: 12})
        order.order_line.product_uom_qty = 8
        frozen = order.hub_freeze_ids.filtered(lambda row: row.state == "frozen")
        self.assertEqual(frozen.quantity, 8)
        self.assertEqual(frozen.bom_id, self.board_bom)
        self.assertEqual(len(order.hub_freeze_ids), 2)

    def test_a_dropped_line_is_let_go(self):
        self.received.freezes_bom = True
        order = self._order(1, product=self.board)
        order.order_line.unlink()
        self.assertEqual(order.hub_freeze_ids.end_reason, "line")
        self.assertFalse(order.hub_is_frozen)

    def test_a_frozen_order_is_not_deleted(self):
        self.received.freezes_bom = True
        order = self._order(1, product=self.board)
        with self.assertRaisesRegex(UserError, "Cancel it instead"):
            order.unlink()

    def _break_trees(self):
        """Let no tree be made; return what mends it."""
        trees = type(self.env["order.hub.bom.tree"])
        nodes = trees._nodes

        def loop(*args, **kwargs):
            raise UserError("Module contains itself")  # pylint: disable=translation-required

        self.patch(trees, "_nodes", loop)
        return lambda: self.patch(trees, "_nodes", nodes)

    def test_a_loop_stops_a_person(self):
        order = self._order(1, product=self.board)
        order.action_confirm()
        self._break_trees()
        with self.assertRaisesRegex(UserError, "contains itself"):
            order.hub_stage_id = self.preparing

    def test_a_job_freezes_later_what_could_not_be_frozen(self):
        self.approved.freezes_bom = True
        mend = self._break_trees()
        order = self._order(1, product=self.board)
        order.action_confirm()
        self.assertEqual(order.hub_stage_id, self.approved)
        self.assertIn("contains itself", self._problems(order).description)
        mend()
        with self.enter_registry_test_mode():
            self.env.ref("order_hub.ir_cron_reconcile").method_direct_trigger()
        order.invalidate_recordset()
        self.assertTrue(order.hub_is_frozen)
        self.assertFalse(self._problems(order))

    # === FROM THE WRONG SIDE === #

    def test_nobody_writes_what_an_order_is_frozen_on(self):
        order = self._frozen()
        row = order.hub_freeze_ids
        for user in (self.supervisor, self.engineer, self.env.ref("base.user_admin")):
            with self.assertRaises(UserError):
                row.with_user(user).write({"state": "ended"})
            with self.assertRaises(UserError):
                row.with_user(user).unlink()
            with self.assertRaises(UserError):
                row.snapshot_id.with_user(user).write({"pins": {}})
        with self.assertRaises(UserError):
            order.with_user(self.supervisor).hub_is_frozen = False
        with self.assertRaises(UserError):
            order.hub_freeze_ids = [Command.clear()]

    def test_another_company_and_another_salesperson_see_nothing(self):
        order = self._frozen()
        colleague = self._user(
            "hub_freeze_colleague",
            "order_hub.order_hub_group_user,sales_team.group_sale_salesman",
        )
        other = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = self._user("hub_elsewhere", "order_hub.order_hub_group_operator")
        stranger.write({"company_ids": other.ids, "company_id": other.id})
        row = order.hub_freeze_ids
        self.assertTrue(row.with_user(self.sales).has_access("read"))
        self.assertFalse(row.with_user(colleague).has_access("read"))
        self.assertFalse(row.with_user(stranger).has_access("read"))
        self.assertFalse(row.snapshot_id.with_user(stranger).has_access("read"))

    def test_costs_in_a_snapshot_are_for_manufacturing_only(self):
        snapshot = self._frozen().hub_freeze_ids.snapshot_id
        with self.assertRaises(AccessError):
            snapshot.with_user(self.sales).read(["content"])
        self.assertTrue(snapshot.with_user(self.maker).content)

    def test_a_context_from_outside_cannot_name_pins(self):
        self._frozen()
        newer = self._revise(self.board_bom, {self.resistor: 12})
        forged = {self.board.id: self.board_bom.id}
        found = self.env["mrp.bom"].with_context(order_hub_pins=forged)
        self.assertEqual(found._bom_find(self.board)[self.board], newer)
