from odoo import models

#: Orders, components … that the paper lists; the workbook has them all.
ROWS_LIMIT = 40


class ReportEcnImpact(models.AbstractModel):
    """The impact report on paper, read with the rights of whoever prints it."""

    _name = "report.order_hub.report_ecn_impact"
    _description = "Impact Report of an Engineering Change"

    def _get_report_values(self, docids, data=None):
        """Return what the template shows.

        :raise AccessError: for changes that the reader may not see
        """
        docs = self.env["order.hub.ecn"].browse(docids)
        docs.check_access("read")
        docs = docs.exists()
        return {
            "doc_ids": docs.ids,
            "doc_model": docs._name,
            "docs": docs,
            "papers": {ecn.id: self._paper(ecn) for ecn in docs},
        }

    def _paper(self, ecn):
        """Return the tables of one change, each no longer than the limit."""
        return {
            "stages": ecn._impact_stage_rows(),
            "stage_heads": ecn._impact_stage_heads(),
            "boms": self._boms(ecn),
            "orders": self._listed(
                ecn,
                "order.hub.ecn.order",
                self._telling(ecn),
                "choice, days_difference desc, id",
            ),
            "items": self._listed(ecn, "order.hub.ecn.item"),
            "productions": self._listed(
                ecn, "order.hub.ecn.mo", [("consumed_value", "!=", 0)]
            ),
            "purchases": self._listed(
                ecn, "order.hub.ecn.purchase", [("stranded_quantity", ">", 0)]
            ),
            "parties": self._listed(ecn, "order.hub.ecn.party"),
            "signatures": self._signatures(ecn),
        }

    def _rows_limit(self):
        """Return how many rows a table of the paper has at most."""
        return ROWS_LIMIT

    def _telling(self, ecn):
        """Leave out the orders that switch and lose no time: they are many."""
        return [
            "|",
            "|",
            ("suggestion", "!=", "switch"),
            ("choice", "!=", "switch"),
            ("days_difference", ">", 0),
        ]

    def _listed(self, ecn, model, domain=(), order=None):
        """Return ``{"rows": dicts of texts and numbers, "more": how many are left}``.

        Names of documents are shown whether the reader may open them or not, as in
        every list.
        """
        Model = self.env[model]
        domain = [("ecn_id", "=", ecn.id), *domain]
        limit = self._rows_limit()
        rows = Model.search_read(domain, limit=limit, order=order)
        for row in rows:
            for name, field in Model._fields.items():
                if field.type == "selection":
                    labels = dict(field._description_selection(self.env))
                    row[f"{name}_label"] = labels.get(row[name], "")
                elif field.type == "many2one":
                    row[name] = row[name][1] if row[name] else ""
        count = len(rows)
        if count == limit:
            count = Model.search_count(domain)
        return {"rows": rows, "more": count - len(rows)}

    def _boms(self, ecn):
        """Return the bills that change: product, revisions, hash of the released."""
        return [
            {
                "product": row.product_tmpl_id.display_name,
                "old": row.old_label,
                "new": row.new_label,
                "hash": (row.bom_id.hub_content_hash or "")[:10],
            }
            for row in ecn.sudo().bom_ids
        ]

    def _signatures(self, ecn):
        """Return who decided, and the roles that still have to, for signing."""
        decided = [
            {
                "role": row.role_id.name,
                "user": row.user_id.name,
                "date": row.date,
                "verdict": dict(
                    row._fields["verdict"]._description_selection(self.env)
                ).get(row.verdict, ""),
            }
            for row in ecn.sudo().approval_ids.filtered(
                lambda row: row.round == ecn.round
            )
        ]
        empty = {"user": "", "date": False, "verdict": ""}
        missing = ecn.sudo().missing_role_ids
        return decided + [{**empty, "role": role.name} for role in missing]
