from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..engine import similar

#: Cards that are compared for each problem: by their words, by what they are about.
BY_WORDS, BY_STRUCTURE = 100, 50
#: A token that so many cards have is common; how common makes no difference.
COMMON = 1_000
#: Cards that the search page and the list show for a text.
FOUND = 20
#: Characters of a text that are looked at.
MAX_TEXT = 2_000


class OrderHubDisposition(models.Model):
    """Cards found again: candidates by an index, compared by ``engine.similar``.

    Two statements for any number of problems, three with cards to read.
    """

    _inherit = "order.hub.disposition"

    similar_to = fields.Char(
        store=False,
        search="_search_similar_to",
        help="Cards about a problem like this, in whatever words.",
    )

    @api.model
    def hub_find(self, text, kind_id=False, limit=FOUND):
        """Return the cards about a problem that somebody tells, the best first.

        :param str text: the problem in one sentence, Chinese or other
        :param int kind_id: of the problem; False: any
        :param int limit: at most so many, 20 if more are asked for
        :return: list of dicts as of :meth:`_offers`
        :raise AccessError: for anybody who may not read cards
        """
        self.browse().check_access("read")
        problem = similar.Problem(str(text or "")[:MAX_TEXT], kind=int(kind_id or 0))
        limit = max(1, min(int(limit), FOUND))
        [matches] = self._similar([(problem, self.env.companies.ids)], limit)
        return self._offers(problem, matches)

    def _search_similar_to(self, operator, value):
        """Return the cards like a text; what is not text searches nothing."""
        if operator not in ("ilike", "like", "=", "in"):
            return NotImplemented
        texts = [value] if isinstance(value, str) else [v for v in value or () if v]
        asked = [
            (similar.Problem(str(text)[:MAX_TEXT]), self.env.companies.ids)
            for text in texts
        ]
        found = self._similar(asked, FOUND) if asked else []
        return Domain("id", "in", [m.id for matches in found for m in matches])

    # === SEARCH === #

    @api.model
    def _similar(self, asked, limit=3):
        """Return the cards like each problem.

        :param asked: list of ``(engine Problem, ids of the companies whose cards)``
        :return: list of tuples of ``engine.similar.Match``, in that order
        """
        if not self._are_there_any():
            return [() for _row in asked]
        self.flush_model()
        words = [
            similar.tokens(f"{problem.title}\n{problem.more}")
            for problem, _companies in asked
        ]
        counts, total = self._token_counts({t for row in words for t in row})
        ids = self._candidates(
            [
                (problem, companies, similar.rarest(row, counts))
                for (problem, companies), row in zip(asked, words, strict=True)
            ]
        )
        cards = self._known({id_ for row in ids for id_ in row})
        weight = similar.weights(counts, total)
        return [
            similar.rank(
                problem, [cards[id_] for id_ in row if id_ in cards], weight, limit
            )
            for (problem, _companies), row in zip(asked, ids, strict=True)
        ]

    def _token_counts(self, tokens):
        """Return in how many cards each token is (up to COMMON), and how many are."""
        rows = self.env.execute_query(
            SQL(
                "SELECT token, (SELECT count(*) FROM (SELECT 1 FROM "
                "order_hub_disposition WHERE active AND %s @@ "
                "quote_literal(token)::tsquery LIMIT %s) AS found) "
                "FROM unnest(%s::text[]) AS token "
                "UNION ALL SELECT NULL, count(*) FROM order_hub_disposition "
                "WHERE active",
                self._vector(),
                COMMON,
                sorted(tokens),
            )
        )
        counts = dict(rows)
        return counts, counts.pop(None)

    def _candidates(self, asked):
        """Return for each problem the ids of the cards to compare it with.

        :param asked: list of ``(Problem, company ids, tokens to look for)``
        """
        rows = [
            self._asked_row(number, *question) for number, question in enumerate(asked)
        ]
        found = [[] for _question in asked]
        if not rows:
            return found
        query = SQL(
            "WITH asked (number, companies, words, kind, products, categories, "
            "suppliers) AS (VALUES %s) SELECT asked.number, near.id FROM asked "
            "CROSS JOIN LATERAL ((%s) UNION (%s)) AS near",
            SQL(", ").join(rows),
            self._by_words(),
            self._by_structure(),
        )
        for number, id_ in self.env.execute_query(query):
            found[number].append(id_)
        return found

    def _asked_row(self, number, problem, companies, tokens):
        words = " | ".join(f"'{token}'" for token in tokens)
        return SQL(
            "(%s, %s::int[], %s::tsquery, %s, %s::int[], %s::int[], %s::int[])",
            number,
            list(companies),
            words or None,
            problem.kind,
            sorted(problem.products),
            sorted(problem.categories),
            sorted(problem.suppliers),
        )

    def _by_words(self):
        """Return the cards with rare words of the problem, most of them first."""
        return SQL(
            "SELECT card.id FROM order_hub_disposition AS card WHERE card.active "
            "AND %s AND %s @@ asked.words ORDER BY ts_rank(%s, asked.words) DESC, "
            "card.id DESC LIMIT %s",
            self._is_theirs(),
            self._vector(),
            self._vector(),
            BY_WORDS,
        )

    def _by_structure(self):
        """Return the newest cards of the kind on the same thing, whatever they say."""
        return SQL(
            "SELECT card.id FROM order_hub_disposition AS card WHERE card.active "
            "AND %s AND card.kind_id = asked.kind "
            "AND (card.supplier_id = ANY(asked.suppliers) "
            "OR card.categ_id = ANY(asked.categories) OR EXISTS (SELECT 1 FROM "
            "order_hub_disposition_product_rel AS about WHERE about.disposition_id = "
            "card.id AND about.product_id = ANY(asked.products))) "
            "ORDER BY card.id DESC LIMIT %s",
            self._is_theirs(),
            BY_STRUCTURE,
        )

    def _is_theirs(self):
        return SQL(
            "(card.company_id IS NULL OR card.company_id = ANY(asked.companies))"
        )

    def _vector(self):
        """Return the expression of the index."""
        return SQL("array_to_tsvector(string_to_array(search_text, ' '))")

    def _known(self, ids):
        """Return ``{id: engine Known}`` of the cards that the reader may see."""
        cards = self.browse(sorted(ids))._filtered_access("read")
        votes = self.env["order.hub.disposition.vote"]._of(cards) if cards else {}
        return {card.id: card._as_known(votes.get(card.id)) for card in cards}

    def _as_known(self, votes):
        useful, useless, _mine = votes or (0, 0, False)
        card = self.sudo()
        return similar.Known(
            id=card.id,
            tokens=frozenset((card.search_text or "").split()),
            kind=card.kind_id.id,
            products=frozenset(card.product_ids.ids),
            category=card.categ_id.id or 0,
            supplier=card.supplier_id.id or 0,
            stage=card.stage_id.id or 0,
            customer=card.partner_id.commercial_partner_id.id or 0,
            useful=useful,
            useless=useless,
        )
