"""Which cards are about the problem at hand, and why, in any language.

Text is cut into *tokens*: Chinese (and Japanese) runs into pairs of neighbouring
characters, everything else into words without their endings. No dictionary is
needed, no word has to be known, and a text written half in English is cut as
well. Databases cut Chinese badly or not at all; here it is cut before it gets there.

A card gets points for what it has in common with the problem:

========== ====== ==========================================================
what       points how much of them
========== ====== ==========================================================
text           60 share of the problem's tokens that the card has, too, rare
                  ones weighing more; six tenths are all of it
kind           12 all of them
product        12 all; 6 where only the product category is the same
supplier        8 all of them
stage           4 all of them
customer        4 all of them
votes           4 more or less, as people found it useful or not
========== ====== ==========================================================

What a problem says in its title counts alone or together with its description,
whichever is more alike: figures in a description hide no good title.
A token weighs ``log(1 + cards / (1 + cards that have it))``: *supplier* is in half of
them, *pores* in three; a pair of characters that no card has weighs half of that. A
card is offered from :data:`OFFERED` points on: a fifth of the words, or the same kind
and product. Kind and stage alone are no likeness.
"""

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

TEXT, KIND, PRODUCT, CATEGORY, SUPPLIER, STAGE, CUSTOMER = (
    "text",
    "kind",
    "product",
    "category",
    "supplier",
    "stage",
    "customer",
)
POINTS = {
    TEXT: 60.0,
    KIND: 12.0,
    PRODUCT: 12.0,
    CATEGORY: 6.0,
    SUPPLIER: 8.0,
    STAGE: 4.0,
    CUSTOMER: 4.0,
}
#: What votes add or take at most.
VOTES = 4.0
#: Votes that say nothing yet: as many for as against, before anybody voted.
DOUBT = 2
#: Share of the words that is as good as all: nobody tells it in the same ones.
SAME_WORDS = 0.6
#: Share of its weight that a pair of characters keeps which no card has: most are of
#: two words that happen to stand together, and say little.
UNKNOWN = 0.5
#: Points from which a card is worth a look.
OFFERED = 18.0
#: Points from which it is called similar, and very similar.
SIMILAR, VERY_SIMILAR = 40.0, 60.0
#: So many different tokens of a text are looked at; more are no sentence.
MAX_TOKENS = 80
#: Cards that are looked at for their words: rare tokens bring enough of them.
ENOUGH = 300
#: Common words shown as the reason.
MAX_WORDS = 4

_CJK = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_RUN = re.compile(rf"[{_CJK}]+|[^\W_{_CJK}][^\W_{_CJK}\-]*(?:-[^\W_{_CJK}]+)*")
_IS_CJK = re.compile(rf"[{_CJK}]")
_SMALL = frozenset(
    "a an and are as at be by for from has have in is it its no not of on or our out "
    "s t that the their they this to was we were with".split()
)
_ENDINGS = ("ies", "ing", "ed", "es", "s")
_SHORTEST = 3


@dataclass(frozen=True)
class Problem:
    """What is known of a problem; empty is what nobody said.

    :ivar title: its one line
    :ivar more: its description
    :ivar kind: id of the kind; the other ids likewise, 0 or empty: unknown
    """

    title: str = ""
    more: str = ""
    kind: int = 0
    products: frozenset[int] = frozenset()
    categories: frozenset[int] = frozenset()
    suppliers: frozenset[int] = frozenset()
    stage: int = 0
    customer: int = 0


@dataclass(frozen=True)
class Known:
    """A card: its tokens, what it is about, and how people voted."""

    id: int
    tokens: frozenset[str] = frozenset()
    kind: int = 0
    products: frozenset[int] = frozenset()
    category: int = 0
    supplier: int = 0
    stage: int = 0
    customer: int = 0
    useful: int = 0
    useless: int = 0


@dataclass(frozen=True)
class Match:
    """A card that fits: 0 to 100 points, and why, the weightiest reason first.

    :ivar reasons: keys of :data:`POINTS`
    :ivar words: what both say, as the problem spells it
    """

    id: int
    score: float
    reasons: tuple[str, ...] = ()
    words: tuple[str, ...] = ()

    @property
    def band(self) -> str:
        """Return ``very``, ``similar`` or ``somewhat``."""
        if self.score >= VERY_SIMILAR:
            return "very"
        return "similar" if self.score >= SIMILAR else "somewhat"


def tokens(text: str) -> tuple[str, ...]:
    """Return the different tokens of a text, in their order; at most MAX_TOKENS."""
    found: dict[str, None] = {}
    for _start, _end, token in _pieces(_plain(text)):
        found.setdefault(token)
        if len(found) == MAX_TOKENS:
            break
    return tuple(found)


