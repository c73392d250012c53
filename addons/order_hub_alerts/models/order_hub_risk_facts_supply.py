from collections import defaultdict
from dataclasses import dataclass, field

from odoo import models
from odoo.tools import SQL

from ..engine.radar_clock import begins
from ..engine.radar_factors import shrunk
from ..engine.radar_facts import Purchase, Quality
from .order_hub_risk_rows import id_array

#: Moves that still wait for goods.
WAITING = ("draft", "waiting", "confirmed", "partially_available")


@dataclass
class Supply:
    """What orders wait for and what they sell.

    :ivar lines: ``{order: {purchase line}}``; ``products``: ``{order: [product]}``
    """

    lines: dict = field(default_factory=lambda: defaultdict(set))
    products: dict = field(default_factory=dict)


class OrderHubRiskFactsSupply(models.AbstractModel):
    """Suppliers and their open purchases, products and their complaints."""

    _inherit = "order.hub.risk.facts"

    # === ONCE A NIGHT === #

    def _supplier_rates(self, night):
        """Return ``{commercial partner: (deliveries on time, deliveries)}``.

        A delivery is a purchase line that has arrived; it was on time if the last of
        it came on the day it was planned for, or before, by the company's calendar.
        """
        rows = self.env.execute_query(
            SQL(
                """WITH arrived AS (
                   SELECT move.purchase_line_id AS line, MAX(move.date) AS date
                     FROM stock_move move
                    WHERE move.company_id = %(company)s AND move.state = 'done'
                      AND move.purchase_line_id IS NOT NULL
                      AND move.origin_returned_move_id IS NULL
                      AND move.date BETWEEN %(since)s AND %(now)s
                 GROUP BY move.purchase_line_id)
                   SELECT supplier.commercial_partner_id,
                          COUNT(*) FILTER (WHERE
                              (arrived.date AT TIME ZONE 'UTC'
                               AT TIME ZONE %(tz)s)::date
                              <= (line.date_planned AT TIME ZONE 'UTC'
                                  AT TIME ZONE %(tz)s)::date),
                          COUNT(*)
                     FROM arrived
                     JOIN purchase_order_line line ON line.id = arrived.line
                      AND line.date_planned IS NOT NULL
                     JOIN purchase_order purchase ON purchase.id = line.order_id
                     JOIN res_partner supplier ON supplier.id = purchase.partner_id
                 GROUP BY supplier.commercial_partner_id""",
                company=night.company_id,
                since=night.since(night.scheme.history_days),
                now=night.now,
                tz=night.scheme._zone().key,
            )
        )
        return {partner: (on_time, total) for partner, on_time, total in rows}

    def _bought_products(self, night):
        """Return the ids of products of which a purchase is open."""
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT line.product_id
                     FROM purchase_order purchase
                     JOIN purchase_order_line line ON line.order_id = purchase.id
                      AND COALESCE(line.qty_received, 0) < line.product_qty
                    WHERE purchase.company_id = %s AND line.product_id IS NOT NULL
                      AND purchase.state IN ('draft', 'sent', 'to approve',
                                             'purchase')""",
                night.company_id,
            )
        )
        return [product for [product] in rows]

    def _complaint_rates(self, night):
        """Return ``({key: (bad, total)}, bad, total)`` of orders delivered.

        Products are similar if they are of one category; a category at the top holds
        anything, so there a product is like its own variants only.
        """
        rows = self.env.execute_query(
            SQL(
                """WITH bad AS (
                   SELECT DISTINCT order_id FROM order_hub_complaint
                    WHERE company_id = %(company)s AND active IS TRUE
                      AND order_id IS NOT NULL AND date >= %(since)s::date),
                   sold AS (
                   SELECT DISTINCT line.order_id, %(key)s AS key
                     FROM sale_order sale
                     JOIN sale_order_line line ON line.order_id = sale.id
                      AND line.qty_delivered > 0
                     JOIN product_product product ON product.id = line.product_id
                     JOIN product_template template
                          ON template.id = product.product_tmpl_id
                      AND template.type = 'consu'
                LEFT JOIN product_category category ON category.id = template.categ_id
                    WHERE sale.company_id = %(company)s AND sale.state = 'sale'
                      AND sale.hub_is_history IS NOT TRUE
                      AND sale.date_order BETWEEN %(since)s AND %(now)s)
                   SELECT sold.key, COUNT(bad.order_id), COUNT(*), GROUPING(sold.key),
                          COUNT(DISTINCT bad.order_id),
                          CASE WHEN GROUPING(sold.key) = 1
                               THEN COUNT(DISTINCT sold.order_id) END
                     FROM sold LEFT JOIN bad ON bad.order_id = sold.order_id
                 GROUP BY GROUPING SETS ((sold.key), ())""",
                company=night.company_id,
                since=night.since(night.scheme.history_days),
                now=night.now,
                key=self._similar_sql(),
            )
        )
        found, bad, sold = {}, 0, 0
        for key, key_bad, key_total, is_all, all_bad, all_sold in rows:
            if is_all:
                bad, sold = all_bad, all_sold
            else:
                found[key] = (key_bad, key_total)
        return found, bad, sold

    @staticmethod
    def _similar_sql():
        """Key of similar products: the category, or minus the product template."""
        return SQL(
            "CASE WHEN category.parent_id IS NULL THEN -template.id "
            "ELSE category.id END"
        )

    # === ORDERS === #

    def _supply_of(self, night, ids):
        """Return the :class:`Supply` of orders, and look up lines and products.

        :param ids: of orders, as SQL array
        """
        supply = Supply()
        for order, line in self._bought_for(ids):
            supply.lines[order].add(line)
        for order, line in self._bought_for_stock(night, ids):
            supply.lines[order].add(line)
        rows = self.env.execute_query(
            SQL(
                """SELECT order_id, array_agg(DISTINCT product_id) FROM sale_order_line
                    WHERE order_id = ANY(%s) AND product_id IS NOT NULL
                 GROUP BY order_id""",
                ids,
            )
        )
        supply.products = dict(rows)
        self._look_up_lines(night, supply)
        self._look_up_defects(night, supply)
        return supply

    def _order_moves_sql(self, ids):
        """Open moves that wait for goods for orders: deliveries and components."""
        return SQL(
            """SELECT line.order_id, move.id AS move_id, move.product_id
                 FROM sale_order_line line
                 JOIN stock_move move ON move.sale_line_id = line.id
                WHERE line.order_id = ANY(%(ids)s) AND move.state IN %(waiting)s
               UNION
               SELECT link.sale_id, move.id, move.product_id
                 FROM stock_reference_sale_rel link
                 JOIN stock_reference_production_rel made
                      ON made.reference_id = link.reference_id
                 JOIN stock_move move
                      ON move.raw_material_production_id = made.production_id
                WHERE link.sale_id = ANY(%(ids)s) AND move.state IN %(waiting)s""",
            ids=ids,
            waiting=WAITING,
        )

    def _bought_for(self, ids):
        """Return rows (order, purchase line) of what was bought for the order."""
        return self.env.execute_query(
            SQL(
                """WITH wanted AS (%s)
                   SELECT wanted.order_id, rel.created_purchase_line_id
                     FROM wanted
                     JOIN stock_move_created_purchase_line_rel rel
                          ON rel.move_id = wanted.move_id
                    UNION
                   SELECT wanted.order_id, before.purchase_line_id
                     FROM wanted
                     JOIN stock_move_move_rel rel ON rel.move_dest_id = wanted.move_id
                     JOIN stock_move before ON before.id = rel.move_orig_id
                      AND before.state NOT IN ('done', 'cancel')
                      AND before.purchase_line_id IS NOT NULL
                    UNION
                   SELECT line.order_id, bought.id
                     FROM sale_order_line line
                     JOIN purchase_order_line bought ON bought.sale_line_id = line.id
                    WHERE line.order_id = ANY(%s)""",
                self._order_moves_sql(ids),
                ids,
            )
        )

    def _bought_for_stock(self, night, ids):
        """Yield (order, purchase line): what comes in through stock for the order.

        Matched as in the document chain, which follows Odoo's forecast.
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT wanted.order_id, wanted.move_id FROM (%s) wanted
                    WHERE wanted.product_id = ANY(%s)
                      AND NOT EXISTS (
                          SELECT FROM stock_move_created_purchase_line_rel rel
                           WHERE rel.move_id = wanted.move_id)""",
                self._order_moves_sql(ids),
                id_array(night.bought),
            )
        )
        if not rows:
            return
        orders = defaultdict(set)
        for order, move in rows:
            orders[move].add(order)
        for match in self.env["order.hub.chain"]._matches(list(orders)):
            if match.line_id:
                for order in orders[match.demand_id]:
                    yield order, match.line_id

    def _look_up_lines(self, night, supply):
        """Read the purchase lines that are not known yet; arrived ones are None."""
        wanted = set().union(*supply.lines.values()) - night.lines.keys()
        if not wanted:
            return
        night.lines.update(dict.fromkeys(wanted))
        rows = self.env["order.hub.chain"]._cr_rows(
            SQL(
                """SELECT line.id, supplier.commercial_partner_id AS supplier,
                          CASE WHEN COALESCE(line.hub_short_qty, 0) = 0 THEN
                              COALESCE(line.hub_expected_date, line.date_planned)
                          END AS planned,
                          purchase.state = 'purchase' AS is_ordered,
                          COALESCE(purchase.acknowledged, FALSE) AS is_acknowledged
                     FROM purchase_order_line line
                     JOIN purchase_order purchase ON purchase.id = line.order_id
                     JOIN res_partner supplier ON supplier.id = purchase.partner_id
                    WHERE line.id = ANY(%s) AND line.display_type IS NULL
                      AND purchase.state IN ('draft', 'sent', 'to approve', 'purchase')
                      AND COALESCE(line.qty_received, 0) < line.product_qty""",
                id_array(wanted),
            )
        )
        night.lines.update({row.id: row for row in rows})

    def _look_up_defects(self, night, supply):
        """Reckon the rates of the products that are not known yet."""
        wanted = set().union(*supply.products.values()) - night.defects.keys()
        if not wanted:
            return
        rows = self.env.execute_query(
            SQL(
                """SELECT product.id, %s FROM product_product product
                     JOIN product_template template
                          ON template.id = product.product_tmpl_id
                      AND template.type = 'consu'
                LEFT JOIN product_category category ON category.id = template.categ_id
                    WHERE product.id = ANY(%s)""",
                self._similar_sql(),
                id_array(wanted),
            )
        )
        night.defects.update(dict.fromkeys(wanted))
        for product, key in rows:
            bad, total = night.similar.get(key, (0, 0))
            rate = shrunk(bad, total, night.company.defects, night.rules.prior)
            if rate is not None:
                night.defects[product] = (rate, Quality(product, bad, total))

    def _purchases(self, night, row, supply, going):
        """Return the open purchases of an order as the engine wants them.

        Goods are needed when what is left to do must begin. A date that has passed
        is no date any more: it counts as not confirmed.
        """
        lines = supply.lines.get(row.id)
        if not lines:
            return ()
        needed = begins(row.promised, going.left_hours) if going else row.promised
        found = []
        for line_id in sorted(lines):
            line = night.lines[line_id]
            if line is None:
                continue
            confirmed = line.is_ordered and (
                line.is_acknowledged or not night.scheme.needs_acknowledgement
            )
            planned = line.planned
            on_time, total = night.suppliers.get(line.supplier, (0, 0))
            found.append(
                Purchase(
                    line_id,
                    line.supplier,
                    max(planned, night.now) if planned else None,
                    needed,
                    on_time,
                    total,
                    bool(confirmed and planned and planned >= night.now),
                )
            )
        return tuple(found)

    @staticmethod
    def _quality(night, products):
        """Return the worst of the products: the engine asks for no other."""
        worst = None
        for product in products or ():
            found = night.defects.get(product)
            if found and (worst is None or found[0] > worst[0]):
                worst = found
        if worst:
            return (worst[1],)
        return None if products else ()
