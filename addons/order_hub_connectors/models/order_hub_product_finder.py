from dataclasses import dataclass
from typing import Any

from odoo import api, models
from odoo.tools import SQL

from ..engine.sku import sku_key

#: Codes of one batch for which similar products are looked up, and how many each.
MAX_ASKED = 20
MAX_CANDIDATES = 5
MAX_LABEL = 80
#: Products that are compared with one code, or one name.
MAX_LOOKED = 500
#: Codes so alike that the name need not be asked.
GOOD = 0.6


@dataclass(frozen=True)
class Match:
    """What a code of a channel is: a product, how many of which unit.

    :ivar way: ``channel``, ``code``, ``barcode``, ``spelling``
    :ivar unit: unit that the answer names, or empty
    """

    product: Any
    way: str
    factor: float = 1.0
    unit: Any = None


class OrderHubProductFinder(models.AbstractModel):
    """Products of the codes that a channel uses, for a whole batch.

    In this order: the channel's own products, internal references, barcodes (of
    packagings too), and a reference that differs in spelling only. Anything less
    certain is a candidate for a person.
    """

    _name = "order.hub.product.finder"
    _description = "Finder of Products"

    @api.model
    def _find(self, channel, lines):
        """Return what the codes of lines are, with a bounded number of queries.

        :param lines: dicts with ``sku``, ``barcode``, ``name`` where known
        :return: ``{sku or barcode: Match}``, ``{sku: [candidates]}`` and
            ``{sku: products}`` where one code means several
        """
        codes = {line["sku"] for line in lines if line.get("sku")}
        barcodes = {line["barcode"] for line in lines if line.get("barcode")}
        found = self._by_channel(channel, codes)
        ambiguous = self._by_code(channel, codes - set(found), barcodes, found)
        self._by_packaging(channel, (codes | barcodes) - set(found), found)
        open_codes = {
            line["sku"]: line.get("name") or ""
            for line in lines
            if line.get("sku")
            and line["sku"] not in found
            and line["sku"] not in ambiguous
            and line.get("barcode") not in found
        }
        candidates = self._candidates(channel, open_codes)
        self._by_spelling(channel, candidates, found)
        return found, candidates, ambiguous

    # === CERTAIN === #

    def _by_channel(self, channel, codes):
        """Return matches by the channel's own products."""
        if not codes:
            return {}
        keys = {code: sku_key(code) for code in codes}
        rows = self.env["order.hub.channel.product"].sudo()
        rows = rows.search(
            [("channel_id", "=", channel.id), ("sku_key", "in", list(keys.values()))]
        )
        by_key = {row.sku_key: row for row in rows}
        return {
            code: Match(row.product_id, "channel", row.factor, row.uom_id)
            for code, key in keys.items()
            if (row := by_key.get(key))
        }

    def _by_code(self, channel, codes, barcodes, found):
        """Add matches by internal reference, then by barcode.

        :return: ``{code: products}`` of references that several products have
        """
        wanted = list(codes | barcodes)
        if not wanted:
            return {}
        products = self._products(channel).search(
            [
                "|",
                ("default_code", "in", wanted),
                ("barcode", "in", wanted),
                *self._sold_here(channel),
            ],
            order="id",
        )
        by_code = products.grouped("default_code")
        ambiguous = {}
        for code in codes & set(by_code):
            own = by_code[code].filtered("company_id") or by_code[code]
            if len(own) == 1:
                found[code] = Match(own, "code")
            else:
                ambiguous[code] = own
        for product in products.filtered("barcode"):
            if product.barcode not in ambiguous:
                found.setdefault(product.barcode, Match(product, "barcode"))
        return ambiguous

    def _by_packaging(self, channel, barcodes, found):
        """Add matches by the barcode of a packaging, with its unit."""
        if not barcodes:
            return
        rows = (
            self.env["product.uom"]
            .sudo()
            .search(
                [
                    ("barcode", "in", list(barcodes)),
                    ("product_id.sale_ok", "=", True),
                    ("product_id.company_id", "in", (False, channel.company_id.id)),
                ]
            )
        )
        for row in rows:
            match = Match(row.product_id, "barcode", 1.0, row.uom_id)
            found.setdefault(row.barcode, match)

    def _by_spelling(self, channel, candidates, found):
        """Add the one product whose reference differs in case or width only."""
        for code, rows in candidates.items():
            same = [row for row in rows if sku_key(row["code"]) == sku_key(code)]
            if len(same) == 1:
                product = self._products(channel).browse(same[0]["product_id"])
                found[code] = Match(product, "spelling")

    def _products(self, channel):
        """Products as superuser: the mapping is the company's, not the worker's."""
        return self.env["product.product"].sudo().with_company(channel.company_id)

    def _sold_here(self, channel):
        return [
            ("sale_ok", "=", True),
            ("company_id", "in", (False, channel.company_id.id)),
        ]

    # === LIKELY === #

    @api.model
    def _candidates(self, channel, asked):
        """Return products with a similar code or name, the most alike first.

        :param asked: ``{code: name as the channel says}``
        :return: ``{code: [{"product_id", "code", "name", "score"}]}``; empty where
            the database has no trigrams
        """
        asked = dict(sorted(asked.items())[:MAX_ASKED])
        if not asked or not self.env.registry.has_trigram:
            return {}
        self.env["product.product"].flush_model(["default_code", "active"])
        self.env["product.template"].flush_model(["name", "sale_ok", "company_id"])
        found = self._alike(self._by_code_query(channel, list(asked)))
        unsure = {
            code: label[:MAX_LABEL].strip()
            for code, label in asked.items()
            if label.strip() and not self._is_good(found.get(code))
        }
        if unsure:
            by_name = self._alike(self._by_name_query(channel, unsure))
            for code, rows in by_name.items():
                found[code] = self._best(found.get(code, []) + rows)
        return found

    def _is_good(self, rows):
        """Tell whether codes alone gave an answer: names are slower to compare."""
        return bool(rows) and rows[0]["score"] >= GOOD

    def _best(self, rows):
        """Return each product once, the most alike first."""
        by_product = {}
        for row in sorted(rows, key=lambda row: (-row["score"], row["product_id"])):
            by_product.setdefault(row["product_id"], row)
        return list(by_product.values())[:MAX_CANDIDATES]

    def _alike(self, query):
        """Return ``{code: candidates}`` of a query."""
        found = {}
        for row in self.env.execute_query_dict(query):
            row["score"] = round(row["score"], 2)
            found.setdefault(row.pop("asked"), []).append(row)
        return {code: self._best(rows) for code, rows in found.items()}

    def _by_code_query(self, channel, codes):
        return SQL(
            """SELECT asked.code AS asked, likely.*
                 FROM unnest(%s::text[]) AS asked(code)
                      CROSS JOIN LATERAL (%s) likely""",
            codes,
            self._likely(
                channel,
                SQL("similarity(product.default_code, asked.code)"),
                SQL("product.default_code %% asked.code"),
            ),
        )

    def _by_name_query(self, channel, labels):
        names = SQL("jsonb_path_query_array(template.name, '$.*')::text")
        return SQL(
            """SELECT asked.code AS asked, likely.*
                 FROM unnest(%s::text[], %s::text[]) AS asked(code, label)
                      CROSS JOIN LATERAL (%s) likely""",
            list(labels),
            list(labels.values()),
            self._likely(
                channel,
                SQL("word_similarity(asked.label, %s)", names),
                SQL("asked.label <%% %s", names),
            ),
        )

    def _likely(self, channel, score, condition):
        """Return the products of one code that fit a condition, best first.

        A word such as *disc* fits thousands: no more than MAX_LOOKED are compared.
        """
        lang = self.env.lang or "en_US"
        return SQL(
            """SELECT * FROM (
                   SELECT product.id AS product_id,
                          COALESCE(product.default_code, '') AS code,
                          COALESCE(template.name->>%(lang)s, template.name->>'en_US')
                              AS name,
                          %(score)s::float AS score
                     FROM product_product product
                     JOIN product_template template
                          ON template.id = product.product_tmpl_id
                    WHERE %(condition)s AND product.active AND template.sale_ok
                      AND (template.company_id IS NULL
                           OR template.company_id = %(company)s)
                    LIMIT %(looked)s
               ) AS fitting
               ORDER BY score DESC, product_id LIMIT %(most)s""",
            lang=lang,
            score=score,
            condition=condition,
            company=channel.company_id.id,
            looked=MAX_LOOKED,
            most=MAX_CANDIDATES,
        )
