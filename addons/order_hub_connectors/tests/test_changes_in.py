from odoo.tests import tagged

from .outward import OutwardCommon


@tagged("post_install", "-at_install")
class TestChangesIn(OutwardCommon):
    """Orders that their channel says differently after they were taken in."""

    def _quantities(self, order):
        return {
            line.product_id.default_code: line.product_uom_qty
            for line in order.order_line
        }

    def _draft(self, number, *lines, **values):
        self.channel.auto_confirm = False
        return self._sold(number, *lines, **values)

    # === STILL ALLOWED === #

    def test_a_quotation_becomes_what_the_channel_says(self):
        order = self._draft("C-1", ("ZXJ-0123", 2), ("BZ-0456", 1))
        row = self._changed("C-1", ("ZXJ-0123", 5), ("SCP-0789", 3, 48.0))
        self.assertEqual(row.state, "done", row.trace)
        self.assertEqual(self._quantities(order), {"ZXJ-0123": 5, "SCP-0789": 3})
        self.assertEqual(row.order_id, order)
        self.assertFalse(self._problem(order, "channel_change"))

    def test_a_confirmed_order_changes_until_its_goods_are_picked(self):
        order = self._sold("C-2", ("ZXJ-0123", 2), ("BZ-0456", 1))
        row = self._changed("C-2", ("ZXJ-0123", 5), ("BZ-0456", 1))
        self.assertEqual(row.state, "done", row.trace)
        self.assertEqual(self._quantities(order), {"ZXJ-0123": 5, "BZ-0456": 1})
        moves = order.picking_ids.move_ids.filtered(lambda m: m.state != "cancel")
        moves = moves.filtered(lambda m: m.product_id == self.knuckle)
        asked = sum(moves.mapped("product_uom_qty"))
        self.assertEqual(asked, 5)

    def test_a_line_that_is_gone_is_ordered_no_more(self):
        order = self._sold("C-3", ("ZXJ-0123", 2), ("BZ-0456", 1))
        self._changed("C-3", ("ZXJ-0123", 2))
        self.assertEqual(self._quantities(order), {"ZXJ-0123": 2, "BZ-0456": 0})

    def test_price_and_date_and_address_change_too(self):
        order = self._sold("C-4")
        self._changed(
            "C-4",
            ("ZXJ-0123", 2, 150.0),
            promised_date="2027-03-01T08:00:00Z",
            ship_to={"name": "Gate 3", "street": "1 Dock", "city": "Suzhou"},
        )
        self.assertEqual(order.order_line.price_unit, 150)
        self.assertEqual(str(order.commitment_date), "2027-03-01 08:00:00")
        self.assertEqual(order.partner_shipping_id.city, "Suzhou")
        self.assertEqual(order.picking_ids.partner_id.city, "Suzhou")

    def test_what_changed_is_on_record_with_who_said_it(self):
        order = self._sold("C-5")
        self._changed("C-5", ("ZXJ-0123", 7))
        change = order.hub_change_ids.filtered(
            lambda row: row.field_name == "product_uom_qty"
        )
        self.assertIn(self.channel.name, change.reason)

    def test_nothing_to_change_changes_nothing(self):
        order = self._sold("C-6")
        row = self._changed("C-6", ("ZXJ-0123", 2))
        self.assertEqual(row.state, "done")
        self.assertIn(("submit", "nothing"), self._codes(row))
        self.assertFalse(order.hub_change_ids)

    def test_the_same_order_delivered_with_other_content_is_a_change(self):
        order = self._sold("C-7")
        self._take(self._message("C-7", lines=[self._line(1, "ZXJ-0123", 9)]))
        self.assertEqual(order.order_line.product_uom_qty, 9)

    # === TOO LATE === #

    def test_after_picking_the_owner_sees_both_side_by_side(self):
        order = self._sold("C-9")
        self._deliver(order)
        row = self._changed("C-9", ("ZXJ-0123", 1))
        self.assertEqual(row.state, "done")
        problem = self._problem(order, "channel_change")
        self.assertIn("2 → 1", problem.description)
        self.assertIn("picked or have left", problem.description)
        self.assertTrue(problem.is_blocking)
        self.assertEqual(problem.owner_id, order.user_id)
        self.assertEqual(order.order_line.product_uom_qty, 2)

    def test_an_invoiced_order_is_not_changed_silently(self):
        self.knuckle.invoice_policy = "order"
        order = self._sold("C-10")
        order._create_invoices().action_post()
        self._changed("C-10", ("ZXJ-0123", 3))
        self.assertIn("invoiced", self._problem(order, "channel_change").description)
        self.assertEqual(order.order_line.product_uom_qty, 2)

    def test_a_locked_order_is_not_changed(self):
        order = self._sold("C-11")
        order.action_lock()
        self._changed("C-11", ("ZXJ-0123", 3))
        self.assertIn("locked", self._problem(order, "channel_change").description)

    def test_a_later_change_that_is_possible_closes_the_problem(self):
        order = self._sold("C-12")
        order.action_lock()
        self._changed("C-12", ("ZXJ-0123", 3))
        order.action_unlock()
        self._changed("C-12", ("ZXJ-0123", 4))
        self.assertFalse(self._problem(order, "channel_change"))
        self.assertEqual(order.order_line.product_uom_qty, 4)

    def test_a_cancelled_order_is_not_brought_back_by_a_change(self):
        order = self._sold("C-13")
        order._action_cancel()
        self._changed("C-13", ("ZXJ-0123", 4))
        self.assertEqual(order.state, "cancel")
        self.assertIn("cancelled", self._problem(order, "channel_change").description)

    # === ORDER OF ARRIVAL === #

    def test_an_older_version_is_put_aside_with_a_note(self):
        order = self._sold("C-14")
        self._changed("C-14", ("ZXJ-0123", 6), version="2026-11-20T10:00:00Z")
        row = self._changed("C-14", ("ZXJ-0123", 3), version="2026-11-20T09:59:00Z")
        self.assertEqual(row.state, "ignored")
        self.assertIn(("submit", "overtaken"), self._codes(row))
        self.assertEqual(order.order_line.product_uom_qty, 6)

    def test_two_versions_in_one_batch_end_with_the_newer_one(self):
        order = self._sold("C-15")
        messages = []
        for quantity, version in ((8, "0002"), (4, "0001")):
            message = self._message(
                "C-15", "change", lines=[self._line(1, "ZXJ-0123", quantity)]
            )
            messages.append(
                type(message)("change", "C-15", message.raw, version=version)
            )
        rows = self._take(*messages)
        self.assertEqual(sorted(rows.mapped("state")), ["done", "ignored"])
        self.assertEqual(order.order_line.product_uom_qty, 8)

    def test_a_change_before_its_order_waits_and_is_applied_after_it(self):
        row = self._changed("C-16", ("ZXJ-0123", 9))
        self.assertEqual(row.state, "waiting")
        self.assertIn(("submit", "no_order"), self._codes(row))
        order = self._sold("C-16")
        row.invalidate_recordset()
        self.assertEqual(row.state, "received")
        row._process(self.channel)
        self.assertEqual(order.order_line.product_uom_qty, 9)

    # === FROM THE WRONG SIDE === #

    def test_the_number_of_another_channel_reaches_no_order_of_this_one(self):
        other = self._paper_channel("other")
        order = self._sold("C-17")
        row = self._changed("C-17", ("ZXJ-0123", 99), channel=other)
        self.assertEqual(row.state, "waiting")
        self.assertEqual(order.order_line.product_uom_qty, 2)

    def test_a_change_with_an_unknown_product_waits_for_a_person(self):
        order = self._sold("C-18")
        row = self._changed("C-18", ("NOPE", 1))
        self.assertEqual(row.state, "attention")
        self.assertEqual(order.order_line.product_id, self.knuckle)

    def test_a_total_that_is_not_ours_opens_a_problem(self):
        order = self._sold("C-19")
        self._changed("C-19", ("ZXJ-0123", 3), total=1.0)
        self.assertTrue(self._problem(order, "amount"))

    def test_a_status_word_that_means_cancelled_cancels(self):
        self.env["order.hub.status.map"].create(
            {
                "channel_id": self.channel.id,
                "external_status": "void",
                "milestone": "cancelled",
            }
        )
        order = self._sold("C-20")
        self._changed("C-20", ("ZXJ-0123", 2), status="VOID ")
        self.assertEqual(order.state, "cancel")

    def test_a_change_works_with_the_rights_of_a_plain_salesperson(self):
        order = self._sold("C-21")
        self.channel.user_id = self.sales
        row = self._changed("C-21", ("ZXJ-0123", 4))
        self.assertEqual(row.state, "done", row.error)
        self.assertEqual(order.order_line.product_uom_qty, 4)
        row = self._event("cancel", "C-21")
        self.assertEqual((row.state, order.state), ("done", "cancel"))

    def test_changes_of_50_orders_look_the_orders_up_once(self):
        orders = [self._sold(f"CQ-{n}") for n in range(51)]
        messages = [
            self._message(f"CQ-{n}", "change", lines=[self._line(1, "ZXJ-0123", 2)])
            for n in range(51)
        ]
        one = self._queries(lambda: self._take(messages[0]))
        many = self._queries(lambda: self._take(*messages[1:]))
        self.assertEqual(len(orders), 51)
        self.assertLessEqual(many, one + 50 * 2 + 10)
