import json
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from ..adapters.base import Message
from .alone import AloneCommon


class DuplicatesCommon(AloneCommon):
    def _pairs(self, inbound):
        return self.env["order.hub.duplicate"].search([("inbound_id", "=", inbound.id)])

    def _ask(self, **second):
        """Return shop order, chat message that is likely its repeat, and the pair."""
        first = self._take(self.shop, "S-1")
        later = self._take(self.chat, "C-1", **second)
        return first, later, self._pairs(later)

    def _as(self, record, user=None):
        return record.with_user(user or self.operator)


@tagged("post_install", "-at_install")
class TestDuplicatesFound(DuplicatesCommon):
    """Story: the same customer orders in the shop, then in the chat, then phones."""

    def test_the_same_order_by_another_road_waits_beside_the_first(self):
        first, later, pair = self._ask()
        self.assertEqual(first.state, "done")
        self.assertEqual(later.state, "attention")
        self.assertFalse(later.order_id)
        self.assertEqual(pair.other_order_id, first.order_id)
        self.assertEqual(pair.state, "open")
        self.assertEqual(pair.score, 100.0)
        problem = later.problem_ids
        self.assertEqual(problem.code, "likely")
        self.assertIn(first.order_id.name, problem.message)

    def test_the_third_road_is_recognised_too(self):
        self._ask()
        third = self._take(self.chat, "C-2")
        self.assertEqual(third.state, "attention")
        self.assertTrue(self._pairs(third))

    def test_an_order_typed_in_by_hand_is_compared_with(self):
        order = self._order(quantity=12)
        later = self._take(self.shop, "S-9")
        self.assertEqual(self._pairs(later).other_order_id, order)

    def test_an_unknown_buyer_is_found_by_his_phone(self):
        self._take(self.shop, "S-1", partner=self.buyer)
        stranger = self.env["res.partner"].create({"name": "老王"})
        later = self._take(
            self.chat, "C-1", partner=stranger, customer={"phone": "13800138000"}
        )
        self.assertEqual(self._pairs(later).score, 100.0)

    def test_an_unknown_buyer_is_found_by_his_address(self):
        self.buyer.write({"email": "Wang@Example.com", "phone": False})
        self._take(self.shop, "S-1", partner=self.buyer)
        stranger = self.env["res.partner"].create({"name": "老王"})
        later = self._take(
            self.chat, "C-1", partner=stranger, customer={"email": "wang@example.com"}
        )
        self.assertTrue(self._pairs(later))

    def test_without_phone_and_address_a_like_name_and_the_same_goods_are_found(self):
        again = self.env["res.partner"].create({"name": "Taihu Auto Repairs"})
        self._take(self.shop, "S-1")
        later = self._take(self.chat, "C-1", partner=again)
        self.assertTrue(self._pairs(later))

    def test_two_alike_in_one_batch_are_compared_with_each_other(self):
        rows = self._receive(
            self.chat,
            self._payload("C-1"),
            self._payload("C-2"),
            self._payload("C-3", goods={self.nut: 5}),
        )
        self.assertEqual(rows.mapped("state"), ["done", "attention", "done"])
        self.assertEqual(self._pairs(rows[1])._other_order(), rows[0].order_id)

    def test_a_message_that_waits_for_a_person_is_compared_with(self):
        waiting = self._receive(
            self.shop, self._payload("S-1", unknown_field="something")
        )
        self.assertEqual(waiting.state, "attention")
        later = self._take(self.chat, "C-1")
        self.assertEqual(self._pairs(later).other_inbound_id, waiting)
        waiting._process(self.shop)
        self.assertFalse(self._pairs(waiting), "Each would wait for the other.")

    def test_another_unit_is_the_same_quantity(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self._order(quantity=1)
        order.order_line.write({"product_uom_id": dozen.id, "product_uom_qty": 1})
        later = self._take(self.shop, "S-9")
        points, of = self._pairs(later).points["quantities"]
        self.assertEqual(points, of)

    # === WHAT IS NO REPEAT === #

    def test_the_same_order_of_the_week_before_is_no_repeat(self):
        first = self._take(self.shop, "S-1")
        first.order_id.date_order = fields.Datetime.now() - timedelta(days=7)
        self.assertEqual(self._take(self.chat, "C-1").state, "done")

    def test_other_numbers_of_the_customer_are_other_orders(self):
        self._take(self.shop, "S-1", customer_ref="PO-1")
        later = self._take(self.chat, "C-1", customer_ref="PO-2")
        self.assertEqual(later.state, "done")

    def test_a_shop_that_numbers_its_orders_is_not_compared_with_itself(self):
        rows = self._receive(self.shop, self._payload("S-1"), self._payload("S-2"))
        self.assertEqual(set(rows.mapped("state")), {"done"})
        self.assertEqual(self._take(self.shop, "S-3").state, "done")

    def test_cancelled_orders_are_not_repeated_but_ordered_anew(self):
        first = self._take(self.shop, "S-1")
        first.order_id.action_cancel()
        self.assertEqual(self._take(self.chat, "C-1").state, "done")

    def test_customers_whom_nobody_knows_are_not_one_customer(self):
        nobody = self.env["res.partner"].create({"name": "Unknown"})
        self.shop.fallback_partner_id = self.chat.fallback_partner_id = nobody
        self._take(self.shop, "S-1", partner=nobody)
        self.assertEqual(self._take(self.chat, "C-1", partner=nobody).state, "done")

    def test_orders_of_another_company_are_not_compared_with(self):
        company = self.env["res.company"].create({"name": "Abroad Ltd."})
        self.env["sale.order"].with_company(company).create(
            {
                "partner_id": self.partner.id,
                "company_id": company.id,
                "order_line": [
                    Command.create(
                        {"product_id": self.product.id, "product_uom_qty": 12}
                    )
                ],
            }
        )
        self.assertEqual(self._take(self.chat, "C-1").state, "done")

    def test_a_channel_may_leave_repeats_alone(self):
        self.chat.duplicate_mode = "off"
        _first, later, pair = self._ask()
        self.assertEqual(later.state, "done")
        self.assertFalse(pair)

    def test_other_weights_and_another_threshold_decide_otherwise(self):
        self.chat.likeness_id = self.env["order.hub.likeness"].create(
            {"name": "Strict", "threshold": 100.0}
        )
        self._take(self.shop, "S-1")
        later = self._take(self.chat, "C-1", goods={self.product: 11})
        self.assertEqual(later.state, "done")

    # === TAKEN IN AND HELD === #

    def test_a_channel_may_take_repeats_in_and_hold_them(self):
        self.chat.duplicate_mode = "hold"
        first, later, pair = self._ask()
        self.assertEqual(later.state, "done")
        self.assertTrue(later.order_id.hub_is_held)
        hold = later.order_id.hub_exception_ids
        self.assertEqual(hold.kind_id.code, "duplicate")
        self.assertIn(first.order_id.name, hold.name)
        self._as(pair).action_keep()
        self.assertFalse(later.order_id.hub_is_held)

    # === TWO WORKERS AT ONCE === #

    def test_repeats_taken_in_by_two_workers_at_once_are_found_afterwards(self):
        first = self._take(self.shop, "S-1")
        self.chat.duplicate_mode = "off"  # as blind as a worker before the commit
        later = self._take(self.chat, "C-1")
        self.chat.duplicate_mode = "ask"
        Duplicate = self.env["order.hub.duplicate"]
        held = Duplicate._sweep_orders(self.chat, later.order_id.ids)
        self.assertEqual(held, later.order_id.ids)
        self.assertTrue(later.order_id.hub_is_held)
        self.assertEqual(self._pairs(later).other_order_id, first.order_id)
        self.assertFalse(Duplicate._sweep_orders(self.shop, first.order_id.ids))
        self.assertFalse(Duplicate._sweep_orders(self.chat, later.order_id.ids))

    def test_the_sweep_does_not_ask_again_what_was_decided(self):
        _first, later, pair = self._ask()
        self._as(pair).action_keep()
        Duplicate = self.env["order.hub.duplicate"]
        self.assertFalse(Duplicate._sweep_orders(self.chat, later.order_id.ids))

    def test_the_nightly_job_sweeps_every_channel_and_remembers_how_far(self):
        self._take(self.shop, "S-1")
        self.chat.duplicate_mode = "off"
        later = self._take(self.chat, "C-1")
        self.chat.duplicate_mode = "ask"
        cron = self.env.ref("order_hub_connectors.ir_cron_sweep_duplicates")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.assertTrue(self._pairs(later))
        key = "order_hub_connectors.repeats_swept_at"
        self.assertTrue(self.env["ir.config_parameter"].sudo().get_param(key))


@tagged("post_install", "-at_install")
class TestDuplicatesDecided(DuplicatesCommon):
    """Merge, keep both, and taking either back."""

    def test_merging_makes_one_order_of_both_and_keeps_what_the_repeat_said(self):
        first, later, pair = self._ask(note="In a wooden box, please")
        self._as(pair).action_merge()
        self.assertEqual(later.state, "duplicate")
        self.assertEqual(later.order_id, first.order_id)
        self.assertFalse(later.problem_ids)
        note = first.order_id.message_ids[:1].body
        self.assertIn("wooden box", note)
        self.assertIn(self.operator.name, note)
        self.assertEqual(pair.decision_ids.user_id, self.operator)

    def test_merging_may_add_what_is_new(self):
        first, _later, pair = self._ask(goods={self.product: 12, self.nut: 5})
        self._as(pair, self.supervisor).action_merge_with_lines()
        lines = first.order_id.order_line
        self.assertEqual(lines.product_id, self.product + self.nut)
        self.assertEqual(lines[1].product_uom_qty, 5)
        self._as(pair, self.supervisor).action_undo()
        self.assertEqual(first.order_id.order_line.product_id, self.product)

    def test_who_may_not_change_the_order_adds_no_lines_by_merging(self):
        first, _later, pair = self._ask(goods={self.product: 12, self.nut: 5})
        with self.assertRaises(AccessError):
            self._as(pair).action_merge_with_lines()
        self.assertEqual(first.order_id.order_line.product_id, self.product)

    def test_added_lines_of_a_confirmed_order_are_not_taken_back_behind_its_back(self):
        first, _later, pair = self._ask(goods={self.product: 12, self.nut: 5})
        self._as(pair, self.supervisor).action_merge_with_lines()
        first.order_id.action_confirm()
        with self.assertRaisesRegex(UserError, "confirmed by now"):
            self._as(pair, self.supervisor).action_undo()

    def test_keeping_both_lets_the_second_go_on_and_is_never_asked_again(self):
        first, later, pair = self._ask()
        self._as(pair).action_keep()
        self.assertEqual(later.state, "done")
        self.assertTrue(later.order_id)
        self.assertNotEqual(later.order_id, first.order_id)
        self.assertEqual(pair.state, "kept")

    def test_undoing_a_merge_asks_again(self):
        _first, later, pair = self._ask()
        self._as(pair).action_merge()
        self._as(pair).action_undo()
        self.assertEqual(later.state, "attention")
        self.assertFalse(later.order_id)
        self.assertEqual(pair.state, "open")
        self.assertEqual(pair.decision_ids.mapped("decision"), ["undone", "merged"])
        self._as(pair).action_keep()
        self.assertEqual(later.state, "done")

    def test_undoing_keep_both_holds_the_second_order_and_it_can_be_merged(self):
        first, later, pair = self._ask()
        self._as(pair).action_keep()
        own = later.order_id
        self._as(pair).action_undo()
        self.assertTrue(own.hub_is_held)
        self._as(pair, self.supervisor).action_merge()
        self.assertEqual(own.state, "cancel")
        self.assertEqual(later.order_id, first.order_id)
        self._as(pair, self.supervisor).action_undo()
        self.assertEqual(own.state, "draft")
        self.assertEqual(later.order_id, own)
        self.assertTrue(own.hub_is_held)

    def test_a_confirmed_order_is_not_cancelled_by_merging(self):
        _first, later, pair = self._ask()
        self._as(pair).action_keep()
        later.order_id.action_confirm()
        self._as(pair).action_undo()
        with self.assertRaisesRegex(UserError, "Cancel it first"):
            self._as(pair, self.supervisor).action_merge()

    def test_merging_with_a_message_that_is_no_order_yet(self):
        waiting = self._receive(
            self.shop, self._payload("S-1", unknown_field="something")
        )
        later = self._take(self.chat, "C-1")
        pair = self._pairs(later)
        with self.assertRaisesRegex(UserError, "no order yet"):
            self._as(pair, self.supervisor).action_merge_with_lines()
        self._as(pair).action_merge()
        self.assertEqual(later.state, "duplicate")
        self.assertFalse(later.order_id)
        self.assertEqual(waiting.state, "attention")

    def test_what_waited_because_of_a_merged_repeat_goes_on(self):
        _first, later, pair = self._ask()
        third = self._take(self.chat, "C-2", customer_ref="PO-7")
        asked = self._pairs(third)
        self.assertTrue(asked)
        self._as(pair).action_merge()
        self.assertEqual(later.state, "duplicate")
        self.assertNotEqual(self._pairs(third).other_inbound_id, later)

    # === FROM THE WRONG SIDE === #

    def test_two_people_decide_at_once_and_the_second_is_told(self):
        _first, _later, pair = self._ask()
        self._as(pair).action_keep()
        with self.assertRaisesRegex(UserError, "Both Kept"):
            self._as(pair, self.supervisor).action_merge()

    def test_a_salesperson_neither_sees_nor_decides(self):
        _first, _later, pair = self._ask()
        for method in ("action_merge", "action_keep", "action_undo"):
            with self.subTest(method), self.assertRaises(AccessError):
                getattr(self._as(pair, self.sales), method)()
        with self.assertRaises(AccessError):
            self._as(pair, self.sales).read(["score"])

    def test_nobody_writes_pairs_or_decisions_directly(self):
        _first, later, pair = self._ask()
        boss = self._user("hub_boss", "order_hub.order_hub_group_configurator")
        with self.assertRaises(AccessError):
            self._as(pair, boss).write({"state": "kept"})
        with self.assertRaises(AccessError):
            self._as(self.env["order.hub.duplicate"], boss).create(
                {"inbound_id": later.id}
            )
        self._as(pair).action_keep()
        with self.assertRaises(UserError):
            pair.decision_ids.sudo().write({"decision": "merged"})
        with self.assertRaises(UserError):
            pair.decision_ids.sudo().unlink()

    def test_another_company_sees_no_repeats(self):
        _first, _later, pair = self._ask()
        company = self.env["res.company"].create({"name": "Abroad Ltd."})
        foreign = self._user("hub_foreign", "order_hub.order_hub_group_supervisor")
        foreign.write({"company_ids": company.ids, "company_id": company.id})
        Duplicate = self._as(self.env["order.hub.duplicate"], foreign)
        self.assertFalse(Duplicate.search([("id", "=", pair.id)]))
        with self.assertRaises(AccessError):
            self._as(pair, foreign).action_keep()

    # === THE SCREEN === #

    def test_the_screen_shows_both_and_marks_what_differs(self):
        _first, _later, pair = self._ask(goods={self.product: 10, self.nut: 1})
        shown = self._as(pair).comparison
        lines = {row["label"]: row for row in shown["lines"]}
        knuckle = lines[self.product.display_name]
        self.assertEqual((knuckle["left"], knuckle["right"]), (10, 12))
        self.assertFalse(knuckle["same"])
        self.assertIsNone(lines[self.nut.display_name]["right"])
        self.assertEqual(shown["left"]["channel"], "Chat")
        self.assertEqual(shown["right"]["channel"], "Shop")
        total = sum(row["points"] for row in shown["points"])
        self.assertAlmostEqual(total, shown["score"])

    def test_working_off_the_list_opens_the_next_pair(self):
        _first, _later, pair = self._ask()
        third = self._take(self.chat, "C-2")
        action = self._as(pair).with_context(order_hub_work_off=True).action_keep()
        self.assertEqual(action["res_id"], self._pairs(third).id)

    # === COST === #

    def test_fifty_repeats_cost_no_more_queries_than_one(self):
        partners = self.env["res.partner"].create(
            [{"name": f"Dealer {n}", "phone": f"1390000{n:04}"} for n in range(51)]
        )
        shop = [self._payload(f"S-{n}", partner=p) for n, p in enumerate(partners)]
        self._receive(self.shop, *shop)
        self.assertLessEqual(self._cost(partners[:1], "one"), STEP_QUERIES)
        self.assertLessEqual(self._cost(partners[1:], "many"), STEP_QUERIES)

    def _cost(self, partners, prefix):
        """Return the queries of the step alone, for one chat message a partner."""
        rows = self.env["order.hub.inbound"].sudo()
        for n, partner in enumerate(partners):
            payload = self._payload(f"{prefix}-{n}", partner=partner)
            rows |= self._store_only(payload)
        works = rows._works()
        acting = rows._acting(self.chat)
        acting._step_map(self.chat, works)
        cost = self._queries(lambda: acting._step_duplicates(self.chat, works))
        self.assertTrue(all(work.is_blocked for work in works))
        return cost

    def _store_only(self, payload):
        Inbound = self.env["order.hub.inbound"].sudo()
        raw = json.dumps(payload).encode()
        message = Message("order", payload["external_ref"], raw)
        return Inbound.browse(Inbound._receive(self.chat, [message])["new"])


#: Candidates, facts, waiting ones, decided ones, two writes, and what reading the
#: channel, its stand-in and the customers takes on a cold cache.
STEP_QUERIES = 16
