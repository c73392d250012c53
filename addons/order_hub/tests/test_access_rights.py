from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import PIXEL, OrderHubCommon


@tagged("post_install", "-at_install")
class TestAccessRights(OrderHubCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.colleague = cls._user(
            "hub_colleague",
            "order_hub.order_hub_group_user,sales_team.group_sale_salesman",
        )
        cls.order = cls._order(user=cls.sales)
        cls.order.action_confirm()
        cls.order.order_line.price_unit = 150
        cls.env["order.hub.evidence"]._add(
            cls.order, cls.preparing, [{"kind": "photo", "content": PIXEL}]
        )
        cls.env["order.hub.exception"].create(
            {
                "order_id": cls.order.id,
                "kind_id": cls.env.ref("order_hub.exception_kind_amount").id,
                "name": "Amounts differ",
                "owner_id": cls.sales.id,
            }
        )

    def _details(self, user):
        order = self.order
        return (
            order.hub_event_ids,
            order.hub_change_ids,
            order.hub_evidence_ids,
            order.hub_exception_ids,
        )

    def _can_read(self, record, user):
        return record.with_user(user).has_access("read")

    def test_salesperson_sees_own_orders_and_their_history(self):
        self.assertTrue(self._can_read(self.order, self.sales))
        for records in self._details(self.sales):
            self.assertTrue(records)
            self.assertTrue(self._can_read(records, self.sales), records)

    def test_another_salesperson_sees_nothing_of_them(self):
        self.assertFalse(self._can_read(self.order, self.colleague))
        for records in self._details(self.colleague):
            self.assertFalse(self._can_read(records, self.colleague), records)
        found = self.env["order.hub.stage.event"].with_user(self.colleague)
        self.assertFalse(found.search([("order_id", "=", self.order.id)]))

    def test_a_team_shares_its_orders(self):
        team = self.env["crm.team"].create(
            {
                "name": "East",
                "crm_team_member_ids": [
                    Command.create({"user_id": self.colleague.id}),
                ],
            }
        )
        self.order.team_id = team
        self.assertTrue(self._can_read(self.order, self.colleague))
        self.assertTrue(self._can_read(self.order.hub_event_ids, self.colleague))

    def test_operator_sees_all_orders_but_owns_none_of_the_settings(self):
        self.assertTrue(self._can_read(self.order, self.operator))
        for model in (
            "order.hub.flow",
            "order.hub.stage",
            "order.hub.gate",
            "order.hub.stage.action",
            "order.hub.order.type",
            "order.hub.channel",
            "order.hub.exception.kind",
        ):
            self.assertFalse(
                self.env[model].with_user(self.operator).has_access("write"), model
            )
            self.assertFalse(
                self.env[model].with_user(self.supervisor).has_access("create"), model
            )

    def test_employee_without_a_hub_role_sees_nothing_of_the_hub(self):
        stranger = new_test_user(self.env, login="hub_stranger")
        for model in (
            "order.hub.flow",
            "order.hub.stage.event",
            "order.hub.evidence",
            "order.hub.exception",
            "order.hub.change",
            "order.hub.channel",
        ):
            self.assertFalse(self.env[model].with_user(stranger).has_access("read"))

    def test_portal_user_reaches_no_hub_model(self):
        portal = new_test_user(self.env, login="hub_portal", groups="base.group_portal")
        models = [name for name in self.env.registry if name.startswith("order.hub.")]
        self.assertGreater(len(models), 10)
        for name in models:
            model = self.env[name]
            if model._abstract:
                continue
            for operation in ("read", "write", "create", "unlink"):
                self.assertFalse(
                    model.with_user(portal).has_access(operation), (name, operation)
                )

    def test_a_stranger_to_the_order_cannot_move_it(self):
        for call in (
            lambda order: order.write({"hub_stage_id": self.preparing.id}),
            lambda order: order.hub_do_step(self.preparing.id),
            lambda order: order.hub_step(),
        ):
            with self.assertRaises(AccessError):
                call(self.order.with_user(self.colleague))
        scan = self.env["sale.order"].with_user(self.colleague)
        self.assertIn("error", scan.hub_scan(self.order.hub_ref))

    def test_evidence_files_are_only_for_those_who_see_the_order(self):
        attachment = self.order.hub_evidence_ids.attachment_id
        self.assertTrue(self._can_read(attachment, self.sales))
        self.assertFalse(self._can_read(attachment, self.colleague))
        for operation in ("write", "unlink"):
            self.assertFalse(attachment.with_user(self.sales).has_access(operation))
            self.assertFalse(
                attachment.with_user(self.supervisor).has_access(operation)
            )

    def test_the_warehouse_opens_the_order_form(self):
        """Every field of the form can be read without rights on invoices."""
        Order = self.env["sale.order"].with_user(self.operator)
        form = self.env.ref("sale.view_order_form")
        fields = Order.get_views([(form.id, "form")])["models"]["sale.order"]["fields"]
        plain = {
            name: {}
            for name, field in fields.items()
            if field["type"] not in ("many2one", "one2many", "many2many")
        }
        self.assertIn("invoice_count", plain)
        [values] = self.order.with_user(self.operator).web_read(plain)
        self.assertEqual(values["hub_ref"], self.order.hub_ref)
