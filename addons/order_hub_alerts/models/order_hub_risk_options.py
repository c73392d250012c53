from collections import defaultdict
from datetime import timedelta

from odoo import models
from odoo.tools import SQL

from ..engine.radar_suggest import Alternative, Options, Transfer
from .order_hub_risk_rows import id_array


class OrderHubRiskOptions(models.AbstractModel):
    """What there is to choose from for orders that the radar calls.

    Three statements for all of them: other suppliers of what is bought, free stock
    elsewhere, and how much of an order is there already.
    """

    _name = "order.hub.risk.options"
    _description = "What Helps Orders at Risk"

    def _options(self, night, called):
        """Return ``{order: Options}``.

        :param night: :class:`Night`; called: list of ``Judged``
        """
        lines = {each.id for row in called for each in row.facts.purchases or ()}
        alternatives = self._alternatives(night, lines)
        transfers = self._transfers(night, lines)
        ready = self._ready([row.facts.order for row in called])
        found = {}
        for row in called:
            wanted = [each.id for each in row.facts.purchases or ()]
            found[row.facts.order] = Options(
                tuple(option for line in wanted for option in alternatives[line]),
                tuple(option for line in wanted for option in transfers[line]),
                ready.get(row.facts.order),
            )
        return found

    def _alternatives(self, night, lines):
        """Return ``{purchase line: [Alternative]}`` of approved suppliers.

        Approved are those in the product's price list of suppliers, valid today and
        for the quantity that is open.
        """
        found = defaultdict(list)
        if lines:
            for row in self.env["order.hub.chain"]._cr_rows(
                self.env["order.hub.alternative"]._sql(lines, night.now.date())
            ):
                on_time, total = night.suppliers.get(row.supplier, (0, 0))
                found[row.line].append(
                    Alternative(
                        row.line,
                        row.partner,
                        row.sequence or 0,
                        float(row.price),
                        row.currency,
                        float(row.delay or 0),
                        night.now + timedelta(days=row.delay or 0),
                        on_time,
                        total,
                    )
                )
        return found

    def _transfers(self, night, lines):
        """Return ``{purchase line: [Transfer]}``: warehouses that have it all free."""
        found = defaultdict(list)
        if not lines:
            return found
        rows = self.env.execute_query(
            SQL(
                """WITH wanted AS (
                   SELECT line.id, line.product_id, kind.warehouse_id AS target,
                          (line.product_qty - COALESCE(line.qty_received, 0))
                              * bought.factor / own.factor AS quantity
                     FROM purchase_order_line line
                     JOIN purchase_order purchase ON purchase.id = line.order_id
                     JOIN stock_picking_type kind
                          ON kind.id = purchase.picking_type_id
                     JOIN product_product product ON product.id = line.product_id
                     JOIN product_template template
                          ON template.id = product.product_tmpl_id
                      AND template.is_storable
                     JOIN uom_uom bought ON bought.id = line.product_uom_id
                     JOIN uom_uom own ON own.id = template.uom_id
                    WHERE line.id = ANY(%s))
                   SELECT wanted.id, place.warehouse_id, wanted.quantity
                     FROM wanted
                     JOIN stock_quant quant ON quant.product_id = wanted.product_id
                     JOIN stock_location place ON place.id = quant.location_id
                      AND place.usage = 'internal'
                      AND place.warehouse_id <> wanted.target
                     JOIN stock_warehouse house ON house.id = place.warehouse_id
                      AND house.company_id = %s AND house.active IS TRUE
                    WHERE wanted.quantity > 0
                 GROUP BY wanted.id, place.warehouse_id, wanted.quantity
                   HAVING SUM(quant.quantity - quant.reserved_quantity)
                          >= wanted.quantity""",
                id_array(lines),
                night.company_id,
            )
        )
        arrives = night.now + timedelta(days=night.scheme.transfer_days)
        for line, warehouse, quantity in rows:
            found[line].append(Transfer(line, warehouse, float(quantity), arrives))
        return found

    def _ready(self, orders):
        """Return ``{order: share}`` that is delivered or held for it."""
        if not orders:
            return {}
        rows = self.env.execute_query(
            SQL(
                """SELECT line.order_id,
                          SUM(LEAST(line.product_uom_qty, there.quantity))
                          / NULLIF(SUM(line.product_uom_qty), 0)
                     FROM sale_order_line line
                     JOIN product_product product ON product.id = line.product_id
                     JOIN product_template template
                          ON template.id = product.product_tmpl_id
                      AND template.is_storable
          CROSS JOIN LATERAL (
                          SELECT COALESCE(line.qty_delivered, 0) + COALESCE(SUM(
                                 move.quantity * unit.factor / own.factor), 0)
                                 AS quantity
                            FROM stock_move move
                            JOIN stock_location dest
                                 ON dest.id = COALESCE(move.location_final_id,
                                                       move.location_dest_id)
                             AND dest.usage = 'customer'
                            JOIN uom_uom unit ON unit.id = move.product_uom
                            JOIN uom_uom own ON own.id = line.product_uom_id
                           WHERE move.sale_line_id = line.id
                             AND move.state IN ('partially_available', 'assigned')
                           ) there
                    WHERE line.order_id = ANY(%s) AND line.display_type IS NULL
                 GROUP BY line.order_id""",
                id_array(orders),
            )
        )
        return {order: float(share) for order, share in rows if share is not None}
