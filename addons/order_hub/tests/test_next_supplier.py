from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .chain_common import ChainCommon
from .purchasing_common import NOW, PurchasingCommon


class RefusalBuilders:
    """What a supplier refuses; for classes with a purchase order at hand."""

    def _refuse(self, order, refused):
        """Let the supplier refuse a part of the only line; return the answer."""
        line = order.order_line
        reason = self.env["order.hub.answer.reason"].search([], limit=1)
        rest = line.product_qty - refused
        word = {
            "line_id": line.id,
            "kind": "split" if rest else "refuse",
            "parts": rest
            and [{"quantity": rest, "date": line._hub_local_day(line.date_planned)}],
            "refused": refused,
            "reason_id": reason.id,
        }
        now = min(line.date_planned - timedelta(days=1), NOW)
        return order._hub_answer([word], "buyer", now)


@tagged("post_install", "-at_install")
class TestNextSupplier(RefusalBuilders, PurchasingCommon):
    """What one supplier cannot deliver is offered to the next approved one."""

    def _wizard(self, line, user=None):
        action = line.with_user(user or self.buyer).action_hub_next_supplier()
        return (
            self.env[action["res_model"]]
            .with_user(user or self.buyer)
            .browse(action["res_id"])
        )

    def test_a_refused_rest_is_offered_to_the_next_approved_supplier(self):
        order = self._purchase(10)
        order._hub_accept(self._refuse(order, 4))
        self.assertEqual(order.order_line.hub_replace_qty, 4)
        [todo] = order.activity_ids.filtered(lambda t: "elsewhere" in (t.summary or ""))
        self.assertEqual(todo.user_id, self.buyer)
        self.assertIn("Jiangnan Steel", str(todo.note))
        self.assertIn("48.00", str(todo.note))
        self.assertIn("lead time 3 days", str(todo.note))

    def test_the_buyer_orders_the_rest_in_two_clicks(self):
        order = self._purchase(10)
        order._hub_accept(self._refuse(order, 4))
        wizard = self._wizard(order.order_line)
        self.assertEqual(wizard.option_ids.partner_id, self.rival)
        self.assertEqual((wizard.quantity, wizard.price), (4, 48))
        new = self.env["purchase.order"].browse(wizard.action_order()["res_id"])
        self.assertEqual(new.partner_id, self.rival)
        self.assertEqual(new.order_line.product_qty, 4)
        self.assertEqual(new.order_line.price_unit, 12)
        self.assertEqual(new.order_line.hub_replaces_id, order.order_line)
        self.assertEqual(order.order_line.product_qty, 6)
        self.assertEqual(order.state, "purchase")
        self.assertFalse(order.order_line.hub_replace_qty)

    def test_ordering_elsewhere_accepts_a_refusal_that_still_waits(self):
        order = self._purchase(10)
        answer = self._refuse(order, 4)
        self.assertEqual(answer.state, "proposed")
        self._wizard(order.order_line).action_order()
        self.assertEqual(answer.state, "accepted")
        self.assertEqual(order.order_line.product_qty, 6)

    def test_the_buyer_sees_whose_certificate_holds(self):
        order = self._purchase(10)
        line = order.order_line
        paper = self.env["order.hub.certificate"].create(
            {
                "partner_id": self.rival.id,
                "kind_id": self.env.ref("order_hub.certificate_kind_material").id,
                "number": "JN-1",
                "product_id": line.product_id.id,
                "state": "to_check",
            }
        )
        cases = (
            ({"state": "to_check"}, False),
            ({"state": "approved"}, True),
            ({"valid_until": NOW - timedelta(days=9999)}, False),
            ({"valid_until": False, "product_id": False}, True),
            ({"company_id": self.env["res.company"].create({"name": "B"}).id}, False),
        )
        for vals, expected in cases:
            with self.subTest(vals):
                paper.write(vals)
                [found] = line._hub_next_suppliers()[line.id]
                self.assertEqual(found["has_certificate"], expected)
                self.assertEqual(
                    self._wizard(line).option_ids.has_certificate, expected
                )

    def test_what_nobody_refused_changes_hands_whole(self):
        order = self._purchase(10)
        wizard = self._wizard(order.order_line)
        self.assertFalse(wizard.is_refused)
        new = self.env["purchase.order"].browse(wizard.action_order()["res_id"])
        self.assertEqual(new.order_line.product_qty, 10)
        self.assertEqual(order.state, "cancel")

    def test_the_better_score_goes_first_among_equals(self):
        third = self._supplier("Third Steel", "third@example.com")
        self.sheet.seller_ids[1].copy(
            {"partner_id": third.id, "sequence": 2, "price": 13, "product_id": False}
        )
        scores = {self.rival.id: 60.0, third.id: 90.0}
        self.patch(
            self.registry["order.hub.supplier.score"],
            "_scores",
            lambda self, partners, company: scores,
        )
        order = self._purchase(10)
        found = order.order_line._hub_next_suppliers()[order.order_line.id]
        self.assertEqual(
            [each["partner_id"] for each in found], [third.id, self.rival.id]
        )

    def test_suppliers_out_of_date_or_below_their_minimum_are_not_approved(self):
        order = self._purchase(10)
        line = order.order_line
        seller = self.sheet.seller_ids[1]
        seller.date_end = "2020-01-01"
        self.assertFalse(line._hub_next_suppliers()[line.id])
        seller.write({"date_end": False, "min_qty": 11})
        self.assertFalse(line._hub_next_suppliers()[line.id])
        self.assertIn("No other supplier is approved", line._hub_next_words([]))

    def test_one_who_is_not_approved_cannot_be_chosen(self):
        order = self._purchase(10)
        wizard = self._wizard(order.order_line)
        wizard.partner_id = self.partner
        with self.assertRaises(UserError):
            wizard.action_order()

    def test_nothing_is_offered_of_what_has_come(self):
        order = self._purchase(10)
        self._receive(order)
        with self.assertRaises(UserError):
            order.order_line.with_user(self.buyer).action_hub_next_supplier()

    def test_only_buyers_order_elsewhere(self):
        order = self._purchase(10)
        with self.assertRaises(AccessError):
            order.order_line.with_user(self.user).action_hub_next_supplier()

    def test_looking_for_suppliers_costs_the_same_for_one_and_for_fifty_lines(self):
        lines = self._purchase(10).order_line
        one = self._queries(lines._hub_next_suppliers)
        for _number in range(49):
            lines |= self._purchase(10).order_line
        many = lines.browse(lines.ids)
        self.assertLessEqual(self._queries(many._hub_next_suppliers), one)


