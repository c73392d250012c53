from collections import defaultdict

from odoo import models

from ..engine.shipment import differences


class OrderHubShipmentNotice(models.Model):
    """Receiving ends a notice by itself and says what differed."""

    _inherit = "order.hub.shipment.notice"

    def _receive(self, now):
        """End the notices of which everything has come in or was called off.

        :param now: naive UTC
        """
        for notice in self.filtered(lambda each: each.state == "announced"):
            states = set(notice.picking_ids.mapped("state"))
            if states and states <= {"done", "cancel"}:
                words = notice._difference_words()
                notice.write(
                    {
                        "state": "received",
                        "received_at": now,
                        "is_different": bool(words),
                        "difference": words,
                    }
                )
                if words:
                    notice._post_difference()

    def _difference_words(self):
        """Return line by line what was not received as announced."""
        rows = []
        for purchase_line, lines in self.line_ids.grouped("purchase_line_id").items():
            announced, received = self._announced(lines), self._received(purchase_line)
            found = differences(announced, received)
            rows += [
                self._difference_row(purchase_line, lot, *each)
                for lot, each in found.items()
            ]
        return "\n".join(rows)

    def _announced(self, lines):
        """Return ``{lot: quantity}`` in the unit of the product."""
        quantities = defaultdict(float)
        is_tracked = lines.product_id.tracking != "none"
        for line in lines:
            for lot in line._lots_in_product_unit():
                quantities[lot.name if is_tracked else ""] += lot.quantity
        return quantities

    def _received(self, purchase_line):
        """Return ``{lot: quantity}`` that came in with this notice."""
        quantities = defaultdict(float)
        moves = self.picking_ids.move_ids.filtered(
            lambda move: move.purchase_line_id == purchase_line and move.state == "done"
        )
        is_tracked = purchase_line.product_id.tracking != "none"
        for line in moves.move_line_ids:
            name = line.lot_id.name or line.lot_name or ""
            quantities[name if is_tracked else ""] += line.quantity_product_uom
        return quantities

    def _difference_row(self, purchase_line, lot, announced, received):
        unit = purchase_line.product_id.uom_id.name
        name = purchase_line.product_id.display_name
        return self.env._(
            "%(product)s: %(announced)s %(unit)s announced, %(received)s %(unit)s "
            "received",
            product=f"{name} {lot}".strip(),
            announced=f"{announced:g}",
            received=f"{received:g}",
            unit=unit,
        )

    def _post_difference(self):
        self.order_id.message_post(
            body=self.env._(
                "Shipment %(name)s was not received as announced. %(difference)s",
                name=self.name,
                difference=self.difference,
            ),
            subtype_xmlid="mail.mt_note",
        )
