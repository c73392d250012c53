from collections import defaultdict

from odoo import models

from ..engine.impact_facts import KEEP


class OrderHubEcnImpact(models.AbstractModel):
    """Whom to tell of a change: suppliers of components, customers of orders."""

    _inherit = "order.hub.ecn.impact"

    def _told(self, report):
        """Return ``{component: [names of suppliers to tell]}``."""
        told = defaultdict(list)
        for figures in report.impact.components:
            names = [report.case.purchases[key][2] for key in figures.cancel]
            seller = report.sellers.get(figures.product)
            if figures.short and seller:
                names.append(seller.partner_id.name)
            told[figures.product] = list(dict.fromkeys(filter(None, names)))
        return told

    def _party_rows(self, report, purchases):
        """Return a row a supplier or customer to tell, and reason."""
        return [
            *self._less(report.case, purchases),
            *self._more(report),
            *self._customer_rows(report),
        ]

    def _less(self, case, purchases):
        """Return the suppliers who have to take something back."""
        found = defaultdict(lambda: [set(), 0.0])
        for row in purchases:
            if row["stranded_quantity"]:
                found[row["partner_id"]][0].add(row["purchase_id"])
                found[row["partner_id"]][1] += row["stranded_value"]
        return [
            self._party(case, "supplier", "reduce", partner, len(orders), value)
            for partner, (orders, value) in found.items()
        ]

    def _more(self, report):
        """Return the suppliers from whom more has to be bought."""
        found = defaultdict(lambda: [0, 0.0])
        for figures in report.impact.components:
            seller = report.sellers.get(figures.product)
            if figures.short and seller:
                found[seller.partner_id.id][0] += 1
                found[seller.partner_id.id][1] += figures.short_value
        return [
            self._party(report.case, "supplier", "order", partner, count, value)
            for partner, (count, value) in found.items()
        ]

    def _customer_rows(self, report):
        """Return the customers to tell: whose date moves, who gets a new revision."""
        found = defaultdict(lambda: [0, 0])
        for figures in report.impact.orders:
            if figures.switches and figures.suggestion != KEEP:
                reason = "date" if figures.days_difference > 0 else "revision"
                customer = report.case.orders[figures.key]["customer"]
                found[customer, reason][0] += 1
                days = found[customer, reason][1]
                found[customer, reason][1] = max(days, figures.days_difference)
        return [
            {
                **self._party(report.case, "customer", reason, partner, count, 0.0),
                "days": days,
            }
            for (partner, reason), (count, days) in found.items()
        ]

    def _party(self, case, kind, reason, partner, documents, value):
        return {
            "partner_id": partner,
            "kind": kind,
            "reason": reason,
            "documents": documents,
            "days": 0,
            "value": self._money(case, value),
        }
