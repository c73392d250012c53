"""Attacks on routing, approvals, credit and holds, by people who want more.

Every test is one way round the rules that somebody tried; the names say what the
product promises instead.
"""

import contextlib
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import PIXEL
from .test_approvals import ApprovalCommon

RUSH = (
    "[('commitment_date', '!=', False), ('hub_hours_left', '<=', 4), "
    "('hub_is_prepaid', '=', True)]"
)
ODD = ("abc", {}, [], -1, 0, "x" * 100_000, [1, 2], {"a": 1}, 1.5, None)


class WrongSideCommon(ApprovalCommon):
    """A live rule: what is rush and under 50,000 needs no approval."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.colleague = cls._user(
            "atk_colleague",
            "order_hub.order_hub_group_user,sales_team.group_sale_salesman",
        )
        cls.portal = new_test_user(cls.env, "atk_portal", groups="base.group_portal")
        cls.portal.partner_id.parent_id = cls.partner
        cls.rush = cls.env["order.hub.order.type"].create(
            {
                "name": "Rush",
                "code": "atk_rush",
                "sequence": 1,
                "is_rush": True,
                "condition": RUSH,
            }
        )
        cls.flow.order_type_ids = [Command.link(cls.rush.id)]
        cls.ruleset = cls.env["order.hub.routing.ruleset"].create(
            {"name": "Rush", "company_id": cls.company.id}
        )
        cls.env["order.hub.routing.rule"].create(
            {
                "name": "Rush and small",
                "ruleset_id": cls.ruleset.id,
                "rush": "yes",
                "amount_below": 50_000,
                "approval_path": "none",
            }
        )
        cls.ruleset.action_publish()

    def _mine(self, quantity=100, **vals):
        """A big order of the salesperson, as the salesperson."""
        order = self._big(quantity, **vals)
        return order.with_user(self.sales)

    def _soon(self, hours=3):
        return fields.Datetime.now() + timedelta(hours=hours)

    def _rush(self, **vals):
        """A true rush order, paid for as invoicing entered it."""
        order = self._mine(commitment_date=self._soon(), **vals)
        order.sudo().hub_amount_prepaid = order.amount_total
        self.assertEqual(order.sudo().hub_order_type_id, self.rush)
        return order

    def _refused(self, attack, *args, error=UserError, **kwargs):
        """Run what must be refused; nothing of it stays."""
        with self.assertRaises(error), self.env.cr.savepoint():
            attack(*args, **kwargs)

    def _assert_not_confirmed(self, order):
        self._refused(order.action_confirm)
        self.assertNotEqual(order.state, "sale")


@tagged("post_install", "-at_install")
class TestLookingRush(WrongSideCommon):
    """Whoever makes an order look rush, paid or small gets no shorter way."""

    def test_the_rule_itself_works(self):
        order = self._rush()
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_what_the_hub_works_out_is_not_written(self):
        order = self._mine()
        for user in (self.sales, self.supervisor):
            for name, value in (
                ("hub_is_prepaid", True),
                ("hub_promised_date", self._soon()),
                ("hub_type_user_id", self.supervisor.id),
                ("hub_is_open", False),
            ):
                with self.subTest(user=user.login, field=name):
                    self._refused(order.with_user(user).write, {name: value})
        self._assert_not_confirmed(order)

    def test_new_orders_do_not_bring_what_the_hub_works_out(self):
        Order = self.env["sale.order"].with_user(self.sales)
        vals = self._big().copy_data()[0]
        for name, value in (
            ("hub_is_prepaid", True),
            ("hub_promised_date", self._soon()),
            ("hub_amount_prepaid", 16_000),
        ):
            with self.subTest(field=name):
                self._refused(Order.create, {**vals, name: value})
                key = {f"default_{name}": value}
                order = Order.with_context(**key).create(vals)
                order = order.with_env(self.env).with_user(self.sales)
                self.assertFalse(order.hub_is_prepaid)
                self._assert_not_confirmed(order)

    def test_a_salesperson_does_not_say_that_it_was_paid(self):
        order = self._mine(commitment_date=self._soon())
        self._refused(order.write, {"hub_amount_prepaid": 16_000}, error=AccessError)
        self._refused(self._load_prepaid, error=AssertionError)
        self.assertEqual(order.hub_order_type_id, self.order_type)
        self._assert_not_confirmed(order)
        order.with_user(self.operator).sudo(False).check_access("read")

    def _load_prepaid(self):
        names = ["partner_id/.id", "hub_amount_prepaid"]
        loaded = (
            self.env["sale.order"]
            .with_user(self.sales)
            .load(names, [[str(self.partner.id), "16000"]])
        )
        self.assertTrue(loaded["ids"])

    def test_a_salesperson_does_not_say_it_through_the_api_either(self):
        self.env["order.hub.channel"].create({"name": "Shop", "code": "atk_shop"})
        api = self.env["order.hub.api"].with_user(self.sales)
        payload = {
            "channel": "atk_shop",
            "external_ref": "A1",
            "customer": {"name": "Wuxi", "email": "wuxi@example.com"},
            "prepaid_amount": 16_000,
            "lines": [{"sku": "ZXJ-0123", "quantity": 100, "unit_price": 160}],
        }
        self._refused(api.submit_order, payload, error=AccessError)

    def test_payment_that_was_entered_is_kept_when_others_save_the_order(self):
        order = self._rush()
        order.write({"hub_amount_prepaid": 16_000, "client_order_ref": "PO 7"})
        self.assertTrue(order.hub_is_prepaid)

    def test_a_rush_order_put_off_after_it_was_confirmed_is_asked_for(self):
        order = self._rush()
        order.action_confirm()
        order.write({"commitment_date": self._soon(9999)})
        self.assertFalse(order.hub_approval_path)
        self.assertEqual(order.hub_approval_state, "waiting")
        self.assertTrue(order.hub_is_held)

    def test_a_rush_order_that_only_changes_its_lines_stays_free(self):
        order = self._rush(quantity=100)
        order.action_confirm()
        order.order_line.product_uom_qty = 90
        self.assertEqual(order.sudo().hub_approval_path, "none")
        self.assertFalse(order.hub_is_held)

    def test_a_rush_order_put_off_on_its_way_is_asked_for(self):
        self.flow.stage_ids = [
            Command.create({"name": "Seen", "milestone": "received", "sequence": 0})
        ]
        order = self._rush()
        order.hub_stage_id = self.received
        order.write({"commitment_date": self._soon(9999)})
        self._assert_not_confirmed(order)

    def test_a_rush_order_put_off_while_cancelled_is_asked_for(self):
        order = self._rush()
        order.action_confirm()
        order._action_cancel()
        order.write({"commitment_date": self._soon(9999)})
        order.action_draft()
        self._assert_not_confirmed(order)

    def test_a_type_chosen_by_hand_leaves_out_no_approval(self):
        rush = self.rush.id
        wizard = self.env["order.hub.overrule"].with_user(self.sales)
        for attack in (
            lambda o: o.write({"hub_order_type_id": rush}),
            lambda o: o.write({"hub_order_type_id": rush, "hub_is_type_manual": 0}),
            lambda o: (
                o.write({"hub_order_type_id": rush}),
                o.write({"hub_is_type_manual": False, "note": "please"}),
            ),
            lambda o: wizard.create(
                {
                    "order_id": o.id,
                    "kind": "order_type",
                    "order_type_id": rush,
                    "reason": "x",
                }
            ).action_overrule(),
        ):
            order = self._mine()
            attack(order)
            self._assert_not_confirmed(order)

    def test_a_type_in_the_context_leaves_out_no_approval(self):
        keys = {
            "default_hub_order_type_id": self.rush.id,
            "default_hub_is_type_manual": True,
            "default_hub_type_user_id": self.supervisor.id,
        }
        vals = self._big().copy_data()[0]
        Order = self.env["sale.order"].with_user(self.sales).with_context(**keys)
        self._assert_not_confirmed(
            Order.create(vals).with_env(self.env).with_user(self.sales)
        )


@tagged("post_install", "-at_install")
class TestLookingSmall(WrongSideCommon):
    """An order counts with what it is worth."""

    def test_totals_in_the_context_are_not_believed(self):
        vals = self._big().copy_data()[0]
        for name, value in (
            ("amount_total", 1),
            ("amount_untaxed", 1),
            ("currency_rate", 1e6),
            ("price_total", 1),
            ("price_subtotal", 1),
            ("is_downpayment", True),
            ("state", "sale"),
        ):
            with self.subTest(key=name):
                keys = {f"default_{name}": value}
                Order = self.env["sale.order"].with_user(self.sales)
                with self.assertRaises(UserError), self.env.cr.savepoint():
                    order = Order.with_context(**keys).create(vals)
                    order.with_env(self.env).with_user(self.sales).action_confirm()

    def _foreign(self, quantity):
        currency = self.env["res.currency"].create(
            {
                "name": "ATK",
                "symbol": "a",
                "rate_ids": [
                    Command.create({"name": "2020-01-01", "rate": 1000.0}),
                    Command.create({"name": "2025-01-01", "rate": 1.0}),
                ],
            }
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "Foreign", "currency_id": currency.id}
        )
        order = self._mine(quantity, pricelist_id=pricelist.id)
        order.order_line.price_unit = 160
        return order

    def test_an_old_order_date_does_not_bring_its_rate(self):
        order = self._foreign(100)
        order.write({"date_order": "2021-01-01"})
        self.assertEqual(order.currency_rate, 1000)
        self._assert_not_confirmed(order)

    def test_an_old_order_date_earns_no_shorter_way(self):
        order = self._foreign(1000)
        order.write({"date_order": "2021-01-01", "commitment_date": self._soon()})
        order.sudo().hub_amount_prepaid = order.amount_total
        self.assertEqual(order.sudo().hub_order_type_id, self.rush)
        self.assertFalse(order.sudo().hub_approval_path)
        self._assert_not_confirmed(order)

    def test_an_old_order_date_brings_no_credit(self):
        self.policy.active = False
        self.partner.credit_limit = 10_000
        order = self._foreign(100)
        order.write({"date_order": "2021-01-01"})
        self._assert_not_confirmed(order)

    def test_the_rate_of_a_confirmed_order_stays(self):
        order = self._foreign(1)
        order.action_confirm()
        self._refused(order.write, {"date_order": "2021-01-01"})

    def test_goods_that_call_themselves_a_down_payment_are_asked_for(self):
        order = self._approved().order_id.with_user(self.sales)
        vals = {"product_id": self.product.id, "product_uom_qty": 1000}
        order.write({"order_line": [Command.create({**vals, "is_downpayment": True})]})
        self._assert_not_confirmed(order)

    def test_lines_that_turn_into_down_payments_still_count(self):
        order = self._approved().order_id.with_user(self.sales)
        order.action_confirm()
        order.order_line.write({"is_downpayment": True})
        order.order_line.write({"price_unit": 1000})
        self.assertTrue(order.hub_is_held)

    def test_lines_moved_from_another_order_are_asked_for(self):
        order = self._approved().order_id.with_user(self.sales)
        order.action_confirm()
        self._mine(500).order_line.write({"order_id": order.id})
        self.assertEqual(order.hub_approval_state, "waiting")
        self.assertTrue(order.hub_is_held)

    def test_the_lines_of_an_order_are_not_changed_through_another_one(self):
        order = self._approved().order_id.with_user(self.sales)
        order.action_confirm()
        line, other = order.order_line, self._mine(1)
        cheap = [Command.update(line.id, {"price_unit": 120})]
        other.write({"order_line": cheap})
        self.assertEqual(order.hub_approval_state, "waiting")
        self.assertTrue(order.hub_is_held)
        line.price_unit = 160
        self.assertEqual(order.hub_approval_state, "approved")
        vals = {"partner_id": self.partner.id, "order_line": cheap}
        self.env["sale.order"].with_user(self.sales).create(vals)
        self.assertEqual(line.price_unit, 120)
        self.assertEqual(order.hub_approval_state, "waiting")
        self.assertTrue(order.hub_is_held)

    def test_a_line_taken_over_by_another_order_is_asked_for(self):
        order = self._approved().order_id.with_user(self.sales)
        order.action_confirm()
        rest = self._mine(500)
        rest.write({"order_line": [Command.link(order.order_line.id)]})
        self.assertFalse(order.order_line)
        self.assertEqual(order.hub_approval_state, "free")
        order.write({"order_line": [Command.link(rest.order_line[0].id)]})
        self.assertTrue(order.hub_is_held or not order.order_line)

    def test_credit_is_not_taken_through_the_lines_of_another_order(self):
        self.policy.active = False
        self.partner.credit_limit = 500
        order = self._mine(1)
        order.action_confirm()
        more = [Command.update(order.order_line.id, {"product_uom_qty": 1000})]
        self._refused(self._mine(1).write, {"order_line": more})

    def test_a_copy_brings_no_approval(self):
        order = self._approved().order_id.with_user(self.sales)
        for vals in (
            {"state": "sale"},
            {"hub_approval_state": "approved"},
            {"hub_approval_path": "none"},
            {"hub_amount_prepaid": 16_000},
        ):
            with self.subTest(**vals):
                self._refused(order.copy, vals)
        self._assert_not_confirmed(order.copy())

    def test_a_negative_line_taken_away_afterwards_is_asked_for(self):
        order = self._mine()
        order.write(
            {
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.product.id,
                            "product_uom_qty": 1,
                            "price_unit": -15_900,
                        }
                    )
                ]
            }
        )
        order.action_confirm()
        order.order_line[-1].product_uom_qty = 0
        self.assertTrue(order.hub_is_held)

    def test_a_zero_line_filled_after_the_approval_is_asked_for(self):
        order = self._mine(100)
        order.write(
            {
                "order_line": [
                    Command.create(
                        {"product_id": self.product.id, "product_uom_qty": 0}
                    )
                ]
            }
        )
        self._approved(order)
        order.order_line[-1].product_uom_qty = 50
        self._assert_not_confirmed(order)


@tagged("post_install", "-at_install")
class TestDecidingForOneself(WrongSideCommon):
    """Four eyes: who asked, sold or changed does not approve."""

    def test_giving_the_order_to_a_colleague_does_not_make_one_its_judge(self):
        self.lead.group_ids += self.env.ref("sales_team.group_sale_salesman_all_leads")
        order = self._big(10, user=self.lead).with_user(self.lead)
        order.write({"user_id": self.sales.id})
        order.action_hub_ask_approval()
        request = order.sudo().hub_approval_id.with_user(self.lead)
        self._refused(request.action_approve, error=AccessError)

    def test_nobody_approves_the_change_they_made_to_an_accepted_order(self):
        self.lead.group_ids += self.env.ref("sales_team.group_sale_salesman_all_leads")
        order = self._big(10)
        self._approve(self._asked(order), self.lead)
        order.action_confirm()
        order.with_user(self.lead).order_line.price_unit = 400
        request = order.hub_approval_id.with_user(self.lead)
        self.assertEqual(request.asked_by_id, self.lead)
        self._refused(request.action_approve, error=AccessError)
        self.assertTrue(order.hub_is_held)

    def test_a_wish_to_confirm_later_needs_the_role_that_confirms(self):
        self.approved.group_ids = self.env.ref("order_hub.order_hub_group_manager")
        order = self._mine(1)
        self._refused(order.action_confirm, error=AccessError)
        wish = {"hub_confirm_wanted": True}
        self._refused(order.write, wish, error=AccessError)
        Order = self.env["sale.order"].with_user(self.sales)
        vals = {**order.sudo().copy_data()[0], "user_id": self.sales.id}
        self._refused(Order.create, {**vals, **wish}, error=AccessError)
        keyed = Order.with_context(default_hub_confirm_wanted=True)
        self._refused(keyed.create, vals, error=AccessError)

    def test_a_note_of_any_type_is_kept_as_text(self):
        request = self._asked(self._big(10))
        request.with_user(self.lead).action_approve(["fine", {"a": 1}])
        self.assertIn("fine", request.decision_ids.reason)
        other = self._asked(self._big(11)).with_user(self.lead)
        for reason in ("", " ", None, [], {}, ["x"], 7):
            with self.subTest(reason=reason):
                self._refused(other.action_reject, reason)


@tagged("post_install", "-at_install")
class TestHolds(WrongSideCommon):
    """A hold is lifted by who may, and nobody stands in the hub's way."""

    def _kind(self, code):
        return self.env["order.hub.exception.kind"]._by_code(code, self.company)

    def test_a_problem_that_a_person_opens_is_open_and_theirs(self):
        vals = {
            "order_id": self._mine(1).id,
            "kind_id": self._kind("approval").id,
            "name": "Nothing",
        }
        forged = {
            "is_automatic": True,
            "state": "solved",
            "solved_by_id": self.supervisor.id,
            "solved_date": fields.Datetime.now(),
        }
        Hold = self.env["order.hub.exception"].with_user(self.sales)
        keys = {f"default_{name}": value for name, value in forged.items()}
        for hold in (
            Hold.create({**vals, **forged}),
            Hold.with_context(**keys).create(vals),
        ):
            self.assertEqual(hold.state, "open")
            self.assertFalse(hold.is_automatic or hold.solved_by_id)

    def test_a_problem_opened_before_does_not_keep_the_hub_from_holding(self):
        order = self._approved(self._mine()).order_id.with_user(self.sales)
        order.action_confirm()
        self.env["order.hub.exception"].with_user(self.sales).create(
            {
                "order_id": order.id,
                "kind_id": self._kind("approval").id,
                "name": "Nothing",
                "is_automatic": True,
                "is_blocking": False,
                "owner_id": self.sales.id,
            }
        )
        order.order_line.product_uom_qty = 200
        self.assertTrue(order.hub_is_held)

    def test_the_to_do_of_an_approver_is_not_taken_away(self):
        todo = self._asked()._todos()
        mine = todo.with_user(self.colleague)
        for attack in (
            mine.unlink,
            mine.action_done,
            lambda: mine.write({"user_id": self.colleague.id}),
        ):
            self._refused(attack, error=AccessError)
        self.assertEqual(todo.user_id, self.lead)

    def test_a_foreign_hold_is_not_bent(self):
        order = self._mine(1)
        hold = self.env["order.hub.exception"].create(
            {
                "order_id": order.id,
                "kind_id": self._kind("amount").id
                or self.env.ref("order_hub.exception_kind_amount").id,
                "name": "Look first",
                "is_blocking": True,
                "owner_id": self.head.id,
            }
        )
        for vals in (
            {"kind_id": self._kind("handover").id},
            {"is_blocking": False},
            {"owner_id": self.sales.id},
            {"state": "solved"},
            {"order_id": self._mine(1).id},
            {"is_automatic": True},
        ):
            with self.subTest(**vals):
                self._refused(hold.with_user(self.sales).write, vals, error=UserError)
        self._refused(order.action_confirm)

    def test_nobody_holds_the_order_of_a_colleague(self):
        foreign = self._order(1, user=self.colleague)
        vals = {
            "order_id": foreign.id,
            "kind_id": self._kind("handover").id,
            "name": "x",
            "is_blocking": True,
        }
        Hold = self.env["order.hub.exception"].with_user(self.sales)
        self._refused(Hold.create, vals, error=AccessError)


