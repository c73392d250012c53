from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL

from ..engine.expected import NEVER, Part, Take, arrivals
from .sale_order_chain_links import MAX_ROUNDS


class OrderHubSupplyReach(models.AbstractModel):
    """Which orders wait for purchase lines, and when the goods reach them.

    The document chain looks from an order down to what it waits for; here it is read
    upwards, from purchase lines to orders: what was bought for a move, then what
    comes through stock as the chain matches it, through any number of manufacturing
    orders. A fixed number of statements for each of at most ``MAX_ROUNDS`` rounds
    through stock, whatever the number of lines and orders.
    """

    _name = "order.hub.supply.reach"
    _description = "Orders That Wait for Purchases"

    @api.model
    def _arriving(self, lines, now):
        """Return ``{order id: {line id: when the order has what it takes of it}}``.

        :param lines: ``purchase.order.line``; those that have arrived are left out
        :param now: naive UTC; nothing comes before it
        :return: moments in naive UTC, ``engine.expected.NEVER`` for what the supplier
            says does not come
        """
        self.env.flush_all()
        self.env.cr.execute("SET LOCAL jit = off")
        arriving = defaultdict(dict)
        rows = self._lines(lines.ids)
        moves = self._first_moves(rows, now, arriving)
        for _round in range(MAX_ROUNDS):
            made = self._climb(moves, arriving)
            moves = self._moves_served(made)
            if not moves:
                break
        return arriving

    @staticmethod
    def _later(found, key, line, moment):
        """Note a moment where it is later than what was known."""
        found[key][line] = max(moment, found[key].get(line, moment))

    # === WHAT SUPPLIERS SAY === #

    def _lines(self, ids):
        """Return rows of the lines that are still to come and have a day.

        ``ratio`` turns quantities of the line into the product's own unit.
        """
        return self.env["order.hub.chain"]._cr_rows(
            SQL(
                """SELECT line.id, line.product_id, kind.warehouse_id, line.hub_said,
                          line.date_planned, sold.order_id AS sale_id,
                          COALESCE(line.qty_received, 0)::float AS received,
                          line.product_qty::float AS ordered,
                          (line.product_uom_qty / line.product_qty)::float AS ratio
                     FROM purchase_order_line line
                     JOIN purchase_order bought ON bought.id = line.order_id
                     JOIN stock_picking_type kind ON kind.id = bought.picking_type_id
                LEFT JOIN sale_order_line sold ON sold.id = line.sale_line_id
                    WHERE line.id = ANY(%s) AND line.product_id IS NOT NULL
                      AND bought.state != 'cancel' AND line.date_planned IS NOT NULL
                      AND line.product_qty > COALESCE(line.qty_received, 0)
                 ORDER BY line.id""",
                ids,
            )
        )

    @staticmethod
    def _parts(row, now):
        """Return what is still to come of a line, in the product's own unit.

        What has been received was the earliest of what the supplier spoke of.
        """
        planned = fields.Datetime.to_string(row.date_planned)
        said = row.hub_said or [[row.ordered, planned]]
        received, parts = row.received, []
        for quantity, moment in sorted(said, key=lambda part: part[1]):
            rest = max(quantity - received, 0.0)
            received = max(received - quantity, 0.0)
            if rest:
                moment = max(fields.Datetime.to_datetime(moment), now)
                parts.append(Part(rest * row.ratio, moment))
        return parts

    # === WHO TAKES FROM THE LINES === #

    def _first_moves(self, rows, now, arriving):
        """Return ``{move id: {line id: moment}}`` of what takes from the lines.

        Lines bought for an order line itself (services, drop shipping) go straight
        into ``arriving``.
        """
        takes, moves = self._takes(rows), defaultdict(dict)
        for row in rows:
            parts = self._parts(row, now)
            for move, moment in arrivals(parts, takes[row.id]).items():
                self._later(moves, move, row.id, moment)
            if row.sale_id:
                whole = Take(0, (row.ordered - row.received) * row.ratio)
                [moment] = arrivals(parts, [whole]).values()
                self._later(arriving, row.sale_id, row.id, moment)
        return moves

    def _takes(self, rows):
        """Return ``{line id: [Take]}``, those first that the line was bought for."""
        takes = defaultdict(list)
        for line, move, quantity in self._bought_for([row.id for row in rows]):
            takes[line].append(Take(move, float(quantity)))
        goods = {(row.product_id, row.warehouse_id) for row in rows}
        wanted = {row.id for row in rows}
        for match in self._matches(goods):
            if match.line_id in wanted:
                takes[match.line_id].append(Take(match.demand_id, float(match.taken)))
        return takes

    def _bought_for(self, ids):
        """Return rows (line, move, quantity) of moves that lines were bought for."""
        return self.env.execute_query(
            SQL(
                """SELECT found.line_id, move.id, move.product_qty
                     FROM (
                          SELECT created_purchase_line_id AS line_id, move_id
                            FROM stock_move_created_purchase_line_rel
                           WHERE created_purchase_line_id = ANY(%(ids)s)
                        UNION
                          SELECT receipt.purchase_line_id, rel.move_dest_id
                            FROM stock_move receipt
                            JOIN stock_location place
                                 ON place.id = receipt.location_dest_id
                            JOIN stock_move_move_rel rel
                                 ON rel.move_orig_id = receipt.id
                            JOIN stock_move after ON after.id = rel.move_dest_id
                            JOIN stock_location dest
                                 ON dest.id = after.location_dest_id
                           WHERE receipt.purchase_line_id = ANY(%(ids)s)
                             AND receipt.state NOT IN ('done', 'cancel')
                             AND dest.warehouse_id IS DISTINCT FROM place.warehouse_id
                          ) found
                     JOIN stock_move move ON move.id = found.move_id
                      AND move.state NOT IN ('done', 'cancel')
                 ORDER BY found.line_id, move.date, move.id""",
                ids=ids,
            )
        )

    def _matches(self, goods):
        """Return how open needs of goods are matched with what comes in, in their row.

        :param goods: ``{(product id, warehouse id)}``
        """
        demands = self._demands(goods)
        found = self.env["order.hub.chain"]._matches(demands) if demands else []
        return sorted(found, key=lambda match: (match.place, match.demand_id))

    def _demands(self, goods):
        """Return the ids of open moves that take goods out of their warehouse."""
        rows = self.env.execute_query(
            SQL(
                """SELECT move.id
                     FROM stock_move move
                     JOIN stock_location src ON src.id = move.location_id
                     JOIN stock_location dest ON dest.id = move.location_dest_id
                LEFT JOIN stock_location final ON final.id = move.location_final_id
                    WHERE move.product_id = ANY(%s) AND src.warehouse_id = ANY(%s)
                      AND src.usage IN ('internal', 'transit')
                      AND move.state IN ('waiting', 'confirmed', 'partially_available')
                      AND (dest.warehouse_id IS DISTINCT FROM src.warehouse_id
                           OR final.id IS NOT NULL
                              AND final.warehouse_id IS DISTINCT FROM src.warehouse_id)
                      AND NOT EXISTS (
                          SELECT 1 FROM stock_move_created_purchase_line_rel rel
                           WHERE rel.move_id = move.id)""",
                [product for product, _warehouse in goods],
                [warehouse for _product, warehouse in goods],
            )
        )
        return [move for [move] in rows]

    # === UP TO THE ORDERS === #

    def _climb(self, moves, arriving):
        """Note the orders that moves lead to, and return what is made on the way.

        :param moves: ``{move id: {line id: moment}}``
        :return: ``{production id: {line id: moment it is made}}``
        """
        made = defaultdict(dict)
        for start, order, production, lasts in self._ways_up(list(moves)):
            for line, moment in moves[start].items():
                moment = moment if moment == NEVER else moment + lasts
                if order:
                    self._later(arriving, order, line, moment)
                else:
                    self._later(made, production, line, moment)
        return made

    def _ways_up(self, move_ids):
        """Return rows (move, order, production, how long it takes from the move).

        From a move to the moves that follow it; from what a manufacturing order
        consumes to what it makes, which takes as long as the order is planned to.
        """
        if not move_ids:
            return []
        return self.env.execute_query(
            SQL(
                """WITH RECURSIVE walk(start, id, lasts) AS (
                       SELECT id, id, INTERVAL '0' FROM UNNEST(%s::int[]) id
                    UNION
                       SELECT walk.start, after.id, walk.lasts + after.lasts
                         FROM walk JOIN LATERAL (
                           SELECT next.id, INTERVAL '0' AS lasts
                             FROM stock_move_move_rel rel
                             JOIN stock_move next ON next.id = rel.move_dest_id
                              AND next.state NOT IN ('done', 'cancel')
                            WHERE rel.move_orig_id = walk.id
                        UNION ALL
                           SELECT made.id, COALESCE(GREATEST(
                                      making.date_finished - making.date_start,
                                      INTERVAL '0'), INTERVAL '0')
                             FROM stock_move raw
                             JOIN mrp_production making
                                  ON making.id = raw.raw_material_production_id
                              AND making.state NOT IN ('done', 'cancel')
                             JOIN stock_move made ON made.production_id = making.id
                              AND made.product_id = making.product_id
                              AND made.state NOT IN ('done', 'cancel')
                            WHERE raw.id = walk.id
                         ) after ON TRUE
                        WHERE walk.lasts < INTERVAL '3 years'
                   )
                   SELECT walk.start, sold.order_id, move.production_id,
                          MAX(walk.lasts)
                     FROM walk
                     JOIN stock_move move ON move.id = walk.id
                LEFT JOIN sale_order_line sold ON sold.id = move.sale_line_id
                    WHERE sold.id IS NOT NULL OR move.production_id IS NOT NULL
                 GROUP BY walk.start, sold.order_id, move.production_id""",
                move_ids,
            )
        )

    def _moves_served(self, made):
        """Return ``{move id: {line id: moment}}`` of what takes what is made."""
        goods = self._goods_of(list(made))
        moves = defaultdict(dict)
        for match in self._matches(goods) if goods else ():
            for line, moment in made.get(match.production_id, {}).items():
                self._later(moves, match.demand_id, line, moment)
        return moves

    def _goods_of(self, production_ids):
        """Return ``{(product id, warehouse id)}`` of manufacturing orders."""
        if not production_ids:
            return set()
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT making.product_id, place.warehouse_id
                     FROM mrp_production making
                     JOIN stock_location place ON place.id = making.location_dest_id
                    WHERE making.id = ANY(%s) AND place.warehouse_id IS NOT NULL""",
                production_ids,
            )
        )
        return set(rows)
