from datetime import timedelta

from odoo.exceptions import ValidationError
from odoo.fields import Command, Datetime
from odoo.tests import tagged

from .common import OrderHubCommon


@tagged("post_install", "-at_install")
class TestOrderTypes(OrderHubCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rush = cls.env["order.hub.order.type"].create(
            {
                "name": "Rush",
                "code": "test_rush",
                "sequence": 1,
                "condition": "[('commitment_date', '!=', False), "
                "('hub_hours_left', '<=', 4), ('hub_is_prepaid', '=', True)]",
            }
        )
        cls.rush_flow = cls._flow(
            "Rush flow",
            [("Hurry", "received", {}), ("Gone", "shipped", {})],
            order_type_ids=[Command.set(cls.rush.ids)],
        )

    def _promised(self, hours, prepaid, **vals):
        return self._order(
            commitment_date=Datetime.now() + timedelta(hours=hours),
            hub_amount_prepaid=prepaid,
            **vals,
        )

    def test_rush_is_what_it_means_not_a_word(self):
        rush = self._promised(3, 1600)
        self.assertEqual(rush.hub_order_type_id, self.rush)
        self.assertEqual(rush.hub_flow_id, self.rush_flow)
        self.assertEqual(self._promised(5, 1600).hub_order_type_id, self.order_type)
        self.assertEqual(self._promised(3, 1599).hub_order_type_id, self.order_type)

    def test_orders_are_found_by_the_hours_left_to_their_promise(self):
        soon, later = self._promised(3, 0), self._promised(30, 0)
        found = self.env["sale.order"].search([("hub_hours_left", "<=", 4)])
        self.assertIn(soon, found)
        self.assertNotIn(later, found)
        self.assertAlmostEqual(soon.hub_hours_left, 3, places=1)

    def test_a_draft_becomes_rush_when_the_money_arrives(self):
        order = self._promised(3, 0)
        self.assertEqual(order.hub_flow_id, self.flow)
        order.hub_amount_prepaid = 1600
        self.assertEqual(order.hub_order_type_id, self.rush)
        self.assertEqual(order.hub_stage_id, self.rush_flow.stage_ids[:1])

    def test_a_type_chosen_by_hand_stays(self):
        order = self._promised(3, 1600, hub_order_type_id=self.order_type.id)
        self.assertEqual(order.hub_order_type_id, self.order_type)
        order.commitment_date = Datetime.now() + timedelta(hours=2)
        self.assertEqual(order.hub_order_type_id, self.order_type)

    def test_an_order_that_has_moved_on_keeps_its_flow(self):
        order = self._promised(30, 1600)
        order.action_confirm()
        order.commitment_date = Datetime.now() + timedelta(hours=2)
        self.assertEqual(order.hub_flow_id, self.flow)

    def test_a_condition_that_cannot_be_read_is_refused_when_saved(self):
        for condition in ("[('nothing', '=', 1)]", "[(", "__import__('os')"):
            with self.assertRaises(ValidationError, msg=condition):
                self.rush.condition = condition
