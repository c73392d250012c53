from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from odoo import api, models
from odoo.tools import SQL

from ..engine import shortage


@dataclass(frozen=True)
class Wanting:
    """What one order waits for.

    :ivar parts: ``engine.shortage.Part``, what comes last first; empty: nothing
    :ivar new_date: when the order can be ready now (naive UTC), ``None``: nobody knows
    """

    parts: tuple[shortage.Part, ...] = ()
    new_date: datetime | None = None


class OrderHubMissingParts(models.AbstractModel):
    """Which parts orders wait for, since they are neither held for them nor free.

    Goods that are bought or taken from stock are parts themselves; of goods that are
    made, the components of what is still to be made are. Everything is answered for
    many orders with a fixed number of queries, whoever asks: callers check who may
    read the orders.
    """

    _name = "order.hub.missing.parts"
    _description = "Missing Parts of Orders"

    @api.model
    def _find(self, orders, now):
        """Return what each order waits for.

        :param orders: ``sale.order``
        :param now: naive UTC; parts that nobody ordered would be ordered then
        :return: ``{order id: Wanting}``, each order a key
        """
        found = {order_id: Wanting() for order_id in orders.ids}
        service = self.sudo()
        for _company, group in orders.sudo().grouped("company_id").items():
            found |= service._find_in_company(group, now)
        return found

    def _find_in_company(self, orders, now):
        Supply = self.env["order.hub.supply"]
        needs, held, made = self._needs(orders)
        free = Supply._free(needs, orders)
        arrivals = self._arrivals(needs, orders)
        wanted = {product for parts in needs.values() for product in parts}
        suppliers = self._suppliers(wanted, orders.company_id)
        places = {order.id: order.warehouse_id.id for order in orders}
        parts = shortage.by_order(needs, held, free, arrivals, suppliers, places, now)
        days = self._make_days(made)
        return {
            order.id: self._wanting(
                order,
                parts.get(order.id, ()),
                max(map(days.get, made[order.id]), default=0),
            )
            for order in orders
        }

    def _wanting(self, order, parts, make_days):
        promised = order.hub_promised_date or None
        return Wanting(tuple(parts), shortage.new_date(parts, promised, make_days))

    def _needs(self, orders):
        """Return needs and what is held for them.

        :return: ``({order id: {product id: quantity}}, {(order id, product id):
            quantity}, {order id: {ids of bills of what is made}})``
        """
        Supply = self.env["order.hub.supply"]
        goods, components = Supply._needs(orders), Supply._component_needs(orders)
        held = dict(Supply._served(orders))
        boms = self._bills(
            {product for need in goods.values() for product in need}, orders
        )
        needs, made = {}, {}
        for order in orders.ids:
            made[order] = {boms[p] for p in goods.get(order, ()) if p in boms}
            bought = {p: q for p, q in goods.get(order, {}).items() if p not in boms}
            needs[order] = self._sum(bought, components.get(order, {}))
        for key, (quantity, _rest) in Supply._own_demand(orders).items():
            held[key] = held.get(key, 0.0) + quantity
        return needs, held, made

    def _sum(self, one, other):
        """Return the quantities of two dicts together."""
        total = defaultdict(float, one)
        for product, quantity in other.items():
            total[product] += quantity
        return dict(total)

    def _bills(self, product_ids, orders):
        """Return ``{product id: id of the bill it is made by}``."""
        products = self.env["product.product"].browse(product_ids)
        found = self.env["order.hub.supply"]._boms(products, orders.company_id)
        return {
            product.id: bom.id for product, bom in found.items() if bom.type == "normal"
        }

    def _make_days(self, made):
        """Return ``{bill id: days it takes to make}``."""
        bills = {bill for ids in made.values() for bill in ids}
        return {
            bom.id: bom.produce_delay
            for bom in self.env["mrp.bom"].browse(sorted(bills))
        }

    # === WHAT IS ON ITS WAY === #

    def _arrivals(self, needs, orders):
        """Return ``{(warehouse id, product id): [engine.shortage.Arrival]}``.

        What is left of purchases, asked for or ordered, and transfers from elsewhere.
        """
        self._flush_arrivals()
        products = {product for need in needs.values() for product in need}
        found = defaultdict(list)
        for place, product, *values in self.env.execute_query(
            SQL(
                "%s UNION ALL %s",
                self._sql_purchases(products, orders.warehouse_id.ids),
                self._sql_transfers(products, orders.warehouse_id.ids),
            )
        ):
            moment, quantity, is_firm, document, partner = values
            found[place, product].append(
                shortage.Arrival(moment, float(quantity), is_firm, document, partner)
            )
        return found

    def _flush_arrivals(self):
        for model in ("purchase.order", "purchase.order.line", "stock.move"):
            self.env[model].flush_model()

    def _sql_purchases(self, products, places):
        return SQL(
            """SELECT type.warehouse_id, line.product_id,
                      COALESCE(line.date_planned, purchase.date_planned,
                               purchase.date_order),
                      (line.product_qty - COALESCE(line.qty_received, 0))
                          * unit.factor / own.factor,
                      purchase.state = 'purchase', purchase.name,
                      COALESCE(purchase.partner_id, 0)
                 FROM purchase_order_line line
                 JOIN purchase_order purchase ON purchase.id = line.order_id
                 JOIN stock_picking_type type ON type.id = purchase.picking_type_id
                 JOIN product_product product ON product.id = line.product_id
                 JOIN product_template template
                      ON template.id = product.product_tmpl_id
                 JOIN uom_uom unit ON unit.id = line.product_uom_id
                 JOIN uom_uom own ON own.id = template.uom_id
                WHERE line.product_id = ANY(%s) AND type.warehouse_id = ANY(%s)
                  AND purchase.state IN ('draft', 'sent', 'to approve', 'purchase')
                  AND line.product_qty > COALESCE(line.qty_received, 0)""",
            list(products),
            places,
        )

    def _sql_transfers(self, products, places):
        return SQL(
            """SELECT dest.warehouse_id, move.product_id, move.date, move.product_qty,
                      TRUE, COALESCE(picking.name, move.origin, ''), 0
                 FROM stock_move move
                 JOIN stock_location src ON src.id = move.location_id
                 JOIN stock_location dest ON dest.id = move.location_dest_id
            LEFT JOIN stock_picking picking ON picking.id = move.picking_id
                WHERE move.product_id = ANY(%s) AND dest.warehouse_id = ANY(%s)
                  AND move.state NOT IN ('draft', 'done', 'cancel')
                  AND move.purchase_line_id IS NULL
                  AND src.warehouse_id IS DISTINCT FROM dest.warehouse_id""",
            list(products),
            places,
        )

    # === WHO SELLS IT === #

    def _suppliers(self, product_ids, company):
        """Return ``{product id: engine.shortage.Supplier}``: the first on the list."""
        self.env["product.supplierinfo"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT ON (product.id)
                          product.id, info.partner_id, info.delay
                     FROM product_product product
                     JOIN product_supplierinfo info
                          ON info.product_tmpl_id = product.product_tmpl_id
                          AND (info.product_id IS NULL OR info.product_id = product.id)
                          AND (info.company_id IS NULL OR info.company_id = %s)
                    WHERE product.id = ANY(%s)
                 ORDER BY product.id, info.sequence, info.min_qty, info.id""",
                company.id,
                list(product_ids),
            )
        )
        return {
            product: shortage.Supplier(partner, float(days or 0))
            for product, partner, days in rows
        }

    # === THE LIST === #

    def _names(self, wantings):
        """Return the products and partners of many orders, read at once.

        :param wantings: iterable of :class:`Wanting`
        :return: ``({product id: product}, {partner id: partner})`` (sudo)
        """
        parts = [part for wanting in wantings for part in wanting.parts]
        products = self.env["product.product"].sudo()
        products = products.browse({part.product for part in parts})
        partners = self.env["res.partner"].sudo()
        partners = partners.browse({part.partner for part in parts} - {0})
        return {p.id: p for p in products}, {p.id: p for p in partners}
