from odoo import fields, models

from .order_hub_shipment_notice_fill import OPEN


class PurchaseOrderLine(models.Model):
    """What of a line can be announced, and what notices say of it."""

    _inherit = "purchase.order.line"

    hub_notice_line_ids = fields.One2many(
        "order.hub.shipment.notice.line",
        "purchase_line_id",
        "Announced",
        groups="base.group_user",
    )

    def _hub_live_notices(self):
        """Return the announcements that are still on their way."""
        return self.sudo().hub_notice_line_ids.filtered(
            lambda line: line.notice_id.state == "announced"
        )

    def _hub_to_announce(self, besides=None):
        """Return what has neither been received nor announced, in the line's unit.

        :param besides: a notice that does not count
        """
        self.ensure_one()
        announced = self._hub_live_notices().filtered(
            lambda line: line.notice_id != besides
        )
        open_ = self.product_qty - self.qty_received - sum(announced.mapped("quantity"))
        return max(0.0, open_)

    def _hub_open_receipts(self):
        """Return the open receipt moves that no notice is about, the next first.

        A kit is received as its components: those are not filled.
        """
        self.ensure_one()
        moves = self.move_ids.filtered(
            lambda move: (
                move.state in OPEN
                and move.product_id == self.product_id
                and not move.picking_id.hub_notice_id
                and move.location_id.usage == "supplier"
                and not move.origin_returned_move_id
            )
        )
        return moves.sorted(lambda move: (move.date, move.id))

    def _hub_said_by_notices(self, now):
        """Return what comes when: received, announced, and the rest as known before.

        :return: ``[(quantity, moment)]`` of the whole line, ``None`` without a notice
        """
        self.ensure_one()
        live = self._hub_live_notices()
        if not live:
            return None
        parts = [(line.quantity, line.notice_id.expected_date) for line in live]
        if self.qty_received:
            parts.append((self.qty_received, now))
        rest = self.product_qty - self.hub_short_qty - sum(qty for qty, _day in parts)
        if self.product_uom_id.compare(rest, 0) > 0:
            parts.append((rest, self.hub_expected_date or self.date_planned))
        return parts
