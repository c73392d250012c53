from collections import defaultdict

from odoo import models
from odoo.tools import SQL

from ..engine.explosion import explode


class OrderHubSupply(models.AbstractModel):
    """What orders need and what stock and open documents hold for them.

    Every method answers for many orders with a fixed number of queries.
    Quantities are in the product's own unit of measure.
    """

    _name = "order.hub.supply"
    _description = "Needs and Supply of Orders"

    # === NEEDS === #

    def _needs(self, orders):
        """Return ``{order id: {product id: quantity}}`` of storable goods.

        A kit (phantom bill of materials) counts as its components.
        """
        ordered = self._ordered(orders)
        products = {product for needs in ordered.values() for product in needs}
        structure = self._structure(products, orders.company_id, ("phantom",))
        storable = self._storable(
            products | {part for row in structure.values() for part, _qty in row}
        )
        return {
            order: {
                product: quantity
                for product, quantity in explode(needs, structure).items()
                if product in storable
            }
            for order, needs in ordered.items()
        }

    def _ordered(self, orders):
        """Return ``{order id: {product id: ordered quantity}}``."""
        self.env["sale.order.line"].flush_model(
            ["order_id", "product_id", "product_uom_id", "product_uom_qty"]
        )
        rows = self.env.execute_query(
            SQL(
                """SELECT line.order_id, line.product_id,
                          SUM(line.product_uom_qty * unit.factor / own.factor)
                     FROM sale_order_line line
                     JOIN uom_uom unit ON unit.id = line.product_uom_id
                     JOIN product_product product ON product.id = line.product_id
                     JOIN product_template template
                          ON template.id = product.product_tmpl_id
                     JOIN uom_uom own ON own.id = template.uom_id
                    WHERE line.order_id = ANY(%s) AND line.display_type IS NULL
                      AND template.type = 'consu'
                 GROUP BY line.order_id, line.product_id""",
                orders.ids,
            )
        )
        ordered = defaultdict(dict)
        for order, product, quantity in rows:
            ordered[order][product] = float(quantity)
        return ordered

    def _storable(self, product_ids):
        """Return those of the products that are kept in stock."""
        rows = self.env.execute_query(
            SQL(
                """SELECT product.id FROM product_product product
                     JOIN product_template template
                          ON template.id = product.product_tmpl_id
                    WHERE product.id = ANY(%s) AND template.is_storable""",
                list(product_ids),
            )
        )
        return {product for [product] in rows}

    def _structure(self, product_ids, companies, kinds):
        """Return ``{product id: [(component id, quantity for one piece), …]}``.

        One round of queries a level of the structure.

        :param kinds: types of bills of materials to follow: normal, phantom
        """
        Product = self.env["product.product"].sudo()
        structure, todo, seen = {}, set(product_ids), set()
        while todo:
            seen |= todo
            for product, bom in self._boms(Product.browse(todo), companies).items():
                if bom.type in kinds:
                    structure[product.id] = self._components(product, bom)
            todo = {
                part for product in todo for part, _qty in structure.get(product, ())
            } - seen
        return structure

    def _boms(self, products, companies):
        """Return ``{product: bill of materials}`` for those that may have one."""
        company = companies.id if len(companies) == 1 else False
        made = products.browse(self._with_bom(products))
        return self.env["mrp.bom"].sudo()._bom_find(made, company_id=company)

    def _with_bom(self, products):
        """Return the ids of products with any active bill: most have none."""
        self.env["mrp.bom"].flush_model(["active", "product_id", "product_tmpl_id"])
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT product.id FROM product_product product
                     JOIN mrp_bom bom ON bom.active
                          AND bom.product_tmpl_id = product.product_tmpl_id
                          AND (bom.product_id IS NULL OR bom.product_id = product.id)
                    WHERE product.id = ANY(%s)""",
                products.ids,
            )
        )
        return [product for [product] in rows]

    def _components(self, product, bom):
        made = bom.product_uom_id._compute_quantity(
            bom.product_qty, product.uom_id, round=False
        )
        return [
            (
                line.product_id.id,
                line.product_uom_id._compute_quantity(
                    line.product_qty, line.product_id.uom_id, round=False
                )
                / (made or 1.0),
            )
            for line in bom.bom_line_ids
            if not line._skip_bom_line(product)
        ]

    # === WHAT IS THERE === #

    def _served(self, orders):
        """Return ``{(order id, product id): reserved or delivered quantity}``."""
        self.env["stock.move"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT line.order_id, move.product_id,
                          SUM(move.quantity * unit.factor / own.factor)
                     FROM sale_order_line line
                     JOIN stock_move move ON move.sale_line_id = line.id
                     JOIN stock_location dest ON dest.id = move.location_dest_id
                     JOIN stock_location final ON final.id =
                          COALESCE(move.location_final_id, move.location_dest_id)
                     JOIN product_product product ON product.id = move.product_id
                     JOIN product_template template
                          ON template.id = product.product_tmpl_id
                     JOIN uom_uom unit ON unit.id = move.product_uom
                     JOIN uom_uom own ON own.id = template.uom_id
                    WHERE line.order_id = ANY(%s) AND final.usage = 'customer'
                      AND (move.state IN ('partially_available', 'assigned')
                           OR move.state = 'done' AND dest.usage = 'customer')
                 GROUP BY line.order_id, move.product_id""",
                orders.ids,
            )
        )
        return {(order, product): float(qty) for order, product, qty in rows}

    def _free(self, needs, orders):
        """Return ``{(warehouse id, product id): unreserved stock}``."""
        products = {product for need in needs.values() for product in need}
        self.env["stock.quant"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT place.warehouse_id, quant.product_id,
                          SUM(quant.quantity - quant.reserved_quantity)
                     FROM stock_quant quant
                     JOIN stock_location place ON place.id = quant.location_id
                    WHERE quant.product_id = ANY(%s)
                      AND place.usage IN ('internal', 'transit')
                      AND place.warehouse_id = ANY(%s)
                 GROUP BY place.warehouse_id, quant.product_id""",
                list(products),
                orders.warehouse_id.ids,
            )
        )
        return {(place, product): float(qty) for place, product, qty in rows}

    # === MANUFACTURING === #

    def _component_needs(self, orders):
        """Return ``{order id: {component id: quantity}}`` of what is still to make.

        Finished goods that are free, reserved or delivered need no components.
        """
        needs, served = self._needs(orders), self._served(orders)
        free = self._free(needs, orders)
        products = {product for need in needs.values() for product in need}
        structure = self._structure(products, orders.company_id, ("normal", "phantom"))
        storable = self._storable(
            {part for row in structure.values() for part, _qty in row}
        )
        result = {}
        for order in orders:
            to_make = self._to_make(order, needs, served, free, structure)
            result[order.id] = {
                product: quantity
                for product, quantity in explode(to_make, structure).items()
                if product in storable
            }
        return result

    def _to_make(self, order, needs, served, free, structure):
        to_make = {}
        for product, need in needs.get(order.id, {}).items():
            have = served.get((order.id, product), 0.0)
            have += max(0.0, free.get((order.warehouse_id.id, product), 0.0))
            if product in structure and need > have:
                to_make[product] = need - have
        return to_make

    def _outlook(self, components, orders):
        """Return ``{(order id, product id): what the order can count on}``.

        Free stock, what its own manufacturing orders hold, and what comes in
        before the promise, less what others still need until then.
        """
        free = self._free(components, orders)
        own = self._own_demand(orders)
        calendar = self._calendar(components, orders)
        outlook = {}
        for order in orders:
            for product in components.get(order.id, ()):
                key = (order.warehouse_id.id, product)
                held, open_demand = own.get((order.id, product), (0.0, 0.0))
                balance = sum(
                    quantity
                    for moment, quantity in calendar.get(key, ())
                    if not order.hub_promised_date or moment <= order.hub_promised_date
                )
                outlook[order.id, product] = (
                    free.get(key, 0.0) + held + balance + open_demand
                )
        return outlook

    def _own_demand(self, orders):
        """Return ``{(order id, product id): (held, still unreserved)}`` of own MOs."""
        rows = self.env.execute_query(
            SQL(
                """SELECT link.sale_id, move.product_id,
                          SUM(move.quantity),
                          SUM(CASE WHEN move.state = 'done' THEN 0
                              ELSE move.product_uom_qty - move.quantity END)
                     FROM stock_reference_sale_rel link
                     JOIN stock_reference_production_rel made
                          ON made.reference_id = link.reference_id
                     JOIN stock_move move
                          ON move.raw_material_production_id = made.production_id
                    WHERE link.sale_id = ANY(%s) AND move.state != 'cancel'
                 GROUP BY link.sale_id, move.product_id""",
                orders.ids,
            )
        )
        return {
            (order, product): (float(held or 0), float(rest or 0))
            for order, product, held, rest in rows
        }

    def _calendar(self, components, orders):
        """Return ``{(warehouse id, product id): [(moment, ± quantity), …]}``.

        Open moves into the warehouse count plus, the unreserved rest of open
        moves out of it minus.
        """
        products = {product for need in components.values() for product in need}
        rows = self.env.execute_query(
            SQL(
                """SELECT warehouse, product, moment, SUM(quantity) FROM (
                     SELECT dest.warehouse_id warehouse, move.product_id product,
                            date_trunc('day', move.date) moment,
                            move.product_qty quantity
                       FROM stock_move move
                       JOIN stock_location src ON src.id = move.location_id
                       JOIN stock_location dest ON dest.id = move.location_dest_id
                      WHERE move.product_id = ANY(%(products)s)
                        AND move.state NOT IN ('draft', 'done', 'cancel')
                        AND dest.warehouse_id = ANY(%(places)s)
                        AND src.warehouse_id IS DISTINCT FROM dest.warehouse_id
                     UNION ALL
                     SELECT src.warehouse_id, move.product_id,
                            date_trunc('day', move.date),
                            move.quantity - move.product_uom_qty
                       FROM stock_move move
                       JOIN stock_location src ON src.id = move.location_id
                       JOIN stock_location dest ON dest.id = move.location_dest_id
                      WHERE move.product_id = ANY(%(products)s)
                        AND move.state NOT IN ('draft', 'done', 'cancel')
                        AND src.warehouse_id = ANY(%(places)s)
                        AND src.warehouse_id IS DISTINCT FROM dest.warehouse_id
                   ) moves GROUP BY warehouse, product, moment""",
                products=list(products),
                places=orders.warehouse_id.ids,
            )
        )
        calendar = defaultdict(list)
        for place, product, moment, quantity in rows:
            calendar[place, product].append((moment, float(quantity)))
        return calendar

    def _products_without_bom(self, orders):
        """Return ``{order id: [product id]}``: made to order, but no way to make it."""
        ordered = self._ordered(orders)
        products = (
            self.env["product.product"]
            .sudo()
            .browse({product for needs in ordered.values() for product in needs})
        )
        made = self._manufactured(products)
        boms = self._boms(made, orders.company_id)
        missing = {product.id for product in made if not boms[product]}
        return {
            order: [product for product in needs if product in missing]
            for order, needs in ordered.items()
        }

    def _manufactured(self, products):
        """Return the products whose own or category's routes manufacture them."""
        makers = self.env["stock.rule"].sudo().search([("action", "=", "manufacture")])
        routes = makers.route_id
        return products.filtered(
            lambda product: (
                (product.route_ids | product.categ_id.total_route_ids) & routes
            )
        )
