"""Where rules, approvals and credit meet."""

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .test_approvals import ApprovalCommon
from .test_routing import RoutingCommon


@tagged("post_install", "-at_install")
class TestTogether(RoutingCommon, ApprovalCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._ruleset(
            {
                "name": "Rush and small",
                "rush": "yes",
                "amount_below": 50_000,
                "approval_path": "short",
                "approver_id": cls.supervisor.id,
            }
        )

    def _wait_for(self, order):
        if order.hub_approval_state != "waiting":
            order.with_user(self.sales).action_hub_ask_approval()
        return order.sudo().hub_approval_id

    def test_rush_under_50000_is_approved_by_the_production_supervisor_alone(self):
        order = self._rush_order(48_000)
        request = self._wait_for(order)
        with self.assertRaises(UserError):
            order.with_user(self.sales).action_confirm()
        request.with_user(self.supervisor).action_approve()
        order.with_user(self.sales).action_confirm()
        self.assertEqual(order.state, "sale")

    def test_the_supervisor_is_asked_the_moment_the_rush_order_comes_in(self):
        order = self._rush_order(48_000)
        self.assertEqual(order.hub_approval_state, "waiting")
        self.assertEqual(
            order.hub_approval_id.activity_ids.user_id | order.activity_ids.user_id,
            self.supervisor,
        )

    def test_the_same_order_at_52000_goes_through_all_three(self):
        order = self._rush_order(52_000, team_id=self.team.id)
        request = self._wait_for(order)
        self.assertEqual(len(request.step_ids), 3)
        for user in (self.lead, self.head, self.boss):
            self.assertNotEqual(order.hub_approval_state, "approved")
            request.with_user(user).action_approve()
        self.assertEqual(order.hub_approval_state, "approved")

    def test_calling_an_order_rush_by_hand_leaves_out_no_approval(self):
        order = self._order(quantity=100, team_id=self.team.id)
        order.with_user(self.sales).write({"hub_order_type_id": self.rush_type.id})
        self.assertEqual(order.hub_order_type_id, self.rush_type)
        self.assertFalse(order.hub_approval_path)
        request = self._wait_for(order)
        self.assertGreater(len(request.step_ids), 1)

    def test_a_new_order_called_rush_by_its_salesperson_leaves_out_no_approval(self):
        order = (
            self.env["sale.order"]
            .with_user(self.sales)
            .create(
                {
                    "partner_id": self.partner.id,
                    "hub_order_type_id": self.rush_type.id,
                    "order_line": [
                        Command.create(
                            {"product_id": self.product.id, "product_uom_qty": 10}
                        )
                    ],
                }
            )
        )
        self.assertFalse(order.hub_approval_path)

    def test_a_supervisor_may_call_an_order_rush_with_all_that_follows(self):
        order = self._order(quantity=100, team_id=self.team.id)
        order.with_user(self.supervisor)._hub_overrule(
            "order_type", self.rush_type.id, "The line of the customer stands still"
        )
        self.assertEqual(order.hub_approval_path, "short")
        self.assertEqual(order.hub_approver_id, self.supervisor)

    def test_nobody_says_that_somebody_else_chose_the_type(self):
        order = self._order()
        for vals in (
            {"hub_type_user_id": self.supervisor.id},
            {
                "hub_order_type_id": self.rush_type.id,
                "hub_type_user_id": self.supervisor.id,
            },
        ):
            with self.assertRaises(UserError):
                order.with_user(self.sales).write(vals)

    def test_an_order_in_approval_takes_the_credit_and_leaves_it_when_rejected(self):
        self.company.hub_credit_check = "block"
        self.partner.credit_limit = 12_000
        Credit = self.env["order.hub.credit"]
        first = self._order(quantity=50, team_id=self.team.id)
        second = self._order(quantity=5, team_id=self.team.id)
        second.order_line.price_unit = 180
        request = self._wait_for(first)
        third = self._order(quantity=30, team_id=self.team.id)
        self.env.flush_all()
        Credit._apply_marks()
        self.assertIn("credit", str(third._hub_confirm_refusals()).lower())
        self.assertFalse(second._hub_confirm_refusals())
        request.with_user(self.lead).action_reject("No margin")
        self.env.flush_all()
        Credit._apply_marks()
        refusals = str(third._hub_confirm_refusals().get(third, ""))
        self.assertNotIn("credit", refusals.lower())

    def test_an_approved_order_does_not_stand_in_its_own_way(self):
        self.company.hub_credit_check = "block"
        self.partner.credit_limit = 9_000
        order = self._order(quantity=50, team_id=self.team.id)
        request = self._wait_for(order)
        request.with_user(self.lead).action_approve()
        request.with_user(self.head).action_approve()
        if order.state != "sale":
            order.with_user(self.sales).action_confirm()
        self.assertEqual(order.state, "sale")
