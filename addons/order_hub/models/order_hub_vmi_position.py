from odoo import models
from odoo.tools import SQL

from ..engine.vmi import Position


class OrderHubVmi(models.Model):
    """What is there and on the way of agreed items: one statement for all of them."""

    _inherit = "order.hub.vmi"

    def _positions(self):
        """Return ``{agreement id: engine.vmi.Position}`` in the agreements' units."""
        stored = self.filtered(lambda agreement: isinstance(agreement.id, int))
        if not stored:
            return {}
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT agreed.id, stock.quantity * own.factor / unit.factor,
                          (moves.quantity + asked.quantity) / unit.factor,
                          agreed.min_qty, agreed.max_qty
                     FROM order_hub_vmi agreed
                     JOIN uom_uom unit ON unit.id = agreed.uom_id
                     JOIN product_product product ON product.id = agreed.product_id
                     JOIN product_template template
                          ON template.id = product.product_tmpl_id
                     JOIN uom_uom own ON own.id = template.uom_id
               CROSS JOIN LATERAL (%s) stock
               CROSS JOIN LATERAL (%s) moves
               CROSS JOIN LATERAL (%s) asked
                    WHERE agreed.id = ANY(%s)""",
                self._sql_stock(),
                self._sql_moves(),
                self._sql_asked(),
                stored.ids,
            )
        )
        return {row[0]: Position(*map(float, row[1:])) for row in rows}

    def _sql_stock(self):
        """What lies in the warehouse, whoever it is held for, in the product's unit."""
        return SQL(
            """SELECT COALESCE(SUM(quant.quantity), 0) AS quantity
                 FROM stock_quant quant
                 JOIN stock_location place ON place.id = quant.location_id
                  AND place.usage = 'internal'
                WHERE quant.product_id = agreed.product_id
                  AND place.warehouse_id = agreed.warehouse_id"""
        )

    def _sql_moves(self):
        """What this supplier has been ordered to bring, in reference units."""
        return SQL(
            """SELECT COALESCE(SUM(move.product_uom_qty * bought.factor), 0) AS quantity
                 FROM stock_move move
                 JOIN uom_uom bought ON bought.id = move.product_uom
                 JOIN stock_location dest ON dest.id = move.location_dest_id
                  AND dest.warehouse_id = agreed.warehouse_id
                 JOIN purchase_order_line line ON line.id = move.purchase_line_id
                 JOIN purchase_order purchase ON purchase.id = line.order_id
                 JOIN res_partner party ON party.id = purchase.partner_id
                  AND party.commercial_partner_id = agreed.commercial_partner_id
                WHERE move.product_id = agreed.product_id
                  AND move.state NOT IN ('draft', 'done', 'cancel')"""
        )

    def _sql_asked(self):
        """What was proposed or asked for and is no order yet, in reference units."""
        return SQL(
            """SELECT COALESCE(SUM(line.product_qty * bought.factor), 0) AS quantity
                 FROM purchase_order_line line
                 JOIN uom_uom bought ON bought.id = line.product_uom_id
                 JOIN purchase_order purchase ON purchase.id = line.order_id
                  AND purchase.state IN ('draft', 'sent', 'to approve')
                 JOIN stock_picking_type kind ON kind.id = purchase.picking_type_id
                  AND kind.warehouse_id = agreed.warehouse_id
                 JOIN res_partner party ON party.id = purchase.partner_id
                  AND party.commercial_partner_id = agreed.commercial_partner_id
                WHERE line.product_id = agreed.product_id"""
        )
