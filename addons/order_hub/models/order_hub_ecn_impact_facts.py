from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from odoo import models
from odoo.tools import SQL

from ..const import FINAL_MILESTONES
from ..engine.bom import Node
from .order_hub_bom_tree import Root


@dataclass
class Case:
    """What is read once of a change and used in several places.

    :ivar boms: ``{replaced revision: the draft that replaces it}`` (ids); all of a
        chain are replaced, not the newest only
    :ivar lines: one dict an order line that the change reaches
    :ivar trees: ``{key: Node}`` of what the lines are made from; a key is
        ``("frozen", snapshot id)`` or ``("live", product id)``
    :ivar bases: ``{(revision in force, product): Node}`` of each bill that changes
    :ivar drafts: ``{(replaced revision, product): Node}`` of what it becomes
    :ivar orders: ``{order id: dict}``
    :ivar mos: one dict a manufacturing order
    :ivar purchases: ``{purchase line: (purchase order, supplier, supplier's name)}``
    """

    ecn: models.BaseModel
    company: models.BaseModel
    today: date
    boms: dict
    lines: list = field(default_factory=list)
    trees: dict = field(default_factory=dict)
    bases: dict = field(default_factory=dict)
    drafts: dict = field(default_factory=dict)
    orders: dict = field(default_factory=dict)
    mos: list = field(default_factory=list)
    purchases: dict = field(default_factory=dict)

    def bills(self) -> list[int]:
        """Return the ids of all bills that these orders are made from."""
        nodes = (node for tree in self.trees.values() for node in tree.nodes())
        return sorted({node.bom for node in nodes}.union(self.boms))


