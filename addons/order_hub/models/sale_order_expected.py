from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools.misc import format_date

from ..const import INTERNAL
from ..engine.expected import delay
from .sale_order import INSIDE


class SaleOrder(models.Model):
    """When an order can have everything by what suppliers say."""

    _inherit = "sale.order"

    hub_expected_date = fields.Datetime(
        "Expected by Suppliers",
        copy=False,
        readonly=True,
        groups=INSIDE,
        help="When everything can be there by what suppliers say; empty: nothing is "
        "known to come later than promised.",
    )
    hub_late_line_ids = fields.Many2many(
        "purchase.order.line",
        "sale_order_late_purchase_line_rel",
        "order_id",
        "line_id",
        "Late Purchases",
        copy=False,
        readonly=True,
        groups="purchase.group_purchase_user",
    )

    @api.model
    def _hub_protected_fields(self):
        return super()._hub_protected_fields() | {
            "hub_expected_date",
            "hub_late_line_ids",
        }

    def _hub_take_arrivals(self, arriving):
        """Store what suppliers say; open or close the problem *supplier delay*.

        :param arriving: ``{order id: {purchase line id: moment}}``
        :return: the orders for which the day or the lines changed
        """
        found = {order: order._hub_delay(arriving.get(order.id, {})) for order in self}
        changed = self.filtered(lambda order: order._hub_is_news(found[order]))
        changed._hub_store_delays(found)
        late = {
            order: order._hub_delay_words(each) for order, each in found.items() if each
        }
        self.filtered(lambda order: order not in late)._hub_settle("supplier_delay")
        if late:
            self.env["order.hub.exception"]._note("supplier_delay", late)
        return changed

    def _hub_delay(self, arriving):
        """Return the :class:`engine.expected.Delay` of one order, or ``None``."""
        if not self.hub_is_open or self.state != "sale":
            return None
        return delay(
            self.hub_promised_date or None, arriving, self.company_id._hub_day_of
        )

    def _hub_is_news(self, found):
        """Tell whether a delay says something else than what is stored."""
        expected = (found and found.expected) or False
        lines = set(found.lines) if found else set()
        known = set(self.hub_late_line_ids.ids)
        return self.hub_expected_date != expected or known != lines

    def _hub_store_delays(self, found):
        """Write what is the same for several orders at once."""
        for each, orders in self.grouped(found.get).items():
            orders.with_context(order_hub_routing=INTERNAL).write(
                {
                    "hub_expected_date": (each and each.expected) or False,
                    "hub_late_line_ids": [
                        Command.set(sorted(each.lines) if each else [])
                    ],
                }
            )

    def _hub_expected_changed(self):
        """Hook: suppliers spoke of goods that these orders wait for."""
        return None

    # === WORDS === #

    def _hub_delay_words(self, found):
        """Return name and description of the problem *supplier delay*."""
        self.ensure_one()
        if found.expected:
            name = self.env._(
                "Suppliers bring it by %(expected)s, promised for %(promised)s",
                expected=self._hub_day_words(found.expected),
                promised=self._hub_day_words(self.hub_promised_date),
            )
        else:
            name = self.env._("A supplier cannot bring everything that was ordered")
        lines = self.env["purchase.order.line"].sudo().browse(sorted(found.lines))
        return name, "\n".join(line._hub_said_words() for line in lines)

    def _hub_expected_words(self):
        """Return name, promise and what is expected, for the buyer."""
        self.ensure_one()
        if not self.hub_expected_date:
            return self.env._(
                "%(order)s (promised for %(promised)s)",
                order=self.name,
                promised=self._hub_day_words(self.hub_promised_date),
            )
        return self.env._(
            "%(order)s (promised for %(promised)s, now %(expected)s)",
            order=self.name,
            promised=self._hub_day_words(self.hub_promised_date),
            expected=self._hub_day_words(self.hub_expected_date),
        )

    def _hub_day_words(self, moment):
        return format_date(self.env, self.company_id._hub_day_of(moment))