def all_tokens(*texts: str) -> tuple[str, ...]:
    """Return the different tokens of texts, sorted: what a card is found by."""
    found = {token for text in texts for *_at, token in _pieces(_plain(text))}
    return tuple(sorted(found))


def weights(counts: Mapping[str, int], total: int) -> dict[str, float]:
    """Return what each token weighs.

    :param counts: in how many cards each is
    :param total: cards there are
    """
    return {
        token: math.log(1 + max(total, count, 1) / (1 + count))
        * (1.0 if count or not _IS_CJK.match(token) else UNKNOWN)
        for token, count in counts.items()
    }


def rarest(asked: Iterable[str], counts: Mapping[str, int]) -> tuple[str, ...]:
    """Return the tokens to look for: rare ones until they bring enough cards.

    Tokens that no card has bring none and are left out.
    """
    chosen, brought = [], 0
    for token in sorted(set(asked), key=lambda token: (counts.get(token, 0), token)):
        count = counts.get(token, 0)
        if chosen and brought + count > ENOUGH:
            break
        if count:
            chosen.append(token)
            brought += count
    return tuple(chosen)


def rank(
    problem: Problem,
    cards: Iterable[Known],
    weight: Mapping[str, float] | None = None,
    limit: int = 3,
) -> tuple[Match, ...]:
    """Return the cards worth a look, the most similar first.

    :param weight: as of :func:`weights`; tokens it does not know weigh 1
    """
    title = tokens(problem.title)
    whole = tokens(f"{problem.title}\n{problem.more}")
    weight = weight or {}
    found = [_match(problem, (title, whole), card, weight) for card in cards]
    offered = [match for match in found if match.score >= OFFERED]
    offered.sort(key=lambda match: (-match.score, -match.id))
    return tuple(offered[:limit])


def common_words(text: str, known: frozenset[str]) -> tuple[str, ...]:
    """Return what a text has in common with tokens, as it spells it.

    Pairs of characters that touch are put together again; the longest come first.
    """
    plain, spans = _plain(text), []
    for start, end, token in _pieces(plain):
        if token not in known:
            continue
        if spans and start < spans[-1][1]:
            spans[-1][1] = end
        else:
            spans.append([start, end])
    words = dict.fromkeys(plain[start:end] for start, end in spans)
    return tuple(sorted(words, key=len, reverse=True)[:MAX_WORDS])


# === HELPERS === #


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text or "").lower()


def _pieces(plain: str):
    """Yield ``(start, end, token)`` of a text, pairs overlapping by a character."""
    for run in _RUN.finditer(plain):
        start, end = run.span()
        if not _IS_CJK.match(run[0]):
            if run[0] not in _SMALL:
                yield start, end, _stem(run[0])
        elif end - start == 1:
            yield start, end, run[0]
        else:
            for at in range(start, end - 1):
                yield at, at + 2, plain[at : at + 2]


def _stem(word: str) -> str:
    """Return a word without the ending that makes it plural, past or a doing."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) > _SHORTEST:
            return word[: -len(ending)]
    return word


def _match(
    problem: Problem,
    asked: Iterable[Sequence[str]],
    card: Known,
    weight: Mapping[str, float],
) -> Match:
    """Return what a card is worth, by the better one of the texts asked."""
    text = max(_share(wanted, card.tokens, weight) for wanted in asked)
    reasons = [TEXT] if text else []
    reasons += _structure(problem, card)
    points = sum(POINTS[reason] for reason in reasons if reason != TEXT)
    points += POINTS[TEXT] * min(text / SAME_WORDS, 1.0) + _votes(card)
    words = common_words(f"{problem.title}\n{problem.more}", card.tokens)
    score = min(max(round(points, 1), 0.0), 100.0)
    return Match(card.id, score, tuple(reasons), words)


def _structure(problem: Problem, card: Known) -> list[str]:
    """Return what problem and card are both about."""
    same_product = bool(problem.products & card.products)
    facts = (
        (KIND, bool(card.kind) and card.kind == problem.kind),
        (PRODUCT, same_product),
        (CATEGORY, not same_product and card.category in problem.categories),
        (SUPPLIER, card.supplier in problem.suppliers),
        (STAGE, bool(card.stage) and card.stage == problem.stage),
        (CUSTOMER, bool(card.customer) and card.customer == problem.customer),
    )
    return [reason for reason, holds in facts if holds]


def _share(
    asked: Sequence[str], known: frozenset[str], weight: Mapping[str, float]
) -> float:
    """Return which part of the tokens asked for is known, by weight, 0 to 1."""
    total = sum(weight.get(token, 1.0) for token in asked)
    found = sum(weight.get(token, 1.0) for token in asked if token in known)
    return found / total if total else 0.0


def _votes(card: Known) -> float:
    """Return what the votes are worth: from -VOTES to VOTES, 0 while nobody voted."""
    voted = card.useful + card.useless
    return VOTES * (card.useful - card.useless) / (voted + DOUBT)
