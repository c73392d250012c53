from collections import Counter, defaultdict
from datetime import timedelta

from odoo import fields, models


class OrderHubEcnImpact(models.AbstractModel):
    """The rows of a report: orders, components, manufacturing, purchases."""

    _inherit = "order.hub.ecn.impact"

    def _rows(self, report):
        """Return ``{model name: rows}``; a row has the stored fields as JSON has them.

        Amounts are rounded here: sums of the report are sums of what is read.
        """
        purchases = self._purchase_rows(report)
        return {
            "order.hub.ecn.order": self._order_rows(report),
            "order.hub.ecn.item": self._item_rows(report),
            "order.hub.ecn.mo": self._production_rows(report.case),
            "order.hub.ecn.purchase": purchases,
            "order.hub.ecn.party": self._party_rows(report, purchases),
        }

    # === ORDERS === #

    def _order_rows(self, report):
        case = report.case
        frozen = {line["order"] for line in case.lines if line["is_frozen"]}
        taken, counts = defaultdict(float), Counter()
        for mo in case.mos:
            if mo["order"]:
                taken[mo["order"]] += mo["consumed"]
                counts[mo["order"]] += 1
        return [
            {
                **self._order_row(case, figures),
                "is_frozen": figures.key in frozen,
                "wip_value": self._money(case, taken[figures.key]),
                "production_count": counts[figures.key],
            }
            for figures in report.impact.orders
        ]

    def _order_row(self, case, figures):
        facts = case.orders[figures.key]
        late = timedelta(days=max(0, figures.days_difference))
        return {
            "order_id": figures.key,
            "customer_id": facts["customer"],
            "stage_id": facts["stage"],
            "is_past": facts["is_past"],
            "is_added": bool(case.ecn.impact_at) and not facts["is_known"],
            "promised": self._moment(facts["promised"]),
            "pieces": figures.open,
            "unit_cost_difference": round(figures.unit_cost_difference, 6),
            "cost_difference": self._money(case, figures.cost_difference),
            "lost_value": self._money(case, figures.lost),
            "wait_days": figures.wait,
            "is_unsourced": figures.is_unsourced,
            "days_difference": figures.days_difference,
            "new_promise": self._moment(facts["promised"], late),
            "suggestion": figures.suggestion,
            "choice": figures.suggestion,
            "state": "todo",
        }

    # === MATERIAL === #

    def _item_rows(self, report):
        """Return a row a component that changes."""
        old, new = defaultdict(float), defaultdict(float)
        for before, after in self._one_a_bill(report):
            for product in {*before.leaves, *after.leaves}:
                old[product] += before.leaves.get(product, 0.0)
                new[product] += after.leaves.get(product, 0.0)
        told = self._told(report)
        return [
            {
                **self._item_row(report, figures),
                "old_quantity": old[figures.product],
                "new_quantity": new[figures.product],
                "suppliers": ", ".join(told[figures.product]) or None,
            }
            for figures in report.impact.components
        ]

    def _one_a_bill(self, report):
        """Return one pair of recipes a bill: a template's variants count once."""
        pairs = {}
        for (bill, _product), pair in report.pairs.items():
            pairs.setdefault(bill, pair)
        return pairs.values()

    def _item_row(self, report, figures):
        supply = report.supplies[figures.product]
        seller = report.sellers.get(figures.product)
        return {
            "product_id": figures.product,
            "needed_old": figures.needed_old,
            "needed_new": figures.needed_new,
            "needed_others": figures.others,
            "on_hand": figures.on_hand,
            "incoming": figures.incoming,
            "stranded_quantity": figures.stranded,
            "stranded_on_hand": figures.stranded_on_hand,
            "stranded_incoming": figures.stranded_incoming,
            "stranded_value": self._money(report.case, figures.stranded_value),
            "short_quantity": figures.short,
            "short_value": self._money(report.case, figures.short_value),
            "cost": round(supply.cost, 6),
            "supplier_id": seller.partner_id.id if seller else None,
            "days_to_buy": -1 if supply.days_to_buy is None else supply.days_to_buy,
        }

    def _purchase_rows(self, report):
        """Return a row an open purchase line of a component that changes."""
        rows = []
        for figures in report.impact.components:
            for row in report.supplies[figures.product].incoming:
                cancel = figures.cancel.get(row.key, 0.0)
                order, supplier, _name = report.case.purchases[row.key]
                rows.append(
                    {
                        "purchase_line_id": row.key,
                        "purchase_id": order,
                        "partner_id": supplier,
                        "product_id": figures.product,
                        "date_planned": fields.Date.to_string(row.day),
                        "quantity": row.quantity,
                        "stranded_quantity": cancel,
                        "stranded_value": self._money(report.case, cancel * row.price),
                    }
                )
        return rows

    def _production_rows(self, case):
        """Return a row a manufacturing order."""
        return [
            {
                "production_id": mo["id"],
                "order_id": mo["order"],
                "product_id": mo["product"],
                "bom_id": mo["bom"],
                "production_state": mo["state"],
                "quantity": mo["quantity"],
                "consumed_value": self._money(case, mo["consumed"]),
            }
            for mo in case.mos
        ]

    # === VALUES === #

    def _money(self, case, amount):
        """Return an amount in company currency, rounded as that currency is."""
        return case.company.currency_id.round(amount)

    def _moment(self, moment, later=None):
        """Return a naive UTC datetime as text, or None."""
        if not moment:
            return None
        return fields.Datetime.to_string(moment + (later or timedelta()))
