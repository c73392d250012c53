from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, LockError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged

from ..const import INTERNAL
from .bom_common import BomCommon


@tagged("post_install", "-at_install")
class TestBomRevisions(BomCommon):
    # === RELEASE === #

    def test_a_first_draft_is_a_plain_bill_of_materials(self):
        self.assertEqual(self._found(), self.bom)
        self.bom.bom_line_ids[0].product_qty = 5
        self.assertNotIn("rev.", self.bom.display_name)

    def test_a_release_says_who_when_and_what(self):
        self.bom.with_user(self.manager).action_hub_release()
        self.assertEqual(self.bom.hub_revision_state, "released")
        self.assertEqual(self.bom.hub_revision_label, "A")
        self.assertEqual(self.bom.hub_released_by_id, self.manager)
        self.assertTrue(self.bom.hub_released_at)
        self.assertEqual(len(self.bom.hub_content_hash), 64)
        self.assertIn("Released as revision A", self.bom.message_ids[0].body)
        self.assertIn("rev. A", self.bom.display_name)
        self.assertEqual(self._found(), self.bom)

    def test_only_managers_of_manufacturing_release(self):
        for method in ("action_hub_release", "action_hub_new_revision"):
            with self.assertRaises(AccessError):
                getattr(self.bom.with_user(self.worker), method)()
        self.bom._hub_release()
        with self.assertRaises(AccessError):
            self.bom.with_user(self.worker).action_hub_retire()

    def test_nothing_is_released_twice_or_empty(self):
        empty = self._bom(self._product("Empty", 0.0), [])
        with self.assertRaisesRegex(UserError, "nothing to release"):
            empty._hub_release()
        self.bom._hub_release()
        with self.assertRaisesRegex(UserError, "released already"):
            self.bom._hub_release()

    def test_many_are_released_in_one_go_with_the_same_queries(self):
        boms = [
            self._bom(self._product(f"P{n}", 0.0), [(self.screw, 1.0)])
            for n in range(22)
        ]
        self.env.flush_all()
        boms[0]._hub_release()
        few = self._queries(self.Bom.union(*boms[1:3])._hub_release)
        many = self._queries(self.Bom.union(*boms[3:])._hub_release)
        self.assertLess(many, few + 30)

    def _queries(self, method):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        method()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_operations_of_another_bill_are_refused(self):
        other = self._bom(
            self.screw,
            [(self.scrap, 1.0)],
            operation_ids=[self._operation("Cut", self.line_center, 1.0, 1)],
        )
        self.bom.bom_line_ids[0].operation_id = other.operation_ids
        with self.assertRaisesRegex(UserError, "operations of another"):
            self.bom._hub_release()

    def test_a_loop_that_begins_on_a_later_day_is_refused_today(self):
        (self.bom | self.module_bom)._hub_release()
        tomorrow = fields.Date.today() + timedelta(days=2)
        board, module = (
            self.bom._hub_new_revision(),
            self.module_bom._hub_new_revision(),
        )
        board.bom_line_ids[0].product_id = self.resistor
        board._hub_release()
        module.bom_line_ids.product_id = self.board
        module._hub_release(tomorrow)
        again = board._hub_new_revision()
        with self.assertRaises(ValidationError):
            again.bom_line_ids[0].product_id = self.module
            again._hub_release(tomorrow)

    # === NEW REVISION === #

    def test_a_new_revision_is_a_draft_copy_with_operations(self):
        self.bom._hub_release()
        draft = self.bom.with_user(self.manager)._hub_new_revision().sudo()
        self.assertEqual(draft.hub_revision_state, "draft")
        self.assertEqual(draft.hub_revision_label, "B")
        self.assertEqual(draft.hub_predecessor_id, self.bom)
        self.assertEqual(draft.bom_line_ids[0].operation_id, draft.operation_ids[0])
        self.assertEqual(
            draft.operation_ids[1].blocked_by_operation_ids, draft.operation_ids[0]
        )
        hashes = draft._hub_hashes()
        self.assertEqual(hashes[draft.id], self.bom.hub_content_hash)
        self.assertFalse(draft.env.context.get("order_hub_bom"))

    def test_the_draft_of_a_new_revision_is_not_made_from(self):
        self.bom._hub_release()
        self.bom._hub_new_revision().sequence = -1
        self.assertEqual(self._found(), self.bom)

    def test_its_release_supersedes_the_one_before(self):
        new = self._followed()
        self.assertEqual(self.bom.hub_revision_state, "superseded")
        self.assertEqual(new.hub_revision_label, "B")
        self.assertEqual(self._found(), new)
        self.assertEqual(new.hub_revision_ids, self.bom | new)
        self.assertEqual(self.bom.hub_revision_count, 2)

    def test_a_draft_is_edited_not_followed(self):
        with self.assertRaisesRegex(UserError, "is a draft"):
            self.bom._hub_new_revision()

    def test_of_two_drafts_the_second_is_refused_until_it_is_rebased(self):
        self.bom._hub_release()
        one, two = self.bom._hub_new_revision(), self.bom._hub_new_revision()
        one._hub_release()
        with self.assertRaisesRegex(UserError, "released meanwhile"):
            two._hub_release()
        two._hub_rebase_onto(one)
        two._hub_release()
        self.assertEqual(two.hub_revision_label, "C")

    def test_of_two_drafts_together_none_is_released(self):
        self.bom._hub_release()
        both = self.bom._hub_new_revision() | self.bom._hub_new_revision()
        with self.assertRaisesRegex(UserError, "one after the other"):
            both._hub_release()

    def test_two_people_at_once_do_not_release(self):
        with (
            patch.object(
                type(self.Bom), "lock_for_update", side_effect=LockError("taken")
            ),
            self.assertRaisesRegex(UserError, "at this moment"),
        ):
            self.bom._hub_release()

    def test_going_back_is_a_new_revision_with_old_content(self):
        self._followed()
        back = self.bom._hub_new_revision()
        back._hub_release()
        self.assertEqual(back.hub_revision_label, "C")
        self.assertEqual(back.hub_content_hash, self.bom.hub_content_hash)

    def test_a_kit_stays_a_kit(self):
        self.bom._hub_release()
        draft = self.bom._hub_new_revision()
        draft.write({"type": "phantom"})
        with self.assertRaisesRegex(UserError, "kit stays"):
            draft._hub_release()

    def test_a_draft_takes_the_content_of_another(self):
        new = self._followed()
        draft = self.bom._hub_new_revision()
        kept = draft.operation_ids[0]
        draft._hub_take(self.tree._own(new)[new.id])
        draft._hub_release()
        self.assertEqual(draft.hub_content_hash, new.hub_content_hash)
        self.assertIn(kept, draft.operation_ids)

    def test_reordering_rules_follow_the_successor(self):
        self.bom._hub_release()
        point = self.env["stock.warehouse.orderpoint"].create(
            {"product_id": self.board.id, "bom_id": self.bom.id}
        )
        draft = self.bom._hub_new_revision()
        draft._hub_release()
        self.assertEqual(point.bom_id, draft)

    def test_retiring_takes_it_out_of_use(self):
        self.bom._hub_release()
        self.bom.action_hub_retire()
        self.assertFalse(self._found())
        with self.assertRaisesRegex(UserError, "not released"):
            self.bom.action_hub_retire()

    # === DATES === #

    def test_a_release_for_a_later_day_waits_for_that_day(self):
        with freeze_time("2026-03-01 10:00:00"):
            self.bom._hub_release()
            draft = self.bom._hub_new_revision()
            draft.hub_effective_date = "2026-03-05"
            draft._hub_release()
            self.assertEqual(self._found(), self.bom)
            self.assertEqual(self.bom.hub_revision_state, "released")
        with freeze_time("2026-03-05 10:00:00"):
            # the dates decide, whether or not the scheduled job has run
            self.assertEqual(self._found(), draft)
            self.Bom._cron_hub_revisions()
            self.assertEqual(self.bom.hub_revision_state, "superseded")
            self.assertEqual(draft.hub_revision_state, "released")

    def test_the_day_begins_in_the_time_zone_of_the_company(self):
        self.company.resource_calendar_id.tz = "Asia/Shanghai"
        with freeze_time("2026-03-01 10:00:00"):
            self.bom.company_id = self.company
            self.bom._hub_release()
            draft = self.bom._hub_new_revision()
            draft._hub_release(fields.Date.to_date("2026-03-05"))
        with freeze_time("2026-03-04 15:59:00"):
            self.Bom._cron_hub_revisions()
            self.assertEqual(self._found(), self.bom)
        with freeze_time("2026-03-04 16:01:00"):
            self.Bom._cron_hub_revisions()
            self.assertEqual(self._found(), draft)
            self.assertEqual(self.bom.hub_revision_state, "superseded")

    def test_an_announced_revision_can_be_called_off(self):
        with freeze_time("2026-03-01 10:00:00"):
            self.bom._hub_release()
            draft = self.bom._hub_new_revision()
            draft._hub_release(fields.Date.to_date("2026-03-05"))
            draft.action_hub_retire()
        with freeze_time("2026-03-06 10:00:00"):
            self.Bom._cron_hub_revisions()
            self.assertEqual(self._found(), self.bom)
            third = self.bom._hub_new_revision()
            third._hub_release()
            self.assertEqual(third.hub_revision_label, "C")
            self.assertEqual(third.hub_predecessor_id, self.bom)

    # === FIND === #

    def test_a_company_may_use_released_revisions_only(self):
        self.company.hub_only_released_boms = True
        self.assertFalse(self._found())
        self.bom._hub_release()
        self.assertEqual(self._found(), self.bom)
        self.assertFalse(self._found(self.module))

    def test_pins_name_the_revision_whatever_its_state(self):
        new = self._followed()
        self.assertEqual(self._found(), new)
        found = self._pinned(self.bom)._bom_find(self.board | self.module)
        self.assertEqual(found[self.board], self.bom)
        self.assertEqual(found[self.module], self.module_bom)
        kits = self._pinned(self.bom)._bom_find(self.board, bom_type="phantom")
        self.assertFalse(kits[self.board])

    def test_nobody_from_outside_can_pin(self):
        new = self._followed()
        forged = self.Bom.with_context(order_hub_pins={self.board.id: self.bom.id})
        self.assertEqual(forged._bom_find(self.board)[self.board], new)

    def test_who_uses_no_revisions_pays_no_query(self):
        self.Bom._hub_revision_setup()
        with self.assertQueryCount(0):
            self.Bom._hub_revision_setup()
        domain = [("id", "=", self.board.id)]
        with patch.object(
            type(self.Bom), "_hub_revision_setup", lambda self: (False, ())
        ):
            found = self.Bom._bom_find_domain(self.board, company_id=self.company.id)
            self.assertFalse(
                [field for field in found.iter_conditions() if "hub" in str(field)]
            )
            self.assertTrue(self.env["product.product"].search(domain).type)
            with self.assertQueryCount(1):
                self.assertEqual(self._found(), self.bom)

    def test_sub_bills_shown_on_lines_follow_pins(self):
        self.module_bom._hub_release()
        new = self.module_bom._hub_new_revision()
        new._hub_release()
        line = self.bom.bom_line_ids[0]
        self.assertEqual(line.child_bom_id, new)
        pins = self._pinned(self.module_bom, self.module).env.context
        self.assertEqual(line.with_context(**pins).child_bom_id, self.module_bom)

    # === ODOO'S OWN === #

    def test_releasing_and_superseding_flag_no_production_as_outdated(self):
        production = self.env["mrp.production"].create(
            {"product_id": self.board.id, "product_qty": 1, "bom_id": self.bom.id}
        )
        production.action_confirm()
        self._followed()
        self.bom.operation_ids.message_subscribe(self.manager.partner_id.ids)
        self.bom._set_outdated_bom_in_productions()
        self.assertFalse(production.is_outdated_bom)

    def test_a_draft_still_flags_its_productions(self):
        production = self.env["mrp.production"].create(
            {"product_id": self.board.id, "product_qty": 1, "bom_id": self.bom.id}
        )
        self.bom.write({"product_qty": 2})
        self.assertTrue(production.is_outdated_bom)

    def test_the_form_of_a_draft_saves(self):
        with Form(self.bom.with_user(self.manager)) as form:
            form.code = "X"
        self.assertEqual(self.bom.code, "X")

    def test_revisions_of_another_company_are_not_released(self):
        other = self.env["res.company"].create({"name": "Other"})
        bom = self.module_bom.copy({"company_id": other.id})
        with self.assertRaises(AccessError):
            bom.with_user(self.manager)._hub_release()

    def _followed(self):
        """Release the board, then a second revision of it."""
        self.bom._hub_release()
        draft = self.bom._hub_new_revision()
        draft.bom_line_ids[1].product_qty = 4
        draft.write({"operation_ids": [Command.delete(draft.operation_ids[1].id)]})
        draft._hub_release()
        return draft


