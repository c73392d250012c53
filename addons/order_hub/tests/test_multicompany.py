from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import OrderHubCommon


@tagged("post_install", "-at_install")
class TestMulticompany(OrderHubCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["res.company"].create({"name": "Other Works"})
        cls.foreigner = new_test_user(
            cls.env,
            login="hub_foreigner",
            groups="order_hub.order_hub_group_configurator,"
            "sales_team.group_sale_manager",
            company_id=cls.other.id,
            company_ids=[Command.set(cls.other.ids)],
        )

    def test_an_order_takes_a_flow_of_its_own_company_only(self):
        order = (
            self.env["sale.order"]
            .with_company(self.other)
            .create({"partner_id": self.partner.id, "company_id": self.other.id})
        )
        self.assertFalse(order.hub_flow_id)
        self.flow.order_type_ids = False
        self.flow.company_id = False
        order = order.copy()
        self.assertEqual(order.hub_flow_id, self.flow)

    def test_another_company_s_manager_sees_and_moves_nothing(self):
        order = self._order()
        foreign = order.with_user(self.foreigner)
        self.assertFalse(foreign.has_access("read"))
        self.assertFalse(
            order.hub_event_ids.with_user(self.foreigner).has_access("read")
        )
        self.assertFalse(self.flow.with_user(self.foreigner).has_access("read"))
        with self.assertRaises(AccessError):
            foreign.write({"hub_stage_id": self.approved.id})

    def test_a_flow_cannot_use_an_order_type_of_another_company(self):
        foreign_type = self.env["order.hub.order.type"].create(
            {"name": "Theirs", "code": "theirs", "company_id": self.other.id}
        )
        with self.assertRaises(UserError):
            self.flow.order_type_ids = foreign_type
