from collections import Counter
from dataclasses import replace

from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.order_hub.tests.properties import given

from ..engine.similar import (
    CATEGORY,
    ENOUGH,
    KIND,
    MAX_TOKENS,
    OFFERED,
    POINTS,
    PRODUCT,
    SUPPLIER,
    Known,
    Problem,
    all_tokens,
    common_words,
    rank,
    rarest,
    tokens,
    weights,
)
from .problem_sentences import CARDS, NEW_PROBLEMS, SENTENCES, other_cards

ids = st.integers(0, 4)
sets = st.frozensets(st.integers(1, 4), max_size=3)
texts = st.text("转向节气孔缺料abc- 1S，。", max_size=40)
problems = st.builds(
    Problem,
    title=texts,
    more=texts,
    kind=ids,
    products=sets,
    categories=sets,
    suppliers=sets,
    stage=ids,
    customer=ids,
)
known_cards = st.lists(
    st.builds(
        Known,
        id=st.integers(1, 999),
        tokens=texts.map(lambda text: frozenset(all_tokens(text))),
        kind=ids,
        products=sets,
        category=ids,
        supplier=ids,
        stage=ids,
        customer=ids,
        useful=st.integers(0, 30),
        useless=st.integers(0, 30),
    ),
    max_size=6,
    unique_by=lambda card: card.id,
)


def known(number, card):
    """Return a card of the labelled set as the engine knows it."""
    return Known(number, frozenset(all_tokens(*card[1:])))


