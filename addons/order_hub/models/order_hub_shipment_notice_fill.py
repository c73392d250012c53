from odoo import models

OPEN = ("waiting", "confirmed", "partially_available", "assigned")


class OrderHubShipmentNotice(models.Model):
    """What is announced is entered in the receipts, for the warehouse to check only.

    A shipment that is a part of a receipt gets a receipt of its own, cut off by
    Odoo's own means; the rest stays open for the next one.
    """

    _inherit = "order.hub.shipment.notice"

    # === FILL === #

    def _fill_receipts(self):
        """Enter lots, packages and quantities in the open receipts, not yet picked."""
        self.ensure_one()
        filled, packages = self.env["stock.move"], {}
        for purchase_line, lines in self.line_ids.grouped("purchase_line_id").items():
            moves = purchase_line._hub_open_receipts()
            filled |= lines._fill_moves(moves, packages)
        for picking in filled.picking_id:
            self._cut_off(picking, filled & picking.move_ids)

    def _cut_off(self, picking, moves):
        """Leave what was announced in a receipt, and move the rest to another."""
        rest = (picking.move_ids - moves).filtered(lambda move: move.state in OPEN)
        rest |= moves.filtered(self._is_partly_filled)._create_backorder()
        if rest:
            picking._create_backorder(backorder_moves=rest)
        picking.write(
            {
                "hub_notice_id": self.id,
                "carrier_tracking_ref": self.tracking,
                "scheduled_date": self.expected_date,
            }
        )

    @staticmethod
    def _is_partly_filled(move):
        return move.product_uom.compare(move.quantity, move.product_uom_qty) < 0

    def _empty_receipts(self):
        """Let the receipts of a cancelled notice stand as Odoo made them."""
        pickings = self.picking_ids.filtered(
            lambda picking: picking.state not in ("done", "cancel")
        )
        pickings.move_line_ids.filtered(lambda line: not line.picked).unlink()
        pickings.write({"hub_notice_id": False, "carrier_tracking_ref": False})
        pickings.action_assign()

    # === WHO WAITS === #

    def _tell_arrival(self, now):
        """Take the arrival as what the supplier says of these lines."""
        lines = self.line_ids.purchase_line_id
        lines._hub_expect({line: line._hub_said_by_notices(now) for line in lines}, now)

    def _take_arrival_back(self, now):
        """Without any other notice lines are expected as planned."""
        return self._tell_arrival(now)
