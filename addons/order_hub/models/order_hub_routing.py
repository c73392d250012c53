from odoo import api, fields, models
from odoo.tools import SQL, html2plaintext

from ..engine.routing import Facts


class OrderHubRouting(models.AbstractModel):
    """Collects the facts that routing rules ask about, for many orders at once."""

    _name = "order.hub.routing"
    _description = "Facts for Routing"

    @api.model
    def _facts(self, orders, types, rules, at_creation=False):
        """Return ``{order id: engine.routing.Facts}``: one query, one more for grades.

        :param orders: ``sale.order`` records
        :param types: ``{order id: order type}``
        :param rules: ``engine.routing.Rule`` objects; only what they ask is read
        :param at_creation: hours left as they were when the order was made
        """
        asked = {c.fact for rule in rules for c in rule.conditions}
        rows = self._rows(orders)
        self._rate_drafts(rows, orders)
        grades = self._grades(rows, orders) if "grade" in asked else {}
        now = fields.Datetime.now()
        return {
            row["id"]: self._fact(
                row,
                types.get(row["id"]),
                grades.get((row["company_id"], row["payer"])),
                row["created"] if at_creation else now,
                "remark" in asked,
            )
            for row in rows
        }

    def _fact(self, row, order_type, grade, now, with_remark):
        promised = row["promised"]
        return Facts(
            order_type=order_type.id if order_type else None,
            is_rush=bool(order_type and order_type.is_rush),
            channel=row["channel"],
            grade=grade,
            amount=float(row["amount"] or 0.0),
            hours_left=promised and (promised - now).total_seconds() / 3600,
            categories=self._with_ancestors(row["categories"]),
            country=row["country"],
            state=row["state"],
            city=row["city"] or "",
            remark=self._remark(row) if with_remark else "",
        )

    def _with_ancestors(self, paths):
        """Return the ids on the paths of categories, e.g. ``["1/4/", "1/7/"]``."""
        return frozenset(
            int(id_) for path in paths or () for id_ in path.split("/") if id_
        )

    def _remark(self, row):
        note = html2plaintext(row["note"]) if row["note"] else ""
        return " ".join(filter(None, (note, row["customer_ref"])))

    def _rows(self, orders):
        for model in ("sale.order", "sale.order.line", "res.partner"):
            self.env[model].flush_model()
        return self.env.execute_query_dict(
            SQL(
                """SELECT o.id, o.company_id, o.hub_channel_id AS channel,
                          o.amount_total / COALESCE(NULLIF(o.currency_rate, 0), 1)
                              AS amount,
                          (o.state IN ('draft', 'sent')
                           AND o.currency_id != company.currency_id
                          ) AS is_foreign_draft,
                          COALESCE(o.commitment_date, o.hub_promised_date) AS promised,
                          COALESCE(o.date_order, o.create_date) AS created,
                          ship.country_id AS country, ship.state_id AS state,
                          ship.city, o.note, o.client_order_ref AS customer_ref,
                          payer.commercial_partner_id AS payer,
                          (SELECT array_agg(DISTINCT category.parent_path)
                             FROM sale_order_line line
                             JOIN product_product product
                                  ON product.id = line.product_id
                             JOIN product_template template
                                  ON template.id = product.product_tmpl_id
                             JOIN product_category category
                                  ON category.id = template.categ_id
                            WHERE line.order_id = o.id) AS categories
                     FROM sale_order o
                     JOIN res_company company ON company.id = o.company_id
                     JOIN res_partner ship ON ship.id = o.partner_shipping_id
                     JOIN res_partner payer ON payer.id = o.partner_id
                    WHERE o.id = ANY(%s)""",
                orders.ids,
            )
        )

    def _rate_drafts(self, rows, orders):
        """Count quotations in a foreign currency at the rate of today.

        :param rows: the amounts of those are replaced
        """
        drafts = {row["id"]: row for row in rows if row["is_foreign_draft"]}
        for order in orders.browse(drafts):
            drafts[order.id]["amount"] = order._hub_company_total()

    def _grades(self, rows, orders):
        """Return ``{(company id, commercial partner id): grade}``."""
        grades = {}
        for company in orders.company_id:
            payers = {row["payer"] for row in rows if row["company_id"] == company.id}
            found = self.env["order.hub.grade"]._grades(list(payers), company)
            grades.update({(company.id, payer): g for payer, g in found.items()})
        return grades
