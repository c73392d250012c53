from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import OrderHubCommon


@tagged("post_install", "-at_install")
class TestDocuments(OrderHubCommon):
    """The flow follows native documents of every kind, and they carry its name."""

    def _made_to_order(self):
        manufacture = self.warehouse.manufacture_pull_id.route_id
        mto = self.warehouse.mto_pull_id.route_id
        mto.active = True
        chip = self._product("Chip", "CHIP", stock=100)
        device = self._product(
            "Device", "DEVICE", route_ids=[Command.set((manufacture | mto).ids)]
        )
        self.env["mrp.bom"].create(
            {
                "product_tmpl_id": device.product_tmpl_id.id,
                "bom_line_ids": [
                    Command.create({"product_id": chip.id, "product_qty": 2})
                ],
            }
        )
        return device

    def _manufacturer_flow(self):
        return self._flow(
            "Manufacturer",
            [
                ("Received", "received", {}),
                ("Scheduled", "scheduled", {"trigger": "mo_confirmed"}),
                ("Made", "preparing", {"trigger": "mo_done"}),
                ("Shipped", "shipped", {"trigger": "delivered"}),
                ("Signed", "closed", {"trigger": "signed"}),
            ],
            sequence=0,
        )

    def _finish(self, production):
        production.action_assign()
        production.qty_producing = production.product_qty
        production._set_qty_producing()
        production.move_raw_ids.picked = True
        production.button_mark_done()

    def test_manufacturing_carries_the_order_on(self):
        self._manufacturer_flow()
        order = self._order(quantity=3, product=self._made_to_order())
        order.action_confirm()
        production = order._hub_documents("mrp.production")
        self.assertEqual(len(production), 1)
        self.assertEqual(order.hub_stage_id.name, "Scheduled")
        self._finish(production)
        self.assertEqual(order.hub_stage_id.name, "Made")
        self._deliver(order)
        self.assertEqual(order.hub_stage_id.name, "Shipped")
        self.assertFalse(any(order.hub_event_ids.mapped("is_out_of_order")))

    def test_every_document_of_an_order_carries_its_reference(self):
        order = self._order(quantity=3, product=self._made_to_order())
        order.action_confirm()
        production = order._hub_documents("mrp.production")
        picking = order.picking_ids
        self.assertEqual(production.hub_ref, order.hub_ref)
        self.assertEqual(picking.hub_ref, order.hub_ref)
        for model, document in (
            ("mrp.production", production),
            ("stock.picking", picking),
        ):
            found = self.env[model].search([("hub_ref", "=", order.hub_ref)])
            self.assertEqual(found, document)

    def test_purchase_to_order_carries_the_reference(self):
        buy = self.warehouse.buy_pull_id.route_id
        mto = self.warehouse.mto_pull_id.route_id
        mto.active = True
        product = self._product(
            "Bought",
            "BOUGHT",
            route_ids=[Command.set((buy | mto).ids)],
            seller_ids=[
                Command.create({"partner_id": self.partner.id, "price": 1, "delay": 1})
            ],
        )
        order = self._order(product=product)
        order.action_confirm()
        purchase = order._hub_documents("purchase.order")
        self.assertEqual(purchase.hub_ref, order.hub_ref)

    def test_reserving_moves_the_order_where_the_flow_says_so(self):
        self._flow(
            "Shop",
            [
                ("Paid", "approved", {}),
                ("Allocated", "preparing", {"trigger": "reserved"}),
                ("Picked", "picked", {"trigger": "picked"}),
                ("Shipped", "shipped", {"trigger": "delivered"}),
            ],
            sequence=0,
        )
        order = self._order(quantity=150)
        order.action_confirm()
        self.assertEqual(order.hub_stage_id.name, "Paid")
        self._stock(self.product, 50)
        order.picking_ids.action_assign()
        self.assertEqual(order.hub_stage_id.name, "Allocated")

    def test_two_step_delivery_is_reserved_picked_and_delivered_in_turn(self):
        self._flow(
            "Shop",
            [
                ("Paid", "approved", {}),
                ("Allocated", "preparing", {"trigger": "reserved"}),
                ("Picked", "picked", {"trigger": "picked"}),
                ("Shipped", "shipped", {"trigger": "delivered"}),
            ],
            sequence=0,
        )
        self.warehouse.delivery_steps = "pick_ship"
        order = self._order(quantity=10)
        order.action_confirm()
        order.picking_ids.action_assign()
        self.assertEqual(order.hub_stage_id.name, "Allocated")
        self._deliver(order)
        self.assertEqual(order.hub_stage_id.name, "Picked")
        self._deliver(order)
        self.assertEqual(order.hub_stage_id.name, "Shipped")
        self.assertFalse(any(order.hub_event_ids.mapped("is_out_of_order")))

    def test_entering_a_stage_confirms_and_reserves(self):
        for kind in ("confirm_sale", "reserve"):
            self.env["order.hub.stage.action"].create(
                {"stage_id": self.preparing.id, "kind": kind}
            )
        self.approved.trigger = False
        order = self._order(quantity=10)
        order.write({"hub_stage_id": self.preparing.id})
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.picking_ids.state, "assigned")
        self.assertEqual(order.hub_stage_id, self.preparing)

    def test_entering_a_stage_gives_somebody_a_to_do(self):
        self.env["order.hub.stage.action"].create(
            {
                "stage_id": self.preparing.id,
                "kind": "activity",
                "activity_summary": "Look for the parts",
                "activity_user_type": "user",
                "activity_user_id": self.operator.id,
            }
        )
        order = self._order()
        order.write({"hub_stage_id": self.preparing.id})
        activity = order.activity_ids.filtered(lambda a: a.user_id == self.operator)
        self.assertEqual(activity.summary, "Look for the parts")

    def test_entering_a_stage_plans_the_work_orders(self):
        self._manufacturer_flow()
        device = self._made_to_order()
        centre = self.env["mrp.workcenter"].create({"name": "SMT line"})
        device.bom_ids.operation_ids = [
            Command.create({"name": "Solder", "workcenter_id": centre.id})
        ]
        order = self._order(quantity=1, product=device)
        order.action_confirm()
        stage = order.hub_flow_id.stage_ids.filtered(lambda s: s.name == "Made")
        stage.trigger = False
        self.env["order.hub.stage.action"].create(
            {"stage_id": stage.id, "kind": "push_work_order"}
        )
        order.write({"hub_stage_id": stage.id})
        production = order._hub_documents("mrp.production")
        self.assertTrue(production.is_planned)
        self.assertEqual(production.workorder_ids.state, "ready")

    def test_invoicing_and_paying_close_the_order(self):
        self._flow(
            "To the money",
            [
                ("Received", "received", {}),
                ("Shipped", "shipped", {"trigger": "delivered"}),
                ("Invoiced", "delivered", {"trigger": "invoiced"}),
                ("Paid", "closed", {"trigger": "paid"}),
            ],
            sequence=0,
        )
        if not self.company.chart_template:
            self.env["account.chart.template"].try_loading(
                "generic_coa", self.company, install_demo=False
            )
        order = self._order()
        order.action_confirm()
        self._deliver(order)
        invoice = order._create_invoices()
        invoice.action_post()
        self.assertEqual(order.hub_stage_id.name, "Invoiced")
        self.assertEqual(invoice.hub_ref, order.hub_ref)
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({})._create_payments()
        self.assertEqual(order.hub_stage_id.name, "Paid")

    def test_orders_from_before_the_hub_are_taken_in_where_they_stand(self):
        self.flow.active = False
        order = self._order()
        order.action_confirm()
        self._deliver(order)
        self.assertFalse(order.hub_flow_id)
        self.flow.active = True
        order.with_user(self.supervisor).action_hub_adopt()
        self.assertEqual(order.hub_stage_id, self.shipped)

    def test_a_plain_salesperson_cancels_an_order_that_made_purchases(self):
        product = self._product(
            "Bought",
            "BOUGHT",
            route_ids=[
                Command.set(
                    (
                        self.warehouse.buy_pull_id.route_id
                        | self.warehouse.mto_pull_id.route_id
                    ).ids
                )
            ],
            seller_ids=[
                Command.create({"partner_id": self.partner.id, "price": 1, "delay": 1})
            ],
        )
        self.warehouse.mto_pull_id.route_id.active = True
        order = self._order(product=product)
        order.with_user(self.sales).action_confirm()
        self.assertTrue(order._hub_documents("purchase.order"))
        order.with_user(self.sales).action_cancel()
        self.assertEqual(order.hub_milestone, "cancelled")

    def test_a_follow_up_that_fails_does_not_undo_a_delivery(self):
        self.env["order.hub.stage.action"].create(
            {"stage_id": self.shipped.id, "kind": "activity"}
        )
        order = self._order()
        order.action_confirm()
        failing = patch.object(
            type(self.env["order.hub.stage.action"]),
            "_run_activity",
            side_effect=UserError("no paper in the printer"),
        )
        with failing:
            picking = self._deliver(order)
        self.assertEqual(picking.state, "done")
        self.assertEqual(order.hub_stage_id, self.shipped)
        problem = order.hub_exception_ids
        self.assertEqual(problem.kind_id.code, "action")
        self.assertIn("no paper", problem.description)

    def test_one_order_that_cannot_be_reconciled_stops_no_other(self):
        self.shipped.needs_photo = True
        good, bad = self._order(), self._order()
        (good | bad).action_confirm()
        self._deliver(good)
        self._deliver(bad)
        self.shipped.needs_photo = False
        facts = type(good)._hub_facts

        def broken(orders):
            if bad in orders:
                raise ValueError("broken")
            return facts(orders)

        with (
            patch.object(type(good), "_hub_facts", broken),
            mute_logger("odoo.addons.order_hub.models.sale_order_facts"),
            self.enter_registry_test_mode(),
        ):
            self.env.ref("order_hub.ir_cron_reconcile").method_direct_trigger()
        (good | bad).invalidate_recordset()
        self.assertEqual(good.hub_stage_id, self.shipped)
        self.assertEqual(bad.hub_stage_id, self.approved)
