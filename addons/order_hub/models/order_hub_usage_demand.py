from collections import defaultdict
from datetime import timedelta

from odoo import models
from odoo.tools import SQL

from ..engine.netting import Need
from ..engine.usage import PAST_WEEKS


class OrderHubUsage(models.AbstractModel):
    """What leaves stock, what is in it, what arrives: one query each.

    Quantities are in the product's own unit; days and weeks are counted from a Monday
    in the zone of the company.
    """

    _inherit = "order.hub.usage"

    #: Moves out of the company's stock, each need once: what is only put ready inside
    #: counts where no further move waits for it.
    _LEAVES = SQL(
        """src.usage IN ('internal', 'transit') AND (
             dest.usage IN ('customer', 'production')
             OR dest.usage = 'internal' AND final.usage IN ('customer', 'production')
                AND move.raw_material_production_id IS NULL
                AND NOT EXISTS (SELECT 1 FROM stock_move_move_rel then_to
                                 WHERE then_to.move_orig_id = move.id))"""
    )

    def _flush(self):
        """Write what is pending in every table that the queries read."""
        for model in (
            "stock.move",
            "stock.quant",
            "mrp.production",
            "mrp.bom",
            "mrp.bom.line",
            "purchase.order",
            "purchase.order.line",
            "res.partner",
        ):
            self.env[model].flush_model()

    def _midnight(self, company, day):
        """Return SQL for the moment (UTC) at which a day begins for a company."""
        zone = company._hub_time_zone()
        return SQL("(%s::timestamp AT TIME ZONE %s AT TIME ZONE 'UTC')", day, zone)

    def _midnights(self, company, first, last):
        """Return SQL for an array of the moments at which days begin: worked out once.

        :param last: days after ``first``
        """
        return SQL(
            """(SELECT ARRAY_AGG(%s ORDER BY day) FROM generate_series(0, %s) day)""",
            self._midnight(company, SQL("(%s::date + day)", first)),
            last,
        )

    def _needs(self, products, made, company, first, last):
        """Return ``{product id: [Need, …]}`` of open moves until a day.

        Firm is what customers' orders and confirmed manufacturing take. Planned is what
        draft manufacturing takes, and confirmed manufacturing of a reordering rule that
        nobody has begun: such an order can still be moved. Needs of bought products are
        added up by week; what is made keeps its day and what it is frozen on, because
        its components follow from both.

        :param made: ids of the products that have components
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT product_id,
                          CASE WHEN is_made THEN day ELSE GREATEST(day, 0) / 7 * 7 END,
                          kind, CASE WHEN is_made THEN pin ELSE 0 END, SUM(quantity)
                     FROM (
                   SELECT move.product_id, move.product_qty AS quantity,
                          move.product_id = ANY(%(made)s::int[]) AS is_made,
                          width_bucket(move.date, %(midnights)s) - 1 AS day,
                          CASE WHEN planned.id IS NULL THEN 'firm' ELSE 'planned' END
                          AS kind, COALESCE(frozen.snapshot_id, 0) AS pin
                     FROM stock_move move
                     JOIN stock_location src ON src.id = move.location_id
                     JOIN stock_location dest ON dest.id = move.location_dest_id
                LEFT JOIN stock_location final ON final.id = move.location_final_id
                LEFT JOIN (SELECT id, state FROM mrp_production
                            WHERE company_id = %(company)s
                              AND (state = 'draft' OR state = 'confirmed'
                                   AND orderpoint_id IS NOT NULL)) planned
                          ON planned.id = move.raw_material_production_id
                LEFT JOIN order_hub_bom_freeze frozen
                          ON frozen.line_id = move.sale_line_id
                         AND frozen.state = 'frozen'
                         AND frozen.product_id = move.product_id
                    WHERE move.product_id = ANY(%(products)s)
                      AND move.company_id = %(company)s
                      AND move.state NOT IN ('done', 'cancel')
                      AND (move.state != 'draft' OR planned.state = 'draft')
                      AND %(leaves)s AND move.date < %(until)s) AS need
                 GROUP BY 1, 2, 3, 4""",
                made=list(made),
                midnights=self._midnights(company, first, last),
                until=self._midnight(company, first + timedelta(days=last + 1)),
                products=list(products),
                company=company.id,
                leaves=self._LEAVES,
            )
        )
        needs = defaultdict(list)
        for product, day, kind, pin, quantity in rows:
            needs[product].append(Need(day, kind, float(quantity), pin))
        return needs

    def _stock(self, products, company):
        """Return ``{product id: quantity}`` that the company has, reserved or not."""
        rows = self.env.execute_query(
            SQL(
                """SELECT quant.product_id, SUM(quant.quantity)
                     FROM stock_quant quant
                     JOIN stock_location place ON place.id = quant.location_id
                    WHERE quant.product_id = ANY(%s) AND quant.company_id = %s
                      AND place.usage IN ('internal', 'transit')
                 GROUP BY quant.product_id""",
                list(products),
                company.id,
            )
        )
        return {product: float(quantity) for product, quantity in rows}

    def _arrivals(self, products, company, partner, first, last):
        """Return what is on its way, by week, and the part this supplier brings.

        Receipts of confirmed purchase orders and what manufacturing orders will make,
        drafts of these too: their components are needed already.

        What comes after ``last`` days belongs to the week after them.

        :return: two ``{product id: {week: quantity}}``: of everybody, of the supplier
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT move.product_id,
                          GREATEST(width_bucket(move.date, %(midnights)s) - 1, 0) / 7,
                          seller.commercial_partner_id IS NOT DISTINCT FROM %(partner)s,
                          SUM(move.product_qty)
                     FROM stock_move move
                     JOIN stock_location src ON src.id = move.location_id
                     JOIN stock_location dest ON dest.id = move.location_dest_id
                LEFT JOIN purchase_order_line line ON line.id = move.purchase_line_id
                LEFT JOIN purchase_order purchase ON purchase.id = line.order_id
                LEFT JOIN res_partner seller ON seller.id = purchase.partner_id
                    WHERE move.product_id = ANY(%(products)s)
                      AND move.company_id = %(company)s
                      AND move.state NOT IN ('done', 'cancel')
                      AND dest.usage IN ('internal', 'transit')
                      AND (src.usage = 'supplier' AND move.state != 'draft'
                           OR move.production_id IS NOT NULL)
                 GROUP BY 1, 2, 3""",
                midnights=self._midnights(company, first, last + 1),
                partner=partner.id,
                products=list(products),
                company=company.id,
            )
        )
        everybody, own = defaultdict(dict), defaultdict(dict)
        for product, week, is_own, quantity in rows:
            weeks = everybody[product]
            weeks[week] = weeks.get(week, 0.0) + float(quantity)
            if is_own:
                own[product][week] = float(quantity)
        return everybody, own

    def _forecast(self, products, company, first, last):
        """Return ``{product id: {week: quantity}}`` that planners entered."""
        rows = self.env["order.hub.forecast"].search_fetch(
            [
                ("product_id", "in", list(products)),
                ("company_id", "=", company.id),
                ("week", ">=", first),
                ("week", "<=", first + timedelta(days=last)),
            ],
            ["product_id", "week", "quantity"],
        )
        forecast = defaultdict(dict)
        for row in rows:
            forecast[row.product_id.id][(row.week - first).days // 7] = row.quantity
        return forecast

    def _usual(self, products, company, first):
        """Return ``{product id: quantity a week}``: the mean of the past 13 weeks.

        usual = (what left stock for customers and production − what came back)
        ÷ 13, over the 13 full weeks before the current one; never below 0. A week
        without consumption counts as one of nothing.
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT move.product_id, SUM(CASE
                            WHEN src.usage IN ('internal', 'transit')
                            THEN move.product_qty ELSE -move.product_qty END)
                     FROM stock_move move
                     JOIN stock_location src ON src.id = move.location_id
                     JOIN stock_location dest ON dest.id = move.location_dest_id
                    WHERE move.product_id = ANY(%(products)s)
                      AND move.company_id = %(company)s AND move.state = 'done'
                      AND move.production_id IS NULL
                      AND move.date >= %(since)s AND move.date < %(until)s
                      AND (src.usage IN ('internal', 'transit')
                           AND dest.usage IN ('customer', 'production')
                           OR dest.usage IN ('internal', 'transit')
                           AND src.usage IN ('customer', 'production'))
                 GROUP BY move.product_id""",
                products=list(products),
                company=company.id,
                since=self._midnight(company, first - timedelta(weeks=PAST_WEEKS)),
                until=self._midnight(company, first),
            )
        )
        return {
            product: max(0.0, float(quantity)) / PAST_WEEKS
            for product, quantity in rows
        }