@tagged("post_install", "-at_install")
class TestBomTree(BomCommon):
    def test_all_levels_of_all_products_are_read(self):
        trees = self.tree._trees(self.board | self.screw)
        self.assertEqual(set(trees), {self.board.id})
        node = trees[self.board.id]
        self.assertEqual(node.leaves(), {self.resistor.id: 2.0, self.screw.id: 3.0})
        self.assertEqual(node.lead_time(), 5)
        # 2 resistors, 3 screws, 10 min at 60 and 20 min at 30, less 10 % for scrap
        self.assertAlmostEqual(node.unit_cost(), (2 + 6 + 10 + 10) * 0.9)
        self.assertEqual(
            node.pins(),
            {self.board.id: self.bom.id, self.module.id: self.module_bom.id},
        )

    def test_pins_hold_on_every_level(self):
        self.module_bom._hub_release()
        new = self.module_bom._hub_new_revision()
        new.bom_line_ids.product_qty = 40
        old = self.tree._trees(self.board)[self.board.id]
        new._hub_release()
        today = self.tree._trees(self.board)[self.board.id]
        self.assertNotEqual(today.content_hash(), old.content_hash())
        pinned = self.tree._trees(
            self.board, pins_by_product={self.board.id: old.pins()}
        )
        self.assertEqual(pinned[self.board.id].content_hash(), old.content_hash())

    def test_the_queries_do_not_grow_with_the_products(self):
        def family(count):
            tops = self.env["product.product"]
            for number in range(count):
                top = self._product(f"Top {number}", 0.0)
                self._bom(top, [(self.board, 2.0), (self.screw, number + 1.0)])
                tops |= top
            return tops

        one, many = family(1), family(30)
        counts = []
        for products in (one, many):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(len(self.tree._trees(products)), len(products))
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 3)

    def test_the_queries_do_not_grow_with_the_sub_assemblies(self):
        """Reading one bill more costs nothing more."""

        def top(count):
            parts = []
            for number in range(count):
                part = self._product(f"Part {number}", 0.0)
                self._bom(
                    part,
                    [(self.screw, 1.0)],
                    operation_ids=[self._operation("Cut", self.line_center, 1.0, 1)],
                )
                parts.append((part, 1.0))
            whole = self._product("Whole", 0.0)
            self._bom(whole, parts)
            return whole

        small, large = top(2), top(40)
        counts = []
        for product in (small, small, large):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.tree._trees(product)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[2], counts[1])

    def test_lines_for_other_variants_are_left_out(self):
        attribute = self.env["product.attribute"].create(
            {
                "name": "Colour",
                "value_ids": [
                    Command.create({"name": "Red"}),
                    Command.create({"name": "Blue"}),
                ],
            }
        )
        # the context of a product made alone makes no variants
        template = self.env["product.template"].browse(self.board.product_tmpl_id.id)
        template.attribute_line_ids = [
            Command.create(
                {
                    "attribute_id": attribute.id,
                    "value_ids": [Command.set(attribute.value_ids.ids)],
                }
            )
        ]
        template.invalidate_recordset()
        red, blue = template.product_variant_ids
        line = self.bom.bom_line_ids[1]
        line.bom_product_template_attribute_value_ids = (
            red.product_template_attribute_value_ids
        )
        trees = self.tree._trees(red | blue)
        self.assertIn(self.screw.id, trees[red.id].leaves())
        self.assertNotIn(self.screw.id, trees[blue.id].leaves())
        whole = self.tree._own(self.bom)[self.bom.id]
        self.assertEqual(len(whole.lines), 2)

    def test_a_product_that_contains_itself_is_named(self):
        self.env.cr.execute(
            "UPDATE mrp_bom_line SET product_id = %s WHERE bom_id = %s",
            [self.board.id, self.module_bom.id],
        )
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "Board contains itself"):
            self.tree._trees(self.board)

    def test_a_kit_goes_before_a_manufactured_bill(self):
        kit = self._bom(self.module, [(self.screw, 1.0)], type="phantom", sequence=99)
        node = self.tree._trees(self.board)[self.board.id]
        self.assertEqual(node.pins()[self.module.id], kit.id)


