from odoo import fields, models

from ..engine.shipment import fill


class OrderHubShipmentNoticeLine(models.Model):
    """Lots and packages of an announced line as Odoo's move lines."""

    _inherit = "order.hub.shipment.notice.line"

    def _fill_moves(self, moves, packages):
        """Enter the lots of these lines, of one order line, in its receipt moves.

        :param moves: open receipt moves, the next to come first
        :param packages: ``{number: stock.package}`` of this notice, filled further
        :return: the moves that something was entered in
        """
        room, vals_list = {move.id: move.product_qty for move in moves}, []
        for line in self:
            found, _over = fill(line._lots_in_product_unit(), room.items())
            for each in found:
                room[each.move] -= each.quantity
            vals_list += [line._move_line_vals(each, packages) for each in found]
        filled = moves.browse(dict.fromkeys(vals["move_id"] for vals in vals_list))
        filled.move_line_ids.unlink()
        self.env["stock.move.line"].create(vals_list)
        return filled

    def _move_line_vals(self, filling, packages):
        move = self.env["stock.move"].browse(filling.move)
        vals = {
            **move._prepare_move_line_vals(),
            "product_uom_id": self.product_id.uom_id.id,
            "quantity": filling.quantity,
            "picked": False,
        }
        if filling.lot.name and self.product_id.tracking != "none":
            vals["lot_name"] = filling.lot.name
            if filling.lot.expiry and "expiration_date" in move.move_line_ids._fields:
                vals["expiration_date"] = fields.Datetime.to_datetime(
                    filling.lot.expiry
                )
        if self.package:
            vals["result_package_id"] = self._package(packages).id
        return vals

    def _package(self, packages):
        """Return the package of this line; the label carries its name."""
        number = self.package.strip()
        if number not in packages:
            packages[number] = self.env["stock.package"].create(
                {"name": f"{self.notice_id.name}/{number}"}
            )
        return packages[number]
