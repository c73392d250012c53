from odoo import models

from ..const import INTERNAL
from .purchase_order_line_answer import read_parts

#: Links of a line to what it was bought for: a further delivery is for the same.
LINKS = ("sale_line_id", "orderpoint_id", "location_final_id")


class PurchaseOrderLine(models.Model):
    """Carries an accepted answer out: lines, receipts and what waits for them move."""

    _inherit = "purchase.order.line"

    def _hub_take_answers(self, answers):
        """Make these lines what their accepted answers say (as superuser).

        :param answers: ``order.hub.supplier.answer``, one for each line
        :return: lines made for further deliveries
        """
        made = self.browse()
        for answer in answers:
            line = answer.line_id.with_context(
                hub_taking=INTERNAL, order_hub_supply_defer=True
            )
            made |= line._hub_take(read_parts(answer.parts), answer)
        return made

    def _hub_take(self, parts, answer):
        """Cut one line to the first delivery, and make a line for each other one.

        :param parts: ``engine.answer.Part``, the earliest first; none when all of
            what is open is refused
        """
        self.ensure_one()
        if self._hub_is_already(parts):
            return self.browse()
        first = parts[0].quantity if parts else 0.0
        kept = self._hub_kept_values()
        if parts:
            kept["date_planned"] = self._hub_moment_of(parts[0].day)
        self.write({**kept, "product_qty": self.qty_received + first})
        self._hub_move_receipts()
        return self._hub_further_lines(parts[1:], answer)

    def _hub_is_already(self, parts):
        """Tell whether the line says just this anyway."""
        return (
            len(parts) == 1
            and not self.product_uom_id.compare(parts[0].quantity, self._hub_open())
            and parts[0].day == self._hub_local_day(self.date_planned)
        )

    def _hub_kept_values(self):
        """Return what Odoo would reckon anew for another quantity: it was agreed."""
        return {
            "price_unit": self.price_unit,
            "discount": self.discount,
            "name": self.name,
            "date_planned": self.date_planned,
        }

    def _hub_moment_of(self, day):
        """Return noon of a day in the zone of the order, naive UTC."""
        return self._convert_to_middle_of_day(day)

    def _hub_further_lines(self, parts, answer):
        """Make a line for each further delivery; whoever waits for the goods waits
        for these as well.
        """
        if not parts:
            return self.browse()
        values = [self._hub_further_values(part) for part in parts]
        lines = self.create(values)
        for line in lines:
            line._hub_move_receipts()
        return lines

    def _hub_further_values(self, part):
        [values] = self.copy_data(
            {
                "order_id": self.order_id.id,
                "product_qty": part.quantity,
                "hub_split_from_id": (self.hub_split_from_id or self).id,
                "move_dest_ids": [(6, 0, self._hub_waiting_moves().ids)],
                **{name: self[name].id for name in LINKS if name in self._fields},
                **self._hub_kept_values(),
                "date_planned": self._hub_moment_of(part.day),
            }
        )
        return values

    def _hub_waiting_moves(self):
        """Return the moves that wait for the goods of this line."""
        waiting = self.move_dest_ids | self.move_ids.move_dest_ids
        return waiting.filtered(lambda move: move.state not in ("done", "cancel"))

    def _hub_move_receipts(self):
        """Schedule the open receipts of these lines for the day of the line."""
        for line in self:
            open_ = line.move_ids.filtered(
                lambda move: move.state not in ("done", "cancel")
            )
            if set(open_.mapped("date")) - {line.date_planned}:
                open_.write({"date": line.date_planned})

    # === RECEIPTS OF A SPLIT LINE === #

    def _get_move_dests_initial_demand(self, move_dests):
        """What waits is served by all lines of a split together: each brings its own
        share. What is on receipts already is never taken for an addition.
        """
        demand = super()._get_move_dests_initial_demand(move_dests)
        others = self._hub_other_parts()
        if not others and self.env.context.get("hub_taking") is not INTERNAL:
            return demand
        brought = sum(others.mapped("product_qty"))
        return max(demand - brought, self._get_qty_procurement())

    def _hub_other_parts(self):
        """Return the other lines of the same split."""
        self.ensure_one()
        line = self.sudo()
        if not line.hub_answer_state and not line.hub_split_from_id:
            return self.browse()
        root = line.hub_split_from_id or line
        family = root | line.search([("hub_split_from_id", "=", root.id)])
        return (family - line).filtered(lambda other: other.product_qty > 0)
