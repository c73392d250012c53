from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine.shipment import Lot, Unreadable, check_tracking, read_lots


class OrderHubShipmentNoticeLine(models.Model):
    """Goods of one purchase order line in a shipment, with their lots."""

    _name = "order.hub.shipment.notice.line"
    _description = "Goods of a Shipment Notice"
    _order = "notice_id, id"
    _check_company_auto = True
    _rec_name = "purchase_line_id"

    notice_id = fields.Many2one(
        "order.hub.shipment.notice", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="notice_id.company_id", store=True)
    order_id = fields.Many2one(related="notice_id.order_id")
    purchase_line_id = fields.Many2one(
        "purchase.order.line",
        "Order Line",
        required=True,
        ondelete="restrict",
        index=True,
        check_company=True,
        domain="[('order_id', '=', order_id), ('product_id', '!=', False)]",
    )
    product_id = fields.Many2one(related="purchase_line_id.product_id")
    unit_id = fields.Many2one(related="purchase_line_id.product_uom_id")
    quantity = fields.Float(
        digits="Product Unit", required=True, help="In the unit of the order line."
    )
    lots = fields.Text(
        help="One lot or serial number a line, with quantity and last day of use where "
        "there are several: L-0815; 12; 2027-05-31",
    )
    package = fields.Char("Package No.")

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        if not self.env.su:
            lines.notice_id._check_draft()
        return lines

    def write(self, vals):
        if not self.env.su:
            self.notice_id._check_draft()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_announced(self):
        self.notice_id._check_draft()

    # === CHECKS === #

    def _check_quantities(self):
        """Refuse foreign lines, nothing, more than is open, and unreadable lots.

        :raise UserError: which goods are meant, and what to do
        """
        for purchase_line, lines in self.grouped("purchase_line_id").items():
            lines._check_order()
            announced = sum(lines.mapped("quantity"))
            most = purchase_line._hub_to_announce(besides=self.notice_id)
            unit = purchase_line.product_uom_id
            if min(lines.mapped("quantity")) <= 0 or unit.compare(announced, most) > 0:
                raise UserError(
                    self.env._(
                        "%(product)s: between 0 and %(most)s can be announced; what "
                        "has been received or announced before does not count.",
                        product=purchase_line.product_id.display_name,
                        most=purchase_line._hub_quantity_words(most),
                    )
                )
            for line in lines:
                line._read_lots()

    def _check_order(self):
        if self.purchase_line_id.order_id != self.notice_id.order_id:
            raise UserError(
                self.env._(
                    "Goods of another order than %s cannot be in this shipment.",
                    self.notice_id.order_id.name,
                )
            )

    def _read_lots(self):
        """Return the lots as :class:`engine.shipment.Lot`.

        :raise UserError: what cannot be read, and how it is written
        """
        self.ensure_one()
        tracking = self.product_id.tracking
        try:
            lots = read_lots(self.lots, self.quantity)
            check_tracking(lots, tracking if self.product_id.is_storable else "none")
        except Unreadable as error:
            raise UserError(
                self.env._(
                    "%(product)s: %(problem)s",
                    product=self.product_id.display_name,
                    problem=self._lot_problem(error),
                )
            ) from error
        return lots

    def _lot_problem(self, error):
        """Return what is wrong with the typed lots, and what to do."""
        words = {
            "quantity": self.env._(
                "“%s” has no quantity. Write: lot; quantity", error.text
            ),
            "expiry": self.env._(
                "“%s” has no readable day. Write it as 2027-05-31.", error.text
            ),
            "sum": self.env._(
                "the lots make %(sum)s, announced are %(quantity)s. Correct one of "
                "them.",
                sum=error.text,
                quantity=self.purchase_line_id._hub_quantity_words(self.quantity),
            ),
            "missing": self.env._("enter the lot or serial numbers, one a line."),
            "serial": self.env._(
                "serial number %s is one piece. Write one number a line with the "
                "quantity 1.",
                error.text,
            ),
            "twice": self.env._("%s is written twice. Put it on one line.", error.text),
            "many": self.env._(
                "%s lots are too many for one line. Announce the rest apart.",
                error.text,
            ),
        }
        return words[error.code]

    def _lots_in_product_unit(self):
        """Return the lots with quantities in the unit of the product."""
        unit, own = self.unit_id, self.product_id.uom_id
        return [
            Lot(lot.name, unit._compute_quantity(lot.quantity, own), lot.expiry)
            for lot in self._read_lots()
        ]

    def _goods_words(self):
        """Return quantity and product in words."""
        quantity = self.purchase_line_id._hub_quantity_words(self.quantity)
        return f"{quantity} {self.product_id.display_name}"