#: Every public method on an order with arguments that somebody could guess.
CALLS = {
    "hub_do_step": (1,),
    "hub_do_check": (1, True),
    "hub_step": (),
    "hub_why": (),
    "hub_rules_explained": (),
    "hub_queue_explained": (),
    "action_hub_next": (),
    "action_hub_move": (),
    "action_hub_ask_approval": (),
    "action_hub_adopt": (),
    "action_confirm": (),
}


@tagged("post_install", "-at_install")
class TestStrangers(WrongSideCommon):
    """Customers, colleagues and other companies."""

    def test_a_customer_and_a_colleague_call_nothing_on_the_order(self):
        order = self._order(1, partner_id=self.portal.partner_id.id)
        order.message_subscribe(self.portal.partner_id.ids)
        for user in (self.portal, self.colleague):
            for name, args in CALLS.items():
                with self.subTest(user=user.login, method=name):
                    call = getattr(order.with_user(user), name)
                    self._refused(call, *args, error=AccessError)

    def test_a_customer_reads_of_the_hub_what_the_portal_shows_and_no_more(self):
        order = self._order(1, partner_id=self.portal.partner_id.id)
        order.message_subscribe(self.portal.partner_id.ids)
        shown = {
            "hub_days_left",
            "hub_hours_left",
            "hub_milestone",
            "hub_promised_date",
            "hub_ref",
        }
        for records in (order, order.order_line):
            mine = records.with_user(self.portal)
            mine.check_access("read")
            for name in records._fields:
                if name.startswith("hub_") and name not in shown:
                    with self.subTest(field=name):
                        self._refused(mine.read, [name], error=AccessError)

    def test_a_customer_does_not_learn_how_credit_is_granted(self):
        company = self.company.with_user(self.portal)
        for name in company._fields:
            if name.startswith("hub_credit"):
                with self.subTest(field=name):
                    self._refused(company.read, [name], error=AccessError)
                    self._refused(company.search, [(name, "=", 1)], error=AccessError)

    def test_wizards_tell_nothing_about_foreign_orders(self):
        foreign = self._order(1, user=self.colleague)
        for model, vals in (
            ("order.hub.overrule", {"order_id": foreign.id, "kind": "approval"}),
            ("order.hub.credit.ask", {"order_id": foreign.id, "reason": "x"}),
        ):
            Wizard = self.env[model].with_user(self.sales)
            with self.subTest(model=model):
                self._refused(
                    lambda W=Wizard, v=vals: W.create(v).read(), error=AccessError
                )

    def test_only_the_roles_that_may_overrule_do(self):
        order, foreign = self._mine(1), self._order(1, user=self.colleague)
        vals = {
            "priority": {"priority": "2"},
            "quality": {"quality_level": "full"},
            "flow": {"flow_id": self.flow.id},
            "approval": {"approval_path": "none"},
            "hold": {},
            "route": {},
            "credit": {},
            "follow_up": {},
        }
        Wizard = self.env["order.hub.overrule"].with_user(self.sales)
        for kind, chosen in vals.items():
            with self.subTest(kind=kind):
                wizard = Wizard.create(
                    {"order_id": order.id, "kind": kind, "reason": "x", **chosen}
                )
                self._refused(wizard.action_overrule)
        owner = {"order_id": foreign.id, "kind": "owner", "reason": "x"}
        self._refused(
            lambda: Wizard.create(
                {**owner, "owner_id": self.sales.id}
            ).action_overrule(),
            error=AccessError,
        )

    def test_nonsense_is_answered_with_a_sentence(self):
        order = self._mine(1)
        Stock = self.env["order.hub.stock.correction"].with_user(self.operator)
        for odd in ODD:
            with self.subTest(odd=str(odd)[:20]):
                self._refused(order.hub_do_step, odd)
                self._refused(order.hub_do_check, odd, True)
                self._refused(Stock.correct, odd, odd, odd, odd)
                self.assertIn("error", order.with_user(self.operator).hub_scan(odd))
                self.assertIn("error", Stock.find(odd))

    def test_a_customer_is_not_made_the_owner_of_an_order(self):
        order = self._mine(1)
        Wizard = self.env["order.hub.overrule"].with_user(self.sales)
        wizard = Wizard.create(
            {
                "order_id": order.id,
                "kind": "owner",
                "owner_id": self.portal.id,
                "reason": "x",
            }
        )
        self._refused(wizard.action_overrule)
        self._refused(order.write, {"hub_owner_id": self.portal.id})

    def test_a_time_without_end_is_no_temporary_credit(self):
        Grant = self.env["order.hub.credit.grant"].with_user(self.sales)
        vals = {"partner_id": self.partner.id, "amount": 500, "reason": "r"}
        for hours in (1e9, 24 * 400):
            with self.subTest(hours=hours):
                self._refused(Grant.create, {**vals, "hours": hours})


