from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .purchasing_common import NOW, PurchasingCommon


@tagged("post_install", "-at_install")
class TestPurchaseReminder(PurchasingCommon):
    """Suppliers are reminded until everything is there, and never by a flood."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.hub_remind = True

    def _run(self, day=0):
        """Let the daily job run on a day, and return the mails it wrote."""
        before = self._mails()
        with (
            freeze_time(NOW + timedelta(days=day)),
            self.enter_registry_test_mode(),
        ):
            self.env.ref("order_hub.ir_cron_remind_suppliers").method_direct_trigger()
        self.env.invalidate_all()
        return self._mails() - before

    @staticmethod
    def _confirm(order):
        """Let the supplier confirm the only line."""
        word = {"line_id": order.order_line.id, "kind": "confirm"}
        return order._hub_answer([word], "buyer", NOW)

    def _mails(self):
        return self.env["mail.message"].search(
            [
                ("model", "=", "purchase.order"),
                ("message_type", "!=", "user_notification"),
                ("subtype_id", "=", self.env.ref("mail.mt_comment").id),
            ]
        )

    def test_an_overdue_order_is_asked_for_every_few_days(self):
        order = self._purchase(due=-1, ordered=-20)
        self.assertIn("overdue", self._run().subject)
        self.assertEqual(order.hub_remind_count, 1)
        self.assertEqual(order.hub_reminded_kind, "overdue")
        self.assertEqual(str(order.hub_next_reminder), "2025-06-20")
        self.assertFalse(self._run(1) | self._run(2))
        self.assertEqual(len(self._run(3)), 1)
        self.assertEqual(order.hub_remind_count, 2)

    def test_the_job_twice_on_a_day_writes_once(self):
        self._purchase(due=-1, ordered=-20)
        self.assertEqual(len(self._run()), 1)
        self.assertFalse(self._run())

    def test_days_without_the_job_are_made_up_for_once(self):
        order = self._purchase(due=2, ordered=-20)
        self._confirm(order)
        self.assertEqual(len(self._run(20)), 1)
        self.assertEqual(order.hub_reminded_kind, "overdue")
        self.assertFalse(self._run(21))

    def test_reminders_go_on_after_a_first_partial_receipt(self):
        order = self._purchase(due=-1, ordered=-20)
        self._run()
        self._receive(order, 4)
        [mail] = self._run(3)
        self.assertIn("6.0", mail.body)
        self.assertEqual(order.hub_remind_count, 2)

    def test_reminders_end_when_everything_is_there(self):
        order = self._purchase(due=-1, ordered=-20)
        self._run()
        self._receive(order)
        self.assertFalse(self._run(3))
        self.assertFalse(order.hub_next_reminder)
        self.assertEqual(order.hub_remind_count, 1)

    def test_a_missing_answer_is_asked_for_until_it_is_given(self):
        order = self._purchase(due=30, ordered=-2)
        self.assertIn("answer", self._run().subject)
        self.assertIn(f"/my/supply/orders/{order.id}", self._mails()[:1].body)
        self._confirm(order)
        self.assertFalse(self._run(3))
        self.assertEqual(str(order.hub_next_reminder), "2025-07-14")

    def test_goods_that_are_due_are_announced_once(self):
        order = self._purchase(due=3, ordered=-1)
        self._confirm(order)
        self.assertEqual(len(self._run()), 1)
        self.assertEqual(order.hub_reminded_kind, "due")
        self.assertFalse(self._run(1) | self._run(2) | self._run(3))

    def test_a_supplier_without_address_is_called_by_the_buyer(self):
        self.mill.email = False
        order = self._purchase(due=-1, ordered=-20)
        self.assertFalse(self._run())
        todo = order.activity_ids.filtered(lambda each: each.user_id == self.buyer)
        self.assertIn("no e-mail address", str(todo.mapped("note")))
        self.assertEqual(order.hub_remind_count, 1)

    def test_the_buyer_silences_an_order(self):
        order = self._purchase(due=-1, ordered=-20)
        order.with_user(self.buyer).hub_is_not_reminded = True
        self.assertFalse(self._run())

    def test_nothing_is_sent_where_reminders_are_off(self):
        self.company.hub_remind = False
        order = self._purchase(due=-1, ordered=-20)
        self.assertFalse(self._run())
        self.assertFalse(order.hub_next_reminder)

    def test_orders_of_another_company_are_left_alone(self):
        order = self._purchase(due=-1, ordered=-20)
        other = self.env["res.company"].create({"name": "Other Works"})
        found = order._hub_plan_reminders(other, NOW)
        self.assertFalse(found)

    def test_odoo_sends_no_reminder_of_its_own_beside_them(self):
        order = self._purchase(due=1, receipt_reminder_email=True)
        self.assertNotIn(order, order._get_orders_to_remind())
        self.company.hub_remind = False
        self.assertIn(order, order._get_orders_to_remind())

    @mute_logger("odoo.addons.order_hub.models.purchase_order_reminder")
    def test_an_order_that_cannot_be_reminded_stops_no_other(self):
        first = self._purchase(due=-1, ordered=-20)
        second = self._purchase(due=-1, ordered=-20)
        Order = type(first)
        mail = Order._hub_mail_reminder

        words = "The template is broken."

        def broken(order, kind):
            if order == first:
                raise UserError(words)
            return mail(order, kind)

        with patch.object(Order, "_hub_mail_reminder", broken):
            self.assertEqual(len(self._run()), 1)
        self.assertEqual((first.hub_remind_count, second.hub_remind_count), (0, 1))
        self.assertEqual(len(self._run(1)), 1)

    def test_the_buyer_reminds_at_once(self):
        order = self._purchase(due=10)
        before = self._mails()
        order.with_user(self.buyer).action_hub_remind()
        self.assertEqual(len(self._mails() - before), 1)
        self.assertEqual(order.hub_remind_count, 1)
        self._receive(order)
        with self.assertRaises(UserError):
            order.with_user(self.buyer).action_hub_remind()

    def test_only_buyers_remind(self):
        order = self._purchase(due=10)
        with self.assertRaises(AccessError):
            order.with_user(self.user).action_hub_remind()

    def test_a_plan_costs_the_same_for_one_and_for_fifty_orders(self):
        self._purchase(due=30)
        plan = self.env["purchase.order"]._hub_plan_reminders
        one = self._queries(lambda: plan(self.company, NOW))
        for _number in range(49):
            self._purchase(due=30)
        self.env["purchase.order"].search([]).hub_next_reminder = False
        self.assertLessEqual(self._queries(lambda: plan(self.company, NOW)), one + 1)

    def test_what_the_supplier_reported_counts_as_the_day(self):
        order = self._purchase(due=-1, ordered=-20)
        order.order_line.sudo()._hub_expect(
            {order.order_line: [(10, NOW + timedelta(days=4))]}, fields.Datetime.now()
        )
        self._run()
        self.assertNotEqual(order.hub_reminded_kind, "overdue")
