from odoo import models
from odoo.tools import SQL

#: Moves that still want goods.
WANTING = ("waiting", "confirmed", "partially_available", "assigned")
#: How often demand is said to exceed a stock of nothing.
ENDLESS = 9999
#: Records that figures name; the others are counted.
NAMED = 50


class OrderHubWarningMeasure(models.AbstractModel):
    """Goods: demand and stock, missing parts, work centers, suppliers."""

    _inherit = "order.hub.warning.measure"

    def _measure_demand_stock(self, rule, now):
        """What open moves want of a product ÷ what the company has of it.

        A move that waits for its own supply counts with what is reserved for it.
        """
        return SQL(
            """SELECT demand.product_id AS res_id, demand.company_id,
                      LEAST(demand.quantity / NULLIF(GREATEST(stock.quantity, 0), 0),
                            %(endless)s) AS value, NULL::timestamp AS since,
                      jsonb_build_object('demand', round(demand.quantity, 2),
                          'stock', round(stock.quantity, 2)) AS figures
                 FROM (%(demand)s) demand
           CROSS JOIN LATERAL (
                   SELECT COALESCE(SUM(quant.quantity), 0) AS quantity
                     FROM stock_quant quant
                     JOIN stock_location place ON place.id = quant.location_id
                    WHERE quant.product_id = demand.product_id
                      AND quant.company_id = demand.company_id
                      AND place.usage = 'internal') stock
                WHERE demand.quantity > 0""",
            endless=ENDLESS,
            demand=self._demand_sql(rule),
        )

    def _demand_sql(self, rule):
        """Quantity by product and company that leaves the stock, product's unit."""
        return SQL(
            """SELECT move.product_id, move.company_id,
                      SUM(CASE WHEN move.procure_method = 'make_to_stock'
                          THEN move.product_qty
                          ELSE move.product_qty * LEAST(1, move.quantity
                               / NULLIF(move.product_uom_qty, 0)) END) AS quantity
                 FROM stock_move move
                 JOIN product_product product ON product.id = move.product_id
                 JOIN product_template template
                   ON template.id = product.product_tmpl_id
                 JOIN stock_location src ON src.id = move.location_id
                 JOIN stock_location final ON final.id =
                      COALESCE(move.location_final_id, move.location_dest_id)
                WHERE move.state = ANY(%(wanting)s) AND template.is_storable
                  AND src.usage = 'internal'
                  AND final.usage IN ('customer', 'production') AND %(only)s
             GROUP BY move.product_id, move.company_id""",
            wanting=list(WANTING),
            only=self._only(rule, SQL("move.product_id"), SQL("move.company_id")),
        )

    def _measure_kit_shortage(self, rule, now):
        """How many products an order is short of: for delivery or for making it.

        Free stock, and what comes in by the promise, goes to the order that was
        promised first: a running balance of each product and warehouse, in which
        stock comes first and supply before demand of the same moment. An order at
        which the balance is below zero is short.
        """
        return SQL(
            """WITH wanted AS MATERIALIZED (%(wanted)s), balance AS (
                   SELECT ledger.order_id, ledger.product_id, -ledger.quantity AS wants,
                          SUM(ledger.quantity) OVER (
                              PARTITION BY ledger.warehouse_id, ledger.product_id
                              ORDER BY ledger.moment, ledger.order_id NULLS FIRST
                          ) AS balance
                     FROM (%(ledger)s) ledger),
               short AS (
                   SELECT order_id, product_id, SUM(LEAST(wants, -balance)) AS quantity
                     FROM balance WHERE order_id IS NOT NULL AND balance < 0
                 GROUP BY order_id, product_id)
               SELECT o.id AS res_id, o.company_id, COUNT(*) AS value,
                      NULL::timestamp AS since, jsonb_build_object('parts', jsonb_agg(
                          jsonb_build_array(short.product_id, round(short.quantity, 2))
                          ORDER BY short.product_id)) AS figures
                 FROM short JOIN sale_order o ON o.id = short.order_id
                WHERE %(only)s
             GROUP BY o.id, o.company_id""",
            wanted=self._wanted_sql(rule),
            ledger=self._ledger_sql(),
            only=self._only(rule, SQL("o.id"), SQL("o.company_id")),
        )

    def _ledger_sql(self):
        """What is free, what comes in and what is wanted, each with its moment."""
        return SQL(
            """SELECT NULL::int AS order_id, place.warehouse_id, quant.product_id,
                      '-infinity'::timestamp AS moment,
                      SUM(quant.quantity - quant.reserved_quantity) AS quantity
                 FROM stock_quant quant
                 JOIN stock_location place ON place.id = quant.location_id
                WHERE quant.product_id IN (SELECT product_id FROM wanted)
                  AND place.usage = 'internal'
             GROUP BY place.warehouse_id, quant.product_id
                UNION ALL
               SELECT NULL, dest.warehouse_id, coming.product_id, coming.date,
                      coming.product_qty
                 FROM stock_move coming
                 JOIN stock_location dest ON dest.id = coming.location_dest_id
                 JOIN stock_location src ON src.id = coming.location_id
                WHERE coming.product_id IN (SELECT product_id FROM wanted)
                  AND coming.state = ANY(%(wanting)s)
                  AND src.warehouse_id IS DISTINCT FROM dest.warehouse_id
                  AND dest.warehouse_id IS NOT NULL
                UNION ALL
               SELECT order_id, warehouse_id, product_id,
                      COALESCE(promised, 'infinity'), -quantity FROM wanted""",
            wanting=list(WANTING),
        )

    def _wanted_sql(self, rule):
        """What orders in flight still have no goods reserved for.

        Moves to the customer, and parts of manufacturing orders made for an order.
        """
        own = SQL("TRUE")
        if rule.company_id:
            own = SQL("move.company_id = %s", rule.company_id.id)
        return SQL(
            """SELECT o.id AS order_id, o.hub_promised_date AS promised,
                      src.warehouse_id, move.product_id,
                      SUM(move.product_qty * (1 - LEAST(1, move.quantity
                          / NULLIF(move.product_uom_qty, 0)))) AS quantity
                 FROM stock_move move
                 JOIN stock_location src ON src.id = move.location_id
                 JOIN product_product product ON product.id = move.product_id
                 JOIN product_template template
                   ON template.id = product.product_tmpl_id
            LEFT JOIN sale_order_line line ON line.id = move.sale_line_id
           CROSS JOIN LATERAL (SELECT COALESCE(line.order_id, (
                       SELECT MIN(sold.sale_id)
                         FROM stock_reference_production_rel made
                         JOIN stock_reference_sale_rel sold
                           ON sold.reference_id = made.reference_id
                        WHERE made.production_id = move.raw_material_production_id
                      )) AS id) owner
                 JOIN sale_order o ON o.id = owner.id AND o.hub_is_open
                WHERE move.state IN ('waiting', 'confirmed', 'partially_available')
                  AND move.procure_method = 'make_to_stock'
                  AND (move.sale_line_id IS NOT NULL
                       OR move.raw_material_production_id IS NOT NULL)
                  AND src.usage = 'internal' AND template.is_storable AND %(own)s
             GROUP BY o.id, o.hub_promised_date, src.warehouse_id, move.product_id
               HAVING SUM(move.product_uom_qty - move.quantity) > 0""",
            own=own,
        )

    def _measure_workcenter_queue(self, rule, now):
        """Orders at a work center, as the breaker counts them."""
        return SQL(
            """SELECT center.id AS res_id, center.company_id, queue.orders AS value,
                      NULL::timestamp AS since,
                      jsonb_build_object('orders', queue.named) AS figures
                 FROM mrp_workcenter center
                 JOIN (SELECT waiting.workcenter_id, COUNT(*) AS orders,
                              to_jsonb((array_agg(waiting.order_id
                                  ORDER BY waiting.order_id))[1:%(named)s]) AS named
                         FROM (%(waiting)s) waiting
                     GROUP BY waiting.workcenter_id) queue
                   ON queue.workcenter_id = center.id
                WHERE center.active AND %(only)s""",
            named=NAMED,
            waiting=self._workcenter_orders(),
            only=self._only(rule, SQL("center.id"), SQL("center.company_id")),
        )

    def _workcenter_orders(self):
        """Orders in flight at each work center: those whose turn it is there.

        A work order counts when the operations before it are done.

        :return: SELECT of distinct ``(workcenter_id, order_id, company_id)``
        """
        return SQL(
            """SELECT DISTINCT work.workcenter_id, o.id AS order_id, o.company_id
                 FROM mrp_workorder work
                 JOIN mrp_production made ON made.id = work.production_id
                 JOIN stock_reference_production_rel ref
                   ON ref.production_id = made.id
                 JOIN stock_reference_sale_rel sold
                   ON sold.reference_id = ref.reference_id
                 JOIN sale_order o ON o.id = sold.sale_id
                WHERE work.state IN ('ready', 'progress', 'blocked')
                  AND made.state IN ('confirmed', 'progress', 'to_close')
                  AND o.hub_is_open
                  AND NOT EXISTS (
                      SELECT FROM mrp_workorder_dependencies_rel after
                        JOIN mrp_workorder first ON first.id = after.blocked_by_id
                       WHERE after.workorder_id = work.id
                         AND first.state NOT IN ('done', 'cancel'))"""
        )

    def _measure_supplier_late(self, rule, now):
        """Days since the first date by which a purchase should have been here."""
        return SQL(
            """SELECT o.id AS res_id, o.company_id,
                      EXTRACT(epoch FROM %(now)s - late.due) / 86400 AS value,
                      late.due + make_interval(secs => 86400 * %(days)s) AS since,
                      jsonb_build_object('lines', late.lines, 'due', late.due)
                      AS figures
                 FROM (SELECT line.order_id, COUNT(*) AS lines,
                              MIN(line.date_planned) AS due
                         FROM purchase_order_line line
                         JOIN purchase_order bought ON bought.id = line.order_id
                         JOIN product_product product ON product.id = line.product_id
                         JOIN product_template template
                           ON template.id = product.product_tmpl_id
                        WHERE bought.state = 'purchase' AND template.type = 'consu'
                          AND line.display_type IS NULL
                          AND line.date_planned < %(now)s
                          AND COALESCE(line.qty_received, 0) < line.product_qty
                     GROUP BY line.order_id) late
                 JOIN purchase_order o ON o.id = late.order_id
                WHERE %(only)s""",
            now=now,
            days=rule.threshold,
            only=self._only(rule, SQL("o.id"), SQL("o.company_id")),
        )