@tagged("post_install", "-at_install")
class TestPapers(WrongSideCommon):
    """Evidence, checks, complaints, deputies and figures stay what they are."""

    def test_the_file_behind_an_evidence_is_not_exchanged(self):
        order = self._mine(1)
        evidence = self.env["order.hub.evidence"]._add(
            order.sudo(), self.preparing, [{"kind": "photo", "content": PIXEL}]
        )
        for user in (self.sales, self.operator, self.supervisor, self.manager):
            file = evidence.attachment_id.with_user(user)
            for attack in (
                lambda f=file: f.write({"datas": PIXEL}),
                lambda f=file: f.write({"res_model": "sale.order"}),
                lambda f=file: f.unlink(),
                lambda f=file: evidence.with_user(f.env.user).write({"note": "x"}),
                lambda f=file: evidence.with_user(f.env.user).unlink(),
            ):
                with self.subTest(user=user.login):
                    self._refused(attack)

    def test_a_customer_does_not_read_what_was_kept_inside(self):
        order = self._order(1, partner_id=self.portal.partner_id.id)
        evidence = self.env["order.hub.evidence"]._add(
            order, self.preparing, [{"kind": "photo", "content": PIXEL}]
        )
        file = evidence.attachment_id.with_user(self.portal)
        self._refused(file.read, ["datas"], error=AccessError)
        self.assertFalse(file.search([("id", "=", file.id)]))

    def test_no_record_of_the_hub_is_written_by_users(self):
        order = self._approved().order_id
        order.action_confirm()
        kept = (
            order.hub_event_ids,
            order.hub_decision_ids,
            order.hub_approval_ids,
            order.hub_approval_ids.step_ids,
            order.hub_approval_ids.decision_ids,
        )
        for user in (self.sales, self.supervisor, self.manager):
            for records in kept:
                mine = records[:1].with_user(user)
                for attack in (
                    lambda m=mine: m.write({"order_id": False}),
                    lambda m=mine: m.write({"company_id": False}),
                    lambda m=mine: m.unlink(),
                    lambda m=mine: m.copy(),
                    lambda m=mine: m.create({"order_id": order.id}),
                ):
                    with self.subTest(user=user.login, model=records._name):
                        self.assertTrue(mine)
                        self._refused(attack)

    def test_the_order_is_no_door_to_its_records(self):
        order = self._approved().order_id
        request = order.hub_approval_id
        for user in (self.sales, self.supervisor):
            mine = order.with_user(user)
            for vals in (
                {"hub_decision_ids": [Command.clear()]},
                {"hub_event_ids": [Command.clear()]},
                {"hub_change_ids": [Command.create({"field": "x"})]},
                {"hub_evidence_ids": [Command.clear()]},
                {"hub_approval_ids": [Command.delete(request.id)]},
                {"hub_approval_ids": [Command.update(request.id, {"state": "x"})]},
                {"hub_approval_id": False},
                {"hub_approval_up_to": 1e9},
                {"hub_check_ids": [Command.clear()]},
                {"hub_credit_grant_ids": [Command.update(1, {"state": "approved"})]},
            ):
                with self.subTest(user=user.login, **vals):
                    before = self._counts(order)
                    try:
                        with self.env.cr.savepoint():
                            mine.write(vals)
                    except (UserError, ValueError):
                        continue
                    self.assertEqual(self._counts(order), before)

    def _counts(self, order):
        order.invalidate_recordset()
        return (
            len(order.hub_decision_ids),
            len(order.hub_event_ids),
            len(order.hub_change_ids),
            order.hub_approval_ids.mapped("state"),
        )

    def test_a_complaint_is_not_put_on_a_foreign_order(self):
        foreign = self._order(1, user=self.colleague)
        cause = self.env["order.hub.complaint.cause"].create(
            {"name": "Packaging", "code": "atk_packaging"}
        )
        Complaint = self.env["order.hub.complaint"].with_user(self.sales)
        vals = {"partner_id": self.partner.id, "cause_id": cause.id, "name": "Torn"}
        self._refused(
            Complaint.create, {**vals, "order_id": foreign.id}, error=AccessError
        )
        complaint = Complaint.create(vals)
        self._refused(complaint.write, {"order_id": foreign.id}, error=AccessError)
        self._refused(complaint.unlink)

    def test_a_check_is_done_by_operators_and_kept(self):
        check = self.env["order.hub.quality.check"].create({"name": "Packaging"})
        order = self._mine(1)
        self.env["order.hub.overrule"].with_user(self.supervisor).create(
            {
                "order_id": order.id,
                "kind": "checks",
                "check_ids": [Command.set(check.ids)],
                "reason": "Fragile",
            }
        ).action_overrule()
        row = order.sudo().hub_check_ids
        Result = self.env["order.hub.order.check.result"].with_user(self.sales)
        for attack in (
            lambda: order.hub_do_check(row.id, True),
            lambda: row.with_user(self.sales).action_pass(),
            lambda: row.with_user(self.supervisor).write({"state": "passed"}),
            lambda: row.with_user(self.supervisor).unlink(),
            lambda: Result.create({"order_check_id": row.id}).action_pass(),
        ):
            self._refused(attack, error=AccessError)
        self.assertEqual(row.state, "open")

    def test_nobody_appoints_oneself_as_a_deputy(self):
        Deputy = self.env["order.hub.approval.delegation"].with_user(self.deputy)
        row = {
            "delegate_id": self.deputy.id,
            "date_to": fields.Datetime.now() + timedelta(days=1),
        }
        self._refused(
            Deputy.create, {**row, "user_id": self.lead.id}, error=AccessError
        )
        keyed = Deputy.with_context(default_user_id=self.lead.id)
        self._refused(keyed.create, row, error=AccessError)
        own = Deputy.create(
            {**row, "user_id": self.deputy.id, "delegate_id": self.head.id}
        )
        self._refused(own.write, {"user_id": self.lead.id}, error=AccessError)
        names = ["user_id/.id", "delegate_id/.id", "date_to"]
        cells = [str(self.lead.id), str(self.deputy.id), "2099-01-01 00:00:00"]
        with contextlib.suppress(AccessError), self.env.cr.savepoint():
            self.assertFalse(Deputy.load(names, [cells])["ids"])

    def test_transfers_do_not_jump_the_queue(self):
        order = self._order(1)
        order.action_confirm()
        for records, names in (
            (order, ("hub_queue_score", "hub_queue_jump_date", "hub_queue_date")),
            (order.picking_ids, ("hub_queue_score",)),
        ):
            for name in names:
                with self.subTest(field=name):
                    mine = records.with_user(self.supervisor)
                    self._refused(mine.write, {name: False})