@tagged("post_install", "-at_install")
class TestBomCompare(BomCommon):
    def test_the_screen_gets_both_sides_of_every_row(self):
        self.bom._hub_release()
        draft = self.bom._hub_new_revision()
        draft.bom_line_ids[1].product_qty = 4
        answer = draft.with_user(self.manager).hub_compare(self.bom.id)
        self.assertEqual(answer["count"], {"added": 0, "removed": 0, "changed": 1})
        [row] = [row for row in answer["rows"] if row["kind"] == "changed"]
        self.assertEqual((row["old"]["quantity"], row["new"]["quantity"]), (3.0, 4.0))
        self.assertEqual(row["labels"], ["Quantity"])
        self.assertAlmostEqual(
            answer["totals"]["cost"]["new"] - answer["totals"]["cost"]["old"], 1.8
        )
        self.assertEqual([bill["label"] for bill in answer["choices"]], ["A", "B"])

    def test_who_may_not_read_bills_gets_no_comparison(self):
        portal = self.env["res.users"].create(
            {
                "name": "P",
                "login": "bom_portal",
                "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
            }
        )
        with self.assertRaises(AccessError):
            self.bom.with_user(portal).hub_compare(self.bom.id)

    def test_bills_of_another_company_are_not_compared(self):
        other = self.env["res.company"].create({"name": "Other"})
        bom = self.module_bom.copy({"company_id": other.id})
        with self.assertRaises(AccessError):
            self.module_bom.with_user(self.manager).hub_compare(bom.id)

    def test_different_products_are_not_compared(self):
        with self.assertRaisesRegex(UserError, "different products"):
            self.bom.hub_compare(self.module_bom.id)

    def test_the_button_compares_with_the_one_before(self):
        self.bom._hub_release()
        draft = self.bom._hub_new_revision()
        action = draft.action_hub_compare()
        self.assertEqual(action["params"], {"old": self.bom.id, "new": draft.id})
        listed = draft.action_hub_revisions()
        self.assertEqual(listed["domain"], [("id", "in", (self.bom | draft).ids)])


