from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common import PIXEL, OrderHubCommon


@tagged("post_install", "-at_install")
class TestGates(OrderHubCommon):
    def _enter(self, order, stage):
        order.with_user(self.supervisor).write({"hub_stage_id": stage.id})

    def _blocked(self, order, stage):
        with self.assertRaises(UserError) as caught:
            self._enter(order, stage)
        self.assertNotEqual(order.hub_stage_id, stage)
        return str(caught.exception)

    def test_stock_coverage_says_what_is_missing_and_by_how_much(self):
        self._gate(self.preparing, "stock_coverage", ratio=1.05, hint="Ask planning.")
        order = self._order(quantity=100)
        message = self._blocked(order, self.preparing)
        self.assertIn("ZXJ-0123", message)
        self.assertIn("100.00 of 105.00", message)
        self.assertIn("Ask planning.", message)
        self._stock(self.product, 5)
        self._enter(order, self.preparing)
        result = order.hub_event_ids.sorted("id")[-1].gate_results[0]
        self.assertEqual((result["ok"], result["h"], result["r"]), (True, 1.05, 1.05))

    def test_stock_reserved_for_the_order_counts_and_that_of_others_does_not(self):
        self._gate(self.preparing, "stock_coverage", ratio=1.0)
        first, second = self._order(quantity=80), self._order(quantity=80)
        first.action_confirm()
        first.picking_ids.action_assign()
        self._blocked(second, self.preparing)
        self._enter(first, self.preparing)
        self.assertEqual(first.hub_stage_id, self.preparing)

    def test_stock_is_compared_in_the_product_s_own_unit(self):
        self._gate(self.preparing, "stock_coverage", ratio=1.0)
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self._order(quantity=8)
        order.order_line.product_uom_id = dozen
        self._enter(order, self.preparing)
        order = self._order(quantity=9)
        order.order_line.product_uom_id = dozen
        self.assertIn("100.00 of 108.00", self._blocked(order, self.preparing))

    def test_a_kit_is_covered_by_its_components(self):
        bolt = self._product("Bolt", "BOLT", stock=7)
        kit = self._product("Bolt kit", "KIT")
        self.env["mrp.bom"].create(
            {
                "product_tmpl_id": kit.product_tmpl_id.id,
                "type": "phantom",
                "bom_line_ids": [
                    Command.create({"product_id": bolt.id, "product_qty": 4})
                ],
            }
        )
        self._gate(self.preparing, "stock_coverage", ratio=1.0)
        self._enter(self._order(quantity=1, product=kit), self.preparing)
        message = self._blocked(self._order(quantity=2, product=kit), self.preparing)
        self.assertIn("BOLT 7.00 of 8.00", message)

    def _two_level_product(self):
        chip = self._product("Chip", "CHIP", stock=10)
        board = self._product("Board", "BOARD")
        device = self._product("Device", "DEVICE")
        for parent, child, quantity in ((device, board, 1), (board, chip, 3)):
            self.env["mrp.bom"].create(
                {
                    "product_tmpl_id": parent.product_tmpl_id.id,
                    "bom_line_ids": [
                        Command.create(
                            {"product_id": child.id, "product_qty": quantity}
                        )
                    ],
                }
            )
        return device, chip

    def test_kit_complete_explodes_every_level(self):
        device, _chip = self._two_level_product()
        self._gate(self.preparing, "kit_complete")
        self._enter(self._order(quantity=3, product=device), self.preparing)
        message = self._blocked(self._order(quantity=4, product=device), self.preparing)
        self.assertIn("CHIP 10.00 of 12.00", message)

    def test_finished_goods_in_stock_need_no_components(self):
        device, _chip = self._two_level_product()
        self._stock(device, 2)
        self._gate(self.preparing, "kit_complete")
        self._enter(self._order(quantity=5, product=device), self.preparing)

    def test_a_receipt_counts_only_if_it_comes_before_the_promise(self):
        device, chip = self._two_level_product()
        self._gate(self.preparing, "kit_complete")
        supplier = self.env.ref("stock.stock_location_suppliers")
        move = self.env["stock.move"].create(
            {
                "product_id": chip.id,
                "product_uom_qty": 20,
                "product_uom": chip.uom_id.id,
                "location_id": supplier.id,
                "location_dest_id": self.warehouse.lot_stock_id.id,
                "date": "2031-05-10 08:00:00",
            }
        )
        move._action_confirm()
        late = self._order(
            quantity=4, product=device, commitment_date="2031-05-01 00:00:00"
        )
        self._blocked(late, self.preparing)
        early = self._order(
            quantity=4, product=device, commitment_date="2031-05-20 00:00:00"
        )
        self._enter(early, self.preparing)

    def test_credit_headroom_wants_more_than_the_order(self):
        self.partner.credit_limit = 1900
        self._gate(self.preparing, "credit_headroom", ratio=1.2)
        order = self._order(quantity=10)  # 1,600 × 1.2 = 1,920
        message = self._blocked(order, self.preparing)
        self.assertIn("1,900", message)
        self.assertIn("1,920", message)
        self.partner.credit_limit = 1920
        self._enter(order, self.preparing)

    def test_credit_counts_the_customer_s_other_confirmed_orders(self):
        self.partner.credit_limit = 3000
        other = self._order(quantity=10)
        other.action_confirm()
        self._gate(self.preparing, "credit_headroom", ratio=1.0)
        self.assertIn("1,400", self._blocked(self._order(quantity=10), self.preparing))

    def test_a_customer_without_limit_passes_the_credit_gate(self):
        self._gate(self.preparing, "credit_headroom", ratio=1.2)
        self._enter(self._order(quantity=1000), self.preparing)

    def test_prepayment_gate_compares_with_the_total(self):
        self._gate(self.preparing, "prepayment", ratio=0.3)
        order = self._order(quantity=10, hub_amount_prepaid=479)
        self._blocked(order, self.preparing)
        order.hub_amount_prepaid = 480
        self._enter(order, self.preparing)

    def test_required_fields_are_named_in_the_reader_s_words(self):
        field = self.env["ir.model.fields"]._get("sale.order", "client_order_ref")
        self._gate(
            self.preparing, "required_fields", field_ids=[Command.link(field.id)]
        )
        order = self._order()
        self.assertIn("Customer Reference", self._blocked(order, self.preparing))
        order.client_order_ref = "PO 7"
        self._enter(order, self.preparing)

    def test_signature_gate_takes_the_signed_quotation(self):
        self._gate(self.preparing, "customer_signature")
        order = self._order()
        self._blocked(order, self.preparing)
        order.signed_on = "2031-01-01 00:00:00"
        self._enter(order, self.preparing)

    def test_bom_gate_asks_only_for_what_is_manufactured(self):
        self._gate(self.preparing, "bom_present")
        route = self.warehouse.manufacture_pull_id.route_id
        made = self._product("Made", "MADE", route_ids=[Command.link(route.id)])
        self.assertIn("MADE", self._blocked(self._order(product=made), self.preparing))
        self._enter(self._order(), self.preparing)

    def test_a_warning_does_not_stop_but_is_kept_with_its_figures(self):
        self._gate(self.preparing, "stock_coverage", ratio=1.0, severity="warn")
        order = self._order(quantity=500)
        self._enter(order, self.preparing)
        event = order.hub_event_ids.sorted("id")[-1]
        self.assertFalse(event.gate_results[0]["ok"])
        self.assertIn("100.00 of 500.00", event.gate_summary)
        self.assertFalse(event.is_overruled)

    def test_a_supervisor_overrules_with_a_reason_that_is_kept(self):
        self._gate(self.preparing, "stock_coverage", ratio=1.0)
        order = self._order(quantity=500)
        handover = self.env["order.hub.handover"]
        values = {
            "order_id": order.id,
            "stage_id": self.preparing.id,
            "is_overrule": True,
        }
        with self.assertRaises(UserError):
            handover.with_user(self.supervisor).create(values).action_confirm()
        values["note"] = "Truck arrives at noon"
        with self.assertRaises(UserError):
            handover.with_user(self.sales).create(values).action_confirm()
        handover.with_user(self.supervisor).create(values).action_confirm()
        event = order.hub_event_ids.sorted("id")[-1]
        self.assertTrue(event.is_overruled)
        self.assertEqual(event.note, "Truck arrives at noon")

    def test_a_gate_before_the_confirmed_sale_stops_every_way_of_confirming(self):
        self._gate(
            self.approved, "domain", domain="[('client_order_ref', '!=', False)]"
        )
        order = self._order()
        for confirm in (
            lambda: order.action_confirm(),
            lambda: order.with_user(self.sales).write({"state": "sale"}),
            lambda: order.with_context(order_hub_source="document").action_confirm(),
            lambda: order.with_context(order_hub_checked=order.ids).write(
                {"state": "sale"}
            ),
        ):
            with self.assertRaises(UserError):
                confirm()
            self.assertEqual(order.state, "draft")
        with self.assertRaises(UserError):
            self._order(state="sale")
        order.client_order_ref = "PO 7"
        order.action_confirm()
        self.assertEqual(order.hub_stage_id, self.approved)

    def test_a_customer_s_signature_survives_a_gate_that_says_wait(self):
        self._gate(
            self.approved, "domain", domain="[('client_order_ref', '!=', False)]"
        )
        order = self._order()
        order._validate_order()
        self.assertEqual(order.state, "draft")
        self.assertEqual(order.hub_exception_ids.kind_id.code, "confirm")

    def test_a_stopped_document_is_noted_and_reconciled_later(self):
        self.shipped.needs_photo = True
        order = self._order()
        order.action_confirm()
        self._deliver(order)
        self.assertEqual(order.hub_stage_id, self.approved)
        hold = order.hub_exception_ids
        self.assertEqual((hold.kind_id.code, hold.state), ("handover", "open"))
        self.assertIn("Photo", hold.description)
        self.env["order.hub.evidence"]._add(
            order,
            self.shipped,
            [{"kind": "photo", "content": PIXEL, "filename": "a.png"}],
        )
        with self.enter_registry_test_mode():
            self.env.ref("order_hub.ir_cron_reconcile").method_direct_trigger()
        order.invalidate_recordset()
        self.assertEqual(order.hub_stage_id, self.shipped)
        self.assertEqual(hold.state, "solved")
        self.assertEqual(order.hub_hold_count, 0)

    def test_documents_go_as_far_as_they_may_when_a_later_gate_stops(self):
        reserved = self.env["order.hub.stage"].create(
            {
                "flow_id": self.flow.id,
                "name": "Allocated",
                "milestone": "preparing",
                "sequence": 2,
                "trigger": "reserved",
            }
        )
        self.shipped.needs_photo = True
        order = self._order()
        order.action_confirm()
        self._deliver(order)
        self.assertEqual(order.hub_stage_id, reserved)

    def test_a_gate_that_makes_no_sense_is_refused_when_saved(self):
        with self.assertRaises(ValidationError):
            self._gate(self.preparing, "domain", domain="[('no_such_field', '=', 1)]")
        with self.assertRaises(ValidationError):
            self._gate(self.preparing, "domain", domain="__import__('os')")
        with self.assertRaises(ValidationError):
            self._gate(self.preparing, "required_fields")

    def test_results_are_explained_in_the_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self._gate(self.preparing, "prepayment")
        order = self._order()
        with self.assertRaises(UserError) as caught:
            order.with_context(lang="zh_CN").write({"hub_stage_id": self.preparing.id})
        self.assertIn(order.name, str(caught.exception))
