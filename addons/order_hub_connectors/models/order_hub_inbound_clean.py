from decimal import Decimal

from odoo import models

from ..engine.order import clean, set_at

#: What a line's amount may differ from quantity × price: a cent of rounding a piece.
CENT = Decimal("0.01")


class OrderHubInbound(models.Model):
    """After mapping: corrections put in, every value checked and bounded."""

    _inherit = "order.hub.inbound"

    def _clean(self, works):
        """Make ``values`` clean and ``lines`` ready for the steps that follow.

        Called by the map step with ``values`` as mapped.
        """
        for work in works:
            if not work.values.get("external_ref"):
                work.values["external_ref"] = work.external_ref
            self._put_corrections(work)
            work.values, problems = clean(work.values)
            for problem in problems:
                work.problem(
                    "map", problem["code"], problem["field"], reason=problem["message"]
                )
            work.lines = [
                {**line, "n": n} for n, line in enumerate(work.values["lines"])
            ]
            self._check_amounts(work)

    def _put_corrections(self, work):
        for path, value in work.corrections.items():
            if not set_at(work.values, path, value):
                work.problem("map", "no_place", path, value, blocking=False, path=path)

    def _check_amounts(self, work):
        """Say so where quantity × price less discount is not the line's amount."""
        for line in work.lines:
            if "amount" not in line or "unit_price" not in line:
                continue
            quantity = Decimal(str(line.get("quantity", 0)))
            price = Decimal(str(line["unit_price"]))
            rest = 1 - Decimal(str(line.get("discount", 0))) / 100
            computed = (quantity * price * rest).quantize(CENT)
            if abs(computed - Decimal(str(line["amount"]))) > CENT * max(quantity, 1):
                work.problem(
                    "map",
                    "amounts",
                    f"lines[{line['n']}].amount",
                    line["amount"],
                    blocking=False,
                    quantity=line["quantity"],
                    price=line["unit_price"],
                    computed=str(computed),
                    amount=line["amount"],
                )
