from dataclasses import replace

from odoo import models
from odoo.tools import SQL

from ...engine.picture.codes import FROM, TO, folded

#: How sure a code is that no product has, and one that is easily taken for another.
UNKNOWN, TWIN = 0.5, 0.6


class OrderHubInbound(models.Model):
    """Codes on paper beside those of the catalogue: O and 0, I and 1 look alike."""

    _inherit = "order.hub.inbound"

    def _step_products(self, channel, works):
        result = super()._step_products(channel, works)
        papers = [work for work in works if work.found.get("is_picture")]
        if papers:
            self._weigh_codes(channel, papers)
        return result

    def _weigh_codes(self, channel, works):
        """Lower what is not sure, and offer the codes that look the same."""
        keys = {folded(line["sku"]) for w in works for line in w.lines if "sku" in line}
        alike = self._codes_alike(channel, keys - {""})
        for work in works:
            for line in work.lines:
                path = f"lines[{line['n']}].sku"
                if "sku" in line and path in work.evidence:
                    rows = alike.get(folded(line["sku"]), [])
                    work.evidence[path] = self._weighed(work.evidence[path], line, rows)

    def _weighed(self, evidence, line, rows):
        """Return the evidence of a code that was read.

        :param rows: ``(code, name)`` of products whose codes look like it
        """
        others = [row for row in rows if row[0] != line["sku"]]
        options = tuple(
            {"value": code, "label": f"{code} {name or ''}".strip(), "score": 0.9}
            for code, name in others
        )
        most = 1.0 if line.get("product_id") else UNKNOWN
        if others:
            most = min(most, TWIN)
        return replace(
            evidence,
            confidence=min(evidence.confidence, most),
            candidates=options or evidence.candidates,
        )

    def _codes_alike(self, channel, keys):
        """Return ``{folded code: [(code, name)]}`` of the company's products."""
        if not keys:
            return {}
        shown = SQL("translate(upper(p.default_code), %s, %s)", FROM, TO)
        lang = self.env.lang or "en_US"
        rows = self.env.execute_query(
            SQL(
                """SELECT %(shown)s, p.default_code,
                          COALESCE(t.name->>%(lang)s, t.name->>'en_US')
                     FROM product_product p
                     JOIN product_template t ON t.id = p.product_tmpl_id
                    WHERE p.active AND t.sale_ok AND %(shown)s = ANY(%(keys)s)
                      AND (t.company_id IS NULL OR t.company_id = %(company)s)
                    ORDER BY p.default_code LIMIT 200""",
                shown=shown,
                lang=lang,
                keys=list(keys),
                company=channel.company_id.id,
            )
        )
        found = {}
        for key, code, name in rows:
            found.setdefault(key, []).append((code, name))
        return found
