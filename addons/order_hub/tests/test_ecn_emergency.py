from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.fields import Datetime
from odoo.tests import tagged

from .ecn_common import EcnCommon


@tagged("post_install", "-at_install")
class TestEcnEmergency(EcnCommon):
    """Applied first by a named role, approved in time, loud until then."""

    def _applied_first(self):
        order = self._frozen()
        ecn = self._reviewed({self.capacitor: 1}, urgency="emergency")
        ecn.with_user(self.chief).action_apply_first("Boards are burning")
        ecn.invalidate_recordset()
        return ecn, order

    def _loud(self, order):
        return order.hub_exception_ids.filtered(
            lambda hold: hold.kind_id.code == "ecn" and hold.state == "open"
        )

    def test_it_is_applied_at_once_and_loud_until_approved(self):
        ecn, order = self._applied_first()
        self.assertEqual(self._in_force(order).bom_id, ecn.bom_ids.draft_bom_id)
        self.assertTrue(ecn.is_unapproved)
        self.assertEqual(ecn.applied_first_by_id, self.chief)
        self.assertIn(self.chief.name, ecn.loud_text)
        self.assertTrue(self._loud(order))
        self.assertEqual(ecn._todos().user_id, self.head | self.chief)
        self._approve(ecn, self.head)
        self.assertTrue(ecn.is_unapproved)
        self._approve(ecn, self.chief)
        self.assertFalse(ecn.is_unapproved)
        self.assertFalse(self._loud(order))
        self.assertFalse(ecn._todos())
        self.assertEqual(ecn.state, "done")

    def test_only_a_named_role_applies_first(self):
        ecn = self._reviewed({self.capacitor: 1}, urgency="emergency")
        for user in (self.head, self.engineer, self.supervisor):
            with self.assertRaises(AccessError):
                ecn.with_user(user).action_apply_first("Now")
        with self.assertRaises(AccessError):
            ecn.sudo().action_apply_first("Now")
        self.assertEqual(ecn.state, "review")

    def test_only_an_emergency_in_review_is_applied_first_and_with_a_reason(self):
        ecn = self._reviewed({self.capacitor: 1}, urgency="urgent")
        chief = ecn.with_user(self.chief)
        with self.assertRaisesRegex(UserError, "Only an emergency"):
            chief.action_apply_first("Now")
        with self.assertRaisesRegex(UserError, "cannot wait"):
            chief.action_apply_first("")
        draft = self._change({self.resistor: 1}, urgency="emergency")
        with self.assertRaisesRegex(UserError, "Only an emergency"):
            draft.with_user(self.chief).action_apply_first("Now")

    def test_it_is_not_applied_before_the_impact_is_known(self):
        ecn = self._reviewed({self.capacitor: 1}, urgency="emergency")
        order = self._frozen()
        answer = ecn.with_user(self.chief).action_apply_first("Now")
        self.assertIsInstance(answer, dict)
        self.assertEqual(ecn.state, "review")
        self.assertEqual(ecn.order_ids.order_id, order)

    def test_the_approval_is_due_within_the_hours_of_the_strictest_role(self):
        ecn, _order = self._applied_first()
        due = ecn.approval_due - Datetime.now()
        self.assertAlmostEqual(due / timedelta(hours=1), 4, delta=0.1)

    def test_a_late_approval_is_reminded_of_again_and_again(self):
        ecn, _order = self._applied_first()
        manager = self._user("hub_boss", "order_hub.order_hub_group_manager")
        Ecn = self.env["order.hub.ecn"]
        Ecn._cron_remind()
        self.assertNotIn(manager, ecn.activity_ids.user_id)
        ecn._inside().approval_due = Datetime.now() - timedelta(minutes=1)
        Ecn._cron_remind()
        self.assertIn(manager, ecn.activity_ids.user_id)
        self.assertGreater(ecn.approval_due, Datetime.now())

    def test_refused_afterwards_a_way_back_is_proposed(self):
        ecn, order = self._applied_first()
        before = self.board_bom
        ecn.with_user(self.head).action_reject("Not tested")
        self.assertEqual(ecn.state, "rejected")
        self.assertTrue(ecn.is_unapproved)
        back = ecn.reversed_by_ids
        self.assertEqual(back.state, "draft")
        self.assertIn(back.name, ecn.loud_text)
        tree = self.env["order.hub.bom.tree"]
        nodes = tree._own(before | back.bom_ids.draft_bom_id)
        self.assertEqual(
            nodes[before.id].content_hash(),
            nodes[back.bom_ids.draft_bom_id.id].content_hash(),
        )
        back.with_user(self.engineer).action_review()
        self._approve(back)
        self.assertEqual(self._in_force(order).bom_id, back.bom_ids.draft_bom_id)
        self.assertNotIn(self.capacitor, self._taken(self._mos(order)))
        self.assertFalse(ecn.is_unapproved)
        self.assertFalse(self._loud(order))

    def test_after_applying_it_cannot_be_taken_back_by_a_button(self):
        ecn, _order = self._applied_first()
        for button in ("action_draft", "action_cancel"):
            with self.assertRaisesRegex(UserError, "takes it back"):
                getattr(ecn.with_user(self.engineer), button)()