@tagged("post_install", "-at_install")
class TestTwoCompanies(WrongSideCommon):
    """What is one company's is not another's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.abroad = cls.env["res.company"].create({"name": "Abroad Ltd."})
        cls.env.user.company_ids += cls.abroad
        cls.foreign = cls.env["sale.order"].create(
            {
                "partner_id": cls.partner.id,
                "company_id": cls.abroad.id,
                "order_line": [Command.create({"product_id": cls.product.id})],
            }
        )

    def test_a_supervisor_of_one_company_does_nothing_in_the_other(self):
        foreign = self.foreign.with_user(self.supervisor)
        for name, args in CALLS.items():
            with self.subTest(method=name):
                self._refused(getattr(foreign, name), *args, error=AccessError)
        context = {"allowed_company_ids": [self.company.id, self.abroad.id]}
        pretending = foreign.with_context(**context)
        self._refused(pretending.read, ["name"], error=AccessError)

    def test_an_order_is_not_given_what_belongs_to_another_company(self):
        abroad = {"company_id": self.abroad.id}
        order = self._mine(1)
        values = {
            "hub_order_type_id": self.env["order.hub.order.type"].create(
                {"name": "Theirs", "code": "atk_theirs", **abroad}
            ),
            "hub_channel_id": self.env["order.hub.channel"].create(
                {"name": "Theirs", "code": "atk_theirs", **abroad}
            ),
            "warehouse_id": self.env["stock.warehouse"].search(
                [("company_id", "=", self.abroad.id)], limit=1
            ),
        }
        for name, record in values.items():
            with self.subTest(field=name):
                self.assertTrue(record)
                self._refused(order.write, {name: record.id})

    def test_credit_is_not_asked_for_in_another_company(self):
        Grant = self.env["order.hub.credit.grant"].with_user(self.sales)
        vals = {"partner_id": self.partner.id, "amount": 5, "reason": "r"}
        for more in ({"company_id": self.abroad.id}, {"order_id": self.foreign.id}):
            with self.subTest(**more):
                self._refused(Grant.create, {**vals, **more}, error=AccessError)

    def test_moving_an_order_to_a_company_without_approvals_and_back_asks(self):
        self.sales.company_ids += self.abroad
        context = {"allowed_company_ids": [self.company.id, self.abroad.id]}
        order = self._mine().with_context(**context)
        try:
            with self.env.cr.savepoint():
                order.write({"company_id": self.abroad.id})
                order.action_confirm()
                order.write({"company_id": self.company.id})
        except UserError:
            return
        self.assertTrue(order.hub_is_held or order.state != "sale")