class TestSimilar(BaseCase):
    """What problems have in common, without a database."""

    # === TOKENS === #

    def test_chinese_is_cut_into_pairs_and_the_rest_into_words(self):
        self.assertEqual(tokens("球头间隙,QTX-20"), ("球头", "头间", "间隙", "qtx-20"))
        self.assertEqual(tokens("The discs are scratched"), ("disc", "scratch"))
        self.assertEqual(tokens("缺"), ("缺",))
        self.assertEqual(tokens(""), ())
        self.assertEqual(tokens("Q235钢板"), ("q235", "钢板"))

    def test_full_width_and_capital_letters_make_no_difference(self):
        self.assertEqual(tokens("ＢＯＭ　Ｃ版"), tokens("bom c版"))

    @given(st.text(max_size=200))
    def test_any_text_is_cut_into_tokens_without_blanks(self, text):
        found = tokens(text)
        self.assertLessEqual(len(found), MAX_TOKENS)
        self.assertEqual(len(found), len(set(found)))
        for token in found:
            self.assertTrue(token)
            self.assertNotRegex(token, r"\s")

    @given(texts)
    def test_what_a_problem_says_is_among_the_tokens_of_a_card_that_says_it(self, text):
        self.assertLessEqual(set(tokens(text)), set(all_tokens("vorher", text)))

    # === WORDS === #

    def test_the_reason_is_said_in_whole_words(self):
        card = frozenset(all_tokens("球头间隙超差", "Lots of QTX-20 rejected"))
        self.assertEqual(
            common_words("供应商球头间隙过大,QTX-20", card), ("qtx-20", "球头间隙")
        )

    @given(texts, texts)
    def test_common_words_are_words_of_the_text(self, text, other):
        for word in common_words(text, frozenset(all_tokens(other))):
            self.assertIn(word, text.lower().replace("，", ","))

    # === WEIGHTS === #

    @given(st.dictionaries(st.text("ab气孔", min_size=1), st.integers(1, 900)))
    def test_rare_tokens_weigh_more_and_none_weighs_nothing(self, counts):
        weight = weights(counts, 900)
        by_count = sorted(counts, key=counts.get)
        found = [weight[token] for token in by_count]
        self.assertEqual(found, sorted(found, reverse=True))
        self.assertTrue(all(value > 0 for value in found))

    def test_pairs_that_are_no_words_weigh_half(self):
        weight = weights({"容短": 0, "forklift": 0, "电容": 9}, 20)
        self.assertEqual(weight["容短"] * 2, weight["forklift"])
        self.assertGreater(weight["容短"], weight["电容"])

    @given(st.dictionaries(st.text("ab气孔", min_size=1), st.integers(0, 900)))
    def test_rare_tokens_are_looked_for_until_they_bring_enough_cards(self, counts):
        chosen = rarest(counts, counts)
        self.assertEqual(bool(chosen), any(counts.values()))
        if len(chosen) > 1:
            self.assertLessEqual(sum(counts[token] for token in chosen), ENOUGH)
        for token in chosen:
            self.assertGreater(counts[token], 0)

    # === RANK === #

    def test_structure_counts_where_languages_differ(self):
        problem = Problem("Ball joints loose", kind=1, products=frozenset([7]))
        card = Known(5, frozenset(all_tokens("球头间隙超差")), 1, frozenset([7]))
        [match] = rank(problem, [card])
        self.assertEqual(match.reasons, (KIND, PRODUCT))
        self.assertEqual(match.score, POINTS[KIND] + POINTS[PRODUCT])
        self.assertEqual(match.band, "somewhat")

    def test_kind_and_stage_alone_are_no_likeness(self):
        problem = Problem("Something", kind=1, stage=3)
        self.assertFalse(rank(problem, [Known(5, kind=1, stage=3)]))

    def test_the_category_counts_only_where_the_product_is_another(self):
        problem = Problem(
            kind=1,
            products=frozenset([7]),
            categories=frozenset([2]),
            suppliers=frozenset([9]),
        )
        card = Known(5, kind=1, products=frozenset([8]), category=2, supplier=9)
        [match] = rank(problem, [card])
        self.assertEqual(match.reasons, (KIND, CATEGORY, SUPPLIER))
        [match] = rank(problem, [replace(card, products=frozenset([7]))])
        self.assertEqual(match.reasons, (KIND, PRODUCT, SUPPLIER))

    def test_figures_in_the_description_hide_no_title(self):
        card = known(1, CARDS[0])
        short = rank(Problem("铸件气孔超标"), [card])
        long = rank(Problem("铸件气孔超标", "42 7711 LX-9 3,50 0815 11:40 A-7"), [card])
        self.assertEqual(long[0].score, short[0].score)

    @given(problems, known_cards)
    def test_scores_are_points_in_order_and_worth_a_look(self, problem, cards):
        matches = rank(problem, cards, limit=4)
        self.assertLessEqual(len(matches), 4)
        scores = [match.score for match in matches]
        self.assertEqual(scores, sorted(scores, reverse=True))
        self.assertTrue(all(OFFERED <= score <= 100 for score in scores))
        self.assertEqual(matches, rank(problem, reversed(cards), limit=4))

    @given(problems, known_cards)
    def test_what_is_offered_has_a_reason_in_common(self, problem, cards):
        for match in rank(problem, cards):
            self.assertTrue(match.reasons)

    @given(problems, known_cards)
    def test_more_in_common_is_never_less_similar(self, problem, cards):
        for card in cards:
            closer = replace(card, kind=problem.kind, stage=problem.stage)
            before = {match.id: match.score for match in rank(problem, [card])}
            after = {match.id: match.score for match in rank(problem, [closer])}
            if problem.kind and problem.stage:
                self.assertGreaterEqual(
                    after.get(card.id, 0.0), before.get(card.id, 0.0)
                )

    @given(problems, known_cards)
    def test_a_useful_card_is_never_behind_its_useless_twin(self, problem, cards):
        for card in cards:
            better = replace(card, useful=card.useful + 5, useless=0)
            worse = replace(card, id=card.id + 1000, useless=card.useless + 5)
            worse = replace(worse, useful=0)
            found = [match.id for match in rank(problem, [worse, better])]
            if len(found) == 2:
                self.assertEqual(found[0], card.id)

    # === THE LABELLED SET === #

    def test_the_right_card_is_among_three_for_nearly_every_sentence(self):
        cards = [*other_cards(480), *CARDS]
        found = [known(number, card) for number, card in enumerate(cards, 1)]
        weight = weights(Counter(t for card in found for t in card.tokens), len(cards))
        missed = []
        for sentence, key in SENTENCES:
            matches = rank(Problem(sentence), found, weight)
            if key not in {cards[match.id - 1].key for match in matches}:
                missed.append(sentence)
        self.assertLessEqual(len(missed), 1, missed)

    def test_next_to_nothing_is_offered_for_a_problem_nobody_has_met(self):
        cards = [known(number, card) for number, card in enumerate(CARDS, 1)]
        weight = weights(Counter(t for card in cards for t in card.tokens), len(cards))
        offered = [s for s in NEW_PROBLEMS if rank(Problem(s), cards, weight)]
        self.assertLessEqual(len(offered), 3, offered)

    def test_no_further_card_is_there_twice(self):
        cards = list(other_cards(10_000))
        self.assertEqual(len({card[1:] for card in cards}), 10_000)
