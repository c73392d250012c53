from odoo import models
from odoo.tools import SQL


class OrderHubIndicatorMeasure(models.AbstractModel):
    """Suppliers, stock and warehouse."""

    _inherit = "order.hub.indicator.measure"

    # === SUPPLIERS === #

    def _rows_supplier_on_time(self):
        """Purchase lines due in the window; in full and no later than the day agreed.

        A line due today counts as late only when the day is over.
        """
        return SQL(
            """SELECT period.company_id, line.id AS res_id,
                      'res.partner,' || supplier.id AS dimension,
                      supplier.complete_name AS label,
                      kept.is_on_time::int AS part, 1 AS whole
                 FROM period
                 JOIN purchase_order_line line
                      ON line.company_id = period.company_id AND %(in_period)s
                 JOIN purchase_order purchase ON purchase.id = line.order_id
                      AND purchase.state = 'purchase'
                 JOIN res_partner supplier ON supplier.id = purchase.partner_id
                 JOIN product_product product ON product.id = line.product_id
                 JOIN product_template template
                      ON template.id = product.product_tmpl_id
                     AND template.type = 'consu'
                 JOIN uom_uom unit ON unit.id = template.uom_id
           CROSS JOIN LATERAL (
                      SELECT COALESCE(sum(move.quantity * moved.factor / unit.factor),
                                      0) >= line.product_uom_qty - 0.00001
                             AS is_on_time
                        FROM stock_move move
                        JOIN uom_uom moved ON moved.id = move.product_uom
                       WHERE move.purchase_line_id = line.id
                         AND move.state = 'done'
                         AND move.origin_returned_move_id IS NULL
                         AND %(received)s <= %(planned)s) kept
                WHERE line.display_type IS NULL
                  AND (kept.is_on_time OR %(planned)s < %(ended)s)""",
            in_period=self._in_period("line.date_planned"),
            received=self._local_day(SQL("move.date")),
            planned=self._local_day(SQL("line.date_planned")),
            ended=self._local_day(SQL("period.until")),
        )

    def _rows_supplier_confirmation(self):
        return SQL(
            """SELECT period.company_id, purchase.id AS res_id,
                      'res.partner,' || supplier.id AS dimension,
                      supplier.complete_name AS label, %s AS part, 1 AS whole
                 FROM period
                 JOIN purchase_order purchase
                      ON purchase.company_id = period.company_id AND %s
                 JOIN res_partner supplier ON supplier.id = purchase.partner_id
                WHERE purchase.date_approve IS NOT NULL""",
            self._hours("purchase.date_approve", "purchase.hub_acknowledged_at"),
            self._in_period("purchase.hub_acknowledged_at"),
        )

    # === STOCK === #

    def _stock(self):
        """On hand and issued in the window, at today's cost, a row a product.

        ``stock``: company_id, product_id, dimension, label, value (on hand), issued
        (to customers and production, in the window); products without cost left out.
        """
        return SQL(
            """moved AS (
                SELECT period.company_id, quant.product_id,
                       sum(quant.quantity) AS kept, 0 AS issued
                  FROM period
                  JOIN stock_quant quant USING (company_id)
                  JOIN stock_location place ON place.id = quant.location_id
                       AND place.usage = 'internal'
              GROUP BY 1, 2
             UNION ALL
                SELECT period.company_id, move.product_id, 0,
                       sum(move.quantity * moved.factor / kept.factor)
                  FROM period
                  JOIN stock_move move ON move.company_id = period.company_id
                       AND move.state = 'done' AND %s
                  JOIN stock_location source ON source.id = move.location_id
                       AND source.usage = 'internal'
                  JOIN stock_location goal ON goal.id = move.location_dest_id
                       AND goal.usage IN ('customer', 'production')
                  JOIN product_product product ON product.id = move.product_id
                  JOIN product_template template
                       ON template.id = product.product_tmpl_id
                  JOIN uom_uom moved ON moved.id = move.product_uom
                  JOIN uom_uom kept ON kept.id = template.uom_id
              GROUP BY 1, 2),
            stock AS (
                SELECT moved.company_id, moved.product_id,
                       'product.category,' || category.id AS dimension,
                       category.complete_name AS label,
                       GREATEST(sum(moved.kept), 0) * known.cost AS value,
                       sum(moved.issued) * known.cost AS issued
                  FROM moved
                  JOIN product_product product ON product.id = moved.product_id
                  JOIN product_template template
                       ON template.id = product.product_tmpl_id
                       AND template.is_storable
             LEFT JOIN product_category category ON category.id = template.categ_id
            CROSS JOIN LATERAL (
                       SELECT (product.standard_price
                               ->> moved.company_id::text)::float AS cost) known
                 WHERE known.cost > 0
              GROUP BY moved.company_id, moved.product_id, category.id, known.cost)""",
            self._in_period("move.date"),
        )

    def _rows_stock_cover(self):
        """What is on hand against what leaves a day."""
        return SQL(
            """WITH %s
            SELECT stock.company_id, stock.product_id AS res_id, stock.dimension,
                   stock.label, stock.value AS part,
                   stock.issued * 86400
                   / extract(epoch FROM period.until - period.since) AS whole
              FROM stock JOIN period USING (company_id)""",
            self._stock(),
        )

    def _rows_slow_stock(self):
        """What is on hand and did not move in the window, against all on hand."""
        return SQL(
            """WITH %s
            SELECT stock.company_id,
                   CASE WHEN stock.issued = 0 THEN stock.product_id END AS res_id,
                   stock.dimension, stock.label,
                   CASE WHEN stock.issued = 0 THEN stock.value ELSE 0 END AS part,
                   stock.value AS whole
              FROM stock WHERE stock.value > 0""",
            self._stock(),
        )

    def _rows_inventory_accuracy(self):
        """Counted places of the window; a count without difference moves nothing."""
        return SQL(
            """SELECT period.company_id, move.id AS res_id,
                      'product.category,' || category.id AS dimension,
                      category.complete_name AS label,
                      (move.quantity = 0)::int AS part, 1 AS whole
                 FROM period
                 JOIN stock_move move ON move.company_id = period.company_id
                      AND move.is_inventory AND move.state = 'done' AND %s
                 JOIN product_product product ON product.id = move.product_id
                 JOIN product_template template
                      ON template.id = product.product_tmpl_id
            LEFT JOIN product_category category ON category.id = template.categ_id""",
            self._in_period("move.date"),
        )

    # === WAREHOUSE === #

    def _rows_fill_rate(self):
        """First deliveries of the window; those that left no backorder."""
        return SQL(
            """SELECT period.company_id, picking.id AS res_id,
                      'stock.warehouse,' || warehouse.id AS dimension,
                      warehouse.name AS label,
                      (NOT EXISTS (SELECT FROM stock_picking rest
                                    WHERE rest.backorder_id = picking.id
                                      AND rest.state <> 'cancel'))::int AS part,
                      1 AS whole
                 FROM period
                 JOIN stock_picking picking ON picking.company_id = period.company_id
                      AND picking.state = 'done' AND picking.backorder_id IS NULL
                      AND %s
                 JOIN stock_picking_type kind ON kind.id = picking.picking_type_id
                      AND kind.code = 'outgoing'
            LEFT JOIN stock_warehouse warehouse ON warehouse.id = kind.warehouse_id""",
            self._in_period("picking.date_done"),
        )

    def _rows_pick_rate(self):
        """Lines picked, against the hours of the day in which each person picked."""
        return SQL(
            """SELECT period.company_id, line.id AS res_id,
                      'stock.warehouse,' || warehouse.id AS dimension,
                      warehouse.name AS label, 1 AS part,
                      1.0 / count(*) OVER (
                          PARTITION BY period.company_id, warehouse.id,
                                       COALESCE(picking.user_id, line.write_uid),
                                       date_trunc('hour', line.date)) AS whole
                 FROM period
                 JOIN stock_move_line line ON line.company_id = period.company_id
                      AND line.state = 'done' AND %s
                 JOIN stock_picking picking ON picking.id = line.picking_id
                 JOIN stock_picking_type kind ON kind.id = picking.picking_type_id
                      AND kind.code IN ('outgoing', 'internal')
            LEFT JOIN stock_warehouse warehouse ON warehouse.id = kind.warehouse_id""",
            self._in_period("line.date"),
        )

    def _rows_return_rate(self):
        """Lines that came back in the window against lines that went out in it."""
        return SQL(
            """SELECT period.company_id,
                      CASE WHEN source.usage = 'customer' THEN move.id END AS res_id,
                      NULL AS dimension, NULL AS label,
                      (source.usage = 'customer')::int AS part,
                      (goal.usage = 'customer')::int AS whole
                 FROM period
                 JOIN stock_move move ON move.company_id = period.company_id
                      AND move.state = 'done' AND %s
                 JOIN stock_location source ON source.id = move.location_id
                 JOIN stock_location goal ON goal.id = move.location_dest_id
                WHERE goal.usage = 'customer' AND source.usage <> 'customer'
                   OR source.usage = 'customer' AND goal.usage <> 'customer'
                      AND move.origin_returned_move_id IS NOT NULL""",
            self._in_period("move.date"),
        )
