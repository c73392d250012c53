from odoo import models
from odoo.tools import SQL

from ..engine.chain import PART
from .sale_order_chain_links import NOTHING, OPEN_STATES


class OrderHubChain(models.AbstractModel):
    """What comes in through stock for whom.

    Odoo's forecast report matches what goes out of a warehouse with what lies there
    and what comes in: reserved goods first, then free stock, then what comes in, in
    the order in which moves are reserved (``stock.forecasted_product_product``). The
    same is done here for all products of a chain in one statement: running totals of
    what is wanted are laid over running totals of what is coming. Quotations asked
    from suppliers and manufacturing orders in draft come last.
    """

    _inherit = "order.hub.chain"

    @staticmethod
    def _is_demand(row):
        """Tell whether a move takes its goods from stock and does not hold them yet."""
        return (
            row.state in ("draft", "waiting", "confirmed", "partially_available")
            and row.warehouse_id
            and row.src_usage in ("internal", "transit")
            and not row.lines
        )

    def _supply(self, graph, demand_ids):
        """Link documents to what comes in for them through stock.

        :param demand_ids: ids of moves of the graph that take from stock
        :return: set of ids of the incoming moves, to be looked at next
        """
        coming, short = set(), {}
        for match in self._matches(demand_ids):
            demand = graph.moves[match.demand_id]
            short.setdefault(demand.id, match.wanted - match.from_stock)
            if not match.move_id and not match.line_id:
                continue
            short[demand.id] -= match.taken
            graph.link(self._waiter(demand), self._source_of(match))
            graph.lines.update({match.line_id} - {None})
            coming.update({match.move_id} - {None})
        for move, quantity in short.items():
            demand = graph.moves[move]
            if quantity > NOTHING and demand.state != "draft":
                graph.missing[self._waiter(demand), demand.product_id] += quantity
        return coming

    @staticmethod
    def _source_of(match):
        """Return the key of the document of an incoming move."""
        if match.production_id:
            return f"mrp.production,{match.production_id}"
        if match.line_id:
            return f"purchase.order.line,{match.line_id}"
        return f"stock.picking,{match.picking_id}" if match.picking_id else ""

    def _matches(self, demand_ids):
        """Return rows: demand_id, wanted, from_stock, and what is taken from where."""
        if not demand_ids:
            return []
        demands = list(demand_ids)
        return self._cr_rows(
            SQL(
                """WITH need AS (%(need)s), free AS (%(free)s),
                   wanted AS (%(wanted)s), coming AS (%(coming)s),
                   short AS (
                   SELECT wanted.*, GREATEST(free.quantity, 0) AS free,
                          GREATEST(wanted.upto - wanted.quantity
                                   - COALESCE(GREATEST(free.quantity, 0), 0), 0) AS low,
                          GREATEST(wanted.upto
                                   - COALESCE(GREATEST(free.quantity, 0), 0), 0) AS high
                     FROM wanted
                LEFT JOIN free USING (product_id, warehouse_id)
                    WHERE wanted.id = ANY(%(demands)s))
                   SELECT short.id AS demand_id, short.quantity AS wanted,
                          short.quantity - (short.high - short.low) AS from_stock,
                          short.upto AS place,
                          coming.move_id, coming.line_id, coming.production_id,
                          coming.picking_id,
                          LEAST(short.high, coming.upto)
                          - GREATEST(short.low, coming.upto - coming.quantity) AS taken
                     FROM short
                LEFT JOIN coming ON coming.product_id = short.product_id
                          AND coming.warehouse_id = short.warehouse_id
                          AND coming.upto > short.low + %(nothing)s
                          AND coming.upto - coming.quantity < short.high - %(nothing)s
                 ORDER BY short.id, coming.upto""",
                need=self._needed_products(demands),
                free=self._free_stock(),
                wanted=self._wanted(demands),
                coming=self._coming(),
                demands=demands,
                nothing=NOTHING,
            )
        )

    def _needed_products(self, demands):
        return SQL(
            """SELECT DISTINCT move.product_id, src.warehouse_id
                 FROM stock_move move
                 JOIN stock_location src ON src.id = move.location_id
                 JOIN product_product product ON product.id = move.product_id
                 JOIN product_template template
                      ON template.id = product.product_tmpl_id
                WHERE move.id = ANY(%s) AND template.is_storable""",
            demands,
        )

    def _free_stock(self):
        """Stock of the warehouse that no move holds."""
        return SQL(
            """SELECT need.product_id, need.warehouse_id,
                      SUM(quant.quantity - quant.reserved_quantity)::float AS quantity
                 FROM need
                 JOIN stock_location place
                      ON place.warehouse_id = need.warehouse_id
                     AND place.usage IN ('internal', 'transit')
                 JOIN stock_quant quant ON quant.location_id = place.id
                     AND quant.product_id = need.product_id
             GROUP BY need.product_id, need.warehouse_id"""
        )

    def _wanted(self, demands):
        """Open moves out of the warehouse that hold nothing yet, with a running total.

        The order is that of Odoo's forecast: what may be reserved today by priority
        and date, then what is reserved later.
        """
        return SQL(
            """SELECT move.id, need.product_id, need.warehouse_id, rest.quantity,
                      SUM(rest.quantity) OVER (
                          PARTITION BY need.product_id, need.warehouse_id
                          ORDER BY move.state = 'draft',
                                   COALESCE(move.reservation_date > CURRENT_DATE, TRUE),
                                   CASE WHEN move.reservation_date > CURRENT_DATE
                                        THEN move.reservation_date END NULLS LAST,
                                   move.priority DESC, move.date, move.id
                      ) AS upto
                 FROM need
                 JOIN stock_move move ON move.product_id = need.product_id
                  AND (move.state IN ('waiting', 'confirmed', 'partially_available')
                       OR move.state = 'draft' AND move.id = ANY(%(demands)s))
                 JOIN stock_location src ON src.id = move.location_id
                  AND src.warehouse_id = need.warehouse_id
                 JOIN stock_location dest ON dest.id = move.location_dest_id
            LEFT JOIN stock_location final ON final.id = move.location_final_id
           CROSS JOIN LATERAL (
                      SELECT (move.product_qty - COALESCE(
                          move.quantity * move.product_qty
                          / NULLIF(move.product_uom_qty, 0), 0))::float AS quantity
                      ) rest
                WHERE rest.quantity > %(nothing)s
                  AND (move.id = ANY(%(demands)s)
                       OR dest.warehouse_id IS DISTINCT FROM src.warehouse_id
                       OR final.id IS NOT NULL
                          AND final.warehouse_id IS DISTINCT FROM src.warehouse_id)
                  AND NOT EXISTS (
                      SELECT 1 FROM stock_move_move_rel rel
                        JOIN stock_move before ON before.id = rel.move_orig_id
                       WHERE rel.move_dest_id = move.id
                         AND before.state NOT IN ('done', 'cancel'))
                  AND NOT EXISTS (
                      SELECT 1 FROM stock_move_created_purchase_line_rel rel
                       WHERE rel.move_id = move.id)""",
            demands=demands,
            nothing=NOTHING,
        )

    def _coming(self):
        """What comes into the warehouse and is for nobody yet, with a running total."""
        return SQL(
            """SELECT source.*, SUM(source.quantity) OVER (
                          PARTITION BY source.product_id, source.warehouse_id
                          ORDER BY source.rank, source.priority DESC, source.moment,
                                   source.move_id, source.line_id
                      ) AS upto
                 FROM (%s UNION ALL %s) source WHERE source.quantity > %s""",
            self._coming_moves(),
            self._coming_quotations(),
            NOTHING,
        )

    def _coming_moves(self):
        return SQL(
            """SELECT need.product_id, need.warehouse_id, move.id AS move_id,
                      move.purchase_line_id AS line_id, move.production_id,
                      move.picking_id, (move.state = 'draft')::int AS rank,
                      move.priority, move.date AS moment,
                      (move.product_qty - COALESCE(promised.quantity, 0))::float
                      AS quantity
                 FROM need
                 JOIN stock_move move ON move.product_id = need.product_id
                  AND (move.state IN ('waiting', 'confirmed', 'partially_available',
                                      'assigned')
                       OR move.state = 'draft' AND move.production_id IS NOT NULL)
                 JOIN stock_location dest ON dest.id = move.location_dest_id
                  AND dest.warehouse_id = need.warehouse_id
                 JOIN stock_location src ON src.id = move.location_id
                  AND src.warehouse_id IS DISTINCT FROM need.warehouse_id
            LEFT JOIN LATERAL (
                      SELECT SUM(after.product_qty) AS quantity
                        FROM stock_move_move_rel rel
                        JOIN stock_move after ON after.id = rel.move_dest_id
                         AND after.state NOT IN ('done', 'cancel')
                        JOIN stock_location place ON place.id = after.location_dest_id
                       WHERE rel.move_orig_id = move.id
                         AND place.warehouse_id IS DISTINCT FROM need.warehouse_id
                      ) promised ON TRUE"""
        )

    def _coming_quotations(self):
        return SQL(
            """SELECT need.product_id, need.warehouse_id, NULL, line.id, NULL, NULL,
                      2, '0', line.date_planned, line.product_uom_qty::float
                 FROM need
                 JOIN purchase_order_line line ON line.product_id = need.product_id
                 JOIN purchase_order bought ON bought.id = line.order_id
                  AND bought.state IN ('draft', 'sent', 'to approve')
                 JOIN stock_picking_type kind ON kind.id = bought.picking_type_id
            LEFT JOIN stock_warehouse_orderpoint point ON point.id = line.orderpoint_id
                WHERE COALESCE(point.warehouse_id, kind.warehouse_id)
                      = need.warehouse_id
                  AND NOT EXISTS (
                      SELECT 1 FROM stock_move_created_purchase_line_rel rel
                       WHERE rel.created_purchase_line_id = line.id)"""
        )

    # === SAFETY STOCK === #

    def _link_refills(self, graph):
        """Link what reordering rules have started for stock the orders take from.

        Nothing waits for it, unless it was found as the source of something already.
        """
        if not self.env["stock.warehouse.orderpoint"]._hub_has_automatic():
            return
        takers = [
            row.id
            for row in graph.moves.values()
            if row.state in OPEN_STATES and row.warehouse_id
        ]
        for move, production, line in self._refills(takers):
            key = (
                f"mrp.production,{production}"
                if production
                else f"purchase.order.line,{line}"
            )
            graph.refills.add(key)
            graph.lines.update({line} - {None})
            graph.link(self._waiter(graph.moves[move]), key, PART)

    def _refills(self, move_ids):
        """Return rows: id of the move, of the manufacturing order, of the line."""
        return self.env.execute_query(
            SQL(
                """SELECT move.id, refill.production_id, refill.line_id
                     FROM stock_move move
                     JOIN stock_location src ON src.id = move.location_id
                     JOIN stock_warehouse_orderpoint point
                          ON point.product_id = move.product_id
                         AND point.warehouse_id = src.warehouse_id
                         AND point.trigger = 'auto'
                     JOIN (
                          SELECT orderpoint_id, id AS production_id, NULL AS line_id
                            FROM mrp_production
                           WHERE state NOT IN ('done', 'cancel')
                       UNION ALL
                          SELECT line.orderpoint_id, NULL, line.id
                            FROM purchase_order_line line
                            JOIN purchase_order bought ON bought.id = line.order_id
                             AND bought.state != 'cancel'
                           WHERE COALESCE(line.qty_received, 0) < line.product_qty
                          ) refill ON refill.orderpoint_id = point.id
                    WHERE move.id = ANY(%s)
                 ORDER BY move.id, refill.production_id, refill.line_id""",
                move_ids,
            )
        )
