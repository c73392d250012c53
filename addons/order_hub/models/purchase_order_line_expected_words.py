from odoo import fields, models
from odoo.tools.misc import format_date, formatLang


class PurchaseOrderLine(models.Model):
    """What a supplier said of a line, in a sentence for buyers and planners."""

    _inherit = "purchase.order.line"

    def _hub_said_words(self):
        """Return one line of text, in the language of the environment."""
        self.ensure_one()
        words = self.env._(
            "%(order)s, %(supplier)s: %(product)s, %(quantity)s ordered for "
            "%(planned)s; now %(said)s.",
            order=self.order_id.name,
            supplier=self.partner_id.name,
            product=self.product_id.display_name,
            quantity=self._hub_quantity_words(self.product_qty),
            planned=self._hub_day_words(self.date_planned),
            said=self._hub_parts_words(),
        )
        return words

    def _hub_parts_words(self):
        parts = [
            self.env._(
                "%(quantity)s on %(day)s",
                quantity=self._hub_quantity_words(quantity),
                day=self._hub_day_words(fields.Datetime.to_datetime(moment)),
            )
            for quantity, moment in self.hub_said or ()
            if quantity
        ]
        if self.hub_short_qty:
            short = self._hub_quantity_words(self.hub_short_qty)
            parts.append(self.env._("%s not at all", short))
        return ", ".join(parts) or self.env._("as planned")

    def _hub_quantity_words(self, quantity):
        number = formatLang(self.env, quantity, dp="Product Unit")
        return f"{number} {self.product_uom_id.name}"

    def _hub_day_words(self, moment):
        """Return the day of a moment (naive UTC) in the company's time zone."""
        return format_date(self.env, self.company_id._hub_day_of(moment))
