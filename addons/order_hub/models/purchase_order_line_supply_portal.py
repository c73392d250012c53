from odoo import models
from odoo.exceptions import UserError


class PurchaseOrderLine(models.Model):
    """A purchase line on the pages where suppliers announce and report."""

    _inherit = "purchase.order.line"

    def _hub_supply_row(self):
        """Return what the supplier may know of one open line, as plain values."""
        self.ensure_one()
        product = self.product_id
        is_tracked = product.is_storable and product.tracking != "none"
        words, unit = self.env["order.hub.answer.words"], self.product_uom_id
        still_open, to_announce = self._hub_open(), self._hub_to_announce()
        return {
            "id": self.id,
            "product": self.name.partition("\n")[0],
            "unit": unit.name,
            "ordered": self.product_qty,
            "open": still_open,
            "open_words": words._quantity(still_open, unit),
            "to_announce": to_announce,
            "to_announce_words": words._quantity(to_announce, unit),
            "planned": self.date_planned,
            "tracking": product.tracking if is_tracked else "none",
        }

    def _typed(self, form):
        """Return the values of the shipment line that somebody typed, if any.

        :param form: dict of texts with ``quantity_<id>``, ``lots_<id>``,
            ``package_<id>``
        :return: list of none or one dict
        :raise UserError: when the quantity is none
        """
        self.ensure_one()
        typed = (form.get(f"quantity_{self.id}") or "").strip()
        quantity = self._typed_quantity(typed) if typed else 0.0
        if not quantity:
            return []
        return [
            {
                "purchase_line_id": self.id,
                "quantity": quantity,
                "lots": (form.get(f"lots_{self.id}") or "").strip()[:20_000],
                "package": (form.get(f"package_{self.id}") or "").strip()[:64],
            }
        ]

    def _typed_quantity(self, text):
        """Return a typed quantity; ``12,5`` is ``12.5``.

        :raise UserError: when it is no quantity
        """
        try:
            quantity = float(text.replace(",", "."))
        except ValueError:
            quantity = -1.0
        if not 0 <= quantity < 1e12:
            raise UserError(
                self.env._(
                    "%(product)s: “%(typed)s” is no quantity. Enter a number.",
                    product=self.product_id.display_name,
                    typed=text[:32],
                )
            )
        return self.product_uom_id.round(quantity)
