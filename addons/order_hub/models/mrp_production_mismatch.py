from odoo import api, models

from ..engine import freeze as freeze_engine


class MrpProduction(models.Model):
    """What manufacturing orders take, against what they are frozen on."""

    _inherit = "mrp.production"

    # === WATCH === #

    def _hub_watch(self):
        """Compare with what is frozen when the transaction is done: once for all."""
        if not self or not self.env["order.hub.bom.freeze"]._is_in_use():
            return
        waiting = self.env.cr.precommit.data.setdefault("order_hub.bom_watch", set())
        if not waiting:
            self.env.cr.precommit.add(self.sudo().browse()._hub_look)
        waiting.update(self.ids)

    @api.model
    def _hub_look(self):
        """Note or settle what is built differently for the orders watched."""
        ids = self.env.cr.precommit.data.pop("order_hub.bom_watch", ())
        productions = self.sudo().browse(ids).exists()
        orders = productions._hub_all_orders().filtered("hub_is_frozen")
        if orders:
            orders._hub_report_mismatch()

    def _hub_mismatches(self):
        """Return ``{id: text}`` of those that differ from what they are frozen on.

        A finished one counts by what it took, another by what it is to take.
        """
        parts = self._hub_parts()
        if not parts:
            return {}
        productions = self._origin.sudo().filtered(
            lambda mo: mo.id in parts and mo.state != "cancel"
        )
        rounding = 10 ** -self.env["decimal.precision"].precision_get("Product Unit")
        texts = {}
        for production in productions:
            text = production._hub_mismatch_text(parts[production.id], rounding)
            if text:
                texts[production.id] = text
        return texts

    def _hub_mismatch_text(self, part, rounding):
        """Return one line for every difference to the frozen part."""
        self.ensure_one()
        found = freeze_engine.differences(
            part, self.product_uom_qty, self._hub_consumption(), rounding
        )
        lines = list(filter(None, map(self._hub_difference_text, found)))
        if self.bom_id.id != part["bom"] and lines:
            lines.insert(
                0,
                self.env._(
                    "made from revision %(revision)s instead of %(frozen)s",
                    revision=self.bom_id.hub_revision_label or "–",
                    frozen=part["label"],
                ),
            )
        return "\n".join(lines)

    def _hub_consumption(self):
        """Return ``{product id: quantity}`` it takes, in the product's own unit."""
        self.ensure_one()
        taken = {}
        for move in self.move_raw_ids:
            if move.state == "cancel" or move.scrap_id:
                continue
            quantity = move.product_uom._compute_quantity(
                move.quantity if move.state == "done" else move.product_uom_qty,
                move.product_id.uom_id,
                round=False,
            )
            product = move.product_id.id
            taken[product] = taken.get(product, 0.0) + quantity
        return {product: quantity for product, quantity in taken.items() if quantity}

    def _hub_difference_text(self, difference):
        product = self.env["product.product"].sudo().browse(difference.product)
        if product.type != "consu":  # Odoo consumes no services
            return ""
        words = {
            "product": product.display_name,
            "actual": f"{difference.actual:g}",
            "expected": f"{difference.expected:g}",
            "unit": product.uom_id.name,
        }
        if difference.kind == "missing":
            return self.env._("%(product)s: none of %(expected)s %(unit)s", **words)
        if difference.kind == "extra":
            return self.env._(
                "%(product)s: %(actual)s %(unit)s, not in the frozen BOM", **words
            )
        return self.env._(
            "%(product)s: %(actual)s instead of %(expected)s %(unit)s", **words
        )
