from collections import defaultdict
from math import ceil

from odoo import models
from odoo.tools import SQL

from ..engine.impact_facts import Incoming, Supply
from ..engine.impact_material import uncovered

#: What is read of suppliers' prices.
SELLER_FIELDS = (
    "partner_id",
    "product_id",
    "product_tmpl_id",
    "product_uom_id",
    "currency_id",
    "delay",
    "price",
    "discount",
)


class OrderHubEcnImpact(models.AbstractModel):
    """What there is of the components that change, and who else wants it."""

    _inherit = "order.hub.ecn.impact"

    def _supplies(self, case, products, costs, sellers, unposted):
        """Return ``{product id: engine.impact.Supply}``.

        :param products: ids of the components that change
        :param costs: ``{product id: cost}`` of an own unit, company currency
        :param sellers: ``{product id: product.supplierinfo}``
        :param unposted: ``{product id: quantity}`` consumed but still in stock
        """
        others = self._others(case, products)
        incoming = self._incoming(case, products)
        on_hand, used = self._on_hand(case, products), self._used(case, products)
        slack = ceil(case.company.days_to_purchase or 0)
        return {
            product: Supply(
                on_hand=max(
                    0.0, on_hand.get(product, 0.0) - unposted.get(product, 0.0)
                ),
                incoming=tuple(incoming.get(product, ())),
                others=tuple(others.get(product, ())),
                days_to_buy=sellers[product].delay + slack
                if product in sellers
                else None,
                cost=costs.get(product, 0.0),
                is_used=product in used,
            )
            for product in products
        }

    def _on_hand(self, case, products):
        """Return ``{product id: quantity}`` in the company's own locations."""
        rows = self.env.execute_query(
            SQL(
                """SELECT quant.product_id, COALESCE(sum(quant.quantity), 0)::float
                     FROM stock_quant quant
                     JOIN stock_location place ON place.id = quant.location_id
                    WHERE quant.product_id = ANY(%s) AND place.company_id = %s
                      AND place.usage IN ('internal', 'transit')
                 GROUP BY 1""",
                list(products),
                case.company.id,
            )
        )
        return dict(rows)

    def _incoming(self, case, products):
        """Return ``{product id: [Incoming]}`` of confirmed purchase lines.

        Fills ``case.purchases``: whose order a line is on. The price is of an own
        unit after discount, in company currency at the rate of the order's date.
        """
        found = defaultdict(list)
        for product, order, partner, name, *row in self.env.execute_query(
            SQL(
                """SELECT line.product_id, po.id, po.partner_id, partner.name,
                          line.id, line.date_planned::date,
                          ((line.product_qty - COALESCE(line.qty_received, 0))
                           * unit.factor / own.factor)::float,
                          (line.price_unit * (1 - COALESCE(line.discount, 0) / 100)
                           / COALESCE(NULLIF(po.currency_rate, 0), 1)::numeric
                           * own.factor / unit.factor)::float
                     FROM purchase_order_line line
                     JOIN purchase_order po ON po.id = line.order_id
                     JOIN res_partner partner ON partner.id = po.partner_id
                     %s
                    WHERE line.product_id = ANY(%s) AND po.company_id = %s
                      AND po.state = 'purchase'
                      AND line.product_qty > COALESCE(line.qty_received, 0)
                 ORDER BY line.id""",
                self._sql_units(),
                list(products),
                case.company.id,
            )
        ):
            found[product].append(Incoming(*row))
            case.purchases[row[0]] = (order, partner, name)
        return found

    def _used(self, case, products):
        """Return those products that a current bill takes which does not change."""
        bills = [*case.boms, *filter(None, case.boms.values())]
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT line.product_id
                     FROM mrp_bom_line line JOIN mrp_bom bom ON bom.id = line.bom_id
                    WHERE line.product_id = ANY(%s) AND bom.active
                      AND bom.id <> ALL(%s)
                      AND (bom.company_id IS NULL OR bom.company_id = %s)
                      AND (bom.hub_revision_state = 'released'
                           OR bom.hub_revision_state = 'draft'
                              AND bom.hub_predecessor_id IS NULL)""",
                list(products),
                bills,
                case.company.id,
            )
        )
        return {product for [product] in rows}

    # === WHAT OTHERS NEED === #

    def _others(self, case, products):
        """Return ``{product id: [(day, quantity)]}`` of demand but these orders'."""
        found = defaultdict(list)
        for product, day, quantity in self._moves_out(case, products):
            found[product].append((day, quantity))
        for product, day, quantity in self._not_planned(case, products):
            found[product].append((day, quantity))
        return found

    def _moves_out(self, case, products):
        """Return ``(product id, day, quantity)`` of open moves that use stock up.

        Deliveries count at their last step, components of manufacturing orders from
        the draft on; those of these orders are known better from their trees.
        """
        own = [mo["id"] for mo in case.mos if mo["order"]]
        return self.env.execute_query(
            SQL(
                """SELECT move.product_id, move.date::date, sum(move.product_qty)::float
                     FROM stock_move move
                     JOIN stock_location src ON src.id = move.location_id
                     JOIN stock_location dest ON dest.id = move.location_dest_id
                     JOIN stock_location final ON final.id =
                          COALESCE(move.location_final_id, move.location_dest_id)
                    WHERE move.product_id = ANY(%s) AND move.company_id = %s
                      AND move.state NOT IN ('done', 'cancel')
                      AND (move.state <> 'draft'
                           OR move.raw_material_production_id IS NOT NULL)
                      AND COALESCE(move.raw_material_production_id, 0)
                          NOT IN (SELECT unnest(%s::int[]))
                      AND src.usage IN ('internal', 'transit')
                      AND (dest.usage NOT IN ('internal', 'transit')
                           OR final.usage NOT IN ('internal', 'transit')
                              AND NOT EXISTS (
                                  SELECT FROM stock_move_move_rel next
                                   WHERE next.move_orig_id = move.id))
                 GROUP BY 1, 2""",
                list(products),
                case.company.id,
                own,
            )
        )

    def _not_planned(self, case, products):
        """Return ``(component id, day, quantity)`` of orders nothing is made for yet.

        Open lines of other products that take these components, without a
        manufacturing order; what stock and open manufacturing orders cover of the
        product needs no component. The earliest are covered first.
        """
        demand = self._lines_without_production(case, products)
        if not demand:
            return []
        trees = self.env["order.hub.bom.tree"]._trees(
            self.env["product.product"].browse(sorted(demand)), case.company
        )
        covered = self._covered(case, list(trees))
        wanted, rows = set(products), []
        for product, tree in trees.items():
            needs = [item for item in tree.leaves().items() if item[0] in wanted]
            for day, quantity in uncovered(demand[product], covered.get(product, 0.0)):
                rows += [(part, day, quantity * each) for part, each in needs]
        return rows

    def _lines_without_production(self, case, products):
        """Return ``{product id: [(day, open quantity)]}``, earliest first."""
        found = defaultdict(list)
        for product, day, quantity in self.env.execute_query(
            SQL(
                """SELECT line.product_id,
                          COALESCE(o.hub_promised_date, o.date_order)::date,
                          sum((line.product_uom_qty - COALESCE(line.qty_delivered, 0))
                              * unit.factor / own.factor)::float
                     FROM sale_order_line line
                     JOIN sale_order o ON o.id = line.order_id
                     %s
                    WHERE %s AND line.product_id = ANY(%s) AND line.id <> ALL(%s)
                      AND template.type = 'consu'
                      AND NOT EXISTS (
                          SELECT FROM stock_reference_sale_rel sale
                            JOIN stock_reference_production_rel made
                                 ON made.reference_id = sale.reference_id
                            JOIN mrp_production mo ON mo.id = made.production_id
                           WHERE sale.sale_id = o.id AND mo.state <> 'cancel'
                             AND mo.product_id = line.product_id)
                 GROUP BY 1, 2 ORDER BY 1, 2""",
                self._sql_units(),
                self._sql_open(case.company),
                self._made_with(products),
                [line["id"] for line in case.lines],
            )
        ):
            found[product].append((day, quantity))
        return found

    def _covered(self, case, products):
        """Return ``{product id: quantity}`` in stock or being made for stock."""
        rows = self.env.execute_query(
            SQL(
                """SELECT mo.product_id, sum(mo.product_uom_qty)::float
                     FROM mrp_production mo
                    WHERE mo.product_id = ANY(%s) AND mo.company_id = %s
                      AND mo.state NOT IN ('done', 'cancel')
                      AND NOT EXISTS (
                          SELECT FROM stock_reference_production_rel made
                            JOIN stock_reference_sale_rel sale
                                 ON sale.reference_id = made.reference_id
                           WHERE made.production_id = mo.id)
                 GROUP BY 1""",
                products,
                case.company.id,
            )
        )
        covered = defaultdict(float, self._on_hand(case, products))
        for product, quantity in rows:
            covered[product] += quantity
        return covered

    # === COSTS AND SELLERS === #

    def _sellers(self, case, products):
        """Return ``{product id: product.supplierinfo}``: whom Odoo would ask first."""
        records = self.env["product.product"].browse(sorted(products))
        of_template = defaultdict(list)
        for seller in self.env["product.supplierinfo"].search_fetch(
            [
                ("product_tmpl_id", "in", records.product_tmpl_id.ids),
                ("company_id", "in", (False, case.company.id)),
                "|",
                ("date_start", "=", False),
                ("date_start", "<=", case.today),
                "|",
                ("date_end", "=", False),
                ("date_end", ">=", case.today),
            ],
            SELLER_FIELDS,
        ):
            if seller.partner_id.active:
                of_template[seller.product_tmpl_id].append(seller)
        found = {}
        for product in records:
            for seller in of_template[product.product_tmpl_id]:
                if seller.product_id in (product, product.browse()):
                    found[product.id] = seller
                    break
        return found

    def _costs(self, case, products, sellers):
        """Return ``{product id: cost of an own unit}``, company currency, as of today.

        A product without a cost counts at its first seller's price, converted at
        today's rate.
        """
        records = self.env["product.product"].browse(sorted(products))
        return {
            product.id: product.standard_price
            or self._price(case, product, sellers.get(product.id))
            for product in records.with_company(case.company)
        }

    def _price(self, case, product, seller):
        if not seller:
            return 0.0
        price = seller.product_uom_id._compute_price(seller.price, product.uom_id)
        return seller.currency_id._convert(
            price * (1 - seller.discount / 100),
            case.company.currency_id,
            case.company,
            case.today,
            round=False,
        )
