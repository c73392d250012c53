from odoo import fields, models
from odoo.fields import Domain

from ..const import INTERNAL
from ..engine.expected import Part, last_day, short_of
from .sale_order import INSIDE

#: What makes an earlier word of the supplier void: the line says it now.
PLAN = frozenset({"date_planned", "product_qty"})
NOTHING_SAID = {
    "hub_said": False,
    "hub_said_at": False,
    "hub_expected_date": False,
    "hub_short_qty": 0.0,
}


class PurchaseOrderLine(models.Model):
    """What the supplier says of a line, and the orders it makes late.

    The plan of a line (``date_planned``) changes when the buyer accepts an answer;
    the supplier's latest word counts from the moment it is said.
    """

    _inherit = "purchase.order.line"

    hub_said = fields.Json("Said by Supplier", copy=False, readonly=True, groups=INSIDE)
    hub_said_at = fields.Datetime(copy=False, readonly=True, groups=INSIDE)
    hub_expected_date = fields.Datetime(
        "Expected by Supplier",
        copy=False,
        readonly=True,
        groups=INSIDE,
        help="When the last of the line comes by the supplier's latest word; empty: "
        "as planned.",
    )
    hub_short_qty = fields.Float(
        "Short",
        digits="Product Unit",
        copy=False,
        readonly=True,
        groups=INSIDE,
        help="What the supplier says does not come, in the unit of the line.",
    )
    hub_holds_up = fields.Boolean(
        "Holds Up Orders",
        copy=False,
        readonly=True,
        groups=INSIDE,
        help="By what the supplier says, customers' orders get their goods too late.",
    )

    def write(self, vals):
        """The buyer's plan makes what the supplier said before void."""
        result = super().write(vals)
        if PLAN & set(vals):
            self._hub_replanned()
        return result

    def _hub_replanned(self):
        """Forget what suppliers said of lines whose plan was changed.

        Orders are looked at again, unless an accepted answer is being carried out:
        that is done when all of it is written.
        """
        lines = self.sudo()
        spoken = lines.filtered("hub_said")
        spoken.write(NOTHING_SAID)
        concerned = spoken | lines.filtered("hub_holds_up")
        if concerned and self.env.context.get("hub_taking") is not INTERNAL:
            concerned._hub_supplier_says(fields.Datetime.now())

    # === THE SUPPLIER'S WORD === #

    def _hub_expect(self, said, now):
        """Note what a supplier says of lines, and tell the orders that wait for them.

        :param said: ``{line: [(quantity, moment), …]}`` of the whole line, what has
            been received included, in the line's unit, naive UTC; what is left out
            does not come; ``None``: as planned
        :param now: naive UTC
        """
        lines = self.browse().union(*said).sudo()
        for line, parts in said.items():
            line.sudo().write(line._hub_said_vals(parts, now))
        return lines._hub_supplier_says(now)

    def _hub_said_vals(self, parts, now):
        if parts is None:
            return NOTHING_SAID
        parts = [Part(quantity, moment) for quantity, moment in parts]
        return {
            "hub_said_at": now,
            "hub_said": [
                [part.quantity, fields.Datetime.to_string(part.moment)]
                for part in parts or [Part(0.0, now)]
            ],
            "hub_expected_date": last_day(parts) or False,
            "hub_short_qty": short_of(self.sudo().product_qty, parts),
        }

    def _hub_supplier_says(self, now):
        """Look again at the orders that wait for these lines.

        Called after an answer, a report or a shipment notice, in its transaction:
        orders get the day everything can be there (``hub_expected_date``), their
        problem *supplier delay* opens or closes, the buyer gets a to-do, and the radar
        judges all that wait for these lines.

        :param now: naive UTC
        :return: the orders for which something changed (sudo)
        """
        service = self.sudo().with_context(
            lang=self.company_id[:1].partner_id.lang or self.env.lang
        )
        service._hub_take_answer_words(now)
        lines, arriving = service._hub_with_siblings()._hub_arriving(now)
        reached = lines.env["sale.order"].browse(arriving)
        orders = lines._hub_orders_held_up() | reached
        changed = orders._hub_take_arrivals(arriving)
        lines._hub_mark_held_up()
        if changed:
            lines.order_id._hub_tell_delay(changed)
        (changed | reached)._hub_expected_changed()
        return changed

    def _hub_take_answer_words(self, now):
        """Hook: note what answers say that the buyer has not decided about."""
        return None

    def _hub_with_siblings(self):
        """Add lines of the same products that suppliers spoke of: goods are shared."""
        spoken = Domain("hub_holds_up", "=", True) | Domain("hub_said", "!=", False)
        return self | self.search(
            Domain("product_id", "in", self.product_id.ids)
            & Domain("company_id", "in", self.company_id.ids)
            & Domain("state", "!=", "cancel")
            & spoken
        )

    def _hub_orders_held_up(self):
        Order = self.env["sale.order"].sudo()
        return Order.search([("hub_late_line_ids", "in", self.ids)])

    def _hub_arriving(self, now):
        """Return ``(lines, {order id: {line id: moment}})``.

        Whoever waits for one of the lines may be late by others as well: those are
        added, so that one that is in time again does not hide them.
        """
        Reach = self.env["order.hub.supply.reach"]
        lines = self | self._hub_orders_held_up().hub_late_line_ids
        arriving = Reach._arriving(lines, now)
        reached = self.env["sale.order"].sudo().browse(arriving)
        more = reached.hub_late_line_ids - lines
        if more:
            lines |= more
            arriving = Reach._arriving(lines, now)
        return lines, arriving

    def _hub_mark_held_up(self):
        """Mark the lines that hold up an order, and those no more that did."""
        late = self._hub_orders_held_up().hub_late_line_ids & self
        (late - late.filtered("hub_holds_up")).write({"hub_holds_up": True})
        (self - late).filtered("hub_holds_up").write({"hub_holds_up": False})

    # === RECEIVED === #

    def _hub_received(self):
        """Look again at orders that were held up by what has come in now."""
        waited_for = self.sudo().filtered("hub_holds_up")
        if waited_for:
            waited_for._hub_supplier_says(fields.Datetime.now())
