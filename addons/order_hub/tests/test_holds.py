from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import OrderHubCommon


@tagged("post_install", "-at_install")
class TestHolds(OrderHubCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kind = cls.env["order.hub.exception.kind"].create(
            {
                "name": "Parts missing",
                "code": "parts_test",
                "is_blocking": True,
                "hours_to_solve": 8,
                "owner_id": cls.supervisor.id,
                "owner_ids": [
                    Command.create(
                        {
                            "order_type_id": cls.order_type.id,
                            "user_id": cls.operator.id,
                        }
                    )
                ],
            }
        )

    def _hold(self, order, **vals):
        return self.env["order.hub.exception"].create(
            {"order_id": order.id, "kind_id": self.kind.id, "name": "No bolts", **vals}
        )

    def test_owner_deadline_and_severity_come_from_type_and_kind(self):
        hold = self._hold(self._order())
        self.assertEqual(hold.owner_id, self.operator)
        self.assertTrue(hold.is_blocking)
        hours = (hold.deadline - hold.create_date).total_seconds() / 3600
        self.assertAlmostEqual(hours, 8, delta=0.01)
        self.assertEqual(hold.activity_ids.user_id, self.operator)

    def test_a_hold_stops_people_and_documents_and_says_so(self):
        order = self._order()
        self._hold(order)
        self.assertTrue(order.hub_is_held)
        self.assertEqual(order.hub_hold_text, "No bolts")
        with self.assertRaises(UserError) as caught:
            order.write({"hub_stage_id": self.preparing.id})
        self.assertIn("No bolts", str(caught.exception))
        with self.assertRaises(UserError):
            order.action_confirm()
        self.assertEqual(order.hub_stage_id, self.received)

    def test_facts_that_came_during_a_hold_count_when_it_is_solved(self):
        order = self._order()
        order.action_confirm()
        hold = self._hold(order)
        self._deliver(order)
        self.assertEqual(order.hub_stage_id, self.approved)
        self._say_what_was_learned(hold)
        hold.with_user(self.operator).action_solve()
        self.assertFalse(order.hub_is_held)
        self.assertEqual(order.hub_stage_id, self.shipped)

    def test_a_problem_that_does_not_block_lets_the_order_go_on(self):
        order = self._order()
        self._hold(order, is_blocking=False)
        self.assertEqual((order.hub_is_held, order.hub_hold_count), (False, 1))
        order.action_confirm()
        self.assertEqual(order.hub_stage_id, self.approved)

    def test_only_owner_or_supervisor_closes_a_hold(self):
        order = self._order()
        hold = self._hold(order)
        with self.assertRaises(AccessError):
            hold.with_user(self.sales).action_solve()
        with self.assertRaises(AccessError):
            hold.with_user(self.sales).write({"state": "solved"})
        with self.assertRaises(AccessError):
            hold.with_user(self.sales).write({"is_blocking": False})
        with self.assertRaises(UserError):
            hold.with_user(self.supervisor).unlink()
        self._say_what_was_learned(hold)
        hold.with_user(self.supervisor).action_solve()
        self.assertEqual(hold.solved_by_id, self.supervisor)

    def test_the_hub_keeps_one_automatic_problem_per_order_and_kind(self):
        order = self._order()
        Exceptions = self.env["order.hub.exception"]
        Exceptions._note("handover", {order: ("A", "first")})
        Exceptions._note("handover", {order: ("A", "second")})
        self.assertEqual(order.hub_exception_ids.mapped("description"), ["second"])
        Exceptions._settle("handover", order)
        self.assertEqual(order.hub_exception_ids.state, "solved")
        self.assertEqual(order.hub_hold_count, 0)
