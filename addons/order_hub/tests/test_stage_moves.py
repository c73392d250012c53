from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import PIXEL, OrderHubCommon


@tagged("post_install", "-at_install")
class TestStageMoves(OrderHubCommon):
    def test_new_order_gets_reference_type_flow_and_first_stage(self):
        order = self._order()
        self.assertRegex(order.hub_ref, r"^OH(-[0-9A-Z]{4}){3}$")
        self.assertEqual(order.hub_order_type_id, self.order_type)
        self.assertEqual(order.hub_flow_id, self.flow)
        self.assertEqual(order.hub_stage_id, self.received)
        self.assertEqual(order.hub_milestone, "received")
        self.assertTrue(order.hub_is_open)
        self.assertEqual(self._stages(order), ["Received"])

    def test_two_orders_never_share_a_reference(self):
        orders = self._orders(50)
        self.assertEqual(len(set(orders.mapped("hub_ref"))), 50)

    def test_copy_starts_its_own_life(self):
        order = self._order()
        order.action_confirm()
        twin = order.copy()
        self.assertNotEqual(twin.hub_ref, order.hub_ref)
        self.assertEqual(twin.hub_stage_id, self.received)

    def test_confirming_the_sale_carries_the_order_on(self):
        order = self._order()
        order.action_confirm()
        self.assertEqual(order.hub_stage_id, self.approved)
        event = order.hub_event_ids.sorted("id")[-1]
        self.assertEqual(
            (event.source, event.from_stage_id), ("document", self.received)
        )
        self.assertFalse(event.is_out_of_order)

    def test_delivery_before_the_paper_is_recorded_as_out_of_order(self):
        order = self._order()
        order.action_confirm()
        self._deliver(order)
        self.assertEqual(order.hub_stage_id, self.shipped)
        self.assertEqual(
            self._stages(order), ["Received", "Approved", "Preparing", "Shipped"]
        )
        by_stage = {e.stage_id: e.is_out_of_order for e in order.hub_event_ids}
        self.assertTrue(by_stage[self.preparing])
        self.assertFalse(by_stage[self.shipped])

    def test_split_delivery_is_as_far_as_its_slowest_part(self):
        order = self._order(quantity=10)
        order.action_confirm()
        self._deliver(order, quantity=4)
        self.assertEqual(order.hub_stage_id, self.approved)
        self._deliver(order)
        self.assertEqual(order.hub_stage_id, self.shipped)

    def test_receipt_signed_closes_the_order(self):
        order = self._order()
        order.action_confirm()
        picking = self._deliver(order)
        picking.signature = PIXEL
        self.assertEqual(order.hub_stage_id, self.signed)
        self.assertFalse(order.hub_is_open)

    def test_writing_the_stage_is_a_hand_over_by_a_person(self):
        order = self._order()
        order.with_user(self.supervisor).write({"hub_stage_id": self.preparing.id})
        self.assertEqual(order.hub_stage_id, self.preparing)
        self.assertEqual(self._stages(order), ["Received", "Approved", "Preparing"])
        self.assertEqual(order.hub_event_ids[:1].user_id, self.supervisor)
        self.assertEqual(order.hub_event_ids[:1].source, "user")

    def test_hub_columns_cannot_be_forged(self):
        order = self._order()
        for name, value in (
            ("hub_ref", "OH-1"),
            ("hub_milestone", "closed"),
            ("hub_stage_since", "2020-01-01 00:00:00"),
            ("hub_is_open", False),
            ("hub_is_held", False),
            ("hub_flow_id", False),
        ):
            with self.assertRaises(UserError, msg=name):
                order.with_user(self.supervisor).write({name: value})
            with self.assertRaises(UserError, msg=name):
                self._order(**{name: value})

    def test_an_order_that_arrives_paid_is_carried_on_at_once(self):
        self.approved.trigger = "prepaid"
        order = self._order(hub_amount_prepaid=1600)
        self.assertEqual(order.hub_stage_id, self.approved)

    def test_a_problem_closes_when_a_person_does_the_step_it_was_about(self):
        self.shipped.needs_photo = True
        order = self._order()
        order.action_confirm()
        self._deliver(order)
        problem = order.hub_exception_ids
        self.assertEqual(problem.state, "open")
        order.with_user(self.operator).hub_do_step(
            self.preparing.id,
        )
        order.with_user(self.operator).hub_do_step(
            self.shipped.id, [{"kind": "photo", "content": PIXEL}]
        )
        self.assertEqual(problem.state, "solved")
        self.assertEqual(order.hub_hold_count, 0)

    def test_a_delivery_signed_in_odoo_is_the_signature_the_stage_wants(self):
        self.signed.needs_signature = True
        order = self._order()
        order.action_confirm()
        self._deliver(order).signature = PIXEL
        self.assertEqual(order.hub_stage_id, self.signed)

    def test_an_order_cannot_lose_its_stage(self):
        with self.assertRaises(UserError):
            self._order().write({"hub_stage_id": False})

    def test_an_order_with_changes_on_record_cannot_be_deleted(self):
        order = self._order()
        order.action_confirm()
        order.order_line.product_uom_qty = 3
        order._action_cancel()
        with self.assertRaises(UserError):
            order.unlink()

    def test_the_hand_over_dialog_shows_nothing_of_a_foreign_order(self):
        order = self._order(user=self.supervisor)
        dialog = self.env["order.hub.handover"].with_user(self.sales)
        with self.assertRaises(AccessError):
            dialog.create({"order_id": order.id, "stage_id": self.approved.id}).read(
                ["checks"]
            )

    def test_stage_of_another_flow_is_refused(self):
        other = self._flow("Other", [("Start", "received", {})], sequence=99)
        order = self._order()
        with self.assertRaises(UserError):
            order.write({"hub_stage_id": other.stage_ids.id})

    def test_only_a_supervisor_moves_an_order_back(self):
        order = self._order()
        order.write({"hub_stage_id": self.preparing.id})
        with self.assertRaises(AccessError):
            order.with_user(self.sales).write({"hub_stage_id": self.received.id})
        order.with_user(self.supervisor).write({"hub_stage_id": self.received.id})
        self.assertEqual(order.hub_stage_id, self.received)

    def test_stage_is_entered_by_its_roles_only(self):
        self.preparing.group_ids = self.env.ref("stock.group_stock_user")
        order = self._order()
        order.action_confirm()
        with self.assertRaises(AccessError) as caught:
            order.with_user(self.sales).write({"hub_stage_id": self.preparing.id})
        self.assertIn("Preparing", str(caught.exception))
        order.with_user(self.operator).hub_do_step(self.preparing.id)
        self.assertEqual(order.hub_stage_id, self.preparing)

    def test_a_context_key_does_not_make_a_caller_the_hub(self):
        self.preparing.group_ids = self.env.ref("stock.group_stock_user")
        self._gate(self.shipped, "domain", domain="[('name', '=', 'never')]")
        order = self._order()
        sales = order.with_user(self.sales)
        for context in (
            {"order_hub_source": "document"},
            {"order_hub_source": "cron"},
            {"order_hub_defer": True},
            {"import_file": True},
        ):
            with self.assertRaises(AccessError):
                sales.with_context(**context).write({"hub_stage_id": self.preparing.id})
        with self.assertRaises(UserError):
            order.with_context(order_hub_source="document").write(
                {"hub_stage_id": self.shipped.id}
            )
        self.assertEqual(order.hub_stage_id, self.received)

    def test_cancelled_order_leaves_the_board_and_can_start_again(self):
        order = self._order()
        order.action_confirm()
        order._action_cancel()
        self.assertEqual(order.hub_milestone, "cancelled")
        self.assertFalse(order.hub_is_open)
        self.assertEqual(order.hub_event_ids.sorted("id")[-1].milestone, "cancelled")
        order.action_draft()
        self.assertEqual(order.hub_stage_id, self.received)
        self.assertTrue(order.hub_is_open)

    def test_moving_an_order_to_the_side_exit_cancels_it_for_real(self):
        exit_stage = self.env["order.hub.stage"].create(
            {
                "flow_id": self.flow.id,
                "name": "Cancelled",
                "milestone": "cancelled",
                "sequence": 99,
            }
        )
        order, delivered = self._order(), self._order()
        (order | delivered).action_confirm()
        self._deliver(delivered)
        order.with_user(self.supervisor).write({"hub_stage_id": exit_stage.id})
        self.assertEqual((order.state, order.hub_stage_id), ("cancel", exit_stage))
        self.assertEqual(order.picking_ids.state, "cancel")
        self.assertEqual(self._stages(order)[-1], "Cancelled")
        with self.assertRaises(UserError):
            delivered.write({"hub_stage_id": exit_stage.id})
        self.assertEqual(delivered.state, "sale")

    def test_entry_at_a_later_stage_passes_the_gates_in_between(self):
        self._gate(
            self.approved, "domain", domain="[('client_order_ref', '!=', False)]"
        )
        with self.assertRaises(UserError):
            self._order(hub_stage_id=self.preparing.id)
        order = self._order(hub_stage_id=self.preparing.id, client_order_ref="PO 7")
        self.assertEqual(self._stages(order), ["Received", "Approved", "Preparing"])

    def test_evidence_is_asked_for_and_tied_to_the_event(self):
        self.shipped.needs_photo = True
        order = self._order()
        order.write({"hub_stage_id": self.preparing.id})
        with self.assertRaises(UserError) as caught:
            order.write({"hub_stage_id": self.shipped.id})
        self.assertIn("Photo", str(caught.exception))
        order.with_user(self.operator).hub_do_step(
            self.shipped.id, [{"kind": "photo", "content": PIXEL, "filename": "p.png"}]
        )
        self.assertEqual(order.hub_stage_id, self.shipped)
        self.assertEqual(
            order.hub_evidence_ids.event_id, order.hub_event_ids.sorted("id")[-1]
        )

    def test_time_limit_makes_a_deadline(self):
        self.received.time_limit = 4
        order = self._order()
        hours = (
            order.hub_stage_deadline - order.hub_stage_since
        ).total_seconds() / 3600
        self.assertEqual(hours, 4)
        self.assertFalse(order.hub_is_overdue)
        self.assertNotIn(
            order, self.env["sale.order"].search([("hub_is_overdue", "=", True)])
        )

    def test_pilot_flow_takes_only_the_chosen(self):
        pilot = self._flow(
            "Pilot",
            [("Begin", "received", {})],
            is_pilot=True,
            pilot_user_ids=[(4, self.supervisor.id)],
        )
        self.assertEqual(self._order(user=self.supervisor).hub_flow_id, pilot)
        self.assertEqual(self._order(user=self.sales).hub_flow_id, self.flow)

    def test_flow_in_use_can_be_changed_without_losing_orders(self):
        order = self._order()
        order.action_confirm()
        checking = self.env["order.hub.stage"].create(
            {
                "flow_id": self.flow.id,
                "name": "Checking",
                "milestone": "approved",
                "sequence": 3,
            }
        )
        self.preparing.sequence = 4
        self.shipped.sequence = 5
        self.signed.sequence = 6
        self.assertEqual(order.hub_next_stage_id, checking)
        with self.assertRaises(UserError):
            self.approved.active = False
        with self.assertRaises(UserError):
            self.flow.unlink()
