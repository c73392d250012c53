from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .disposition_common import DispositionCommon


@tagged("post_install", "-at_install")
class TestDispositionVotes(DispositionCommon):
    """People say what helped; figures say what takes long and what comes back."""

    # === VOTES === #

    def test_each_person_has_one_vote_and_may_change_it(self):
        card = self._card()
        mine = card.with_user(self.operator)
        self.assertEqual(
            mine.action_vote(True), {"useful": 1, "not_useful": 0, "mine": "useful"}
        )
        self.assertTrue(mine.action_useful())
        card.with_user(self.sales).action_vote(True)
        self.assertEqual((card.useful_count, card.not_useful_count), (2, 0))
        mine.action_not_useful()
        self.assertEqual((mine.useful_count, mine.not_useful_count), (1, 1))
        self.assertEqual(mine.my_vote, "not_useful")
        self.assertEqual(card.with_user(self.sales).my_vote, "useful")
        self.assertFalse(card.with_user(self.supervisor).my_vote)
        self.assertEqual(len(card.vote_ids), 2)

    def test_nobody_votes_on_a_card_of_another_company(self):
        card = self._card(company_id=self.elsewhere.id)
        with self.assertRaises(AccessError):
            card.with_user(self.operator).action_vote(True)
        self.assertFalse(card.vote_ids)

    def test_of_two_that_fit_alike_the_useful_one_comes_first(self):
        first, second = self._card(), self._card()
        hold = self._hold()
        self.assertEqual([o["id"] for o in hold.offers], [second.id, first.id])
        first.with_user(self.operator).action_vote(True)
        second.with_user(self.sales).action_vote(False)
        self.env.invalidate_all()
        self.assertEqual([o["id"] for o in hold.offers], [first.id, second.id])
        self.assertEqual(hold.offers[0]["useful"], 1)

    def test_votes_on_fifty_cards_are_read_in_one_query(self):
        cards = self.env["order.hub.disposition"].browse(
            self._card(f"Card {number}").id for number in range(50)
        )
        cards[0].action_useful()
        one = self._queries(lambda: cards[:1].mapped("useful_count"))
        self.assertEqual(self._queries(lambda: cards.mapped("useful_count")), one)

    # === FIGURES === #

    def _solved(self, card, opened, hours, **vals):
        """Have a problem solved with a card some time ago (days, then hours)."""
        hold = self._hold(f"Opened {opened} days ago", **vals)
        if card:
            hold.action_solve_with(card.id)
        else:
            self.kind.needs_card = False
            hold.action_solve()
        self.env.flush_all()
        begun = fields.Datetime.now() - timedelta(days=opened)
        self.env.cr.execute(
            "UPDATE order_hub_exception SET create_date = %s, solved_date = %s "
            "WHERE id = %s",
            [begun, begun + timedelta(hours=hours), hold.id],
        )
        self.env.invalidate_all()
        return hold

    def _row(self, hold):
        return self.env["order.hub.disposition.report"].browse(hold.id)

    def test_time_to_solve_is_told_by_kind(self):
        card = self._card()
        self._solved(card, 90, 2)
        self._solved(card, 40, 6)
        rows = self.env["order.hub.disposition.report"]._read_group(
            [("kind_id", "=", self.kind.id)], ["kind_id"], ["hours:avg", "__count"]
        )
        [(kind, hours, count)] = rows
        self.assertEqual((kind, count), (self.kind, 2))
        self.assertAlmostEqual(hours, 4)

    def test_the_same_card_again_within_thirty_days_has_come_back(self):
        card, other = self._card(), self._card("Other")
        first = self._solved(card, 100, 24)
        later = self._solved(card, 60, 24)  # 39 days after the first was solved
        back = self._solved(card, 40, 24)  # 19 days after that
        foreign = self._solved(other, 38, 24)
        self.assertEqual(
            [self._row(h).came_back for h in (first, later, back, foreign)],
            [False, False, True, False],
        )
        self.assertAlmostEqual(self._row(back).days_since, 19, places=2)
        self.assertEqual(self._row(back).recurrences, 1)

    def test_two_at_the_same_time_are_one_wave_not_a_return(self):
        card = self._card()
        first, second = self._solved(card, 5, 48), self._solved(card, 4, 48)
        self.assertFalse(self._row(first).came_back or self._row(second).came_back)

    def test_what_is_open_has_no_time_and_what_has_no_card_never_comes_back(self):
        hold = self._hold()
        self.env.flush_all()
        self.assertRecordValues(
            self._row(hold), [{"hours": 0.0, "came_back": False, "is_late": False}]
        )
        first, second = self._solved(None, 9, 1), self._solved(None, 3, 1)
        self.assertFalse(self._row(first).came_back or self._row(second).came_back)

    def test_figures_are_for_those_who_see_all_orders_of_the_company(self):
        hold = self._hold()
        self.env.flush_all()
        Report = self.env["order.hub.disposition.report"]
        self.assertIn(hold.id, Report.with_user(self.operator).search([]).ids)
        with self.assertRaises(AccessError):
            Report.with_user(self.sales).search([])
        stranger = self._user("card_stranger", "order_hub.order_hub_group_manager")
        stranger.write(
            {
                "company_ids": [(6, 0, self.elsewhere.ids)],
                "company_id": self.elsewhere.id,
            }
        )
        self.assertNotIn(hold.id, Report.with_user(stranger).search([]).ids)

    # === TEXTS FOR CUSTOMERS === #

    def test_a_text_for_customers_grows_from_a_card(self):
        writer = self._user("card_writer", "order_hub.order_hub_group_supervisor")
        card = self._card("Pores {{ company }}").with_user(writer)
        action = card.action_talk_track()
        track = self.env["order.hub.talk.track"].browse(action["res_id"])
        self.assertEqual(card.talk_track_id, track)
        self.assertEqual(card.action_talk_track()["res_id"], track.id)
        for words in ("Pores { company }", "{{ order }}", card.steps):
            self.assertIn(words, track.body)
        hold = self._hold(disposition_id=card.id).with_user(self.operator)
        self.assertIn(self.order.name, hold.talk_text)
        self.assertNotIn("{{", hold.talk_text)

    def test_a_user_begins_no_text_for_customers(self):
        with self.assertRaises(AccessError):
            self._card().with_user(self.operator).action_talk_track()