class OrderHubEcnImpact(models.AbstractModel):
    """Reads what an engineering change reaches: orders, trees, manufacturing orders.

    Works as superuser for the company of the change. The number of queries depends
    on the depth of the structures, never on the number of orders.
    """

    _name = "order.hub.ecn.impact"
    _description = "Impact of Engineering Changes"

    def _case(self, ecn):
        """Return what there is to know of a change; see :class:`Case`."""
        company = ecn.company_id
        chains = ecn.bom_ids.bom_id._hub_chains().values()
        boms = {
            old.id: row.draft_bom_id.id
            for row in ecn.bom_ids
            for chain in chains
            if row.bom_id in chain
            for old in chain - row.draft_bom_id
            if old.hub_revision_state != "draft" or old == row.bom_id
        }
        case = Case(ecn, company, company._hub_today()[company.id], boms)
        self._flush()
        self._read_trees(case)
        case.orders = self._orders(case)
        case.lines = [line for line in case.lines if line["order"] in case.orders]
        case.mos = self._productions(case)
        return case

    def _flush(self):
        """Write what waits: the statements read tables of many models."""
        self.env.flush_all()

    # === LINES AND TREES === #

    def _read_trees(self, case):
        """Fill lines, trees and drafts: frozen lines from proof, others as of today."""
        frozen = self._frozen_lines(case)
        snapshots = self.env["order.hub.bom.snapshot"].browse(
            {line["key"][1] for line in frozen}
        )
        case.trees = {("frozen", each.id): each._node() for each in snapshots}
        live = self._live_lines(case)
        nodes = self._nodes(case, {line["product"] for line in live})
        case.bases = nodes["base"]
        case.drafts = self._replacing(case, nodes["draft"])
        reached = {
            ("live", product): node
            for product, node in nodes["live"].items()
            if self._is_reached(node, case.boms)
        }
        case.trees.update(reached)
        case.lines = frozen + [line for line in live if line["key"] in reached]

    def _is_reached(self, node: Node, boms):
        return any(below.bom in boms for below in node.nodes())

    def _nodes(self, case, products):
        """Return the trees of products as of today and of the bills, read together.

        :return: ``{"live": {product: Node}, "base": {(bill, product): Node},
            "draft": {(draft, product): Node}}``
        """
        roots = [Root(("live", product), product) for product in sorted(products)]
        for row in case.ecn.bom_ids.filtered("draft_bom_id"):
            for product in row._products().ids:
                bill, draft = row.bom_id.id, row.draft_bom_id.id
                roots.append(Root(("base", (bill, product)), product, bom=bill))
                roots.append(Root(("draft", (draft, product)), product, bom=draft))
        nodes = {"live": {}, "base": {}, "draft": {}}
        trees = self.env["order.hub.bom.tree"]._nodes(roots, case.company)
        for (kind, key), node in trees.items():
            nodes[kind][key] = node
        return nodes

    def _replacing(self, case, drafts):
        """Return ``{(replaced revision, product): Node}`` of drafts by their own id."""
        return {
            (old, product): node
            for old, draft in case.boms.items()
            for (bill, product), node in drafts.items()
            if bill == draft
        }

    def _frozen_lines(self, case):
        """Return the lines frozen on a bill that changes; quantities in own units."""
        rows = self.env.execute_query_dict(
            SQL(
                """SELECT line.id, frozen.order_id AS order, frozen.product_id AS
                          product, frozen.snapshot_id, %s
                     FROM order_hub_bom_freeze frozen
                     JOIN sale_order_line line ON line.id = frozen.line_id
                     %s
                    WHERE frozen.id = ANY(%s)
                 ORDER BY frozen.id""",
                self._sql_quantities(),
                self._sql_units(),
                case.ecn._affected_freezes().ids,
            )
        )
        for row in rows:
            row.update(key=("frozen", row.pop("snapshot_id")), is_frozen=True)
        return rows

    def _live_lines(self, case):
        """Return open lines, frozen nowhere, whose product may contain such a bill."""
        made = [id_ for row in case.ecn.bom_ids for id_ in row._products().ids]
        rows = self.env.execute_query_dict(
            SQL(
                """SELECT line.id, line.order_id AS order, line.product_id AS product,
                          %s
                     FROM sale_order_line line
                     JOIN sale_order o ON o.id = line.order_id
                     %s
                    WHERE %s AND line.product_id = ANY(%s)
                      AND NOT EXISTS (
                          SELECT FROM order_hub_bom_freeze frozen
                           WHERE frozen.line_id = line.id AND frozen.state = 'frozen')
                 ORDER BY line.id""",
                self._sql_quantities(),
                self._sql_units(),
                self._sql_open(case.company),
                self._made_with(made),
            )
        )
        for row in rows:
            row.update(key=("live", row["product"]), is_frozen=False)
        return rows

    def _sql_quantities(self):
        return SQL(
            """(line.product_uom_qty * unit.factor / own.factor)::float AS pieces,
               (line.qty_delivered * unit.factor / own.factor)::float AS delivered"""
        )

    def _sql_units(self):
        """Join the unit of a line and the product's own."""
        return SQL(
            """JOIN uom_uom unit ON unit.id = line.product_uom_id
               JOIN product_product product ON product.id = line.product_id
               JOIN product_template template ON template.id = product.product_tmpl_id
               JOIN uom_uom own ON own.id = template.uom_id"""
        )

    def _sql_open(self, company):
        """Tell an order line that is sold and not delivered in full."""
        return SQL(
            """o.company_id = %s AND o.state = 'sale'
               AND o.hub_is_history IS NOT TRUE
               AND COALESCE(o.hub_milestone, '') <> ALL(%s)
               AND line.display_type IS NULL
               AND line.product_uom_qty > COALESCE(line.qty_delivered, 0)""",
            company.id,
            list(FINAL_MILESTONES),
        )

    def _made_with(self, products):
        """Return the ids of products and of all that a current bill makes of them."""
        rows = self.env.execute_query(
            SQL(
                """WITH RECURSIVE used(product_id) AS (
                       SELECT unnest(%s::int[])
                        UNION
                       SELECT product.id
                         FROM used
                         JOIN mrp_bom_line line ON line.product_id = used.product_id
                         JOIN mrp_bom bom ON bom.id = line.bom_id AND bom.active
                          AND bom.hub_revision_state <> 'superseded'
                         JOIN product_product product
                           ON product.product_tmpl_id = bom.product_tmpl_id
                          AND (bom.product_id IS NULL OR bom.product_id = product.id))
                   SELECT product_id FROM used""",
                list(products),
            )
        )
        return [product for [product] in rows]

    # === ORDERS === #

    def _orders(self, case):
        """Return ``{order id: facts}`` of the orders that are still open.

        ``is_past``: the stage is the flow's first point of no return or a later one.
        """
        rows = self.env.execute_query_dict(
            SQL(
                """SELECT o.id, o.hub_promised_date AS promised,
                          o.hub_stage_id AS stage,
                          ARRAY[flow.sequence, flow.id, stage.sequence, stage.id]
                          AS place,
                          partner.commercial_partner_id AS customer,
                          COALESCE(payer.hub_must_agree, false) AS asks,
                          COALESCE(stage.sequence >= last.sequence, false) AS is_past,
                          CASE WHEN row.choice_by_id IS NOT NULL THEN row.choice END
                          AS choice,
                          row.id IS NOT NULL AS is_known
                     FROM sale_order o
                     JOIN res_partner partner ON partner.id = o.partner_id
                     JOIN res_partner payer
                       ON payer.id = partner.commercial_partner_id
                LEFT JOIN order_hub_stage stage ON stage.id = o.hub_stage_id
                LEFT JOIN order_hub_flow flow ON flow.id = stage.flow_id
                LEFT JOIN (SELECT flow_id, min(sequence) AS sequence
                             FROM order_hub_stage WHERE no_return AND active
                         GROUP BY flow_id) last ON last.flow_id = stage.flow_id
                LEFT JOIN order_hub_ecn_order row
                       ON row.order_id = o.id AND row.ecn_id = %s
                    WHERE o.id = ANY(%s) AND o.company_id = %s
                      AND o.state <> 'cancel'
                      AND COALESCE(o.hub_milestone, '') <> ALL(%s)
                 ORDER BY o.id""",
                case.ecn.id,
                list({line["order"] for line in case.lines}),
                case.company.id,
                list(FINAL_MILESTONES),
            )
        )
        return {row["id"]: row for row in rows}

    # === MANUFACTURING ORDERS === #

    def _productions(self, case):
        """Return the manufacturing orders that the change reaches, as dicts.

        Those of the orders, whatever their state; and open ones for stock, which
        have ``order`` None. ``consumed`` is the value of what they took, at today's
        costs; an order that shares one with others has it alone.
        """
        return self.env.execute_query_dict(
            SQL(
                """WITH link AS (%(links)s),
                   made AS (
                       SELECT mo.id, min(link.order_id) AS order_id
                         FROM link JOIN mrp_production mo ON mo.id = link.mo_id
                        WHERE mo.state <> 'cancel' AND mo.bom_id = ANY(%(bills)s)
                     GROUP BY mo.id
                        UNION ALL
                       SELECT mo.id, NULL FROM mrp_production mo
                        WHERE mo.bom_id = ANY(%(boms)s)
                          AND mo.company_id = %(company)s
                          AND mo.state NOT IN ('done', 'cancel')
                          AND mo.id NOT IN (SELECT mo_id FROM link))
                   SELECT made.id, made.order_id AS order, mo.product_id AS product,
                          mo.bom_id AS bom, mo.state,
                          mo.product_uom_qty::float AS quantity,
                          COALESCE(taken.value, 0)::float AS consumed
                     FROM made JOIN mrp_production mo ON mo.id = made.id
                LEFT JOIN (%(taken)s) taken ON taken.mo_id = made.id
                 ORDER BY made.id""",
                links=self._sql_links(case.orders),
                bills=case.bills(),
                boms=list(case.boms),
                company=case.company.id,
                taken=self._sql_taken(case.company),
            )
        )

    def _sql_links(self, orders):
        """Which manufacturing orders belong to orders, over both of Odoo's roads."""
        return SQL(
            """SELECT sale.sale_id AS order_id, made.production_id AS mo_id
                 FROM stock_reference_sale_rel sale
                 JOIN stock_reference_production_rel made
                      ON made.reference_id = sale.reference_id
                WHERE sale.sale_id = ANY(%(orders)s)
                UNION
               SELECT line.order_id, mo.id
                 FROM mrp_production mo
                 JOIN sale_order_line line ON line.id = mo.sale_line_id
                WHERE line.order_id = ANY(%(orders)s)""",
            orders=list(orders),
        )

    def _sql_taken(self, company):
        return SQL(
            """SELECT move.raw_material_production_id AS mo_id,
                      sum(COALESCE(move.quantity, 0) * unit.factor / own.factor
                          * COALESCE((product.standard_price ->> %s)::float, 0))
                      AS value
                 FROM made
                 JOIN stock_move move ON move.raw_material_production_id = made.id
                 JOIN product_product product ON product.id = move.product_id
                 JOIN product_template template
                      ON template.id = product.product_tmpl_id
                 JOIN uom_uom own ON own.id = template.uom_id
                 JOIN uom_uom unit ON unit.id = move.product_uom
                WHERE move.state = 'done' OR move.picked AND move.state <> 'cancel'
             GROUP BY 1""",
            str(company.id),
        )

    def _consumed(self, case, products):
        """Return what the orders' manufacturing took of some components.

        :return: ``{order id: {product id: quantity}}``, and ``{product id: quantity}``
            of it that is registered but has not left stock yet
        """
        owned = [(mo["id"], mo["order"]) for mo in case.mos if mo["order"]]
        taken, unposted = defaultdict(dict), defaultdict(float)
        for order, product, quantity, waiting in self.env.execute_query(
            SQL(
                """SELECT pair.order_id, move.product_id,
                          COALESCE(sum(
                              move.quantity * unit.factor / own.factor), 0)::float,
                          COALESCE(sum(
                              move.quantity * unit.factor / own.factor
                          ) FILTER (WHERE move.state <> 'done'), 0)::float
                     FROM unnest(%s::int[], %s::int[]) AS pair(mo_id, order_id)
                     JOIN stock_move move
                          ON move.raw_material_production_id = pair.mo_id
                     JOIN product_product product ON product.id = move.product_id
                     JOIN product_template template
                          ON template.id = product.product_tmpl_id
                     JOIN uom_uom own ON own.id = template.uom_id
                     JOIN uom_uom unit ON unit.id = move.product_uom
                    WHERE move.product_id = ANY(%s)
                      AND (move.state = 'done'
                           OR move.picked AND move.state <> 'cancel')
                 GROUP BY 1, 2""",
                [mo for mo, _order in owned],
                [order for _mo, order in owned],
                list(products),
            )
        ):
            taken[order][product] = quantity
            unposted[product] += waiting
        return taken, unposted
