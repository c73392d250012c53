from odoo.tests import tagged

from .test_change_requests import ChangeCommon


@tagged("post_install", "-at_install")
class TestChangeFrozen(ChangeCommon):
    """Customer changes of orders whose BOM is frozen."""

    def frozen(self):
        """Return an order made to order and frozen on the way to *Preparing*."""
        self.preparing.freezes_bom = True
        order, product = self.made_to_order()
        order._hub_freeze_boms()
        self.assertTrue(order.hub_is_frozen)
        return order, product

    def test_more_of_a_frozen_product_stays_on_its_revision(self):
        order, product = self.frozen()
        before = order.hub_freeze_ids
        request = self.ask(
            order,
            "quantity",
            lines=[{"line_id": self.line(order, product).id, "quantity": 14}],
        )
        self.assertEqual(self.codes(request)["bom"], "same")
        self.assertEqual(order.hub_freeze_ids, before)
        for role in request.acceptance_ids.mapped("role"):
            answer = getattr(
                request.with_user(self.supervisor), f"action_accept_{role}"
            )
            answer()
        self.assertEqual(request.state, "done", request.answer)
        now = order.hub_freeze_ids.filtered(lambda row: row.state == "frozen")
        self.assertEqual(now.quantity, 14)
        self.assertEqual(now.bom_id, before.bom_id)

    def test_a_specification_of_a_frozen_product_asks_an_engineer_for_an_ecn(self):
        engineer = self._user(
            "hub_engineer_change", "order_hub.order_hub_group_engineer"
        )
        order, product = self.frozen()
        request = self.ask(
            order,
            "specification",
            lines=[
                {
                    "line_id": self.line(order, product).id,
                    "specification": "two holes more",
                }
            ],
        )
        self.assertEqual(self.codes(request)["bom"], "ecn")
        self.assertIn("supervisor", request.acceptance_ids.mapped("role"))
        request.with_user(self.supervisor).action_accept_supervisor()
        self.assertEqual(request.state, "done", request.answer)
        todo = order.activity_ids.filtered(lambda a: "two holes more" in (a.note or ""))
        self.assertEqual(len(todo), 1)
        self.assertTrue(todo.user_id.has_group("order_hub.order_hub_group_engineer"))
        self.assertTrue(engineer)
        action = request.with_user(self.supervisor).action_ecn()
        self.assertEqual(action["context"]["default_reason"], "customer")