@tagged("post_install", "-at_install")
class TestBomForging(BomCommon):
    def test_nobody_writes_the_columns_of_revisions(self):
        for vals in (
            {"hub_revision_state": "released"},
            {"hub_predecessor_id": self.module_bom.id},
            {"hub_revision": 7},
            {"hub_content_hash": "0" * 64},
            {"hub_effective_until": "2030-01-01"},
            {"hub_successor_ids": [Command.link(self.module_bom.id)]},
        ):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                self.bom.with_user(self.manager).write(vals)
            with self.subTest(create=vals), self.assertRaises(UserError):
                self.Bom.create(
                    {"product_tmpl_id": self.board.product_tmpl_id.id, **vals}
                )

    def test_a_default_is_no_release(self):
        forged = self.Bom.with_context(default_hub_revision_state="released")
        with self.assertRaises(UserError):
            forged.create({"product_tmpl_id": self.board.product_tmpl_id.id})

    def test_a_context_from_outside_opens_nothing(self):
        self.bom._hub_release()
        for value in (True, "INTERNAL", 1, {}):
            forged = self.bom.with_context(order_hub_bom=value, order_hub_product=value)
            with self.assertRaises(UserError):
                forged.write({"hub_revision_state": "draft"})

    def test_the_hub_itself_changes_no_content(self):
        self.bom._hub_release()
        inside = self.bom.with_context(order_hub_bom=INTERNAL)
        with self.assertRaises(UserError):
            inside.write({"product_qty": 9})
