from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import OrderHubCommon


class ApprovalCommon(OrderHubCommon):
    """Three levels: the team lead from 1,000, a department from 5,000, the boss."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead = cls._user("apv_lead", "order_hub.order_hub_group_user")
        cls.head = cls._user("apv_head", "order_hub.order_hub_group_user")
        cls.boss = cls._user("apv_boss", "order_hub.order_hub_group_user")
        cls.deputy = cls._user("apv_deputy", "order_hub.order_hub_group_user")
        cls.manager = cls._user("apv_manager", "order_hub.order_hub_group_manager")
        cls.team = cls.env["crm.team"].create({"name": "East", "user_id": cls.lead.id})
        cls.policy = cls.env["order.hub.approval.policy"].create(
            {
                "name": "Three levels",
                "level_ids": [
                    cls._level("Team lead", 1, 1000, is_team_leader=True),
                    cls._level("Department", 2, 5000, user_ids=cls.head.ids),
                    cls._level("Management", 3, 10000, user_ids=cls.boss.ids),
                ],
            }
        )
        cls.levels = cls.policy.level_ids

    @classmethod
    def _level(cls, name, sequence, amount, **vals):
        if "user_ids" in vals:
            vals["user_ids"] = [Command.set(vals["user_ids"])]
        return Command.create(
            {"name": name, "sequence": sequence, "amount_from": amount, **vals}
        )

    def _big(self, quantity=100, **vals):
        """An order of 16,000 for 100 pieces: all three levels."""
        return self._order(quantity, team_id=self.team.id, **vals)

    def _asked(self, order=None, user=None):
        """Ask for an order as its salesperson and return the request."""
        order = order or self._big()
        order.with_user(user or self.sales).action_hub_ask_approval()
        return order.hub_approval_id

    def _approve(self, request, *users):
        for user in users:
            request.with_user(user).action_approve()

    def _approved(self, order=None):
        request = self._asked(order)
        self._approve(request, self.lead, self.head, self.boss)
        return request

    def _todo_users(self, request):
        return request._todos().user_id


@tagged("post_install", "-at_install")
class TestAsking(ApprovalCommon):
    def test_amounts_say_which_levels_an_order_needs(self):
        for quantity, names in (
            (6, []),
            (7, ["Team lead"]),
            (31, ["Team lead"]),
            (32, ["Team lead", "Department"]),
            (100, ["Team lead", "Department", "Management"]),
        ):
            request = self._asked(self._big(quantity))
            self.assertEqual(request.step_ids.mapped("name"), names)

    def test_the_reader_is_told_who_approves_and_why(self):
        decision = self._decision(self._big(32))
        self.assertEqual(decision.chosen_text, "Team lead and Department")
        self.assertIn("5,120.00", decision.because_text)
        self.assertIn("Not Management: under", decision.because_text)
        free = self._decision(self._big(6))
        self.assertEqual(free.chosen_text, "Nobody has to approve")
        self.assertIn("under", free.because_text)

    def _decision(self, order):
        found = self.env["order.hub.decision"]._in_force(order, ["approval"])
        return found[order.id, "approval"]

    def test_a_policy_counts_for_its_order_types_only(self):
        other = self.env["order.hub.order.type"].create(
            {"name": "Sample", "code": "apv_sample"}
        )
        self.policy.order_type_ids = other
        order = self._big()
        self.assertFalse(order.hub_can_ask_approval)
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_who_presses_confirm_is_told_who_approves_and_what_to_do(self):
        order = self._big().with_user(self.sales)
        with self.assertRaises(UserError) as refused:
            order.action_confirm()
        message = str(refused.exception)
        for words in ("Team lead", "apv_head", "apv_boss", "Ask for Approval"):
            self.assertIn(words, message)
        self.assertEqual(order.state, "draft")

    def test_who_presses_confirm_while_it_waits_is_told_for_whom(self):
        request = self._asked()
        with self.assertRaisesRegex(UserError, "waits for Team lead"):
            request.order_id.action_confirm()

    def test_asking_gives_the_first_level_a_to_do_and_nobody_else(self):
        request = self._asked()
        self.assertEqual(self._todo_users(request), self.lead)
        self.assertEqual(request.current_step_id.name, "Team lead")
        self.assertEqual(request.round, 1)
        self.assertEqual(request.asked_by_id, self.sales)

    def test_asking_twice_is_asking_once(self):
        request = self._asked()
        self._asked(request.order_id)
        self.assertEqual(request.order_id.hub_approval_ids, request)

    def test_an_order_under_the_limits_is_free_at_once(self):
        order = self._big(6)
        self._asked(order)
        self.assertEqual(order.hub_approval_state, "free")
        order.with_user(self.sales).action_confirm()

    def test_a_cancelled_or_empty_order_is_not_asked_for(self):
        order = self._big()
        order._action_cancel()
        with self.assertRaisesRegex(UserError, "is cancelled"):
            self._asked(order)
        empty = self.env["sale.order"].create({"partner_id": self.partner.id})
        with self.assertRaisesRegex(UserError, "no lines"):
            empty.action_hub_ask_approval()

    def test_whoever_may_not_change_the_order_does_not_ask(self):
        order = self._big()
        with self.assertRaises(AccessError):
            order.with_user(self.user).action_hub_ask_approval()

    def test_the_company_currency_counts(self):
        euro = self.env["res.currency"].create(
            {
                "name": "XAP",
                "symbol": "¤",
                "rate_ids": [Command.create({"rate": 100.0})],
            }
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "Foreign", "currency_id": euro.id}
        )
        order = self._big(pricelist_id=pricelist.id)
        order.order_line.price_unit = 160
        self.assertFalse(order._hub_need())
        order.order_line.price_unit = 16000
        self.assertEqual(len(order._hub_need().keys), 3)

    def test_a_policy_is_checked_when_it_is_saved(self):
        Policy = self.env["order.hub.approval.policy"]
        levels = [self._level("Boss", 1, 0, user_ids=self.boss.ids)]
        with self.assertRaisesRegex(ValidationError, "would never count"):
            Policy.create({"name": "Hidden", "sequence": 99, "level_ids": levels})
        with self.assertRaisesRegex(ValidationError, "has no level"):
            Policy.create({"name": "Empty", "sequence": 1, "level_ids": []})
        with self.assertRaisesRegex(ValidationError, "Nobody can decide"):
            self.levels[1].user_ids = False
        with self.assertRaisesRegex(ValidationError, "below zero"):
            self.levels[1].amount_from = -1


@tagged("post_install", "-at_install")
class TestDeciding(ApprovalCommon):
    def test_levels_decide_one_after_the_other(self):
        request = self._asked()
        for user, name in (
            (self.lead, "Department"),
            (self.head, "Management"),
        ):
            self._approve(request, user)
            self.assertEqual(request.current_step_id.name, name)
            self.assertEqual(request.state, "waiting")
        self._approve(request, self.boss)
        self.assertEqual(request.state, "approved")
        self.assertEqual(request.order_id.hub_approval_state, "approved")
        decided = request.decision_ids.sorted("id")
        self.assertEqual(decided.user_id, self.lead | self.head | self.boss)
        self.assertEqual(set(decided.mapped("fingerprint")), {request.fingerprint})

    def test_to_dos_pass_on_and_end_by_themselves(self):
        request = self._asked()
        self._approve(request, self.lead)
        self.assertEqual(self._todo_users(request), self.head)
        self._approve(request, self.head, self.boss)
        self.assertFalse(request._todos())

    def test_a_later_level_does_not_decide_first(self):
        request = self._asked()
        with self.assertRaises(AccessError):
            request.with_user(self.boss).action_approve()
        with self.assertRaisesRegex(AccessError, "not your turn"):
            request.with_user(self.supervisor).action_approve()
        self.assertFalse(request.decision_ids)

    def test_a_level_is_decided_once(self):
        request = self._asked()
        self._approve(request, self.lead)
        with self.assertRaises(UserError):
            request.with_user(self.lead).action_approve()
        self._approve(request, self.head, self.boss)
        with self.assertRaisesRegex(UserError, "no longer waits"):
            request.with_user(self.boss).action_reject("too late")
        self.assertEqual(len(request.decision_ids), 3)

    def test_the_database_keeps_a_level_from_being_decided_twice(self):
        request = self._asked()
        self._approve(request, self.lead)
        row = {
            "approval_id": request.id,
            "step_id": request.step_ids[0].id,
            "order_id": request.order_id.id,
            "verdict": "approve",
        }
        with (
            self.assertRaises(Exception),  # noqa: B017
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.env["order.hub.approval.decision"]._keep([row])

    def test_deciding_locks_order_and_request(self):
        request = self._asked()
        asked = []
        execute = type(self.cr).execute

        def listen(cursor, query, *args, **kwargs):
            asked.append(getattr(query, "code", query))
            return execute(cursor, query, *args, **kwargs)

        with patch.object(type(self.cr), "execute", listen):
            self._approve(request, self.lead)
        locks = [code for code in asked if "FOR " in code and "UPDATE" in code]
        self.assertIn("FROM sale_order ", locks[0])
        self.assertIn("FROM order_hub_approval ", locks[1])

    def test_rejecting_wants_a_reason_and_says_it(self):
        request = self._asked()
        for reason in (None, "", "   ", 5):
            with self.assertRaisesRegex(UserError, "Say why"):
                request.with_user(self.lead).action_reject(reason)
        request.with_user(self.lead).action_reject("Margin too low")
        order = request.order_id
        self.assertEqual(order.hub_approval_state, "rejected")
        self.assertIn("Margin too low", order.hub_approval_text)
        self.assertFalse(request._todos())
        self.assertEqual(set(request.step_ids[1:].mapped("state")), {"dropped"})
        with self.assertRaisesRegex(UserError, "Margin too low"):
            order.action_confirm()

    def test_a_rejected_order_that_was_changed_is_asked_for_again(self):
        request = self._asked()
        request.with_user(self.lead).action_reject("Margin too low")
        order = request.order_id
        order.order_line.price_unit = 170
        self.assertTrue(order.hub_can_ask_approval)
        again = self._asked(order)
        self.assertEqual(again.round, 2)
        self.assertEqual(again.state, "waiting")

    def test_the_reason_is_asked_for_in_a_window(self):
        request = self._asked()
        action = request.with_user(self.lead).action_ask_reject()
        wizard = self.env[action["res_model"]].with_user(self.lead)
        window = wizard.with_context(**action["context"]).create({"reason": "No"})
        window.action_decide()
        self.assertEqual(request.state, "rejected")
        self.assertEqual(request.decision_ids.user_id, self.lead)

    def test_an_approver_may_leave_a_note(self):
        request = self._asked()
        action = request.with_user(self.lead).action_ask_approve()
        wizard = self.env[action["res_model"]].with_user(self.lead)
        window = wizard.with_context(**action["context"]).create({"reason": "Fine"})
        window.action_decide()
        self.assertEqual(request.decision_ids.reason, "Fine")
        self.assertIn("Fine", request.step_ids[0].decided_text)

    def test_the_salesperson_never_approves_the_own_order(self):
        self.levels[0].user_ids = self.sales
        request = self._asked()
        with self.assertRaisesRegex(AccessError, "You sell order"):
            request.with_user(self.sales).action_approve()
        request.order_id.user_id = self.supervisor
        with self.assertRaisesRegex(AccessError, "You sell order"):
            request.with_user(self.sales).action_approve()

    def test_a_level_that_nobody_else_may_decide_is_left_to_the_next(self):
        self.team.user_id = self.sales
        request = self._asked()
        self.assertEqual(
            request.step_ids.mapped("state"), ["skipped", "current", "waiting"]
        )
        self.assertEqual(self._todo_users(request), self.head)

    def test_a_last_level_without_anybody_is_the_managers(self):
        self.levels[2].user_ids = self.sales
        request = self._asked()
        self._approve(request, self.lead, self.head)
        self.assertIn(self.manager, request.current_step_id.approver_ids)
        self._approve(request, self.manager)
        self.assertEqual(request.state, "approved")

    def test_one_person_decides_one_level_unless_the_policy_allows(self):
        self.levels[1].user_ids = self.head | self.lead
        request = self._asked()
        self._approve(request, self.lead)
        with self.assertRaisesRegex(AccessError, "wants another person"):
            request.with_user(self.lead).action_approve()
        self.policy.one_may_decide_several = True
        other = self._asked(self._big())
        self._approve(other, self.lead, self.lead)
        self.assertEqual(other.current_step_id.name, "Management")

    def test_a_group_decides(self):
        group = self.env["res.groups"].create(
            {"name": "Directors", "user_ids": [Command.link(self.deputy.id)]}
        )
        self.levels[0].write({"group_id": group.id, "is_team_leader": False})
        request = self._asked()
        self._approve(request, self.deputy)
        self.assertEqual(request.current_step_id.name, "Department")

    def test_a_change_of_the_policy_reaches_what_waits(self):
        request = self._asked()
        self.levels[0].user_ids = self.deputy
        self.assertEqual(self._todo_users(request), self.lead | self.deputy)
        self._approve(request, self.deputy)

    def test_the_salesperson_is_told_how_it_came_out(self):
        request = self._asked()
        request.with_user(self.lead).action_reject("Margin too low")
        message = self.env["mail.message"].search(
            [("model", "=", "sale.order"), ("res_id", "=", request.order_id.id)],
            limit=1,
        )
        self.assertIn("Margin too low", message.body)
        self.assertIn(self.sales.partner_id, message.partner_ids)

    def test_several_orders_are_approved_at_once(self):
        requests = self.env["order.hub.approval"].browse()
        for _number in range(3):
            requests |= self._asked(self._big())
        requests.with_user(self.lead).action_approve()
        self.assertEqual(set(requests.current_step_id.mapped("name")), {"Department"})


@tagged("post_install", "-at_install")
class TestDeputies(ApprovalCommon):
    def _away(self, user=None, begin=-1, end=1, deputy=None, **vals):
        now = fields.Datetime.now()
        return self.env["order.hub.approval.delegation"].create(
            {
                "user_id": (user or self.lead).id,
                "delegate_id": (deputy or self.deputy).id,
                "date_from": now + timedelta(hours=begin),
                "date_to": now + timedelta(hours=end),
                **vals,
            }
        )

    def test_a_deputy_decides_and_it_is_kept_for_whom(self):
        self._away()
        request = self._asked()
        self.assertIn(self.deputy, self._todo_users(request))
        self.assertTrue(request.with_user(self.deputy).can_decide)
        self._approve(request, self.deputy)
        self.assertEqual(request.decision_ids.user_id, self.deputy)
        self.assertEqual(request.decision_ids.on_behalf_id, self.lead)

    def test_a_deputy_named_later_gets_what_waits(self):
        request = self._asked()
        self._away()
        self.assertEqual(self._todo_users(request), self.lead | self.deputy)

    def test_outside_of_the_dates_a_deputy_is_nobody(self):
        self._away(begin=-3, end=-1)
        self._away(begin=1, end=3)
        request = self._asked()
        with self.assertRaises(AccessError):
            request.with_user(self.deputy).action_approve()
        self.assertFalse(request.with_user(self.deputy).has_access("read"))

    def test_deputies_of_deputies_are_not_followed(self):
        self._away(deputy=self.head)
        row = self._away(user=self.head, deputy=self.deputy)
        self.assertTrue(self._away(deputy=self.head).warning)
        self.assertFalse(row.warning)
        request = self._asked()
        with self.assertRaises(AccessError):
            request.with_user(self.deputy).action_approve()

    def test_a_deputy_does_not_decide_two_levels(self):
        self._away()
        self._away(user=self.head)
        request = self._asked()
        self._approve(request, self.deputy)
        with self.assertRaisesRegex(AccessError, "wants another person"):
            request.with_user(self.deputy).action_approve()

    def test_the_salesperson_is_nobodys_deputy_on_the_own_order(self):
        self._away(deputy=self.sales)
        request = self._asked()
        with self.assertRaisesRegex(AccessError, "You sell order"):
            request.with_user(self.sales).action_approve()

    def test_nobody_decides_for_an_absent_salesperson(self):
        self.levels[0].user_ids = self.sales
        self._away(user=self.sales)
        request = self._asked()
        with self.assertRaises(AccessError):
            request.with_user(self.deputy).action_approve()

    def test_only_the_approver_or_a_manager_names_a_deputy(self):
        Row = self.env["order.hub.approval.delegation"]
        now = fields.Datetime.now()
        vals = {
            "user_id": self.boss.id,
            "delegate_id": self.sales.id,
            "date_from": now,
            "date_to": now + timedelta(days=1),
        }
        with self.assertRaises(AccessError):
            Row.with_user(self.sales).create(vals)
        self.assertEqual(Row.with_user(self.boss).create(vals).state, "now")
        row = Row.with_user(self.manager).create({**vals, "user_id": self.head.id})
        with self.assertRaises(AccessError):
            row.with_user(self.sales).write({"date_to": now + timedelta(days=9)})
        mine = Row.with_user(self.deputy).create({**vals, "user_id": self.deputy.id})
        with self.assertRaises(AccessError):
            mine.write({"user_id": self.boss.id})
        result = Row.with_user(self.sales).load(
            ["user_id/.id", "delegate_id/.id", "date_from", "date_to"],
            [
                [
                    str(self.boss.id),
                    str(self.sales.id),
                    str(now),
                    str(now + timedelta(days=1)),
                ]
            ],
        )
        self.assertFalse(result["ids"])

    def test_a_deputy_row_makes_sense(self):
        with self.assertRaisesRegex(ValidationError, "own deputy"):
            self._away(deputy=self.lead)
        with self.assertRaisesRegex(ValidationError, "ends before"):
            self._away(begin=2, end=1)
        stranger = self._user("apv_stranger", "base.group_user")
        with self.assertRaisesRegex(ValidationError, "does not work with"):
            self._away(deputy=stranger)

    def test_states_of_deputies_are_found(self):
        rows = {
            "over": self._away(begin=-3, end=-1),
            "now": self._away(),
            "planned": self._away(begin=1, end=3),
        }
        Row = self.env["order.hub.approval.delegation"]
        for state, row in rows.items():
            self.assertEqual(row.state, state)
            found = Row.search([("state", "=", state), ("user_id", "=", self.lead.id)])
            self.assertEqual(found, row)


@tagged("post_install", "-at_install")
class TestContentChanges(ApprovalCommon):
    def test_a_change_of_anything_that_was_agreed_asks_again(self):
        other = self._product("Hub", "HUB-1")
        taxed = self.env["account.tax"].create({"name": "Apv", "amount": 3})
        term = self.env["account.payment.term"].create({"name": "Apv 90 days"})
        partner = self.env["res.partner"].create({"name": "Somebody else"})
        changes = [
            lambda o: o.write({"partner_id": partner.id}),
            lambda o: o.write({"partner_invoice_id": partner.id}),
            lambda o: o.write({"partner_shipping_id": partner.id}),
            lambda o: o.write({"commitment_date": "2031-01-01 10:00:00"}),
            lambda o: o.write({"payment_term_id": term.id}),
            lambda o: o.order_line.write({"product_uom_qty": 101}),
            lambda o: o.order_line.write({"product_uom_qty": 99}),
            lambda o: o.order_line.write({"price_unit": 159}),
            lambda o: o.order_line.write({"discount": 1}),
            lambda o: o.order_line.write({"tax_ids": [Command.link(taxed.id)]}),
            lambda o: o.write(
                {"order_line": [Command.update(o.order_line.id, {"price_unit": 1e4})]}
            ),
            lambda o: o.write(
                {"order_line": [Command.create({"product_id": other.id})]}
            ),
            lambda o: o.env["sale.order.line"].create(
                {"order_id": o.id, "product_id": other.id}
            ),
        ]
        for change in changes:
            request = self._approved()
            order = request.order_id
            change(order)
            self.assertEqual(request.state, "superseded")
            self.assertEqual(order.hub_approval_state, "waiting")
            self.assertEqual(order.hub_approval_id.round, 2)
            with self.assertRaises(UserError):
                order.action_confirm()

    def test_what_nobody_agreed_on_does_not_ask_again(self):
        request = self._approved()
        order = request.order_id
        order.write({"client_order_ref": "PO-1", "note": "Ring twice"})
        order.order_line.name = "Steering knuckle, left"
        self.env["sale.order.line"].create(
            {"order_id": order.id, "display_type": "line_note", "name": "Thank you"}
        )
        self.assertEqual(order.hub_approval_state, "approved")
        order.action_confirm()

    def test_a_change_back_makes_the_approval_valid_again(self):
        request = self._approved()
        order = request.order_id
        order.order_line.price_unit = 150
        second = order.hub_approval_id
        order.order_line.price_unit = 160
        self.assertEqual(order.hub_approval_id, request)
        self.assertEqual(request.state, "approved")
        self.assertEqual(second.state, "superseded")
        self.assertFalse(second._todos())
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_a_stale_screen_does_not_approve_what_it_did_not_show(self):
        request = self._asked()
        request.order_id.order_line.price_unit = 1
        self.assertEqual(request.state, "superseded")
        with self.assertRaisesRegex(UserError, "no longer waits"):
            request.with_user(self.lead).action_approve()

    def test_a_change_that_no_hook_saw_is_found_when_deciding(self):
        request = self._asked()
        self.env.flush_all()
        self.cr.execute(
            "UPDATE sale_order_line SET price_unit = 1 WHERE order_id = %s",
            [request.order_id.id],
        )
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "is not as it was"):
            request.with_user(self.lead).action_approve()

    def test_an_order_that_falls_below_the_limits_is_free(self):
        request = self._asked()
        order = request.order_id
        order.order_line.product_uom_qty = 1
        self.assertEqual(request.state, "superseded")
        self.assertEqual(order.hub_approval_state, "free")
        order.action_confirm()

    def test_a_confirmed_order_that_is_changed_stops_until_approved(self):
        order = self._approved().order_id
        order.action_confirm()
        order.with_user(self.sales).order_line.write({"price_unit": 120})
        [hold] = order.hub_exception_ids.filtered(lambda h: h.state == "open")
        self.assertEqual(hold.kind_id.code, "approval")
        self.assertTrue(order.hub_is_held)
        with self.assertRaisesRegex(UserError, "On hold"):
            order.write({"hub_stage_id": self.preparing.id})
        self._approve(order.hub_approval_id, self.lead, self.head, self.boss)
        self.assertEqual(hold.state, "solved")
        self.assertFalse(order.hub_is_held)

    def test_a_confirmed_order_goes_on_when_the_change_is_taken_back(self):
        order = self._approved().order_id
        order.action_confirm()
        order.order_line.price_unit = 120
        self.assertTrue(order.hub_is_held)
        order.order_line.price_unit = 160
        self.assertFalse(order.hub_is_held)

    def test_a_rejected_change_leaves_the_hold_with_what_can_be_done(self):
        order = self._approved().order_id
        order.action_confirm()
        order.order_line.price_unit = 120
        order.hub_approval_id.with_user(self.lead).action_reject("Too cheap")
        hold = order.hub_exception_ids.filtered(lambda h: h.state == "open")
        self.assertIn("Take the change back", hold.description)
        self.assertIn("Too cheap", hold.description)
        self.assertTrue(order.hub_is_held)

    def test_an_order_that_grows_past_the_limit_after_confirming_is_asked_for(self):
        order = self._big(6)
        order.action_confirm()
        self.assertFalse(order.hub_is_held)
        order.order_line.product_uom_qty = 100
        self.assertTrue(order.hub_is_held)
        self.assertEqual(order.hub_approval_state, "waiting")

    def test_the_hold_of_a_change_is_not_lifted_by_hand(self):
        order = self._approved().order_id
        order.action_confirm()
        order.order_line.price_unit = 120
        hold = order.hub_exception_ids.filtered(lambda h: h.state == "open")
        hold.sudo().owner_id = self.sales
        other = self.env.ref("order_hub.exception_kind_amount")
        for user in (self.sales, self.supervisor):
            mine = hold.with_user(user)
            for attempt in (
                mine.action_solve,
                mine.action_drop,
                lambda m=mine: m.write({"is_blocking": False}),
                lambda m=mine: m.write({"kind_id": other.id}),
                lambda m=mine: m.write({"is_automatic": False}),
            ):
                with self.assertRaises(UserError):
                    attempt()
        self.assertTrue(order.hub_is_held)

    def test_the_approver_sees_what_changed_since_it_was_approved(self):
        order = self._approved().order_id
        order.order_line.price_unit = 120
        text = str(order.hub_approval_id.change_html)
        self.assertIn("160.00", text)
        self.assertIn("120.00", text)
        self.assertIn("Steering knuckle", text)

    def test_cancelling_keeps_the_history_and_asks_no_more(self):
        request = self._asked()
        self._approve(request, self.lead)
        order = request.order_id
        order._action_cancel()
        self.assertEqual(request.state, "withdrawn")
        self.assertFalse(request._todos())
        self.assertEqual(len(request.decision_ids), 1)
        with self.assertRaisesRegex(UserError, "no longer waits"):
            request.with_user(self.head).action_approve()
        order.action_draft()
        self.assertFalse(order.hub_approval_state)
        with self.assertRaises(UserError):
            order.action_confirm()

    def test_a_reopened_order_is_approved_if_it_is_what_was_approved(self):
        for changed in (False, True):
            order = self._approved().order_id
            order._action_cancel()
            order.action_draft()
            self.assertEqual(order.hub_approval_state, "approved")
            if changed:
                order.order_line.price_unit = 1000
                with self.assertRaises(UserError):
                    order.action_confirm()
            else:
                order.action_confirm()

    def test_changes_while_it_is_cancelled_do_not_slip_through(self):
        order = self._approved().order_id
        order._action_cancel()
        order.order_line.price_unit = 1000
        order.action_draft()
        self.assertFalse(order.hub_approval_state)
        with self.assertRaises(UserError):
            order.action_confirm()

    def test_a_copy_starts_without_approvals(self):
        order = self._approved().order_id
        order.hub_confirm_wanted = True
        copy = order.copy()
        self.assertFalse(copy.hub_approval_ids)
        self.assertFalse(copy.hub_approval_id)
        self.assertFalse(copy.hub_approval_state)
        self.assertFalse(copy.hub_confirm_wanted)
        with self.assertRaises(UserError):
            copy.action_confirm()

    def test_an_order_that_was_decided_about_is_not_deleted(self):
        request = self._asked()
        undecided = self._asked(self._big())
        todos = undecided._todos()
        self._approve(request, self.lead)
        with self.assertRaisesRegex(UserError, "cannot be deleted"):
            request.order_id.unlink()
        undecided.order_id.unlink()
        self.assertFalse(undecided.exists())
        self.assertFalse(todos.exists())


@tagged("post_install", "-at_install")
class TestPaths(ApprovalCommon):
    """What routing decides about approval, written as the hub does it."""

    def _path(self, order, path, approver=None):
        values = {"hub_approval_path": path, "hub_approver_id": approver}
        self.env["order.hub.writer"]._update(order, {order.id: values})
        order._hub_keep_relief(True)

    def test_no_approval_confirms_at_once(self):
        order = self._big()
        self._path(order, "none")
        order.with_user(self.sales).action_confirm()
        self.assertEqual(order.state, "sale")

    def test_a_named_approver_decides_alone(self):
        order = self._big()
        self._path(order, "short", self.boss.id)
        request = self._asked(order)
        self.assertEqual(self._todo_users(request), self.boss)
        with self.assertRaises(AccessError):
            request.with_user(self.lead).action_approve()
        self._approve(request, self.boss)
        self.assertEqual(request.state, "approved")

    def test_a_shorter_way_holds_up_to_the_amount_it_was_decided_on(self):
        order = self._big()
        self._path(order, "none")
        order.action_confirm()
        order.order_line.price_unit = 159
        self.assertFalse(order.hub_is_held)
        order.order_line.price_unit = 161
        self.assertTrue(order.hub_is_held)
        self.assertEqual(len(order.hub_approval_id.step_ids), 3)

    def test_all_levels_are_good_for_one_approver(self):
        order = self._approved().order_id
        self._path(order, "short", self.boss.id)
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_one_approver_is_not_good_for_all_levels(self):
        order = self._big()
        self._path(order, "short", self.boss.id)
        self._approve(self._asked(order), self.boss)
        self._path(order, "full")
        with self.assertRaises(UserError):
            order.action_confirm()


@tagged("post_install", "-at_install")
class TestConfirming(ApprovalCommon):
    """Whatever the road, an order without its approval is not confirmed."""

    def test_writing_the_state_confirms_nothing(self):
        order = self._big()
        for user in (self.sales, self.supervisor):
            with self.assertRaises(UserError):
                order.with_user(user).write({"state": "sale"})
        with self.assertRaises(UserError):
            order.sudo().write({"state": "sale"})

    def test_creating_a_confirmed_order_confirms_nothing(self):
        vals = self._big().copy_data()[0]
        with self.assertRaises(UserError) as caught, self.env.cr.savepoint():
            self.env["sale.order"].create({**vals, "state": "sale"})
        self.assertIn("has to be approved by", str(caught.exception))
        self.assertIn("as quotations", str(caught.exception))

    def test_importing_a_confirmed_order_confirms_nothing(self):
        names = [
            "partner_id/.id",
            "state",
            "order_line/product_id/.id",
            "order_line/product_uom_qty",
        ]
        row = [str(self.partner.id), "sale", str(self.product.id), "100"]
        imported = self.env["sale.order"].with_user(self.supervisor)
        result = imported.with_context(import_file=True).load(names, [row])
        self.assertFalse(result["ids"])
        message = result["messages"][-1]["message"]
        self.assertIn("has to be approved by", message)
        self.assertIn("import such orders as quotations", message)

    def test_context_keys_open_no_door(self):
        order = self._big()
        keys = {
            "order_hub_checked": [order.id],
            "order_hub_routing": True,
            "order_hub_defer": True,
            "order_hub_source": "cron",
            "default_hub_approval_state": "approved",
            "default_hub_approval_path": "none",
            "hub_approval_state": "approved",
            "skip_approval": True,
        }
        for road in (
            lambda o: o.action_confirm(),
            lambda o: o.write({"state": "sale"}),
        ):
            with self.assertRaises(UserError):
                road(order.with_user(self.sales).with_context(**keys))

    def test_default_keys_approve_no_new_order(self):
        keys = {
            "default_hub_approval_state": "approved",
            "default_hub_approval_path": "none",
            "default_hub_approval_up_to": 1e9,
        }
        vals = self._big().copy_data()[0]
        Order = self.env["sale.order"].with_user(self.sales).with_context(**keys)
        try:
            order = Order.create(vals)
        except UserError:
            return
        with self.assertRaises(UserError):
            order.with_context(**keys).action_confirm()

    def test_a_stage_that_confirms_the_sale_is_refused_to_a_person(self):
        self.env["order.hub.stage.action"].create(
            {"stage_id": self.preparing.id, "kind": "confirm_sale"}
        )
        order = self._big()
        with self.assertRaises(UserError):
            order.with_user(self.supervisor).write({"hub_stage_id": self.preparing.id})
        self.assertEqual(order.state, "draft")

    def test_a_stage_that_confirms_the_sale_asks_where_nobody_waits(self):
        self.received.trigger = False
        stage = self.env["order.hub.stage"].create(
            {
                "flow_id": self.flow.id,
                "name": "Paid",
                "milestone": "received",
                "sequence": 1,
                "trigger": "prepaid",
            }
        )
        stage.sequence = 2
        (self.approved | self.preparing | self.shipped | self.signed).sequence = 9
        self.env["order.hub.stage.action"].create(
            {"stage_id": stage.id, "kind": "confirm_sale"}
        )
        order = self._big()
        order.hub_amount_prepaid = 16000
        self.assertEqual(order.state, "draft")
        self.assertEqual(order.hub_approval_state, "waiting")
        self._approve(order.hub_approval_id, self.lead, self.head, self.boss)
        self.assertEqual(order.state, "sale")

    def test_a_signature_in_the_portal_asks_and_is_confirmed_when_approved(self):
        order = self._big()
        order.write({"signed_by": "Ms Wang", "signed_on": fields.Datetime.now()})
        order._validate_order()
        self.assertEqual(order.state, "draft")
        self.assertEqual(order.hub_approval_state, "waiting")
        [problem] = order.hub_exception_ids
        self.assertEqual(problem.kind_id.code, "confirm")
        self._approve(order.hub_approval_id, self.lead, self.head, self.boss)
        self.assertEqual(order.state, "sale")
        self.assertEqual(problem.state, "solved")

    def test_an_order_of_the_api_asks_and_is_confirmed_when_approved(self):
        self.levels[0].user_ids = self.lead
        channel = self.env["order.hub.channel"].create(
            {"name": "Shop", "code": "apv_shop", "company_id": self.company.id}
        )
        self.env["order.hub.channel.partner"].create(
            {
                "channel_id": channel.id,
                "external_ref": "C-1",
                "partner_id": self.partner.id,
            }
        )
        answer = (
            self.env["order.hub.api"]
            .with_user(self.supervisor)
            .submit_order(
                {
                    "channel": channel.code,
                    "external_ref": "A-1",
                    "customer": {"external_ref": "C-1"},
                    "lines": [
                        {
                            "sku": self.product.default_code,
                            "quantity": 100,
                            "unit_price": 160,
                        }
                    ],
                    "confirm": True,
                }
            )
        )
        self.assertTrue(answer["ok"], answer)
        order = self.env["sale.order"].browse(answer["id"])
        self.assertEqual(order.state, "draft")
        self.assertEqual(order.hub_approval_state, "waiting")
        self._approve(order.hub_approval_id, self.lead, self.head, self.boss)
        self.assertEqual(order.state, "sale")

    def test_a_confirmation_that_a_person_wished_for_comes_with_the_approval(self):
        order = self._big()
        order.with_user(self.sales).hub_confirm_wanted = True
        self._approved(order)
        self.assertEqual(order.state, "sale")

    def test_without_that_wish_an_approved_order_stays_a_quotation(self):
        order = self._approved().order_id
        self.assertEqual(order.state, "draft")

    def test_what_else_stands_against_it_becomes_a_problem_not_a_confirmation(self):
        self._gate(
            self.approved, "domain", domain="[('client_order_ref', '!=', False)]"
        )
        order = self._big()
        order.hub_confirm_wanted = True
        request = self._approved(order)
        self.assertEqual(request.state, "approved")
        self.assertEqual(order.state, "draft")
        self.assertEqual(order.hub_exception_ids.kind_id.code, "confirm")

    def test_a_stage_entered_when_approved_is_entered(self):
        self.approved.trigger = "approved"
        order = self._approved().order_id
        self.assertEqual(order.hub_stage_id, self.approved)
        waiting = self._asked(self._big()).order_id
        self.assertEqual(waiting.hub_stage_id, self.received)

    def test_when_the_policy_is_gone_nothing_waits(self):
        request = self._asked()
        self.policy.active = False
        request.order_id.action_confirm()
        self.assertEqual(request.state, "withdrawn")


@tagged("post_install", "-at_install")
class TestForging(ApprovalCommon):
    """A salesperson with an API key tries everything."""

    def test_approval_columns_of_an_order_are_not_written(self):
        order = self._big()
        forged = {
            "hub_approval_state": "approved",
            "hub_approval_id": False,
            "hub_approval_path": "none",
            "hub_approver_id": self.sales.id,
            "hub_approval_up_to": 1e9,
            "hub_approval_ids": [Command.clear()],
        }
        for user in (self.sales, self.manager):
            for name, value in forged.items():
                with self.assertRaises(UserError):
                    order.with_user(user).write({name: value})
        vals = order.copy_data()[0]
        for name, value in forged.items():
            with self.assertRaises(UserError):
                self.env["sale.order"].with_user(self.sales).create(
                    {**vals, name: value}
                )

    def test_requests_steps_and_decisions_are_not_written_by_anybody(self):
        request = self._asked()
        self._approve(request, self.lead)
        step, decision = request.step_ids[0], request.decision_ids
        forged = (
            (request, {"state": "approved", "is_granted": True}),
            (request, {"fingerprint": "0" * 64}),
            (step, {"state": "approved"}),
            (step, {"approver_ids": [Command.link(self.sales.id)]}),
            (decision, {"user_id": self.boss.id}),
        )
        for user in (self.sales, self.lead, self.manager, self.env.user):
            for record, vals in forged:
                for door in (record.with_user(user), record.with_user(user).sudo()):
                    with self.assertRaises(UserError):
                        door.write(vals)
                    with self.assertRaises(UserError):
                        door.unlink()
                    with self.assertRaises(UserError):
                        door.copy()

    def test_requests_steps_and_decisions_are_not_made_by_anybody(self):
        request = self._asked()
        forged = (
            ("order.hub.approval", {"order_id": request.order_id.id}),
            ("order.hub.approval.step", {"approval_id": request.id}),
            (
                "order.hub.approval.decision",
                {
                    "approval_id": request.id,
                    "step_id": request.current_step_id.id,
                    "user_id": self.lead.id,
                    "verdict": "approve",
                },
            ),
        )
        for user in (self.sales, self.lead, self.manager):
            for model, vals in forged:
                for door in (
                    self.env[model].with_user(user),
                    self.env[model].with_user(user).sudo(),
                ):
                    with self.assertRaises(UserError):
                        door.create(vals)
                    with self.assertRaises(UserError):
                        door.with_context(
                            **{f"default_{name}": value for name, value in vals.items()}
                        ).create({})

    def test_nothing_is_imported(self):
        request = self._asked()
        for model, names, row in (
            (
                "order.hub.approval.decision",
                ["approval_id/.id", "step_id/.id", "user_id/.id", "verdict"],
                [request.id, request.current_step_id.id, self.lead.id, "approve"],
            ),
            ("order.hub.approval", [".id", "state"], [request.id, "approved"]),
            (
                "order.hub.approval.step",
                [".id", "state"],
                [request.current_step_id.id, "approved"],
            ),
            (
                "sale.order",
                [".id", "hub_approval_state"],
                [request.order_id.id, "approved"],
            ),
        ):
            for user in (self.sales, self.manager):
                door = self.env[model].with_user(user).with_context(import_file=True)
                try:
                    result = door.load(names, [[str(value) for value in row]])
                except (AccessError, UserError):
                    continue
                self.assertFalse(result["ids"], model)
        self.assertEqual(request.state, "waiting")

    def test_nobody_decides_with_superuser_rights(self):
        request = self._asked()
        for door in (
            request.sudo(),
            request.with_user(self.lead).sudo(),
            request.with_user(self.env.ref("base.user_root")),
        ):
            with self.assertRaisesRegex(AccessError, "by a person"):
                door.action_approve()
        self.assertFalse(request.decision_ids)

    def test_a_decision_is_its_callers_whatever_the_context_says(self):
        request = self._asked()
        with self.assertRaises(AccessError):
            request.with_user(self.sales).with_context(
                uid=self.lead.id,
                default_user_id=self.lead.id,
                default_on_behalf_id=self.lead.id,
            ).action_approve()
        request.with_user(self.lead).with_context(
            uid=self.boss.id, default_user_id=self.boss.id
        ).action_approve()
        self.assertEqual(request.decision_ids.user_id, self.lead)

    def test_the_window_of_somebody_else_decides_nothing(self):
        request = self._asked()
        Window = self.env["order.hub.approval.reason"]
        vals = {"approval_ids": request.ids, "verdict": "approve"}
        forged = Window.with_user(self.sales).create(vals)
        with self.assertRaises(AccessError):
            forged.action_decide()
        with self.assertRaises(AccessError):
            forged.with_user(self.lead).action_decide()

    def test_configuration_is_the_configurators(self):
        for user in (self.sales, self.supervisor, self.manager):
            for record, vals in (
                (self.policy, {"active": False}),
                (self.levels[0], {"amount_from": 1e9}),
                (self.levels[0], {"user_ids": [Command.link(self.sales.id)]}),
            ):
                with self.assertRaises(AccessError):
                    record.with_user(user).write(vals)
                with self.assertRaises(AccessError):
                    record.with_user(user).unlink()

    def test_private_doors_are_closed_to_rpc(self):
        public = [
            name
            for model in ("order.hub.approval", "order.hub.approval.decision")
            for name in dir(type(self.env[model]))
            if "decide" in name or "keep" in name or "open" in name or "advance" in name
        ]
        allowed = {
            "action_open_order",
            "can_decide",
            "can_open_order",
            "one_may_decide_several",
        }
        opened = {n for n in public if not n.startswith("_")} - allowed
        self.assertFalse({n for n in opened if "decided" not in n})


@tagged("post_install", "-at_install")
class TestSeeing(ApprovalCommon):
    def test_approvers_see_what_they_are_asked_for_and_nothing_else(self):
        request, other = self._asked(), self._asked(self._big())
        self._approve(request, self.lead)
        Approval = self.env["order.hub.approval"]
        self.assertEqual(Approval.with_user(self.head).search([]), request)
        self.assertFalse(Approval.with_user(self.boss).search([]))
        self.assertEqual(Approval.with_user(self.lead).search([]), request | other)
        mine = Approval.with_user(self.lead).search([("can_decide", "=", True)])
        self.assertEqual(mine, other)

    def test_an_approver_reads_the_card_without_rights_on_the_order(self):
        request = self._asked().with_user(self.lead)
        self.assertFalse(request.order_id.has_access("read"))
        self.assertFalse(request.can_open_order)
        names = ["partner_id", "amount_total", "because_text", "line_html", "waits_for"]
        [values] = request.web_read({name: {} for name in names})
        self.assertIn("Steering knuckle", values["line_html"])
        self.assertIn("16,000.00", values["because_text"])
        with self.assertRaises(AccessError):
            request.action_open_order()

    def test_salespeople_see_the_requests_of_their_orders(self):
        request = self._asked()
        colleague = self._user(
            "apv_colleague",
            "order_hub.order_hub_group_user,sales_team.group_sale_salesman",
        )
        self.assertTrue(request.with_user(self.sales).has_access("read"))
        self.assertFalse(request.with_user(colleague).has_access("read"))
        for records in (request.step_ids, request.decision_ids):
            if records:
                self.assertFalse(records.with_user(colleague).has_access("read"))

    def test_the_margin_is_for_those_who_may_see_it(self):
        self.product.standard_price = 100
        request = self._asked()
        self.assertEqual(request.with_user(self.supervisor).margin, 6000)
        self.assertEqual(request.with_user(self.supervisor).margin_percent, 37.5)
        with self.assertRaises(AccessError):
            request.with_user(self.lead).read(["margin"])

    def test_another_company_sees_nothing(self):
        request = self._asked()
        company = self.env["res.company"].create({"name": "Apv other"})
        stranger = self._user("apv_other", "order_hub.order_hub_group_manager")
        stranger.write({"company_ids": company.ids, "company_id": company.id})
        self.assertFalse(request.with_user(stranger).has_access("read"))
        self.assertFalse(self.policy.with_user(stranger).has_access("read"))

    def test_everybodys_views_open(self):
        for user in (self.lead, self.sales, self.supervisor):
            for model in ("order.hub.approval", "order.hub.approval.delegation"):
                views = [(False, kind) for kind in ("list", "kanban", "form", "search")]
                self.env[model].with_user(user).get_views(views)

    def test_the_order_form_reads_for_each_role(self):
        order = self._asked().order_id
        names = ["hub_approval_text", "hub_approval_state", "hub_can_ask_approval"]
        for user in (self.sales, self.operator, self.supervisor):
            [values] = order.with_user(user).web_read({name: {} for name in names})
            self.assertIn("waits for", values["hub_approval_text"])


@tagged("post_install", "-at_install")
class TestReminding(ApprovalCommon):
    def _late(self, request):
        step = request.current_step_id
        moment = fields.Datetime.now() - timedelta(minutes=1)
        values = {step.id: {"next_reminder": moment}}
        self.env["order.hub.writer"]._update(step, values)

    def _run(self):
        with self.enter_registry_test_mode():
            self.env.ref("order_hub.ir_cron_approval_remind").method_direct_trigger()
        self.env.invalidate_all()

    def _reminders(self, user, words="Reminder"):
        return self.env["mail.message"].search_count(
            [
                ("partner_ids", "in", user.partner_id.ids),
                ("subject", "like", words),
            ]
        )

    def test_who_is_late_is_reminded_once_in_the_hours_of_the_level(self):
        request = self._asked()
        self._run()
        self.assertEqual(self._reminders(self.lead), 0)
        self._late(request)
        self._run()
        self._run()
        self.assertEqual(self._reminders(self.lead), 1)
        self.assertEqual(request.current_step_id.reminder_count, 1)
        self.assertGreater(request.current_step_id.next_reminder, fields.Datetime.now())

    def test_after_the_second_reminder_the_next_level_has_a_to_do(self):
        request = self._asked()
        self._late(request)
        self._run()
        self.assertEqual(self._todo_users(request), self.lead)
        self._late(request)
        self._run()
        self.assertEqual(self._todo_users(request), self.lead | self.head)
        self.assertTrue(request.with_user(self.head).has_access("read"))
        with self.assertRaisesRegex(AccessError, "not your turn"):
            request.with_user(self.head).action_approve()
        self._approve(request, self.lead)
        self.assertEqual(self._todo_users(request), self.head)

    def test_several_late_orders_are_one_message(self):
        requests = [self._asked(self._big()) for _number in range(3)]
        for request in requests:
            self._late(request)
        self._run()
        self.assertEqual(self._reminders(self.lead), 1)

    def test_a_level_without_hours_is_not_reminded(self):
        self.levels[0].hours_to_remind = 0
        request = self._asked()
        self.assertFalse(request.current_step_id.next_reminder)

    def test_somebody_who_joins_the_group_is_asked_too(self):
        group = self.env["res.groups"].create({"name": "Directors"})
        self.levels[0].group_id = group
        request = self._asked()
        group.user_ids = [Command.link(self.deputy.id)]
        self._run()
        self.assertEqual(self._todo_users(request), self.lead | self.deputy)


@tagged("post_install", "-at_install")
class TestCost(ApprovalCommon):
    def _many(self, count):
        return self._orders(
            count,
            team_id=self.team.id,
            order_line=[
                Command.create({"product_id": self.product.id, "product_uom_qty": 100})
            ],
        )

    def test_without_a_policy_approvals_ask_the_database_nothing(self):
        self.policy.active = False
        self.env["order.hub.approval.policy"]._plans()
        orders = self._many(50)
        orders.mapped("company_id")
        self.env.flush_all()
        hooks = (
            lambda: orders._hub_under_approval(),
            lambda: orders._hub_after_routing(True),
            lambda: orders._hub_content_changed(),
        )
        names = self._tables(lambda: [hook() for hook in hooks])
        self.assertFalse([name for name in names if "order_hub_approval" in name])
        names = self._tables(lambda: (orders.action_confirm(), self._many(3)))
        self.assertFalse([name for name in names if "FROM order_hub_approval" in name])

    def _tables(self, work):
        statements = []
        execute = type(self.cr).execute

        def listen(cursor, query, *args, **kwargs):
            code = getattr(query, "code", query)
            statements.append(code.replace('"', ""))
            return execute(cursor, query, *args, **kwargs)

        with patch.object(type(self.cr), "execute", listen):
            work()
            self.env.flush_all()
        return statements

    def test_asking_costs_a_fixed_number_of_queries(self):
        orders = self._many(52)
        self._queries(orders[0]._hub_ask_approval)
        one = self._queries(orders[1]._hub_ask_approval)
        fifty = self._queries(orders[2:]._hub_ask_approval)
        self.assertLessEqual(fifty, one + 5)
        self.assertLessEqual(fifty, 110)
        self.assertEqual(set(orders.mapped("hub_approval_state")), {"waiting"})

    def test_refusing_costs_a_fixed_number_of_queries(self):
        orders = self._many(51)
        orders[0]._hub_confirm_refusals()
        one = self._queries(lambda: orders[0]._hub_confirm_refusals())
        fifty = self._queries(lambda: orders[1:]._hub_confirm_refusals())
        self.assertLessEqual(fifty, one + 2)

    def test_deciding_costs_a_fixed_number_of_queries(self):
        orders = self._many(52)
        orders._hub_ask_approval()
        requests = orders.hub_approval_id
        costs = [
            self._queries(requests[part].with_user(self.lead).action_approve)
            for part in (slice(0, 1), slice(1, 2), slice(2, 52))
        ]
        self.assertLessEqual(costs[2], costs[1] + 5)

    def test_the_list_costs_a_fixed_number_of_queries(self):
        orders = self._many(51)
        orders._hub_ask_approval()
        requests = orders.hub_approval_id.with_user(self.lead)
        names = [
            "partner_id",
            "because_text",
            "line_html",
            "waits_for",
            "outcome_text",
            "change_html",
            "can_decide",
        ]
        requests[0].read(names)
        one = self._queries(lambda: requests[0].read(names))
        fifty = self._queries(lambda: requests[1:].read(names))
        self.assertLessEqual(fifty, one + 2)
