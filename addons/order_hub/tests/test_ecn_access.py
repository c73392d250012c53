from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.service.model import call_kw
from odoo.tests import new_test_user, tagged

from .ecn_common import EcnCommon

PARTS = ("bom_ids", "order_ids", "item_ids", "approval_ids")


@tagged("post_install", "-at_install")
class TestEcnAccess(EcnCommon):
    """From the wrong side: other company, wrong group, portal, RPC."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = new_test_user(cls.env, "hub_portal", "base.group_portal")
        cls.other_company = cls.env["res.company"].create({"name": "Other"})
        cls.stranger = new_test_user(
            cls.env,
            login="hub_other_engineer",
            groups="order_hub.order_hub_group_engineer",
            company_id=cls.other_company.id,
            company_ids=[(6, 0, cls.other_company.ids)],
        )

    def test_nobody_writes_what_follows_from_the_buttons(self):
        order = self._frozen()
        ecn = self._reviewed({self.capacitor: 1})
        row = self._row(ecn, order)
        forged = (
            (ecn, {"state": "approved"}),
            (ecn, {"impact_at": False}),
            (ecn, {"requested_by_id": self.head.id}),
            (ecn, {"is_unapproved": False}),
            (ecn, {"approver_ids": [Command.link(self.engineer.id)]}),
            (ecn, {"order_ids": [Command.clear()]}),
            (row, {"state": "done"}),
            (row, {"order_id": self._order().id}),
            (row, {"suggestion": "keep"}),
            (ecn.item_ids[:1], {"short_quantity": 0}),
            (ecn.bom_ids, {"base": {}}),
        )
        for records, vals in forged:
            for user in (self.engineer, self.env.user):
                with self.subTest(vals=vals, user=user.login):
                    with self.assertRaises(UserError):
                        records.with_user(user).write(vals)
                        records.flush_recordset()

    def test_defaults_of_a_caller_forge_nothing(self):
        ecns = self.env["order.hub.ecn"].with_user(self.engineer)
        ecn = ecns.with_context(
            default_state="approved",
            default_requested_by_id=self.head.id,
            default_is_unapproved=True,
            order_hub_ecn=True,
        ).create({"title": "Forged"})
        self.assertEqual(ecn.state, "draft")
        self.assertEqual(ecn.requested_by_id, self.engineer)
        with self.assertRaises(UserError):
            ecns.create({"title": "Forged", "state": "approved"})

    def test_nobody_makes_decisions_or_rows_by_hand(self):
        ecn = self._reviewed({self.capacitor: 1})
        decision = {
            "ecn_id": ecn.id,
            "role_id": self.design.id,
            "user_id": self.head.id,
            "verdict": "approve",
        }
        for user in (self.engineer, self.head, self.env.user):
            with self.assertRaises(UserError):
                self.env["order.hub.ecn.approval"].with_user(user).create(decision)
            with self.assertRaises(UserError):
                self.env["order.hub.ecn.order"].with_user(user).create(
                    {"ecn_id": ecn.id, "order_id": self._order().id}
                )

    def test_only_engineers_ask(self):
        for user in (self.operator, self.supervisor, self.sales, self.head):
            with self.assertRaises(AccessError):
                self._change({self.capacitor: 1}, user=user)
        ecn = self._change({self.capacitor: 1})
        for button in ("action_review", "action_cancel", "action_rebase"):
            for user in (self.operator, self.supervisor, self.head):
                with self.assertRaises(AccessError):
                    getattr(ecn.with_user(user), button)()

    def test_another_company_sees_and_does_nothing(self):
        self._frozen()
        ecn = self._reviewed({self.capacitor: 1})
        foreign = ecn.with_user(self.stranger)
        self.assertFalse(foreign.search([("id", "=", ecn.id)]))
        for name in PARTS:
            parts = ecn[name].with_user(self.stranger)
            self.assertFalse(parts.search([("ecn_id", "=", ecn.id)]))
        for button in (
            "action_review",
            "action_draft",
            "action_cancel",
            "action_go_on",
        ):
            with self.assertRaises(AccessError):
                getattr(foreign, button)()
        with self.assertRaises(AccessError):
            foreign.action_refresh()
        with self.assertRaises(AccessError):
            self._row(ecn, ecn.order_ids.order_id).with_user(self.stranger).write(
                {"choice": "keep"}
            )

    def test_a_change_names_boms_of_its_company(self):
        self.board_bom.company_id.ensure_one()
        with self.assertRaises(UserError):
            self._change({}, user=self.stranger)

    def test_the_portal_reads_and_does_nothing(self):
        ecn = self._reviewed({self.capacitor: 1})
        outside = ecn.with_user(self.portal)
        with self.assertRaises(AccessError):
            outside.read(["name"])
        for button in ("action_approve", "action_refresh", "action_review"):
            with self.assertRaises(AccessError):
                getattr(outside, button)()
        with self.assertRaises(AccessError):
            outside.action_reject("No")
        with self.assertRaises(AccessError):
            outside.action_apply_first("Now")
        with self.assertRaises(AccessError):
            self.env["order.hub.ecn.reason"].with_user(self.portal).create(
                {"ecn_id": ecn.id, "verdict": "approve"}
            )

    def test_rpc_reaches_no_method_of_the_hub_itself(self):
        ecn = self._reviewed({self.capacitor: 1})
        for method in ("_agreed", "_begin", "_apply", "_inside", "_keep_decision"):
            with self.assertRaises(AccessError):
                call_kw(ecn.with_user(self.engineer), method, [ecn.ids], {})

    def test_rpc_gets_a_value_from_every_button(self):
        ecn = self._change({self.capacitor: 1})
        calls = [
            ("action_review", self.engineer),
            ("action_refresh", self.head),
            ("action_draft", self.engineer),
            ("action_cancel", self.engineer),
        ]
        for method, user in calls:
            self.assertIsNotNone(call_kw(ecn.with_user(user), method, [ecn.ids], {}))

    def test_plain_users_see_what_they_are_asked_for_and_their_orders(self):
        mine = self._frozen(user=self.sales)
        self._frozen(user=self.supervisor)
        ecn = self._reviewed({self.capacitor: 1})
        Row = self.env["order.hub.ecn.order"]
        self.assertEqual(Row.with_user(self.sales).search([]).order_id, mine)
        self.assertFalse(ecn.with_user(self.sales).search([("id", "=", ecn.id)]))
        self.assertTrue(ecn.with_user(self.head).search([("id", "=", ecn.id)]))
        self.assertEqual(len(Row.with_user(self.head).search([])), 2)
        self.assertEqual(len(Row.with_user(self.operator).search([])), 2)

    def test_a_reason_is_given_for_what_one_may_see(self):
        ecn = self._reviewed({self.capacitor: 1})
        ask = self.env["order.hub.ecn.reason"].with_user(self.head)
        asked = ask.create({"ecn_id": ecn.id, "verdict": "approve"})
        with self.assertRaises(AccessError):
            asked.with_user(self.chief).action_decide()

    def test_approvers_are_set_up_by_configurators_only(self):
        for user in (self.engineer, self.head, self.chief, self.supervisor):
            with self.assertRaises(AccessError):
                self.design.with_user(user).user_ids = user
