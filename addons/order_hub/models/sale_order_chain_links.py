from collections import defaultdict, namedtuple
from dataclasses import dataclass, field

from odoo import api, models
from odoo.tools import SQL

from ..engine.chain import PART, WAITS, Link

#: Chains that go through stock are followed so many times; within one round all
#: levels that are linked make-to-order are followed.
MAX_ROUNDS = 5
#: What the database may round away.
NOTHING = 1e-6
OPEN_STATES = ("draft", "waiting", "confirmed", "partially_available", "assigned")


@dataclass
class Graph:
    """Documents and links of some orders, by database ids; filled step by step.

    :ivar moves: ``{move id: row}`` of every stock move met
    :ivar links: ``{(waiter, source): Link}`` between documents (keys ``"model,id"``)
    :ivar own: ``{order id: {move id}}``: moves of its lines or its references
    :ivar purchases: ``{order id: {purchase order id}}`` by reference or service line
    :ivar lines: ``{purchase line id}`` that the documents come from
    :ivar refills: keys of documents that refill stock the orders take from
    :ivar missing: ``{(key of a document, product id): quantity}`` nobody has planned
    """

    moves: dict = field(default_factory=dict)
    links: dict = field(default_factory=dict)
    own: dict = field(default_factory=lambda: defaultdict(set))
    purchases: dict = field(default_factory=lambda: defaultdict(set))
    lines: set = field(default_factory=set)
    refills: set = field(default_factory=set)
    missing: dict = field(default_factory=lambda: defaultdict(float))

    def link(self, waiter, source, kind=WAITS):
        """Add a link between two documents that are known and not the same."""
        if waiter and source and waiter != source:
            known = self.links.get((waiter, source))
            if not known or known.kind == PART:
                self.links[waiter, source] = Link(waiter, source, kind)


