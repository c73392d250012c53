from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .ecn_common import EcnCommon


@tagged("post_install", "-at_install")
class TestEcn(EcnCommon):
    """From a draft revision through review to what becomes of every order."""

    def _fourteen(self):
        """Nine at preparing, three past soldering, two of a customer who must agree."""
        nine = [self._frozen() for _number in range(9)]
        three = [self._frozen() for _number in range(3)]
        for order in three:
            order.hub_stage_id = self.soldering
        careful = self.env["res.partner"].create(
            {"name": "Railway signals", "hub_must_agree": True}
        )
        two = [self._frozen(partner_id=careful.id) for _number in range(2)]
        return nine, three, two

    def test_fourteen_orders_nine_switch_three_keep_two_are_decided(self):
        nine, three, two = self._fourteen()
        self.capacitor.standard_price = 0.42
        ecn = self._reviewed({self.capacitor: 1})
        suggestions = [row.suggestion for row in ecn.order_ids]
        self.assertEqual(
            [suggestions.count(each) for each in ("switch", "keep", "decide")],
            [9, 3, 2],
        )
        self.assertAlmostEqual(self._row(ecn, nine[0]).unit_cost_difference, 0.42)
        self._approve(ecn)
        new = ecn.bom_ids.draft_bom_id
        self.assertEqual(new.hub_revision_label, "B")
        self.assertEqual(new.hub_revision_state, "released")
        for order in nine:
            self.assertEqual(self._in_force(order).bom_id, new)
            self.assertEqual(self._mos(order).bom_id, new)
            self.assertEqual(self._taken(self._mos(order))[self.capacitor], 5)
            self.assertEqual(self._mos(order).hub_bom_label, "B")
        for order in three + two:
            self.assertEqual(self._in_force(order).bom_id, self.board_bom)
            self.assertEqual(self._mos(order).bom_id, self.board_bom)
        self.assertEqual(ecn.state, "applying")
        self.assertEqual((ecn.done_count, ecn.decide_count), (12, 2))
        two_rows = ecn.order_ids.filtered(lambda row: row.choice == "decide")
        two_rows[0].with_user(self.supervisor).choice = "switch"
        self.assertEqual(self._in_force(two_rows[0].order_id).bom_id, new)
        two_rows[1].with_user(self.supervisor).action_keep()
        self.assertEqual(self._in_force(two_rows[1].order_id).bom_id, self.board_bom)
        self.assertEqual(ecn.state, "done")

    def test_naming_a_released_revision_makes_its_draft(self):
        ecn = self._change({})
        draft = ecn.bom_ids.draft_bom_id
        self.assertEqual(draft.hub_predecessor_id, self.board_bom)
        self.assertEqual(draft.hub_revision_state, "draft")
        self.assertRegex(ecn.name, r"^ECN/\d{4}/\d{4}$")

    def test_a_change_without_a_difference_is_not_reviewed(self):
        ecn = self._change({})
        with self.assertRaisesRegex(UserError, "still the same"):
            ecn.action_review()
        with self.assertRaisesRegex(UserError, "names no BOM"):
            self.env["order.hub.ecn"].create({"title": "Nothing"}).action_review()

    def test_a_draft_bom_is_edited_not_changed_by_a_notice(self):
        with self.assertRaisesRegex(ValidationError, "still a draft"):
            self._change({}, bom=self.module_bom)

    def test_a_draft_on_a_change_is_released_by_the_change_alone(self):
        ecn = self._change({self.capacitor: 1})
        draft = ecn.bom_ids.draft_bom_id
        with self.assertRaisesRegex(UserError, ecn.name):
            draft.with_user(self.engineer).action_hub_release()

    def test_a_draft_is_on_one_open_change(self):
        draft = self._change({self.capacitor: 1}).bom_ids.draft_bom_id
        line = {"bom_id": self.board_bom.id, "draft_bom_id": draft.id}
        with self.assertRaisesRegex(UserError, "draft of its own"):
            self.env["order.hub.ecn"].create(
                {"title": "Again", "bom_ids": [Command.create(line)]}
            )

    def test_what_is_in_review_stays_as_it_was_asked_for(self):
        ecn = self._reviewed({self.capacitor: 1})
        for vals in (
            {"title": "Else"},
            {"description": "Else"},
            {"bom_ids": [Command.create({"bom_id": self.module_bom.id})]},
        ):
            with self.assertRaisesRegex(UserError, "Take it back to draft"):
                ecn.write(vals)
        with self.assertRaisesRegex(UserError, "Take it back to draft"):
            ecn.bom_ids.unlink()
        ecn.action_draft()
        ecn.title = "Else"

    def test_a_cancelled_change_archives_its_drafts_and_asks_nobody(self):
        ecn = self._reviewed({self.capacitor: 1})
        self.assertTrue(ecn._todos())
        ecn.action_cancel()
        self.assertFalse(ecn.bom_ids.draft_bom_id.active)
        self.assertFalse(ecn._todos())
        ecn.action_draft()
        self.assertTrue(ecn.bom_ids.draft_bom_id.active)

    def test_deleting_a_draft_change_deletes_its_draft_revision(self):
        ecn = self._change({self.capacitor: 1})
        draft = ecn.bom_ids.draft_bom_id
        ecn.unlink()
        self.assertFalse(draft.exists())

    def test_a_reviewed_change_is_kept(self):
        ecn = self._reviewed({self.capacitor: 1})
        ecn.action_draft()
        with self.assertRaisesRegex(UserError, "Cancel it instead"):
            ecn.unlink()

    def test_the_impact_is_there_before_anybody_is_asked(self):
        order = self._frozen()
        ecn = self._reviewed({self.capacitor: 1})
        self.assertTrue(ecn.impact_at)
        self.assertEqual(ecn.order_ids.order_id, order)
        self.assertIn(self.capacitor, ecn.item_ids.product_id)
        self.assertEqual(ecn._todos().user_id, self.head | self.chief)

    def test_attachments_stay_with_the_change(self):
        ecn = self._change({self.capacitor: 1})
        sheet = self.env["ir.attachment"].with_user(self.engineer)
        sheet = sheet.create(
            {
                "name": "C12.pdf",
                "raw": b"%PDF",
                "res_model": ecn._name,
                "res_id": ecn.id,
            }
        )
        ecn.action_review()
        self._approve(ecn)
        self.assertEqual(ecn.message_attachment_count, 1)
        self.assertEqual(sheet.with_user(self.head).name, "C12.pdf")

    def test_everything_is_told_in_the_chatter(self):
        order = self._frozen()
        ecn = self._applied({self.capacitor: 1})
        told = "".join(ecn.message_ids.mapped("body"))
        for words in (self.head.name, self.chief.name, "Released", "Done"):
            self.assertIn(words, told)
        self.assertIn(ecn.name, "".join(order.message_ids.mapped("body")))
        self.assertIn(ecn.name, "".join(self._mos(order).message_ids.mapped("body")))

    def test_an_engineer_starts_a_change_from_the_revision(self):
        boms = self.board_bom.with_user(self.engineer)
        action = boms.action_hub_ecn()
        ecn = self.env["order.hub.ecn"].browse(action["res_id"])
        self.assertEqual(ecn.bom_ids.bom_id, self.board_bom)
        offered = boms._hub_change_action()["context"]["default_bom_ids"]
        self.assertEqual(offered[0][2], {"bom_id": self.board_bom.id})
        self.assertFalse(self.board_bom.with_user(self.maker)._hub_change_action())
