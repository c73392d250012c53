from collections import defaultdict
from typing import NamedTuple

from odoo import fields, models
from odoo.tools import SQL

from ..engine import sourcing as engine
from ..engine.explosion import explode
from ..engine.geo import great_circle

#: Stages of an order before its goods are picked: it can still be picked together
#: with others.
OPEN_MILESTONES = ("received", "approved", "scheduled", "preparing")
#: Seconds of a day.
DAY = 86400


class Site(NamedTuple):
    """What a batch has to know of a warehouse, read once."""

    id: int
    name: str
    point: tuple[float, float] | None
    precision: str
    load: int
    cost_fixed: float
    cost_per_km: float
    road_factor: float


class OrderHubSourcing(models.AbstractModel):
    """Finds the warehouse of many orders at once: collects figures, asks the engine.

    A fixed number of queries whatever the number of orders. Within a batch, what one
    order was given is not offered to the next. Quantities are in products' own units.
    """

    _name = "order.hub.sourcing"
    _description = "Sourcing"

    def _plans(self, orders, policies, needs):
        """Return ``({order id: Plan}, {order id: what it was decided on})``.

        :param orders: placed orders (see ``res.partner._hub_place``), of any policies
        :param policies: ``{order id: policy}``
        :param needs: ``{order id: [Need, …]}``, see :meth:`_needs`
        """
        if not orders:
            return {}, {}
        orders = self._in_turn(orders)
        needs = {order.id: needs[order.id] for order in orders}
        world = self._world(orders, policies, needs)
        plans, grounds = {}, {}
        for order in orders:
            policy = policies[order.id]
            plan, ground = self._plan(order, policy, needs[order.id], world)
            plans[order.id], grounds[order.id] = plan, ground
            self._take(order, plan, world)
        return plans, grounds

    def _in_turn(self, orders):
        """Return the orders in queue order: who comes first is served first."""
        if "hub_queue_score" in orders._fields:
            return orders.sorted(lambda order: (-order.hub_queue_score, order.id))
        far = fields.Datetime.to_datetime("9999-12-31")
        return orders.sorted(
            lambda order: (
                -int(order.hub_priority or 0),
                order.hub_promised_date or far,
                order.id,
            )
        )

    # === ONE ORDER === #

    def _plan(self, order, policy, needs, world):
        """Ask the engine about one order; return its plan and the figures used."""
        ship_to = order.partner_shipping_id
        here = ship_to._hub_point(policy.accepts_state)
        products = {need.product for need in needs}
        candidates = [
            self._candidate(site, here, products, world)
            for site in world["sites"][policy]
        ]
        prefer, mates = self._mates(order, policy, world)
        plan = engine.decide(
            needs,
            candidates,
            world["rules"][policy],
            between=world["between"][policy],
            ways=world["ways"],
            amount=order.amount_total / (order.currency_rate or 1.0),
            prefer=prefer,
        )
        return plan, {
            "policy": policy.id,
            "policy_name": policy.name,
            "radius": policy.radius_km,
            "place": ship_to.hub_place_id.name or ship_to.city or "",
            "precision": ship_to.hub_precision,
            "needs": self._sum(needs),
            "mates": mates if plan.merged else [],
        }

    def _candidate(self, site, here, products, world):
        """Return a warehouse as it stands for one order.

        :param here: where the order goes to: latitude, longitude
        """
        stock, came = world["stock"], world["came"]
        km = site.point and great_circle(*here, *site.point) * site.road_factor
        since = [
            came[site.id, product]
            for product in products
            if came.get((site.id, product))
        ]
        age = (world["now"] - min(since)).total_seconds() / DAY if since else 0.0
        return engine.Candidate(
            id=site.id,
            name=site.name,
            km=km,
            precision=site.precision,
            stock={p: stock.get((site.id, p), 0.0) for p in products},
            load=site.load,
            cost=site.cost_fixed + site.cost_per_km * (km or 0.0),
            age=max(0.0, age),
        )

    def _sites(self, policy, load):
        """Return the warehouses of a policy, read once for all orders."""
        sites = []
        for warehouse in policy.warehouse_ids:
            address = warehouse._hub_address()
            sites.append(
                Site(
                    id=warehouse.id,
                    name=warehouse.name,
                    point=address._hub_point(policy.accepts_state),
                    precision=address.hub_precision or "",
                    load=load.get(warehouse.id, 0),
                    cost_fixed=warehouse.hub_cost_fixed,
                    cost_per_km=warehouse.hub_cost_per_km,
                    road_factor=policy.road_factor,
                )
            )
        return sites

    def _take(self, order, plan, world):
        """Take what an order was given off what the next ones are offered."""
        for key, quantity in plan.takes.items():
            world["stock"][key] = world["stock"].get(key, 0.0) - quantity
        if plan.warehouse and "mates" in world:
            world["mates"].append(self._mate(order, plan.warehouse))

    def _sum(self, needs):
        """Return ``[[product id, quantity], …]`` of all needs."""
        total = defaultdict(float)
        for need in needs:
            total[need.product] += need.quantity
        return [[product, quantity] for product, quantity in sorted(total.items())]

    # === ALL ORDERS === #

    def _world(self, orders, policies, needs):
        """Collect everything that deciding needs, for all orders together."""
        used = self.env["order.hub.sourcing.policy"].union(
            *(policies[order.id] for order in orders)
        )
        warehouses = used.warehouse_ids
        products = {need.product for wishes in needs.values() for need in wishes}
        warehouses.mapped(lambda warehouse: warehouse._hub_address())._hub_place()
        stock, came = self._stock(products, warehouses)
        self._less(stock, self._promised(orders, used, products))
        load = self._load(warehouses)
        sites = {policy: self._sites(policy, load) for policy in used}
        world = {
            "now": fields.Datetime.now(),
            "stock": stock,
            "came": came,
            "sites": sites,
            "ways": self._ways(products, orders.company_id),
            "rules": {policy: policy._rules() for policy in used},
            "between": {policy: self._between(sites[policy]) for policy in used},
        }
        if any(policy.merge != "no" for policy in used):
            world["mates"] = self._open_orders(orders, used)
        return world

    def _less(self, stock, demands):
        for key, quantity in demands.items():
            stock[key] = stock.get(key, 0.0) - quantity

    def _between(self, sites):
        """Return ``{(warehouse, warehouse): km}`` within a policy."""
        return {
            (one.id, two.id): great_circle(*one.point, *two.point) * one.road_factor
            for one in sites
            for two in sites
            if one is not two and one.point and two.point
        }

    # === WHAT IS WANTED === #

    def _needs(self, orders):
        """Return ``{order id: [Need, …]}`` of stored goods, kits as their parts.

        Lines with a route of their own and products made or bought for each order
        are Odoo's own business.
        """
        rows = self._lines(orders) if orders else []
        if not rows:
            return {}
        products = {product for _order, _line, product, _qty in rows}
        supply = self.env["order.hub.supply"].sudo()
        structure = supply._structure(products, orders.company_id, ("phantom",))
        products |= {part for row in structure.values() for part, _qty in row}
        stored = supply._storable(products) - self._made_to_order(products)
        needs = defaultdict(list)
        for order, line, product, quantity in rows:
            parts = explode({product: float(quantity)}, structure)
            needs[order] += [
                engine.Need(line, part, wanted)
                for part, wanted in parts.items()
                if part in stored
            ]
        return {order: wishes for order, wishes in needs.items() if wishes}

    def _lines(self, orders):
        self.env["sale.order.line"].flush_model(
            ["order_id", "product_id", "product_uom_id", "product_uom_qty", "route_ids"]
        )
        routes = self.env["sale.order.line"]._fields["route_ids"]
        return self.env.execute_query(
            SQL(
                """SELECT line.order_id, line.id, line.product_id,
                          line.product_uom_qty * unit.factor / own.factor
                     FROM sale_order_line line
                     JOIN uom_uom unit ON unit.id = line.product_uom_id
                     JOIN product_product product ON product.id = line.product_id
                     JOIN product_template template
                          ON template.id = product.product_tmpl_id
                     JOIN uom_uom own ON own.id = template.uom_id
                    WHERE line.order_id = ANY(%(orders)s)
                      AND line.display_type IS NULL AND line.product_uom_qty > 0
                      AND template.type = 'consu' AND line.is_expense IS NOT TRUE
                      AND NOT EXISTS (SELECT FROM %(routes)s route
                                       WHERE route.%(column)s = line.id)
                 ORDER BY line.order_id, line.id""",
                orders=orders.ids,
                routes=SQL.identifier(routes.relation),
                column=SQL.identifier(routes.column1),
            )
        )

    def _product_rules_sql(self, products):
        """Rules of the routes that products, or their categories, have."""
        return SQL(
            """product_product product
               JOIN product_template template ON template.id = product.product_tmpl_id
          LEFT JOIN product_category category ON category.id = template.categ_id
               JOIN stock_route route ON route.active AND (
                    EXISTS (SELECT FROM stock_route_product own
                             WHERE own.route_id = route.id
                               AND own.product_id = template.id)
                 OR EXISTS (SELECT FROM stock_route_categ common
                              JOIN product_category above
                                   ON above.id = common.categ_id
                             WHERE common.route_id = route.id
                               AND category.parent_path
                                   LIKE above.parent_path || '%%'))
               JOIN stock_rule rule ON rule.route_id = route.id AND rule.active
               JOIN stock_location dest ON dest.id = rule.location_dest_id
              WHERE product.id = ANY(%s)""",
            list(products),
        )

    def _made_to_order(self, products):
        """Return the products that Odoo makes, buys or drop-ships for each order."""
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT product.id FROM %s AND dest.usage = 'customer'
                      AND (rule.procure_method = 'make_to_order'
                           OR rule.action = 'buy')""",
                self._product_rules_sql(products),
            )
        )
        return {product for [product] in rows}

    def _ways(self, products, companies):
        """Return ``{product id: Way}``: how what nobody has is got, and how long.

        A product that is made needs a bill of materials, a bought one a vendor.
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT product.id,
                          bool_or(rule.action = 'manufacture'),
                          bool_or(rule.action = 'buy'),
                          (SELECT bom.produce_delay + bom.days_to_prepare_mo
                             FROM mrp_bom bom
                            WHERE bom.active AND bom.type = 'normal'
                              AND bom.product_tmpl_id = product.product_tmpl_id
                              AND (bom.product_id IS NULL
                                   OR bom.product_id = product.id)
                         ORDER BY bom.sequence, bom.id LIMIT 1),
                          (SELECT vendor.delay FROM product_supplierinfo vendor
                            WHERE vendor.product_tmpl_id = product.product_tmpl_id
                              AND (vendor.product_id IS NULL
                                   OR vendor.product_id = product.id)
                         ORDER BY vendor.sequence, vendor.id LIMIT 1)
                     FROM %s AND (rule.company_id IS NULL OR rule.company_id = ANY(%s))
                 GROUP BY product.id""",
                self._product_rules_sql(products),
                companies.ids,
            )
        )
        ways = {}
        for product, is_made, is_bought, make_days, buy_days in rows:
            if is_made and make_days is not None:
                ways[product] = engine.Way("make", max(1, make_days))
            elif is_bought and buy_days is not None:
                ways[product] = engine.Way("buy", max(1, buy_days))
        return ways

    # === WHAT IS THERE === #

    def _stock(self, products, warehouses):
        """Return free stock and the age of the oldest, by (warehouse, product).

        Only what lies in the warehouse's stock location counts: goods in an output
        area are on their way to somebody.
        """
        self.env["stock.quant"].flush_model()
        rows = self.env.execute_query(
            SQL(
                # by product first: a place holds many that nobody asks for
                """WITH quant AS MATERIALIZED (
                       SELECT location_id, product_id,
                              SUM(quantity - reserved_quantity) AS free,
                              MIN(in_date) FILTER (WHERE quantity > 0) AS since
                         FROM stock_quant WHERE product_id = ANY(%s)
                     GROUP BY location_id, product_id)
                   SELECT warehouse.id, quant.product_id,
                          SUM(quant.free), MIN(quant.since)
                     FROM stock_warehouse warehouse
                     JOIN stock_location root ON root.id = warehouse.lot_stock_id
                     JOIN stock_location place
                          ON place.parent_path LIKE root.parent_path || '%%'
                         AND place.usage = 'internal'
                     JOIN quant ON quant.location_id = place.id
                    WHERE warehouse.id = ANY(%s)
                 GROUP BY warehouse.id, quant.product_id""",
                list(products),
                warehouses.ids,
            )
        )
        stock = {(place, product): float(qty) for place, product, qty, _in in rows}
        came = {(place, product): since for place, product, _qty, since in rows}
        return stock, came

    def _promised(self, orders, policies, products):
        """Return ``{(warehouse id, product id): quantity}`` that is spoken for."""
        promised = defaultdict(float)
        waiting = policies.filtered("counts_waiting").warehouse_ids
        if waiting:
            for *key, quantity in self._waiting(waiting, products):
                promised[tuple(key)] += float(quantity)
        drafts = policies.filtered("counts_drafts")
        if drafts:
            for *key, quantity in self._drafts(drafts.company_id, orders, products):
                promised[tuple(key)] += float(quantity)
        return promised

    def _waiting(self, warehouses, products):
        """What confirmed documents take from stock and have not reserved yet."""
        self.env["stock.move"].flush_model()
        return self.env.execute_query(
            SQL(
                """SELECT src.warehouse_id, move.product_id,
                          SUM(move.product_qty
                              - move.quantity * unit.factor / own.factor)
                     FROM stock_move move
                     JOIN stock_location src ON src.id = move.location_id
                     JOIN stock_location dest ON dest.id = move.location_dest_id
                     JOIN product_product product ON product.id = move.product_id
                     JOIN product_template template
                          ON template.id = product.product_tmpl_id
                     JOIN uom_uom unit ON unit.id = move.product_uom
                     JOIN uom_uom own ON own.id = template.uom_id
                    WHERE move.product_id = ANY(%s) AND src.usage = 'internal'
                      AND move.state IN ('confirmed', 'partially_available')
                      AND move.procure_method = 'make_to_stock'
                      AND src.warehouse_id = ANY(%s)
                      AND (move.sale_line_id IS NOT NULL
                           OR dest.warehouse_id IS DISTINCT FROM src.warehouse_id)
                 GROUP BY src.warehouse_id, move.product_id""",
                list(products),
                warehouses.ids,
            )
        )

    def _drafts(self, companies, orders, products):
        """What the decisions in force of other drafts gave them."""
        self.env["sale.order"].flush_model(["state", "company_id"])
        return self.env.execute_query(
            SQL(
                """SELECT (take->>0)::int, (take->>1)::int, SUM((take->>2)::numeric)
                     FROM sale_order o
               CROSS JOIN LATERAL (
                          SELECT decision.value FROM order_hub_decision decision
                           WHERE decision.order_id = o.id
                             AND decision.kind = 'sourcing'
                        ORDER BY decision.id DESC LIMIT 1) latest
               CROSS JOIN LATERAL jsonb_array_elements(
                          CASE jsonb_typeof(latest.value->'takes')
                          WHEN 'array' THEN latest.value->'takes'
                          ELSE '[]' END) take
                    WHERE o.state IN ('draft', 'sent') AND o.company_id = ANY(%s)
                      AND o.id != ALL(%s) AND (take->>1)::int = ANY(%s)
                 GROUP BY 1, 2""",
                companies.ids,
                orders.ids,
                list(products),
            )
        )

    def _load(self, warehouses):
        """Return ``{warehouse id: orders with goods still to go out}``."""
        self.env["stock.picking"].flush_model(["state", "sale_id", "picking_type_id"])
        rows = self.env.execute_query(
            SQL(
                """SELECT kind.warehouse_id, COUNT(DISTINCT picking.sale_id)
                     FROM stock_picking picking
                     JOIN stock_picking_type kind ON kind.id = picking.picking_type_id
                    WHERE picking.state IN ('confirmed', 'waiting', 'assigned')
                      AND picking.sale_id IS NOT NULL
                      AND kind.warehouse_id = ANY(%s)
                 GROUP BY kind.warehouse_id""",
                warehouses.ids,
            )
        )
        return dict(rows)

    # === SHIPPED TOGETHER === #

    def _open_orders(self, orders, policies):
        """Return the confirmed orders that are not picked yet, near these orders."""
        points = [p for o in orders if (p := o.partner_shipping_id._hub_point(True))]
        margin = max(policies.mapped("merge_km")) / 100 + 0.01
        lats = [lat for lat, _lon in points] or [0.0]
        self.env["sale.order"].flush_model()
        self.env["res.partner"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT o.id, o.warehouse_id, o.partner_shipping_id,
                          partner.hub_place_id, partner.hub_latitude,
                          partner.hub_longitude
                     FROM sale_order o
                     JOIN res_partner partner ON partner.id = o.partner_shipping_id
                    WHERE o.company_id = ANY(%(companies)s) AND o.state = 'sale'
                      AND o.hub_is_open IS TRUE AND o.hub_milestone = ANY(%(open)s)
                      AND (o.partner_shipping_id = ANY(%(partners)s)
                           OR partner.hub_latitude BETWEEN %(south)s AND %(north)s)""",
                companies=orders.company_id.ids,
                open=list(OPEN_MILESTONES),
                partners=orders.partner_shipping_id.ids,
                south=min(lats) - margin,
                north=max(lats) + margin,
            )
        )
        return [
            (order, place, partner, spot, (lat and float(lat), lon and float(lon)))
            for order, place, partner, spot, lat, lon in rows
        ]

    def _mate(self, order, warehouse):
        to = order.partner_shipping_id
        point = to._hub_point(True) or (None, None)
        return order.id, warehouse, to.id, to.hub_place_id.id, point

    def _mates(self, order, policy, world):
        """Return the warehouse that open orders to the same place ship from.

        :return: warehouse id or ``None``, and the ids of those orders
        """
        found = defaultdict(list)
        for mate in world.get("mates", ()):
            if mate[0] != order.id and self._ships_together(order, policy, mate):
                found[mate[1]].append(mate[0])
        if not found or policy.merge == "no":
            return None, []
        prefer = min(found, key=lambda warehouse: (-len(found[warehouse]), warehouse))
        return prefer, sorted(found[prefer])[:20]

    def _ships_together(self, order, policy, mate):
        _order, _warehouse, partner, spot, point = mate
        to = order.partner_shipping_id
        if partner == to.id:
            return True
        if policy.merge == "city":
            return bool(spot) and spot == to.hub_place_id.id
        here = to._hub_point(policy.accepts_state)
        if policy.merge != "radius" or not here or None in point:
            return False
        return great_circle(*here, *point) * policy.road_factor <= policy.merge_km