class OrderHubChain(models.AbstractModel):
    """What native documents say about who brings what to whom.

    Everything is read for many orders at once, as superuser: who may see which
    document is decided where it is shown (``sale.order._hub_chains``). Quantities
    are in the product's own unit, moments in UTC.
    """

    _name = "order.hub.chain"
    _description = "Document Chain"

    @api.model
    def _graph(self, orders):
        """Return the :class:`Graph` of orders, with a bounded number of queries."""
        self.env.flush_all()
        # PostgreSQL takes these statements for long ones and would compile them:
        # seconds for what runs in milliseconds. For this transaction it does not.
        self.env.cr.execute("SET LOCAL jit = off")
        graph = Graph()
        self._seed(graph, orders)
        fresh = {move for moves in graph.own.values() for move in moves}
        asked = set()
        for _round in range(MAX_ROUNDS):
            rows = self._walk(fresh)
            graph.moves.update({row.id: row for row in rows})
            demands = {row.id for row in rows if self._is_demand(row)} - asked
            asked |= demands
            fresh = self._supply(graph, demands) - graph.moves.keys()
            if not fresh:
                break
        self._link_moves(graph)
        self._link_refills(graph)
        return graph

    # === WHERE IT BEGINS === #

    def _seed(self, graph, orders):
        """Note the moves and purchases that carry an order's line or reference."""
        rows = self.env.execute_query(
            SQL(
                """SELECT line.order_id, 'move', move.id
                     FROM sale_order_line line
                     JOIN stock_move move ON move.sale_line_id = line.id
                    WHERE line.order_id = ANY(%(orders)s)
                UNION
                   SELECT sale.sale_id, 'move', move.id
                     FROM stock_reference_sale_rel sale
                     JOIN stock_reference_move_rel rel
                          ON rel.reference_id = sale.reference_id
                     JOIN stock_move move ON move.id = rel.move_id
                LEFT JOIN sale_order_line line ON line.id = move.sale_line_id
                    WHERE sale.sale_id = ANY(%(orders)s)
                      AND (line.id IS NULL OR line.order_id = sale.sale_id)
                UNION
                   SELECT sale.sale_id, 'purchase', rel.purchase_id
                     FROM stock_reference_sale_rel sale
                     JOIN stock_reference_purchase_rel rel
                          ON rel.reference_id = sale.reference_id
                    WHERE sale.sale_id = ANY(%(orders)s)
                UNION
                   SELECT line.order_id, 'purchase', bought.order_id
                     FROM sale_order_line line
                     JOIN purchase_order_line bought
                          ON bought.sale_line_id = line.id
                    WHERE line.order_id = ANY(%(orders)s)""",
                orders=orders.ids,
            )
        )
        for order, kind, document in rows:
            found = graph.own if kind == "move" else graph.purchases
            found[order].add(document)

    # === MADE TO ORDER === #

    def _walk(self, move_ids):
        """Return the rows of moves and of all that is linked before them.

        From a move to the moves it follows; from what a manufacturing order makes to
        what it consumes; from what a purchase was made for to its receipts.
        """
        if not move_ids:
            return []
        walk = SQL(
            """WITH RECURSIVE walk(id) AS (
                   SELECT UNNEST(%s::int[])
                UNION
                   SELECT before.id FROM walk JOIN LATERAL (
                       SELECT rel.move_orig_id AS id FROM stock_move_move_rel rel
                        WHERE rel.move_dest_id = walk.id
                    UNION ALL
                       SELECT raw.id FROM stock_move made
                         JOIN stock_move raw
                              ON raw.raw_material_production_id = made.production_id
                        WHERE made.id = walk.id
                    UNION ALL
                       SELECT part.id FROM stock_move_created_purchase_line_rel rel
                         JOIN stock_move part
                              ON part.purchase_line_id = rel.created_purchase_line_id
                        WHERE rel.move_id = walk.id
                    UNION ALL
                       SELECT part.id FROM stock_move received
                         JOIN stock_move part
                              ON part.purchase_line_id = received.purchase_line_id
                        WHERE received.id = walk.id
                   ) before ON TRUE
               )""",
            list(move_ids),
        )
        return self._cr_rows(SQL("%s %s", walk, self._move_columns(SQL("walk"))))

    def _move_columns(self, source):
        return SQL(
            """SELECT move.id, move.product_id, move.state, move.date,
                      move.procure_method, move.picking_id, move.production_id,
                      move.raw_material_production_id, move.purchase_line_id,
                      move.sale_line_id, move.origin_returned_move_id,
                      move.product_qty,
                      CASE WHEN move.product_uom_qty > 0
                           THEN move.quantity * move.product_qty
                                / move.product_uom_qty
                           ELSE 0 END AS held,
                      src.usage AS src_usage, dest.usage AS dest_usage,
                      src.warehouse_id,
                      ARRAY(SELECT rel.move_orig_id FROM stock_move_move_rel rel
                             WHERE rel.move_dest_id = move.id) AS origins,
                      ARRAY(SELECT rel.created_purchase_line_id
                              FROM stock_move_created_purchase_line_rel rel
                             WHERE rel.move_id = move.id) AS lines
                 FROM %s
                 JOIN stock_move move ON move.id = walk.id
                 JOIN stock_location src ON src.id = move.location_id
                 JOIN stock_location dest ON dest.id = move.location_dest_id""",
            source,
        )

    def _cr_rows(self, query):
        """Return what a query answers as rows with names."""
        self.env.cr.execute(query)
        Row = namedtuple("Row", [column.name for column in self.env.cr.description])
        return [Row(*values) for values in self.env.cr.fetchall()]

    # === DOCUMENTS OF MOVES === #

    def _link_moves(self, graph):
        """Turn links between moves into links between their documents."""
        for row in graph.moves.values():
            waiter = self._waiter(row)
            for origin in row.origins:
                before = graph.moves.get(origin)
                if before and before.id == row.origin_returned_move_id:
                    graph.link(self._waiter(before), waiter, PART)
                elif before:
                    graph.link(waiter, self._source(before))
            if row.purchase_line_id:
                self._link_receipt(graph, row)
            if row.state in OPEN_STATES and not row.origins:
                for line in row.lines:
                    graph.lines.add(line)
                    graph.link(waiter, f"purchase.order.line,{line}")

    def _link_receipt(self, graph, row):
        """Link a move to the purchase it came from: part of it, or a delivery by it."""
        graph.lines.add(row.purchase_line_id)
        line, picking = f"purchase.order.line,{row.purchase_line_id}", self._waiter(row)
        if row.dest_usage == "customer":
            graph.link(picking, line)
        else:
            graph.link(line, picking, PART)

    @staticmethod
    def _waiter(row):
        """Return the key of the document a move is in."""
        if row.raw_material_production_id:
            return f"mrp.production,{row.raw_material_production_id}"
        if row.production_id:
            return f"mrp.production,{row.production_id}"
        return f"stock.picking,{row.picking_id}" if row.picking_id else ""

    def _source(self, row):
        """Return the key of the document that brings what a move brings."""
        if row.purchase_line_id and row.dest_usage != "customer":
            return f"purchase.order.line,{row.purchase_line_id}"
        return self._waiter(row)
