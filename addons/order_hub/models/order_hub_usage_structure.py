from odoo import models
from odoo.tools import SQL


class OrderHubUsage(models.AbstractModel):
    """Which products lead to a bought item, and how they are made."""

    _inherit = "order.hub.usage"

    def _above(self, products, company):
        """Return the ids of products and of all that are made of them: one query.

        Through every active bill of materials of the company or of no company, of all
        levels; a superset of what is made today, because nothing says yet which bill
        would be taken.
        """
        rows = self.env.execute_query(
            SQL(
                """WITH RECURSIVE above AS (
                     SELECT UNNEST(%s) AS product_id
                      UNION
                     SELECT made.id
                       FROM above
                       JOIN mrp_bom_line line ON line.product_id = above.product_id
                       JOIN mrp_bom bom ON bom.id = line.bom_id AND bom.active
                            AND (bom.company_id IS NULL OR bom.company_id = %s)
                            AND bom.type IN ('normal', 'phantom')
                       JOIN product_product made ON made.active
                            AND made.product_tmpl_id = bom.product_tmpl_id
                            AND (bom.product_id IS NULL OR bom.product_id = made.id)
                   ) SELECT product_id FROM above""",
                list(products),
                company.id,
            )
        )
        return {product for [product] in rows}

    def _frozen(self, products, company):
        """Return ``{snapshot id: structure}`` of frozen trees with one of the products.

        :return: structures as ``engine.usage.Facts.frozen`` takes them
        """
        if not products or not self.env["order.hub.bom.freeze"]._is_in_use():
            return {}
        rows = self.env.execute_query(
            SQL(
                """SELECT kept.id, kept.parts FROM order_hub_bom_snapshot kept
                    WHERE kept.company_id = %s
                      AND EXISTS (SELECT 1 FROM order_hub_bom_freeze frozen
                                   WHERE frozen.snapshot_id = kept.id
                                     AND frozen.state = 'frozen')
                      AND EXISTS (SELECT 1 FROM jsonb_each(kept.parts) part
                                   WHERE part.value -> 'needs' ?| %s)""",
                company.id,
                [str(product) for product in products],
            )
        )
        return {snapshot: self._frozen_structure(parts) for snapshot, parts in rows}

    def _frozen_structure(self, parts):
        return {
            int(product): [
                (int(component), need[0]) for component, need in part["needs"].items()
            ]
            for product, part in parts.items()
        }

    def _made_today(self, products, company):
        """Return ``(structure, days to make one)`` of products by today's bills.

        Only components that are among the products count: the others lead to none of
        the items that are asked for.
        """
        supply = self.env["order.hub.supply"]
        records = self.env["product.product"].browse(products)
        structure, lead = {}, {}
        for product, bom in supply._boms(records, company).items():
            if bom.type not in ("normal", "phantom"):
                continue
            parts = supply._components(product, bom)
            structure[product.id] = [part for part in parts if part[0] in products]
            lead[product.id] = bom.produce_delay if bom.type == "normal" else 0
        return structure, lead