@tagged("post_install", "-at_install")
class TestNextSupplierForAnOrder(RefusalBuilders, ChainCommon):
    """A customer's order that waits for refused goods waits for the next supplier."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rival = cls.env["res.partner"].create({"name": "Jiangnan Steel"})
        cls.bar = cls._bought("Bar", "BAR-1", routes=cls.buy | cls.mto)
        cls.bar.seller_ids.copy({"partner_id": cls.rival.id, "sequence": 5, "price": 4})

    def _sold(self):
        order = self._order(quantity=10, product=self.bar)
        order.action_confirm()
        purchase = self._of_mill()
        purchase.user_id = self.buyer
        purchase.button_confirm()
        return order, purchase

    def _elsewhere(self, line):
        action = line.with_user(self.buyer).action_hub_next_supplier()
        wizard = self.env[action["res_model"]].with_user(self.buyer)
        new = wizard.browse(action["res_id"]).action_order()
        return self.env["purchase.order"].browse(new["res_id"])

    def test_the_delivery_gets_its_goods_from_both_suppliers(self):
        order, purchase = self._sold()
        delivery = order.picking_ids.move_ids
        purchase._hub_accept(self._refuse(purchase, 4))
        new = self._elsewhere(purchase.order_line)
        new.button_confirm()
        self.assertEqual(sum(new.order_line.move_ids.mapped("product_uom_qty")), 4)
        self.assertEqual(new.order_line.move_ids.move_dest_ids, delivery)
        self.assertNotEqual(delivery.state, "cancel")
        self.assertEqual(delivery.product_uom_qty, 10)

    def test_a_whole_refusal_does_not_cancel_the_delivery(self):
        order, purchase = self._sold()
        delivery = order.picking_ids.move_ids
        purchase._hub_accept(self._refuse(purchase, 10))
        self.assertNotIn("cancel", delivery.mapped("state"))
        new = self._elsewhere(purchase.order_line)
        new.button_confirm()
        self.assertEqual(sum(new.order_line.move_ids.mapped("product_uom_qty")), 10)
        self.assertEqual(new.order_line.move_ids.move_dest_ids, delivery)

    def test_the_todo_names_the_orders_that_wait(self):
        order, purchase = self._sold()
        self.assertEqual(
            purchase.order_line._hub_fed_orders()[purchase.order_line], order
        )
        purchase.order_line._hub_offer_next_supplier("Fire", orders=order)
        [todo] = purchase.activity_ids.filtered(
            lambda each: "elsewhere" in (each.summary or "")
        )
        self.assertIn(order.name, str(todo.note))
        self.assertIn("Fire", str(todo.note))
