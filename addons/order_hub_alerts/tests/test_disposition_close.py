from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .disposition_common import LEARNED, DispositionCommon


@tagged("post_install", "-at_install")
class TestDispositionClose(DispositionCommon):
    """A new kind of problem is not solved before it is known what it was."""

    # === NEW KINDS OF PROBLEMS === #

    def test_a_new_kind_of_problem_is_not_solved_without_what_was_learned(self):
        hold = self._hold().with_user(self.operator)
        with self.assertRaises(ValidationError) as refused:
            hold.action_solve()
        for words in ("气孔超标", self.order.name, "Root Cause", "Steps", "Prevention"):
            self.assertIn(words, str(refused.exception))
        self.assertEqual(hold.state, "open")

    def test_no_way_in_goes_around_it(self):
        for user in (self.operator, self.supervisor, self.env.user):
            hold = self._hold(f"Way {user.login}").with_user(user)
            export_id = self.env["ir.model.data"].create(
                {
                    "name": f"way_{user.id}",
                    "module": "__import__",
                    "model": hold._name,
                    "res_id": hold.id,
                }
            )
            for way in (
                hold.action_solve,
                lambda h=hold: h.write({"state": "solved"}),
                lambda h=hold: h.with_context(default_state="solved").action_solve(),
                lambda h=hold: h.write({"state": "solved", "root_cause": "x"}),
                lambda h=hold: h.write({"state": "solved", **dict(LEARNED, steps=" ")}),
                lambda h=hold: h._close("solved", "Done"),
            ):
                with self.assertRaises(UserError):
                    way()
                self.assertEqual(hold.state, "open")
            rows = [[export_id.complete_name, "solved"]]
            result = hold.with_context(import_file=True).load(["id", "state"], rows)
            self.assertTrue(result["messages"])
            self.env.invalidate_all()
            self.assertEqual(hold.state, "open")

    def test_saying_only_a_part_is_told_what_is_left_to_say(self):
        hold = self._hold(root_cause="x", steps="y")
        with self.assertRaisesRegex(ValidationError, "say: Prevention"):
            hold.action_solve()

    def test_one_of_many_that_says_nothing_keeps_all_of_them_open(self):
        holds = self._hold("A", **LEARNED) | self._hold("B")
        with self.assertRaisesRegex(ValidationError, "“B”"):
            holds.action_solve()

    def test_a_person_does_not_pass_a_problem_off_as_the_hubs_own(self):
        hold = self._hold().with_user(self.operator)
        with self.assertRaisesRegex(UserError, "decided by the hub"):
            hold.write({"is_automatic": True})
        self.assertFalse(hold.is_automatic)

    def test_what_was_learned_is_not_taken_away_after_closing(self):
        hold = self._hold(**LEARNED).with_user(self.operator)
        hold.action_solve()
        with self.assertRaises(ValidationError):
            hold.write({"disposition_id": False, "root_cause": False})

    def test_what_is_no_problem_is_dropped_freely(self):
        hold = self._hold().with_user(self.operator)
        hold.action_drop()
        self.assertEqual(hold.state, "dropped")
        with self.assertRaises(ValidationError):
            hold.write({"state": "solved"})

    def test_kinds_that_nobody_learns_from_are_closed_as_before(self):
        self.kind.needs_card = False
        hold = self._hold().with_user(self.operator)
        hold.action_solve()
        self.assertEqual(hold.state, "solved")
        with self.assertRaises(AccessError):
            self.kind.with_user(self.supervisor).needs_card = True

    # === WHAT CLOSES BY ITSELF === #

    def test_what_the_hub_opens_closes_by_itself_and_by_hand(self):
        other = self._order()
        problems = {self.order: ("A", "first"), other: ("B", "second")}
        self.env["order.hub.exception"]._note(self.kind.code, problems)
        self.env["order.hub.exception"]._settle(self.kind.code, other)
        self.assertEqual(other.hub_exception_ids.state, "solved")
        self.order.hub_exception_ids.with_user(self.supervisor).action_solve()
        self.assertEqual(self.order.hub_exception_ids.state, "solved")
        self.assertFalse(self.env["order.hub.disposition"].search([]))

    def test_what_the_hub_opens_becomes_a_card_where_somebody_says_all(self):
        self.env["order.hub.exception"]._note(self.kind.code, {self.order: ("A", "x")})
        hold = self.order.hub_exception_ids
        hold.write(LEARNED)
        hold.action_solve()
        self.assertEqual(hold.disposition_id.root_cause, LEARNED["root_cause"])

    # === CARDS === #

    def test_closing_a_new_kind_of_problem_makes_its_card(self):
        supplier = self.env["res.partner"].create({"name": "Foundry"})
        hold = self._hold(supplier_id=supplier.id, **LEARNED).with_user(self.operator)
        hold.action_solve()
        card = hold.disposition_id
        self.assertRecordValues(
            card,
            [
                {
                    "name": hold.name,
                    "kind_id": self.kind.id,
                    "company_id": self.company.id,
                    "product_ids": self.product.ids,
                    "categ_id": self.product.categ_id.id,
                    "supplier_id": supplier.id,
                    "stage_id": self.received.id,
                    "source_id": hold.id,
                    "use_count": 1,
                    **LEARNED,
                }
            ],
        )
        self.assertEqual(hold.resolution, LEARNED["steps"])

    def test_closing_with_a_card_is_one_tap(self):
        card = self._card()
        hold = self._hold("气孔").with_user(self.operator)
        self.assertTrue(hold.action_solve_with(card.id))
        self.assertEqual((hold.state, hold.disposition_id), ("solved", card))
        self.assertEqual(hold.resolution, card.steps)
        self.assertEqual(hold.solved_by_id, self.operator)
        self.assertEqual(card.use_count, 1)

    def test_a_card_may_be_chosen_before_solving(self):
        with Form(self._hold("气孔").with_user(self.operator)) as form:
            form.disposition_id = self._card()
        hold = form.record
        hold.action_solve()
        self.assertEqual(hold.state, "solved")
        self.assertEqual(len(self.env["order.hub.disposition"].search([])), 1)

    def test_what_is_closed_is_not_closed_again_with_another_card(self):
        first, second = self._card("A"), self._card("B")
        hold = self._hold().with_user(self.operator)
        hold.action_solve_with(first.id)
        with self.assertRaisesRegex(UserError, "closed by hub_operator"):
            hold.action_solve_with(second.id)
        self.assertEqual(hold.disposition_id, first)

    def test_a_card_that_is_not_in_use_or_not_there_closes_nothing(self):
        card = self._card(active=False)
        hold = self._hold().with_user(self.operator)
        for number in (card.id, 0, 2**31 - 1):
            with self.assertRaisesRegex(UserError, "not in use"):
                hold.action_solve_with(number)
        self.assertEqual(hold.state, "open")

    def test_a_problem_solved_again_brings_its_own_card_up_to_date(self):
        hold = self._hold(**LEARNED).with_user(self.operator)
        hold.action_solve()
        card = hold.disposition_id
        hold.action_reopen()
        hold.write({"disposition_id": False, "root_cause": "It was the furnace"})
        hold.action_solve()
        self.assertEqual(hold.disposition_id, card)
        self.assertEqual(card.root_cause, "It was the furnace")

    def test_only_the_owner_or_a_supervisor_solves_a_stop_with_a_card(self):
        card = self._card()
        hold = self._hold(is_blocking=True, owner_id=self.supervisor.id)
        with self.assertRaises(AccessError):
            hold.with_user(self.operator).action_solve_with(card.id)
        hold.with_user(self.supervisor).action_solve_with(card.id)
        self.assertFalse(self.order.hub_is_held)

    def test_fifty_problems_closed_at_once_cost_not_much_more_than_one(self):
        card = self._card()

        def close(count):
            orders = self._orders(count)
            holds = self.env["order.hub.exception"].create(
                [
                    {
                        "order_id": order.id,
                        "kind_id": self.kind.id,
                        "name": "气孔",
                        "is_blocking": False,
                    }
                    for order in orders
                ]
            )
            return self._queries(lambda: holds.action_solve_with(card.id))

        one, fifty = close(1), close(50)
        self.assertLessEqual(one, 60)
        self.assertLessEqual(fifty, one + 60)

    # === NOTHING SET UP === #

    def test_where_there_is_no_card_opening_a_problem_asks_nothing_more(self):
        self.env["order.hub.disposition"].with_context(active_test=False).search(
            []
        ).unlink()
        self.registry.clear_cache()
        hold = self._hold()
        hold.mapped("name")
        self.env["order.hub.disposition"]._are_there_any()
        self.assertEqual(self._queries(lambda: hold.mapped("offers")), 0)
