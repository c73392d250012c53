from odoo import models

from ..engine.order_change import Line


class OrderHubInbound(models.Model):
    """An order, or some of its lines, that the channel has cancelled."""

    _inherit = "order.hub.inbound"

    def _inbound_words(self):
        words = super()._inbound_words()
        words["submit.cancelled"] = self.env._("Order %(name)s is cancelled.")
        words["submit.cancelled_part"] = self.env._(
            "Of order %(name)s, %(count)s lines are cancelled or reduced."
        )
        return words

    def _submit_cancel(self, channel, works):
        self._follow(channel, works, type(self)._do_cancel)

    def _do_cancel(self, work, order, key):
        """Cancel an order before its goods have left; ask afterwards."""
        if order.state == "cancel":
            work.note("submit", "nothing", name=order.name)
        elif not self._apply_once(work, order, key):
            return
        elif self._is_partial(work, order):
            self._cancel_part(work, order)
        elif self._delivered_moves(order):
            self._ask_for_return(work, order)
        else:
            self._cancel_whole(work, order)

    def _cancel_whole(self, work, order):
        posted = order.invoice_ids.filtered(lambda move: move.state == "posted")
        order._action_cancel()
        work.note("submit", "cancelled", name=order.name)
        if posted:
            names = ", ".join(posted.mapped("name"))
            self._ask(
                work,
                order,
                "channel_cancel",
                self.env._(
                    "The order was cancelled, its invoice %s is posted. Credit it.",
                    names,
                ),
            )

    def _delivered_moves(self, order):
        """Return the moves that brought goods to the customer."""
        return order.order_line.move_ids.filtered(
            lambda m: m.state == "done" and m.location_dest_id.usage == "customer"
        )

    def _ask_for_return(self, work, order):
        sent = self._delivered_moves(order).picking_id.mapped("name")
        reason = self.env._(
            "The channel has cancelled the order after goods had left with "
            "%(deliveries)s.\nReason: %(reason)s",
            deliveries=", ".join(sent),
            reason=work.values.get("reason") or "–",
        )
        alternatives = self.env._(
            "Take the goods back with a return, then credit the invoice.\n"
            "Stop the parcel at the carrier.\n"
            "Agree with the customer to keep the goods."
        )
        self._ask(work, order, "channel_cancel", reason, alternatives)

    # === SOME LINES === #

    def _is_partial(self, work, order):
        """Tell whether lines are named that are not the whole order."""
        taken = self._quantities_taken(work, order)
        if not taken:
            return False
        goods = order.order_line.filtered(
            lambda line: not line.display_type and not line._is_delivery()
        )
        return any(taken.get(line, 0.0) < line.product_uom_qty - 1e-6 for line in goods)

    def _quantities_taken(self, work, order):
        """Return ``{order line: quantity taken away}``, in the line's unit."""
        taken = {}
        for row in work.values["lines"]:
            for line in self._lines_named(order, row):
                quantity = self._own_quantity(line, row.get("quantity"))
                taken[line] = taken.get(line, 0.0) + quantity
        return taken

    def _lines_named(self, order, row):
        """Return the order lines that a line of a message means; several: a bundle."""
        lines = order.order_line.filtered(lambda line: not line.display_type)
        number, sku = row.get("external_ref"), row.get("sku")
        if number:
            found = lines.filtered(lambda line: line.hub_external_ref == number)
            if found:
                return found
        if not sku:
            return lines.browse()
        found = lines.filtered(lambda line: line.hub_external_sku == sku)
        return found or lines.filtered(lambda line: line.product_id.default_code == sku)

    def _own_quantity(self, line, quantity):
        """Return a quantity of the channel in the line's unit; all if not said."""
        if quantity is None:
            return line.product_uom_qty
        ordered = line.hub_external_quantity or line.product_uom_qty
        return quantity * line.product_uom_qty / (ordered or 1.0)

    def _cancel_part(self, work, order):
        taken = self._quantities_taken(work, order)
        now = self._lines_now(order)
        wanted = [
            Line(
                **{
                    **vars(line),
                    "quantity": max(
                        0.0, line.quantity - self._in_product_unit(taken, line)
                    ),
                }
            )
            for line in now
        ]
        self._bring_about(work, order, now, wanted, [])
        work.note("submit", "cancelled_part", name=order.name, count=len(taken))

    def _in_product_unit(self, taken, line):
        for order_line, quantity in taken.items():
            if order_line.id == line.id:
                return order_line.product_uom_id._compute_quantity(
                    quantity, order_line.product_id.uom_id, round=False
                )
        return 0.0
