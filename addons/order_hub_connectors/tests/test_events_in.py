from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .outward import OutwardCommon


@tagged("post_install", "-at_install")
class TestEventsIn(OutwardCommon):
    """Cancellations, returns, refunds, payments and shipments that channels tell."""

    def _invoiced(self, number, *lines):
        self.products.invoice_policy = "order"
        order = self._sold(number, *lines)
        order._create_invoices().action_post()
        return order

    def _notes(self, order):
        return order.invoice_ids.filtered(lambda m: m.move_type == "out_refund")

    # === CANCELLATIONS === #

    def test_a_cancelled_order_is_cancelled_with_its_deliveries(self):
        order = self._sold("E-1")
        row = self._event("cancel", "E-1", reason="changed my mind")
        self.assertEqual(row.state, "done", row.trace)
        self.assertEqual(order.state, "cancel")
        self.assertEqual(order.picking_ids.state, "cancel")

    def test_a_second_cancellation_does_nothing(self):
        self._sold("E-2")
        self._event("cancel", "E-2")
        row = self._event("cancel", "E-2", reason="again")
        self.assertEqual(row.state, "done")
        self.assertIn(("submit", "nothing"), self._codes(row))

    def test_after_shipping_the_owner_is_told_what_can_be_done(self):
        order = self._sold("E-3")
        self._deliver(order)
        self._event("cancel", "E-3", reason="too late")
        problem = self._problem(order, "channel_cancel")
        self.assertIn("too late", problem.description)
        self.assertIn("return", problem.alternatives)
        self.assertTrue(problem.is_blocking)
        self.assertEqual(order.state, "sale")

    def test_some_cancelled_pieces_are_ordered_no_more(self):
        order = self._sold("E-4", ("ZXJ-0123", 5), ("BZ-0456", 2))
        lines = [{"external_ref": "L1", "quantity": 2}]
        self._event("cancel", "E-4", lines=lines)
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.order_line.mapped("product_uom_qty"), [3, 2])

    def test_the_same_partial_cancellation_takes_pieces_away_once(self):
        order = self._sold("E-5", ("ZXJ-0123", 5))
        lines = [{"external_ref": "L1", "quantity": 2}]
        self._event("cancel", "E-5", lines=lines, extra="1")
        row = self._event("cancel", "E-5", lines=lines, extra="2")
        self.assertIn(("submit", "applied_before"), self._codes(row))
        self.assertEqual(order.order_line.product_uom_qty, 3)

    def test_all_lines_cancelled_is_the_whole_order(self):
        order = self._sold("E-6", ("ZXJ-0123", 5))
        self._event("cancel", "E-6", lines=[{"sku": "ZXJ-0123", "quantity": 5}])
        self.assertEqual(order.state, "cancel")

    def test_a_cancellation_before_its_order_leaves_it_unconfirmed_then_cancels(self):
        row = self._event("cancel", "E-7")
        self.assertEqual(row.state, "waiting")
        order = self._sold("E-7")
        self.assertEqual(order.state, "draft")
        row.invalidate_recordset()
        row._process(self.channel)
        self.assertEqual(order.state, "cancel")

    def _merge(self, order, number):
        """Have a repeat with another number that was merged into an order."""
        Inbound = self.env["order.hub.inbound"].sudo()
        stored = Inbound._receive(self.channel, [self._message(number)])
        repeat = Inbound.browse(stored["new"])
        repeat.write({"state": "duplicate", "order_id": order.id})

    def test_news_about_a_merged_repeat_come_before_a_person(self):
        order = self._sold("E-20")
        self._merge(order, "E-21")
        for kind in ("cancel", "return"):
            with self.subTest(kind):
                row = self._event(kind, "E-21", reason="ordered by phone as well")
                self.assertEqual(row.state, "done", row.trace)
                self.assertEqual(row.order_id, order)
                self.assertEqual(order.state, "sale")
                problem = self._problem(order, f"channel_{kind}")
                self.assertIn("E-21", problem.description)
                self.assertIn("Ask the customer", problem.alternatives)

    def test_a_cancelled_order_with_a_posted_invoice_asks_for_the_credit(self):
        order = self._invoiced("E-8")
        self._event("cancel", "E-8")
        self.assertEqual(order.state, "cancel")
        problem = self._problem(order, "channel_cancel")
        self.assertIn(order.invoice_ids.name, problem.description)

    # === RETURNS === #

    def test_an_announced_return_waits_for_the_goods(self):
        order = self._sold("R-1", ("ZXJ-0123", 5), ("BZ-0456", 2))
        delivery = self._deliver(order)
        lines = [{"external_ref": "L1", "quantity": 2}]
        row = self._event("return", "R-1", lines=lines)
        self.assertEqual(row.state, "done", row.trace)
        back = order.picking_ids - delivery
        self.assertEqual(back.return_id, delivery)
        self.assertNotEqual(back.state, "done")
        self.assertEqual(back.move_ids.product_uom_qty, 2)

    def test_a_return_without_lines_is_everything_that_left(self):
        order = self._sold("R-2", ("ZXJ-0123", 5), ("BZ-0456", 2))
        delivery = self._deliver(order)
        self._event("return", "R-2")
        back = order.picking_ids - delivery
        self.assertEqual(sorted(back.move_ids.mapped("product_uom_qty")), [2, 5])

    def test_a_reason_becomes_a_complaint_of_the_channels_cause(self):
        cause = self.env["order.hub.complaint.cause"].create(
            {"name": "Returned", "code": "returned"}
        )
        self.channel.return_cause_id = cause
        order = self._sold("R-3")
        self._deliver(order)
        self._event("return", "R-3", reason="Scratched")
        complaint = self.env["order.hub.complaint"].search(
            [("order_id", "=", order.id)]
        )
        self.assertEqual((complaint.cause_id, complaint.name), (cause, "Scratched"))

    def test_more_than_has_left_is_put_before_the_owner(self):
        order = self._sold("R-4", ("ZXJ-0123", 2))
        delivery = self._deliver(order)
        self._event("return", "R-4", lines=[{"external_ref": "L1", "quantity": 9}])
        self.assertEqual(order.picking_ids, delivery)
        self.assertIn("9", self._problem(order, "channel_return").description)

    def test_what_came_back_before_does_not_come_back_again(self):
        order = self._sold("R-5", ("ZXJ-0123", 2))
        self._deliver(order)
        self._event("return", "R-5", lines=[{"external_ref": "L1", "quantity": 2}])
        self._event("return", "R-5", lines=[{"external_ref": "L1", "quantity": 1}])
        self.assertEqual(len(order.picking_ids), 2)
        self.assertTrue(self._problem(order, "channel_return"))

    def test_a_return_before_anything_left_is_a_problem(self):
        order = self._sold("R-6")
        self._event("return", "R-6")
        problem = self._problem(order, "channel_return")
        self.assertIn("nothing has left", problem.description)

    def test_a_line_that_the_order_has_not_is_a_problem(self):
        order = self._sold("R-7")
        self._deliver(order)
        self._event("return", "R-7", lines=[{"external_ref": "L77", "quantity": 1}])
        self.assertIn("L77", self._problem(order, "channel_return").description)

    # === REFUNDS === #

    def test_a_refund_is_a_draft_credit_note_over_the_amount(self):
        order = self._invoiced("M-1", ("ZXJ-0123", 2), ("BZ-0456", 1, 95.0))
        row = self._event("refund", "M-1", amount=100.0, reason="late")
        self.assertEqual(row.state, "done", row.trace)
        note = self._notes(order)
        self.assertEqual((note.state, note.amount_total), ("draft", 100.0))
        self.assertEqual(note.reversed_entry_id.move_type, "out_invoice")

    def test_a_refund_with_taxes_adds_up_to_the_cent(self):
        tax = self.env["account.tax"].create({"name": "VAT 13", "amount": 13})
        self.products.taxes_id = tax
        order = self._invoiced("M-2", ("ZXJ-0123", 3, 33.33), ("BZ-0456", 7, 9.99))
        self._event("refund", "M-2", amount=77.77)
        self.assertEqual(self._notes(order).amount_total, 77.77)

    def test_named_lines_bear_what_is_said_of_them(self):
        order = self._invoiced("M-3", ("ZXJ-0123", 2), ("BZ-0456", 1, 95.0))
        lines = [{"external_ref": "L2", "amount": 40.0}]
        self._event("refund", "M-3", lines=lines)
        note = self._notes(order)
        self.assertEqual(note.amount_total, 40)
        self.assertEqual(note.invoice_line_ids.product_id, self.shaft)

    def test_a_whole_refund_reverses_the_invoice(self):
        order = self._invoiced("M-4")
        self._event("refund", "M-4")
        self.assertEqual(self._notes(order).amount_total, order.amount_total)

    def test_partial_refunds_add_up_and_never_exceed_the_order(self):
        order = self._invoiced("M-5")
        self._event("refund", "M-5", amount=200.0)
        self._event("refund", "M-5", amount=100.0)
        self._event("refund", "M-5", amount=50.0)
        self.assertEqual(sum(self._notes(order).mapped("amount_total")), 300)
        problem = self._problem(order, "channel_refund")
        self.assertIn("more than", problem.description)

    def test_the_same_refund_delivered_twice_is_one(self):
        order = self._invoiced("M-6")
        self._event("refund", "M-6", amount=50.0, at="2026-11-01T10:00:00Z", n=1)
        row = self._event("refund", "M-6", amount=50.0, at="2026-11-01T10:00:00Z", n=2)
        self.assertIn(("submit", "applied_before"), self._codes(row))
        self.assertEqual(len(self._notes(order)), 1)

    def test_a_refund_in_another_currency_is_left_to_a_person(self):
        order = self._invoiced("M-7")
        self._event("refund", "M-7", amount=50.0, currency="XAF")
        self.assertFalse(self._notes(order))
        self.assertIn("XAF", self._problem(order, "channel_refund").description)

    def test_goods_taken_back_without_money_change_no_invoice(self):
        order = self._invoiced("M-10")
        row = self._event("refund", "M-10", amount=0)
        self.assertIn(("submit", "no_money"), self._codes(row))
        self.assertFalse(self._notes(order))

    def test_a_negative_refund_waits_for_a_person(self):
        order = self._invoiced("M-8")
        row = self._event("refund", "M-8", amount=-50.0)
        self.assertEqual(row.state, "attention")
        self.assertEqual(row.problem_ids.field, "amount")
        self.assertFalse(self._notes(order))

    def test_a_refund_before_the_invoice_lowers_what_is_prepaid(self):
        order = self._sold("M-9", prepaid_amount=320.0)
        self._event("refund", "M-9", amount=20.0)
        self.assertEqual(order.hub_amount_prepaid, 300)
        self.assertTrue(self._problem(order, "channel_refund"))

    # === PAYMENTS === #

    def test_a_payment_is_entered_with_its_moment(self):
        order = self._sold("Z-1")
        self._event("paid", "Z-1", amount=320.0, at="2026-11-01T10:00:00+08:00")
        self.assertTrue(order.hub_is_prepaid)
        self.assertEqual(str(order.hub_paid_at), "2026-11-01 02:00:00")

    def test_a_payment_without_an_amount_is_the_whole_order(self):
        order = self._sold("Z-2")
        self._event("paid", "Z-2")
        self.assertEqual(order.hub_amount_prepaid, order.amount_total)

    def test_payments_are_what_was_paid_so_far(self):
        order = self._sold("Z-3")
        self._event("paid", "Z-3", amount=100.0)
        self._event("paid", "Z-3", amount=300.0)
        self._event("paid", "Z-3", amount=50.0)
        self.assertEqual(order.hub_amount_prepaid, 300)

    def test_more_than_the_order_is_not_believed(self):
        order = self._sold("Z-4")
        self._event("paid", "Z-4", amount=1e6)
        self.assertEqual(order.hub_amount_prepaid, 0)
        self.assertTrue(self._problem(order, "channel_paid"))

    def test_a_negative_payment_waits_for_a_person(self):
        self._sold("Z-5")
        row = self._event("paid", "Z-5", amount=-1)
        self.assertEqual(row.state, "attention")

    def test_a_corrected_amount_goes_through(self):
        order = self._sold("Z-6")
        row = self._event("paid", "Z-6", amount=-320)
        row.with_user(self.operator).correct({"amount": 320})
        self.assertEqual(row.state, "done", row.trace)
        self.assertEqual(order.hub_amount_prepaid, 320)

    # === SHIPPED ELSEWHERE === #

    def test_goods_sent_by_the_marketplace_move_the_stage_with_a_note(self):
        order = self._sold("H-1")
        row = self._event("shipped", "H-1", carrier="AMZN", tracking="TBA1")
        self.assertEqual(row.state, "done", row.trace)
        self.assertEqual(order.hub_stage_id, self.shipped)
        self.assertIn("TBA1", order.hub_event_ids.sorted("id")[-1].note)
        self.assertIn("AMZN", order.hub_evidence_ids.note)
        self.assertFalse(self._outbox(order).filtered(lambda r: r.word == "sent"))

    def test_the_channels_word_decides_the_stage(self):
        self.env["order.hub.status.map"].create(
            {
                "channel_id": self.channel.id,
                "external_status": "packed",
                "stage_id": self.preparing.id,
            }
        )
        order = self._sold("H-2")
        self._event("shipped", "H-2", status="Packed")
        self.assertEqual(order.hub_stage_id, self.preparing)

    def test_a_shipment_that_a_gate_blocks_becomes_a_problem(self):
        self.shipped.needs_photo = True
        order = self._sold("H-3")
        row = self._event("shipped", "H-3")
        self.assertEqual(row.state, "done")
        self.assertNotEqual(order.hub_stage_id, self.shipped)
        self.assertTrue(self._problem(order, "channel_shipped"))

    def test_a_shipment_told_twice_moves_once(self):
        order = self._sold("H-4")
        self._event("shipped", "H-4", tracking="T")
        self._event("shipped", "H-4", tracking="T", n=2)
        self.assertEqual(self._stages(order).count("Shipped"), 1)

    # === FROM THE WRONG SIDE === #

    def test_another_channels_number_pays_cancels_and_refunds_nothing(self):
        other = self._paper_channel("other")
        order = self._invoiced("W-1")
        for kind in ("cancel", "return", "refund", "paid", "shipped"):
            row = self._event(kind, "W-1", channel=other)
            self.assertEqual(row.state, "waiting", kind)
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.hub_amount_prepaid, 0)
        self.assertFalse(self._notes(order))

    def test_what_is_no_object_waits_for_a_person(self):
        self._sold("W-2")
        row = self._event("refund", "W-2", lines="all", amount="NaN")
        self.assertEqual(row.state, "attention")
        self.assertEqual(set(row.problem_ids.mapped("field")), {"lines", "amount"})

    def test_nobody_writes_what_was_applied(self):
        order = self._sold("W-3")
        self._event("paid", "W-3")
        rows = self.env["order.hub.applied"].search([("order_id", "=", order.id)])
        self.assertTrue(rows)
        for user in (self.sales, self.configurator):
            with self.assertRaises(UserError):
                rows.with_user(user).write({"amount": 0})
        with self.assertRaises(AccessError):
            rows.with_user(self.sales).read(["amount"])

    def test_events_of_50_orders_cost_little_more_than_those_of_1(self):
        orders = [self._sold(f"Q-{n}") for n in range(51)]
        messages = [self._message(f"Q-{n}", "paid", amount=10.0) for n in range(51)]
        one = self._queries(lambda: self._take(messages[0]))
        many = self._queries(lambda: self._take(*messages[1:]))
        self.assertEqual(orders[50].hub_amount_prepaid, 10)
        self.assertLessEqual(many, one + 50 * 6)
