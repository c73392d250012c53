from odoo import api, models

from ..engine import freeze as freeze_engine
from ..engine.bom import Pins


class StockRule(models.Model):
    """What is procured for a frozen order is made from what is pinned."""

    _inherit = "stock.rule"

    @api.model
    def run(self, procurements, raise_user_error=True):
        pins = self._hub_pins_of(procurements)
        if not any(pins):
            return super().run(procurements, raise_user_error=raise_user_error)
        for context_pins, group in self._hub_kit_groups(procurements, pins):
            rule = self.with_context(order_hub_pins=context_pins)
            super(StockRule, rule).run(group, raise_user_error=raise_user_error)
        return True

    @api.model
    def _run_manufacture(self, procurements):
        pins = self._hub_pins_of([procurement for procurement, _rule in procurements])
        boms = (
            self.env["mrp.bom"]
            .sudo()
            .browse({bom for of_one in pins for bom in of_one.values()})
        )
        kinds = {bom.id: bom.type for bom in boms}
        prepared = []
        for (procurement, rule), of_one in zip(procurements, pins, strict=True):
            bom = of_one.get(procurement.product_id.id)
            if kinds.get(bom) == "normal":
                values = {**procurement.values, "bom_id": boms.browse(bom)}
                procurement = procurement._replace(values=values)
            prepared.append((procurement, rule))
        return super()._run_manufacture(prepared)

    @api.model
    def _hub_pins_of(self, procurements):
        """Return the pins that each procurement follows; one query for all.

        :param procurements: list of ``stock.rule.Procurement``
        :return: list of ``Pins``, empty ones for what is for no frozen order
        """
        if not self.env["order.hub.bom.freeze"]._is_in_use():
            return [Pins()] * len(procurements)
        orders = [self._hub_orders_of(procurement) for procurement in procurements]
        every = self.env["sale.order"].sudo().union(*orders)
        pins = every.filtered("hub_is_frozen")._hub_pins()
        return [
            freeze_engine.agreed(pins[o.id] for o in of_one if o.id in pins)
            for of_one in orders
        ]

    def _hub_orders_of(self, procurement):
        """Return the orders that a procurement is for (sudo)."""
        values = procurement.values
        orders = self.env["sale.order"].sudo()
        if references := values.get("reference_ids"):
            orders |= references.sudo().sale_ids
        if line := values.get("sale_line_id"):
            orders |= orders.env["sale.order.line"].browse(line).order_id
        return orders

    def _hub_kit_groups(self, procurements, pins):
        """Yield ``(pins for the context or None, procurements)`` that run together.

        Kits go with all pins of their orders: kits inside them are pinned as well.
        Others share one run; what they are made from is looked up for each by
        itself later.
        """
        boms = (
            self.env["mrp.bom"]
            .sudo()
            .browse({bom for of_one in pins for bom in of_one.values()})
        )
        kits = {bom.id for bom in boms if bom.type == "phantom"}
        groups, normal = {}, Pins()
        for procurement, of_one in zip(procurements, pins, strict=True):
            product = procurement.product_id.id
            bom = of_one.get(product)
            if bom in kits:
                key = frozenset(of_one.items())
                groups.setdefault(key, (of_one, []))[1].append(procurement)
                continue
            if bom:
                normal[product] = bom
            key = "normal" if bom else "free"
            groups.setdefault(key, (normal if bom else None, []))[1].append(procurement)
        return list(groups.values())
