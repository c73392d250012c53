from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import PIXEL, OrderHubCommon


@tagged("post_install", "-at_install")
class TestHistory(OrderHubCommon):
    def test_changes_before_acceptance_are_not_kept(self):
        order = self._order()
        order.order_line.product_uom_qty = 11
        self.assertFalse(order.hub_change_ids)

    def test_changes_after_acceptance_keep_old_new_who_why_and_voucher(self):
        order = self._order()
        order.action_confirm()
        order.with_user(self.sales).write(
            {
                "commitment_date": "2031-03-05 08:00:00",
                "order_line": [
                    Command.update(order.order_line.id, {"product_uom_qty": 12})
                ],
                "hub_change_reason": "Customer called",
                "hub_change_voucher": "Mail of 3 March",
            }
        )
        changes = {change.field_name: change for change in order.hub_change_ids}
        self.assertEqual(set(changes), {"commitment_date", "product_uom_qty"})
        quantity = changes["product_uom_qty"]
        self.assertEqual((quantity.old_value, quantity.new_value), ("10", "12"))
        self.assertEqual(quantity.user_id, self.sales)
        self.assertEqual(quantity.reason, "Customer called")
        self.assertEqual(quantity.voucher, "Mail of 3 March")
        self.assertEqual(quantity.field_label, "Quantity")
        self.assertEqual(changes["commitment_date"].reason, "Customer called")
        self.assertFalse(order.hub_change_reason)

    def test_lines_added_and_removed_after_acceptance_are_kept(self):
        order = self._order()
        order.action_confirm()
        order.order_line = [
            Command.create({"product_id": self.product.id, "product_uom_qty": 3})
        ]
        added = order.hub_change_ids
        self.assertEqual((added.field_name, added.new_value), ("+", "3 × 160"))

    def test_a_value_written_again_is_no_change(self):
        order = self._order()
        order.action_confirm()
        order.order_line.write({"product_uom_qty": 10})
        self.assertFalse(order.hub_change_ids)

    def test_events_changes_and_evidence_are_append_only_for_everybody(self):
        order = self._order()
        order.action_confirm()
        order.order_line.price_unit = 170
        evidence = self.env["order.hub.evidence"]._add(
            order, self.preparing, [{"kind": "photo", "content": PIXEL}]
        )
        event, change = order.hub_event_ids[:1], order.hub_change_ids
        admin = self.env.ref("base.user_admin")
        for record in (event, change, evidence):
            for keeper in (record.with_user(admin), record.sudo()):
                with self.assertRaises(UserError):
                    keeper.write({"order_id": False})
                with self.assertRaises(UserError):
                    keeper.unlink()
        for model, vals in (
            ("order.hub.stage.event", {"order_id": order.id}),
            ("order.hub.change", {"order_id": order.id}),
        ):
            with self.assertRaises(UserError):
                self.env[model].sudo().create(vals)

    def test_evidence_is_bounded_and_checked(self):
        order = self._order()
        Evidence = self.env["order.hub.evidence"]
        for item in (
            {"kind": "photo", "content": "bm8gcGljdHVyZQ=="},
            {"kind": "photo", "content": ""},
            {"kind": "photo", "content": "%%%"},
            {"kind": "note", "note": "  "},
            {"kind": "hologram", "content": PIXEL},
            {"kind": "file", "content": "A" * (22 * 1024 * 1024)},
        ):
            with self.assertRaises(UserError, msg=str(item)[:60]):
                Evidence._add(order, self.preparing, [item])

    def test_history_survives_the_deletion_of_a_draft(self):
        order = self._order()
        ref = order.hub_ref
        self.env.flush_all()
        order.unlink()
        event = self.env["order.hub.stage.event"].search([("hub_ref", "=", ref)])
        self.assertEqual(event.stage_id, self.received)
        self.assertFalse(event.order_id)

    def test_one_query_more_for_a_batch_of_line_changes(self):
        orders = self._orders(30)
        orders.action_confirm()
        lines = orders.order_line
        self.env.flush_all()
        plain = self._queries(lambda: lines.write({"customer_lead": 1}))
        self.env.flush_all()
        audited = self._queries(lambda: lines.write({"customer_lead": 2}))
        self.assertLessEqual(audited, plain)
        self.assertEqual(
            self.env["order.hub.change"].search_count(
                [("order_id", "in", orders.ids), ("field_name", "=", "customer_lead")]
            ),
            60,
        )

    def _queries(self, work):
        before = self.cr.sql_log_count
        work()
        self.env.flush_all()
        return self.cr.sql_log_count - before
