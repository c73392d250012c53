from odoo import api, models
from odoo.tools import SQL

from ...engine.history import CUSTOMER, first

#: A name in two languages: Latin words and Chinese ones, which may hold a letter
#: (杭州西子4S店); a half has three characters at least.
TWO_LANGUAGES = (
    r"^([^一-鿿]*[a-z][^一-鿿]+?)\s+([一-鿿].{2,})$"
    r"|^([一-鿿]\S{2,}?)\s+([a-z][^一-鿿]{2,})$"
)
#: How sure one half of a name is, after those of :meth:`_matches`.
HALF = 5


class OrderHubHistoryFinder(models.AbstractModel):
    """Who a customer and what an article of an old list is, for a chunk of rows.

    Only what is the same is taken: a name somebody assigned before, a customer number,
    a name letter by letter. Everything less is for a person; an article nobody knows
    stays in words.
    """

    _name = "order.hub.history.finder"
    _description = "Finder for History"

    # === CUSTOMERS === #

    @api.model
    def _customers(self, source, values, known):
        """Add to ``known`` who the customers of these rows are.

        :param known: ``{key: partner ids}``; several: ambiguous
        """
        names = {key for row in values for key in self._keys(row)} - set(known)
        if not names:
            return
        known.update({name: [] for name in names})
        for name, partner_id, rank in self._matches(source, sorted(names)):
            found = known[name]
            if not found or found[0][1] == rank:
                found.append((partner_id, rank))
        unknown = sorted(name for name in names if not known[name])
        for name, partner_id in self._half_matches(source, unknown):
            known[name].append((partner_id, HALF))

    @api.model
    def _keys(self, values):
        return [name_key(text) for part in CUSTOMER if (text := values.get(part))]

    def _matches(self, source, names):
        """Return ``(key, partner, rank)``, the surest first: assigned before, customer
        number, name of a company or person of its own, name of a contact."""
        self.env["res.partner"].flush_model(["name", "ref", "active", "parent_id"])
        self.env["order.hub.history.name"].flush_model()
        return self.env.execute_query(
            SQL(
                """SELECT key, partner_id, 1 AS rank FROM order_hub_history_name
                    WHERE source_id = %(source)s AND key = ANY(%(names)s)
                UNION ALL
                   SELECT lower(btrim(ref)), id, 2 FROM res_partner
                    WHERE lower(btrim(ref)) = ANY(%(names)s) AND %(seen)s
                UNION ALL
                   SELECT lower(btrim(name)), id,
                          CASE WHEN parent_id IS NULL THEN 3 ELSE 4 END
                     FROM res_partner
                    WHERE lower(btrim(name)) = ANY(%(names)s) AND %(seen)s
                 ORDER BY rank, partner_id""",
                source=source.id,
                names=names,
                seen=self._seen(source),
            )
        )

    def _half_matches(self, source, names):
        """Return ``(key, partner)`` of companies one half of whose name it is.

        无锡太湖汽修 is half of *Wuxi Taihu Auto Repair 无锡太湖汽修*.
        """
        if not names:
            return []
        return self.env.execute_query(
            SQL(
                """SELECT DISTINCT half, id
                     FROM res_partner
               CROSS JOIN LATERAL unnest(regexp_match(lower(btrim(name)), %(two)s))
                          AS half
                    WHERE parent_id IS NULL AND name ~ %(mixed)s AND %(seen)s
                      AND half = ANY(%(names)s)
                 ORDER BY id""",
                two=TWO_LANGUAGES,
                mixed="[一-鿿]",
                names=names,
                seen=self._seen(source),
            )
        )

    def _seen(self, source):
        """Return which partners the company of a source may have sold to."""
        return SQL(
            "active AND (company_id IS NULL OR company_id = %s)", source.company_id.id
        )

    # === ARTICLES === #

    @api.model
    def _goods(self, source, values, known):
        """Add to ``known`` which products the codes of these rows are, and their
        units.

        :param known: ``{code key: product ids}``, and what :meth:`_unit_of` keeps
        """
        codes = {key for row in values if (key := self._code(row))} - set(known)
        if not codes:
            return
        known.update({code: [] for code in codes})
        self.env["product.product"].flush_model(["default_code", "barcode", "active"])
        self.env["product.template"].flush_model(["uom_id", "company_id"])
        rows = self.env.execute_query(
            SQL(
                """SELECT lower(btrim(asked)), product.id, template.uom_id
                     FROM product_product product
                     JOIN product_template template
                          ON template.id = product.product_tmpl_id
               CROSS JOIN LATERAL (VALUES (product.default_code), (product.barcode))
                          AS word(asked)
                    WHERE lower(btrim(asked)) = ANY(%s) AND product.active
                      AND (template.company_id IS NULL OR template.company_id = %s)
                 ORDER BY product.id""",
                sorted(codes),
                source.company_id.id,
            )
        )
        for code, product_id, uom_id in rows:
            if product_id not in known[code]:
                known[code].append(product_id)
            known["unit", product_id, ""] = (uom_id, True)
            known.setdefault(("products",), []).append(product_id)

    @api.model
    def _code(self, values):
        text = values.get("lines[].sku") or values.get("lines[].barcode") or ""
        return name_key(text)

    # === ONE ROW === #

    @api.model
    def _place(self, source, values, partners, goods):
        """Return ``(partner id, product id, unit id, doubts)`` of a row.

        Ids are ``None`` where nobody knows, or several may be meant.
        """
        doubts = []
        partner = self._partner_of(source, values, partners, doubts)
        products = goods.get(self._code(values), [])
        if len(products) > 1:
            doubts.append({"code": "product_several", "target": "lines[].sku"})
        product = products[0] if len(products) == 1 else None
        return partner, product, self._unit_of(product, values, goods, doubts), doubts

    def _partner_of(self, source, values, partners, doubts):
        found = next(
            (hits for key in self._keys(values) if (hits := partners.get(key))), []
        )
        if len(found) == 1:
            return found[0][0]
        if not first(values, CUSTOMER):
            return None  # said by the row itself
        code = "customer_several" if found else "customer_unknown"
        if not found and source.unknown_customers == "make":
            code = "customer_new"
        doubts.append({"code": code, "target": "customer.name"})
        return None

    def _unit_of(self, product_id, values, known, doubts):
        """Return the unit a row means; a word the product does not know is a doubt,
        and the quantity counts in the product's own unit then."""
        if not product_id:
            return None
        word = values.get("lines[].unit") or ""
        at = ("unit", product_id, word)
        if at not in known:
            known[at] = self._unit(product_id, word, known)
        uom, is_sure = known[at]
        if not is_sure:
            doubts.append(
                {"code": "unit_differs", "target": "lines[].unit", "unit": word}
            )
        return uom

    def _unit(self, product_id, word, known):
        """Return the unit a word means for a product, and whether it means one.

        All products found so far are read together.
        """
        Finder = self.env["order.hub.unit.finder"]
        if ("names",) not in known:
            known[("names",)] = Finder._names()
        product = self.env["product.product"].browse(product_id)
        product = product.with_prefetch(known[("products",)])
        unit, _problem = Finder._find(product, word, known[("names",)])
        return (unit or product.uom_id).id, bool(unit)


def name_key(text):
    """Return a name or code in the form in which it is compared with the database's
    ``lower(btrim(…))``."""
    return str(text).strip().lower()
