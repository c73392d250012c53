from datetime import datetime, timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import OrderHubCommon

LONG_AGO = datetime(2019, 5, 6, 2, 30)


@tagged("post_install", "-at_install")
class TestPast(OrderHubCommon):
    """Orders of the time before the hub: there to be read, and nothing else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Past = cls.env["order.hub.past"].sudo()
        cls.past = cls._keep("2019-0007")

    @classmethod
    def _row(cls, name, quantity=12, subtotal=1_920, **vals):
        return {
            "name": name,
            "date": LONG_AGO,
            "partner_id": cls.partner.id,
            "lines": [
                {
                    "product_id": cls.product.id,
                    "product_uom_id": cls.product.uom_id.id,
                    "name": "Steering knuckle",
                    "quantity": quantity,
                    "subtotal": subtotal,
                }
            ],
            **vals,
        }

    @classmethod
    def _keep(cls, name, **vals):
        ids = cls.Past._keep(cls.company, [cls._row(name, **vals)])
        return cls.env["sale.order"].browse(ids)

    # === WHAT IT IS === #

    def test_an_order_of_the_past_is_closed_and_dated_as_it_was(self):
        order = self.past
        self.assertEqual((order.name, order.state), ("2019-0007", "sale"))
        self.assertTrue(order.locked)
        self.assertTrue(order.hub_is_history)
        self.assertEqual(order.date_order, LONG_AGO)
        self.assertEqual(order.hub_milestone, "closed")
        self.assertFalse(order.hub_is_open)
        self.assertFalse(order.hub_flow_id)
        self.assertEqual(order.amount_total, 1_920)
        self.assertEqual(order.order_line.price_unit, 160)
        self.assertEqual(order.order_line.qty_delivered, 12)

    def test_it_keeps_the_rate_of_its_day(self):
        currency = self.env["res.currency"].create(
            {
                "name": "PST",
                "symbol": "P",
                "rate_ids": [
                    Command.create({"name": "2019-01-01", "rate": 4.0}),
                    Command.create({"name": "2025-01-01", "rate": 8.0}),
                ],
            }
        )
        order = self._keep("2019-0008", currency_id=currency.id)
        self.assertEqual(order.currency_rate, 4.0)
        self.assertEqual(order.order_line.currency_id, currency)

    def test_what_a_list_says_never_runs_as_a_page(self):
        order = self._keep("2019-0011", note="<script>alert(1)</script>")
        self.assertNotIn("<script", order.note)
        self.assertIn("alert(1)", order.note)

    def test_it_takes_no_number_and_makes_no_document(self):
        numbers = self.env["ir.sequence"].search([("code", "=", "sale.order")])
        before = numbers.mapped("number_next_actual")
        order = self._keep("2019-0009")
        self.env.invalidate_all()
        self.assertEqual(numbers.mapped("number_next_actual"), before)
        self.assertFalse(order.picking_ids)
        self.assertFalse(order.order_line.move_ids)
        self.assertFalse(order.invoice_ids)
        self.assertFalse(order.message_ids)
        self.assertFalse(order.activity_ids)
        self.assertFalse(order.hub_event_ids)
        self.assertFalse(order.mrp_production_ids)

    def test_working_it_out_again_never_asks_for_an_invoice(self):
        line = self.past.order_line
        for name in (
            "qty_delivered_method",
            "qty_to_invoice",
            "untaxed_amount_to_invoice",
            "invoice_status",
        ):
            self.env.add_to_compute(line._fields[name], line)
        self.env.flush_all()
        self.assertEqual(line.qty_delivered_method, "manual")
        self.assertEqual((line.qty_to_invoice, line.amount_to_invoice), (0, 0))
        self.assertEqual(line.untaxed_amount_to_invoice, 0)
        self.assertEqual(self.past.invoice_status, "no")
        with self.assertRaises(UserError):
            self.past._create_invoices()

    def test_new_goods_are_never_sent_for_it(self):
        self.past.order_line._action_launch_stock_rule()
        self.assertFalse(self.past.picking_ids)

    # === LEFT ALONE === #

    def test_nobody_changes_it(self):
        order, line = self.past, self.past.order_line
        refused = (
            lambda: order.write({"partner_id": self.partner.copy().id}),
            lambda: order.write({"date_order": fields.Datetime.now()}),
            lambda: order.write({"hub_stage_id": self.received.id}),
            lambda: order.action_unlock(),
            lambda: order.action_cancel(),
            lambda: order._action_cancel(),
            lambda: line.write({"product_uom_qty": 3}),
            lambda: line.write({"qty_delivered": 3}),
            lambda: line.unlink(),
            lambda: order.unlink(),
            lambda: line.create({"order_id": order.id, "product_id": self.product.id}),
            lambda: order.action_hub_adopt(),
        )
        for attempt in refused:
            with self.assertRaises(UserError), self.env.cr.savepoint():
                attempt()
        self.assertEqual(order.state, "sale")

    def test_people_may_note_something_on_it(self):
        self.past.message_post(body="This was the order with the red boxes.")
        self.assertIn("red boxes", self.past.message_ids[0].body)

    def test_nobody_calls_an_order_history_to_hide_it(self):
        order = self._order()
        with self.assertRaises(UserError):
            order.with_user(self.supervisor).write({"hub_is_history": True})
        with self.assertRaises(UserError):
            self._order(hub_is_history=True)
        forged = self.env["sale.order"].with_context(default_hub_is_history=True)
        self.assertFalse(forged.create({"partner_id": self.partner.id}).hub_is_history)

    def test_a_copy_is_an_order_like_any_other(self):
        copied = self.past.copy()
        self.assertFalse(copied.hub_is_history)
        self.assertEqual(copied.state, "draft")
        copied.action_confirm()
        self.assertTrue(copied.picking_ids)

    # === WHO SEES IT === #

    def test_customers_do_not_find_it_in_the_portal(self):
        user = new_test_user(
            self.env, login="past_portal", groups="base.group_portal", email="p@x.cn"
        )
        self.past.partner_id.write({"child_ids": [Command.link(user.partner_id.id)]})
        orders = self.env["sale.order"].with_user(user)
        seen = orders.search([("partner_id", "child_of", self.partner.id)])
        self.assertNotIn(self.past, seen)
        self.assertFalse(self.env["sale.order.line"].with_user(user).search([]))
        with self.assertRaises(AccessError):
            self.past.with_user(user).check_access("read")

    def test_salespeople_find_it(self):
        orders = self.env["sale.order"].with_user(self.supervisor)
        found = orders.search(
            [("hub_is_history", "=", True), ("name", "=", "2019-0007")]
        )
        self.assertEqual(found, self.past)

    def test_sales_reports_count_it(self):
        rows = self.env["sale.report"].search([("name", "=", "2019-0007")])
        self.assertEqual(sum(rows.mapped("price_total")), 1_920)
        self.assertEqual(sum(rows.mapped("qty_to_invoice")), 0)
        self.assertEqual(sum(rows.mapped("qty_to_deliver")), 0)

    # === WHAT OTHERS MAKE OF IT === #

    def test_it_takes_nothing_of_a_customers_credit(self):
        self.company.write({"hub_credit_check": "block", "hub_credit_ratio": 1.0})
        self.partner.credit_limit = 1_000
        Credit = self.env["order.hub.credit"]
        self.env.flush_all()
        Credit._apply_marks()
        row = Credit.search([("partner_id", "=", self.partner.id)])
        self.assertEqual(row.exposure, 0)
        pair = (self.partner.id, self.company.id)
        Credit._refresh([pair])
        Credit._set_aside([pair])
        self.assertTrue(self.past.hub_takes_no_credit)
        self.assertEqual(self.partner.credit_to_invoice, 0)

    def test_grades_count_it(self):
        scheme = self.env["order.hub.grade.scheme"].create({})
        self._keep("recent", date=fields.Datetime.now() - timedelta(days=20))
        self.env["order.hub.grade"]._grade(scheme)
        graded = self.env["order.hub.grade"].search(
            [("partner_id", "=", self.partner.id)]
        )
        self.assertEqual(graded.order_count, 1)

    def test_an_update_takes_no_version_of_it(self):
        self.env["order.hub.order.version"]._take_first_versions()
        versions = self.env["order.hub.order.version"].sudo()
        self.assertFalse(versions.search([("order_id", "=", self.past.id)]))

    # === TAKEN BACK === #

    def test_what_was_taken_in_is_taken_back_whole(self):
        self.past.message_post(body="A note")
        past, kept = self.past, self._keep("2019-0010")
        self.Past._take_back(past)
        self.assertFalse(past.exists())
        self.assertFalse(
            self.env["mail.message"].search(
                [("model", "=", "sale.order"), ("res_id", "=", past.id)]
            )
        )
        self.assertTrue(kept.exists())

    def test_orders_of_today_are_never_taken_back(self):
        order = self._order()
        with self.assertRaises(UserError):
            self.Past._take_back(order)
        self.assertTrue(order.exists())

    def test_fifty_cost_what_one_costs(self):
        rows = [self._row(f"many-{number}") for number in range(51)]
        one = self._queries(lambda: self.Past._keep(self.company, rows[:1]))
        fifty = self._queries(lambda: self.Past._keep(self.company, rows[1:]))
        self.assertLessEqual(fifty, one)
