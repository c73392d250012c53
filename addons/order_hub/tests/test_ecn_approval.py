from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .ecn_common import EcnCommon


@tagged("post_install", "-at_install")
class TestEcnApproval(EcnCommon):
    """Every role agrees, each by one of its own, to what the report says."""

    def test_every_role_has_to_agree(self):
        ecn = self._reviewed({self.capacitor: 1})
        self._approve(ecn, self.head)
        self.assertEqual(ecn.state, "review")
        self.assertEqual(ecn.sudo().missing_role_ids, self.making)
        self.assertEqual(ecn._todos().user_id, self.chief)
        self._approve(ecn, self.chief)
        self.assertEqual(ecn.state, "done")
        self.assertFalse(ecn._todos())

    def test_nobody_outside_of_the_roles_approves(self):
        ecn = self._reviewed({self.capacitor: 1})
        manager = self._user("hub_m", "order_hub.order_hub_group_configurator")
        for user in (self.engineer, self.supervisor, self.operator, manager):
            with self.assertRaises(AccessError):
                ecn.with_user(user).action_approve()
            with self.assertRaises(AccessError):
                ecn.with_user(user).action_reject("no")
        with self.assertRaises(AccessError):
            ecn.sudo().action_approve()
        self.assertFalse(ecn.approval_ids)

    def test_the_own_request_is_approved_by_somebody_else(self):
        self.design.user_ids |= self.engineer
        ecn = self._reviewed({self.capacitor: 1})
        self.assertNotIn(self.engineer, ecn._todos().user_id)
        with self.assertRaisesRegex(AccessError, "yourself"):
            ecn.action_approve()

    def test_the_only_one_of_a_role_approves_the_own_request_where_allowed(self):
        self.design.user_ids = self.engineer
        ecn = self._reviewed({self.capacitor: 1})
        with self.assertRaisesRegex(AccessError, "yourself"):
            ecn.action_approve()
        self.design.may_approve_own = True
        self._approve(ecn, self.engineer, self.chief)
        self.assertEqual(ecn.state, "done")

    def test_one_person_approves_once(self):
        ecn = self._reviewed({self.capacitor: 1})
        self._approve(ecn, self.head)
        with self.assertRaisesRegex(AccessError, "already"):
            ecn.with_user(self.head).action_approve()

    def test_approvers_of_another_company_decide_nothing_here(self):
        other = self.env["res.company"].create({"name": "Other"})
        stranger = new_test_user(
            self.env,
            login="hub_stranger",
            groups="order_hub.order_hub_group_operator",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        self.design.user_ids |= stranger
        ecn = self._reviewed({self.capacitor: 1})
        self.assertNotIn(stranger, ecn._todos().user_id)
        with self.assertRaises(AccessError):
            ecn.with_user(stranger).action_approve()

    def test_without_a_role_no_change_is_reviewed(self):
        (self.design | self.making).active = False
        with self.assertRaisesRegex(UserError, "ECN Approvers"):
            self._reviewed({self.capacitor: 1})

    def test_a_role_from_a_cost_difference_on_is_asked_only_then(self):
        self._frozen(quantity=100)
        self.making.cost_from = 1000
        self.capacitor.standard_price = 1
        cheap = self._reviewed({self.capacitor: 1})
        self.assertEqual(cheap._roles_asked(), self.design)
        cheap.action_cancel()
        self.capacitor.standard_price = 50
        dear = self._reviewed({self.capacitor: 1})
        self.assertEqual(dear._roles_asked(), self.design | self.making)

    # === WHAT IS APPROVED IS WHAT THE REPORT SAYS === #

    def test_orders_that_came_since_are_shown_before_anybody_approves(self):
        self._frozen()
        ecn = self._reviewed({self.capacitor: 1})
        late = self._frozen()
        self.assertTrue(ecn.is_outdated)
        answer = ecn.with_user(self.head).action_approve()
        self.assertEqual(answer["tag"], "display_notification")
        self.assertIn("1 → 2", answer["params"]["message"])
        self.assertFalse(ecn.approval_ids)
        self.assertIn(late, ecn.order_ids.order_id)
        self._approve(ecn)
        self.assertEqual(self._in_force(late).bom_id, ecn.bom_ids.draft_bom_id)

    def test_an_old_report_is_made_anew_first(self):
        ecn = self._reviewed({self.capacitor: 1})
        ecn._inside().impact_at -= timedelta(hours=25)
        self.assertIsInstance(ecn.with_user(self.head).action_approve(), dict)
        self._approve(ecn)

    def test_without_a_report_nothing_is_approved(self):
        ecn = self._reviewed({self.capacitor: 1})
        ecn._inside().impact_at = False
        self.assertIsInstance(ecn.with_user(self.head).action_approve(), dict)
        self.assertFalse(ecn.approval_ids)

    def test_a_draft_edited_in_review_needs_all_approvals_again(self):
        ecn = self._reviewed({self.capacitor: 1})
        self._approve(ecn, self.head)
        self._edit(ecn.bom_ids.draft_bom_id, {self.resistor: 11})
        self.assertIsInstance(ecn.with_user(self.chief).action_approve(), dict)
        self._approve(ecn, self.chief)
        self.assertEqual(ecn.state, "review")
        self._approve(ecn, self.head)
        self.assertEqual(ecn.state, "done")

    def test_what_a_person_chose_otherwise_needs_all_approvals_again(self):
        order = self._frozen()
        ecn = self._reviewed({self.capacitor: 1})
        self._approve(ecn, self.head)
        self._row(ecn, order).with_user(self.engineer).choice = "keep"
        self.assertIsInstance(ecn.with_user(self.chief).action_approve(), dict)
        self.assertEqual(self._row(ecn, order).choice, "keep")
        self._approve(ecn, self.chief, self.head)
        self.assertEqual(self._in_force(order).bom_id, self.board_bom)

    def test_decisions_remember_the_figures_and_cannot_be_changed(self):
        self._frozen()
        ecn = self._reviewed({self.capacitor: 1})
        self._approve(ecn, self.head)
        [decision] = ecn.sudo().approval_ids
        self.assertEqual(decision.figures["switch"], 1)
        self.assertEqual(decision.user_id, self.head)
        with self.assertRaisesRegex(UserError, "kept"):
            decision.reason = "else"
        with self.assertRaisesRegex(UserError, "kept"):
            decision.unlink()

    # === REJECT === #

    def test_a_rejection_says_why_and_the_next_round_starts_anew(self):
        ecn = self._reviewed({self.capacitor: 1})
        self._approve(ecn, self.head)
        with self.assertRaisesRegex(UserError, "why"):
            ecn.with_user(self.chief).action_reject("  ")
        ecn.with_user(self.chief).action_reject("No stock until May")
        self.assertEqual(ecn.state, "rejected")
        self.assertIn("No stock until May", "".join(ecn.message_ids.mapped("body")))
        with self.assertRaisesRegex(UserError, "waits for nobody"):
            ecn.with_user(self.head).action_approve()
        ecn.action_draft()
        ecn.action_review()
        self.assertEqual(ecn.sudo().missing_role_ids, self.design | self.making)

    def test_a_new_approver_is_asked_about_open_changes(self):
        ecn = self._reviewed({self.capacitor: 1})
        self.design.user_ids |= self.user
        self.assertIn(self.user, ecn._todos().user_id)
        self.design.user_ids -= self.user
        self.assertNotIn(self.user, ecn._todos().user_id)

    def test_what_waits_for_me_is_found(self):
        ecn = self._reviewed({self.capacitor: 1})
        for user, mine in ((self.head, True), (self.operator, False)):
            found = self.env["order.hub.ecn"].with_user(user)
            found = found.search([("can_decide", "=", True)])
            self.assertEqual(ecn in found, mine)

    def test_the_wizard_takes_the_words_and_decides(self):
        ecn = self._reviewed({self.capacitor: 1})
        ask = self.env["order.hub.ecn.reason"].with_user(self.head)
        ask.create(
            {"ecn_id": ecn.id, "verdict": "approve", "reason": "Tested"}
        ).action_decide()
        self.assertEqual(ecn.sudo().approval_ids.reason, "Tested")
