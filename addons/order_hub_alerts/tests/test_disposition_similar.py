import time

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from ..engine import similar
from .disposition_common import LEARNED, DispositionCommon
from .problem_sentences import CARDS, SENTENCES, other_cards


@tagged("post_install", "-at_install")
class TestDispositionSimilar(DispositionCommon):
    """Cards of problems like this one are offered, with the reason in words."""

    def _make(self, rows):
        """Create cards of rows of the labelled set; return them by key."""
        vals_list = [{"kind_id": self.kind.id, **row._asdict()} for row in rows]
        keys = [vals.pop("key") for vals in vals_list]
        cards = self.env["order.hub.disposition"].create(vals_list)
        return dict(zip(keys, cards, strict=True))

    def _names(self, hold):
        return [offer["name"] for offer in hold.offers]

    # === OFFERED === #

    def test_a_problem_told_in_other_words_finds_its_card(self):
        card = self._card()
        self._card("收货地址不存在,快递退回", root_cause="门牌号错", steps="x")
        hold = self._hold("探伤发现转向节毛坯有气孔", kind_id=self.other_kind.id)
        [offer] = hold.offers
        self.assertEqual(offer["id"], card.id)
        self.assertEqual(offer["likeness"], "Similar")
        self.assertIn("“转向节”", offer["reasons"][0])
        self.assertIn("“气孔”", offer["reasons"][0])

    def test_the_reasons_name_what_is_the_same(self):
        supplier = self.env["res.partner"].create({"name": "Foundry"})
        self.product.seller_ids = [(0, 0, {"partner_id": supplier.id})]
        self._card(
            product_ids=self.product.ids,
            supplier_id=supplier.id,
            stage_id=self.received.id,
            partner_id=self.partner.id,
        )
        [offer] = self._hold("Something else entirely").offers
        self.assertEqual(
            offer["reasons"],
            [
                "same kind: Quality",
                f"same product: {self.product.display_name}",
                "same supplier: Foundry",
                "same stage: Received",
                "same customer: Taihu Auto Repair",
            ],
        )
        self.assertEqual(offer["score"], 40)

    def test_cards_are_offered_while_the_problem_is_being_written(self):
        card = self._card()
        form = Form(self.env["order.hub.exception"].with_user(self.operator))
        form.order_id = self.order
        form.kind_id = self.kind
        self.assertFalse(form.offers)
        form.name = "铸件气孔太多"
        self.assertEqual([offer["id"] for offer in form.offers], card.ids)

    def test_nothing_is_offered_for_what_nobody_has_met_or_what_is_closed(self):
        self._card()
        hold = self._hold("食堂停电", kind_id=self.other_kind.id)
        self.assertFalse(hold.offers)
        hold = self._hold()
        self.assertTrue(hold.offers)
        hold.action_drop()
        self.assertFalse(hold.offers)

    def test_three_cards_at_most_the_most_similar_first(self):
        for name in (
            "转向节气孔",
            "转向节铸件气孔超标",
            "铸件气孔",
            "气孔超标",
            "气孔",
        ):
            self._card(name, root_cause="x", steps="y", prevention="z")
        hold = self._hold("转向节铸件气孔超标")
        self.assertEqual(len(hold.offers), 3)
        self.assertEqual(self._names(hold)[0], "转向节铸件气孔超标")
        scores = [offer["score"] for offer in hold.offers]
        self.assertEqual(scores, sorted(scores, reverse=True))

    def test_cards_out_of_use_are_not_offered(self):
        card = self._card()
        card.active = False
        self.assertFalse(self._hold().offers)

    def test_a_card_changed_is_found_by_what_it_says_now(self):
        card = self._card()
        card.with_user(self.supervisor).write(
            {
                "name": "模具漏水",
                "root_cause": "接头老化",
                "steps": "x",
                "prevention": "y",
            }
        )
        self.assertFalse(self._hold("气孔", kind_id=self.other_kind.id).offers)
        self.assertTrue(self._hold("模具漏水", kind_id=self.other_kind.id).offers)

    def test_signs_of_a_query_language_are_only_signs(self):
        self._card()
        for text in ("'气孔' & !x | (", "气孔:*", "\\'; DROP TABLE x", "100% _", "''"):
            self._hold(text).mapped("offers")
            self.env["order.hub.disposition"].hub_find(text)

    # === FROM THE WRONG SIDE === #

    def test_a_card_of_another_company_is_never_offered(self):
        kind = self._kind("Shared", "card_shared")
        foreign = self._card(company_id=self.elsewhere.id, kind_id=kind.id)
        shared = self._card(company_id=False, kind_id=kind.id, name="气孔超标")
        both = new_test_user(
            self.env,
            login="card_both",
            groups="order_hub.order_hub_group_supervisor",
            company_ids=[(6, 0, (self.company | self.elsewhere).ids)],
        )
        companies = (self.company | self.elsewhere).ids
        for user in (self.operator, both, self.env.user):
            hold = self._hold("转向节铸件气孔超标", kind_id=kind.id).with_user(user)
            hold = hold.with_context(
                allowed_company_ids=companies[: 2 if user == both else 1]
            )
            offered = [offer["id"] for offer in hold.offers]
            self.assertEqual(offered, shared.ids, user.login)
        hold = self._hold().with_user(both)
        with self.assertRaises(UserError):
            hold.with_context(allowed_company_ids=companies).action_solve_with(
                foreign.id
            )
        with self.assertRaises(AccessError):
            self._hold().with_user(self.operator).action_solve_with(foreign.id)

    def test_finding_by_text_stays_within_the_readers_companies(self):
        self._card(company_id=self.elsewhere.id)
        Card = self.env["order.hub.disposition"].with_user(self.operator)
        self.assertFalse(Card.hub_find("转向节铸件气孔超标"))
        self.assertFalse(Card.search([("similar_to", "ilike", "转向节铸件气孔超标")]))

    def test_a_portal_user_finds_reads_and_votes_nothing(self):
        card = self._card()
        portal = self._user("card_portal", "base.group_portal")
        Card = self.env["order.hub.disposition"].with_user(portal)
        for attempt in (
            lambda: Card.hub_find("气孔"),
            lambda: Card.search([("similar_to", "ilike", "气孔")]),
            lambda: Card.browse(card.id).read(["name"]),
            lambda: Card.browse(card.id).action_vote(True),
            lambda: Card.browse(card.id).action_useful(),
            lambda: self._hold().with_user(portal).action_solve_with(card.id),
            lambda: self._hold().with_user(portal).read(["offers"]),
            lambda: (
                self.env["order.hub.disposition.report"].with_user(portal).search([])
            ),
        ):
            with self.assertRaises(AccessError):
                attempt()

    def test_a_user_writes_no_card_and_no_vote(self):
        card = self._card()
        mine = card.with_user(self.operator)
        for attempt in (
            lambda: mine.write({"steps": "Nothing"}),
            lambda: mine.unlink(),
            lambda: mine.copy(),
            lambda: mine.env["order.hub.disposition"].create(
                {"name": "x", "kind_id": self.kind.id, **LEARNED}
            ),
            lambda: mine.env["order.hub.disposition.vote"].create(
                {"disposition_id": card.id, "user_id": self.sales.id}
            ),
        ):
            with self.assertRaises(AccessError):
                attempt()

    # === SEARCH === #

    def test_the_list_is_searched_by_likeness(self):
        card = self._card()
        self._card("模具漏水", root_cause="接头老化", steps="x", prevention="y")
        Card = self.env["order.hub.disposition"]
        self.assertEqual(Card.search([("similar_to", "ilike", "毛坯有气孔")]), card)

    def test_the_search_page_gets_the_best_first(self):
        first = self._card("外壳模具漏水", root_cause="a", steps="b", prevention="c")
        self._card("模具磨损", root_cause="a", steps="b", prevention="c")
        Card = self.env["order.hub.disposition"].with_user(self.sales)
        found = Card.hub_find("模具漏水停机")
        self.assertEqual([row["id"] for row in found][0], first.id)
        self.assertEqual(len(Card.hub_find("模具", limit=1)), 1)
        self.assertEqual(Card.hub_find(""), [])

    # === FIGURES === #

    def test_every_sentence_but_one_finds_its_card_among_ten_thousand(self):
        rows = [*other_cards(5_000), *CARDS, *list(other_cards(10_000))[5_020:]]
        cards = self._make(rows)
        self.env.flush_all()
        self.env.cr.execute("ANALYZE order_hub_disposition")
        Card = self.env["order.hub.disposition"]
        missed, took = [], []
        for sentence, key in SENTENCES:
            asked = [(similar.Problem(sentence), self.company.ids)]
            self.env.invalidate_all()
            start = time.perf_counter()
            [matches] = Card._similar(asked)
            took.append(time.perf_counter() - start)
            if cards[key].id not in [match.id for match in matches]:
                missed.append(sentence)
        took.sort()
        self.assertLessEqual(len(missed), 1, missed)
        self.assertLess(took[len(took) // 2], 0.25, "seconds, at 10,000 cards")
        Card.search([]).unlink()

    def test_offers_for_fifty_problems_cost_as_many_queries_as_for_one(self):
        for number in range(4):
            self._card(f"转向节铸件气孔 {number}")
        holds = self.env["order.hub.exception"].create(
            [
                {"order_id": order.id, "kind_id": self.kind.id, "name": "转向节气孔"}
                for order in self._orders(50)
            ]
        )
        one = self._queries(lambda: holds[:1].mapped("offers"))
        fifty = self._queries(lambda: holds.mapped("offers"))
        self.assertLessEqual(one, 20)
        self.assertLessEqual(fifty, one + 2)
