from odoo.exceptions import UserError
from odoo.tests import tagged

from .ecn_common import EcnCommon


@tagged("post_install", "-at_install")
class TestEcnRebase(EcnCommon):
    """Two changes of one BOM: the second is put on top of the first, or refused."""

    def test_the_second_is_put_on_top_of_the_first(self):
        order = self._frozen()
        first = self._reviewed({self.capacitor: 1})
        second = self._reviewed({self.resistor: 12})
        self._approve(first)
        answer = second.with_user(self.head).action_approve()
        self.assertIsInstance(answer, dict)
        draft = second.bom_ids.draft_bom_id
        self.assertEqual(second.bom_ids.bom_id, first.bom_ids.draft_bom_id)
        self.assertEqual(draft.hub_predecessor_id, first.bom_ids.draft_bom_id)
        quantities = {line.product_id: line.product_qty for line in draft.bom_line_ids}
        self.assertEqual(quantities[self.capacitor], 1)
        self.assertEqual(quantities[self.resistor], 12)
        self._approve(second)
        self.assertEqual(draft.hub_revision_label, "C")
        self.assertEqual(self._in_force(order).bom_id, draft)
        taken = self._taken(self._mos(order))
        self.assertEqual((taken[self.capacitor], taken[self.resistor]), (5, 60))

    def test_an_approval_of_the_second_before_counts_no_more(self):
        first = self._reviewed({self.capacitor: 1})
        second = self._reviewed({self.resistor: 12})
        self._approve(second, self.head)
        self._approve(first)
        self.assertIsInstance(second.with_user(self.chief).action_approve(), dict)
        self.assertEqual(second.sudo().missing_role_ids, self.design | self.making)

    def test_what_both_change_is_shown_and_refused(self):
        first = self._reviewed({self.resistor: 11})
        second = self._reviewed({self.resistor: 12})
        self._approve(first)
        self.assertTrue(second.moved_text)
        with self.assertRaisesRegex(UserError, r"Resistor.*12.*11") as caught:
            second.with_user(self.head).action_approve()
        self.assertIn(second.name, str(caught.exception))
        self.assertEqual(second.state, "review")
        self.assertFalse(second.approval_ids)

    def test_what_the_first_has_already_is_not_changed_again(self):
        first = self._reviewed({self.resistor: 11})
        second = self._reviewed({self.resistor: 11})
        self._approve(first)
        with self.assertRaisesRegex(UserError, "changes nothing any more"):
            second.with_user(self.head).action_approve()

    def test_a_draft_change_is_rebased_by_a_button_or_when_reviewed(self):
        first = self._reviewed({self.capacitor: 1})
        second = self._change({self.resistor: 12})
        third = self._change({self.chip: 1})
        self._approve(first)
        second.action_rebase()
        third.action_review()
        for ecn in (second, third):
            self.assertEqual(ecn.bom_ids.bom_id, first.bom_ids.draft_bom_id)
            parts = ecn.bom_ids.draft_bom_id.bom_line_ids.product_id
            self.assertIn(self.capacitor, parts)

    def test_orders_that_kept_an_older_revision_are_listed_by_the_next_change(self):
        order = self._frozen()
        first = self._reviewed({self.capacitor: 1})
        self._row(first, order).choice = "keep"
        first.action_refresh()
        self._approve(first)
        self.assertEqual(self._in_force(order).bom_id, self.board_bom)
        second = self._applied({self.resistor: 12})
        self.assertEqual(self._in_force(order).bom_id, second.bom_ids.draft_bom_id)
        self.assertIn(second, order.hub_freeze_ids.ecn_id)
