from datetime import datetime

from babel.numbers import format_decimal

from odoo import fields, models
from odoo.tools import babel_locale_parse, get_lang


class SaleOrder(models.Model):
    """The customer page: what was ordered, and the deliveries that bring it."""

    _inherit = "sale.order"

    # === DELIVERIES === #

    def _hub_customer_pickings(self):
        """Return the deliveries to the customer that were not given up."""
        return self.picking_ids.filtered(
            lambda picking: (
                picking.state != "cancel"
                and picking.location_dest_id.usage == "customer"
            )
        ).sorted(lambda picking: (picking.scheduled_date or datetime.max, picking.id))

    def _hub_page_parts(self):
        """Return the deliveries: what is in each, its state in words, when, by whom
        it is carried, and whether its receipt can be signed or remarked on."""
        unsigned = self._hub_unsigned_deliveries()
        open_to_remarks = self._hub_remark_deliveries()
        return [
            {
                "id": picking.id,
                "name": picking.name,
                "is_done": picking.state == "done",
                "can_sign": picking in unsigned,
                "can_remark": picking in open_to_remarks,
                **self._hub_part_words(picking),
                "why": self._hub_part_why(picking),
                "lines": self._hub_part_lines(picking),
                **self._hub_part_tracking(picking),
            }
            for picking in self._hub_customer_pickings()
        ]

    def _hub_part_words(self, picking):
        """Return the state of a delivery in words, with its icon and day."""
        if picking.state == "done":
            day = self._hub_day(picking.date_done)
            return {
                "state": self.env._("Delivered on %s", day),
                "icon": "fa-check-circle",
            }
        expected = max(
            filter(None, [picking.scheduled_date, self.hub_expected_date]),
            default=None,
        )
        is_planned = expected and expected > fields.Datetime.now()
        day = self._hub_day(expected) if is_planned else ""
        if picking._hub_part_state() == "preparing":
            word = self.env._("Goods set aside for you")
            dated = self.env._("Goods set aside for you, planned for %s", day)
            icon = "fa-archive"
        else:
            word = self.env._("Not ready yet")
            dated = self.env._("Planned for %s", day)
            icon = "fa-calendar"
        return {"state": dated if day else word, "icon": icon}

    def _hub_part_lines(self, picking):
        """Return name, quantity and unit of what a delivery brings.

        Components of a kit are the company's business: the customer reads the name
        of what was ordered, once and without a quantity.
        """
        lines = {}
        for move in picking.move_ids.filtered(lambda m: m.state != "cancel"):
            line = move.sale_line_id
            if line and line.product_id != move.product_id:
                lines[line] = {"name": self._hub_line_name(line), "quantity": ""}
                continue
            amount = move.quantity if move.state == "done" else move.product_uom_qty
            lines[move] = {
                "name": self._hub_line_name(line) if line else move.product_id.name,
                "quantity": self._hub_quantity(amount, move.product_uom),
            }
        return list(lines.values())

    def _hub_part_tracking(self, picking):
        """Return number and address of the parcel where a carrier gives them."""
        number = "carrier_tracking_ref" in picking and picking.carrier_tracking_ref
        url = number and picking.carrier_tracking_url
        is_address = bool(url) and url.startswith(("http://", "https://"))
        return {
            "carrier": picking.carrier_id.name or "",
            "tracking": number or "",
            "tracking_url": url if is_address else "",
        }

    def _hub_part_why(self, picking):
        """Return why a later part comes later than promised, or nothing."""
        if picking.state == "done":
            return ""
        outlook = self._hub_outlook(picking)
        if outlook.state not in ("late", "later"):
            return ""
        return self._hub_cause_words(self._hub_public_cause(picking))

    # === LINES === #

    def _hub_page_lines(self):
        """Return what was ordered and how much of it was delivered."""
        return [
            {
                "name": self._hub_line_name(line),
                "ordered": self._hub_quantity(
                    line.product_uom_qty, line.product_uom_id
                ),
                "delivered": self._hub_quantity(
                    line.qty_delivered, line.product_uom_id
                ),
            }
            for line in self.order_line
            if not line.display_type and not line.is_downpayment
        ]

    def _hub_line_name(self, line):
        return (line.name or line.product_id.name or "").split("\n")[0]

    def _hub_quantity(self, amount, unit):
        """Return an amount with its unit, without digits that say nothing."""
        locale = babel_locale_parse(get_lang(self.env).code)
        return f"{format_decimal(amount, locale=locale)} {unit.name}"
