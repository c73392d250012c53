from dataclasses import asdict

from odoo import models

from ..engine.bom_sides import count, header_fields, side_by_side


class OrderHubBomCompare(models.AbstractModel):
    """Answers for the screen that shows two structures side by side."""

    _name = "order.hub.bom.compare"
    _description = "Comparison of Structures"

    def _answer(self, old, new, company, costs=None):
        """Return two ``engine.bom.Node`` matched row by row, for the client.

        :param company: in whose currency costs are
        :param costs: ``{product id: cost of an own unit}`` for both; by default
            those that each was read with
        :return: ``rows`` in reading order, ``count`` of what differs, ``totals``
            (figures of one piece of the root), ``header`` (what differs of the bill
            itself), ``currency`` id, ``digits`` of quantities
        """
        pairs = side_by_side(old, new, costs)
        labels = self._labels()
        precision = self.env["decimal.precision"].precision_get("Product Unit")
        return {
            "rows": [
                {**asdict(pair), "labels": [labels[name] for name in pair.fields]}
                for pair in pairs
            ],
            "count": count(pairs),
            "totals": self._totals(old, new, costs),
            "header": [labels[name] for name in header_fields(old, new)],
            "currency": company.currency_id.id,
            "digits": precision,
        }

    def _totals(self, old, new, costs):
        """Return cost, lead time and work of one piece, of both."""
        figures = [
            {
                "cost": node.unit_cost(costs),
                "days": node.lead_time(),
                "minutes": node.minutes(),
            }
            for node in (old, new)
        ]
        return {
            name: {"old": figures[0][name], "new": figures[1][name]}
            for name in figures[0]
        }

    def _labels(self):
        """Return the words for what can differ."""
        return {
            "quantity": self.env._("Quantity"),
            "unit": self.env._("Unit"),
            "operation": self.env._("Operation"),
            "child": self.env._("Made or bought"),
            "share": self.env._("Cost share"),
            "variants": self.env._("Variants"),
            "workcenter": self.env._("Work center"),
            "minutes": self.env._("Duration"),
            "after": self.env._("Dependencies"),
            "kind": self.env._("BoM type"),
            "label": self.env._("Revision"),
            "lead_days": self.env._("Lead time"),
        }
